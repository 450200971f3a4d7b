#!/usr/bin/env bash
# Checks the C of this program for aarch64 on another CPU: that it compiles, that its loops are NEON, and that pictures
# come out the same to the bit, at all CPU levels of this machine too. scripts/check_kernels.sh compares the kernels.
#
# Needs Debian's gcc-aarch64-linux-gnu, for its C library, and qemu-user to run anything.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

clang=${CLANG:-$(dirname "$(readlink -f "$(command -v swift)")")/clang}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
flags=(-O3 -ffp-contract=on -fno-math-errno -Wall -Wextra -Werror -ISources/CRuntime/include)
foreign=(--target=aarch64-linux-gnu)
if [ ! -d /usr/aarch64-linux-gnu/include ]; then
  echo "the C library for aarch64 is missing: apt-get install gcc-aarch64-linux-gnu" >&2
  exit 2
fi

# The headers of libraries say the same for all 64-bit CPUs of Linux.
read -ra libraries <<< "$(pkg-config --cflags libpng libjpeg libtiff-4 libwebp openblas) -idirafter /usr/include/$(uname -m)-linux-gnu"
for file in Sources/{CKernels,CRuntime,CImage,CBLASCore,CProcess}/*.c; do
  target=$(dirname "$file")
  "$clang" "${foreign[@]}" "${flags[@]}" -I"$target" -I"$target/include" "${libraries[@]}" -S "$file" \
    -o "$folder/$(basename "$target")-$(basename "$file" .c).s"
done
# Rows of as many numbers as a picture has channels, with others in between, have no use for vectors.
python3 scripts/check_aarch64.py "$folder"/CKernels-*.s "$folder"/CImage-{resize,bilinear,normalize}.s \
  --allow gk_shifted_sum

pictures=(scripts/check_pictures.c Sources/CImage/{resize,bilinear,orient,normalize}.c Sources/CRuntime/*.c)
build() { "$clang" "${flags[@]}" -ISources/CImage -ISources/CImage/include "$@" "${pictures[@]}" -lm; }
build -o "$folder/native"
GANCTL_CPU=plain "$folder/native" > "$folder/expected"
for level in avx2 avx512; do
  GANCTL_CPU=$level "$folder/native" | cmp - "$folder/expected" || { echo "pictures differ at $level" >&2; exit 1; }
done
if ! command -v qemu-aarch64 > /dev/null; then
  echo "qemu-user is not installed, so nothing was run: apt-get install qemu-user"
  exit 0
fi
build "${foreign[@]}" -fuse-ld=lld -static -o "$folder/foreign"
qemu-aarch64 "$folder/foreign" | cmp - "$folder/expected" || { echo "pictures differ on aarch64" >&2; exit 1; }
echo "pictures have the same bits on aarch64 and on this CPU"
