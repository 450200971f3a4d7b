"""DRIT (Lee et al. 2018) with mode seeking (Mao et al. 2019) and joined attributes: contents and attributes apart."""

import torch
from torch import nn

from .common import MultiScale, Recipe, Residual, adam, cross_entropy, freeze, l1, leaky_cascade, minimize, mirrored

SIZE, BATCH = 216, 2
WIDTH, ATTRIBUTES = 64, 8
RATE, CONTENT_RATE, DECAY = 1e-4, 4e-5, 1e-4
# Steps of the content discriminator for one of everything.
INTERVAL = 3


def check(size, batch, generator=None):
  if batch < 2:
    return "at least two pictures in a step"
  return "a multiple of 4, at least 212" if size % 4 or size < 212 else None


# ---- networks ---------------------------------------------------------------------------------------------------------

def instance_residual(channels):
  return Residual(channels, nn.InstanceNorm2d)


class ContentEncoder(nn.Module):
  def __init__(self):
    super().__init__()
    self.a, self.b = self.own(), self.own()
    self.share = instance_residual(4 * WIDTH)

  @staticmethod
  def own():
    layers = [*mirrored(3, WIDTH, 7, 1, 3), nn.LeakyReLU(0.01, True)]
    for c in (WIDTH, 2 * WIDTH):
      layers += [*mirrored(c, 2 * c, 3, 2, 1), nn.InstanceNorm2d(2 * c), nn.ReLU(True)]
    return nn.Sequential(*layers, *(instance_residual(4 * WIDTH) for _ in range(3)))

  def forward(self, x, own):
    """The content, blurred by noise."""
    content = self.share(own(x))
    return content + torch.randn_like(content)


class Halving(nn.Module):
  """A residual block of the attribute encoder, half the size."""

  def __init__(self, inputs, outputs):
    super().__init__()
    self.conv = nn.Sequential(
      nn.LeakyReLU(0.2), *mirrored(inputs, inputs, 3, 1, 1), nn.LeakyReLU(0.2, True),
      *mirrored(inputs, outputs, 3, 1, 1), nn.AvgPool2d(2))
    self.shortcut = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(inputs, outputs, 1))

  def forward(self, x):
    return self.conv(x) + self.shortcut(x)


class AttributeEncoder(nn.Module):
  def __init__(self):
    super().__init__()
    self.layers = nn.Sequential(
      *mirrored(3, WIDTH, 4, 2, 1), *(Halving(i * WIDTH, (i + 1) * WIDTH) for i in (1, 2, 3)), nn.LeakyReLU(0.2, True),
      nn.AdaptiveAvgPool2d(1), nn.Flatten())
    self.mean, self.log_variance = nn.Linear(4 * WIDTH, ATTRIBUTES), nn.Linear(4 * WIDTH, ATTRIBUTES)

  def forward(self, x):
    y = self.layers(x)
    return self.mean(y).float(), self.log_variance(y).float()


def drawn_from(code):
  mean, log_variance = code
  return mean + (log_variance / 2).exp() * torch.randn_like(mean)


def joined(x, attribute):
  """The attribute beside each pixel."""
  maps = attribute.to(x.dtype)[:, :, None, None].expand(-1, -1, *x.shape[2:])
  return torch.cat([x, maps], 1)


def doubling(inputs, outputs):
  return nn.Sequential(
    nn.ConvTranspose2d(inputs, outputs, 3, 2, 1, 1), nn.GroupNorm(1, outputs), nn.ReLU(True))


class Decoder(nn.Module):
  def __init__(self):
    super().__init__()
    c, z = 4 * WIDTH, ATTRIBUTES
    half = (c + 2 * z) // 2
    quarter = (half + z) // 2
    self.blocks = nn.Sequential(*(instance_residual(c + z) for _ in range(3)))
    self.up1, self.up2 = doubling(c + 2 * z, half), doubling(half + z, quarter)
    self.last = nn.ConvTranspose2d(quarter + z, 3, 1)

  def forward(self, x, attribute):
    x = self.up1(joined(self.blocks(joined(x, attribute)), attribute))
    return torch.tanh(self.last(joined(self.up2(joined(x, attribute)), attribute)))


class Generator(nn.Module):
  """The decoders of both domains, which share their first block."""

  def __init__(self):
    super().__init__()
    self.share = instance_residual(4 * WIDTH)
    self.a, self.b = Decoder(), Decoder()

  def forward(self, content, attribute, own):
    return own(self.share(content), attribute)


def content_discriminator():
  c, layers = 4 * WIDTH, []
  for _ in range(3):
    layers += [*mirrored(c, c, 7, 2, 1), nn.LeakyReLU(0.01, True)]
  return nn.Sequential(*layers, nn.Conv2d(c, c, 4), nn.LeakyReLU(0.01, True), nn.Conv2d(c, 1, 1))


# ---- training ---------------------------------------------------------------------------------------------------------

class Networks:
  def __init__(self, setting):
    self.judges = {
      name: setting.place(MultiScale(lambda: leaky_cascade(WIDTH, 4, 0.01), 3)) for name in ("a", "a2", "b", "b2")}
    self.content_judge = setting.place(content_discriminator())
    self.content = setting.place(ContentEncoder())
    self.attribute = nn.ModuleDict({name: AttributeEncoder() for name in "ab"})
    setting.place(self.attribute)
    self.generator = setting.place(Generator())

  @property
  def all(self):
    return [*self.judges.values(), self.content_judge, self.content, self.attribute, self.generator]


