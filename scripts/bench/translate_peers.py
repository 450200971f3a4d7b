#!/usr/bin/env python3
"""The parts of scripts/bench/translate.sh that are PyTorch's and ONNX Runtime's.

  prepare DIR    pictures DIR/in/*.png, and CycleGAN's generator (9 blocks, 64 channels) with random weights: as the
                 official program saves it, DIR/latest_net_G.pth, and for ONNX Runtime, DIR/net.onnx
  torch, onnx    translate DIR/in to DIR/NAME, picture by picture as the official program does, and print JSON: seconds
                 of the loop, after one picture to warm up, and CPU seconds
  compare        the largest difference of two folders of pictures, in levels
"""

import argparse
import json
import pathlib
import time

import numpy as np
from PIL import Image

SIDE = 256


def network(folder):
  import torch
  from torch_models.resnet import resnet
  generator = resnet(9, torch.nn.InstanceNorm2d)
  path = folder / "latest_net_G.pth"
  if path.exists():
    weights = torch.load(path, weights_only=True)
    generator.load_state_dict({ours(key): value for key, value in weights.items()})
  return generator.eval()


def official(key):
  return "model." + key.replace(".layers.", ".conv_block.")


def ours(key):
  return key.removeprefix("model.").replace(".conv_block.", ".layers.")


def prepare(folder, options):
  import torch
  torch.manual_seed(0)
  generator = network(folder)
  for parameter in generator.parameters():
    torch.nn.init.normal_(parameter, 0, 0.02)
  torch.save({official(key): value for key, value in generator.state_dict().items()}, folder / "latest_net_G.pth")
  torch.onnx.export(
    generator, (torch.zeros(1, 3, SIDE, SIDE),), str(folder / "net.onnx"), input_names=["x"], output_names=["y"],
    dynamo=False)
  (folder / "in").mkdir(exist_ok=True)
  for index in range(options.pictures):
    picture(index).save(folder / "in" / f"{index:04}.png")


def picture(seed):
  """Smooth colours with some edges and grain, about as large a PNG as a photograph's."""
  random = np.random.default_rng(seed)
  coarse = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8)).resize((SIDE, SIDE), Image.BICUBIC)
  values = np.asarray(coarse).astype(np.int16) + random.integers(-6, 7, (SIDE, SIDE, 3))
  for _ in range(6):
    y, x, size = random.integers(0, SIDE - 64, 2).tolist() + [int(random.integers(16, 64))]
    values[y:y + size, x:x + size] += random.integers(-80, 80, 3)
  return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def read(path):
  values = np.asarray(Image.open(path).convert("RGB"), dtype=np.float32)
  return np.ascontiguousarray(((values / 255 - 0.5) / 0.5).transpose(2, 0, 1)[None])


def write(values, path):
  levels = (values[0].transpose(1, 2, 0) + 1) / 2 * 255
  Image.fromarray(levels.clip(0, 255).astype(np.uint8)).save(path)


def translate(folder, name, generator):
  output = folder / name
  output.mkdir(exist_ok=True)
  paths = sorted((folder / "in").iterdir())
  generator(read(paths[0]))
  begin, cpu = time.perf_counter(), time.process_time()
  for path in paths:
    write(generator(read(path)), output / path.name)
  seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
  print(json.dumps({"seconds": seconds, "cpu_seconds": cpu}))


def run_torch(folder, options):
  import torch
  torch.set_num_threads(options.threads)
  layout = torch.channels_last if options.channels_last else torch.contiguous_format
  generator = network(folder).to(memory_format=layout)

  def apply(x):
    return generator(torch.from_numpy(x).to(memory_format=layout)).contiguous().numpy()

  with torch.inference_mode():
    translate(folder, "torch-last" if options.channels_last else "torch", apply)


def run_onnx(folder, options):
  import onnxruntime
  settings = onnxruntime.SessionOptions()
  settings.intra_op_num_threads = options.threads
  session = onnxruntime.InferenceSession(str(folder / "net.onnx"), settings, providers=["CPUExecutionProvider"])
  translate(folder, "onnx", lambda x: session.run(["y"], {"x": x})[0])


def compare(folder, options):
  largest = 0
  for path in sorted((folder / "in").iterdir()):
    a, b = (np.asarray(Image.open(folder / name / path.name)).astype(int) for name in options.names)
    largest = max(largest, int(np.abs(a - b).max()))
  print(largest)


if __name__ == "__main__":
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("part", choices=["prepare", "torch", "onnx", "compare"])
  parser.add_argument("folder", type=pathlib.Path)
  parser.add_argument("names", nargs="*", help="folders to compare")
  parser.add_argument("--pictures", type=int, default=16)
  parser.add_argument("--threads", type=int, default=2)
  parser.add_argument("--channels-last", action="store_true")
  options = parser.parse_args()
  {"prepare": prepare, "torch": run_torch, "onnx": run_onnx, "compare": compare}[options.part](options.folder, options)
