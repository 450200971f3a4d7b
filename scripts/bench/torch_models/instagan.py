"""InstaGAN (Mo et al. 2019): generators and discriminators of pictures with sets of masks. Without the image pools.

As many masks as a step takes (ins_max 4), translated two at a time. All masks of a pass go through their encoder and
decoder as one batch, as in ganctl; the discriminator's layers see them one by one, because each call moves the vectors
of spectral norm.
"""

import torch
from torch import nn
from torch.nn import functional

from .common import Recipe, Residual, adam, distance_to, freeze, minimize

SIZE, BATCH = 200, 1
MASKS, AT_ONCE = 4, 2


def check(size, batch, generator=None):
  if batch != 1:
    return "one picture a step"
  return "a multiple of 4, at least 24" if size % 4 or size < 24 else None


def encoder(inputs, width=64, blocks=9):
  def block(before, after, **options):
    return [nn.Conv2d(before, after, **options), nn.InstanceNorm2d(after), nn.ReLU(True)]
  return nn.Sequential(
    nn.ReflectionPad2d(3), *block(inputs, width, kernel_size=7),
    *block(width, 2 * width, kernel_size=3, stride=2, padding=1),
    *block(2 * width, 4 * width, kernel_size=3, stride=2, padding=1), *(Residual(4 * width, nn.InstanceNorm2d) for _ in range(blocks)))


def decoder(inputs, outputs):
  def block(before):
    return [
      nn.ConvTranspose2d(before, before // 2, 3, stride=2, padding=1, output_padding=1),
      nn.InstanceNorm2d(before // 2), nn.ReLU(True)]
  return nn.Sequential(
    *block(inputs), *block(inputs // 2), nn.ReflectionPad2d(3), nn.Conv2d(inputs // 4, outputs, 7), nn.Tanh())


class Generator(nn.Module):
  def __init__(self, width=64):
    super().__init__()
    self.picture_encoder, self.mask_encoder = encoder(3, width), encoder(1, width)
    self.picture_decoder, self.mask_decoder = decoder(8 * width, 3), decoder(12 * width, 1)

  def forward(self, picture, masks):
    """Of one picture and its masks, [K,1,H,W]."""
    each = self.mask_encoder(masks)
    shared = torch.cat([self.picture_encoder(picture), each.sum(0, keepdim=True)], 1)
    known = shared.expand(len(masks), -1, -1, -1)
    return self.picture_decoder(shared), self.mask_decoder(torch.cat([each, known], 1))


class SpectralConv(nn.Module):
  """One power iteration in each call."""

  def __init__(self, inputs, outputs, stride):
    super().__init__()
    conv = nn.Conv2d(inputs, outputs, 4)
    self.weight, self.bias, self.stride = nn.Parameter(conv.weight.detach().clone()), conv.bias, stride
    self.register_buffer("u", functional.normalize(torch.randn(outputs), dim=0))

  def forward(self, x):
    matrix = self.weight.reshape(len(self.weight), -1)
    with torch.no_grad():
      v = functional.normalize(matrix.T @ self.u, dim=0, eps=1e-12)
      self.u = functional.normalize(matrix @ v, dim=0, eps=1e-12)
    sigma = self.u @ (matrix @ v)
    return functional.conv2d(x, self.weight / sigma, self.bias, self.stride, 1)


def features(inputs, width):
  layers = [SpectralConv(inputs, width, 2), nn.LeakyReLU(0.2, True)]
  for _ in range(2):
    layers += [SpectralConv(width, 2 * width, 2), nn.InstanceNorm2d(2 * width), nn.LeakyReLU(0.2, True)]
    width *= 2
  return nn.Sequential(*layers)


class Discriminator(nn.Module):
  def __init__(self, width=64):
    super().__init__()
    self.of_picture, self.of_mask = features(3, width), features(1, width)
    self.classifier = nn.Sequential(
      SpectralConv(8 * width, 16 * width, 1), nn.InstanceNorm2d(16 * width), nn.LeakyReLU(0.2, True),
      SpectralConv(16 * width, 1, 1))

  def forward(self, picture, masks):
    total = sum(self.of_mask(mask[None]) for mask in masks)
    return self.classifier(torch.cat([self.of_picture(picture), total], 1))


def joint(a, b):
  """The mean difference of pictures and masks together."""
  count = a[0].numel() + a[1].numel()
  return ((a[0] - b[0]).abs().sum() + (a[1] - b[1]).abs().sum()) / count


def context(group, fake):
  covered = ((group[1] + 1) / 2).sum(0) + ((fake[1] + 1) / 2).sum(0)
  return ((1 - covered.clamp(0, 1)) * (group[0] - fake[0]).abs()).mean()


def build(setting):
  g = [setting.place(Generator()) for _ in range(2)]
  d = [setting.place(Discriminator()) for _ in range(2)]
  adam_g, adam_d = adam(*g), [adam(network) for network in d]
  pictures = [setting.pictures() for _ in range(2)]
  masks = [torch.rand(MASKS, 1, setting.size, setting.size) * 2 - 1 for _ in range(2)]

  def step():
    current, done = list(pictures), [[], []]
    for start in range(0, MASKS, AT_ONCE):
      freeze(d)
      total, shown, results = 0, [], []
      with setting.autocast():
        for side in range(2):
          group = current[side], masks[side][start:start + AT_ONCE]
          fake = g[side](*group)
          judged = torch.cat([*done[side], fake[1]])
          loss = distance_to(d[side](fake[0], judged), 1.0) + 10 * joint(g[1 - side](*fake), group)
          total = total + loss + 10 * joint(g[1 - side](*group), group) + 10 * context(group, fake)
          shown.append((fake[0].detach(), judged.detach()))
          results.append((fake[0].detach(), fake[1].detach()))
      minimize(adam_g, total)
      freeze(d, False)
      for side in range(2):
        with setting.autocast():
          real = d[side](pictures[1 - side], masks[1 - side])
          loss = 0.5 * (distance_to(real, 1.0) + distance_to(d[side](*shown[side]), 0.0))
        minimize(adam_d[side], loss)
      for side in range(2):
        current[side] = results[side][0]
        done[side].append(results[side][1])

  return Recipe(step, [*g, *d])
