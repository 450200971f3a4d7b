#!/usr/bin/env python3
"""Fetches the weights of the published FID's Inception network for `ganctl eval-fid`.

Downloads the file that pytorch-fid publishes (91 MiB), checks its SHA-256, and puts it into $GANCTL_HOME, or
$XDG_DATA_HOME/ganctl (~/.local/share/ganctl), where ganctl finds and reads it. Only Python's standard library is
needed. A browser does as well: save the file there yourself, or give it with `ganctl eval-fid --weights FILE`.
"""

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
import urllib.request

NAME = "pt_inception-2015-12-05-6726825d.pth"
URL = "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/" + NAME
HASH = "6726825d"  # how its SHA-256 begins


def digest(path):
  hash_ = hashlib.sha256()
  with open(path, "rb") as file:
    while block := file.read(1 << 20):
      hash_.update(block)
  return hash_.hexdigest()


def download(path):
  print(f"fetching {URL}", file=sys.stderr)
  with urllib.request.urlopen(URL, timeout=60) as answer, open(path, "wb") as file:
    done, total = 0, int(answer.headers.get("Content-Length") or 0)
    while block := answer.read(1 << 20):
      file.write(block)
      done += len(block)
      print(f"\r{done >> 20} of {total >> 20} MiB", end="", file=sys.stderr)
  print(file=sys.stderr)


def default_folder():
  data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
  return os.environ.get("GANCTL_HOME") or os.path.join(data, "ganctl")


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--from", dest="source", metavar="FILE", help="use this copy instead of fetching it")
  parser.add_argument("--out", metavar="FILE", help="file to write (default: where ganctl looks for it)")
  options = parser.parse_args()
  target = options.out or os.path.join(default_folder(), NAME)
  try:
    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    # Next to its destination, so that the file appears there complete or not at all.
    with tempfile.TemporaryDirectory(dir=os.path.dirname(target) or ".") as folder:
      copy = os.path.join(folder, NAME)
      shutil.copyfile(options.source, copy) if options.source else download(copy)
      found = digest(copy)
      if not found.startswith(HASH):
        sys.exit(f"error: {options.source or URL}: its SHA-256 is {found[:16]}..., that of the published file begins "
                 f"with {HASH}; nothing was written\n"
                 "help: download it again; ganctl eval-fid --weights FILE reads other weights of this network")
      os.replace(copy, target)
  except OSError as error:
    sys.exit(f"error: {error}\nhelp: download {URL}\n      in a browser and give it with: ganctl eval-fid --weights FILE")
  print(target)


if __name__ == "__main__":
  main()
