#!/usr/bin/env python3
"""Do the options help? Trains small networks with and without them for the same CPU time and several seeds.

    scripts/make_emoji_dataset.py --size 64
    scripts/bench/tuning.py --out runs/tuning            # hours; may be interrupted and called again
    scripts/bench/tuning.py --out runs/tuning --table    # what there is so far, as markdown

The tasks: `pairs` (pix2pix, sketches to emoji), `vendors` (CycleGAN, one artist's emoji to another's), `one-sided` (the
same with CUT and FastCUT, measured six times on the way) and, with --small, a folder with trainA, trainB, testA and
testB of a few pictures of 64x64. Every variant of a task gets the steps that fit into the same CPU time. What a step
takes is measured beforehand on one thread and kept, so that what else the machine does matters little. Runs keep averaged weights (train.ema), which do not change the training; both
the averages and the weights of the last step are measured on the test pictures.
"""

import argparse
import concurrent.futures
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
AUGMENT = "model.diff_augment=[color,translation,cutout]"
WARP = ["data.augment_rotate=10", "data.augment_scale=[0.9,1.1]", "data.augment_translate=0.05"]
# A little narrower than configs/*-emoji.yaml, to get far in a few minutes.
NARROW = ["model.ngf=16", "model.ndf=32"]


class Task:
  """What is compared: configurations and their settings by name, seconds of CPU time for one training, moments at which
  the curve is measured, and what the results are compared with."""

  def __init__(self, name, seconds, variants, settings, translate, real, moments):
    self.name, self.seconds, self.variants, self.settings = name, seconds, variants, settings
    self.translate, self.real, self.moments = translate, real, moments


def tasks(options):
  data = os.path.abspath(options.data)
  switches = {"as it is": [], "upsample: nearest": ["model.upsample=nearest"],
              "diff_augment": [AUGMENT], "spectral_norm: discriminator": ["model.spectral_norm=discriminator"]}

  def variants(config, names):
    return {name: (config, switches[name]) for name in names}

  cyclegan = {"CycleGAN, " + name: variant for name, variant in variants("cyclegan-emoji", switches).items()}
  one_sided = {"CUT": ("cut-emoji", []), "FastCUT": ("cut-emoji", ["model.mode=fastcut"])}

  def compared(folder):
    return [os.path.join(folder, "testA"), "--compare", os.path.join(folder, "testB")]

  pairs, vendors = os.path.join(data, "edges2emoji"), os.path.join(data, "vendors")
  found = [
      Task("pairs", 170, variants("quickstart", switches), ["data.root=" + pairs, "train.minutes=null"],
           [os.path.join(pairs, "test"), "--aligned"], None, 1),
      Task("vendors", 150, cyclegan, ["data.root=" + vendors] + NARROW, compared(vendors),
           os.path.join(vendors, "testB"), 1),
      Task("one-sided", 240, {"CycleGAN": ("cyclegan-emoji", []), **one_sided}, ["data.root=" + vendors],
           compared(vendors), os.path.join(vendors, "testB"), 6)]
  if options.small:
    small = os.path.abspath(options.small)
    few = {**cyclegan, "CycleGAN, data.augment": ("cyclegan-emoji", WARP), **one_sided,
           "CUT, diff_augment": ("cut-emoji", [AUGMENT])}
    found.append(Task("small", 60, few, ["data.root=" + small] + NARROW, compared(small),
                      os.path.join(small, "testB"), 1))
  return [task for task in found if not options.tasks or task.name in options.tasks]


def call(program, arguments):
  done = subprocess.run([program] + arguments, capture_output=True, text=True)
  if done.returncode:
    raise RuntimeError(f"ganctl {' '.join(arguments)}\n{done.stderr[-2000:]}")
  return done.stdout


def sets(values):
  return [part for value in values for part in ("--set", value)]


