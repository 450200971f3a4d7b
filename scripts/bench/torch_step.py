#!/usr/bin/env python3
"""Times whole training steps of the official recipes in PyTorch, to compare with `ganctl bench` side by side.

PyTorch is not needed by ganctl. It goes into a virtual environment of its own, outside the repository:

  python3 -m venv ~/torchenv
  ~/torchenv/bin/pip install torch numpy
  ~/torchenv/bin/python scripts/bench/torch_step.py --model cyclegan --size 256 --threads 2

A step is everything between two batches: forward and backward of all generators and discriminators and Adam, at
the official defaults (64 channels, PatchGAN of 3 layers). Pictures are random numbers, and reading files, the image
pool and logging are left out. One JSON object is printed.

A further model is one function that returns its step, and a line in MODELS and in DEFAULT_GENERATORS.
"""

import argparse
import json
import platform
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

ADAM = {"lr": 2e-4, "betas": (0.5, 0.999)}


# ---- networks ------------------------------------------------------------------------------------------------------

def batch_norm(channels):
  return nn.BatchNorm2d(channels)


def instance_norm(channels):
  return nn.InstanceNorm2d(channels)


def needs_bias(norm):
  return norm is instance_norm


class UNetLevel(nn.Module):
  """A level of the U-Net and, inside it, all deeper ones; the skip connection goes around it."""

  def __init__(self, outer, inner, deeper, norm, place, input_channels=None, dropout=False):
    super().__init__()
    bias = needs_bias(norm)
    outermost, innermost = place == "outermost", place == "innermost"
    down = nn.Conv2d(input_channels or outer, inner, 4, 2, 1, bias=bias)
    up = nn.ConvTranspose2d(inner if innermost else 2 * inner, outer, 4, 2, 1, bias=bias or outermost)
    layers = [down] if outermost else [nn.LeakyReLU(0.2, True), down]
    if place == "middle":
      layers.append(norm(inner))
    layers += [deeper] if deeper else []
    layers += [nn.ReLU(True), up]
    layers += [nn.Tanh()] if outermost else [norm(outer)]
    if dropout:
      layers.append(nn.Dropout(0.5))
    self.layers = nn.Sequential(*layers)
    self.outermost = outermost

  def forward(self, x):
    return self.layers(x) if self.outermost else torch.cat([x, self.layers(x)], 1)


def unet(levels, norm, width=64, channels=3):
  network = UNetLevel(8 * width, 8 * width, None, norm, "innermost")
  for _ in range(levels - 5):
    network = UNetLevel(8 * width, 8 * width, network, norm, "middle", dropout=True)
  for outer, inner in ((4, 8), (2, 4), (1, 2)):
    network = UNetLevel(outer * width, inner * width, network, norm, "middle")
  return UNetLevel(channels, width, network, norm, "outermost", input_channels=channels)


class ResidualBlock(nn.Module):
  def __init__(self, channels, norm, dropout):
    super().__init__()
    bias = needs_bias(norm)
    self.layers = nn.Sequential(
      nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias), norm(channels), nn.ReLU(True),
      *([nn.Dropout(0.5)] if dropout else []),
      nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias), norm(channels))

  def forward(self, x):
    return x + self.layers(x)


def resnet(blocks, norm, dropout, width=64, channels=3):
  bias = needs_bias(norm)
  layers = [nn.ReflectionPad2d(3), nn.Conv2d(channels, width, 7, bias=bias), norm(width), nn.ReLU(True)]
  for c in (width, 2 * width):
    layers += [nn.Conv2d(c, 2 * c, 3, 2, 1, bias=bias), norm(2 * c), nn.ReLU(True)]
  layers += [ResidualBlock(4 * width, norm, dropout) for _ in range(blocks)]
  for c in (4 * width, 2 * width):
    layers += [nn.ConvTranspose2d(c, c // 2, 3, 2, 1, 1, bias=bias), norm(c // 2), nn.ReLU(True)]
  layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, channels, 7), nn.Tanh()]
  return nn.Sequential(*layers)


GENERATORS = {
  "unet_128": lambda norm, dropout: unet(7, norm),
  "unet_256": lambda norm, dropout: unet(8, norm),
  "resnet_6blocks": lambda norm, dropout: resnet(6, norm, dropout),
  "resnet_9blocks": lambda norm, dropout: resnet(9, norm, dropout),
}


def patch_discriminator(channels, norm, width=64, strided=3):
  layers, c = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2, True)], width
  for i in range(1, strided + 1):
    wider = min(2 ** i, 8) * width
    layers += [nn.Conv2d(c, wider, 4, 2 if i < strided else 1, 1, bias=needs_bias(norm)), norm(wider),
               nn.LeakyReLU(0.2, True)]
    c = wider
  return nn.Sequential(*layers, nn.Conv2d(c, 1, 4, 1, 1))


# ---- training steps ------------------------------------------------------------------------------------------------

def freeze(networks, frozen):
  for network in networks:
    network.requires_grad_(not frozen)


def apply_gradients(optimizer, loss):
  optimizer.zero_grad(set_to_none=True)
  loss().backward()
  optimizer.step()


