#!/usr/bin/env bash
# Runs the kernels for AMX on an x86-64 CPU without it (but with AVX-512), each of their instructions emulated by the
# handler of the signal that it raises, and compares their bits with those of the emulated kernels. That checks the
# compiler's code: tiles, addresses, the configuration. With AMX the same program compares the CPU with the emulation;
# without AVX-512 it says that it cannot, and checks nothing but that the kernels compile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

clang=${CLANG:-$(dirname "$(readlink -f "$(command -v swift)")")/clang}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$clang" -O3 -ffp-contract=on -fno-math-errno -Wall -Wextra -Werror -ISources/CKernels/include -ISources/CRuntime/include \
  -ISources/CKernels \
  scripts/check_tiles.c Sources/CKernels/{tiles,tiles_amx}.c Sources/CRuntime/*.c -lm -o "$folder/check"
"$folder/check"
