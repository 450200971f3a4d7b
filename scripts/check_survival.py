#!/usr/bin/env python3
"""Tries to make ganctl lose work: kills it at every call that changes a file, cuts the power there, fills the disk,
sends signals, closes its standard streams and takes its memory away. After each try the run is continued, and must end
with the very files of a run that nothing happened to.

usage: scripts/check_survival.py [options]

  --program FILE   the ganctl to try (default: .build/release/ganctl)
  --tries N        tries in all, spread over the kinds (default: 600)
  --seconds S      begins no further try after so many seconds (default: 1500)
  --seed N         of the random choices (default: 1)
  --only KIND      only this kind (may be given several times)
  --keep DIR       keeps the folders of tries that failed in DIR

Needs Python's standard library and a C compiler (Swift's clang will do), which builds scripts/survival/interrupt.c.
Exit status: 0 where every try passed, else 1.
"""

import argparse
import hashlib
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

# Files that differ between any two runs.
UNCOMPARED = {".lock", "timing.jsonl", "report.html"}
PATIENCE = 60

CONFIG = """\
model: {name: pix2pix, generator: unet_32, ngf: 2, ndf: 2, discriminator: n_layers, n_layers_d: 1}
data: {root: pairs, load_size: 36, crop_size: 32}
train:
  epochs: 2
  decay_epochs: 1
  checkpoint_every: 2
  keep_checkpoints: 2
  epoch_checkpoint_every: 1
  sample_every: 3
  sample_count: 2
  log_every: 1
  validation_count: 2
eval: {every: 1, metrics: [l1]}
"""


def png(width, height, number):
  """A picture of smooth colours, another for each number."""
  rows = b"".join(
    b"\0" + bytes(
      channel for x in range(width) for channel in ((x * 5 + number * 40) % 256, (y * 7) % 256, (x * y + number) % 256))
    for y in range(height))

  def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

  header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
  return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def digest(folder):
  """What is in a folder: path -> hash of the content, or where a link leads."""
  found = {}
  for place, folders, files in os.walk(folder):
    for name in files + [name for name in folders if os.path.islink(os.path.join(place, name))]:
      path = os.path.join(place, name)
      key = os.path.relpath(path, folder)
      if name in UNCOMPARED:
        continue
      if os.path.islink(path):
        found[key] = "-> " + os.readlink(path)
      else:
        with open(path, "rb") as file:
          found[key] = hashlib.sha256(file.read()).hexdigest()[:16]
  return found


def difference(expected, found):
  """The first few files in which two folders differ; empty where they are alike."""
  faults = [f"{key} is missing" for key in expected if key not in found]
  faults += [f"{key} should not be there" for key in found if key not in expected]
  faults += [
    f"{key} differs" for key in expected if key in found and expected[key] != found[key]]
  return "; ".join(sorted(faults)[:4])


class Failure(Exception):
  pass


