#!/usr/bin/env python3
"""Makes the files with which the tests hold import and translation against PyTorch. For tests only: ganctl itself
needs no Python.

usage: make_import_fixture.py Tests/GanCLITests/Resources/import

Needs torch, safetensors, numpy and Pillow. For a small U-Net and a small ResNet generator, written with plain
torch.nn in the module order of pytorch-CycleGAN-and-pix2pix, it writes
  NAME.pth                   the state_dict; of the ResNet as old programs wrote it: the stream of pickles before
                             PyTorch 1.6, keys with `module.`, running statistics for instance norms
  NAME.expected.safetensors  `input` and the outputs `eval` (running statistics) and `train` (those of the picture),
                             both without dropout, [1,C,H,W]
and input.png, the picture that `input` is. The committed files were made with PyTorch 2.15.
"""

import os
import sys
from collections import OrderedDict

import numpy
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

WIDTH = 2


class Skip(nn.Module):
    """One level of the U-Net; all but the outermost pass on their input along with their result."""

    def __init__(self, layers, outermost=False):
        super().__init__()
        self.model = nn.Sequential(*layers)
        self.outermost = outermost

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


def down(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False)


def up(inputs, outputs, bias=False):
    return nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=bias)


def leaky():
    # In place, as in the official program: the skip connection sees its result.
    return nn.LeakyReLU(0.2, True)


class UNet(nn.Module):
    """Five levels, batch norm."""

    def __init__(self, c=WIDTH):
        super().__init__()
        level = Skip([leaky(), down(8 * c, 8 * c), nn.ReLU(), up(8 * c, 8 * c), nn.BatchNorm2d(8 * c)])
        for outer, inner in [(4 * c, 8 * c), (2 * c, 4 * c), (c, 2 * c)]:
            level = Skip([
                leaky(), down(outer, inner), nn.BatchNorm2d(inner), level,
                nn.ReLU(), up(2 * inner, outer), nn.BatchNorm2d(outer),
            ])
        self.model = Skip([down(3, c), level, nn.ReLU(), up(2 * c, 3, bias=True), nn.Tanh()], outermost=True)

    def forward(self, x):
        return self.model(x)


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), nn.InstanceNorm2d(c), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), nn.InstanceNorm2d(c),
        )

    def forward(self, x):
        return x + self.conv_block(x)


class ResNet(nn.Module):
    """Three blocks, instance norm."""

    def __init__(self, c=WIDTH):
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, c, 7), nn.InstanceNorm2d(c), nn.ReLU()]
        for n in [c, 2 * c]:
            layers += [nn.Conv2d(n, 2 * n, 3, 2, 1), nn.InstanceNorm2d(2 * n), nn.ReLU()]
        layers += [Residual(4 * c) for _ in range(3)]
        for n in [4 * c, 2 * c]:
            layers += [nn.ConvTranspose2d(n, n // 2, 3, 2, 1, 1), nn.InstanceNorm2d(n // 2), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(c, 3, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


def randomize(network):
    """Weights large enough that the output depends on all of them, statistics away from their initial values."""
    for name, value in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            value.fill_(7)
        elif name.endswith("running_var"):
            value.uniform_(0.5, 2)
        elif name.endswith("running_mean") or name.endswith("bias"):
            value.normal_(0, 0.1)
        elif value.dim() == 1:
            value.normal_(1, 0.1)
        else:
            value.normal_(0, (1.0 / value[0].numel()) ** 0.5)


def as_old_program(state, network):
    """What wrapped networks with instance norms left behind before 2018."""
    old = OrderedDict(state)
    for name, module in network.named_modules():
        if isinstance(module, nn.InstanceNorm2d):
            old[f"{name}.running_mean"] = torch.zeros(module.num_features)
            old[f"{name}.running_var"] = torch.ones(module.num_features)
    return OrderedDict((f"module.{key}", value) for key, value in old.items())


def picture():
    """Smooth colours with a hard edge, 64x32."""
    y, x = numpy.mgrid[0:32, 0:64]
    planes = [128 + 100 * numpy.sin(x / 7 + k) * numpy.cos(y / (5 + k)) for k in range(3)]
    pixels = numpy.stack(planes, 2)
    pixels[8:24, 20:40] = [250, 30, 90]
    return Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8), "RGB")


def main(folder):
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(11)
    image = picture()
    image.save(os.path.join(folder, "input.png"))
    x = torch.from_numpy(numpy.array(image)).permute(2, 0, 1)[None].float() / 255 * 2 - 1
    for name, network in [("unet", UNet()), ("resnet", ResNet())]:
        randomize(network)
        state = OrderedDict((key, value.clone()) for key, value in network.state_dict().items())
        with torch.no_grad():
            outputs = {"input": x, "eval": network.eval()(x.clone()), "train": network.train()(x.clone())}
        save_file({key: value.contiguous() for key, value in outputs.items()},
                  os.path.join(folder, f"{name}.expected.safetensors"))
        path = os.path.join(folder, f"{name}.pth")
        if name == "unet":
            torch.save(state, path)
        else:
            torch.save(as_old_program(state, network), path, _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(sys.argv[1])
