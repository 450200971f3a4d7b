#!/usr/bin/env python3
"""Opens the pages that ganctl makes in headless Chromium: they must show what they should, without errors, without
asking for anything else, on wide and narrow windows, in light and dark.

    scripts/check_pages.py [--program .build/debug/ganctl] [--shots FOLDER]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import urllib.parse

from browser import Browser
from check_survival import png

CONFIG = """\
model: {name: pix2pix, generator: unet_32, ngf: 2, ndf: 2, discriminator: n_layers, n_layers_d: 1}
data: {root: pairs, load_size: 36, crop_size: 32}
train: {epochs: 4, decay_epochs: 4, sample_every: 6, sample_count: 2, log_every: 1, validation_count: 2}
eval: {every: 1, metrics: [ssim, l1]}
"""
LOSSES = ["G_GAN", "G_L1", "G", "D_fake", "D_real", "D"]
# A name that would be a script if it were not escaped.
NAMES = ["plain", "<img src=x onerror=alert(1)>&'\""]


def expect(condition, message):
  if not condition:
    raise SystemExit(f"error: {message}")


def make_runs(program, folder):
  for phase, count in (("train", 5), ("val", 2)):
    os.makedirs(f"{folder}/pairs/{phase}")
    for number in range(count):
      with open(f"{folder}/pairs/{phase}/{number}.png", "wb") as file:
        file.write(png(72, 36, number + 10 * count))
  with open(f"{folder}/config.yaml", "w") as file:
    file.write(CONFIG)

  def ganctl(*arguments):
    made = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=120)
    expect(made.returncode == 0, f"{' '.join(arguments)}: {made.stderr}")
    return made.stdout.strip()

  for seed, name in enumerate(NAMES):
    ganctl("train", "--config", "config.yaml", "--run", f"runs/{name}", "--threads", "1", "--set", f"seed={seed}")
  expect(ganctl("report", *NAMES, "-o", "both.html") == "both.html", "the report was not written")
  return [f"{folder}/runs/{NAMES[0]}/report.html", f"{folder}/runs/{NAMES[1]}/report.html", f"{folder}/both.html"]


def look(page, name):
  """What holds for every page."""
  expect(not page.errors, f"{name}: {page.errors}")
  expect(len(page.requests) == 1, f"{name} asks for {page.requests}")
  expect(page.overflow == 0, f"{name} is {page.overflow} pixels too wide")


def check_report(page, name, runs):
  look(page, name)
  titles = page.evaluate("[...document.querySelectorAll('#losses figcaption b')].map(e => e.textContent)")
  expect(titles == LOSSES, f"{name}: losses {titles}")
  for part in ["summary", "notes", "samples", "metrics", "losses", "speed", "configuration"]:
    expect(page.evaluate(f"document.getElementById('{part}').textContent.trim().length > 5"), f"{name}: no {part}")
  shown = "e => getComputedStyle(e).display !== 'none'"
  curves = f"[...document.querySelectorAll('#losses svg')].filter({shown}).map(e => e.getAttribute('class'))"
  expect(set(page.evaluate(curves)) == {"lin"}, f"{name}: {page.evaluate(curves)}")
  page.click("#losses [data-do=log]")
  expect(set(page.evaluate(curves)) == {"log"}, f"{name}: {page.evaluate(curves)}")
  page.click("#losses [data-do=log]")
  page.click("#losses [data-do=raw]")
  raw = f"[...document.querySelectorAll('.raw')].filter({shown}).length"
  expect(page.evaluate(raw) == 0, f"{name}: raw values do not go away")
  page.click("#losses [data-do=raw]")
  best = page.evaluate("document.querySelectorAll('#metrics .mark.lin').length")
  expect(best == 3 * runs, f"{name}: {best} best values are marked")

  step = "document.querySelector('.film output').textContent"
  sheet = "document.querySelector('.film .sheet').src"
  last = page.evaluate(sheet)
  expect(page.evaluate(step) == "step 40", f"{name}: {page.evaluate(step)}")
  page.evaluate("document.querySelector('.film input').focus()")
  page.press("Home", 36)
  expect(page.evaluate(step) == "step 0" and page.evaluate(sheet) != last, f"{name}: the slider does nothing")
  page.click(".strip button:last-child")
  expect(page.evaluate(sheet) == last, f"{name}: a frame cannot be chosen")
  expect(page.evaluate("document.querySelector('.film .sheet').naturalWidth > 50"), f"{name}: the sheet is no picture")

  box = page.evaluate(
    "(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
    " return [r.x + r.width / 2, r.y + r.height / 2] })(document.querySelector('#losses .plot'))")
  page.call("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": box[0], "y": box[1]})
  value = page.evaluate("document.querySelector('#losses output').textContent")
  expect("step 2" in value, f"{name}: the value under the pointer reads {value!r}")
  page.call("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 1, "y": 1})
  look(page, name)


def check_comparison(page):
  names = page.evaluate("[...document.querySelectorAll('.legend button')].map(e => e.textContent)")
  expect(names == NAMES, f"the legend has {names}")
  smooth = "[...document.querySelectorAll('#losses .smooth')].filter(e => getComputedStyle(e).display !== 'none').length"
  expect(page.evaluate(smooth) == 4 * len(LOSSES), f"{page.evaluate(smooth)} curves")
  page.click(".legend button")
  expect(page.evaluate(smooth) == 2 * len(LOSSES), "a run cannot be hidden")
  page.click(".legend button")
  expect("seed" in page.evaluate("document.getElementById('configuration').textContent"), "no options that differ")


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument("--program", default=".build/debug/ganctl")
  parser.add_argument("--shots", help="folder for pictures of the pages")
  arguments = parser.parse_args()
  with tempfile.TemporaryDirectory() as folder:
    shots = arguments.shots or folder
    os.makedirs(shots, exist_ok=True)
    pages = make_runs(os.path.abspath(arguments.program), folder)
    with Browser() as browser:
      for number, path in enumerate(pages):
        runs = 2 if number == 2 else 1
        for width, dark in ((1280, False), (390, True)):
          name = f"report-{number}-{width}"
          page = browser.open("file://" + urllib.parse.quote(path), width, dark=dark)
          check_report(page, name, runs)
          if runs == 2:
            check_comparison(page)
          page.screenshot(f"{shots}/{name}.png")
          expect(os.path.getsize(f"{shots}/{name}.png") > 20_000, f"{name}: nothing to be seen")
  print("pages: reports are shown without errors")


if __name__ == "__main__":
  sys.exit(main())
