#!/usr/bin/env bash
# Translates one folder of 256x256 pictures with ganctl, PyTorch and ONNX Runtime alternately, with the same network
# (CycleGAN's generator, 9 blocks, 64 channels), and prints images/s side by side: medians over the rounds.
#
# For ganctl the whole process counts, from its start to its end; for the others the loop over the pictures only, that
# is: reading and writing PNG by Pillow and the network, without starting Python and loading weights.
#
#   scripts/bench/translate.sh [ROUNDS [PICTURES [THREADS]]]
#
# PYTHON is a Python with torch, numpy, pillow, onnx and onnxruntime, outside the repository:
#   python3 -m venv ~/torchenv && ~/torchenv/bin/pip install torch numpy pillow onnx onnxruntime
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

rounds=${1:-3} pictures=${2:-16} threads=${3:-$(nproc)}
python=${PYTHON:-$HOME/torchenv/bin/python}
ganctl=${GANCTL:-.build/release/ganctl}
[[ -x $ganctl ]] || { echo "$ganctl is missing: swift build -c release --product ganctl, or set GANCTL" >&2; exit 1; }
"$python" -c "import torch, PIL, onnx, onnxruntime" || { echo "set PYTHON, see the head of $0" >&2; exit 1; }
unset OPENBLAS_CORETYPE

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
peers() { "$python" scripts/bench/translate_peers.py --threads "$threads" "$1" "$folder" "${@:2}"; }

peers prepare --pictures "$pictures" > "$folder/prepare.out" 2>&1 || { cat "$folder/prepare.out" >&2; exit 1; }
printf 'model: {name: cyclegan, generator: resnet_9blocks}\n' > "$folder/config.yaml"
"$ganctl" import "$folder/latest_net_G.pth" -c "$folder/config.yaml" -o "$folder/net.safetensors" > /dev/null

ours() {
  local TIMEFORMAT='%R %U %S'
  { time "$ganctl" translate --checkpoint "$folder/net.safetensors" "$folder/in" -o "$folder/ganctl" \
    --threads "$threads" 2> /dev/null; } 2>&1 |
    awk '{ printf "{\"seconds\": %s, \"cpu_seconds\": %s}\n", $1, $2 + $3 }'
}

for ((round = 0; round < rounds; round++)); do
  ours >> "$folder/ganctl.json"
  peers torch >> "$folder/torch.json"
  peers torch --channels-last >> "$folder/torch-last.json"
  peers onnx >> "$folder/onnx.json"
done

for name in ganctl torch-last onnx; do
  echo "largest difference from PyTorch, in levels of 255: $name $(peers compare "$name" torch)"
done
"$python" - "$folder" "$pictures" <<'END'
import json, pathlib, statistics, sys
folder, pictures = pathlib.Path(sys.argv[1]), int(sys.argv[2])
names = {"ganctl": "ganctl", "torch": "PyTorch, contiguous", "torch-last": "PyTorch, channels_last", "onnx": "ONNX Runtime"}
rates = {}
print(f"{'':24}{'images/s':>10}{'least':>10}{'most':>10}{'CPU s/image':>13}")
for key, name in names.items():
  runs = [json.loads(line) for line in (folder / f"{key}.json").read_text().splitlines()]
  each = sorted(pictures / run["seconds"] for run in runs)
  cpu = statistics.median(run["cpu_seconds"] for run in runs) / pictures
  rates[key] = statistics.median(each)
  print(f"{name:24}{rates[key]:10.3f}{each[0]:10.3f}{each[-1]:10.3f}{cpu:13.3f}")
best = max(rates["torch"], rates["torch-last"])
print(f"ganctl / PyTorch (the faster layout): {rates['ganctl'] / best:.2f}")
print(f"ganctl / ONNX Runtime: {rates['ganctl'] / rates['onnx']:.2f}")
END
