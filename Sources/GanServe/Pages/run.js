import { ask, byId, make, poll } from "./common.js"

const id = location.pathname.split("/").pop()
const marks = {} // of the parts that are shown: they are sent again only when they have changed
const count = number => number.toLocaleString("en")
let pace = null // the step and time of an earlier answer while the run trains

// State

function showState(run) {
  document.title = `${run.name} - ganctl`
  byId("title").textContent = run.name
  byId("state").textContent = run.state
  byId("state").className = `state ${run.state}`
  byId("state").title = run.problem ?? ""
  byId("progress").hidden = !run.steps
  byId("progress").max = run.steps ?? 1
  byId("progress").value = run.step
  const words = [`step ${count(run.step)}` + (run.steps ? ` of ${count(run.steps)}` : "")]
  if (run.epochs) words.push(`epoch ${count(run.epoch)} of ${count(run.epochs)}`)
  words.push(...timeLeft(run))
  byId("progress-text").textContent = words.join(", ")
  byId("try").href = `/?run=${id}`
  byId("try").hidden = !run.usable
}

/** In words, from the steps since the page was opened; those before may have gone at another speed. */
function timeLeft(run) {
  const now = performance.now() / 1000
  if (run.state !== "training" || !run.steps) {
    pace = null
    return []
  }
  if (!pace || run.step < pace.step) pace = { step: run.step, time: now }
  const steps = run.step - pace.step, seconds = now - pace.time
  if (steps === 0 || seconds < 10) return []
  const left = (run.steps - run.step) * seconds / steps
  const [unit, name] = left < 90 ? [1, "s"] : left < 5400 ? [60, "min"] : left < 172800 ? [3600, "h"] : [86400, "days"]
  return [`about ${Math.round(left / unit)} ${name} left`]
}

// Parts of the report

function showParts(parts) {
  const place = byId("parts"), ids = parts.map(part => part.id)
  for (const section of [...place.children]) {
    if (!ids.includes(section.id)) {
      section.remove()
      delete marks[section.id]
    }
  }
  parts.forEach((part, index) => {
    let section = byId(part.id)
    if (!section) section = make("section", { id: part.id })
    if (place.children[index] !== section) place.insertBefore(section, place.children[index] ?? null)
    if (part.html !== undefined) fill(section, part)
  })
}

function fill(section, part) {
  const restore = look(section)
  section.innerHTML = part.html
  section.prepend(make("h2", {}, part.title))
  restore()
  marks[part.id] = part.mark
}

/** Returns what gives a section, once it is filled anew, the look that somebody gave it: what is open, large, chosen. */
function look(section) {
  const all = selector => [...section.querySelectorAll(selector)]
  const open = all("details").map(details => details.open)
  const wide = all(".chart.wide").map(chart => chart.querySelector("b").textContent)
  const slider = section.querySelector(".film input")
  const sheet = slider && slider.value < slider.max ? section.querySelector(".strip .on span").textContent : null
  const scroll = section.querySelector(".strip")?.scrollLeft
  const controls = "button, input, summary"
  const focused = all(controls).indexOf(document.activeElement)
  return () => {
    all("details").forEach((details, index) => { details.open = open[index] ?? details.open })
    for (const chart of all(".chart")) chart.classList.toggle("wide", wide.includes(chart.querySelector("b").textContent))
    for (const button of all(".tools [data-do][aria-pressed]")) {
      const isLog = button.dataset.do === "log"
      button.setAttribute("aria-pressed", document.body.classList.contains(isLog ? "logscale" : "noraw") === isLog)
    }
    // Whoever looks at an older sheet goes on looking at it; others see the newest.
    const strip = section.querySelector(".strip")
    const index = all(".strip button").findIndex(button => button.querySelector("span").textContent === sheet)
    if (index >= 0) {
      section.querySelector(".film input").value = index
      section.querySelector(".film input").dispatchEvent(new Event("input", { bubbles: true }))
    }
    if (strip) strip.scrollLeft = index >= 0 ? scroll : strip.scrollWidth
    if (focused >= 0) all(controls)[focused]?.focus({ preventScroll: true })
  }
}

async function refresh() {
  const answer = await ask(`/api/runs/${id}/report?known=${Object.values(marks).join(",")}`)
  const run = await answer.json()
  byId("status").hidden = true
  showState(run)
  showParts(run.parts)
}

poll(3, refresh, error => {
  byId("status").textContent = error.message
  byId("status").hidden = false
})
