#!/usr/bin/env python3
"""Checks in PyTorch what `ganctl export` writes. For tests only: ganctl itself needs no Python.

usage: check_pth.py GANCTL CHECKPOINT...

Exports all networks of each checkpoint as .pth and as .safetensors, loads the first with
torch.load(weights_only=True), also mapped into memory, and compares every tensor, its name and its type with the second.
Needs torch and numpy.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch


def safetensors(path):
    """The tensors of a file, without the package safetensors."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    types = {"F32": numpy.float32, "I64": numpy.int64, "U8": numpy.uint8}
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        array = numpy.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(array.copy())
    return tensors


def flat(weights):
    """Dictionaries of networks as one, keys joined with dots."""
    if all(isinstance(value, torch.Tensor) for value in weights.values()):
        return dict(weights)
    return {f"{key}.{name}": value for key, part in weights.items() for name, value in part.items()}


def check(program, checkpoint):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for kind in ("pth", "safetensors"):
            command = [program, "export", checkpoint, "--format", kind, "-o", f"{folder}/{kind}/"]
            subprocess.run(command, check=True, capture_output=True)
        files = sorted((folder / "pth").iterdir())
        assert files
        for path in files:
            expected = safetensors(folder / "safetensors" / (path.stem + ".safetensors"))
            for mapped in (False, True):
                found = flat(torch.load(path, weights_only=True, mmap=mapped))
                assert list(found) == list(expected), path
                for name, tensor in found.items():
                    assert tensor.dtype == expected[name].dtype, name
                    assert torch.equal(tensor, expected[name]) and tensor.is_contiguous(), name
            print(f"{checkpoint}: {path.name}: {len(found)} tensors equal")


for checkpoint in sys.argv[2:]:
    check(sys.argv[1], checkpoint)
