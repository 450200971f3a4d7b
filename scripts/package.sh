#!/usr/bin/env bash
# Makes dist/ganctl-VERSION-linux-ARCH.tar.gz and dist/ganctl_VERSION_ARCH.deb: the program with Swift's libraries inside,
# its manual page, completions for shells, example configurations and licences. Needs no root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'TEXT'
usage: scripts/package.sh [--program FILE]

  --program FILE   pack this binary instead of building one

The version is that which the program prints. Both packages are written to dist/.
TEXT
}

fail() {
  printf 'error: %s\nhelp: %s\n' "$1" "$2" >&2
  exit 5
}

program=
case "${1:-}" in
  "") ;;
  --program) program=${2:?--program needs a FILE} ;;
  -h | --help) usage; exit 0 ;;
  *) printf 'error: unknown option %s\n' "$1" >&2; usage >&2; exit 2 ;;
esac

for tool in dpkg-deb dpkg-shlibdeps strip gzip; do
  command -v "$tool" >/dev/null || fail "$tool is missing" "apt-get install dpkg-dev binutils gzip"
done
# libzip's file has another name in newer releases of Debian and Ubuntu, so that it goes with the program.
bundled=libzip.so.4
if [ -z "$program" ]; then
  swift build -c release --static-swift-stdlib --product ganctl -Xlinker -rpath -Xlinker '$ORIGIN/../lib/ganctl'
  program=$(swift build -c release --static-swift-stdlib --show-bin-path)/ganctl
fi

version=$("$program" --version | sed 's/^ganctl //')
architecture=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=ganctl-$version-linux-$(uname -m)
tree=$work/$name
umask 022

# The same tree in both: bin, share/man, share/bash-completion ...
install -Dm755 "$program" "$tree/bin/ganctl"
strip --strip-unneeded "$tree/bin/ganctl"
if ldd "$tree/bin/ganctl" | grep -qE 'libswift|libFoundation|not found'; then
  ldd "$tree/bin/ganctl" >&2
  fail "the program needs libraries that a user will not have" "build it with --static-swift-stdlib"
fi
ganctl=$tree/bin/ganctl
share=$tree/share
readelf -d "$ganctl" | grep -q 'ORIGIN/../lib/ganctl' ||
  fail "$program does not look for libraries in ../lib/ganctl" "link it with -rpath '\$ORIGIN/../lib/ganctl'"
install -Dm644 "$(ldd "$program" | sed -n "s|.*$bundled => \(/[^ ]*\) .*|\1|p")" "$tree/lib/ganctl/$bundled"
mkdir -p "$share/man/man1" "$share/bash-completion/completions" "$share/zsh/vendor-completions" \
  "$share/fish/vendor_completions.d" "$share/doc/ganctl/examples"
"$ganctl" manual | gzip -9n >"$share/man/man1/ganctl.1.gz"
"$ganctl" completions bash >"$share/bash-completion/completions/ganctl"
"$ganctl" completions zsh >"$share/zsh/vendor-completions/_ganctl"
"$ganctl" completions fish >"$share/fish/vendor_completions.d/ganctl.fish"
bash -n "$share/bash-completion/completions/ganctl"
cp configs/*.yaml "$share/doc/ganctl/examples/"
install -m755 scripts/make_emoji_dataset.py scripts/fetch_inception.py "$share/doc/ganctl/examples/"
install -m644 README.md CHANGELOG.md THIRD_PARTY.md LICENSE "$share/doc/ganctl/"
install -Dm644 -t "$share/doc/ganctl/docs" docs/*
{
  printf 'ganctl\n\n'
  cat LICENSE
  printf '\n\n'
  cat THIRD_PARTY.md
  # Swift packages that are linked in, with the licences that they bring
  for package in .build/checkouts/*/; do
    for file in "$package"LICENSE* "$package"NOTICE*; do
      [ -f "$file" ] && { printf '\n\n%s: %s\n\n' "$(basename "$package")" "$(basename "$file")"; cat "$file"; }
    done
  done
  true
} >"$share/doc/ganctl/copyright"

mkdir -p dist
cat >"$tree/INSTALL" <<TEXT
ganctl $version: copy bin, lib and share to /usr/local, or run bin/ganctl where it is.

It needs these libraries of the system (Debian 12: apt-get install libopenblas0-pthread liblapacke
libpng16-16 libjpeg62-turbo libtiff6 libwebp7 libssl3 zlib1g libbz2-1.0):

$(objdump -p "$ganctl" "$tree/lib/ganctl/$bundled" | sed -n 's/^ *NEEDED *//p' | grep -v "$bundled" | sort -u)
TEXT
tar -C "$work" --owner=0 --group=0 --sort=name -czf "dist/$name.tar.gz" "$name"

# The Debian package: the tree under /usr, and which libraries it depends on. Names of some of these differ in newer
# releases of Debian and Ubuntu, where the same files are in packages with other names: alternatives.
deb=$work/deb
mkdir -p "$deb/DEBIAN" "$deb/usr" "$work/shlib/debian"
cp -a "$tree/bin" "$tree/lib" "$tree/share" "$deb/usr/"
gzip -9n "$deb/usr/share/doc/ganctl/CHANGELOG.md"
printf 'Source: ganctl\n\nPackage: ganctl\nArchitecture: any\n' >"$work/shlib/debian/control"
depends=$(cd "$work/shlib" && dpkg-shlibdeps -O -xlibzip4 -xganctl -l"$deb/usr/lib/ganctl" --ignore-missing-info \
  "$deb/usr/bin/ganctl" "$deb/usr/lib/ganctl/$bundled" 2>/dev/null | sed 's/^shlibs:Depends=//')
depends=$(sed -E -e 's/libssl3 \(([^)]*)\)/libssl3 (\1) | libssl3t64/' -e 's/libpng16-16 \(([^)]*)\)/libpng16-16 (\1) | libpng16-16t64/' \
  -e 's/libjpeg62-turbo \(([^)]*)\)/libjpeg62-turbo (\1) | libjpeg62/' <<<"$depends")
size=$(du -sk "$deb/usr" | cut -f1)
cat >"$deb/DEBIAN/control" <<TEXT
Package: ganctl
Version: $version
Architecture: $architecture
Maintainer: the ganctl authors <ganctl@localhost>
Installed-Size: $size
Depends: $depends
Recommends: libopenblas0-pthread
Suggests: python3-fonttools, python3-numpy, python3-pil, fonts-noto-color-emoji, ruby-gemojione, fonts-symbola, librsvg2-bin
Section: graphics
Priority: optional
Description: image-to-image translation GANs on the CPU
 Trains pix2pix, CycleGAN, CUT, UNIT, MUNIT, NICE-GAN, U-GAT-IT, DRIT, DRIT++ and
 StarGAN on an ordinary CPU, translates pictures with them, and measures the
 results. The suggested packages hold the pictures and programs from which
 /usr/share/doc/ganctl/examples/make_emoji_dataset.py makes an example data set.
TEXT
dpkg-deb --root-owner-group --build "$deb" "dist/ganctl_${version}_$architecture.deb" >/dev/null

ls -l "dist/$name.tar.gz" "dist/ganctl_${version}_$architecture.deb"
