#!/usr/bin/env python3
"""Uses `ganctl serve` as people do, in headless Chromium: draws, translates, opens, drops and pastes pictures, chooses
direction, style and seed, downloads a result, meets a busy server, enters with a token, and watches a run that trains
in another process; by mouse, by keyboard, on a wide and a narrow window, in light and dark.

    scripts/check_serve.py [--program .build/debug/ganctl] [--shots FOLDER]
"""

import argparse
import base64
import json
import math
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

from browser import Browser
from check_survival import png

SIZE = 64
STYLES = """\
model: {name: munit, gen_dim: 4, gen_n_res: 1, gen_mlp_dim: 8, dis_dim: 2, dis_n_layer: 2}
data: {root: data, load_size: 64, crop_size: 64}
train: {steps: 1, sample_count: 0}
"""
LIVE = """\
model: {name: pix2pix, generator: unet_32, ngf: 4, ndf: 4}
data: {root: pairs, load_size: 36, crop_size: 32}
train: {epochs: 100000, sample_count: 2, log_every: 1, sample_every: 3s, checkpoint_every: 5s}
"""
DRAWING = "document.querySelector('#drawing').toDataURL()"
STATUS = "document.querySelector('#status').textContent"
RESULT = """(image => {
  const canvas = document.createElement("canvas")
  Object.assign(canvas, {width: image.naturalWidth, height: image.naturalHeight})
  canvas.getContext("2d").drawImage(image, 0, 0)
  return canvas.toDataURL()
})(document.querySelector("#result"))"""


def expect(condition, message):
  if not condition:
    raise SystemExit(f"error: {message}")


