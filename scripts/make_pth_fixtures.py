#!/usr/bin/env python3
"""Makes the PyTorch files that the tests of GanStore read. For tests only: ganctl itself needs no Python.

usage: make_pth_fixtures.py Tests/GanStoreTests/Resources

Needs torch and safetensors. Each NAME.pth stands beside NAME.safetensors with the values PyTorch reads from it.
The committed files were made with PyTorch 2.15; running this again gives the same values, not the same bytes.
"""

import os
import sys
import zipfile
from collections import OrderedDict

import torch
from safetensors.torch import save_file


def state_dict():
    """What a small network with batch norm and an odd name or two leaves behind."""
    torch.manual_seed(7)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.ConvTranspose2d(3, 2, 2, bias=False)
    )
    network(torch.randn(2, 2, 6, 6))
    return network.state_dict()


def strided():
    """Views of one storage: whole, offset, transposed, stepped, expanded; empty and zero-dimensional ones."""
    base = torch.arange(24, dtype=torch.float32)
    return OrderedDict(
        whole=base,
        offset=base[4:10],
        transposed=base.view(4, 6).t(),
        permuted=base.view(2, 3, 4).permute(2, 0, 1),
        stepped=base[1::3],
        expanded=base[:2].view(2, 1).expand(2, 3),
        channels_last=base.view(1, 2, 3, 4).contiguous(memory_format=torch.channels_last),
        scalar=torch.tensor(2.5),
        inside=base[7],
        empty=torch.empty(0, 3),
    )


def types():
    return {
        "half": torch.tensor([0.5, -2.0, 65504.0, 6e-8], dtype=torch.float16),
        "bfloat16": torch.tensor([1.0, -3.140625, 1e30], dtype=torch.bfloat16),
        "double": torch.tensor([1 / 3, -1e300], dtype=torch.float64),
        "long": torch.tensor([2**62, -1]),
        "int": torch.tensor([[1, -2]], dtype=torch.int32),
        "short": torch.tensor([-300], dtype=torch.int16),
        "char": torch.tensor([-128, 127], dtype=torch.int8),
        "byte": torch.tensor([0, 255], dtype=torch.uint8),
        "bool": torch.tensor([True, False]),
    }


def training():
    """Weights among other things, as training programs save them; values that are not tensors must be reported."""
    parameter = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    optimizer = torch.optim.Adam([parameter], lr=2e-4)
    parameter.sum().backward()
    optimizer.step()
    return {
        "epoch": 12,
        "name": "größe",
        "lr": 2e-4,
        "history": [0.5, 0.25],
        "generator": OrderedDict(weight=parameter),
        "optimizer": optimizer.state_dict(),
        "complex": torch.tensor([1 + 2j]),
        "wide": torch.tensor([1], dtype=torch.uint16),
        "size": torch.Size([1, 2]),
        "device": torch.device("cpu"),
        "dtype": torch.float32,
        "big": 2**100,
        "set": {1, 2},
        "bytes": b"\x00\xff",
    }


class Malicious:
    def __reduce__(self):
        return (os.system, ("echo this must never run",))


def flatten(value, name=""):
    """The tensors of nested dictionaries and lists, under their paths joined with dots."""
    if isinstance(value, torch.Tensor):
        supported = not value.is_complex() and value.dtype != torch.uint16
        return {name or "tensor": value.detach().clone().contiguous()} if supported else {}
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    found = {}
    for key, part in pairs:
        found |= flatten(part, f"{name}.{key}" if name else str(key))
    return found


def repack(source, target, method):
    """Rewrites an archive without the debug entries, which contain local paths."""
    with zipfile.ZipFile(source) as archive:
        entries = {name: archive.read(name) for name in archive.namelist() if not name.endswith(".debug_pkl")}
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)


def main():
    folder = sys.argv[1]

    def save(name, value, expected=True, **options):
        path = os.path.join(folder, name)
        torch.save(value, path + ".pth", **options)
        if expected:
            save_file(flatten(value), path + ".safetensors")

    save("state_dict", state_dict())
    save("legacy", strided(), _use_new_zipfile_serialization=False)
    save("strided", strided())
    save("types", types())
    save("training", training())
    save("legacy_training", training(), _use_new_zipfile_serialization=False)
    save("legacy_protocol4", strided(), pickle_protocol=4, _use_new_zipfile_serialization=False)
    save("protocol5", {"state_dict": state_dict()}, pickle_protocol=5)
    save("malicious", {"weight": torch.ones(1), "trap": Malicious()}, expected=False)
    save("malicious_legacy", Malicious(), expected=False, _use_new_zipfile_serialization=False)
    torch.serialization.set_crc32_options(False)
    save("without_checksums", {"weight": torch.ones(2)})
    torch.serialization.set_crc32_options(True)
    script = os.path.join(folder, "script.pth")
    torch.jit.script(torch.nn.Linear(1, 1)).save(script)
    repack(script, script, zipfile.ZIP_STORED)
    repack(os.path.join(folder, "strided.pth"), os.path.join(folder, "compressed.pth"), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
