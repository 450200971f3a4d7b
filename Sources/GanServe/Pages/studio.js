import { ask, byId, make, Refused, wait } from "./common.js"
import { Drawing } from "./canvas.js"

const usualSize = 256
const colours = {
  Black: "#000000", Grey: "#808080", White: "#ffffff", Red: "#e03131", Orange: "#f08c00", Yellow: "#ffd43b",
  Green: "#2f9e44", Blue: "#1c7ed6", Violet: "#7048e8", Pink: "#f06595",
}

let model = null // of the chosen run
let style = null // of a picture: a data: address
let working = null // the translation in progress
let isStale = false // whether the drawing has changed since it began
let result = null // a Blob
let resultAddress = null
let waiting = null

const drawing = new Drawing(byId("drawing"), byId("cross"), () => changed())

// Status

function say(text, isBad = false) {
  byId("status").textContent = text
  byId("status").classList.toggle("bad", isBad)
}

function changed() {
  byId("undo").disabled = drawing.done.length === 0
  byId("redo").disabled = drawing.undone.length === 0
  wish()
}

/** In live mode, translates soon: at once would be for every point of a stroke. */
function wish() {
  if (!byId("live").checked || !model) return
  if (working) return void (isStale = true)
  clearTimeout(waiting)
  waiting = setTimeout(translate, 120)
}

// Translation

function request() {
  const body = { run: byId("run").value, picture: drawing.dataURL, seed: Math.max(0, Math.floor(Number(byId("seed").value)) || 0) }
  if (model.attributes.length) {
    body.attributes = [...byId("attribute-list").querySelectorAll("input:checked")].map(input => input.value)
  } else {
    body.target = byId("target").value
  }
  if (style) body.style = style
  return body
}

async function translate() {
  if (!model) return
  clearTimeout(waiting)
  working?.abort()
  const mine = working = new AbortController()
  isStale = false
  byId("busy").hidden = false
  byId("result-stage").setAttribute("aria-busy", "true")
  const begin = performance.now()
  try {
    const response = await askPatiently(JSON.stringify(request()), mine.signal)
    const blob = await response.blob()
    show(blob, response.headers.get("Ganctl-Checkpoint"), (performance.now() - begin) / 1000)
  } catch (error) {
    if (error.name !== "AbortError") say(error.message, true)
  }
  if (working !== mine) return
  working = null
  byId("busy").hidden = true
  byId("result-stage").removeAttribute("aria-busy")
  if (isStale) wish()
}

/** Tries again while the server is busy with other pictures. */
async function askPatiently(body, signal) {
  for (let tries = 0; ; tries++) {
    try {
      return await ask("/api/translate", { method: "POST", headers: { "Content-Type": "application/json" }, body, signal })
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 503 || tries === 10) throw error
      say("The server is busy with other pictures; trying again.")
      await wait(error.retryAfter ?? 2)
      signal.throwIfAborted()
    }
  }
}

function show(blob, checkpoint, seconds) {
  if (resultAddress) URL.revokeObjectURL(resultAddress)
  result = blob
  resultAddress = URL.createObjectURL(blob)
  const run = byId("run").selectedOptions[0]?.textContent ?? "result"
  const image = byId("result"), link = byId("download")
  image.src = resultAddress
  image.alt = `The drawing, translated by ${run}`
  image.hidden = false
  byId("result-hint").hidden = true
  link.href = resultAddress
  link.download = `${run}-${checkpoint ?? "result"}.png`.replaceAll(/[^\w.-]+/g, "_")
  link.hidden = false
  byId("reuse").disabled = false
  say(`Translated in ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s` + (checkpoint ? ` with ${checkpoint}` : ""))
}

// Runs and their models

async function loadRuns() {
  const { runs } = await (await ask("/api/runs")).json()
  const select = byId("run"), wanted = new URLSearchParams(location.search).get("run") ?? select.value
  const usable = runs.filter(run => run.usable)
  select.replaceChildren(...usable.map(run => make("option", { value: run.id }, run.name)))
  if (usable.some(run => run.id === wanted)) select.value = wanted
  select.disabled = byId("translate").disabled = usable.length === 0
  if (usable.length === 0 && runs.length > 0) return say("No run has saved a checkpoint yet; reload the page when one has.")
  if (runs.length === 0) return say("There are no runs yet. Train one with: ganctl train --config FILE")
  await loadModel()
}

