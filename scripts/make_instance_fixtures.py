#!/usr/bin/env python3
"""Computes the numbers that INIT and DUNIT are held against, with a second implementation in PyTorch (float64).

The authors have published neither program nor numbers (DUNIT's repository lacks the networks of the paper), so these
folders are no official numbers: this script and the models in Swift were written from the same description,
docs/models.md, and share no code. It needs torch, and is for the tests only.

  scripts/make_instance_fixtures.py Tests/GanParityTests/Fixtures
"""
import argparse
import json
import math
import pathlib
import struct

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


# ---- files ---------------------------------------------------------------------------------------------------------

def write(path, tensors):
  header, offset, parts = {}, 0, []
  for name, tensor in sorted(tensors.items()):
    data = tensor.detach().to(torch.float32).contiguous().numpy().tobytes()
    header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
    offset += len(data)
    parts.append(data)
  text = json.dumps(header, separators=(",", ":")).encode()
  text += b" " * (-len(text) % 8)
  path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def rounded(tensor):
  """What a file of single precision holds."""
  return tensor.to(torch.float32).to(torch.float64)


# ---- blocks --------------------------------------------------------------------------------------------------------

class Net:
  """Parameters by name, made when they are first asked for."""

  def __init__(self, seed):
    self.random = torch.Generator().manual_seed(seed)
    self.values, self.buffers, self.zero_gradients = {}, {}, set()

  def draw(self, *shape):
    return rounded(torch.randn(*shape, generator=self.random))

  def uniform(self, low, high, *shape):
    return low + (high - low) * torch.rand(*shape, generator=self.random)

  def weight(self, name, *shape, fan_in):
    if name not in self.values:
      deviation = min(0.2, max(0.05, math.sqrt(2 / fan_in)))
      self.values[name] = rounded(self.draw(*shape) * deviation).requires_grad_()
    return self.values[name]

  def bias(self, name, *shape, low=0.05, high=0.2):
    if name not in self.values:
      sign = torch.where(torch.rand(*shape, generator=self.random) < 0.5, -1.0, 1.0)
      self.values[name] = rounded(sign * self.uniform(low, high, *shape)).requires_grad_()
    return self.values[name]

  def gain(self, name, *shape):
    if name not in self.values:
      self.values[name] = rounded(self.uniform(0.5, 1.5, *shape)).requires_grad_()
    return self.values[name]

  def conv(self, name, x, outputs, kernel, stride=1, padding=0, null_bias=False):
    if padding:
      x = F.pad(x, (padding,) * 4, mode="reflect")
    inputs = x.shape[1]
    weight = self.weight(name + ".weight", outputs, inputs, kernel, kernel, fan_in=inputs * kernel * kernel)
    bias = self.bias(name + ".bias", outputs)
    if null_bias:
      self.zero_gradients.add(name + ".bias")
    return F.conv2d(x, weight, bias, stride=stride)

  def linear(self, name, x, outputs, high=0.2):
    weight = self.weight(name + ".weight", outputs, x.shape[1], fan_in=x.shape[1])
    return x @ weight.T + self.bias(name + ".bias", outputs, high=high)


def instance_norm(x):
  mean = x.mean((2, 3), keepdim=True)
  variance = ((x - mean) ** 2).mean((2, 3), keepdim=True)
  return (x - mean) / torch.sqrt(variance + 1e-5)


def leaky(x, slope):
  return torch.where(x > 0, x, slope * x)


def relu(x):
  return torch.where(x > 0, x, torch.zeros_like(x))


def l1(a, b):
  return (a - b).abs().mean()


def appended(x, vector):
  return torch.cat([x, vector[:, :, None, None].expand(-1, -1, x.shape[2], x.shape[3])], 1)


def pooled(x):
  """3x3, stride 2, padding 1; the padding is not counted."""
  ones = torch.ones_like(x[:1, :1])
  return F.avg_pool2d(x, 3, 2, 1) * 9 / (F.avg_pool2d(ones, 3, 2, 1) * 9)


class Adam:
  def __init__(self, net, prefixes, rate, decay):
    self.names = [name for name in net.values if name.split(".")[0] in prefixes]
    self.net, self.rate, self.decay, self.steps = net, rate, decay, 0
    self.m = {name: torch.zeros_like(net.values[name]) for name in self.names}
    self.v = {name: torch.zeros_like(net.values[name]) for name in self.names}

  def gradients(self, loss, keep=False):
    found = torch.autograd.grad(
        loss, [self.net.values[name] for name in self.names], retain_graph=keep, allow_unused=True)
    return [torch.zeros_like(self.net.values[n]) if g is None else g for n, g in zip(self.names, found)]

  def step(self, gradients):
    self.steps += 1
    with torch.no_grad():
      for name, gradient in zip(self.names, gradients):
        p = self.net.values[name]
        g = gradient + self.decay * p
        self.m[name] = 0.5 * self.m[name] + 0.5 * g
        self.v[name] = 0.999 * self.v[name] + 0.001 * g * g
        p -= self.rate * (self.m[name] / (1 - 0.5 ** self.steps)) / (
            torch.sqrt(self.v[name] / (1 - 0.999 ** self.steps)) + 1e-8)


