#!/usr/bin/env python3
"""Makes the folders of numbers that models from papers are checked against, where no official program exists.

This is a second implementation, in PyTorch and Float64, written from the descriptions in docs/models.md. It is needed
only to make the folders again:

    scripts/make_paper_fixtures.py Tests/GanParityTests/Fixtures
    scripts/make_paper_fixtures.py . --style Tests/GanStyleTests/Fixtures
"""
import argparse
import contextlib
import json
import pathlib
import struct

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


# Files

def write(path, tensors):
    header, data = {}, []
    offset = 0
    for name, value in tensors.items():
        content = value.detach().to(torch.float32).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [offset, offset + len(content)]}
        offset += len(content)
        data.append(content)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data))


class Recorder:
    """What a folder holds."""

    def __init__(self, spec, networks, optimizers, limit=16384):
        self.spec, self.networks, self.optimizers, self.limit = spec, networks, optimizers, limit
        for network in networks.values():
            # The numbers that fp32 can hold, so that both begin with the same.
            with torch.no_grad():
                for value in network.state_dict().values():
                    if value.is_floating_point():
                        value.copy_(value.float().double())
        self.weights, self.inputs, self.expected, self.further = self.state(), {}, {}, {}
        self.moves = {}

    def state(self):
        return {
            f"{name}.{key}": value.clone().to(torch.float64)
            for name, network in self.networks.items() for key, value in network.state_dict().items()
        }

    def input(self, name, value):
        value = value.float().double()
        self.inputs[name] = value
        return value

    def forward(self, **values):
        for name, value in values.items():
            self.expected[f"forward.{name}"] = value.clone()

    def step(self, number, optimizer, total, losses):
        """One step of an optimizer down `total`; the gradients of the first training step are kept."""
        move = self.moves[number, optimizer] = self.moves.get((number, optimizer), 0) + 1
        group = "grad" if move == 1 else f"grad{move}"
        for other in self.optimizers.values():
            other.zero_grad()
        total.backward()
        if number == 1:
            held = {id(p) for group in self.optimizers[optimizer].param_groups for p in group["params"]}
            for name, network in self.networks.items():
                for key, parameter in network.named_parameters():
                    if id(parameter) in held and parameter.numel() * 4 <= self.limit:
                        gradient = parameter.grad
                        self.expected[f"{group}.step1.{name}.{key}"] = (
                            torch.zeros_like(parameter) if gradient is None else gradient.clone())
        self.optimizers[optimizer].step()
        for name, value in losses.items():
            self.expected[f"loss.step{number}.{name}"] = value.detach().clone()

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        steps = self.spec["steps"]
        for name, value in self.state().items():
            if value.numel() * 4 <= self.limit:
                self.expected[f"weights.step{steps}.{name}"] = value
        (folder / "spec.json").write_text(json.dumps(self.spec, indent=1) + "\n")
        write(folder / "weights.safetensors", self.weights)
        write(folder / "inputs.safetensors", self.inputs)
        write(folder / "expected.safetensors", self.expected)
        for name, tensors in self.further.items():
            write(folder / f"{name}.safetensors", tensors)


def pictures(*shape):
    """Smooth shapes and noise in [-1,1]."""
    coarse = F.interpolate(torch.rand(shape[0], shape[1], 5, 5), size=shape[2:], mode="bicubic", align_corners=True)
    return (coarse * 2 - 1 + 0.2 * torch.randn(shape)).clamp(-1, 1)


def spread(networks):
    """Norms whose gains and shifts differ from 1 and 0, so that a mistake in either shows."""
    for network in networks.values():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias, -0.3, 0.3)
            if isinstance(module, nn.PReLU):
                nn.init.uniform_(module.weight, 0.1, 0.4)


@contextlib.contextmanager
def frozen_statistics(network):
    """Norms have the statistics of the batch, and running ones stay."""
    modules = list(network.modules())
    before = [dict(module._buffers) for module in modules]
    for module in modules:
        for name, value in module._buffers.items():
            module._buffers[name] = value.clone()
    yield
    for module, buffers in zip(modules, before):
        module._buffers.update(buffers)


def frozen(network, x):
    with frozen_statistics(network):
        return network(x)


def bce(logits, label):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


# DiscoGAN

def widths(width, layers):
    return [width * min(2 ** i, 8) for i in range(layers)]


