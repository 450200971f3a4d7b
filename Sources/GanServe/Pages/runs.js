import { ask, byId, make, poll } from "./common.js"

const columns = ["Run", "Model", "State", "Steps", "Best score", ""]
let shown = ""

function progress(run) {
  if (!run.steps) return make("span", {}, run.step.toLocaleString("en"))
  const bar = make("progress", { value: run.step, max: run.steps, "aria-label": `steps of ${run.name}` })
  return make("span", {}, `${run.step.toLocaleString("en")} of ${run.steps.toLocaleString("en")} `, bar)
}

function best(run) {
  if (!run.best) return ""
  const digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 })
  return `${run.best.measure} ${digits.format(run.best.value)}`
}

function row(run) {
  const name = run.page ? make("a", { href: `/runs/${run.id}` }, run.name) : run.name
  const state = make("span", { class: `state ${run.state}`, ...(run.problem ? { title: run.problem } : {}) }, run.state)
  const studio = run.usable ? make("a", { href: `/?run=${run.id}`, "aria-label": `Try ${run.name} in the studio` }, "Try it") : ""
  const cells = [name, run.model ?? "", state, progress(run), best(run), studio]
  return make("tr", {}, ...cells.map((cell, index) =>
    make("td", { class: index === 3 ? "number" : "", ...(index > 0 && index < 5 ? { "data-label": columns[index] } : {}) }, cell)))
}

async function refresh() {
  const text = await (await ask("/api/runs")).text()
  byId("status").hidden = true
  byId("list").removeAttribute("aria-busy")
  if (text === shown) return
  shown = text
  const { runs } = JSON.parse(text)
  if (runs.length === 0) {
    byId("list").replaceChildren(make("p", { class: "empty soft" }, "There are no runs yet. Train one with ",
      make("code", {}, "ganctl train --config FILE"), "; it appears here."))
    return
  }
  const focused = document.activeElement?.getAttribute("href")
  byId("list").replaceChildren(make("table", { class: "runs" },
    make("thead", {}, make("tr", {}, ...columns.map(name => make("th", { scope: "col" }, name)))),
    make("tbody", {}, ...runs.map(row))))
  if (focused) document.querySelector(`table a[href="${focused}"]`)?.focus()
}

poll(3, refresh, error => {
  byId("status").textContent = error.message
  byId("status").hidden = false
})
