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
  // What was opened stays open.
  const open = [...section.querySelectorAll("details")].map(details => details.open)
  section.innerHTML = part.html
  section.prepend(make("h2", {}, part.title))
  section.querySelectorAll("details").forEach((details, index) => { details.open ||= open[index] ?? false })
  marks[part.id] = part.mark
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
  for (const part of report.parts) byId("parts").append(byId(part.id)) // in their order
}

poll(3, refresh, error => {
  byId("status").textContent = error.message
  byId("status").hidden = false
})
