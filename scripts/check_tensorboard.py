#!/usr/bin/env python3
"""Compares the event file of a run with its log, as TensorBoard reads it. For tests only.

usage: check_tensorboard.py RUN...

Needs tensorboard. Every number of log.jsonl must be there as a float32, in its order, and nothing else; every sample sheet
must be there byte for byte.
"""

import json
import pathlib
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def logged(path):
    """[(step, value)] by tag."""
    tags = {}
    for line in path.read_text().splitlines():
        entry = json.loads(line)
        for name, value in entry.items():
            parts = {f"{name}/{part}": number for part, number in value.items()} if isinstance(value, dict) else {name: value}
            for tag, number in parts.items():
                skipped = name in ("step", "epoch", "change", "changed")
                if not skipped and isinstance(number, (int, float)) and not isinstance(number, bool):
                    tags.setdefault(tag, []).append((entry["step"], struct.unpack("f", struct.pack("f", number))[0]))
    return tags


for run in map(pathlib.Path, sys.argv[1:]):
    events = EventAccumulator(str(run), size_guidance={"scalars": 0, "images": 0})
    events.Reload()
    expected, found = logged(run / "log.jsonl"), events.Tags()
    assert sorted(found["scalars"]) == sorted(expected), (found["scalars"], expected.keys())
    for tag, values in expected.items():
        assert [(event.step, event.value) for event in events.Scalars(tag)] == values, tag
    sheets = {int(path.stem.removeprefix("step-")): path.read_bytes() for path in (run / "samples").glob("step-*.png")}
    images = {event.step: event.encoded_image_string for event in events.Images("samples")} if sheets else {}
    assert images == sheets and found["images"] == (["samples"] if sheets else []), (images.keys(), sheets.keys())
    count = sum(map(len, expected.values()))
    print(f"{run}: {count} numbers under {len(expected)} tags, {len(sheets)} sheets: equal")
