"""NICE-GAN (Chen et al. 2020), light: the first layers of a domain's discriminator are its encoder."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import spectral_norm

from .common import Recipe, adam, distance_to, freeze, l1, minimize, mirrored

SIZE, BATCH = 256, 1
WIDTH, BLOCKS = 64, 6
RATE, DECAY = 1e-4, 1e-4


def check(size, batch, generator=None):
  return "a multiple of 4, at least 96" if size % 4 or size < 96 else None


# ---- generator --------------------------------------------------------------------------------------------------------

class InstanceLayerNorm(nn.Module):
  """A mixture of instance norm and layer norm with unbiased variances. Both are linear in the picture, so that one
  pass for moments and one for the result do for both."""

  def __init__(self, channels, rho, adaptive=False):
    super().__init__()
    self.rho = nn.Parameter(torch.tensor(rho).repeat(1, channels, 1))
    if not adaptive:
      self.gamma = nn.Parameter(torch.ones(1, channels, 1, 1))
      self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))

  def forward(self, x, style=None):
    gamma, beta = style or (self.gamma, self.beta)
    variance, mean = (t.float() for t in torch.var_mean(x, (2, 3), keepdim=True))
    pixels, channels = x.shape[2] * x.shape[3], x.shape[1]
    center = mean.mean(1, keepdim=True)
    squares = (pixels - 1) * variance + pixels * (mean - center).square()
    spread = squares.sum(1, keepdim=True) / (channels * pixels - 1)
    share = torch.softmax(self.rho, 2).unsqueeze(3)
    own, layer = share[:, :, 0:1] * (variance + 1e-5).rsqrt(), share[:, :, 1:2] * (spread + 1e-5).rsqrt()
    scale = gamma * (own + layer)
    shift = beta - gamma * (own * mean + layer * center)
    return torch.addcmul(shift.to(x.dtype), x, scale.to(x.dtype))


class AdaptiveResidual(nn.Module):
  def __init__(self, channels):
    super().__init__()
    self.conv1, self.conv2 = (nn.Sequential(*mirrored(channels, channels, 3, 1, 1, False)) for _ in range(2))
    self.norm1, self.norm2 = (InstanceLayerNorm(channels, (3.2, 1.0), adaptive=True) for _ in range(2))

  def forward(self, x, style):
    return x + self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x), style))), style)


def widened(c):
  """Twice the size, half the channels."""
  return [
    *mirrored(c, c // 2, 3, 1, 1, False), InstanceLayerNorm(c // 2, (1.0, 3.2)), nn.ReLU(True),
    nn.Conv2d(c // 2, 2 * c, 1), nn.PixelShuffle(2), InstanceLayerNorm(c // 2, (1.0, 3.2)), nn.ReLU(True)]


class Generator(nn.Module):
  def __init__(self):
    super().__init__()
    c = 4 * WIDTH
    self.stem = nn.Sequential(*mirrored(2 * WIDTH, c, 3, 1, 1), InstanceLayerNorm(c, (1.0, 3.2)), nn.ReLU(True))
    self.head = nn.Sequential(
      nn.Linear(c, c, bias=False), nn.ReLU(True), nn.Linear(c, c, bias=False), nn.ReLU(True))
    self.gamma, self.beta = nn.Linear(c, c, bias=False), nn.Linear(c, c, bias=False)
    self.blocks = nn.ModuleList(AdaptiveResidual(c) for _ in range(BLOCKS))
    self.up = nn.Sequential(*widened(c), *widened(c // 2), *mirrored(WIDTH, 3, 7, 1, 3, False), nn.Tanh())

  def forward(self, code):
    x = self.stem(code)
    means = self.head(x.mean((2, 3)))
    style = tuple(linear(means)[:, :, None, None] for linear in (self.gamma, self.beta))
    for block in self.blocks:
      x = block(x, style)
    return self.up(x)


# ---- discriminator ----------------------------------------------------------------------------------------------------

def spectral(inputs, outputs, stride, bias=True, activated=True):
  layers = [nn.ReflectionPad2d(1), spectral_norm(nn.Conv2d(inputs, outputs, 4, stride, bias=bias))]
  return layers + ([nn.LeakyReLU(0.2, True)] if activated else [])


class Discriminator(nn.Module):
  def __init__(self):
    super().__init__()
    w = WIDTH
    self.model = nn.Sequential(*spectral(3, w, 2), *spectral(w, 2 * w, 2))
    self.fc = spectral_norm(nn.Linear(4 * w, 1, bias=False))
    self.conv1x1 = nn.Conv2d(4 * w, 2 * w, 1)
    self.lamda = nn.Parameter(torch.zeros(1))
    self.shared = nn.Sequential(*spectral(2 * w, 4 * w, 2))
    self.local = nn.Sequential(*spectral(4 * w, 8 * w, 1), *spectral(8 * w, 1, 1, False, False))
    self.distant = nn.Sequential(
      *spectral(4 * w, 8 * w, 2), *spectral(8 * w, 16 * w, 2), *spectral(16 * w, 32 * w, 1),
      *spectral(32 * w, 1, 1, False, False))

  def forward(self, x):
    """Logits (local, global, attention) and code."""
    x = self.model(x)
    attention = self.fc(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))
    # The maps stand twice side by side, each copy weighted, before the 1x1 convolution: the same as one copy and the
    # sum of weights.
    weights = self.fc.weight_orig.view(1, -1, 1, 1) * self.conv1x1.weight
    half = weights.shape[1] // 2
    seen = F.conv2d(x, weights[:, :half] + weights[:, half:], self.conv1x1.bias)
    code = F.leaky_relu(self.lamda.to(seen.dtype) * seen + x, 0.2)
    y = self.shared(code)
    return (self.local(y), self.distant(y), attention), code


def adversarial(logits, label):
  return sum(distance_to(part, label) for part in logits)


def build(setting):
  gen_b, gen_a = (setting.place(Generator()) for _ in range(2))
  dis_a, dis_b = (setting.place(Discriminator()) for _ in range(2))
  adam_g, adam_d = adam(gen_b, gen_a, rate=RATE, decay=DECAY), adam(dis_a, dis_b, rate=RATE, decay=DECAY)
  a, b = setting.pictures(), setting.pictures()

  def update_discriminators():
    with setting.autocast():
      (real_a, code_a), (real_b, code_b) = dis_a(a), dis_b(b)
      with torch.no_grad():
        fake_b, fake_a = gen_b(code_a), gen_a(code_b)
      loss = (adversarial(real_a, 1.0) + adversarial(dis_a(fake_a)[0], 0.0)
              + adversarial(real_b, 1.0) + adversarial(dis_b(fake_b)[0], 0.0))
    minimize(adam_d, loss)

  def update_generators():
    with setting.autocast():
      with torch.no_grad():
        code_a, code_b = dis_a(a)[1], dis_b(b)[1]
      fake_b, fake_a = gen_b(code_a), gen_a(code_b)
      (judged_a, fake_code_a), (judged_b, fake_code_b) = dis_a(fake_a), dis_b(fake_b)
      cycles = l1(gen_a(fake_code_b), a) + l1(gen_b(fake_code_a), b)
      recons = l1(gen_a(code_a), a) + l1(gen_b(code_b), b)
      loss = adversarial(judged_a, 1.0) + adversarial(judged_b, 1.0) + 10 * (cycles + recons)
    minimize(adam_g, loss)

  def step():
    update_discriminators()
    freeze([dis_a, dis_b])
    update_generators()
    freeze([dis_a, dis_b], False)

  return Recipe(step, [gen_b, gen_a, dis_a, dis_b])
