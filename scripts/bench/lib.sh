# shellcheck shell=bash
# Common to the scripts here; to be sourced. They set `root`, and before `record` the files `out` and `errors`.
# shellcheck disable=SC2154

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 2
}

# A whole number of at least 1, for option $1.
positive() {
  [[ ${2:-} =~ ^[1-9][0-9]{0,5}$ ]] || fail "$1: expected a whole number of at least 1, found '${2:-}'"
}

# The program to be measured.
find_ganctl() {
  ganctl=${GANCTL:-$root/.build/release/ganctl}
  [ -x "$ganctl" ] || fail "there is no $ganctl: swift build -c release --product ganctl, or name another one in GANCTL"
}

find_python() {
  python=${python:-${GANCTL_TORCH_PYTHON:-python3}}
  "$python" -c 'import torch' 2>/dev/null ||
    fail "$python has no torch: name one that has with --python, or in GANCTL_TORCH_PYTHON"
}

# Options of `ganctl bench step` for model $1, size $2 and batch $3.
step_arguments() {
  arguments=(bench step --model "$1" --size "$2" --batch "$3" --json)
  case $1 in
    stargan | dritpp) arguments+=(--set "model.image_size=$2") ;;
  esac
}

# Appends {"side": $1, "row": $2, "round": $3, "precision": $4, "result": ...} to the file `out`, where the result is
# what the rest of the arguments prints. A command that fails leaves a line that says so.
record() {
  local side=$1 row=$2 round=$3 precision=$4 result
  shift 4
  if result=$(env -u OPENBLAS_CORETYPE "$@" 2>"$errors") && [ -n "$result" ]; then
    printf '{"side":"%s","row":"%s","round":%d,"precision":"%s","result":%s}\n' \
      "$side" "$row" "$round" "$precision" "$result" >>"$out"
  else
    printf '{"side":"%s","row":"%s","round":%d,"precision":"%s","failed":true}\n' \
      "$side" "$row" "$round" "$precision" >>"$out"
    printf 'failed: %s\n' "$*" >&2
    tail -n 3 "$errors" >&2
  fi
}