async function loadModel() {
  working?.abort()
  model = null
  const id = byId("run").value
  try {
    const loaded = await (await ask(`/api/runs/${id}/model`)).json()
    if (byId("run").value !== id) return
    model = loaded
  } catch (error) {
    byId("translate").disabled = true
    return say(error.message, true)
  }
  byId("translate").disabled = false
  offerTargets()
  byId("style-item").hidden = !model.styles
  byId("seed-item").hidden = !model.random
  if (!model.styles) dropStyle()
  offerSizes()
  say(`${model.title}, ${model.checkpoint}${model.averaged ? ", averaged weights" : ""}`)
  wish()
}

function offerTargets() {
  const target = byId("target"), before = target.value
  target.replaceChildren(...model.targets.map(one => make("option", { value: one.name }, one.title)))
  if (model.targets.some(one => one.name === before)) target.value = before
  byId("target-item").hidden = model.targets.length < 2
  byId("target-label").textContent = model.kind === "domains" ? "To" : "Direction"
  byId("attributes").hidden = model.attributes.length === 0
  byId("attribute-list").replaceChildren(...model.attributes.map(name =>
    make("label", { class: "check" }, make("input", { type: "checkbox", value: name }), name.replaceAll("_", " "))))
}

/** Of attributes that exclude each other, one stays. */
function choseAttribute(box) {
  if (box.checked && model.exclusive.includes(box.value)) {
    for (const other of byId("attribute-list").querySelectorAll("input:checked")) {
      if (other !== box && model.exclusive.includes(other.value)) other.checked = false
    }
  }
  wish()
}

// Sizes and pictures

function offerSizes() {
  const trained = model.size ?? usualSize, before = byId("size").value
  const sizes = [...new Set([trained, 128, 256, 512])].sort((a, b) => a - b)
  byId("size").replaceChildren(
    ...sizes.map(size => make("option", { value: size }, size === model.size ? `${size}, as trained` : size)),
    make("option", { value: "own" }, "of the picture"))
  byId("size").value = before === "own" && drawing.shown ? before : trained
  applySize()
}

/** Sizes are those of the shorter side. */
function applySize() {
  const chosen = byId("size").value
  if (drawing.shown) return place(drawing.shown)
  const size = chosen === "own" ? drawing.shorterSide : Number(chosen)
  drawing.resize(
    Math.round(size * drawing.canvas.width / drawing.shorterSide), Math.round(size * drawing.canvas.height / drawing.shorterSide))
  changedSize()
}

function place(image) {
  const chosen = byId("size").value, shorter = Math.min(image.width, image.height)
  const scale = chosen === "own" ? 1 : Number(chosen) / shorter
  drawing.show(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)))
  changedSize()
}

function changedSize() {
  byId("width").max = Math.max(8, Math.round(drawing.shorterSide / 8))
  byId("input-size").textContent = `${drawing.canvas.width}\u00d7${drawing.canvas.height}`
  changed()
}

async function open(blob) {
  if (!blob) return
  try {
    place(await createImageBitmap(blob))
  } catch {
    say("This file is no picture that the browser can read.", true)
  }
}

const pictureOf = items => [...(items ?? [])].find(item => item.type.startsWith("image/"))

function dropStyle() {
  style = null
  byId("style-thumb").hidden = byId("style-drop").hidden = true
}