class DiscoGenerator(nn.Module):
    def __init__(self, width, layers, bottleneck):
        super().__init__()
        wide, modules, before = widths(width, layers), [], 3
        for number, outputs in enumerate(wide):
            modules.append(nn.Conv2d(before, outputs, 4, 2, 1, bias=False))
            if number > 0:
                modules.append(nn.BatchNorm2d(outputs))
            modules.append(nn.LeakyReLU(0.2))
            before = outputs
        if bottleneck:
            modules += [nn.Conv2d(before, bottleneck, 4, bias=False), nn.BatchNorm2d(bottleneck), nn.LeakyReLU(0.2)]
            modules += [nn.ConvTranspose2d(bottleneck, before, 4, bias=False), nn.BatchNorm2d(before), nn.ReLU()]
        for outputs in wide[-2::-1]:
            modules += [nn.ConvTranspose2d(before, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
            before = outputs
        modules += [nn.ConvTranspose2d(before, 3, 4, 2, 1, bias=False), nn.Sigmoid()]
        self.main = nn.Sequential(*modules)

    def forward(self, x):
        return 2 * self.main((x + 1) / 2) - 1


class DiscoDiscriminator(nn.Module):
    def __init__(self, width, layers):
        super().__init__()
        before, self.layers = 3, layers
        for number, outputs in enumerate(widths(width, layers), 1):
            setattr(self, f"conv{number}", nn.Conv2d(before, outputs, 4, 2, 1, bias=False))
            if number > 1:
                setattr(self, f"bn{number}", nn.BatchNorm2d(outputs))
            before = outputs
        setattr(self, f"conv{layers + 1}", nn.Conv2d(before, 1, 4, bias=False))

    def judge(self, x):
        y, features = (x + 1) / 2, []
        for number in range(1, self.layers + 1):
            y = getattr(self, f"conv{number}")(y)
            if number > 1:
                y = F.leaky_relu(getattr(self, f"bn{number}")(y), 0.2)
                features.append(y)
            else:
                y = F.leaky_relu(y, 0.2)
        return getattr(self, f"conv{self.layers + 1}")(y), features

    def forward(self, x):
        return self.judge(x)[0]


def discogan(folder, seed, bottleneck, feature_weight, gan_weight, recon_weight):
    torch.manual_seed(seed)
    spec = {
        "model": "discogan", "source": "scripts/make_paper_fixtures.py", "ngf": 4, "ndf": 4, "layers": 3,
        "bottleneck": bottleneck, "lambda_gan": gan_weight, "lambda_recon": recon_weight, "lambda_feat": feature_weight,
        "optimizer": {"lr": 0.0002, "betas": [0.5, 0.999], "weight_decay": 0.0001}, "steps": 3, "seed": seed,
    }
    networks = {
        "G_AB": DiscoGenerator(4, 3, bottleneck), "G_BA": DiscoGenerator(4, 3, bottleneck),
        "D_A": DiscoDiscriminator(4, 3), "D_B": DiscoDiscriminator(4, 3),
    }
    spread(networks)
    g_ab, g_ba, d_a, d_b = networks.values()

    def adam(*modules):
        return torch.optim.Adam(
            [p for m in modules for p in m.parameters()], lr=2e-4, betas=(0.5, 0.999), weight_decay=1e-4)

    record = Recorder(spec, networks, {"G": adam(g_ab, g_ba), "D": adam(d_a, d_b)})
    for number in (1, 2, 3):
        a = record.input(f"step{number}.real_A", pictures(4, 3, 32, 32))
        b = record.input(f"step{number}.real_B", pictures(4, 3, 32, 32))
        if number == 1:
            fake_a, fake_b = frozen(g_ba, b), frozen(g_ab, a)
            record.forward(
                fake_A=fake_a, fake_B=fake_b, rec_A=frozen(g_ba, fake_b), rec_B=frozen(g_ab, fake_a),
                D_A_real=frozen(d_a, a), D_A_fake=frozen(d_a, fake_a), D_B_real=frozen(d_b, b),
                D_B_fake=frozen(d_b, fake_b))
        fake_a, fake_b = g_ba(b), g_ab(a)
        losses, total = {}, 0
        for way, d, real, fake in (("AB", d_b, b, fake_b), ("BA", d_a, a, fake_a)):
            score, features = d.judge(fake)
            losses[f"GAN_{way}"] = bce(score, 1)
            total = total + gan_weight * losses[f"GAN_{way}"]
            if feature_weight:
                with torch.no_grad(), frozen_statistics(d):
                    others = d.judge(real)[1]
                losses[f"feat_{way}"] = sum(
                    ((f.mean(0) - o.mean(0)) ** 2).mean() for f, o in zip(features, others))
                total = total + feature_weight * losses[f"feat_{way}"]
        losses["recon_A"] = (((g_ba(fake_b) - a) / 2) ** 2).mean()
        losses["recon_B"] = (((g_ab(fake_a) - b) / 2) ** 2).mean()
        total = total + recon_weight * (losses["recon_A"] + losses["recon_B"])
        record.step(number, "G", total, losses)
        losses = {}
        for name, d, real, fake in (("D_A", d_a, a, fake_a), ("D_B", d_b, b, fake_b)):
            losses[name] = bce(d(real), 1) + bce(d(fake.detach()), 0)
        record.step(number, "D", losses["D_A"] + losses["D_B"], losses)
    record.write(folder)


# SRGAN

class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        self.act = nn.PReLU()
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)

    def forward(self, x):
        return x + self.bn2(self.conv2(self.act(self.bn1(self.conv1(x)))))


class Stage(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv, self.act = nn.Conv2d(width, 4 * width, 3, 1, 1), nn.PReLU()

    def forward(self, x):
        return self.act(F.pixel_shuffle(self.conv(x), 2))


class SRGenerator(nn.Module):
    def __init__(self, width, blocks, stages):
        super().__init__()
        self.first, self.first_act = nn.Conv2d(3, width, 9, 1, 4), nn.PReLU()
        self.blocks = nn.ModuleList(Block(width) for _ in range(blocks))
        self.trunk, self.trunk_bn = nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        self.ups = nn.ModuleList(Stage(width) for _ in range(stages))
        self.last = nn.Conv2d(width, 3, 9, 1, 4)

    def forward(self, x, record=None):
        record = {} if record is None else record
        shallow = y = self.first_act(self.first((x + 1) / 2))
        record["G.first_act"] = y
        for number, block in enumerate(self.blocks):
            y = block(y)
            record[f"G.blocks.{number}"] = y
        y = shallow + self.trunk_bn(self.trunk(y))
        record["G.trunk_bn"] = y
        for stage in self.ups:
            y = stage(y)
        return self.last(y)


class Judged(nn.Module):
    def __init__(self, inputs, outputs, number):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, 2 if number % 2 else 1, 1, bias=number == 0)
        self.bn = nn.BatchNorm2d(outputs) if number else None

    def forward(self, x):
        y = self.conv(x)
        return F.leaky_relu(self.bn(y) if self.bn else y, 0.2)


class SRDiscriminator(nn.Module):
    def __init__(self, size, width):
        super().__init__()
        wide = [width * 2 ** (n // 2) for n in range(8)]
        self.convs = nn.ModuleList(Judged(3 if n == 0 else wide[n - 1], wide[n], n) for n in range(8))
        for _ in range(4):
            size = (size + 1) // 2
        self.dense1, self.dense2 = nn.Linear(wide[-1] * size * size, 16 * width), nn.Linear(16 * width, 1)

    def forward(self, x):
        for layer in self.convs:
            x = layer(x)
        return self.dense2(F.leaky_relu(self.dense1(x.flatten(1)), 0.2))


class VGG(nn.Module):
    """The convolutions of a narrow VGG19, or VGG16, under Caffe's names."""

    def __init__(self, wide, depths):
        super().__init__()
        before, self.depths = 3, depths
        for block, (outputs, depth) in enumerate(zip(wide, depths), 1):
            for number in range(1, depth + 1):
                setattr(self, f"conv{block}_{number}", nn.Conv2d(before, outputs, 3, 1, 1))
                before = outputs

    def forward(self, x, last):
        x = (x[:, [2, 1, 0]] + 1) * 127.5 - torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
        for block, depth in enumerate(self.depths[:last], 1):
            if block > 1:
                x = F.max_pool2d(x, 2)
            for number in range(1, depth + 1):
                x = F.relu(getattr(self, f"conv{block}_{number}")(x))
        return x


def srgan(folder, seed, scale, size, mse_weight, vgg_weight, layer, gan_weight):
    torch.manual_seed(seed)
    spec = {
        "model": "srgan", "source": "scripts/make_paper_fixtures.py", "scale": scale, "image_size": size, "ngf": 6,
        "n_blocks": 2, "ndf": 4, "lambda_mse": mse_weight, "lambda_vgg": vgg_weight, "vgg_layer": layer,
        "lambda_gan": gan_weight, "optimizer": {"lr": 0.0001, "betas": [0.9, 0.999]}, "steps": 3, "seed": seed,
    }
    stages = {2: 1, 4: 2, 8: 3}[scale]
    networks = {"G": SRGenerator(6, 2, stages), "D": SRDiscriminator(size, 4)}
    spread(networks)
    g, d = networks.values()
    record = Recorder(spec, networks, {
        name: torch.optim.Adam(networks[name].parameters(), lr=1e-4, betas=(0.9, 0.999)) for name in ("G", "D")})
    vgg = VGG([4, 5, 6, 8, 10], [2, 2, 4, 4, 4])
    if vgg_weight:
        with torch.no_grad():
            for value in vgg.state_dict().values():
                value.copy_((value * 1.5).float().double())
        record.further["vgg"] = {f"weights.{key}": value for key, value in vgg.state_dict().items()}
    for number in (1, 2, 3):
        sharp = pictures(4, 3, size, size)
        small = record.input(f"step{number}.small", F.avg_pool2d(sharp, scale))
        sharp = record.input(f"step{number}.sharp", sharp)
        if number == 1:
            maps = {}
            with frozen_statistics(g):
                enlarged = g(small, maps)
            g.eval()
            record.forward(enlarged=enlarged, G_eval=g(small), **maps)
            g.train()
            record.forward(D_real=frozen(d, sharp), D_fake=frozen(d, enlarged))
        enlarged = g(small)
        if gan_weight:
            losses = {"D_real": bce(d(sharp), 1), "D_fake": bce(d(enlarged.detach()), 0)}
            record.step(number, "D", losses["D_real"] + losses["D_fake"], losses)
        losses = {"G_MSE": ((enlarged - sharp) ** 2).mean()}
        total = mse_weight * losses["G_MSE"]
        if vgg_weight:
            block = {"2_2": 2, "5_4": 5}[layer]
            losses["G_VGG"] = ((vgg(enlarged, block) - vgg(sharp, block)) ** 2).mean() / 12.75 ** 2
            total = total + vgg_weight * losses["G_VGG"]
        if gan_weight:
            losses["G_GAN"] = bce(d(enlarged), 1)
            total = total + gan_weight * losses["G_GAN"]
        losses["G"] = total
        record.step(number, "G", total, losses)
    record.write(folder)


# StarGAN on two data sets

def instance_norm(channels):
    return nn.InstanceNorm2d(channels, affine=True, track_running_stats=True)


class StarBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(width, width, 3, 1, 1, bias=False), instance_norm(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 1, bias=False), instance_norm(width))

    def forward(self, x):
        return x + self.main(x)


class StarGenerator(nn.Module):
    def __init__(self, labels, width, blocks):
        super().__init__()
        layers = [nn.Conv2d(3 + labels, width, 7, 1, 3, bias=False), instance_norm(width), nn.ReLU()]
        for _ in range(2):
            layers += [nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False), instance_norm(2 * width), nn.ReLU()]
            width *= 2
        layers += [StarBlock(width) for _ in range(blocks)]
        for _ in range(2):
            layers += [nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False), instance_norm(width // 2), nn.ReLU()]
            width //= 2
        self.main = nn.Sequential(*layers, nn.Conv2d(width, 3, 7, 1, 3, bias=False), nn.Tanh())

    def forward(self, x, label):
        return self.main(torch.cat([x, label[:, :, None, None].expand(-1, -1, *x.shape[2:])], 1))


class StarDiscriminator(nn.Module):
    def __init__(self, size, labels, width, layers):
        super().__init__()
        modules, before = [], 3
        for number in range(layers):
            modules += [nn.Conv2d(before, width << number, 4, 2, 1), nn.LeakyReLU(0.01)]
            before = width << number
        self.main = nn.Sequential(*modules)
        self.conv1 = nn.Conv2d(before, 1, 3, 1, 1, bias=False)
        self.conv2 = nn.Conv2d(before, labels, size >> layers, bias=False)

    def forward(self, x):
        h = self.main(x)
        return self.conv1(h), self.conv2(h).flatten(1)


def stargan_both(folder, seed):
    """As the notes on the official program describe its training on CelebA and RaFD at once."""
    torch.manual_seed(seed)
    first, second, size, count = 2, 3, 16, 3
    spec = {
        "model": "stargan", "source": "scripts/make_paper_fixtures.py", "dataset": "Both", "c_dim": first,
        "c2_dim": second, "image_size": size, "g_conv_dim": 4, "d_conv_dim": 4, "g_repeat_num": 1, "d_repeat_num": 2,
        "lambda_cls": 1.0, "lambda_rec": 10.0, "lambda_gp": 10.0, "g_lr": 0.0001, "d_lr": 0.0001, "beta1": 0.5,
        "beta2": 0.999, "n_critic": 1, "steps": 3, "seed": seed,
    }
    networks = {
        "G": StarGenerator(first + second + 2, 4, 1), "D": StarDiscriminator(size, first + second, 4, 2)}
    for module in networks["G"].modules():
        if isinstance(module, nn.InstanceNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.3, 0.3)
    g, d = networks.values()
    record = Recorder(spec, networks, {
        name: torch.optim.Adam(networks[name].parameters(), lr=1e-4, betas=(0.5, 0.999)) for name in ("G", "D")})

    def whole(labels, is_second):
        nothing = torch.zeros(len(labels), first if is_second else second)
        mask = torch.tensor([[0.0, 1.0] if is_second else [1.0, 0.0]]).expand(len(labels), 2)
        return torch.cat([nothing, labels, mask] if is_second else [labels, nothing, mask], 1)

    def classify(logits, labels, is_second):
        if is_second:
            return F.cross_entropy(logits[:, first:], labels.argmax(1))
        return F.binary_cross_entropy_with_logits(logits[:, :first], labels, reduction="sum") / len(labels)

    for number in (1, 2, 3):
        for is_second in (False, True):
            place, prefix = f"step{number}." + ("second." if is_second else ""), "second." if is_second else ""
            x = record.input(place + "x_real", pictures(count, 3, size, size))
            drawn = torch.randint(second, (count,)) if is_second else None
            labels = F.one_hot(drawn, second).double() if is_second else torch.randint(2, (count, first)).double()
            labels = record.input(place + "c_org", labels)
            order = torch.randperm(count)
            record.input(place + "rand_idx", order.double())
            alpha = record.input(place + "alpha", torch.rand(count, 1, 1, 1))
            own, target, wanted = whole(labels, is_second), whole(labels[order], is_second), labels[order]
            if number == 1 and not is_second:
                with frozen_statistics(g):
                    fake = g(x, target)
                    again = g(fake, own)
                (real_src, real_cls), (fake_src, fake_cls) = d(x), d(fake)
                record.forward(**{
                    "G.x_fake": fake, "G.x_reconst": again, "D.real.src": real_src, "D.real.cls": real_cls,
                    "D.fake.src": fake_src, "D.fake.cls": fake_cls})
            (scores, logits), fake = d(x), g(x, target).detach()
            losses = {
                "D.loss_real": -scores.mean(), "D.loss_fake": d(fake)[0].mean(),
                "D.loss_cls": classify(logits, labels, is_second)}
            between = (alpha * x + (1 - alpha) * fake).requires_grad_(True)
            slope, = torch.autograd.grad(d(between)[0].sum(), between, create_graph=True)
            losses["D.loss_gp"] = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
            total = losses["D.loss_real"] + losses["D.loss_fake"] + losses["D.loss_cls"] + 10 * losses["D.loss_gp"]
            record.step(number, "D", total, {prefix + name: value for name, value in losses.items()})
            fake = g(x, target)
            scores, logits = d(fake)
            losses = {
                "G.loss_fake": -scores.mean(), "G.loss_rec": (x - g(fake, own)).abs().mean(),
                "G.loss_cls": classify(logits, wanted, is_second)}
            total = losses["G.loss_fake"] + 10 * losses["G.loss_rec"] + losses["G.loss_cls"]
            record.step(number, "G", total, {prefix + name: value for name, value in losses.items()})
    record.write(folder)


# FastPhotoStyle

ENCODER = ["conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv3_3", "conv3_4", "conv4_1"]
WIDTHS = {"1": 4, "2": 5, "3": 6, "4": 7}


def photo_weights():
    """Narrow encoders and decoders under the authors' keys."""
    weights = {}

    def add(name, inputs, outputs, side=3):
        bound = 2.5 / (inputs * side * side) ** 0.5
        weights[f"{name}.weight"] = (torch.rand(outputs, inputs, side, side) * 2 - 1) * bound
        weights[f"{name}.bias"] = (torch.rand(outputs) * 2 - 1) * 0.1

    for level in (1, 2, 3, 4):
        names = ENCODER[:ENCODER.index(f"conv{level}_1") + 1]
        add(f"e{level}.conv0", 3, 3, 1)
        before = 3
        for name in names:
            add(f"e{level}.{name}", before, WIDTHS[name[4]])
            before = WIDTHS[name[4]]
        for name in names[::-1]:
            # The opposite of the encoder's convolution of the same name.
            index = names.index(name)
            after = WIDTHS[names[index - 1][4]] if index else 3
            add(f"d{level}.{name}", WIDTHS[name[4]], after)
    return {name: value.float().double() for name, value in weights.items()}


def photo_conv(weights, name, x):
    weight = weights[f"{name}.weight"]
    if weight.shape[-1] == 3:
        x = F.pad(x, (1, 1, 1, 1), mode="reflect")
    return F.conv2d(x, weight, weights[f"{name}.bias"])


def photo_encode(weights, level, x):
    x, features, pools = photo_conv(weights, f"e{level}.conv0", x), [], []
    for name in ENCODER[:ENCODER.index(f"conv{level}_1") + 1]:
        if name.endswith("_1") and name != "conv1_1":
            size = x.shape[-2:]
            x, indices = F.max_pool2d(x, 2, return_indices=True)
            pools.append((indices, size))
        x = F.relu(photo_conv(weights, f"e{level}.{name}", x))
        if name.endswith("_1"):
            features.append(x)
    return features, pools


def photo_decode(weights, level, x, pools):
    pools = list(pools)
    for name in ENCODER[:ENCODER.index(f"conv{level}_1") + 1][::-1]:
        x = photo_conv(weights, f"d{level}.{name}", x)
        if name == "conv1_1":
            return x
        x = F.relu(x)
        if name.endswith("_1"):
            indices, size = pools.pop()
            x = F.max_unpool2d(x, indices, 2, output_size=size)


def photo_wct_core(content, style):
    """Columns are pixels."""
    def moments(x):
        mean = x.mean(1, keepdim=True)
        return mean, (x - mean) @ (x - mean).T / (x.shape[1] - 1)

    def power(matrix, exponent):
        u, s, v = torch.linalg.svd(matrix)
        keep = s >= 1e-5
        return v.T[:, keep] @ torch.diag(s[keep] ** exponent) @ v[keep]

    c_mean, c_cov = moments(content)
    s_mean, s_cov = moments(style)
    return power(s_cov, 0.5) @ power(c_cov + torch.eye(len(c_cov)), -0.5) @ (content - c_mean) + s_mean


def nearest(labels, height, width):
    rows = [int((i + 0.5) * labels.shape[0] / height) for i in range(height)]
    columns = [int((i + 0.5) * labels.shape[1] / width) for i in range(width)]
    return labels[rows][:, columns]


def photo_transfer(content, style, labels):
    flat = content[0].flatten(1)
    if labels is None:
        return photo_wct_core(flat, style[0].flatten(1)).view_as(content)
    own = nearest(labels[0], *content.shape[-2:]).flatten()
    other = nearest(labels[1], *style.shape[-2:]).flatten()
    result = flat.clone()
    for label in labels[0].unique():
        a, b = int((labels[0] == label).sum()), int((labels[1] == label).sum())
        if a > 10 and b > 10 and a < 100 * b and b < 100 * a:
            mine, theirs = own == label, other == label
            if mine.sum() > 1 and theirs.sum() > 1:
                result[:, mine] = photo_wct_core(flat[:, mine], style[0].flatten(1)[:, theirs])
    return result.view_as(content)


def photo_wct(weights, content, style, labels=None):
    styles, _ = photo_encode(weights, 4, style)
    for level in (4, 3, 2, 1):
        features, pools = photo_encode(weights, level, content)
        content = photo_decode(weights, level, photo_transfer(features[-1], styles[level - 1], labels), pools)
    return content


def box(x, radius):
    """Means of [C,H,W] over windows, as far as they lie in the picture."""
    height, width = x.shape[-2:]
    result = torch.empty_like(x)
    for i in range(height):
        for j in range(width):
            window = x[:, max(0, i - radius):i + radius + 1, max(0, j - radius):j + radius + 1]
            result[:, i, j] = window.mean((1, 2))
    return result


def guided(source, guide, radius, epsilon):
    """[3,H,W] both."""
    mean = box(guide, radius)
    products = box((guide[:, None] * guide[None]).flatten(0, 1), radius).view(3, 3, *guide.shape[1:])
    covariance = products - mean[:, None] * mean[None] + epsilon * torch.eye(3)[:, :, None, None]
    inverse = torch.linalg.inv(covariance.permute(2, 3, 0, 1))
    result = []
    for plane in source:
        plane_mean = box(plane[None], radius)[0]
        shared = box(guide * plane, radius) - mean * plane_mean
        slope = torch.einsum("hwij,jhw->ihw", inverse, shared)
        offset = plane_mean - (slope * mean).sum(0)
        result.append((box(slope, radius) * guide).sum(0) + box(offset[None], radius)[0])
    return torch.stack(result)


def matting(source, guide, strength, epsilon=1e-7):
    """The whole system, solved at once."""
    height, width = guide.shape[1:]
    affinities = torch.zeros(height * width, height * width)
    colours, numbers = guide.flatten(1).T, torch.arange(height * width).view(height, width)
    for i in range(1, height - 1):
        for j in range(1, width - 1):
            window = numbers[i - 1:i + 2, j - 1:j + 2].flatten()
            centred = colours[window] - colours[window].mean(0)
            covariance = centred.T @ centred / 9 + epsilon / 9 * torch.eye(3)
            affinities[window[:, None], window[None]] += (1 + centred @ torch.linalg.inv(covariance) @ centred.T) / 9
    root = affinities.sum(1).rsqrt()
    alpha = 1 / (1 + strength)
    system = torch.eye(height * width) - alpha * root[:, None] * affinities * root[None]
    return torch.linalg.solve(system, (1 - alpha) * source.flatten(1).T).T.view_as(source)


def photostyle(folder, seed):
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    weights = photo_weights()
    # Odd sizes: pooling leaves out a row and a column.
    content = ((pictures(1, 3, 21, 26) + 1) / 2 * 255).round() / 255
    style = ((pictures(1, 3, 24, 18) + 1) / 2 * 255).round() / 255
    labels = [torch.zeros(21, 26, dtype=torch.long), torch.zeros(24, 18, dtype=torch.long)]
    labels[0][:, 13:], labels[1][12:] = 90, 90
    # A region that the style lacks, and one that is too small.
    labels[0][15:, :6], labels[0][:2, :3], labels[1][:2, :3] = 200, 7, 7
    whole, parts = photo_wct(weights, content, style), photo_wct(weights, content, style, labels)
    source, guide = whole[0].clamp(0, 1), content[0]
    write(folder / "weights.safetensors", weights)
    write(folder / "inputs.safetensors", {
        "content": content, "style": style, "content_labels": labels[0].double(), "style_labels": labels[1].double()})
    write(folder / "expected.safetensors", {
        "whole": whole, "regions": parts, "guided": guided(source, guide, 3, 0.01),
        "guided_fine": guided(source, guide, 35, 0.001 / 255 ** 2), "matting": matting(source, guide, 1e-4),
        "matting_close": matting(source, guide, 0.5)})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=pathlib.Path, help="the folder of folders of models")
    parser.add_argument("--style", type=pathlib.Path, help="the folder of FastPhotoStyle, which alone is made then")
    arguments = parser.parse_args()
    target = arguments.target
    if arguments.style:
        return photostyle(arguments.style, 8)
    discogan(target / "discogan", 3, bottleneck=0, feature_weight=0, gan_weight=1, recon_weight=1)
    discogan(target / "discogan-features", 4, bottleneck=7, feature_weight=0.9, gan_weight=0.1, recon_weight=0.5)
    srgan(target / "srgan", 5, scale=4, size=32, mse_weight=0, vgg_weight=1, layer="5_4", gan_weight=0.001)
    srgan(target / "srgan-x2", 6, scale=2, size=32, mse_weight=1, vgg_weight=0.5, layer="2_2", gan_weight=0.1)
    stargan_both(target / "stargan-both", 9)
    srgan(target / "srgan-srresnet", 7, scale=8, size=32, mse_weight=1, vgg_weight=0, layer="5_4", gan_weight=0)


if __name__ == "__main__":
    main()
