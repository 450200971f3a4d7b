#!/usr/bin/env bash
# Everything a change must pass: installs what is missing, builds, runs all tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh
swift build --build-tests
swift test --skip-build
