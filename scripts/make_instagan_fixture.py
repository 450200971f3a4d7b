#!/usr/bin/env python3
"""Makes the test fixture instagan-groups: InstaGAN with several groups of instances in a picture.

A second implementation of the training step in PyTorch, in double precision, written from the description of the method
and sharing no code with the program here or the authors'. Needs a python with torch.
"""
import argparse
import json
import pathlib
import struct

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

WIDTH_G, WIDTH_D, BLOCKS = 2, 2, 1
HEIGHT, WIDTH, SLOTS = 24, 28, 6
INS_MAX, INS_PER, STEPS = 4, 2, 2
LAMBDA = {"A": 10.0, "B": 8.0}
LAMBDA_IDT, LAMBDA_CTX = 0.5, 1.5
RATE, BETA1, BETA2, EPSILON = 2e-4, 0.5, 0.999, 1e-8
# Instances of A and of B in each step.
COUNTS = [(3, 2), (1, 4)]


def norm(x):
    mean = x.mean((2, 3), keepdim=True)
    variance = ((x - mean) ** 2).mean((2, 3), keepdim=True)
    return (x - mean) / torch.sqrt(variance + 1e-5)


def reflect(x, size):
    return F.pad(x, (size, size, size, size), mode="reflect")


class Generator:
    def __init__(self, state):
        self.state = state

    def conv(self, key, x, **options):
        return F.conv2d(x, self.state[key + ".weight"], self.state[key + ".bias"], **options)

    def up(self, key, x):
        return F.conv_transpose2d(
            x, self.state[key + ".weight"], self.state[key + ".bias"], stride=2, padding=1, output_padding=1)

    def encode(self, part, x):
        y = F.relu(norm(self.conv(part + ".1", reflect(x, 3))))
        for index in (4, 7):
            y = F.relu(norm(self.conv(f"{part}.{index}", y, stride=2, padding=1)))
        for index in range(BLOCKS):
            key = f"{part}.{10 + index}.conv_block"
            inner = F.relu(norm(self.conv(key + ".1", reflect(y, 1))))
            y = y + norm(self.conv(key + ".5", reflect(inner, 1)))
        return y

    def decode(self, part, x):
        for index in (0, 3):
            x = F.relu(norm(self.up(f"{part}.{index}", x)))
        return torch.tanh(self.conv(part + ".7", reflect(x, 3)))

    def __call__(self, x, present):
        picture, masks = x[:, :3], x[:, 3:]
        image = self.encode("encoder_img", picture)
        each = {i: self.encode("encoder_seg", masks[:, i : i + 1]) for i in present}
        total = sum(each.values())
        parts = [self.decode("decoder_img", torch.cat([image, total], 1))]
        for i in range(masks.shape[1]):
            parts.append(
                self.decode("decoder_seg", torch.cat([each[i], image, total], 1)) if i in each else masks[:, i : i + 1])
        return torch.cat(parts, 1)


class Discriminator:
    def __init__(self, state):
        self.state = state

    def conv(self, key, x, stride):
        weight, bias = self.state[key + ".module.weight_bar"], self.state[key + ".module.bias"]
        with torch.no_grad():
            matrix = weight.reshape(weight.shape[0], -1)
            v = matrix.T @ self.state[key + ".module.weight_u"]
            v = v / (v.norm() + 1e-12)
            u = matrix @ v
            u = u / (u.norm() + 1e-12)
            self.state[key + ".module.weight_u"], self.state[key + ".module.weight_v"] = u, v
        sigma = u @ (weight.reshape(weight.shape[0], -1) @ v)
        return F.conv2d(x, weight / sigma, bias, stride=stride, padding=1)

    def features(self, part, x):
        y = F.leaky_relu(self.conv(part + ".0", x, 2), 0.2)
        for index in (2, 5):
            y = F.leaky_relu(norm(self.conv(f"{part}.{index}", y, 2)), 0.2)
        return y

    def __call__(self, x, present):
        image = self.features("feature_img", x[:, :3])
        total = 0
        for i in present or [0]:
            total = total + self.features("feature_seg", x[:, 3 + i : 4 + i])
        y = F.leaky_relu(norm(self.conv("classifier.0", torch.cat([image, total], 1), 1)), 0.2)
        return self.conv("classifier.3", y, 1)


