"""The papers' training steps in PyTorch, one module a model, for comparison with `ganctl bench step`.

A module has SIZE, BATCH (the paper's), `check(size, batch)`, which says what is wrong with these, if anything, and
`build(setting)`, which makes a Recipe. A further model is a module and a line here.
"""

from . import cyclegan, drit, instagan, nicegan, pix2pix, stargan, unit

MODELS = {
  "pix2pix": pix2pix, "cyclegan": cyclegan, "unit": unit, "nicegan": nicegan, "drit": drit, "stargan": stargan,
  "instagan": instagan,
}
