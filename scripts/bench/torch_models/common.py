"""What the models have in common."""

import dataclasses
from typing import Callable

import torch
from torch import nn


@dataclasses.dataclass
class Setting:
  """How a step is to be measured."""
  size: int
  batch: int
  precision: str = "fp32"
  layout: torch.memory_format = torch.contiguous_format
  generator: str | None = None

  def autocast(self):
    """Around all that computes losses: bfloat16 where PyTorch finds it safe."""
    return torch.autocast("cpu", torch.bfloat16, enabled=self.precision == "bf16")

  def place(self, network):
    return network.to(memory_format=self.layout)

  def pictures(self, count=None, channels=3):
    random = torch.rand(count or self.batch, channels, self.size, self.size) * 2 - 1
    return random.contiguous(memory_format=self.layout)


@dataclasses.dataclass
class Recipe:
  """A training step of a model."""
  step: Callable[[], None]
  networks: list
  # Steps until their work repeats, where they are not all alike.
  cycle: int = 1

  def parameters(self):
    return sum(p.numel() for network in self.networks for p in network.parameters())


def adam(*networks, rate=2e-4, decay=0.0):
  """PyTorch's fastest Adam for the CPU."""
  parameters = [p for network in networks for p in network.parameters()]
  return torch.optim.Adam(parameters, lr=rate, betas=(0.5, 0.999), weight_decay=decay, fused=True)


def freeze(networks, frozen=True):
  """Frozen networks pass gradients on, and get none themselves."""
  for network in networks:
    network.requires_grad_(not frozen)


def minimize(optimizer, loss):
  optimizer.zero_grad(set_to_none=True)
  loss.backward()
  optimizer.step()


# ---- losses: in float32, whatever the networks computed in ------------------------------------------------------------

def l1(x, y):
  return (x.float() - y.float()).abs().mean()


def distance_to(logits, value):
  """Least squares."""
  return (logits.float() - value).square().mean()


def cross_entropy(logits, label):
  """Binary, of logits, mean over all of them."""
  logits = logits.float()
  return nn.functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


# ---- layers -----------------------------------------------------------------------------------------------------------

def mirrored(inputs, outputs, kernel, stride=1, padding=0, bias=True):
  """A convolution of a picture with a mirrored border."""
  return [nn.ReflectionPad2d(padding), nn.Conv2d(inputs, outputs, kernel, stride, bias=bias)]


class MultiScale(nn.Module):
  """Discriminators of a picture, its half, its quarter..."""

  def __init__(self, make, scales):
    super().__init__()
    self.scales = nn.ModuleList(make() for _ in range(scales))
    self.halve = nn.AvgPool2d(3, 2, 1, count_include_pad=False)

  def forward(self, x):
    logits = []
    for index, scale in enumerate(self.scales):
      x = self.halve(x) if index else x
      logits.append(scale(x))
    return logits


def leaky_cascade(width, layers, slope):
  """Mirrored 4x4 convolutions of stride 2, channels doubling from `width`, and one of 1x1 to logits."""
  parts, c = [], 3
  for index in range(layers):
    parts += [*mirrored(c, width << index, 4, 2, 1), nn.LeakyReLU(slope, True)]
    c = width << index
  return nn.Sequential(*parts, nn.Conv2d(c, 1, 1))


class Residual(nn.Module):
  """x + norm(conv(relu(norm(conv(x))))), borders mirrored."""

  def __init__(self, channels, norm, bias=True, dropout=False):
    super().__init__()
    self.layers = nn.Sequential(
      *mirrored(channels, channels, 3, 1, 1, bias), norm(channels), nn.ReLU(True),
      *([nn.Dropout(0.5)] if dropout else []), *mirrored(channels, channels, 3, 1, 1, bias), norm(channels))

  def forward(self, x):
    return x + self.layers(x)
