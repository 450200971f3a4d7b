#!/usr/bin/env python3
"""Makes a small copy of a folder of official numbers for the test suite.

All weights and inputs stay; of the expected values stay the forward passes, the losses, and the gradients and other
tensors of at most --limit bytes each. With --steps, only the first steps stay; with --forward-limit, of the forward
passes only tensors of at most so many bytes.
"""
import argparse
import json
import pathlib
import re
import shutil
import struct


def read(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    start = 8 + length
    return {
        name: (entry["dtype"], entry["shape"], data[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]])
        for name, entry in header.items()
    }


def write(path, tensors):
    header, offset = {}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, _, data in tensors.values():
            file.write(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--limit", type=int, default=16384, help="bytes of a tensor beyond forward and loss (default 16384)")
    parser.add_argument("--steps", type=int, help="how many steps stay (default all)")
    parser.add_argument("--forward-limit", type=int, default=1 << 40, help="bytes of a tensor of a forward pass")
    arguments = parser.parse_args()
    arguments.target.mkdir(parents=True, exist_ok=True)

    def stays(name):
        step = re.search(r"(?:^|\.)step(\d+)\.", name)
        return not (step and arguments.steps) or int(step[1]) <= arguments.steps

    for file in arguments.source.iterdir():
        if file.suffix in (".json", ".safetensors") and file.name != "expected.safetensors":
            shutil.copyfile(file, arguments.target / file.name)
    if arguments.steps:
        spec = json.loads((arguments.source / "spec.json").read_text())
        if "schedule" in spec:
            spec["schedule"] = spec["schedule"][: arguments.steps]
        else:
            spec["steps"] = arguments.steps
        (arguments.target / "spec.json").write_text(json.dumps(spec, indent=1))
        inputs = read(arguments.source / "inputs.safetensors")
        write(arguments.target / "inputs.safetensors", {n: v for n, v in inputs.items() if stays(n)})
    limits = {"loss": 1 << 40, "forward": arguments.forward_limit}
    expected = read(arguments.source / "expected.safetensors")
    kept = {
        name: value
        for name, value in expected.items()
        if stays(name) and len(value[2]) <= limits.get(name.split(".")[0], arguments.limit)
    }
    write(arguments.target / "expected.safetensors", kept)
    print(f"{arguments.target}: {len(kept)} of {len(expected)} expected tensors")


if __name__ == "__main__":
    main()