# ---- boxes ---------------------------------------------------------------------------------------------------------

def taps(place, size):
  """The neighbours of a place along an axis, where i is the centre of pixel i, and their weights."""
  place = min(max(place, 0), size - 1)
  low = min(int(math.floor(place)), size - 1)
  high = min(low + 1, size - 1)
  return (low, 1 - (place - low)), (high, place - low)


def crop(picture, box, size):
  """`size` x `size` bilinear samples of [C,H,W] in the middles of as many bins of the box."""
  left, top, right, bottom = box
  rows = [taps(top + (i + 0.5) / size * (bottom - top) - 0.5, picture.shape[1]) for i in range(size)]
  columns = [taps(left + (j + 0.5) / size * (right - left) - 0.5, picture.shape[2]) for j in range(size)]
  lines = torch.stack([sum(picture[:, y] * weight for y, weight in row) for row in rows], 1)
  return torch.stack([sum(lines[:, :, x] * weight for x, weight in column) for column in columns], 2)


def covered(box, height, width, scale=1):
  """The cells whose centres lie in the box."""
  left, top, right, bottom = (side / scale for side in box)
  return [(y, x) for y in range(height) for x in range(width)
          if top <= y + 0.5 < bottom and left <= x + 0.5 < right]


def by_area(boxes):
  return sorted(boxes, key=lambda box: (-(box[2] - box[0]) * (box[3] - box[1]), box[0], box[1], box[2]))


# ---- INIT ----------------------------------------------------------------------------------------------------------

class Init:
  dim, blocks, style, mlp, dis, layers, scales, object_scales, size = 3, 1, 3, 6, 3, 2, 2, 2, 16

  def __init__(self, seed):
    self.net = Net(seed)

  def content(self, d, x):
    net, path, c = self.net, f"gen_{d}.enc_content.model", self.dim
    x = relu(instance_norm(net.conv(f"{path}.0.conv", x, c, 7, 1, 3, True)))
    for level in (1, 2):
      x = relu(instance_norm(net.conv(f"{path}.{level}.conv", x, c << level, 4, 2, 1, True)))
    for block in range(self.blocks):
      inner = f"{path}.3.model.{block}.model"
      y = relu(instance_norm(net.conv(f"{inner}.0.conv", x, 4 * c, 3, 1, 1, True)))
      x = x + instance_norm(net.conv(f"{inner}.1.conv", y, 4 * c, 3, 1, 1, True))
    return x

  def style_of(self, d, x):
    net, path, c = self.net, f"gen_{d}.enc_style.model", self.dim
    x = relu(net.conv(f"{path}.0.conv", x, c, 7, 1, 3))
    for level, outputs in enumerate((2 * c, 4 * c, 4 * c, 4 * c)):
      x = relu(net.conv(f"{path}.{level + 1}.conv", x, outputs, 4, 2, 1))
    return net.conv(f"{path}.6", x.mean((2, 3), keepdim=True), self.style, 1)

  def decode(self, d, code, style):
    net, c = self.net, self.dim
    count = 2 * 2 * self.blocks * 4 * c
    v = relu(net.linear(f"gen_{d}.mlp.model.0.fc", style.flatten(1), self.mlp))
    v = relu(net.linear(f"gen_{d}.mlp.model.1.fc", v, self.mlp))
    v = net.linear(f"gen_{d}.mlp.model.2.fc", v, count, high=0.6)
    path, place = f"gen_{d}.dec.model", 0

    def adain(name, x):
      nonlocal place
      channels = x.shape[1]
      net.buffers.setdefault(f"{name}.norm.running_mean", torch.zeros(channels))
      net.buffers.setdefault(f"{name}.norm.running_var", torch.ones(channels))
      shift, scale = v[:, place:place + channels], v[:, place + channels:place + 2 * channels]
      place += 2 * channels
      return instance_norm(x) * scale[:, :, None, None] + shift[:, :, None, None]

    x = code
    for block in range(self.blocks):
      inner = f"{path}.0.model.{block}.model"
      y = relu(adain(f"{inner}.0", net.conv(f"{inner}.0.conv", x, 4 * c, 3, 1, 1, True)))
      x = x + adain(f"{inner}.1", net.conv(f"{inner}.1.conv", y, 4 * c, 3, 1, 1, True))
    for level in (0, 1):
      name, channels = f"{path}.{2 + 2 * level}", 4 * c >> (level + 1)
      x = net.conv(f"{name}.conv", x.repeat_interleave(2, 2).repeat_interleave(2, 3), channels, 5, 1, 2)
      flat = x.flatten(1)
      x = (x - flat.mean(1)[:, None, None, None]) / (flat.std(1)[:, None, None, None] + 1e-5)
      x = x * net.gain(f"{name}.norm.gamma", channels)[None, :, None, None]
      x = relu(x + net.bias(f"{name}.norm.beta", channels)[None, :, None, None])
    return torch.tanh(net.conv(f"{path}.5.conv", x, 3, 7, 1, 3))

  def judge(self, name, x, scales):
    maps = []
    for scale in range(scales):
      y = x
      for layer in range(self.layers):
        y = leaky(self.net.conv(f"{name}.cnns.{scale}.{layer}.conv", y, self.dis << layer, 4, 2, 1), 0.2)
      maps.append(self.net.conv(f"{name}.cnns.{scale}.{self.layers}", y, 1, 1))
      x = pooled(x)
    return maps

  def judged(self, name, x):
    return self.judge(name, x, self.object_scales if name.startswith("disobj") else self.scales)

  def dis_loss(self, name, real, fake):
    return sum((f ** 2).mean() + ((r - 1) ** 2).mean() for f, r in zip(self.judged(name, fake), self.judged(name, real)))

  def gen_loss(self, name, fake):
    return sum(((f - 1) ** 2).mean() for f in self.judged(name, fake))

  def objects(self, x, boxes, draws):
    """One object of each picture, by the draws, and these pictures with all of their boxes blanked."""
    crops, masks = [], torch.ones(len(boxes), 1, *x.shape[2:])
    for item, (picture, all_boxes) in enumerate(boxes):
      crops.append(crop(x[picture], all_boxes[min(int(draws[item] * len(all_boxes)), len(all_boxes) - 1)], self.size))
      for box in all_boxes:
        for row, column in covered(box, *x.shape[2:]):
          masks[item, 0, row, column] = 0
    chosen = torch.stack([x[picture] for picture, _ in boxes])
    return torch.stack(crops), chosen, chosen * masks


