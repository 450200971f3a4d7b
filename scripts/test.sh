#!/usr/bin/env bash
# Everything a change must pass: installs what is missing, checks formatting and imports, compares the kernels of
# CPU levels, builds, runs all tests, opens pages in Chromium.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh --tests
swift format lint --strict --recursive --parallel Package.swift Sources Tests
scripts/check_imports.py
scripts/check_kernels.sh
scripts/check_tiles.sh
swift build --build-tests --explicit-target-dependency-import-check error
swift test --skip-build
scripts/check_pages.py --program "$(swift build --show-bin-path)/ganctl"
scripts/check_serve.py --program "$(swift build --show-bin-path)/ganctl"
# A short version; scripts/check_survival.py by itself makes 600 attempts on the release build.
scripts/check_survival.py --program "$(swift build --show-bin-path)/ganctl" --tries 60 --seconds 240
