#!/usr/bin/env bash
# How many pictures a second one core loads: decoding, resizing, cropping, mirroring and conversion, for ganctl, Pillow
# and torchvision in turn.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/lib.sh"

usage() {
  cat <<'TEXT'
usage: scripts/bench/loading.sh [options] [FOLDER]

  --size S       pictures are scaled to 286/256 of this and cropped to it (default 128)
  --rounds N     how often each program runs (default 3)
  --python FILE  a Python with numpy and Pillow, and for torchvision with torch and torchvision (default python3,
                 or what GANCTL_TORCH_PYTHON names)

FOLDER holds PNG and JPEG pictures; without it, some are made: JPEG of 256x256, and PNG of 128x128 and 64x64.
Prints pictures per second of CPU time of one thread, medians over the rounds, so that other work on the machine matters
little. The program is .build/release/ganctl, or what GANCTL names.
TEXT
}

size=128 rounds=3 python="" folders=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --size | --rounds | --python) [ $# -ge 2 ] || fail "$1: the value is missing" ;;&
    --size) positive "$1" "$2"; size=$2 ;;
    --rounds) positive "$1" "$2"; rounds=$2 ;;
    --python) python=$2 ;;
    -*) usage >&2; fail "unknown option $1" ;;
    *) folders+=("$1"); shift; continue ;;
  esac
  shift 2
done
find_ganctl
python=${python:-${GANCTL_TORCH_PYTHON:-python3}}
peers=$here/loading_peers.py
"$python" -c 'import numpy, PIL' 2>/dev/null || fail "$python has no numpy or Pillow: name one that has with --python"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ ${#folders[@]} -eq 0 ]; then
  "$python" "$peers" prepare "$scratch"
  folders=("$scratch/jpeg-256" "$scratch/png-128" "$scratch/png-64")
fi
for folder in "${folders[@]}"; do
  [ -d "$folder" ] || fail "$folder is no folder"
  results=$scratch/results.jsonl
  : > "$results"
  for ((round = 0; round < rounds; round++)); do
    "$ganctl" bench data "$folder" --size "$size" --steps 3 --json >> "$results"
    for peer in pillow torchvision; do
      "$python" "$peers" "$peer" "$folder" --size "$size" >> "$results"
    done
  done
  echo "$(basename "$folder"), to $size:"
  "$python" "$peers" table "$results"
done