def init_forward(m, inputs):
  """A step's passes for whole pictures and for objects."""
  r = {"x_a": inputs["x_a"], "x_b": inputs["x_b"]}
  for d in "ab":
    r[f"c_{d}"], r[f"s_{d}_prime"] = m.content(d, r[f"x_{d}"]), m.style_of(d, r[f"x_{d}"])
  for d, other in ("ab", "ba"):
    r[f"s_{d}"] = inputs.get(f"gen.s_{d}", r[f"s_{d}_prime"])
    dis_style = inputs.get(f"dis.s_{d}", r[f"s_{d}_prime"])
    r[f"dis_fake_{d}"] = m.decode(d, r[f"c_{other}"], dis_style)
    r[f"x_{d}_recon"] = m.decode(d, r[f"c_{d}"], r[f"s_{d}_prime"])
    r[f"fake_{d}"] = m.decode(d, r[f"c_{other}"], r[f"s_{d}"])
    # Content of the other domain and style of this one, found again.
    r[f"c_{other}_recon"] = m.content(d, r[f"fake_{d}"])
    r[f"s_{d}_recon"] = m.style_of(d, r[f"fake_{d}"])
  for d in "ab":
    r[f"cycle_{d}"] = m.decode(d, r[f"c_{d}_recon"], r[f"s_{d}_prime"])
  pairs = [i for i in range(len(inputs["boxes_a"])) if inputs["boxes_a"][i] and inputs["boxes_b"][i]]
  r["has_objects"] = bool(pairs)
  if not pairs:
    return r
  for d in "ab":
    boxes = [(i, inputs[f"boxes_{d}"][i]) for i in pairs]
    crops, pictures, grounds = m.objects(r[f"x_{d}"], boxes, [float(v) for v in inputs[f"box_{d}"]])
    r[f"o_{d}"], r[f"ground_{d}"] = crops, grounds
    r[f"c_o_{d}"], r[f"s_o_{d}"] = m.content(d, crops), m.style_of(d, crops)
    r[f"s_coarse_{d}"] = m.style_of(d, pictures if float(inputs[f"coarse_{d}"]) < 0.5 else grounds)
    r[f"o_{d}_recon"] = m.decode(d, r[f"c_o_{d}"], r[f"s_o_{d}"])
  for kind, style in (("o", "s_o"), ("coarse", "s_coarse")):
    for d, other in ("ab", "ba"):
      fake = r[f"fake_{kind}_{d}"] = m.decode(d, r[f"c_o_{other}"], r[f"{style}_{d}"])
      r[f"c_{kind}_{other}_recon"], r[f"s_{kind}_{d}_recon"] = m.content(d, fake), m.style_of(d, fake)
    for d in "ab":
      r[f"cycle_{kind}_{d}"] = m.decode(d, r[f"c_{kind}_{d}_recon"], r[f"s_o_{d}"])
  return r


