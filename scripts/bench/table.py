#!/usr/bin/env python3
"""Shows what scripts/bench/compare.sh measured: how many times faster ganctl is than PyTorch.

Times are medians over rounds of each run's median. Of PyTorch's memory formats the one with the smaller time counts.
The range behind a ratio is that of the rounds, each compared with itself.
"""

import argparse
import json
import statistics
import sys

PEERS = {"highest": "fp32", "high": "fp32", "medium": "bf16"}
HEAD = ["step", "precision", "ganctl", "PyTorch", "ratio", "range", "memory", "PyTorch's", "ratio"]


def read(path):
  """{(side, row, precision, layout): {round: result}}, and the rows in the order of the file."""
  runs, rows = {}, []
  with open(path, encoding="utf-8") as file:
    for number, line in enumerate(file, 1):
      try:
        entry = json.loads(line)
        row = entry["row"]
        if "result" in entry:
          result = entry["result"]
          key = (entry["side"], row, entry["precision"], result.get("memory_format"))
          runs.setdefault(key, {})[entry["round"]] = (
            result["median_ms"], result["peak_resident_bytes"], result["parameters"], result)
      except (ValueError, KeyError, TypeError) as error:
        sys.exit(f"error: {path}:{number}: not a line of compare.sh ({error})")
      if row not in rows:
        rows.append(row)
  return runs, rows


def median(rounds, index):
  return statistics.median(result[index] for result in rounds.values())


def seconds(milliseconds):
  return f"{milliseconds / 1000:.2f} s" if milliseconds >= 995 else f"{milliseconds:.0f} ms"


def gigabytes(count):
  return f"{count / 1e9:.2f} GB"


def line_of(runs, row, precision):
  """The cells of a row, or None where a side is missing."""
  ours = runs.get(("ganctl", row, precision, None))
  theirs = [found for key, found in runs.items() if key[:3] == ("pytorch", row, PEERS[precision])]
  if not ours or not theirs:
    return None
  best = min(theirs, key=lambda rounds: median(rounds, 0))
  if median(ours, 2) != median(best, 2):
    print(f"warning: {row}: the networks differ, {median(ours, 2):.0f} and {median(best, 2):.0f} parameters",
          file=sys.stderr)
  ratios = [best[number][0] / ours[number][0] for number in ours.keys() & best.keys()] or [0]
  model, size, batch = row.split(":")
  layout = next(iter(best.values()))[3]["memory_format"]
  return [
    f"{model} {size}x{size}, batch {batch}", precision, seconds(median(ours, 0)),
    f"{seconds(median(best, 0))} ({PEERS[precision]}, {layout.replace('_', ' ')})",
    f"{median(best, 0) / median(ours, 0):.2f}", f"{min(ratios):.2f} to {max(ratios):.2f}",
    gigabytes(median(ours, 1)), gigabytes(median(best, 1)), f"{median(ours, 1) / median(best, 1):.2f}"]


def machine(runs):
  """Of all results, what they were taken on."""
  results = [result[3] for rounds in runs.values() for result in rounds.values()]
  facts = {key: sorted({str(result[key]) for result in results if key in result}) for key in
           ("cpu", "vectors", "blas_core", "threads", "torch")}
  return "; ".join(f"{key.replace('_', ' ')} {', '.join(values)}" for key, values in facts.items() if values)


def show(lines, markdown):
  if markdown:
    for line in [HEAD, ["---"] * len(HEAD), *lines]:
      print("| " + " | ".join(line) + " |")
    return
  widths = [max(len(line[column]) for line in [HEAD, *lines]) for column in range(len(HEAD))]
  for line in [HEAD, *lines]:
    print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("file", help="written by scripts/bench/compare.sh")
  parser.add_argument("--markdown", action="store_true", help="rows for docs/performance.md")
  options = parser.parse_args()
  try:
    runs, rows = read(options.file)
  except OSError as error:
    sys.exit(f"error: {options.file}: {error.strerror}")
  if not runs:
    sys.exit(f"error: {options.file}: nothing was measured")
  lines = [line for row in rows for precision in PEERS if (line := line_of(runs, row, precision))]
  print(machine(runs) + "\n")
  show(lines, options.markdown)


if __name__ == "__main__":
  main()
