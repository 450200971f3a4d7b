#!/usr/bin/env python3
"""Compares what the Swift files of each target import with what Package.swift declares for it.

swift build --explicit-target-dependency-import-check lets a target import what it depends on only through others. Here
every import has to be declared by the target itself, and every Swift target that it declares has to be imported.
"""

import json
import pathlib
import re
import subprocess
import sys

# Modules that come with the toolchain.
TOOLCHAIN = {"Dispatch", "Foundation", "Glibc", "Synchronization", "Testing"}
IMPORT = re.compile(
    r"^(?:@\w+ )*(?:(?:public|package|internal|private|fileprivate) )?"
    r"import (?:(?:struct|class|enum|protocol|func|var|let|typealias) )?(\w+)", re.MULTILINE)


def faults(target):
    """One line for each import that is not declared, and each declaration that is not used."""
    declared = set(target.get("target_dependencies", [])) | set(target.get("product_dependencies", []))
    found = {}
    for source in sorted(pathlib.Path(target["path"]).rglob("*.swift")):
        for module in IMPORT.findall(source.read_text(encoding="utf-8")):
            found.setdefault(module, source)
    for module in sorted(found.keys() - declared - TOOLCHAIN):
        yield f"{found[module]}: imports {module}, which the target {target['name']} does not declare"
    for module in sorted(declared - found.keys()):
        yield f"Package.swift: the target {target['name']} declares {module}, but no file of it imports that"


def main():
    description = subprocess.run(
        ["swift", "package", "describe", "--type", "json"], check=True, stdout=subprocess.PIPE).stdout
    targets = [target for target in json.loads(description)["targets"] if target["module_type"] == "SwiftTarget"]
    found = [fault for target in targets for fault in faults(target)]
    for fault in found:
        print(f"error: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
