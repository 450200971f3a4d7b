"""pix2pix (Isola et al. 2017): a U-Net against a PatchGAN that sees input and output."""

import torch
from torch import nn

from .common import Recipe, adam, cross_entropy, freeze, l1, minimize
from .patch import patch_discriminator
from .resnet import resnet

SIZE, BATCH = 256, 1
GENERATORS = {"unet_128": 7, "unet_256": 8, "resnet_6blocks": 6, "resnet_9blocks": 9}


def unit_of(generator):
  return 1 << GENERATORS[generator] if generator.startswith("unet") else 4


def check(size, batch, generator=None):
  generator = generator or "unet_256"
  return f"a multiple of {unit_of(generator)}" if size % unit_of(generator) else None


class UNetLevel(nn.Module):
  """A level of the U-Net and, inside it, all deeper ones; the skip connection goes around it."""

  def __init__(self, outer, inner, deeper, place, inputs=None, dropout=False):
    super().__init__()
    outermost, innermost = place == "outermost", place == "innermost"
    down = nn.Conv2d(inputs or outer, inner, 4, 2, 1, bias=False)
    up = nn.ConvTranspose2d(inner if innermost else 2 * inner, outer, 4, 2, 1, bias=outermost)
    layers = [down] if outermost else [nn.LeakyReLU(0.2, True), down]
    if place == "middle":
      layers.append(nn.BatchNorm2d(inner))
    layers += [deeper] if deeper else []
    layers += [nn.ReLU(True), up]
    layers += [nn.Tanh()] if outermost else [nn.BatchNorm2d(outer)]
    if dropout:
      layers.append(nn.Dropout(0.5))
    self.layers = nn.Sequential(*layers)
    self.outermost = outermost

  def forward(self, x):
    return self.layers(x) if self.outermost else torch.cat([x, self.layers(x)], 1)


def unet(levels, width=64):
  network = UNetLevel(8 * width, 8 * width, None, "innermost")
  for _ in range(levels - 5):
    network = UNetLevel(8 * width, 8 * width, network, "middle", dropout=True)
  for outer, inner in ((4, 8), (2, 4), (1, 2)):
    network = UNetLevel(outer * width, inner * width, network, "middle")
  return UNetLevel(3, width, network, "outermost", inputs=3)


def build(setting):
  name = setting.generator or "unet_256"
  size = GENERATORS[name]
  network = unet(size) if name.startswith("unet") else resnet(size, nn.BatchNorm2d, dropout=True)
  generator, discriminator = setting.place(network), setting.place(patch_discriminator(6, nn.BatchNorm2d))
  adam_g, adam_d = adam(generator), adam(discriminator)
  a, b = setting.pictures(), setting.pictures()

  def judged(second, label):
    return cross_entropy(discriminator(torch.cat([a, second], 1)), label)

  def step():
    with setting.autocast():
      fake = generator(a)
      loss_d = 0.5 * (judged(fake.detach(), 0.0) + judged(b, 1.0))
    minimize(adam_d, loss_d)
    freeze([discriminator])
    with setting.autocast():
      loss_g = judged(fake, 1.0) + 100 * l1(fake, b)
    minimize(adam_g, loss_g)
    freeze([discriminator], False)

  return Recipe(step, [generator, discriminator])