def init_losses(m, r, w):
  """The generators' losses: name, value, weight."""
  terms = []
  for d, other in ("ab", "ba"):
    terms += [
        (f"gen_adv_{d}", m.gen_loss(f"dis_{d}", r[f"fake_{d}"]), w["gan_w"]),
        (f"gen_recon_x_{d}", l1(r[f"x_{d}_recon"], r[f"x_{d}"]), w["recon_x_w"]),
        (f"gen_recon_s_{d}", l1(r[f"s_{d}_recon"], r[f"s_{d}"]), w["recon_s_w"]),
        (f"gen_recon_c_{d}", l1(r[f"c_{d}_recon"], r[f"c_{d}"]), w["recon_c_w"]),
        (f"gen_cycrecon_x_{d}", l1(r[f"cycle_{d}"], r[f"x_{d}"]), w["recon_x_cyc_w"]),
    ]
    if not r["has_objects"]:
      continue
    everything = w["object_w"]
    terms.append((f"gen_recon_o_{d}", l1(r[f"o_{d}_recon"], r[f"o_{d}"]), everything * w["recon_x_w"]))
    for kind, style in (("o", "s_o"), ("coarse", "s_coarse")):
      terms += [
          (f"gen_adv_{kind}_{d}", m.gen_loss(f"disobj_{d}", r[f"fake_{kind}_{d}"]), everything * w["gan_w"]),
          (f"gen_recon_s_{kind}_{d}", l1(r[f"s_{kind}_{d}_recon"], r[f"{style}_{d}"]), everything * w["recon_s_w"]),
          (f"gen_recon_c_{kind}_{d}", l1(r[f"c_{kind}_{d}_recon"], r[f"c_o_{d}"]), everything * w["recon_c_w"]),
          (f"gen_cycrecon_{kind}_{d}", l1(r[f"cycle_{kind}_{d}"], r[f"o_{d}"]), everything * w["recon_x_cyc_w"]),
      ]
  return terms


def init_step(m, inputs, optimizers, w):
  losses, gradients = {}, {}

  def keep(optimizer, found):
    gradients.update(zip(optimizer.names, found))
    optimizer.step(found)

  r = init_forward(m, inputs)
  total = 0
  for d in "ab":
    losses[f"dis_{d}"] = m.dis_loss(f"dis_{d}", r[f"x_{d}"], r[f"dis_fake_{d}"].detach())
    total = total + w["gan_w"] * losses[f"dis_{d}"]
  losses["dis_total"] = total
  keep(optimizers["dis"], optimizers["dis"].gradients(total))
  if r["has_objects"]:
    total = 0
    for d in "ab":
      name, fakes = f"disobj_{d}", [r[f"fake_{kind}_{d}"].detach() for kind in ("o", "coarse")]
      losses[name] = sum(m.dis_loss(name, r[f"o_{d}"], fake) for fake in fakes) / 2
      total = total + w["gan_w"] * losses[name]
    losses["disobj_total"] = total
    keep(optimizers["disobj"], optimizers["disobj"].gradients(total))
  terms = init_losses(m, r, w)
  losses.update({name: value for name, value, _ in terms})
  losses["gen_total"] = sum(value * weight for _, value, weight in terms)
  keep(optimizers["gen"], optimizers["gen"].gradients(losses["gen_total"]))
  return losses, gradients


def smooth_picture(net, count, size):
  """Random blobs, so that pictures have content."""
  coarse = net.draw(count, 3, 5, 5)
  fine = net.draw(count, 3, size, size)
  return rounded(torch.tanh(F.interpolate(coarse, (size, size), mode="bilinear") + 0.25 * fine) * 0.95)


