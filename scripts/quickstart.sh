#!/usr/bin/env bash
# From a fresh clone to pictures: installs, builds, makes the example data, trains pix2pix to colour sketches
# (about three and a half minutes on two cores), and applies it to sketches it has never seen.
#
# It can be run again: finished training is not repeated, interrupted training is resumed.
# To start over, remove runs/quickstart or name another run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'TEXT'
usage: scripts/quickstart.sh [RUN]

  RUN   run folder (default runs/quickstart); an unfinished run there is resumed

GANCTL_QUICKSTART_SET holds further settings, separated by blanks, for instance
  GANCTL_QUICKSTART_SET="train.steps=200 data.batch_size=2" scripts/quickstart.sh runs/short
TEXT
}

case "${1:-}" in
  -h | --help) usage; exit 0 ;;
  -*) printf 'error: unknown option %s\n' "$1" >&2; usage >&2; exit 2 ;;
esac

run=${1:-runs/quickstart}
pictures=data/emoji/edges2emoji/test
settings=()
read -r -a assignments <<<"${GANCTL_QUICKSTART_SET:-}"
for assignment in ${assignments[@]+"${assignments[@]}"}; do
  settings+=(--set "$assignment")
done

step() {
  printf '\n== %s\n' "$*"
}

step "packages"
scripts/setup.sh
step "build"
swift build -c release --product ganctl
ganctl=$(swift build -c release --show-bin-path)/ganctl
step "example data"
scripts/make_emoji_dataset.py --size 64

if [ -e "$run/checkpoints/latest" ]; then
  step "train: going on in $run"
  "$ganctl" train --resume "$run" ${settings[@]+"${settings[@]}"}
else
  step "train: $run"
  "$ganctl" train --config configs/quickstart.yaml --run "$run" ${settings[@]+"${settings[@]}"}
fi

step "translate: sketches that were not trained on"
"$ganctl" translate --run "$run" "$pictures" -o "$run/test" --aligned --grid

step "the same before training, for comparison"
"$ganctl" translate --checkpoint "$run/checkpoints/step-000000.safetensors" "$pictures" -o "$run/test-untrained" --aligned

step "done"
echo "pictures: $run/test"
echo "sketch, result and original side by side: $run/test-grid.png"
