#!/usr/bin/env python3
"""Reads assembly for aarch64 and says of each function with loops that compute whether they are NEON.

  check_aarch64.py [--allow NAME]... FILE.s...

A loop that has multiplications or additions of vectors counts as NEON. Next to each there is usually one without, for the
elements that are left over; so a function fails if all its computing loops are scalar. --allow names functions that may
be. Prints a line for each file, and exits with 1 if a function fails or nothing was found.
"""

import argparse
import pathlib
import re
import sys

VECTOR = re.compile(r"\s(f?ml[as]|f?mul|f?add|f?sub|fdiv|[su]mlal2?|[su]mull2?|fmax(nm)?|fmin(nm)?)\s+v\d+\.(4s|2d|8h|16b)")
SCALAR = re.compile(r"\s(f(n?m(add|sub|ul)|add|sub|div|max(nm)?|min(nm)?))\s+[sd]\d+")
BRANCH = re.compile(r"\s(?:b(?:\.\w+)?|cbn?z|tbn?z)\s+(?:.*,\s*)?(\.L\w+)\s*$")


def functions(text):
  """Names and lines of the functions of an assembly file."""
  name, lines = None, []
  for line in text.splitlines():
    if match := re.match(r"\s*\.type\s+(\w+),@function", line):
      name, lines = match[1], []
    elif name and re.match(rf"\s*\.size\s+{name},", line):
      yield name, lines
      name = None
    elif name:
      lines.append(line.split("//")[0].rstrip())


def innermost_loops(lines):
  """The bodies of loops that contain no other."""
  labels = {match[1]: index for index, line in enumerate(lines) if (match := re.match(r"(\.L\w+):", line))}
  loops = []
  for index, line in enumerate(lines):
    match = BRANCH.search(line)
    if match and labels.get(match[1], index) < index:
      loops.append((labels[match[1]], index))
  for start, end in loops:
    if not any((a, b) != (start, end) and start <= a and b <= end for a, b in loops):
      yield lines[start:end + 1]


def kinds(lines):
  """How many of the computing innermost loops are NEON, and how many scalar."""
  neon = scalar = 0
  for body in innermost_loops(lines):
    if any(VECTOR.search(line) for line in body):
      neon += 1
    elif any(SCALAR.search(line) for line in body):
      scalar += 1
  return neon, scalar


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("files", nargs="+", type=pathlib.Path)
  parser.add_argument("--allow", action="append", default=[])
  options = parser.parse_args()
  failed, found, unused = [], 0, set(options.allow)
  for path in options.files:
    vector = 0
    for name, lines in functions(path.read_text()):
      neon, scalar = kinds(lines)
      vector += neon
      if scalar and not neon:
        unused.discard(name)
        if name not in options.allow:
          failed.append(f"{path.stem}: {name}: {scalar} computing loops, none of them NEON")
    found += vector
    print(f"{path.stem:24} {vector:4} NEON loops")
  for line in failed:
    print(line)
  if unused:
    print("allowed without need: " + ", ".join(sorted(unused)))
  sys.exit(1 if failed or unused or not found else 0)


if __name__ == "__main__":
  main()