def init_fixture(seed):
  m, w = Init(seed), dict(gan_w=1, recon_x_w=10, recon_s_w=1, recon_c_w=1, recon_x_cyc_w=10, object_w=0.5)
  data = Net(seed + 1000)
  boxes = [
      dict(a=[[(2.25, 3, 20.5, 21), (10, 8.5, 30, 27.25)], [(0, 0, 17, 16.5)]],
           b=[[(5, 4, 25.75, 24)], [(8, 2, 31, 19), (1.5, 12, 18, 32), (3, 3, 29, 30)]]),
      dict(a=[[], [(4.5, 6, 22, 28)]], b=[[(1, 1, 19, 18)], [(7, 9, 27.5, 28)]]),
      dict(a=[[], []], b=[[(1, 1, 19, 18)], []]),
  ]
  stored, steps = {}, []
  for number, both in enumerate(boxes, 1):
    inputs = {"x_a": smooth_picture(data, 2, 32), "x_b": smooth_picture(data, 2, 32)}
    pairs = sum(1 for a, b in zip(both["a"], both["b"]) if a and b)
    if pairs:
      for key, value in (("box_a", [0.7, 0.1]), ("box_b", [0.2, 0.5])):
        inputs[key] = rounded(torch.tensor(value[:pairs]))
      inputs["coarse_a"], inputs["coarse_b"] = torch.tensor([0.25]), torch.tensor([0.75])
    if number % 2 == 1:
      for key in ("dis.s_a", "dis.s_b", "gen.s_a", "gen.s_b"):
        inputs[key] = data.draw(2, m.style, 1, 1)
    stored.update({f"step{number}.{key}": value for key, value in inputs.items()})
    for d in "ab":
      rows = [[float(i), *box] for i, all_boxes in enumerate(both[d]) for box in all_boxes]
      stored[f"step{number}.boxes_{d}"] = torch.tensor(rows).reshape(len(rows), 5)
      inputs[f"boxes_{d}"] = both[d]
    steps.append(inputs)
  # Asks for every parameter once, so that the optimizers know them.
  expected = {}
  with torch.no_grad():
    r = init_forward(m, steps[0])
    init_losses(m, r, w)
    for key, value in r.items():
      if isinstance(value, torch.Tensor) and not key.startswith("x_") or key.endswith("_recon"):
        expected[f"forward.{key}"] = value
    for name, real, fake in (("dis_a", "x_a", "fake_a"), ("disobj_b", "o_b", "fake_coarse_b")):
      for kind, key in (("real", real), ("fake", fake)):
        for scale, found in enumerate(m.judged(name, r[key])):
          expected[f"forward.{name}.{kind}.scale{scale}"] = found
  net = m.net
  weights = {name: value.detach().clone() for name, value in {**net.values, **net.buffers}.items()}
  rate, decay = 1e-4, 1e-4
  optimizers = {
      "dis": Adam(net, ("dis_a", "dis_b"), rate, decay), "disobj": Adam(net, ("disobj_a", "disobj_b"), rate, decay),
      "gen": Adam(net, ("gen_a", "gen_b"), rate, decay)}
  for number, inputs in enumerate(steps, 1):
    losses, gradients = init_step(m, inputs, optimizers, w)
    expected.update({f"loss.step{number}.{name}": value.reshape(1) for name, value in losses.items()})
    if number == 1:
      expected.update({f"grad.step1.{name}": value for name, value in gradients.items()})
  expected.update({f"weights.step{len(steps)}.{name}": value for name, value in net.values.items()})
  spec = {
      "model": "init", "about": "computed by scripts/make_instance_fixtures.py; no official numbers exist",
      "seed": seed, "steps": len(steps), "input_dim_a": 3, "input_dim_b": 3,
      "gen": dict(dim=m.dim, mlp_dim=m.mlp, style_dim=m.style, activ="relu", n_downsample=2, n_res=m.blocks,
                  pad_type="reflect"),
      "dis": dict(dim=m.dis, norm="none", activ="lrelu", n_layer=m.layers, gan_type="lsgan", num_scales=m.scales,
                  pad_type="reflect"),
      "object_size": m.size, "dis_object_scales": m.object_scales, "global_style": "alternate", "loss_weights": w,
      "optimizer": dict(lr=rate, betas=[0.5, 0.999], eps=1e-8, weight_decay=decay),
      "null_gradient_parameters": sorted(net.zero_gradients),
  }
  return spec, weights, stored, expected


# ---- DUNIT ---------------------------------------------------------------------------------------------------------

