// A drawing with tools, an undo list, and a pen that the keyboard moves.

const paper = "#ffffff"
const mostUndoBytes = 96 << 20

export class Drawing {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} cross shows where the keyboard's pen is
   * @param {() => void} changed is called whenever the picture or the undo list has changed
   */
  constructor(canvas, cross, changed) {
    Object.assign(this, { canvas, cross, changed })
    this.context = canvas.getContext("2d", { willReadFrequently: true })
    this.tool = "pen"
    this.colour = "#000000"
    this.width = 2
    this.done = []
    this.undone = []
    this.pen = null // of the keyboard
    this.stroke = null
    /** The picture that was shown last, in its own size; null once something was drawn on it. */
    this.shown = null
    this.hasContent = false
    this.#erase()
    canvas.addEventListener("pointerdown", event => this.begin(event))
    canvas.addEventListener("pointermove", event => this.move(event))
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, event => this.end(event))
    canvas.addEventListener("keydown", event => this.key(event))
    canvas.addEventListener("blur", () => this.hidePen())
  }

  get isBlank() { return !this.hasContent }
  get shorterSide() { return Math.min(this.canvas.width, this.canvas.height) }

  /** The picture as a data: address of a PNG. */
  get dataURL() { return this.canvas.toDataURL("image/png") }

  // Sizes and pictures

  /** Another size, with the same picture scaled to it. */
  resize(width, height) {
    if (width === this.canvas.width && height === this.canvas.height) return
    const old = new OffscreenCanvas(this.canvas.width, this.canvas.height)
    old.getContext("2d").drawImage(this.canvas, 0, 0)
    this.#place(old, width, height)
    this.#forget()
  }

  /** Replaces the picture by another one, which can be undone if the size stays. */
  show(image, width, height) {
    const isSameSize = width === this.canvas.width && height === this.canvas.height
    if (isSameSize) this.#keep()
    this.#place(image, width, height)
    this.hasContent = true
    if (!isSameSize) this.#forget()
    this.shown = image
    this.changed()
  }

  #place(image, width, height) {
    Object.assign(this.canvas, { width, height })
    this.#erase()
    this.context.imageSmoothingQuality = "high"
    this.context.drawImage(image, 0, 0, width, height)
  }

  clear() {
    this.#keep()
    this.#erase()
    this.hasContent = false
    this.changed()
  }

  #erase() {
    this.context.fillStyle = paper
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height)
  }

  // Undo

  #state() {
    return { pixels: this.context.getImageData(0, 0, this.canvas.width, this.canvas.height), hasContent: this.hasContent }
  }

  #keep() {
    this.shown = null
    this.done.push(this.#state())
    this.undone = []
    const most = Math.max(4, Math.floor(mostUndoBytes / (4 * this.canvas.width * this.canvas.height)))
    while (this.done.length > most) this.done.shift()
  }

  #forget() {
    this.done = []
    this.undone = []
  }

  #step(from, to) {
    const state = from.pop()
    if (!state) return
    to.push(this.#state())
    this.shown = null
    this.context.putImageData(state.pixels, 0, 0)
    this.hasContent = state.hasContent
    this.changed()
  }

  undo() { this.#step(this.done, this.undone) }
  redo() { this.#step(this.undone, this.done) }

  // Pointer

  /** The place of an event in the picture, which is shown scaled and centred in its element. */
  #place_of(event) {
    const box = this.canvas.getBoundingClientRect(), { width, height } = this.canvas
    const scale = Math.min(box.width / width, box.height / height)
    return [
      (event.clientX - box.left - (box.width - width * scale) / 2) / scale,
      (event.clientY - box.top - (box.height - height * scale) / 2) / scale]
  }

  begin(event) {
    if (event.button !== 0 || this.stroke) return
    this.canvas.setPointerCapture(event.pointerId)
    this.hidePen()
    const place = this.#place_of(event)
    this.#keep()
    this.hasContent = true
    if (this.tool === "fill") {
      this.#fill(place)
      return this.changed()
    }
    const isLine = this.tool === "line" || event.shiftKey
    this.stroke = { pointer: event.pointerId, from: place, last: place, isLine }
    this.#draw(place, place)
    this.changed()
  }

  move(event) {
    const stroke = this.stroke
    if (stroke?.pointer !== event.pointerId) return
    if (stroke.isLine) {
      // A line follows the pointer until it is let go.
      this.context.putImageData(this.done[this.done.length - 1].pixels, 0, 0)
      stroke.last = this.#place_of(event)
      if (this.tool === "line" && event.shiftKey) stroke.last = snapped(stroke.from, stroke.last)
      this.#draw(stroke.from, stroke.last)
    } else {
      const events = event.getCoalescedEvents?.() ?? []
      for (const part of events.length ? events : [event]) {
        const place = this.#place_of(part)
        this.#draw(stroke.last, place)
        stroke.last = place
      }
    }
    this.changed()
  }

  end(event) {
    if (this.stroke?.pointer !== event.pointerId) return
    this.stroke = null
    this.changed()
  }

  #draw([x0, y0], [x1, y1]) {
    const context = this.context
    context.strokeStyle = this.tool === "eraser" ? paper : this.colour
    context.lineWidth = this.width
    context.lineCap = context.lineJoin = "round"
    context.beginPath()
    context.moveTo(x0, y0)
    // A line without length would not be drawn.
    context.lineTo(x0 === x1 && y0 === y1 ? x1 + .01 : x1, y1)
    context.stroke()
  }

  /** Colours the area around a place that has nearly the same colour. */
  #fill([x, y]) {
    const { width, height } = this.canvas
    const picture = this.context.getImageData(0, 0, width, height), pixels = picture.data
    const first = Math.floor(y) * width + Math.floor(x)
    if (!(x >= 0 && x < width && y >= 0 && y < height)) return
    const goal = [1, 3, 5].map(i => parseInt(this.colour.slice(i, i + 2), 16))
    const from = [...pixels.subarray(4 * first, 4 * first + 3)]
    const isSame = i => Math.abs(pixels[4 * i] - from[0]) + Math.abs(pixels[4 * i + 1] - from[1])
      + Math.abs(pixels[4 * i + 2] - from[2]) <= 48
    const seen = new Uint8Array(width * height), rest = [first]
    seen[first] = 1
    while (rest.length) {
      const i = rest.pop(), column = i % width
      pixels.set(goal, 4 * i)
      for (const [next, isInside] of [
        [i - 1, column > 0], [i + 1, column < width - 1], [i - width, i >= width], [i + width, i < width * (height - 1)]
      ]) {
        if (isInside && !seen[next] && isSame(next)) {
          seen[next] = 1
          rest.push(next)
        }
      }
    }
    this.context.putImageData(picture, 0, 0)
  }

  // Keyboard

  key(event) {
    const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
    const direction = directions[event.key]
    if (!direction && event.key !== " ") return
    event.preventDefault()
    this.pen ??= { place: [this.canvas.width / 2, this.canvas.height / 2], isDown: false }
    if (direction) {
      const length = this.canvas.width / 64 * (event.shiftKey ? 8 : 1), { place, isDown } = this.pen
      const to = [
        Math.min(this.canvas.width, Math.max(0, place[0] + length * direction[0])),
        Math.min(this.canvas.height, Math.max(0, place[1] + length * direction[1]))]
      if (isDown) {
        this.#draw(place, to)
        this.changed()
      }
      this.pen.place = to
    } else if (!event.repeat) {
      if (!this.pen.isDown) {
        this.#keep()
        this.hasContent = true
        if (this.tool === "fill") this.#fill(this.pen.place)
        else this.#draw(this.pen.place, this.pen.place)
        this.changed()
      }
      this.pen.isDown = !this.pen.isDown && this.tool !== "fill"
    }
    this.#showPen()
  }

  #showPen() {
    const box = this.canvas.getBoundingClientRect(), { width, height } = this.canvas
    const scale = Math.min(box.width / width, box.height / height), [x, y] = this.pen.place
    this.cross.style.left = `${(box.width - width * scale) / 2 + x * scale}px`
    this.cross.style.top = `${(box.height - height * scale) / 2 + y * scale}px`
    this.cross.classList.toggle("down", this.pen.isDown)
    this.cross.hidden = false
  }

  hidePen() {
    if (this.pen) this.pen.isDown = false
    this.cross.hidden = true
  }
}

/** The end of a line that is turned to a multiple of 45 degrees. */
function snapped([x0, y0], [x1, y1]) {
  const step = Math.PI / 4, length = Math.hypot(x1 - x0, y1 - y0)
  const angle = Math.round(Math.atan2(y1 - y0, x1 - x0) / step) * step
  return [x0 + length * Math.cos(angle), y0 + length * Math.sin(angle)]
}
