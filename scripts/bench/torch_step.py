#!/usr/bin/env python3
"""Times whole training steps of the papers' recipes in PyTorch, to compare with `ganctl bench step` side by side.

PyTorch is not needed by ganctl. It goes into a virtual environment of its own, outside the repository:

  python3 -m venv ~/torchenv
  ~/torchenv/bin/pip install torch numpy
  ~/torchenv/bin/python scripts/bench/torch_step.py --model cyclegan --size 256 --threads 2

A step is everything between two batches: forward and backward of all networks and Adam, at the papers' options and
with the same work as ganctl's step: discriminators that only pass gradients on get none, and what no gradient needs is
computed without a graph. Where steps are not all alike (drit, stargan), a time is the mean over a cycle of them.
Pictures are random numbers, and reading files, image pools and logging are left out. One JSON object is printed.
"""

import argparse
import json
import platform
import resource
import statistics
import time

import torch

from torch_models import MODELS, cyclegan, pix2pix
from torch_models.common import Setting

LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def processor():
  try:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
      return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
  except (OSError, StopIteration):
    return platform.machine()


def parse_arguments():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--model", choices=sorted(MODELS), required=True)
  parser.add_argument("--generator", choices=sorted({*pix2pix.GENERATORS, *cyclegan.GENERATORS}),
                      help="of pix2pix and cyclegan; default: the paper's")
  parser.add_argument("--size", type=int, help="side of the pictures (default: the paper's)")
  parser.add_argument("--batch", type=int, help="pictures a step (default: the paper's)")
  parser.add_argument("--threads", type=int, default=2, help="threads of PyTorch (default 2)")
  parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16 is CPU autocast")
  parser.add_argument("--memory-format", choices=LAYOUTS, default="contiguous")
  parser.add_argument("--steps", type=int, default=5, help="timed steps, rounded up to whole cycles (default 5)")
  parser.add_argument("--warmup", type=int, default=1, help="cycles of steps before the timed ones (default 1)")
  options = parser.parse_args()
  module = MODELS[options.model]
  options.size = module.SIZE if options.size is None else options.size
  options.batch = module.BATCH if options.batch is None else options.batch
  if min(options.size, options.batch, options.threads, options.steps) < 1 or options.warmup < 0:
    parser.error("sizes and counts must be at least 1")
  if options.generator not in (None, *getattr(module, "GENERATORS", ())):
    parser.error(f"{options.model} has no generator {options.generator}")
  problem = module.check(options.size, options.batch, options.generator)
  if problem:
    parser.error(f"{options.model} at --size {options.size} --batch {options.batch}: expected {problem}")
  return options


def timed(recipe):
  """Milliseconds of a step, mean over a cycle."""
  start = time.perf_counter()
  for _ in range(recipe.cycle):
    recipe.step()
  return 1000 * (time.perf_counter() - start) / recipe.cycle


def main():
  options = parse_arguments()
  torch.manual_seed(1)
  torch.set_num_threads(options.threads)
  setting = Setting(
    options.size, options.batch, options.precision, LAYOUTS[options.memory_format], options.generator)
  recipe = MODELS[options.model].build(setting)
  for _ in range(options.warmup):
    timed(recipe)
  times = [timed(recipe) for _ in range(-(-options.steps // recipe.cycle))]
  print(json.dumps({
    "program": "pytorch", "torch": torch.__version__, "cpu": processor(), "threads": torch.get_num_threads(),
    "model": options.model, "generator": options.generator, "size": options.size, "batch": options.batch,
    "precision": options.precision, "memory_format": options.memory_format, "cycle": recipe.cycle,
    "steps": len(times) * recipe.cycle, "parameters": recipe.parameters(),
    "median_ms": round(statistics.median(times), 3), "least_ms": round(min(times), 3),
    "greatest_ms": round(max(times), 3),
    "peak_resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
  }))


if __name__ == "__main__":
  main()
