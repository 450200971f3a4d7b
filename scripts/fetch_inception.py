#!/usr/bin/env python3
"""Fetches the weights of the published FID's Inception network for `ganctl eval-fid`.

Downloads the file that pytorch-fid publishes (91 MiB), checks it, and writes inception-fid.safetensors into
$GANCTL_HOME, or $XDG_DATA_HOME/ganctl (~/.local/share/ganctl), where ganctl finds it.

Only Python's standard library is needed. The file is read as data: of all that a pickle can ask for, only what makes
up tensors is allowed.
"""

import argparse
import hashlib
import io
import json
import os
import pickle
import struct
import sys
import tempfile
import urllib.request
import zipfile

NAME = "pt_inception-2015-12-05-6726825d.pth"
URL = "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/" + NAME
HASH = "6726825d"  # how its SHA-256 begins
TYPES = {"FloatStorage": ("F32", 4), "LongStorage": ("I64", 8)}


class Storage:
  """A block of numbers that tensors share."""

  def __init__(self, kind, key, count):
    self.kind, self.key, self.count, self.data = kind, key, count, None


class Tensor:
  def __init__(self, storage, offset, shape, stride):
    self.storage, self.offset, self.shape, self.stride = storage, offset, tuple(shape), tuple(stride)

  def bytes(self):
    name, width = TYPES[self.storage.kind]
    expected, step = [], 1
    for size in reversed(self.shape):
      expected.insert(0, step)
      step *= size
    if len(self.shape) and step and self.stride != tuple(expected):
      raise ValueError("a tensor that is not contiguous")
    begin = self.offset * width
    data = self.storage.data[begin:begin + step * width]
    if len(data) != step * width:
      raise ValueError("a tensor that reaches beyond its storage")
    return name, data


def rebuild(storage, offset, shape, stride, *unused):
  return Tensor(storage, offset, shape, stride)


class Reader(pickle.Unpickler):
  """Makes nothing but dictionaries and tensors."""

  ALLOWED = {
    ("collections", "OrderedDict"): dict, ("torch._utils", "_rebuild_tensor_v2"): rebuild,
    ("torch._utils", "_rebuild_tensor"): rebuild,
    ("torch._utils", "_rebuild_parameter"): lambda tensor, *unused: tensor}

  def __init__(self, file, storages):
    super().__init__(file, encoding="utf-8")
    self.storages = storages

  def find_class(self, module, name):
    if (module, name) in self.ALLOWED:
      return self.ALLOWED[(module, name)]
    if module == "torch" and name in TYPES:
      return name
    raise pickle.UnpicklingError(f"the file asks for {module}.{name}, which weights do not need")

  def persistent_load(self, identifier):
    kind, key, count = identifier[1], identifier[2], identifier[4]
    if identifier[0] != "storage" or kind not in TYPES:
      raise pickle.UnpicklingError(f"an unknown kind of storage: {identifier[:2]}")
    return self.storages.setdefault(key, Storage(kind, key, count))


def read(path):
  """The state_dict of a file of torch.save, in its present form (a zip archive) or the one before."""
  storages = {}
  if zipfile.is_zipfile(path):
    with zipfile.ZipFile(path) as archive:
      folder = next(n for n in archive.namelist() if n.endswith("/data.pkl"))[:-len("data.pkl")]
      state = Reader(io.BytesIO(archive.read(folder + "data.pkl")), storages).load()
      for storage in storages.values():
        storage.data = archive.read(f"{folder}data/{storage.key}")
    return state
  with open(path, "rb") as file:
    for _ in range(3):  # a magic number, the protocol, the machine
      Reader(file, {}).load()
    state = Reader(file, storages).load()
    for key in Reader(file, {}).load():
      count, = struct.unpack("<q", file.read(8))
      storages[key].data = file.read(count * TYPES[storages[key].kind][1])
  return state


def digest(path):
  hash_ = hashlib.sha256()
  with open(path, "rb") as file:
    while block := file.read(1 << 20):
      hash_.update(block)
  return hash_.hexdigest()


def convert(source, target):
  """Writes the fp32 tensors as safetensors; the counters of batches are left out."""
  state = {key: value for key, value in read(source).items()
           if isinstance(value, Tensor) and not key.endswith("num_batches_tracked")}
  if "Mixed_7c.branch_pool.conv.weight" not in state or "fc.weight" not in state:
    raise ValueError("it does not hold the FID's network")
  tensors = {key: tensor.bytes() for key, tensor in state.items()}
  header, offset, hash_ = {}, 0, hashlib.sha256()
  for key, (kind, data) in tensors.items():
    header[key] = {"dtype": kind, "shape": list(state[key].shape), "data_offsets": [offset, offset + len(data)]}
    offset += len(data)
    hash_.update(data)
  header["__metadata__"] = {
    "source": os.path.basename(source), "source_sha256": digest(source), "sha256": hash_.hexdigest()}
  text = json.dumps(header).encode()
  text += b" " * (-len(text) % 8)
  with tempfile.NamedTemporaryFile(dir=os.path.dirname(target) or ".", delete=False) as file:
    file.write(struct.pack("<Q", len(text)) + text)
    for _, data in tensors.values():
      file.write(data)
  os.chmod(file.name, 0o644)
  os.replace(file.name, target)


def download(path):
  print(f"fetching {URL}", file=sys.stderr)
  with urllib.request.urlopen(URL, timeout=60) as answer, open(path, "wb") as file:
    done, total = 0, int(answer.headers.get("Content-Length") or 0)
    while block := answer.read(1 << 20):
      file.write(block)
      done += len(block)
      print(f"\r{done >> 20} of {total >> 20} MiB", end="", file=sys.stderr)
  print(file=sys.stderr)


def default_folder():
  data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
  return os.environ.get("GANCTL_HOME") or os.path.join(data, "ganctl")


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--from", dest="source", metavar="FILE", help=f"use this copy of {NAME} instead of fetching it")
  parser.add_argument("--out", metavar="FILE", help="file to write (default: where ganctl looks for it)")
  options = parser.parse_args()
  target = options.out or os.path.join(default_folder(), "inception-fid.safetensors")
  os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
  with tempfile.TemporaryDirectory(dir=os.path.dirname(target) or ".") as folder:
    source = options.source or os.path.join(folder, NAME)
    try:
      if not options.source:
        download(source)
      if not digest(source).startswith(HASH):
        message = f"its SHA-256 is {digest(source)[:16]}..., that of the published file begins with {HASH}"
        if not options.source:
          sys.exit(f"error: {source}: {message}\nhelp: try again later; nothing was written")
        print(f"warning: {source}: {message}: ganctl will not call its results the published FID", file=sys.stderr)
      convert(source, target)
    except (OSError, ValueError, KeyError, StopIteration, struct.error, pickle.UnpicklingError, EOFError) as error:
      sys.exit(f"error: {error}\nhelp: the file can also be fetched by hand from\n      {URL}\n"
               "      and given with --from FILE")
  print(target)


if __name__ == "__main__":
  main()
