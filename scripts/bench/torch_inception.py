#!/usr/bin/env python3
"""Times the FID's Inception network in PyTorch, to compare with `ganctl bench inception` side by side.

The same layers as pytorch-fid's network, with random weights and the norm folded away or not, on random pictures of
299x299. PyTorch goes into a virtual environment of its own, as scripts/bench/torch_step.py tells. Prints a JSON
object for each memory layout.
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F


class Unit(nn.Module):
  """Convolution, batch norm, ReLU."""

  def __init__(self, inputs, outputs, kernel=1, stride=1, padding=0):
    super().__init__()
    self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
    self.bn = nn.BatchNorm2d(outputs, eps=0.001)

  def forward(self, x):
    return F.relu(self.bn(self.conv(x)), inplace=True)


class Pooled(nn.Module):
  """A pool of 3x3 pixels, stride 1, then a unit."""

  def __init__(self, inputs, outputs, largest=False):
    super().__init__()
    self.pool = nn.MaxPool2d(3, 1, 1) if largest else nn.AvgPool2d(3, 1, 1, count_include_pad=False)
    self.unit = Unit(inputs, outputs)

  def forward(self, x):
    return self.unit(self.pool(x))


class Joined(nn.Module):
  """Branches side by side."""

  def __init__(self, *branches):
    super().__init__()
    self.branches = nn.ModuleList(branches)

  def forward(self, x):
    return torch.cat([branch(x) for branch in self.branches], 1)


def chain(*layers):
  return nn.Sequential(*layers)


def block_a(inputs, features):
  return Joined(
    Unit(inputs, 64), chain(Unit(inputs, 48), Unit(48, 64, 5, 1, 2)),
    chain(Unit(inputs, 64), Unit(64, 96, 3, 1, 1), Unit(96, 96, 3, 1, 1)), Pooled(inputs, features))


def block_b():
  return Joined(
    Unit(288, 384, 3, 2), chain(Unit(288, 64), Unit(64, 96, 3, 1, 1), Unit(96, 96, 3, 2)), nn.MaxPool2d(3, 2))


def row(inputs, outputs):
  return Unit(inputs, outputs, (1, 7), 1, (0, 3))


def column(inputs, outputs):
  return Unit(inputs, outputs, (7, 1), 1, (3, 0))


def block_c(width):
  return Joined(
    Unit(768, 192), chain(Unit(768, width), row(width, width), column(width, 192)),
    chain(Unit(768, width), column(width, width), row(width, width), column(width, width), row(width, 192)),
    Pooled(768, 192))


def block_d():
  return Joined(
    chain(Unit(768, 192), Unit(192, 320, 3, 2)), chain(Unit(768, 192), row(192, 192), column(192, 192),
    Unit(192, 192, 3, 2)), nn.MaxPool2d(3, 2))


def block_e(inputs, largest):
  def pair():
    return Joined(Unit(384, 384, (1, 3), 1, (0, 1)), Unit(384, 384, (3, 1), 1, (1, 0)))
  return Joined(
    Unit(inputs, 320), chain(Unit(inputs, 384), pair()),
    chain(Unit(inputs, 448), Unit(448, 384, 3, 1, 1), pair()), Pooled(inputs, 192, largest))


def network():
  return chain(
    Unit(3, 32, 3, 2), Unit(32, 32, 3), Unit(32, 64, 3, 1, 1), nn.MaxPool2d(3, 2), Unit(64, 80), Unit(80, 192, 3),
    nn.MaxPool2d(3, 2), block_a(192, 32), block_a(256, 64), block_a(288, 64), block_b(), block_c(128), block_c(160),
    block_c(160), block_c(192), block_d(), block_e(1280, False), block_e(2048, True), nn.AdaptiveAvgPool2d(1))


def fold(model):
  """The norms folded into the convolutions, as ganctl does."""
  for module in model.modules():
    if isinstance(module, Unit):
      module.conv = torch.nn.utils.fusion.fuse_conv_bn_eval(module.conv, module.bn)
      module.bn = nn.Identity()
  return model


def measure(model, layout, batch, count):
  model = model.to(memory_format=layout)
  pictures = torch.rand(batch, 3, 299, 299).contiguous(memory_format=layout) * 2 - 1
  times = []
  with torch.inference_mode():
    for index in range(count + 2):
      begin = time.perf_counter()
      model(pictures)
      if index >= 2:
        times.append(time.perf_counter() - begin)
  return times


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--batch", type=int, default=8)
  parser.add_argument("--steps", type=int, default=10)
  parser.add_argument("--threads", type=int, default=2)
  parser.add_argument("--folded", action="store_true", help="fold the norms into the convolutions first")
  options = parser.parse_args()
  torch.set_num_threads(options.threads)
  torch.manual_seed(1)
  model = network().eval()
  if options.folded:
    model = fold(model)
  for name, layout in [("contiguous", torch.contiguous_format), ("channels_last", torch.channels_last)]:
    times = measure(model, layout, options.batch, options.steps)
    median = statistics.median(times)
    print(json.dumps({
      "network": "inception", "layout": name, "folded": options.folded, "batch": options.batch,
      "threads": options.threads, "torch": torch.__version__, "median_ms": round(median * 1e3, 1),
      "least_ms": round(min(times) * 1e3, 1), "images_per_second": round(options.batch / median, 2)}))


if __name__ == "__main__":
  main()
