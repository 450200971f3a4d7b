#!/usr/bin/env bash
# Compares the kernels in C at all CPU levels, and those of aarch64 where Debian's gcc-aarch64-linux-gnu and qemu-user
# are installed: each function's values must agree to within 1e-5 of its largest one (fp64: 1e-13).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

clang=${CLANG:-$(dirname "$(readlink -f "$(command -v swift)")")/clang}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
flags=(-O3 -ffp-contract=on -fno-math-errno -Wall -Wextra -Werror -ISources/CKernels -ISources/CKernels/include
  -ISources/CRuntime/include)
build() { "$clang" "${flags[@]}" "$@" scripts/check_kernels.c Sources/CKernels/*.c Sources/CRuntime/*.c -lm; }

build -o "$folder/native"
others=()
for level in plain avx2 avx512; do
  used=$(GANCTL_CPU=$level "$folder/native" 2>&1 > "$folder/$level")
  # A CPU without this level uses the best that it has.
  if [ "$used" != "CPU level $level" ]; then
    echo "$level is left out: this CPU does not have it"
  elif [ "$level" != plain ]; then
    others+=("$level")
  fi
done
if command -v aarch64-linux-gnu-gcc > /dev/null && command -v qemu-aarch64 > /dev/null; then
  build --target=aarch64-linux-gnu -fuse-ld=lld -static -o "$folder/foreign"
  qemu-aarch64 "$folder/foreign" > "$folder/aarch64"
  others+=(aarch64)
else
  echo "aarch64 is left out: gcc-aarch64-linux-gnu and qemu-user are not installed"
fi

status=0
for other in ${others[@]+"${others[@]}"}; do
  paste -d' ' "$folder/plain" "$folder/$other" | awk -v other="$other" '
    function size(x) { return x < 0 ? -x : x }
    # Values that are not finite must match; the sign of nan is ignored.
    function kind(x) { return x ~ /nan/ ? "nan" : x ~ /inf/ ? x : "number" }
    $1 != $3 { print other ": the lines differ in kind at " NR; failed = 1; exit }
    kind($2) != kind($4) { print other ": " $1 " has " $4 " for " $2; failed = 1; exit }
    kind($2) != "number" { next }
    { if (size($2) > largest[$1]) largest[$1] = size($2); if (size($2 - $4) > off[$1]) off[$1] = size($2 - $4) }
    END {
      if (!failed && length(off) == 0) { print other ": nothing was compared"; failed = 1 }
      for (name in off) {
        limit = name ~ /f64$/ ? 1e-13 : name ~ /f32$/ ? 1e-5 : 0
        if (name ~ /^sums-0/) limit = 1e-5
        share = largest[name] > 0 ? off[name] / largest[name] : off[name]
        if (share > limit) { print other ": " name " is off by " share; failed = 1 }
        if (name ~ /f64$/ && name !~ /^sums-0/) { if (share > wide) wide = share } else if (share > narrow) narrow = share
      }
      printf "%-8s %d cases, off from plain by at most %.1e (fp32), %.1e (fp64)\n", other, length(off), narrow, wide
      exit failed
    }' || status=1
done
exit $status