class Workshop:
  """The program, its inputs, and what it makes of them undisturbed."""

  def __init__(self, program, folder, rng):
    self.program, self.folder, self.random = os.path.abspath(program), folder, rng
    for phase, count in (("train", 3), ("val", 2)):
      os.makedirs(f"{folder}/pairs/{phase}")
      for number in range(count):
        with open(f"{folder}/pairs/{phase}/{number}.png", "wb") as file:
          file.write(png(72, 36, number + 10 * count))
    os.makedirs(f"{folder}/pictures")
    for number in range(3):
      with open(f"{folder}/pictures/{number}.png", "wb") as file:
        file.write(png(40, 40, number))
    with open(f"{folder}/tiny.yaml", "w") as file:
      file.write(CONFIG)
    self.interrupter = f"{folder}/interrupt.so"
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "survival", "interrupt.c")
    # Swift brings a clang with it.
    beside_swift = os.path.dirname(os.path.realpath(shutil.which("swift") or "swift"))
    compiler = next(filter(None, (shutil.which(name) for name in ("clang", beside_swift + "/clang", "cc"))), None)
    if compiler is None:
      sys.exit("error: there is neither clang nor cc, which scripts/survival/interrupt.c is built with")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", self.interrupter, source, "-lpthread"], check=True)
    self.number = 0
    self.train_arguments = ["train", "--config", "tiny.yaml", "--threads", "1", "--run"]
    place = self.place()
    self.expect(self.run(self.train_arguments + [place + "/run"]), {0})
    self.reference = digest(place + "/run")
    self.kept_run = place + "/run"
    self.translate_arguments = ["translate", "pictures", "--run", self.kept_run, "--threads", "1", "-o"]
    place = self.place()
    self.expect(self.run(self.translate_arguments + [place + "/out"]), {0})
    self.pictures = digest(place + "/out")

  def place(self):
    """A folder of its own for each try."""
    self.number += 1
    place = f"{self.folder}/try-{self.number}"
    os.makedirs(place)
    return place

  def environment(self, extra=None):
    variables = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": self.folder, **(extra or {})}
    # What the C library or a tool that watches this program needs.
    for name in ("LD_LIBRARY_PATH", "GANCTL_CPU", "OPENBLAS_CORETYPE"):
      if name in os.environ:
        variables[name] = os.environ[name]
    return variables

  def run(self, arguments, fault=None, call=0, watched=None, prepare=None, letters=None, patience=PATIENCE):
    """Runs the program to its end. Returns (status, stderr); the status of a signal is negative."""
    extra = {}
    if fault:
      extra = {
        "LD_PRELOAD": self.interrupter, "SURVIVAL_FAULT": fault, "SURVIVAL_CALL": str(call), "SURVIVAL_FOLDER": watched}
    if letters:
      extra["SURVIVAL_CALLS"] = letters
    # Files, not pipes: what a process leaves open must not make this one wait.
    with tempfile.TemporaryFile() as errors:
      process = subprocess.Popen(
        [self.program] + arguments, cwd=self.folder, env=self.environment(extra), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=errors, preexec_fn=prepare)
      try:
        status = process.wait(patience)
      except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise Failure(f"did not end within {patience} s: {' '.join(arguments)}")
      errors.seek(0)
      return status, errors.read().decode(errors="replace")

  def calls(self, arguments, watched):
    """The numbers of a command's calls that change files. Of many writes to a file in a row only the first, one in the
    middle and the last count: what dies between two others leaves nothing new."""
    path = f"{self.folder}/calls"
    self.expect(self.run(arguments, fault="none", watched=watched, letters=path), {0})
    with open(path) as file:
      letters = file.read()
    numbers = []
    for row in re.finditer("w+|[^w]", letters):
      numbers += sorted({row.start() + 1, (row.start() + row.end() + 1) // 2, row.end()})
    return numbers

  def expect(self, result, statuses, after=""):
    """The text of a result with one of these statuses. A failure tells what it came `after`."""
    status, text = result
    if status not in statuses:
      last = text.strip().splitlines()[-2:]
      words = f"{after}: " if after else ""
      raise Failure(f"{words}status {status}, expected {sorted(statuses)}: {' / '.join(last)}")
    return text

  def finish(self, run, after="", disturbed=None, extra=()):
    """Continues a run until it is done, as a user would: --resume where there is a checkpoint, else the same command or
    --resume by turns. Then its folder must be that of an undisturbed run, but for the files named by `extra`. A failure
    tells what it came `after`."""
    has_checkpoint = os.path.lexists(run + "/checkpoints/latest")
    resume = ["train", "--resume", run, "--threads", "1"]
    again = self.train_arguments + [run]
    can_resume = has_checkpoint or (os.path.exists(run + "/config.yaml") and self.random.random() < 0.5)
    if disturbed:
      self.run(resume if can_resume else again, *disturbed)
      return self.finish(run, after)
    self.expect(self.run(resume if can_resume else again), {0}, after)
    found = {key: value for key, value in digest(run).items() if key in self.reference or key not in extra}
    fault = difference(self.reference, found)
    if fault:
      raise Failure(f"{after}: {fault}" if after else fault)


# Kinds of tries. Each is a list of functions, one for each try, that raise Failure.


def kill_tries(shop, fault):
  """Death at each call that changes a file of the run."""
  place = shop.place()
  calls = shop.calls(shop.train_arguments + [place + "/run"], place)

  def attempt(call):
    def go(place):
      status, _ = shop.run(shop.train_arguments + [place + "/run"], fault, call, place)
      if status not in (0, -signal.SIGKILL):
        raise Failure(f"call {call}: status {status}")
      shop.finish(place + "/run", after=f"call {call} of {calls[-1]}")
    return go

  return [attempt(call) for call in calls]


def twice_tries(shop, fault="kill"):
  """Death at a random call, and again while the run is continued."""
  place = shop.place()
  calls = shop.calls(shop.train_arguments + [place + "/run"], place)

  def attempt():
    first, second = shop.random.choice(calls), shop.random.choice(calls)

    def go(place):
      run = place + "/run"
      shop.run(shop.train_arguments + [run], fault, first, place)
      shop.finish(run, disturbed=(fault, second, place), after=f"calls {first} and {second}")
    return go

  return [attempt() for _ in calls]


def full_tries(shop):
  """The disk is full from each call on; exit status 5, and the run continues when there is room again."""
  place = shop.place()
  calls = shop.calls(shop.train_arguments + [place + "/run"], place)

  def attempt(call):
    def go(place):
      words = f"call {call} of {calls[-1]}"
      text = shop.expect(shop.run(shop.train_arguments + [place + "/run"], "full", call, place), {0, 5}, words)
      if not text.strip():
        raise Failure(f"{words}: no message")
      shop.finish(place + "/run", after=words)
    return go

  return [attempt(call) for call in calls]


def file_limit_tries(shop):
  """`ulimit -f`: a limit for the size of a file is a full disk."""
  def attempt(size):
    def go(place):
      def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
      shop.expect(shop.run(shop.train_arguments + [place + "/run"], prepare=limit), {0, 5})
      shop.finish(place + "/run")
    return go

  return [attempt(size) for size in (0, 1, 500, 5_000, 20_000, 50_000, 100_000, 1_000_000)]


def time_tries(shop):
  """Death at a random time."""
  begin = time.monotonic()
  place = shop.place()
  shop.expect(shop.run(shop.train_arguments + [place + "/run"]), {0})
  usual = time.monotonic() - begin

  def attempt():
    delay = shop.random.random() * usual

    def go(place):
      process = start(shop, shop.train_arguments + [place + "/run"])
      time.sleep(delay)
      process.kill()
      process.wait()
      shop.finish(place + "/run", after=f"death after {delay:.3f} s")
    return go

  return [attempt() for _ in range(100)]


def start(shop, arguments, extra=None):
  return subprocess.Popen(
    [shop.program] + arguments, cwd=shop.folder, env=shop.environment(extra), stdin=subprocess.DEVNULL,
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def signal_tries(shop):
  """Signals at random times: the state is saved, the status is 128 + number, all within two seconds."""
  begin = time.monotonic()
  place = shop.place()
  shop.expect(shop.run(shop.train_arguments + [place + "/run"]), {0})
  usual = time.monotonic() - begin
  names = ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGXCPU"]

  def attempt(name):
    delay = shop.random.choice([shop.random.random() * 0.05, shop.random.random() * usual])

    def go(place):
      process = start(shop, shop.train_arguments + [place + "/run"])
      time.sleep(delay)
      number = getattr(signal, name)
      process.send_signal(number)
      try:
        status = process.wait(2 + 2 * usual if "debug" in shop.program else 2)
      except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise Failure(f"{name} after {delay:.3f} s: did not end in time")
      # Before the program has come to its first line, a signal may end it as signals do.
      if status not in (0, 128 + number, -number):
        raise Failure(f"{name} after {delay:.3f} s: status {status}")
      # Where a signal ends a run, there is a sample sheet.
      samples = place + "/run/samples"
      sheets = [f"samples/{name}" for name in os.listdir(samples)] if os.path.isdir(samples) else []
      shop.finish(place + "/run", extra=sheets, after=f"{name} after {delay:.3f} s")
    return go

  return [attempt(names[index % len(names)]) for index in range(100)]


def descriptor_tries(shop):
  """Standard streams that the caller has closed."""
  def attempt(closed):
    def go(place):
      def close():
        for descriptor in closed:
          os.close(descriptor)
      shop.expect(shop.run(shop.train_arguments + [place + "/run"], prepare=close), {0})
      fault = difference(shop.reference, digest(place + "/run"))
      lock = place + "/run/.lock"
      if not fault and os.path.exists(lock) and os.path.getsize(lock):
        fault = ".lock has something in it"
      if fault:
        raise Failure(f"closed {closed}: {fault}")
    return go

  return [attempt([n for n in range(3) if mask >> n & 1]) for mask in range(1, 8)]


def memory_tries(shop):
  """`ulimit -v`: ends with status 5 and a number, or works; never hangs, never crashes."""
  def attempt(megabytes):
    def go(place):
      def limit():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
      # 127: the system could not even load the libraries.
      status, text = shop.run(shop.train_arguments + [place + "/run"], prepare=limit, patience=30)
      if status not in (0, 5, 127):
        raise Failure(f"{megabytes} MB: status {status}: {text.strip()[-200:]}")
      if status == 5 and not any(character.isdigit() for character in text):
        raise Failure(f"{megabytes} MB: no number in: {text.strip()[-200:]}")
      shop.finish(place + "/run", after=f"{megabytes} MB")
    return go

  sizes = list(range(20, 400, 20)) + list(range(400, 1200, 100)) + [1500, 2000, 3000, 4000]
  return [attempt(size) for size in sizes]


def image_tries(shop):
  """A power cut at each call that changes a file, on a real file system: the run is stopped, and goes on in a copy of
  the image that its ext4 lies in, which has only what the kernel had written. Needs root and loop devices."""
  with tempfile.TemporaryDirectory(dir=shop.folder) as place:
    try:
      with Mounted(new_image(place + "/image"), place + "/disk"):
        pass
    except (OSError, subprocess.CalledProcessError):
      print("power cut (ext4): left out, since this needs root and loop devices", file=sys.stderr)
      return []
  place = shop.place()
  calls = shop.calls(shop.train_arguments + [place + "/run"], place)

  def attempt(call):
    def go(place):
      image = new_image(place + "/image")
      with Mounted(image, place + "/disk") as disk:
        extra = {
          "LD_PRELOAD": shop.interrupter, "SURVIVAL_FAULT": "stop", "SURVIVAL_CALL": str(call), "SURVIVAL_FOLDER": disk}
        process = start(shop, shop.train_arguments + [disk + "/run"], extra=extra)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        shutil.copyfile(image, place + "/after")
        if os.WIFSTOPPED(status):
          process.kill()
          os.waitpid(process.pid, 0)
        process.returncode = 0
      with Mounted(place + "/after", place + "/disk") as disk:
        shop.finish(disk + "/run", after=f"call {call} of {calls[-1]}")
    return go

  return [attempt(call) for call in calls]


def new_image(path):
  with open(path, "wb") as file:
    file.truncate(16 << 20)
  subprocess.run(["mkfs.ext4", "-q", "-F", path], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
  return path


class Mounted:
  """An image with a file system, mounted as long as a `with` lasts."""

  def __init__(self, image, place):
    self.image, self.place = image, place

  def __enter__(self):
    os.makedirs(self.place, exist_ok=True)
    subprocess.run(["mount", "-o", "loop", self.image, self.place], check=True, stderr=subprocess.DEVNULL)
    return self.place

  def __exit__(self, *unused):
    subprocess.run(["umount", self.place], check=True)


def translate_tries(shop, fault):
  """Death or a full disk while pictures are written: whole pictures only, and nothing else once it is done again."""
  place = shop.place()
  calls = shop.calls(shop.translate_arguments + [place + "/out"], place)

  def attempt(call):
    def go(place):
      arguments = shop.translate_arguments + [place + "/out"]
      status, _ = shop.run(arguments, fault, call, place)
      if status not in (0, 5, -signal.SIGKILL):
        raise Failure(f"call {call}: status {status}")
      found = digest(place + "/out")
      for name, content in found.items():
        if name.endswith(".png") and not os.path.basename(name).startswith(".") and content != shop.pictures.get(name):
          raise Failure(f"call {call}: {name} is half-written")
      shop.expect(shop.run(arguments), {0})
      left = difference(shop.pictures, digest(place + "/out"))
      if left:
        raise Failure(f"call {call} of {calls[-1]}: {left}")
    return go

  return [attempt(call) for call in calls]


KINDS = {
  "killed at a file call": lambda shop: kill_tries(shop, "kill"),
  "killed within a write": lambda shop: kill_tries(shop, "torn"),
  "power cut": lambda shop: kill_tries(shop, "power"),
  "power cut (ext4)": image_tries,
  "killed twice": twice_tries,
  "killed at a random time": time_tries,
  "disk full": full_tries,
  "file size limit": file_limit_tries,
  "signal": signal_tries,
  "closed streams": descriptor_tries,
  "memory limit": memory_tries,
  "translate: killed": lambda shop: translate_tries(shop, "torn"),
  "translate: disk full": lambda shop: translate_tries(shop, "full"),
}


def main():
  parser = argparse.ArgumentParser(add_help=False)
  parser.add_argument("--program", default=os.path.join(os.path.dirname(__file__), "..", ".build", "release", "ganctl"))
  parser.add_argument("--tries", type=int, default=600)
  parser.add_argument("--seconds", type=float, default=1500)
  parser.add_argument("--seed", type=int, default=1)
  parser.add_argument("--only", action="append", choices=KINDS)
  parser.add_argument("--keep")
  parser.add_argument("-h", "--help", action="store_true")
  options = parser.parse_args()
  if options.help:
    print(__doc__.strip())
    return 0
  if not os.access(options.program, os.X_OK):
    print(f"error: {options.program} is no program\nhelp: swift build -c release --product ganctl", file=sys.stderr)
    return 2
  begin = time.monotonic()
  rng = random.Random(options.seed)
  kinds = options.only or list(KINDS)
  tries, failed, rows = 0, 0, []
  with tempfile.TemporaryDirectory(prefix="ganctl-survival-") as folder:
    shop = Workshop(options.program, folder, rng)
    every = {name: KINDS[name](shop) for name in kinds}
    chosen = share(every, options.tries, rng)
    for name in kinds:
      done, faults = 0, []
      kind_begin = time.monotonic()
      for go in chosen[name]:
        if time.monotonic() - begin > options.seconds:
          break
        place = shop.place()
        try:
          go(place)
        except Failure as failure:
          faults.append(str(failure))
          if options.keep:
            shutil.copytree(place, os.path.join(options.keep, os.path.basename(place)), symlinks=True)
            faults[-1] += f" [{os.path.basename(place)}]"
        done += 1
        shutil.rmtree(place, ignore_errors=True)
      tries, failed = tries + done, failed + len(faults)
      rows.append((name, len(every[name]), done, len(faults), time.monotonic() - kind_begin))
      for fault in faults[:8]:
        print(f"FAILED  {name}: {fault}", flush=True)
  print(f"{'kind':26} {'possible':>8} {'tried':>6} {'failed':>6} {'seconds':>8}")
  for name, possible, done, faults, seconds in rows:
    print(f"{name:26} {possible:8} {done:6} {faults:6} {seconds:8.1f}")
  print(f"survival: {tries - failed} of {tries} tries passed")
  return 1 if failed or not tries else 0


def share(every, wanted, rng):
  """`wanted` tries in all: all of the small kinds, equal parts of the others, drawn at random and in order."""
  left, chosen = wanted, {}
  for rank, name in enumerate(sorted(every, key=lambda name: len(every[name]))):
    count = min(len(every[name]), max(1, left // (len(every) - rank)))
    picked = sorted(rng.sample(range(len(every[name])), count))
    chosen[name] = [every[name][index] for index in picked]
    left -= count
  return chosen


if __name__ == "__main__":
  sys.exit(main())
