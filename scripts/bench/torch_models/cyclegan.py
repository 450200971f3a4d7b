"""CycleGAN (Zhu et al. 2017): two ResNets, two PatchGANs, cycles and identities. Without the image pools."""

from torch import nn

from .common import Recipe, adam, distance_to, freeze, l1, minimize
from .patch import patch_discriminator
from .resnet import resnet

SIZE, BATCH = 256, 1
GENERATORS = {"resnet_6blocks": 6, "resnet_9blocks": 9}


def check(size, batch, generator=None):
  return "a multiple of 4" if size % 4 else None


def build(setting):
  blocks = GENERATORS[setting.generator or "resnet_9blocks"]
  g_ab, g_ba = (setting.place(resnet(blocks, nn.InstanceNorm2d)) for _ in range(2))
  d_a, d_b = (setting.place(patch_discriminator(3, nn.InstanceNorm2d)) for _ in range(2))
  adam_g, adam_d = adam(g_ab, g_ba), adam(d_a, d_b)
  a, b = setting.pictures(), setting.pictures()

  def step():
    freeze([d_a, d_b])
    with setting.autocast():
      fake_b, fake_a = g_ab(a), g_ba(b)
      cycles = l1(g_ba(fake_b), a) + l1(g_ab(fake_a), b)
      identities = l1(g_ab(b), b) + l1(g_ba(a), a)
      loss_g = distance_to(d_b(fake_b), 1.0) + distance_to(d_a(fake_a), 1.0) + 10 * cycles + 5 * identities
    minimize(adam_g, loss_g)
    freeze([d_a, d_b], False)
    adam_d.zero_grad(set_to_none=True)
    for discriminator, real, fake in ((d_a, a, fake_a.detach()), (d_b, b, fake_b.detach())):
      with setting.autocast():
        loss = 0.5 * (distance_to(discriminator(real), 1.0) + distance_to(discriminator(fake), 0.0))
      loss.backward()
    adam_d.step()

  return Recipe(step, [g_ab, g_ba, d_a, d_b])