class Translations:
  """What a full step compares. Letters are domains: `fake["a"]` has the content of b's picture."""

  def __init__(self, net, a, b):
    self.drawn = [torch.randn(1, ATTRIBUTES) for _ in range(2)]
    own = {"a": (net.content.a, net.generator.a), "b": (net.content.b, net.generator.b)}
    self.content = {"a": net.content(a, own["a"][0]), "b": net.content(b, own["b"][0])}
    self.code = {"a": net.attribute["a"](a), "b": net.attribute["b"](b)}
    attribute = {name: drawn_from(self.code[name]) for name in "ab"}
    self.fake, self.self, self.random, found, again = {}, {}, {}, {}, {}
    for name, other in ("ab", "ba"):
      contents = [self.content[other], self.content[name], self.content[other], self.content[other]]
      attributes = torch.cat([attribute[name], attribute[name], *self.drawn])
      # One pass of the decoder for all of them.
      made = net.generator(torch.cat(contents), attributes, own[name][1]).split(1)
      self.fake[name], self.self[name], self.random[name] = made[0], made[1], made[2:]
      found[other] = net.content(self.fake[name], own[name][0])
      again[name] = drawn_from(net.attribute[name](self.fake[name]))
    self.recon = {name: net.generator(found[name], again[name], own[name][1]) for name in "ab"}
    self.recoded = {name: net.attribute[name](self.random[name][0])[0] for name in "ab"}


def adversarial(logits, label):
  return sum(cross_entropy(scale, label) for scale in logits)


def first_loss(net, t, pictures):
  """Of encoders and generator."""
  loss = 0
  for name in "ab":
    mean, log_variance = t.code[name]
    loss = loss + cross_entropy(net.content_judge(t.content[name]), 0.5)
    loss = loss + adversarial(net.judges[name](t.fake[name]), 1.0)
    loss = loss + 0.01 * -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum()
    loss = loss + 0.01 * t.content[name].float().square().mean()
    loss = loss + 10 * (l1(t.recon[name], pictures[name]) + l1(t.self[name], pictures[name]))
  return loss


def second_loss(net, t):
  """Of content encoder and generator."""
  loss = 0
  for name in "ab":
    judge = net.judges[name + "2"]
    loss = loss + adversarial(judge(t.random[name][0]), 1.0) + adversarial(judge(t.random[name][1]), 1.0)
    loss = loss + 1 / (l1(t.random[name][1], t.random[name][0]) / l1(t.drawn[1], t.drawn[0]) + 1e-5)
    loss = loss + 10 * l1(t.recoded[name], t.drawn[0])
  return loss


def apply(optimizers, parameters, gradients):
  for parameter, gradient in zip(parameters, gradients):
    parameter.grad = gradient
  for optimizer in optimizers:
    optimizer.step()


def build(setting):
  net = Networks(setting)
  judge_adams = {name: adam(judge, rate=RATE, decay=DECAY) for name, judge in net.judges.items()}
  content_adam = adam(net.content_judge, rate=CONTENT_RATE, decay=DECAY)
  adams = [adam(part, rate=RATE, decay=DECAY) for part in (net.content, net.attribute, net.generator)]
  everything = [p for part in (net.content, net.attribute, net.generator) for p in part.parameters()]
  some = [p for part in (net.content, net.generator) for p in part.parameters()]
  pictures = {"a": setting.pictures(), "b": setting.pictures()}
  first = {name: x[:1] for name, x in pictures.items()}

  def update_content_judge(content_a, content_b):
    with setting.autocast():
      loss = cross_entropy(net.content_judge(content_b), 1.0) + cross_entropy(net.content_judge(content_a), 0.0)
    content_adam.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(net.content_judge.parameters(), 5)
    content_adam.step()

  def update_judge(name, real, fakes):
    with setting.autocast():
      loss = sum(
        adversarial(net.judges[name](fake.detach()), 0.0) + adversarial(net.judges[name](real), 1.0)
        for fake in fakes)
    minimize(judge_adams[name], loss)

  def content_step():
    with setting.autocast(), torch.no_grad():
      contents = net.content(first["a"], net.content.a), net.content(first["b"], net.content.b)
    update_content_judge(*contents)

  def full_step():
    with setting.autocast():
      t = Translations(net, first["a"], first["b"])
    for name in "ab":
      update_judge(name, first[name], [t.fake[name]])
      update_judge(name + "2", pictures[name][1:], t.random[name])
    update_content_judge(t.content["a"].detach(), t.content["b"].detach())
    judges = [*net.judges.values(), net.content_judge]
    freeze(judges)
    with setting.autocast():
      totals = first_loss(net, t, first), second_loss(net, t)
    # Both gradients at the weights before either step.
    gradients = (torch.autograd.grad(totals[0], everything, retain_graph=True),
                 torch.autograd.grad(totals[1], some, allow_unused=True))
    freeze(judges, False)
    apply(adams, everything, gradients[0])
    apply([adams[0], adams[2]], some, gradients[1])

  count = 0

  def step():
    nonlocal count
    count += 1
    full_step() if count % INTERVAL == 0 else content_step()

  return Recipe(step, net.all, cycle=INTERVAL)