class Dunit:
  content_width, attr_width, dis_width, nz, size = 2, 2, 2, 3, 16
  dis_scale, dis_layers, content_layers = 2, 3, 0
  modes, weight = True, 0.5

  def __init__(self, seed):
    self.net = Net(seed)

  def residual(self, name, x):
    c = x.shape[1]
    y = relu(instance_norm(self.net.conv(f"{name}.model.1", x, c, 3, 1, 1, True)))
    return x + instance_norm(self.net.conv(f"{name}.model.5", y, c, 3, 1, 1, True))

  def contents_of(self, path, shared, x):
    c = self.content_width
    x = leaky(self.net.conv(f"{path}.0.model.1", x, c, 7, 1, 3), 0.01)
    for level in (1, 2):
      x = relu(instance_norm(self.net.conv(f"{path}.{level}.model.1", x, c << level, 3, 2, 1, True)))
    for block in (3, 4, 5):
      x = self.residual(f"{path}.{block}", x)
    return self.residual(shared, x)

  def content(self, d, x):
    return self.contents_of(f"enc_c.conv{d}", "enc_c.conv_share.0", x)

  def attribute(self, d, x):
    net, a = self.net, self.attr_width
    x = net.conv(f"enc_a.conv_{d}.1", x, a, 4, 2, 1)
    for block in (2, 3, 4):
      path, outputs = f"enc_a.conv_{d}.{block}", block * a
      y = net.conv(f"{path}.conv.2", leaky(x, 0.2), x.shape[1], 3, 1, 1)
      y = net.conv(f"{path}.conv.4.1", leaky(y, 0.2), outputs, 3, 1, 1)
      x = F.avg_pool2d(y, 2) + net.conv(f"{path}.shortcut.1", F.avg_pool2d(x, 2), outputs, 1)
    v = leaky(x, 0.2).mean((2, 3))
    return net.linear(f"enc_a.fc_{d}.0", v, self.nz), net.linear(f"enc_a.fcVar_{d}.0", v, self.nz)

  def up(self, name, x, outputs):
    inputs = x.shape[1]
    weight = self.net.weight(f"{name}.model.0.weight", inputs, outputs, 3, 3, fan_in=inputs * 9)
    x = F.conv_transpose2d(x, weight, self.net.bias(f"{name}.model.0.bias", outputs), 2, 1, 1)
    flat = x.flatten(1)
    mean = flat.mean(1)[:, None, None, None]
    variance = ((flat - flat.mean(1, keepdim=True)) ** 2).mean(1)[:, None, None, None]
    x = (x - mean) / torch.sqrt(variance + 1e-5)
    return relu(x * self.net.gain(f"{name}.model.1.weight", outputs, 1, 1)
                + self.net.bias(f"{name}.model.1.bias", outputs, 1, 1))

  def decode(self, d, code, z, objects=None):
    """With `objects` (branch, codes, boxes), their features are put into the map."""
    net = self.net
    x = appended(self.residual("gen.dec_share.0", code), z)
    for block in range(3):
      x = self.residual(f"gen.dec{d}1.{block}", x)
    if objects:
      x = self.merged(x, z, *objects)
    width = x.shape[1]
    half = (width + self.nz) // 2
    quarter = (half + self.nz) // 2
    x = self.up(f"gen.dec{d}2.0", appended(x, z), half)
    x = self.up(f"gen.dec{d}3.0", appended(x, z), quarter)
    x = appended(x, z)
    weight = net.weight(f"gen.dec{d}4.0.weight", x.shape[1], 3, 1, 1, fan_in=x.shape[1])
    return torch.tanh(F.conv_transpose2d(x, weight, net.bias(f"gen.dec{d}4.0.bias", 3)))

  def object_codes(self, branch, x, boxes):
    crops = torch.stack([crop(x[0], box, self.size) for box in boxes])
    return self.contents_of(f"{branch}.conv", f"{branch}.conv_share.0", crops)

  def merged(self, x, z, branch, codes, boxes):
    f = appended(codes, z.expand(codes.shape[0], -1))
    for block in range(3):
      f = self.residual(f"{branch}.res.{block}", f)
    for item, (left, top, right, bottom) in enumerate(boxes):
      cells = {}
      for row, column in covered(boxes[item], x.shape[2], x.shape[3], 4):
        v = taps((row + 0.5 - top / 4) / ((bottom - top) / 4) * f.shape[2] - 0.5, f.shape[2])
        h = taps((column + 0.5 - left / 4) / ((right - left) / 4) * f.shape[3] - 0.5, f.shape[3])
        sample = sum(f[item, :, i, j] * wi * wj for i, wi in v for j, wj in h)
        cells[row, column] = (x[0, :, row, column] + sample) / 2
      rows = [torch.stack([cells.get((i, j), x[0, :, i, j]) for j in range(x.shape[3])], 1) for i in range(x.shape[2])]
      x = torch.stack(rows, 1)[None]
    return x

  def judge(self, name, x):
    maps = []
    for scale in range(self.dis_scale):
      y = x
      for layer in range(self.dis_layers):
        y = leaky(self.net.conv(f"{name}.Diss.{scale}.{layer}.model.1", y, self.dis_width << layer, 4, 2, 1), 0.01)
      maps.append(self.net.conv(f"{name}.Diss.{scale}.{self.dis_layers}", y, 1, 1))
      x = pooled(x)
    return maps

  def judge_content(self, c):
    channels = c.shape[1]
    for layer in range(self.content_layers):
      c = leaky(self.net.conv(f"disContent.model.{layer}.model.1", c, channels, 7, 2, 1), 0.01)
    n = self.content_layers
    c = leaky(self.net.conv(f"disContent.model.{n}.model.1", c, channels, 4, 1, 0), 0.01)
    return self.net.conv(f"disContent.model.{n + 1}", c, 1, 1)


def bce(x, target):
  return F.binary_cross_entropy_with_logits(x, torch.full_like(x, target))


def scores(maps, target):
  return sum(bce(found, target) for found in maps)


def dunit_forward(m, i, boxes):
  a, b = i["A"][:1], i["B"][:1]
  t = {"ca": m.content("A", a) + i["noise_content_a"], "cb": m.content("B", b) + i["noise_content_b"]}
  for d, x in (("a", a), ("b", b)):
    t[f"mu_{d}"], t[f"lv_{d}"] = m.attribute(d.upper(), x)
    t[f"z{d}"] = t[f"mu_{d}"] + torch.exp(t[f"lv_{d}"] / 2) * i[f"eps_attr_{d}"]
  drawn = [i["z_random"], i["z_random2"]]
  there = back = None
  if boxes:
    t["codes"] = m.object_codes("inst_a", a, boxes)
    there = ("inst_a", t["codes"], boxes)
  t["fake_A"], t["self_A"] = m.decode("A", t["cb"], t["za"]), m.decode("A", t["ca"], t["za"])
  t["fake_B"], t["self_B"] = m.decode("B", t["ca"], t["zb"], there), m.decode("B", t["cb"], t["zb"])
  t["random_A"] = [m.decode("A", t["cb"], z) for z in drawn]
  t["random_B"] = [m.decode("B", t["ca"], z, there) for z in drawn]
  if boxes:
    t["recodes"] = m.object_codes("inst_b", t["fake_B"], boxes)
    back = ("inst_b", t["recodes"], boxes)
  t["cb_recon"] = m.content("A", t["fake_A"]) + i["noise_content_recon_b"]
  t["ca_recon"] = m.content("B", t["fake_B"]) + i["noise_content_recon_a"]
  for d in "ab":
    mean, lv = m.attribute(d.upper(), t[f"fake_{d.upper()}"])
    t[f"z{d}_recon"] = mean + torch.exp(lv / 2) * i[f"eps_attr_recon_{d}"]
  t["recon_A"] = m.decode("A", t["ca_recon"], t["za_recon"], back)
  t["recon_B"] = m.decode("B", t["cb_recon"], t["zb_recon"])
  t["q_a"], t["q_b"] = m.attribute("A", t["random_A"][0])[0], m.attribute("B", t["random_B"][0])[0]
  t["drawn"], t["a"], t["b"] = drawn, a, b
  return t