class Studio:
  """The page on which pictures are translated."""

  def __init__(self, page, shots):
    self.page = page
    self.shots = shots

  def shot(self, name):
    self.page.screenshot(f"{self.shots}/{name}.png")
    expect(os.path.getsize(f"{self.shots}/{name}.png") > 10_000, f"{name}: nothing to be seen")

  def choose(self, selector, value):
    self.page.evaluate(
      f"(e => {{ e.value = {json.dumps(value)}; e.dispatchEvent(new Event('change', {{bubbles: true}})) }})"
      f"(document.querySelector('{selector}'))")

  def choose_run(self, name):
    self.page.wait_for(f"{STATUS} !== '' && !document.querySelector('#translate').disabled")
    value = self.page.evaluate(
      f"[...document.querySelectorAll('#run option')].find(o => o.textContent === '{name}').value")
    self.page.evaluate("document.querySelector('#status').textContent = ''")
    self.choose("#run", value)
    self.page.wait_for(f"{STATUS}.includes('step-')")

  def translated(self, begin):
    """The result of something that begins a translation."""
    self.page.evaluate("document.querySelector('#status').textContent = ''")
    begin()
    self.page.wait_for(f"{STATUS}.startsWith('Translated in') && document.querySelector('#result').naturalWidth > 0")
    return self.page.evaluate(RESULT)

  def translate(self):
    return self.translated(lambda: self.page.click("#translate"))

  def give_file(self, selector, path):
    root = self.page.call("DOM.getDocument")["root"]["nodeId"]
    node = self.page.call("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    self.page.call("DOM.setFileInputFiles", {"nodeId": node, "files": [path]})

  def give_event(self, kind, picture):
    """Drops or pastes a picture."""
    data = base64.b64encode(picture).decode()
    made = {"drop": "new DragEvent('drop', {dataTransfer: transfer, bubbles: true})",
            "paste": "new ClipboardEvent('paste', {clipboardData: transfer, bubbles: true})"}[kind]
    self.page.evaluate(f"""(() => {{
      const bytes = Uint8Array.from(atob("{data}"), c => c.charCodeAt(0)), transfer = new DataTransfer()
      transfer.items.add(new File([bytes], "a.png", {{type: "image/png"}}))
      document.querySelector("#stage").dispatchEvent({made})
    }})()""")

  def size(self):
    return self.page.evaluate("(e => [e.width, e.height])(document.querySelector('#drawing'))")

  # What is checked

  def check_drawing(self):
    page = self.page
    expect(self.size() == [SIZE, SIZE], f"the drawing has {self.size()} pixels")
    page.evaluate("document.querySelector('#drawing').scrollIntoView({block: 'center'})")
    x, y, width, height = page.evaluate(
      "(r => [r.x, r.y, r.width, r.height])(document.querySelector('#drawing').getBoundingClientRect())")
    blank = page.evaluate(DRAWING)
    page.drag([(x + width * (.5 + .3 * math.cos(part * math.pi / 8)), y + height * (.5 + .3 * math.sin(part * math.pi / 8)))
               for part in range(17)])
    drawn = page.evaluate(DRAWING)
    expect(drawn != blank, "the pen draws nothing")
    result = self.translate()
    expect(page.evaluate("document.querySelector('#result').naturalWidth") == SIZE, "the result has another size")
    for tool, changes in (("undo", blank), ("redo", drawn), ("clear", blank), ("undo", drawn)):
      page.click(f"#{tool}")
      expect(page.evaluate(DRAWING) == changes, f"{tool} made something else")
    page.click("input[value=fill]")
    page.click("#swatches label:nth-of-type(4) input")
    page.click("#drawing")
    filled = page.evaluate(DRAWING)
    expect(filled not in (drawn, blank), "fill colours nothing")
    self.shot("studio")
    # By keyboard: the pen goes down, to the right, and up.
    page.evaluate("document.querySelector('#drawing').focus()")
    page.press("p", 80)
    for key, code in ((" ", 32), ("ArrowRight", 39), ("ArrowRight", 39), (" ", 32)):
      page.press(key, code)
    expect(page.evaluate(DRAWING) != filled, "the keyboard draws nothing")
    expect(self.translated(lambda: page.press("Enter", 13)) != result, "Enter does not translate the drawing")

  def check_choices(self, folder):
    """Another direction, style or seed gives another result, and the same ones the same."""
    page = self.page
    first = self.translate()
    expect(self.translate() == first, "the same drawing has two translations")
    self.choose("#target", "BtoA")
    other = self.translate()
    self.choose("#target", "AtoB")
    seeded = self.translated(lambda: page.click("#seed-next"))
    self.give_file("#style-file", f"{folder}/data/trainB/1.png")
    page.wait_for("!document.querySelector('#style-thumb').hidden")
    styled = self.translate()
    page.click("#style-drop")
    expect(len({first, other, seeded, styled}) == 4, "direction, seed and style make no difference")
    expect(self.translate() == seeded, "the style stays after it was taken away")

  def check_pictures(self, folder):
    """They are scaled so that their shorter side is that of the training."""
    with open(f"{folder}/wide.png", "wb") as file:
      file.write(png(100, 50, 7))
    self.give_file("#file", f"{folder}/wide.png")
    self.page.wait_for(f"document.querySelector('#drawing').width === {2 * SIZE}")
    expect(self.size() == [2 * SIZE, SIZE], f"an opened picture has {self.size()} pixels")
    self.give_event("drop", png(50, 100, 8))
    self.page.wait_for(f"document.querySelector('#drawing').height === {2 * SIZE}")
    self.give_event("paste", png(100, 50, 9))
    self.page.wait_for(f"document.querySelector('#drawing').width === {2 * SIZE}")
    pasted = self.translate()
    self.give_event("drop", b"no picture")
    self.page.wait_for(f"{STATUS}.includes('no picture that the browser can read')")
    # As input of the next translation.
    self.page.click("#reuse")
    self.page.wait_for(f"{DRAWING} === {json.dumps(pasted)}")

  def check_live(self):
    page = self.page
    before = page.evaluate(RESULT)
    expect(self.translated(lambda: page.click("#live")) != before, "live mode does not begin")
    drawn = self.translated(lambda: page.click("#clear"))
    expect(drawn != before, "live mode does not follow the drawing")
    page.click("#live")

  def check_download(self, browser, folder):
    browser.call("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": f"{folder}/downloads"})
    result = self.translate()
    self.page.click("#download")
    end = time.monotonic() + 10
    found = []
    while not found and time.monotonic() < end:
      time.sleep(.05)
      names = os.listdir(f"{folder}/downloads")
      found = [name for name in names if name.endswith(".png")]
    expect(found == ["styles-step-000001.png"], f"downloaded: {found}")
    with open(f"{folder}/downloads/{found[0]}", "rb") as file:
      content = file.read()
    shown = self.page.evaluate(f"""(async () => {{
      const image = new Image()
      image.src = "data:image/png;base64,{base64.b64encode(content).decode()}"
      await image.decode()
      return {RESULT.replace('document.querySelector("#result")', 'image')}
    }})()""")
    expect(shown == result, "the download is another picture than the result")

  def check_busy(self, port):
    """Clients that do not send their pictures hold all places."""
    head = (f"POST /api/translate HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            "Content-Length: 1000\r\n\r\n").encode()
    clients = []
    for _ in range(5):
      clients.append(socket.create_connection(("127.0.0.1", port)))
      clients[-1].sendall(head)
    time.sleep(.3)
    self.page.evaluate("document.querySelector('#status').textContent = ''")
    self.page.click("#translate")
    self.page.wait_for(f"{STATUS}.includes('busy with other pictures')")
    for client in clients:
      client.close()
    self.page.wait_for(f"{STATUS}.startsWith('Translated in')")
    # The refusal that it has overcome is all that stands on the console.
    expect(all("503" in error for error in self.page.errors), self.page.errors)
    self.page.errors.clear()


class Check:
  def __init__(self, program, folder, shots):
    self.program = program
    self.folder = folder
    self.shots = shots
    self.processes = []

  def start(self, *arguments, **options):
    process = subprocess.Popen(
      [self.program, *arguments, "--threads", "1"], cwd=self.folder, text=True, stderr=subprocess.DEVNULL, **options)
    self.processes.append(process)
    return process

  def end(self, process, number):
    begin = time.monotonic()
    process.send_signal(number)
    status = process.wait(20)
    expect(status == 128 + number, f"{process.args} ends with status {status}")
    return time.monotonic() - begin

  def prepare(self):
    for name in ("data/trainA", "data/trainB", "pairs/train"):
      os.makedirs(f"{self.folder}/{name}")
      for number in range(4):
        with open(f"{self.folder}/{name}/{number}.png", "wb") as file:
          file.write(png(72, 36, number) if name == "pairs/train" else png(SIZE, SIZE, number + len(name)))
    os.makedirs(f"{self.folder}/downloads")
    for name, text in (("styles", STYLES), ("live", LIVE)):
      with open(f"{self.folder}/{name}.yaml", "w") as file:
        file.write(text)
    expect(self.start("train", "--config", "styles.yaml").wait(60) == 0, "the training for the studio failed")

  def serve(self, *arguments):
    server = self.start("serve", "--port", "0", *arguments, stdout=subprocess.PIPE)
    addresses = [server.stdout.readline().strip() for _ in range(2 if arguments else 1)]
    return server, addresses[-1]

  def look(self, page, address, name):
    """What holds for every page."""
    expect(not page.errors, f"{name}: {page.errors}")
    others = [request for request in page.requests if not request.startswith(address.split("?")[0])]
    expect(not others, f"{name} asks for {others}")
    expect(page.overflow <= 0, f"{name} is {page.overflow} pixels too wide")

  def narrow(self, page, address, name):
    page.resize(360, 740)
    self.look(page, address, f"{name} on a phone")
    page.screenshot(f"{self.shots}/{name}-phone.png")

  def check_studio(self, browser, address):
    studio = Studio(browser.open(address), self.shots)
    studio.choose_run("styles")
    studio.check_drawing()
    studio.check_choices(self.folder)
    studio.check_pictures(self.folder)
    studio.check_live()
    studio.check_download(browser, self.folder)
    studio.check_busy(urllib.parse.urlsplit(address).port)
    # What was drawn is still there after a look at the runs.
    drawn = studio.page.evaluate(DRAWING)
    studio.page.go(address + "runs")
    studio.page.wait_for("document.querySelector('table a')")
    studio.page.go(address)
    studio.page.wait_for(f"{DRAWING} === {json.dumps(drawn)}")
    studio.translate()
    self.look(studio.page, address, "the studio")
    self.narrow(studio.page, address, "studio")

  def check_token(self, browser):
    server, address = self.serve("--host", "0.0.0.0")
    entry, token = address.split("?")
    expect(token.startswith("token="), f"the address {address} has no token")
    stranger = browser.open(entry)
    expect("asks for its token" in stranger.evaluate("document.body.textContent"), "a stranger is let in")
    page = browser.open(address)
    expect(page.evaluate("location.href") == entry, "the token stays in the address")
    studio = Studio(page, self.shots)
    studio.choose_run("styles")
    studio.translate()
    self.look(page, address, "the page behind the token")
    self.end(server, signal.SIGTERM)

  def check_live_run(self, browser, address):
    training = self.start("train", "--config", "live.yaml")
    page = browser.open(address + "runs")
    page.wait_for("document.querySelector('.state.training')", 60)
    self.look(page, address, "the list of runs")
    page.screenshot(f"{self.shots}/runs.png")
    page.evaluate("document.querySelector('.state.training').closest('tr').querySelector('a').focus()")
    page.press("Enter", 13)
    page.wait_for("document.querySelector('#losses svg path') && document.querySelectorAll('.strip button').length > 1", 60)
    expect(page.evaluate("document.querySelector('#title').textContent") == "live", "the run has another name")
    page.evaluate("window.stays = true")
    # What somebody chose stays while the rest goes on.
    page.click("#losses [data-do=log]")
    page.click("#losses .chart [data-do=wide]")
    page.click("#configuration summary")
    page.evaluate("document.querySelector('.film input').focus()")
    page.press("Home", 36)
    shown = "document.querySelector('.film output').textContent"
    expect(page.evaluate(shown) == "step 0", f"the slider shows {page.evaluate(shown)}")
    step = "Number(document.querySelector('#progress-text').textContent.match(/step ([\\d,]+)/)[1].replaceAll(',', ''))"
    sheets = "document.querySelectorAll('.strip button').length"
    curve = "document.querySelector('#losses svg path.smooth').getAttribute('d')"
    values = [page.evaluate(value) for value in (step, sheets, curve)]
    for name, value, before in zip(("step", "sheets", "curves"), (step, sheets, curve), values):
      page.wait_for(f"{value} !== {json.dumps(before)}", 60)
    expect(page.evaluate(shown) == "step 0", f"the chosen sheet gave way to {page.evaluate(shown)}")
    expect(page.evaluate("document.activeElement.matches('.film input')"), "the slider has lost the focus")
    expect(page.evaluate("document.querySelector('#losses .chart').classList.contains('wide')"), "a chart shrank")
    expect(page.evaluate("document.querySelector('#losses [data-do=log]').ariaPressed") == "true", "no log scale")
    expect(page.evaluate("document.querySelector('#configuration details').open"), "the configuration closed")
    expect(page.evaluate("window.stays"), "the page was loaded again")
    page.press("End", 35)
    page.click("#losses .chart [data-do=wide]")
    self.look(page, address, "the page of a run")
    page.screenshot(f"{self.shots}/run.png")
    self.narrow(page, address, "run")
    self.end(training, signal.SIGTERM)
    page.wait_for("document.querySelector('.state.interrupted')", 30)
    return page.evaluate("location.pathname")

  def run(self):
    self.prepare()
    server, address = self.serve()
    with Browser() as browser:
      self.check_studio(browser, address)
      self.check_token(browser)
      run = self.check_live_run(browser, address)
      for path, name in (("", "studio"), ("runs", "runs"), (run[1:], "run")):
        dark = browser.open(address + path, dark=True)
        dark.wait_for("document.querySelector('table, #size option')")
        dark.screenshot(f"{self.shots}/{name}-dark.png")
        self.look(dark, address, f"{name} in dark")
      seconds = self.end(server, signal.SIGINT)
      # Where other programs keep the machine busy, it may take a second try.
      if seconds >= 2:
        seconds = self.end(self.serve()[0], signal.SIGINT)
      expect(seconds < 2, f"the server takes {seconds} seconds to end")

  def clean(self):
    for process in self.processes:
      if process.poll() is None:
        process.kill()
        process.wait()


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument("--program", default=".build/debug/ganctl")
  parser.add_argument("--shots", help="folder for pictures of the pages")
  arguments = parser.parse_args()
  with tempfile.TemporaryDirectory(prefix="ganctl-serve-") as folder:
    shots = os.path.abspath(arguments.shots or folder)
    os.makedirs(shots, exist_ok=True)
    check = Check(os.path.abspath(arguments.program), folder, shots)
    try:
      check.run()
    finally:
      check.clean()
  print("serve: draws, translates, and follows a run")


if __name__ == "__main__":
  sys.exit(main())
