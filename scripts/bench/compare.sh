#!/usr/bin/env bash
# Times training steps of ganctl and PyTorch alternately, and prints how many times faster ganctl is.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/lib.sh"

usage() {
  cat <<'TEXT'
usage: scripts/bench/compare.sh [options]

  --rows "MODEL:SIZE:BATCH ..."   what to compare (default: models at their papers' sizes)
  --models "NAME ..."             of these rows, those of some models
  --precision "P ..."             of ganctl: highest, high, medium (default highest); PyTorch computes in fp32 beside
                                  highest and high, with bf16 autocast beside medium
  --layouts "L ..."               memory formats of PyTorch, of which the faster one counts (default: contiguous
                                  channels_last)
  --rounds N                      how often everything is run in turn (default 3)
  --steps K                       steps in a run, after one to warm up (default 5)
  --threads N                     of both (default 2)
  --cpu LEVEL                     hold both programs to the instructions of avx2 or avx512 (default: all that the CPU has)
  --python PATH                   a python that has torch (default: GANCTL_TORCH_PYTHON, else python3)
  --out FILE                      gets a line of JSON for each run, appended (default: a new file in runs/bench)
  --markdown                      print the table as markdown

A file of results is shown again by scripts/bench/table.py FILE [--markdown]. Run it alone on the machine.
The program is .build/release/ganctl, or what GANCTL names.
TEXT
}

rows="cyclegan:256:1 cyclegan:128:1 pix2pix:256:1 pix2pix:256:4 unit:256:1 nicegan:256:1 drit:216:2 stargan:128:16 instagan:200:1"
models="" precisions="highest" layouts="contiguous channels_last" rounds=3 steps=5 threads=2 cpu="" python="" out="" format=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --markdown) format=(--markdown); shift; continue ;;
    --rows | --models | --precision | --layouts | --rounds | --steps | --threads | --cpu | --python | --out) ;;
    *) usage >&2; fail "unknown option $1" ;;
  esac
  [ $# -ge 2 ] || fail "$1: the value is missing"
  case $1 in
    --rows) rows=$2 ;;
    --models) models=$2 ;;
    --precision) precisions=$2 ;;
    --layouts) layouts=$2 ;;
    --rounds) positive "$1" "$2"; rounds=$2 ;;
    --steps) positive "$1" "$2"; steps=$2 ;;
    --threads) positive "$1" "$2"; threads=$2 ;;
    --cpu) cpu=$2 ;;
    --python) python=$2 ;;
    --out) out=$2 ;;
  esac
  shift 2
done

for precision in $precisions; do
  case $precision in
    highest | high | medium) ;;
    *) fail "--precision: expected highest, high or medium, found '$precision'" ;;
  esac
done
# Each program reads its own variables.
case $cpu in
  '') ;;
  avx2) export GANCTL_CPU=avx2 ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 ;;
  avx512) export GANCTL_CPU=avx512 ONEDNN_MAX_CPU_ISA=AVX512_CORE ATEN_CPU_CAPABILITY=avx512 ;;
  *) fail "--cpu: expected avx2 or avx512, found '$cpu'" ;;
esac
chosen=()
for row in $rows; do
  [[ $row =~ ^[a-z0-9]+:[1-9][0-9]*:[1-9][0-9]*$ ]] || fail "--rows: expected MODEL:SIZE:BATCH, found '$row'"
  if [ -z "$models" ] || [[ " $models " == *" ${row%%:*} "* ]]; then chosen+=("$row"); fi
done
[ ${#chosen[@]} -gt 0 ] || fail "there are no rows of $models"
find_ganctl
find_python

if [ -z "$out" ]; then
  mkdir -p "$root/runs/bench"
  out=$root/runs/bench/compare-$(date -u +%Y%m%d-%H%M%S).jsonl
fi
touch "$out" || fail "cannot write $out"
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

# What PyTorch computes in beside the precisions of ganctl, each once.
peers=$(for precision in $precisions; do [ "$precision" = medium ] && echo bf16 || echo fp32; done | sort -u)

for ((round = 1; round <= rounds; round++)); do
  for row in "${chosen[@]}"; do
    IFS=: read -r model size batch <<<"$row"
    step_arguments "$model" "$size" "$batch"
    printf 'round %d of %d: %s\n' "$round" "$rounds" "$row" >&2
    for precision in $precisions; do
      record ganctl "$row" "$round" "$precision" \
        "$ganctl" "${arguments[@]}" --steps "$steps" --threads "$threads" --precision "$precision"
    done
    for peer in $peers; do
      for layout in $layouts; do
        record pytorch "$row" "$round" "$peer" \
          "$python" "$here/torch_step.py" --model "$model" --size "$size" --batch "$batch" --steps "$steps" \
          --threads "$threads" --precision "$peer" --memory-format "$layout"
      done
    done
  done
done

"$python" "$here/table.py" "$out" ${format[@]+"${format[@]}"}
printf 'The figures of each run: %s\n' "$out" >&2