def content_loss(m, ca, cb):
  return bce(m.judge_content(cb), 1.0) + bce(m.judge_content(ca), 0.0)


def clipped_step(optimizer, loss):
  found = optimizer.gradients(loss)
  norm = torch.sqrt(sum((g ** 2).sum() for g in found))
  factor = min(1.0, float(5 / (norm + 1e-6)))
  found = [g * factor for g in found]
  optimizer.step(found)
  return dict(zip(optimizer.names, found))


def dunit_step(m, i, boxes, optimizers, kind):
  losses, first, second = {}, {}, {}
  if kind == "content":
    with torch.no_grad():
      ca = m.content("A", i["A"][:1]) + i["noise_content_a"]
      cb = m.content("B", i["B"][:1]) + i["noise_content_b"]
    losses["disContent"] = content_loss(m, ca, cb)
    clipped_step(optimizers["disContent"], losses["disContent"])
    return losses, first, second
  t = dunit_forward(m, i, boxes)

  def discriminate(name, real, fakes):
    loss = sum(scores(m.judge(name, f.detach()), 0.0) + scores(m.judge(name, real), 1.0) for f in fakes)
    losses[name] = loss
    found = optimizers[name].gradients(loss)
    first.update(zip(optimizers[name].names, found))
    optimizers[name].step(found)

  discriminate("disA", t["a"], [t["fake_A"]])
  discriminate("disA2", i["A"][1:], t["random_A"])
  discriminate("disB", t["b"], [t["fake_B"]])
  discriminate("disB2", i["B"][1:], t["random_B"])
  losses["disContent"] = content_loss(m, t["ca"].detach(), t["cb"].detach())
  first.update(clipped_step(optimizers["disContent"], losses["disContent"]))

  def kl(d):
    mean, lv = t[f"mu_{d}"], t[f"lv_{d}"]
    return 0.01 * -0.5 * (1 + lv - mean ** 2 - torch.exp(lv)).sum()

  one = {
      "gan_content_a": bce(m.judge_content(t["ca"]), 0.5), "gan_content_b": bce(m.judge_content(t["cb"]), 0.5),
      "gan_a": scores(m.judge("disA", t["fake_A"]), 1.0), "gan_b": scores(m.judge("disB", t["fake_B"]), 1.0),
      "kl_za_a": kl("a"), "kl_za_b": kl("b"),
      "kl_zc_a": 0.01 * (t["ca"] ** 2).mean(), "kl_zc_b": 0.01 * (t["cb"] ** 2).mean(),
      "l1_recon_A": 10 * l1(t["recon_A"], t["a"]), "l1_recon_B": 10 * l1(t["recon_B"], t["b"]),
      "l1_self_AA": 10 * l1(t["self_A"], t["a"]), "l1_self_BB": 10 * l1(t["self_B"], t["b"]),
  }
  if boxes:
    one["l1_instance"] = m.weight * l1(t["recodes"], t["codes"])
  two = {
      "gan2_a": sum(scores(m.judge("disA2", x), 1.0) for x in t["random_A"]),
      "gan2_b": sum(scores(m.judge("disB2", x), 1.0) for x in t["random_B"]),
      "z_l1_a": 10 * l1(t["q_a"], t["drawn"][0]), "z_l1_b": 10 * l1(t["q_b"], t["drawn"][0]),
  }
  for name, pictures in (("ms_AB", t["random_B"]), ("ms_BA", t["random_A"])):
    two[name] = 1 / (l1(pictures[1], pictures[0]) / l1(t["drawn"][1], t["drawn"][0]) + 1e-5)
  losses.update(one)
  losses.update(two)
  losses["EG_total"], losses["Galone_total"] = sum(one.values()), sum(two.values())
  # The way back is in no loss of the second sum.
  everything = ["enc_c", "enc_a", "gen"] + (["inst_a", "inst_b"] if boxes else [])
  some = ["enc_c", "gen"] + (["inst_a"] if boxes else [])
  # Both gradients at the weights before either step.
  found = {name: optimizers[name].gradients(losses["EG_total"], keep=True) for name in everything}
  again = {name: optimizers[name].gradients(losses["Galone_total"], keep=True) for name in some}
  for into, all_gradients in ((first, found), (second, again)):
    for name, values in all_gradients.items():
      into.update(zip(optimizers[name].names, values))
      optimizers[name].step(values)
  return losses, first, second


