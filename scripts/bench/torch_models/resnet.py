"""The ResNet generator of CycleGAN (Johnson et al. 2016)."""

from torch import nn

from .common import Residual


def resnet(blocks, norm, dropout=False, width=64, channels=3):
  bias = norm is nn.InstanceNorm2d
  layers = [nn.ReflectionPad2d(3), nn.Conv2d(channels, width, 7, bias=bias), norm(width), nn.ReLU(True)]
  for c in (width, 2 * width):
    layers += [nn.Conv2d(c, 2 * c, 3, 2, 1, bias=bias), norm(2 * c), nn.ReLU(True)]
  layers += [Residual(4 * width, norm, bias, dropout) for _ in range(blocks)]
  for c in (4 * width, 2 * width):
    layers += [nn.ConvTranspose2d(c, c // 2, 3, 2, 1, 1, bias=bias), norm(c // 2), nn.ReLU(True)]
  return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, channels, 7), nn.Tanh())
