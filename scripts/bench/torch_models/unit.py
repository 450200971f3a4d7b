"""UNIT (Liu et al. 2017), as the authors' later program trains it: two autoencoders whose codes fit each other."""

import torch
from torch import nn

from .common import MultiScale, Recipe, Residual, adam, distance_to, freeze, l1, leaky_cascade, minimize, mirrored

SIZE, BATCH = 256, 1
WIDTH, HALVINGS, BLOCKS = 64, 2, 4
RATE, DECAY = 1e-4, 1e-4


def check(size, batch, generator=None):
  return "a multiple of 4, at least 64" if size % 4 or size < 64 else None


class SampleLayerNorm(nn.Module):
  """All of a sample together; eps is added to the standard deviation, the unbiased one."""

  def __init__(self, channels):
    super().__init__()
    self.gamma = nn.Parameter(torch.rand(1, channels, 1, 1))
    self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))

  def forward(self, x):
    deviation, mean = torch.std_mean(x, (1, 2, 3), keepdim=True)
    scale = self.gamma.to(x.dtype) / (deviation + 1e-5)
    return torch.addcmul(self.beta.to(x.dtype) - mean * scale, x, scale)


class Generator(nn.Module):
  def __init__(self):
    super().__init__()
    encoder, c = [*mirrored(3, WIDTH, 7, 1, 3), nn.InstanceNorm2d(WIDTH), nn.ReLU(True)], WIDTH
    for _ in range(HALVINGS):
      encoder += [*mirrored(c, 2 * c, 4, 2, 1), nn.InstanceNorm2d(2 * c), nn.ReLU(True)]
      c *= 2
    self.encode = nn.Sequential(*encoder, *self.blocks(c))
    decoder = self.blocks(c)
    for _ in range(HALVINGS):
      decoder += [nn.Upsample(scale_factor=2), *mirrored(c, c // 2, 5, 1, 2), SampleLayerNorm(c // 2), nn.ReLU(True)]
      c //= 2
    self.decode = nn.Sequential(*decoder, *mirrored(c, 3, 7, 1, 3), nn.Tanh())

  @staticmethod
  def blocks(channels):
    return [Residual(channels, nn.InstanceNorm2d) for _ in range(BLOCKS)]


def sampled(code):
  return code + torch.randn_like(code)


def square(code):
  return code.float().square().mean()


def adversarial(logits, label):
  return sum(distance_to(scale, label) for scale in logits)


def build(setting):
  gen_a, gen_b = (setting.place(Generator()) for _ in range(2))
  dis_a, dis_b = (setting.place(MultiScale(lambda: leaky_cascade(WIDTH, 4, 0.2), 3)) for _ in range(2))
  adam_gen, adam_dis = adam(gen_a, gen_b, rate=RATE, decay=DECAY), adam(dis_a, dis_b, rate=RATE, decay=DECAY)
  x_a, x_b = setting.pictures(), setting.pictures()

  def update_discriminators():
    with setting.autocast():
      with torch.no_grad():
        h_a, h_b = gen_a.encode(x_a), gen_b.encode(x_b)
        x_ba, x_ab = gen_a.decode(sampled(h_b)), gen_b.decode(sampled(h_a))
      loss = (adversarial(dis_a(x_ba), 0.0) + adversarial(dis_a(x_a), 1.0)
              + adversarial(dis_b(x_ab), 0.0) + adversarial(dis_b(x_b), 1.0))
    minimize(adam_dis, loss)

  def update_generators():
    with setting.autocast():
      h_a, h_b = gen_a.encode(x_a), gen_b.encode(x_b)
      z_a, z_b = sampled(h_a), sampled(h_b)
      recons = l1(gen_a.decode(z_a), x_a) + l1(gen_b.decode(z_b), x_b)
      x_ba, x_ab = gen_a.decode(z_b), gen_b.decode(z_a)
      h_b_recon, h_a_recon = gen_a.encode(x_ba), gen_b.encode(x_ab)
      cycles = l1(gen_a.decode(sampled(h_a_recon)), x_a) + l1(gen_b.decode(sampled(h_b_recon)), x_b)
      small = square(h_a) + square(h_b) + square(h_a_recon) + square(h_b_recon)
      loss = adversarial(dis_a(x_ba), 1.0) + adversarial(dis_b(x_ab), 1.0) + 10 * (recons + cycles) + 0.01 * small
    minimize(adam_gen, loss)

  def step():
    update_discriminators()
    freeze([dis_a, dis_b])
    update_generators()
    freeze([dis_a, dis_b], False)

  return Recipe(step, [gen_a, gen_b, dis_a, dis_b])
