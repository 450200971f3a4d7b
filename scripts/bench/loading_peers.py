#!/usr/bin/env python3
"""The parts of scripts/bench/loading.sh that are Pillow's and torchvision's.

  prepare DIR           makes DIR/jpeg-256, DIR/png-128 and DIR/png-64
  pillow FOLDER         loads the pictures of a folder as ganctl does, and prints JSON: for each stage microseconds of CPU
                        time per picture, the median of some passes
  torchvision FOLDER    the same with torchvision's transforms on Pillow's pictures, as its data sets have them; prints
                        nothing if it is not there
  table RESULTS         pictures per second and core from lines of such JSON, and of `ganctl bench data --json`
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

STAGES = ["decode", "resize", "augment", "to_tensor"]
PASSES = 3


def prepare(folder):
  import numpy as np
  from PIL import Image
  for name, side in [("jpeg-256", 256), ("png-128", 128), ("png-64", 64)]:
    (folder / name).mkdir(parents=True, exist_ok=True)
    for index in range(64):
      random = np.random.default_rng(index)
      coarse = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8)).resize((256, 256), Image.BICUBIC)
      values = np.asarray(coarse).astype(np.int16) + random.integers(-6, 7, (256, 256, 3))
      for _ in range(6):
        y, x, size = random.integers(0, 192, 2).tolist() + [int(random.integers(16, 64))]
        values[y:y + size, x:x + size] += random.integers(-80, 80, 3)
      picture = Image.fromarray(values.clip(0, 255).astype(np.uint8)).resize((side, side), Image.BICUBIC)
      if name.startswith("jpeg"):
        picture.save(folder / name / f"{index:03}.jpg", quality=90)
      else:
        picture.save(folder / name / f"{index:03}.png")


def pillow_stages(size):
  import numpy as np
  from PIL import Image
  load, room = round(size * 286 / 256), round(size * 286 / 256) - size
  random = np.random.default_rng(1)

  def augment(picture):
    x, y = random.integers(0, room + 1, 2).tolist()
    picture = picture.crop((x, y, x + size, y + size))
    return picture.transpose(Image.FLIP_LEFT_RIGHT) if random.random() > 0.5 else picture

  return [
    lambda path: Image.open(path).convert("RGB"),
    lambda picture: picture.resize((load, load), Image.BICUBIC),
    augment,
    lambda picture: (np.asarray(picture, dtype=np.float32) / 255 - 0.5) / 0.5,
  ]


def import_transforms():
  import torch
  try:
    from torchvision import transforms
  except RuntimeError:
    # The registry's wheel is built for a torch with CUDA; of its own operators, which are then missing, nothing here
    # makes use.
    for name in [name for name in sys.modules if name.startswith("torchvision")]:
      del sys.modules[name]
    torch.library.register_fake = lambda *_, **__: lambda function: function
    from torchvision import transforms
  torch.set_num_threads(1)
  return transforms


def torchvision_stages(size):
  transforms = import_transforms()
  from PIL import Image
  load = round(size * 286 / 256)
  return [
    lambda path: Image.open(path).convert("RGB"),
    transforms.Resize([load, load], transforms.InterpolationMode.BICUBIC),
    transforms.Compose([transforms.RandomCrop(size), transforms.RandomHorizontalFlip()]),
    transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,) * 3, (0.5,) * 3)]),
  ]


def measure(program, folder, stages):
  endings = (".png", ".jpg", ".jpeg")
  paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in endings)[:256]
  passes = []
  for _ in range(PASSES + 1):
    times = []
    values = paths
    for stage in stages:
      begin = time.thread_time()
      values = [stage(value) for value in values]
      times.append((time.thread_time() - begin) / len(paths) * 1e6)
    passes.append(times)
  # The first pass warms up.
  medians = {stage: statistics.median(times[i] for times in passes[1:]) for i, stage in enumerate(STAGES)}
  medians["all"] = statistics.median(sum(times) for times in passes[1:])
  print(json.dumps({"program": program, "microseconds": medians}))


def table(results):
  rounds = {}
  for line in results.read_text().splitlines():
    run = json.loads(line)
    rounds.setdefault(run.get("program", "ganctl"), []).append(run["microseconds"])
  print(f"  {'pictures per second':22}" + "".join(f"{stage:>12}" for stage in STAGES + ["all"]))
  for program, runs in rounds.items():
    rates = [1e6 / statistics.median(run[stage] for run in runs) for stage in STAGES + ["all"]]
    print(f"  {program:22}" + "".join(f"{rate:12,.0f}" for rate in rates))


if __name__ == "__main__":
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("part", choices=["prepare", "pillow", "torchvision", "table"])
  parser.add_argument("path", type=pathlib.Path)
  parser.add_argument("--size", type=int, default=128)
  options = parser.parse_args()
  if options.part == "prepare":
    prepare(options.path)
  elif options.part == "pillow":
    measure("Pillow", options.path, pillow_stages(options.size))
  elif options.part == "torchvision":
    try:
      stages = torchvision_stages(options.size)
    except ImportError:
      sys.exit(0)
    measure("torchvision", options.path, stages)
  else:
    table(options.path)