async function chooseStyle(file) {
  if (!file) return
  try {
    // Any picture that the browser reads becomes a PNG.
    const image = await createImageBitmap(file), side = Math.min(image.width, image.height)
    const scale = Math.min(1, 2 * (model.size ?? usualSize) / side)
    const canvas = make("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) })
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
    style = canvas.toDataURL("image/png")
  } catch {
    return say("This file is no picture that the browser can read.", true)
  }
  byId("style-thumb").src = style
  byId("style-thumb").hidden = byId("style-drop").hidden = false
  wish()
}

// Tools

function chooseTool(name) {
  document.querySelector(`input[name=tool][value=${name}]`).checked = true
  drawing.tool = name
}

function setWidth(value) {
  const range = byId("width")
  range.value = value
  drawing.width = Number(range.value)
  byId("width-value").textContent = range.value
}

function setColour(value) {
  drawing.colour = value
  if (drawing.tool === "eraser") chooseTool("pen")
}

function makeSwatches() {
  for (const [name, value] of Object.entries(colours)) {
    const input = make("input", { type: "radio", name: "colour", value, "aria-label": name })
    input.checked = value === drawing.colour
    const dot = make("span")
    dot.style.background = value
    byId("swatches").append(make("label", { title: name }, input, dot))
  }
  const own = make("input", { type: "color", value: "#000000", "aria-label": "Another colour", title: "Another colour" })
  byId("swatches").append(own)
  byId("swatches").addEventListener("input", event => {
    if (event.target === own) for (const input of byId("swatches").querySelectorAll("[type=radio]")) input.checked = false
    setColour(event.target.value)
  })
}

// Events

makeSwatches()
setWidth(2)
byId("form").addEventListener("submit", event => { event.preventDefault(); translate() })
byId("live").addEventListener("change", wish)
byId("run").addEventListener("change", () => loadModel())
for (const id of ["target", "seed"]) byId(id).addEventListener("change", wish)
byId("attribute-list").addEventListener("change", event => choseAttribute(event.target))
byId("size").addEventListener("change", applySize)
byId("seed-next").addEventListener("click", () => {
  byId("seed").value = Math.floor(Math.random() * 1e6)
  translate()
})
byId("undo").addEventListener("click", () => drawing.undo())
byId("redo").addEventListener("click", () => drawing.redo())
byId("clear").addEventListener("click", () => {
  drawing.clear()
  drawing.resize(drawing.shorterSide, drawing.shorterSide)
  changedSize()
})
byId("open").addEventListener("click", () => byId("file").click())
byId("file").addEventListener("change", event => { open(event.target.files[0]); event.target.value = "" })
byId("style-choose").addEventListener("click", () => byId("style-file").click())
byId("style-file").addEventListener("change", event => { chooseStyle(event.target.files[0]); event.target.value = "" })
byId("style-drop").addEventListener("click", () => { dropStyle(); wish() })
byId("reuse").addEventListener("click", () => open(result))
for (const input of document.querySelectorAll("input[name=tool]")) {
  input.addEventListener("change", () => { drawing.tool = input.value })
}
byId("width").addEventListener("input", event => setWidth(event.target.value))

addEventListener("paste", event => {
  const item = pictureOf(event.clipboardData?.items)
  if (item) open(item.getAsFile())
})
addEventListener("dragover", event => {
  event.preventDefault()
  byId("stage").classList.add("over")
})
addEventListener("dragleave", event => { if (!event.relatedTarget) byId("stage").classList.remove("over") })
addEventListener("drop", event => {
  event.preventDefault()
  byId("stage").classList.remove("over")
  const file = pictureOf(event.dataTransfer?.files) ?? event.dataTransfer?.files[0]
  if (event.target === byId("style-choose") && model?.styles) chooseStyle(file)
  else open(file)
})

addEventListener("keydown", event => {
  const isTyping = event.target.matches("input[type=number], input[type=text], select")
  const key = event.key.toLowerCase()
  if ((event.ctrlKey || event.metaKey) && !isTyping) {
    if (key === "z") event.shiftKey ? drawing.redo() : drawing.undo()
    else if (key === "y") drawing.redo()
    else return
    event.preventDefault()
  } else if (!isTyping && !event.ctrlKey && !event.altKey && !event.metaKey) {
    const tool = { p: "pen", l: "line", f: "fill", e: "eraser" }[key]
    if (tool) chooseTool(tool)
    else if (key === "[") setWidth(drawing.width - 1)
    else if (key === "]") setWidth(drawing.width + 1)
    else if (key === "enter" && event.target === drawing.canvas) translate()
  }
})

// A look at the runs must not cost the drawing.
const kept = "ganctl-drawing"
addEventListener("pagehide", () => {
  try {
    if (drawing.isBlank) sessionStorage.removeItem(kept)
    else sessionStorage.setItem(kept, drawing.dataURL)
  } catch { /* too large to keep */ }
})

async function begin() {
  await loadRuns().catch(error => say(error.message, true))
  const before = sessionStorage.getItem(kept)
  if (!before) return
  const image = new Image()
  image.src = before
  await image.decode()
  place(image)
}

begin()