def dunit_fixture(seed):
  m, data, side = Dunit(seed), Net(seed + 1000), 32
  schedule = ["full", "content", "full", "full"]
  boxes = [
      [(2.25, 3, 26.5, 29), (12, 6.5, 30, 22.25), (1, 18, 13, 31)], [(4, 4, 20, 20)], [], [(3.5, 2, 22, 27)],
  ]
  steps, stored = [], {}
  c, cells = 4 * m.content_width, side // 4
  for number, both in enumerate(boxes, 1):
    inputs = {"A": smooth_picture(data, 2, side), "B": smooth_picture(data, 2, side)}
    keys = ["noise_content_a", "noise_content_b"]
    if schedule[number - 1] == "full":
      keys += ["noise_content_recon_a", "noise_content_recon_b"]
      for key in ("eps_attr_a", "eps_attr_b", "z_random", "z_random2", "eps_attr_recon_a", "eps_attr_recon_b"):
        inputs[key] = data.draw(1, m.nz)
    for key in keys:
      inputs[key] = data.draw(1, c, cells, cells)
    stored.update({f"step{number}.{key}": value for key, value in inputs.items()})
    # Of the second picture too, which nothing looks at.
    rows = [[0.0, *box] for box in both] + [[1.0, 1, 2, 20, 20]]
    stored[f"step{number}.boxes_a"] = torch.tensor(rows).reshape(len(rows), 5)
    steps.append((inputs, by_area(both)))
  expected = {}
  with torch.no_grad():
    t = dunit_forward(m, *steps[0])
    for key in ("codes", "recodes", "fake_A", "fake_B", "self_A", "self_B", "recon_A", "recon_B", "ca", "cb"):
      expected[f"forward.{key}"] = t[key]
    expected["forward.random_B"], expected["forward.random_B2"] = t["random_B"]
    for name, x in (("disA", t["a"]), ("disB", t["b"]), ("disA2", t["a"]), ("disB2", t["b"])):
      for scale, found in enumerate(m.judge(name, x)):
        expected[f"forward.{name}.scale{scale}"] = found
    m.judge_content(t["ca"])
    clean = m.content("A", t["a"])
    expected["forward.test.a2b"] = m.decode("B", clean, t["drawn"][0], ("inst_a", t["codes"], steps[0][1]))
    expected["forward.test.a2b_without_boxes"] = m.decode("B", clean, t["drawn"][0])
  net, rate, decay = m.net, 1e-4, 1e-4
  weights = {name: value.detach().clone() for name, value in net.values.items()}
  networks = ("disA", "disB", "disA2", "disB2", "enc_c", "enc_a", "gen", "inst_a", "inst_b")
  optimizers = {name: Adam(net, (name,), rate, decay) for name in networks}
  optimizers["disContent"] = Adam(net, ("disContent",), 4e-5, decay)
  for number, (inputs, both) in enumerate(steps, 1):
    losses, first, second = dunit_step(m, inputs, both, optimizers, schedule[number - 1])
    expected.update({f"loss.step{number}.{name}": value.reshape(1) for name, value in losses.items()})
    if number == 1:
      expected.update({f"grad.step1.{name}": value for name, value in first.items()})
      expected.update({f"grad2.step1.{name}": value for name, value in second.items()})
  expected.update({f"weights.step{len(steps)}.{name}": value for name, value in net.values.items()})
  spec = {
      "model": "dunit", "about": "computed by scripts/make_instance_fixtures.py; no official numbers exist",
      "seed": seed, "schedule": schedule, "first_full_step": 1, "concat": 1, "nz": m.nz, "mode_seeking": m.modes,
      "image": dict(height=side, width=side, channels_a=3, channels_b=3),
      "widths": dict(content_width=m.content_width, attr_width=m.attr_width, dis_width=m.dis_width),
      "depths": dict(dis_scale=m.dis_scale, dis_layers=m.dis_layers, content_dis_down_convs=m.content_layers),
      "dis_spectral_norm": False, "d_iter": 3, "object_size": m.size, "lambda_instance": m.weight,
      "kl_weight": 0.01, "content_l2_weight": 0.01, "l1_weight": 10, "latent_l1_weight": 10,
      "content_dis_grad_clip_norm": 5,
      "optimizer": dict(lr=rate, lr_content_dis=4e-5, betas=[0.5, 0.999], eps=1e-8, weight_decay=decay),
      "structurally_zero_gradient": sorted(net.zero_gradients),
  }
  return spec, weights, stored, expected


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("folder", type=pathlib.Path, help="gets the folders init and dunit")
  parser.add_argument("--init-seed", type=int, default=1)
  parser.add_argument("--dunit-seed", type=int, default=1)
  parser.add_argument("--limit", type=int, default=4096, help="bytes of a gradient or weight that is kept")
  arguments = parser.parse_args()
  for name, made in (("init", init_fixture(arguments.init_seed)), ("dunit", dunit_fixture(arguments.dunit_seed))):
    spec, weights, inputs, expected = made
    folder = arguments.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spec.json").write_text(json.dumps(spec, indent=1) + "\n")
    kept = {key: value for key, value in expected.items()
            if not key.startswith(("grad", "weights")) or 4 * value.numel() <= arguments.limit}
    write(folder / "weights.safetensors", weights)
    write(folder / "inputs.safetensors", inputs)
    write(folder / "expected.safetensors", kept)
    print(f"{folder}: {len(kept)} of {len(expected)} values")


if __name__ == "__main__":
  main()