class Adam:
    """Counts the steps of its parameters together."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.m = {key: torch.zeros_like(value) for key, value in parameters()}
        self.v = {key: torch.zeros_like(value) for key, value in parameters()}
        self.count = 0

    def step(self, gradients):
        self.count += 1
        for key, value in self.parameters():
            gradient = gradients[key]
            self.m[key] = BETA1 * self.m[key] + (1 - BETA1) * gradient
            self.v[key] = BETA2 * self.v[key] + (1 - BETA2) * gradient**2
            m = self.m[key] / (1 - BETA1**self.count)
            v = self.v[key] / (1 - BETA2**self.count)
            value.data -= RATE * m / (v.sqrt() + EPSILON)


def initial(random):
    """The start weights, of every layer by its shape."""

    def draw(*shape, scale):
        return (torch.randn(shape, generator=random) * scale).float().double()

    states = {}
    for name in ("G_A", "G_B"):
        state = states[name] = {}

        def conv(key, out, inputs, size):
            state[key + ".weight"] = draw(out, inputs, size, size, scale=(inputs * size * size) ** -0.5)
            state[key + ".bias"] = draw(out, scale=0.1)

        c = WIDTH_G
        for part, inputs in (("encoder_img", 3), ("encoder_seg", 1)):
            conv(part + ".1", c, inputs, 7)
            conv(part + ".4", 2 * c, c, 3)
            conv(part + ".7", 4 * c, 2 * c, 3)
            for index in range(BLOCKS):
                for inner in (1, 5):
                    conv(f"{part}.{10 + index}.conv_block.{inner}", 4 * c, 4 * c, 3)
        for part, inputs, outputs in (("decoder_img", 8 * c, 3), ("decoder_seg", 12 * c, 1)):
            for index, width in ((0, inputs), (3, inputs // 2)):
                key = f"{part}.{index}"
                state[key + ".weight"] = draw(width, width // 2, 3, 3, scale=(width * 9) ** -0.5)
                state[key + ".bias"] = draw(width // 2, scale=0.1)
            conv(part + ".7", outputs, inputs // 4, 7)
    for name in ("D_A", "D_B"):
        state = states[name] = {}
        d = WIDTH_D
        layers = [("classifier.0", 16 * d, 8 * d), ("classifier.3", 1, 16 * d)]
        for part, inputs in (("feature_img", 3), ("feature_seg", 1)):
            layers += [(part + ".0", d, inputs), (part + ".2", 2 * d, d), (part + ".5", 4 * d, 2 * d)]
        for key, out, inputs in layers:
            key += ".module"
            state[key + ".bias"] = draw(out, scale=0.1)
            state[key + ".weight_bar"] = draw(out, inputs, 4, 4, scale=(inputs * 16) ** -0.5)
            for vector, size in (("weight_u", out), ("weight_v", inputs * 16)):
                value = torch.randn(size, generator=random)
                state[f"{key}.{vector}"] = (value / value.norm()).float().double()
    return states


def is_buffer(key):
    return key.endswith(("weight_u", "weight_v"))


def masks(random, count):
    """Soft discs in slots without order, -1 in the others."""
    result = -torch.ones(1, SLOTS, HEIGHT, WIDTH)
    ys, xs = torch.meshgrid(torch.arange(HEIGHT) + 0.5, torch.arange(WIDTH) + 0.5, indexing="ij")
    for slot in torch.randperm(SLOTS, generator=random)[:count].tolist():
        y, x, r = (torch.rand(3, generator=random) * torch.tensor([HEIGHT, WIDTH, 6.0]) + torch.tensor([0, 0, 2.5])).tolist()
        distance = torch.sqrt((ys - y * 0.8) ** 2 + (xs - x * 0.8) ** 2)
        result[0, slot] = torch.round((torch.clamp(r - distance, -0.5, 0.5) + 0.5) * 255) / 255 * 2 - 1
        result[0, slot, int(y * 0.8), int(x * 0.8)] = 1
    return result.float().double()


class Run:
    def __init__(self, seed):
        self.random = torch.Generator().manual_seed(seed)
        self.states = initial(self.random)
        self.start = self.snapshot()
        self.g = {name: Generator(self.states[name]) for name in ("G_A", "G_B")}
        self.d = {name: Discriminator(self.states[name]) for name in ("D_A", "D_B")}
        self.optimizers = {
            "G": Adam(lambda: self.parameters("G_A", "G_B")),
            "D_A": Adam(lambda: self.parameters("D_A")),
            "D_B": Adam(lambda: self.parameters("D_B")),
        }
        self.inputs, self.expected, self.substeps = {}, {}, []

    def parameters(self, *names):
        return [(f"{n}.{k}", v) for n in names for k, v in self.states[n].items() if not is_buffer(k)]

    def snapshot(self):
        return {f"{n}.{k}": v.detach().clone() for n, state in self.states.items() for k, v in state.items()}

    def minimize(self, which, loss, step):
        parameters = self.optimizers[which].parameters()
        found = torch.autograd.grad(loss, [v for _, v in parameters])
        gradients = {key: gradient for (key, _), gradient in zip(parameters, found)}
        self.optimizers[which].step(gradients)
        count = self.optimizers[which].count if step == 1 else 0
        if step == 1 and count <= 2:
            for key, gradient in gradients.items():
                self.expected[f"grad{'' if count == 1 else count}.step1.{key}"] = gradient

    def select(self, all_masks, step, side):
        """The largest masks, as many as there may be, in a random order."""
        means = all_masks.mean((0, 2, 3))
        chosen = sorted((i for i in range(SLOTS) if means[i] > -1), key=lambda i: -means[i].item())[:INS_MAX]
        order = torch.randperm(len(chosen), generator=self.random)
        self.inputs[f"step{step}.perm_{side}"] = order
        return [all_masks[:, chosen[i] : chosen[i] + 1] for i in order.tolist()]

    def train(self, step):
        work = {}
        for side, count in zip("AB", COUNTS[step - 1]):
            picture = (torch.rand(1, 3, HEIGHT, WIDTH, generator=self.random) * 2 - 1).float().double()
            picture = F.avg_pool2d(reflect(picture, 2), 5, 1).float().double()
            segs = masks(self.random, count)
            self.inputs[f"step{step}.{side}"], self.inputs[f"step{step}.{side}_segs"] = picture, segs
            work[side] = {"original": picture, "x": picture, "done": [], "segs": segs}
        for side in "AB":
            work[side]["masks"] = self.select(work[side]["segs"], step, side)
        for group in range(INS_MAX // INS_PER):
            active = {}
            for side in "AB":
                current = work[side]["masks"][group * INS_PER : (group + 1) * INS_PER]
                if current:
                    active[side] = current
            if not active:
                break
            self.substeps.append({"step": step, "sub": group + 1, "A": "A" in active, "B": "B" in active})
            self.substep(step, group + 1, work, active)
        if step == STEPS:
            for key, value in self.snapshot().items():
                self.expected[f"weights.step{step}.{key}"] = value

    def substep(self, step, sub, work, active):
        for _, value in self.parameters("G_A", "G_B", "D_A", "D_B"):
            value.requires_grad_(True)
        empty = -torch.ones(1, 1, HEIGHT, WIDTH)
        losses, shown, results = {}, {}, {}
        for side, current in active.items():
            other = "B" if side == "A" else "A"
            there, back, judge = self.g["G_" + side], self.g["G_" + other], self.d["D_" + side]
            present = list(range(len(current)))
            real = torch.cat([work[side]["x"]] + current + [empty] * (INS_PER - len(current)), 1)
            fake = there(real, present)
            again, same = back(fake, present), back(real, present)
            masks_out = [fake[:, 3 + i : 4 + i] for i in present]
            judged = work[side]["done"] + masks_out
            full = torch.cat([fake[:, :3]] + judged, 1)
            losses["G_" + side] = ((judge(full, list(range(len(judged)))) - 1) ** 2).mean()
            losses["cyc_" + side] = LAMBDA[side] * (again - real).abs().mean()
            losses["idt_" + other] = LAMBDA[side] * LAMBDA_IDT * (same - real).abs().mean()
            covered = sum((mask + 1) / 2 for mask in current + masks_out)
            weight = 1 - covered.clamp(0, 1)
            losses["ctx_" + side] = (
                LAMBDA[side] * LAMBDA_CTX * (weight * (real[:, :3] - fake[:, :3]).abs()).mean())
            shown[side] = (full.detach(), len(judged))
            results[side] = (fake[:, :3].detach(), [mask.detach() for mask in masks_out])
        total = sum(losses.values())
        losses["G"] = total
        self.minimize("G", total, step)
        for side in active:
            other = "B" if side == "A" else "A"
            judge = self.d["D_" + side]
            real = torch.cat([work[other]["original"]] + work[other]["masks"], 1)
            fake, count = shown[side]
            loss = 0.5 * (
                ((judge(real, list(range(len(work[other]["masks"])))) - 1) ** 2).mean()
                + (judge(fake, list(range(count))) ** 2).mean())
            losses["D_" + side] = loss
            self.minimize("D_" + side, loss, step)
        for side, (picture, masks_out) in results.items():
            work[side]["x"] = picture
            work[side]["done"] += masks_out
        for name, value in losses.items():
            self.expected[f"loss.step{step}.sub{sub}.{name}"] = value.detach()


def write(path, tensors):
    header, data = {}, b""
    for name, tensor in sorted(tensors.items()):
        whole = not tensor.is_floating_point()
        values = tensor.reshape(-1).tolist()
        part = struct.pack(f"<{len(values)}{'q' if whole else 'f'}", *values)
        header[name] = {
            "dtype": "I64" if whole else "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def zero_gradients():
    """Biases before a norm, whose gradients are 0 but for rounding."""
    found = []
    for name in ("G_A", "G_B"):
        for part in ("encoder_img", "encoder_seg"):
            found += [f"{name}.{part}.{i}.bias" for i in (1, 4, 7)]
            found += [f"{name}.{part}.{10 + b}.conv_block.{i}.bias" for b in range(BLOCKS) for i in (1, 5)]
        found += [f"{name}.{part}.{i}.bias" for part in ("decoder_img", "decoder_seg") for i in (0, 3)]
    for name in ("D_A", "D_B"):
        found += [f"{name}.{part}.{i}.module.bias" for part in ("feature_img", "feature_seg") for i in (2, 5)]
        found.append(f"{name}.classifier.0.module.bias")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=4)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    run = Run(arguments.seed)
    for step in range(1, STEPS + 1):
        run.train(step)
    spec = {
        "model": "instagan", "source": "scripts/make_instagan_fixture.py", "seed": arguments.seed, "input_nc": 3,
        "output_nc": 3, "ngf": WIDTH_G, "n_blocks": BLOCKS, "ndf": WIDTH_D, "gan_mode": "lsgan", "lambda_A": LAMBDA["A"],
        "lambda_B": LAMBDA["B"], "lambda_idt": LAMBDA_IDT, "lambda_ctx": LAMBDA_CTX, "pool_size": 50,
        "set_order": "random", "ins_max": INS_MAX, "ins_per": INS_PER,
        "optimizer": {"lr": RATE, "betas": [BETA1, BETA2], "eps": EPSILON}, "steps": STEPS, "substeps": run.substeps,
        "zero_gradient_params": zero_gradients(),
    }
    arguments.target.mkdir(parents=True, exist_ok=True)
    (arguments.target / "spec.json").write_text(json.dumps(spec, indent=1) + "\n")
    write(arguments.target / "weights.safetensors", run.start)
    write(arguments.target / "inputs.safetensors", run.inputs)
    write(arguments.target / "expected.safetensors", run.expected)


if __name__ == "__main__":
    main()