def pix2pix(options, prepare):
  generator = prepare(GENERATORS[options.generator](batch_norm, True))
  discriminator = prepare(patch_discriminator(6, batch_norm))
  adam_g, adam_d = (torch.optim.Adam(network.parameters(), **ADAM) for network in (generator, discriminator))
  a, b = pictures(options), pictures(options)

  def judged(second, real):
    logits = discriminator(torch.cat([a, second], 1)).float()
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(real)))

  def step():
    with options.autocast():
      fake = generator(a)

    def loss_d():
      with options.autocast():
        return 0.5 * (judged(fake.detach(), False) + judged(b, True))

    def loss_g():
      with options.autocast():
        return judged(fake, True) + 100 * F.l1_loss(fake.float(), b)

    apply_gradients(adam_d, loss_d)
    freeze([discriminator], True)
    apply_gradients(adam_g, loss_g)
    freeze([discriminator], False)

  return step


def cyclegan(options, prepare):
  g_ab, g_ba = (prepare(GENERATORS[options.generator](instance_norm, False)) for _ in range(2))
  d_a, d_b = (prepare(patch_discriminator(3, instance_norm)) for _ in range(2))
  adam_g = torch.optim.Adam([*g_ab.parameters(), *g_ba.parameters()], **ADAM)
  adam_d = torch.optim.Adam([*d_a.parameters(), *d_b.parameters()], **ADAM)
  a, b = pictures(options), pictures(options)

  def judged(discriminator, picture, real):
    return (discriminator(picture).float() - float(real)).square().mean()

  def distance(x, y):
    return F.l1_loss(x.float(), y)

  def step():
    fakes = []

    def loss_g():
      with options.autocast():
        fake_b, fake_a = g_ab(a), g_ba(b)
        fakes.extend([fake_a.detach(), fake_b.detach()])
        cycles = distance(g_ba(fake_b), a) + distance(g_ab(fake_a), b)
        identities = distance(g_ab(b), b) + distance(g_ba(a), a)
        return judged(d_b, fake_b, True) + judged(d_a, fake_a, True) + 10 * cycles + 5 * identities

    freeze([d_a, d_b], True)
    apply_gradients(adam_g, loss_g)
    freeze([d_a, d_b], False)
    adam_d.zero_grad(set_to_none=True)
    for discriminator, real, fake in ((d_a, a, fakes[0]), (d_b, b, fakes[1])):
      with options.autocast():
        loss = 0.5 * (judged(discriminator, real, True) + judged(discriminator, fake, False))
      loss.backward()
    adam_d.step()

  return step


MODELS = {"pix2pix": pix2pix, "cyclegan": cyclegan}
DEFAULT_GENERATORS = {"pix2pix": "unet_256", "cyclegan": "resnet_9blocks"}


# ---- measuring -----------------------------------------------------------------------------------------------------

def pictures(options):
  random = torch.rand(options.batch, 3, options.size, options.size) * 2 - 1
  return random.contiguous(memory_format=options.layout)


def processor():
  try:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
      return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
  except (OSError, StopIteration):
    return platform.machine()


def parse_arguments():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--model", choices=sorted(MODELS), required=True)
  parser.add_argument("--generator", choices=sorted(GENERATORS), help="default: the recipe's own")
  parser.add_argument("--size", type=int, default=256, help="side of the pictures (default 256)")
  parser.add_argument("--batch", type=int, default=1, help="pictures a step (default 1)")
  parser.add_argument("--threads", type=int, default=2, help="threads of PyTorch (default 2)")
  parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16 is CPU autocast")
  parser.add_argument("--memory-format", choices=("contiguous", "channels_last"), default="contiguous")
  parser.add_argument("--steps", type=int, default=5, help="timed steps (default 5)")
  parser.add_argument("--warmup", type=int, default=1, help="steps before the timed ones (default 1)")
  options = parser.parse_args()
  if min(options.size, options.batch, options.threads, options.steps) < 1 or options.warmup < 0:
    parser.error("sizes and counts must be at least 1")
  options.generator = options.generator or DEFAULT_GENERATORS[options.model]
  unit = {"unet_128": 128, "unet_256": 256}.get(options.generator, 4)
  if options.size % unit:
    parser.error(f"--size must be a multiple of {unit} for {options.generator}")
  options.layout = torch.channels_last if options.memory_format == "channels_last" else torch.contiguous_format
  options.autocast = lambda: torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16")
  return options


def timed(step):
  start = time.perf_counter()
  step()
  return 1000 * (time.perf_counter() - start)


def main():
  options = parse_arguments()
  torch.manual_seed(1)
  torch.set_num_threads(options.threads)
  step = MODELS[options.model](options, lambda network: network.to(memory_format=options.layout))
  for _ in range(options.warmup):
    step()
  times = [timed(step) for _ in range(options.steps)]
  print(json.dumps({
    "program": "pytorch", "torch": torch.__version__, "cpu": processor(), "threads": torch.get_num_threads(),
    "model": options.model, "generator": options.generator, "size": options.size,
    "batch": options.batch, "precision": options.precision, "memory_format": options.memory_format,
    "steps": options.steps, "ms_median": round(statistics.median(times), 1), "ms_min": round(min(times), 1),
    "ms_max": round(max(times), 1),
    "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
  }))


if __name__ == "__main__":
  main()
