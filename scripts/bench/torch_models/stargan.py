"""StarGAN (Choi et al. 2018): one generator that is told the label, a critic with gradient penalty."""

import torch
from torch import nn
from torch.nn import functional as F

from .common import Recipe, adam, freeze, l1, minimize

SIZE, BATCH = 128, 16
LABELS, WIDTH, BLOCKS, LAYERS = 5, 64, 6, 6
RATE = 1e-4
# Steps of the critic for one of the generator.
CRITIC_STEPS = 5


def check(size, batch, generator=None):
  return "a multiple of 4, at least 64" if size % 4 or size < 64 else None


def norm(channels):
  return nn.InstanceNorm2d(channels, affine=True, track_running_stats=True)


class Block(nn.Module):
  def __init__(self, c):
    super().__init__()
    self.layers = nn.Sequential(
      nn.Conv2d(c, c, 3, 1, 1, bias=False), norm(c), nn.ReLU(True), nn.Conv2d(c, c, 3, 1, 1, bias=False), norm(c))

  def forward(self, x):
    return x + self.layers(x)


class Generator(nn.Module):
  def __init__(self):
    super().__init__()
    layers, c = [nn.Conv2d(3 + LABELS, WIDTH, 7, 1, 3, bias=False), norm(WIDTH), nn.ReLU(True)], WIDTH
    for _ in range(2):
      layers += [nn.Conv2d(c, 2 * c, 4, 2, 1, bias=False), norm(2 * c), nn.ReLU(True)]
      c *= 2
    layers += [Block(c) for _ in range(BLOCKS)]
    for _ in range(2):
      layers += [nn.ConvTranspose2d(c, c // 2, 4, 2, 1, bias=False), norm(c // 2), nn.ReLU(True)]
      c //= 2
    self.layers = nn.Sequential(*layers, nn.Conv2d(c, 3, 7, 1, 3, bias=False), nn.Tanh())

  def forward(self, x, labels):
    planes = labels.to(x.dtype)[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return self.layers(torch.cat([x, planes], 1))


class Critic(nn.Module):
  def __init__(self, size):
    super().__init__()
    layers, c = [], 3
    for index in range(LAYERS):
      layers += [nn.Conv2d(c, WIDTH << index, 4, 2, 1), nn.LeakyReLU(0.01, True)]
      c = WIDTH << index
    self.layers = nn.Sequential(*layers)
    self.patches = nn.Conv2d(c, 1, 3, 1, 1, bias=False)
    self.labels = nn.Conv2d(c, LABELS, size >> LAYERS, bias=False)

  def forward(self, x):
    y = self.layers(x)
    return self.patches(y).float(), self.labels(y).float().flatten(1)

  def scores(self, x):
    return self.patches(self.layers(x)).float()


def classification(logits, labels):
  return F.binary_cross_entropy_with_logits(logits, labels, reduction="sum") / len(labels)


def penalty(critic, real, fake):
  """How far the critic's slope between real and fake pictures is from 1."""
  share = torch.rand(len(real), 1, 1, 1)
  between = (share * real + (1 - share) * fake.float()).requires_grad_()
  (slope,) = torch.autograd.grad(critic.scores(between).sum(), between, create_graph=True)
  return (slope.float().square().sum((1, 2, 3)).sqrt() - 1).square().mean()


def build(setting):
  generator, critic = setting.place(Generator()), setting.place(Critic(setting.size))
  adam_g, adam_d = adam(generator, rate=RATE), adam(critic, rate=RATE)
  x = setting.pictures()
  labels = F.one_hot(torch.arange(setting.batch) % LABELS, LABELS).float()

  def update_critic(targets):
    with setting.autocast():
      scores, logits = critic(x)
      with torch.no_grad():
        fake = generator(x, targets)
      loss = (critic.scores(fake).mean() - scores.mean() + classification(logits, labels)
              + 10 * penalty(critic, x, fake))
    minimize(adam_d, loss)

  def update_generator(targets):
    with setting.autocast():
      fake = generator(x, targets)
      scores, logits = critic(fake)
      loss = -scores.mean() + classification(logits, targets) + 10 * l1(generator(fake, labels), x)
    minimize(adam_g, loss)

  count = 0

  def step():
    nonlocal count
    count += 1
    targets = labels[torch.randperm(setting.batch)]
    update_critic(targets)
    if count % CRITIC_STEPS == 0:
      freeze([critic])
      update_generator(targets)
      freeze([critic], False)

  return Recipe(step, [generator, critic], cycle=CRITIC_STEPS)
