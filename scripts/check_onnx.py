#!/usr/bin/env python3
"""Compares exported ONNX models with `ganctl translate`. For tests only: ganctl itself needs no Python.

usage: check_onnx.py GANCTL PICTURE RUN...

Exports each translation of each run, checks the file with onnx.checker, and translates the picture with ONNX Runtime and
with ganctl: scaled to two sizes if the model takes any, and twice at once if it takes several. Prints a table, in which
"range" is how far ONNX Runtime's numbers lie outside the interval that ganctl's 8-bit level stands for, as a share of
the range; over many pixels that approaches the largest difference of the numbers themselves. Fails if a level
differs by more than one, or "range" exceeds 1e-4.

Needs onnx, onnxruntime, numpy and pillow.
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from PIL import Image


def run(*command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {result.stderr}")
    return result.stdout


def styles_of(path):
    """The first style of a file of `translate --save-styles`."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    entries = [entry for name, entry in header.items() if name != "__metadata__"]
    begin, end = entries[0]["data_offsets"]
    return numpy.frombuffer(data[8 + length + begin : 8 + length + end], numpy.float32).reshape(1, -1)[:, :]


class Exported:
    def __init__(self, path):
        self.model = onnx.load(path)
        onnx.checker.check_model(self.model, full_check=True)
        self.notes = {entry.key: entry.value for entry in self.model.metadata_props}
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.inputs = {entry.name: entry.shape for entry in self.session.get_inputs()}

    def sizes(self):
        """Widths and heights to try."""
        if "size" in self.notes:
            return [(int(self.notes["size"]),) * 2]
        multiple, least = int(self.notes["size_multiple"]), int(self.notes["size_least"])
        fit = lambda size: max(least, -(-size // multiple) * multiple)
        return [(fit(128), fit(128)), (fit(100), fit(165))]

    def __call__(self, picture, **vectors):
        levels = numpy.asarray(picture, numpy.float32)
        levels = levels[:, :, None] if levels.ndim == 2 else levels
        numbers = (levels / 127.5 - 1).transpose(2, 0, 1)[None]
        if self.inputs["input"][0] == "N":
            # Beside another picture.
            numbers = numpy.concatenate([numbers, numbers[..., ::-1]])
            vectors = {name: numpy.repeat(vector, 2, 0) for name, vector in vectors.items()}
        output = self.session.run(None, {"input": numpy.ascontiguousarray(numbers), **vectors})[0]
        return output[0].transpose(1, 2, 0)

    def compare(self, output, result):
        """The largest difference of levels, and the largest way out of the interval of a level as a share of all."""
        expected = numpy.asarray(Image.open(result), numpy.float64)
        expected = expected[:, :, None] if expected.ndim == 2 else expected
        found = (output.astype(numpy.float64) + 1) * 127.5
        rounds = self.notes["output_levels"].startswith("round")
        levels = numpy.clip(numpy.floor(found + 0.5 if rounds else found), 0, 255)
        low = expected - (0.5 if rounds else 0)
        high = low + 1
        low[expected == 0], high[expected == 255] = -1, 256
        outside = numpy.maximum(numpy.maximum(low - found, found - high), 0)
        return int(numpy.abs(levels - expected).max()), outside.max() / 255


def check(program, picture, checkpoint, folder):
    run(program, "export", checkpoint, "--format", "onnx", "-o", f"{folder}/")
    rows = []
    for path in sorted(folder.glob("*.onnx")):
        exported = Exported(path)
        labels = exported.notes.get("label", "").split(":")[0].split(",")
        targets = labels if "label" in exported.inputs else [exported.notes["direction"]]
        worst = (0, 0.0)
        for index, target in enumerate(targets):
            choice = ["--domain", target] if "label" in exported.inputs else []
            if "label" not in exported.inputs and len(list(folder.glob("*.onnx"))) > 1:
                choice = ["--direction", target]
            for number, size in enumerate(exported.sizes()):
                channels = exported.inputs["input"][1]
                image = Image.open(picture).convert("RGB" if channels == 3 else "L").resize(size)
                source, result, styles = (folder / name for name in ("in.png", "out.png", "s.safetensors"))
                image.save(source)
                for old in (result, styles):
                    old.unlink(missing_ok=True)
                vectors = {}
                command = [program, "translate", source, "-o", result, "--checkpoint", checkpoint, "--threads", "1"]
                command += choice + ["--dropout=off"] * ("style" not in exported.inputs)
                if "style" in exported.inputs:
                    # Once to have a style, once more with it.
                    saved = folder / "styled"
                    run(*command[:3], "-o", saved, *command[5:], "--samples", "1", "--save-styles", styles,
                        "--seed", str(number))
                    vectors["style"] = styles_of(styles)
                    command += ["--style", styles]
                if "label" in exported.inputs:
                    vectors["label"] = numpy.eye(len(labels), dtype=numpy.float32)[[index]]
                run(*command)
                if result.is_dir():
                    result = next(result.glob("*.png"))
                worst = tuple(map(max, worst, exported.compare(exported(image, **vectors), result)))
        shape = "x".join(map(str, exported.inputs["input"]))
        rows.append((pathlib.Path(checkpoint).name, path.stem, shape, len(exported.model.graph.node), *worst))
    return rows


def main():
    program, picture, *checkpoints = sys.argv[1:]
    print("| run | file | input | nodes | levels | range |\n|---|---|---|---|---|---|", flush=True)
    failed = False
    for checkpoint in checkpoints:
        with tempfile.TemporaryDirectory() as folder:
            for name, file, shape, nodes, levels, share in check(program, picture, checkpoint, pathlib.Path(folder)):
                print(f"| {name} | {file} | {shape} | {nodes} | {levels} | {share:.1e} |", flush=True)
                failed = failed or levels > 1 or share > 1e-4
    sys.exit(1 if failed else 0)


main()
