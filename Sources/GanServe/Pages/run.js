import { ask, byId, make, poll } from "./common.js"

const id = location.pathname.split("/").pop()
const marks = {} // of the parts that are shown: they are only sent again when they have changed

function show(part) {
  if (part.html === undefined) return
  let section = byId(part.id)
  if (!section) {
    section = make("section", { id: part.id })
    byId("parts").append(section)
  }
  const restore = look(section)
  section.innerHTML = part.html
  section.prepend(make("h2", {}, part.title))
  restore()
  marks[part.id] = part.mark
}

/** How a section looks now that somebody opened, widened and chose things in it; gives it that look again. */
function look(section) {
  const open = [...section.querySelectorAll("details")].map(details => details.open)
  const wide = [...section.querySelectorAll(".chart")].map(chart => chart.classList.contains("wide"))
  const strips = [...section.querySelectorAll(".film")].map(film => {
    const slider = film.querySelector("input[type=range]")
    return { scroll: film.querySelector(".strip")?.scrollLeft, frame: slider && slider.value < slider.max ? slider.value : null }
  })
  const index = [...section.querySelectorAll("button, input, summary, a")].indexOf(document.activeElement)
  return () => {
    section.querySelectorAll("details").forEach((details, at) => { details.open ||= open[at] ?? false })
    section.querySelectorAll(".chart").forEach((chart, at) => chart.classList.toggle("wide", wide[at] ?? chart.classList.contains("wide")))
    for (const [action, name, isPressed] of [["log", "logscale", true], ["raw", "noraw", false]]) {
      const isOn = document.body.classList.contains(name) === isPressed
      section.querySelectorAll(`[data-do=${action}][aria-pressed]`).forEach(button => button.setAttribute("aria-pressed", isOn))
    }
    // Whoever looks at an older sheet goes on looking at it; others see the newest.
    section.querySelectorAll(".film").forEach((film, at) => {
      const slider = film.querySelector("input[type=range]"), strip = film.querySelector(".strip")
      if (slider && strips[at]?.frame) {
        slider.value = strips[at].frame
        slider.dispatchEvent(new Event("input", { bubbles: true }))
        strip.scrollLeft = strips[at].scroll
      } else if (strip) {
        strip.scrollLeft = strip.scrollWidth
      }
    })
    if (index >= 0) section.querySelectorAll("button, input, summary, a")[index]?.focus({ preventScroll: true })
  }
}

async function refresh() {
  const known = Object.values(marks).join(",")
  const report = await (await ask(`/api/runs/${id}/report?known=${known}`)).json()
  byId("status").hidden = true
  document.title = `${report.name} - ganctl`
  byId("title").textContent = report.name
  byId("state").textContent = report.state
  byId("state").className = `state ${report.state}`
  byId("when").textContent = `step ${report.step.toLocaleString("en")}` + (report.steps ? ` of ${report.steps.toLocaleString("en")}` : "")
    + (report.state === "training" ? `, as of ${new Date().toLocaleTimeString()}` : "")
  byId("try").href = `/?run=${id}`
  byId("try").hidden = !report.usable
  const parts = new Set(report.parts.map(part => part.id))
  for (const section of byId("parts").querySelectorAll(":scope > section")) {
    if (!parts.has(section.id)) { section.remove(); delete marks[section.id] }
  }
  report.parts.forEach(show)
  report.parts.forEach((part, index) => {
    const section = byId(part.id)
    if (byId("parts").children[index] !== section) byId("parts").insertBefore(section, byId("parts").children[index])
  })
}

poll(3, refresh, error => {
  byId("status").textContent = error.message
  byId("status").hidden = false
})
