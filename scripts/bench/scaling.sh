#!/usr/bin/env bash
# How the time of a training step grows with the size of pictures, the batch and the threads.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/lib.sh"

usage() {
  cat <<'TEXT'
usage: scripts/bench/scaling.sh [options]

  --model NAME       (default cyclegan; pix2pix needs multiples of 256, drit at least 212)
  --sizes "S ..."    (default 64 128 256 512)
  --batches "N ..."  (default 1 2 4)
  --threads "N ..."  (default 1 2)
  --steps K          steps in a run, after two to warm up (default 3)
  --out FILE         gets a line of JSON for each run, appended (default: a new file in runs/bench)
  --all              every size with every batch and every number of threads; else only one of them differs from
                     256 (or the largest size below), the first batch and the last number of threads

Prints markdown: times, and nanoseconds for each pixel of a picture, which should not grow with size and batch.
The program is .build/release/ganctl, or what GANCTL names.
TEXT
}

model=cyclegan sizes="64 128 256 512" batches="1 2 4" thread_counts="1 2" steps=3 out="" all=""
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --all) all=yes; shift; continue ;;
    --model | --sizes | --batches | --threads | --steps | --out) ;;
    *) usage >&2; fail "unknown option $1" ;;
  esac
  [ $# -ge 2 ] || fail "$1: the value is missing"
  case $1 in
    --model) model=$2 ;;
    --sizes) sizes=$2 ;;
    --batches) batches=$2 ;;
    --threads) thread_counts=$2 ;;
    --steps) positive "$1" "$2"; steps=$2 ;;
    --out) out=$2 ;;
  esac
  shift 2
done
[[ $model =~ ^[a-z0-9]+$ ]] || fail "--model: expected a model's name, found '$model'"
for size in $sizes; do positive --sizes "$size"; done
for batch in $batches; do positive --batches "$batch"; done
for threads in $thread_counts; do positive --threads "$threads"; done
if [ -z "$sizes" ] || [ -z "$batches" ] || [ -z "$thread_counts" ]; then fail "there is nothing to measure"; fi
find_ganctl

base_size=${sizes%% *} base_batch=${batches%% *} base_threads=${thread_counts##* }
for size in $sizes; do
  if [ "$size" -le 256 ] && [ "$size" -gt "$base_size" ]; then base_size=$size; fi
done
if [ -z "$out" ]; then
  mkdir -p "$root/runs/bench"
  out=$root/runs/bench/scaling-$model-$(date -u +%Y%m%d-%H%M%S).jsonl
fi
touch "$out" || fail "cannot write $out"
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

# Whether at most one of size, batch and threads differs from the base.
is_wanted() {
  local others=0
  [ "$size" = "$base_size" ] || others=$((others + 1))
  [ "$batch" = "$base_batch" ] || others=$((others + 1))
  [ "$threads" = "$base_threads" ] || others=$((others + 1))
  [ -n "$all" ] || [ "$others" -le 1 ]
}

printf '| size | batch | threads | step | ns a pixel | memory |\n| --- | --- | --- | --- | --- | --- |\n'
for size in $sizes; do
  for batch in $batches; do
    for threads in $thread_counts; do
      is_wanted || continue
      step_arguments "$model" "$size" "$batch"
      record ganctl "$model:$size:$batch" 1 highest "$ganctl" "${arguments[@]}" --steps "$steps" --threads "$threads"
      python3 - "$size" "$batch" "$threads" "$(tail -n 1 "$out")" <<'PYTHON'
import json, sys
size, batch, threads, line = sys.argv[1:]
result = json.loads(line).get("result")
if result:
  ms, pixels = result["median_ms"], int(size) ** 2 * int(batch)
  print(f"| {size} | {batch} | {threads} | {ms / 1000:.3f} s | {ms * 1e6 / pixels:.0f} "
        f"| {result['peak_resident_bytes'] / 1e9:.2f} GB |")
PYTHON
    done
  done
done
printf 'The figures of each run: %s\n' "$out" >&2