class Bench:
  def __init__(self, options):
    self.program, self.out = os.path.abspath(options.program), os.path.abspath(options.out)
    self.configs = os.path.join(ROOT, "configs")

  def train(self, config, folder, values):
    shutil.rmtree(folder, ignore_errors=True)
    call(self.program, ["train", "--config", os.path.join(self.configs, config + ".yaml"), "--run", folder,
                        "--threads", "1"] + sets(values))

  def step_cost(self, task, variant):
    """Seconds of CPU time that a step takes: the least of three times the difference of a longer and a shorter run."""
    config, values = task.variants[variant]
    quiet = ["train.sample_every=0", "train.sample_count=0", "train.checkpoint_every=0", "train.ema=0.998"]
    folder, costs = os.path.join(self.out, "cost"), []
    for _ in range(3):
      used = []
      for steps in (10, 40):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.train(config, folder, task.settings + values + quiet + [f"train.steps={steps}"])
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
      costs.append((used[1] - used[0]) / 30)
    shutil.rmtree(folder, ignore_errors=True)
    return min(costs)

  def costs(self, found):
    """Step costs of all variants, kept in a file, since they decide how far each may train."""
    path = os.path.join(self.out, "costs.json")
    costs = json.load(open(path)) if os.path.exists(path) else {}
    for task in found:
      for variant in task.variants:
        key = f"{task.name}: {variant}"
        if key not in costs:
          costs[key] = self.step_cost(task, variant)
          print(f"{key}: {costs[key] * 1000:.1f} ms a step", flush=True)
          json.dump(costs, open(path, "w"), indent=1)
    return costs

  def scores(self, task, checkpoint, weights, folder):
    arguments = ["translate"] + task.translate + ["--checkpoint", checkpoint, "--weights", weights, "-o", folder,
                                                  "--threads", "1", "--json"]
    found = json.loads(call(self.program, arguments))
    real = [task.real] if task.real else []
    fid = json.loads(call(self.program, ["eval-fid", folder] + real + ["--features", "built-in", "--threads", "1",
                                                                       "--json"]))
    return {**found["mean"], "fid": fid["fid"], "kid": fid["kid"]}

  def run(self, task, variant, seed, cost):
    config, values = task.variants[variant]
    name = f"{task.name}-{variant}-{seed}".replace(" ", "_").replace(":", "").replace(",", "")
    folder, result = os.path.join(self.out, name), os.path.join(self.out, name + ".json")
    if os.path.exists(result):
      return
    steps = int(task.seconds / cost)
    every = -(-steps // task.moments)
    root = next(value for value in task.settings if value.startswith("data.root=")).split("=", 1)[1]
    epoch = epoch_steps(root, config)
    epochs = max(2, -(-steps // epoch))  # no fewer than train.steps needs
    self.train(config, folder, task.settings + values + [
        f"seed={seed}", f"train.steps={steps}", f"train.epochs={epochs // 2}",
        f"train.decay_epochs={epochs - epochs // 2}", "train.ema=0.998", "train.sample_every=0",
        f"train.checkpoint_every={every}", "train.keep_checkpoints=20"])
    curve = []
    for file in sorted(os.listdir(os.path.join(folder, "checkpoints"))):
      if not file.startswith("step-") or not file.endswith(".safetensors"):
        continue
      step = int(file.removeprefix("step-").removesuffix(".safetensors"))
      last = step >= steps
      for weights in ("raw", "ema") if last else ("ema",):
        if step > 0:
          found = self.scores(task, os.path.join(folder, "checkpoints", file), weights,
                              os.path.join(folder, f"test-{weights}" if last else "test-moment"))
          curve.append({"step": step, "seconds": step * cost, "weights": weights, "last": last, **found})
      if not last:
        os.remove(os.path.join(folder, "checkpoints", file))
    with open(result, "w") as file:
      json.dump({"task": task.name, "variant": variant, "seed": seed, "steps": steps, "curve": curve}, file, indent=1)
    print(f"{name}: {steps} steps", flush=True)


def epoch_steps(root, config):
  folder = next(f for f in (os.path.join(root, "train"), os.path.join(root, "trainA")) if os.path.isdir(f))
  count = sum(len(files) for _, _, files in os.walk(folder))
  return max(1, count // (8 if config == "quickstart" else 1))


def numbers(scores):
  """The measures of one moment by name: distances to the targets, and between the sets."""
  return {"L1": scores["l1_levels"], "PSNR": scores["psnr"], "FID": scores["fid"], "KID": scores["kid"]}


def table(options, found):
  for task in found:
    print(f"\n### {task.name}\n")
    results = [json.load(open(os.path.join(options.out, file))) for file in sorted(os.listdir(options.out))
               if file.startswith(task.name + "-") and file.endswith(".json")]
    rows = {}
    for result in results:
      for moment in result["curve"]:
        key = (result["variant"], moment["weights"], round(moment["seconds"] / task.seconds * task.moments))
        rows.setdefault(key, []).append((numbers(moment), result["steps"]))
    for (variant, weights, moment), values in sorted(rows.items(), key=lambda row: (row[0][2], row[0][:2])):
      cells = []
      for measure in values[0][0]:
        list_ = [value[measure] for value, _ in values if value[measure] is not None]
        if list_:
          deviation = statistics.stdev(list_) if len(list_) > 1 else float("nan")
          cells.append(f"{measure} {statistics.mean(list_):.4g} ± {deviation:.2g}")
      part = moment * task.seconds / task.moments
      print(f"| {part:.0f} s | {variant} | {weights} | {values[0][1]} | {len(values)} | {' | '.join(cells)} |")


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--out", required=True, help="folder for runs and results")
  parser.add_argument("--data", default="data/emoji", help="what scripts/make_emoji_dataset.py made (default: data/emoji)")
  parser.add_argument("--small", help="folder with a few pictures in trainA, trainB, testA, testB")
  parser.add_argument("--tasks", nargs="*", help="only these")
  parser.add_argument("--seeds", type=int, default=3)
  parser.add_argument("--workers", type=int, default=2, help="trainings at a time, each on one thread")
  parser.add_argument("--program", default=os.path.join(ROOT, ".build/release/ganctl"))
  parser.add_argument("--table", action="store_true", help="only print what there is")
  options = parser.parse_args()
  found = tasks(options)
  if options.table:
    return table(options, found)
  os.makedirs(options.out, exist_ok=True)
  bench = Bench(options)
  costs = bench.costs(found)
  jobs = [(task, variant, seed, costs[f"{task.name}: {variant}"])
          for seed in range(1, options.seeds + 1) for task in found for variant in task.variants]
  with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
    for future in [pool.submit(bench.run, *job) for job in jobs]:
      try:
        future.result()
      except RuntimeError as error:
        print(error, file=sys.stderr, flush=True)


if __name__ == "__main__":
  main()
