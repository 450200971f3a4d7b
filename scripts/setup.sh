#!/usr/bin/env bash
# Installs what ganctl needs on a Debian 12 machine: libraries to build with, and the packages that the example
# data sets are made from. Installed packages are left alone, so it can be run again at any time.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/setup.sh [--no-data | --tests]

  --no-data   only what is needed to build, without the packages that
              scripts/make_emoji_dataset.py makes its pictures from
  --tests     all that scripts/test.sh needs: also Chromium, which tests open pages in, and ffmpeg
TEXT
}

fail() {
  printf 'error: %s\nhelp: %s\n' "$1" "$2" >&2
  exit 5
}

packages=(libopenblas-dev liblapacke-dev libpng-dev libjpeg62-turbo-dev libtiff-dev libwebp-dev
  libssl-dev libzip-dev zlib1g-dev pkg-config)
data_packages=(python3 python3-fonttools python3-numpy python3-pil
  fonts-noto-color-emoji ruby-gemojione fonts-symbola librsvg2-bin)

case "${1:-}" in
  "") packages+=("${data_packages[@]}") ;;
  --no-data) ;;
  --tests) packages+=("${data_packages[@]}" chromium ffmpeg) ;;
  -h | --help) usage; exit 0 ;;
  *) printf 'error: unknown option %s\n' "$1" >&2; usage >&2; exit 2 ;;
esac

missing=()
if command -v dpkg >/dev/null; then
  for package in "${packages[@]}"; do
    dpkg -s "$package" 2>/dev/null | grep -q '^Status: .* installed$' || missing+=("$package")
  done
else
  fail "this is not a Debian system" "install what these Debian packages hold: ${packages[*]}"
fi

if [ "${#missing[@]}" -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "packages are missing, and installing needs root" "as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  echo "installing ${missing[*]}"
  # sudo drops the environment, so that the variable goes through env
  apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q)
  "${apt[@]}" update ||
    echo "warning: apt-get update failed, trying with the package lists at hand" >&2
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" ||
    fail "apt-get could not install ${missing[*]}" "see the messages above"
fi

command -v swift >/dev/null ||
  fail "no swift in PATH" "install Swift 6 or newer: https://www.swift.org/install/linux/ (Debian 12)"
echo "setup: all there ($(swift --version 2>/dev/null | sed -n 's/.*\(Swift version [0-9.]*\).*/\1/p'))"
