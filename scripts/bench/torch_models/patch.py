"""The PatchGAN of pix2pix and CycleGAN."""

from torch import nn


def patch_discriminator(channels, norm, width=64, strided=3):
  layers, c = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2, True)], width
  for i in range(1, strided + 1):
    wider = min(2 ** i, 8) * width
    layers += [nn.Conv2d(c, wider, 4, 2 if i < strided else 1, 1, bias=norm is nn.InstanceNorm2d), norm(wider),
               nn.LeakyReLU(0.2, True)]
    c = wider
  return nn.Sequential(*layers, nn.Conv2d(c, 1, 4, 1, 1))
