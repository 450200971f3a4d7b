#!/usr/bin/python3
"""Builds small, real data sets from the emoji pictures that Debian packages carry.

The pictures come from three artists' sets:
  noto      fonts-noto-color-emoji  coloured bitmaps, 136 x 128 pixels
  emojione  ruby-gemojione          coloured pictures, 64 x 64 pixels, and the same as SVG
  symbola   fonts-symbola           black line drawings (outlines)

Written under OUT:
  edges2emoji/{train,val,test}            pairs side by side: left a sketch of the Noto picture, right the picture
  vendors/{train,val,test}{A,B}           A = Noto, B = EmojiOne; not paired, but equal names show the same emoji
  styles/{train,val,test}/{symbola,noto,emojione}   one folder per domain
  instances/{train,val,test}{A,B}         meadows with one to four animals, A = sheep, B = giraffes; the mask of each
                                          animal is in instances/{train,val,test}{A,B}_seg, NAME_0.png, NAME_1.png ...
  scenes/{train,test}{A,B}                one to three emoji on a coloured ground, half as large again: A = Noto by day,
                                          B = EmojiOne by night; scenes/{train,test}{A,B}_boxes.json tell where they
                                          are, in COCO's format
  manifest.json                           parameters, package versions, counts

A file is named after its code points in hexadecimal (without joiners and variation selectors). The split is a
fixed hash of the emoji, about 80/10/10, and the same in all sets; skin tones and genders of one emoji share a split.
"""

import argparse
import hashlib
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

try:
  import numpy
  from fontTools.ttLib import TTFont
  from PIL import Image, ImageDraw, ImageFilter, ImageFont
except ImportError as error:
  sys.exit(f"error: {error}\n"
           "help: run scripts/setup.sh, and call this script with /usr/bin/python3, for which Debian packages\n"
           "      python3-fonttools, python3-pil and python3-numpy are made")

FORMAT = 3  # raise it when the same parameters would give other pictures
SETS = ("edges2emoji", "vendors", "styles", "instances", "scenes")
PACKAGES = ("fonts-noto-color-emoji", "ruby-gemojione", "fonts-symbola")
REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if not os.path.exists(os.path.join(REPOSITORY, "Package.swift")):
  REPOSITORY = os.getcwd()  # installed from a package

JOINER, VARIATION, KEYCAP = 0x200D, 0xFE0F, 0x20E3
SKIN_TONES = range(0x1F3FB, 0x1F400)
REGIONAL_LETTERS = range(0x1F1E6, 0x1F200)
PEOPLE_AND_GENDERS = {0x1F466, 0x1F467, 0x1F468, 0x1F469, 0x1F9D1, 0x2640, 0x2642}

MARGIN = 0.04         # empty border on each side, as a share of the picture
LARGEST_ZOOM = 1.3    # small signs such as a dot are not blown up beyond this
SKETCH_SCALE = 2      # sketches are drawn this much larger, then averaged: thin lines without stairs
WEAK, STRONG = 11, 30  # edges: change over two pixels, in steps of 8 bit, for lines joined to others, and alone


def fail(message, help_text):
  sys.exit(f"error: {message}\nhelp: {help_text}")


# ---- the emoji and their names -------------------------------------------------------------------------------------

def name_of(code_points):
  """The file name's stem: hexadecimal code points without joiners and variation selectors, as EmojiOne does it."""
  return "-".join(f"{c:04X}" for c in code_points if c not in (JOINER, VARIATION))


def is_skin_toned(name):
  parts = [int(part, 16) for part in name.split("-")]
  return len(parts) > 1 and any(part in SKIN_TONES for part in parts)


def split_of(name):
  """train, val or test. Variants of one emoji must not be on both sides, or the test could be solved from memory."""
  parts = [int(part, 16) for part in name.split("-")]
  essence = [c for c in parts if c not in PEOPLE_AND_GENDERS and c not in SKIN_TONES] or parts[:1]
  bucket = hashlib.md5(name_of(essence).encode()).digest()[0] % 10
  return {0: "test", 1: "val"}.get(bucket, "train")


def is_picture_character(code_point):
  """Leaves out letters, digits and the private codes of old phones."""
  return 0x2000 <= code_point < 0x20000 and code_point not in REGIONAL_LETTERS


# ---- sources -------------------------------------------------------------------------------------------------------

def files_of(package):
  listing = subprocess.run(["dpkg", "-L", package], capture_output=True, text=True, check=False)
  if listing.returncode != 0:
    fail(f"the Debian package {package} is not installed", "run scripts/setup.sh")
  return listing.stdout.splitlines()


def file_of(package, file_name):
  for path in files_of(package):
    if os.path.basename(path) == file_name:
      return path
  return fail(f"the package {package} has no {file_name}", "this script knows the packages of Debian 12")


def versions():
  shown = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES, "python3-pil"],
                         capture_output=True, text=True, check=False)
  if shown.returncode != 0:
    fail("not all of these Debian packages are installed: " + " ".join(PACKAGES), "run scripts/setup.sh")
  return dict(line.split(" ", 1) for line in shown.stdout.splitlines())


class Noto:
  """Bitmaps of the CBDT table; sequences are found through the font's ligatures."""

  def __init__(self):
    font = TTFont(file_of("fonts-noto-color-emoji", "NotoColorEmoji.ttf"), lazy=True)
    self.bitmaps = font["CBDT"].strikeData[0]
    characters = font.getBestCmap()
    self.glyphs = {}
    for code_point, glyph in characters.items():
      if is_picture_character(code_point):
        self._add((code_point,), glyph)
    code_points = {glyph: code_point for code_point, glyph in sorted(characters.items(), reverse=True)}
    for first, ligature in self._ligatures(font):
      parts = [code_points.get(glyph) for glyph in (first, *ligature.Component)]
      if None not in parts:
        self._add(parts, ligature.LigGlyph)

  @staticmethod
  def _ligatures(font):
    for lookup in font["GSUB"].table.LookupList.Lookup:
      for table in lookup.SubTable:
        for first, ligatures in getattr(table, "ligatures", {}).items() if lookup.LookupType == 4 else ():
          for ligature in ligatures:
            yield first, ligature

  def _add(self, parts, glyph):
    if glyph in self.bitmaps:
      self.glyphs.setdefault(name_of(parts), glyph)

  def names(self):
    return set(self.glyphs)

  def data(self, name):
    return self.bitmaps[self.glyphs[name]].imageData

  def picture(self, name, box):
    return fitted(Image.open(io.BytesIO(self.data(name))).convert("RGBA"), box)


class EmojiOne:
  """PNG files up to the size they have; for larger pictures the same drawings as SVG."""

  def __init__(self, size):
    self.files = {}
    for path in files_of("ruby-gemojione"):
      match = re.search(r"/(png|svg)/([0-9A-Fa-f-]+)\.(png|svg)$", path)
      if match and match[1] == ("png" if size <= 64 else "svg"):
        self.files[match[2].upper()] = path
    if size > 64 and shutil.which("rsvg-convert") is None:
      fail(f"pictures of {size} pixels need rsvg-convert, to draw EmojiOne's SVG files",
           "apt-get install librsvg2-bin")

  def names(self):
    return {name for name in self.files if "-" in name or is_picture_character(int(name, 16))}

  def picture(self, name, box):
    path = self.files[name]
    if path.endswith(".png"):
      return fitted(Image.open(path).convert("RGBA"), box)
    drawn = subprocess.run(["rsvg-convert", "-w", str(box), "-h", str(box), path], capture_output=True, check=False)
    if drawn.returncode != 0:
      said = drawn.stderr.decode(errors="replace").strip()
      fail(f"rsvg-convert failed on {path}: {said}", "reinstall ruby-gemojione")
    return fitted(Image.open(io.BytesIO(drawn.stdout)).convert("RGBA"), box)


class Symbola:
  """Outlines, drawn large in black and then shrunk."""

  def __init__(self, size):
    path = file_of("fonts-symbola", "Symbola_hint.ttf")
    self.characters = TTFont(path, lazy=True).getBestCmap()
    self.pixels = 4 * size
    self.font = ImageFont.truetype(path, self.pixels, layout_engine=ImageFont.Layout.BASIC)

  def names(self):
    return {name_of((code_point,)) for code_point in self.characters if is_picture_character(code_point)}

  def picture(self, name, box):
    character = chr(int(name, 16))
    left, top, right, bottom = self.font.getbbox(character)
    if right <= left or bottom <= top:
      return None
    picture = Image.new("RGBA", (right - left, bottom - top), (0, 0, 0, 0))
    ImageDraw.Draw(picture).text((-left, -top), character, font=self.font, fill=(0, 0, 0, 255))
    return fitted(picture, box, natural=self.pixels)


# ---- pictures ------------------------------------------------------------------------------------------------------

def fitted(picture, box, natural=None):
  """The visible part of an RGBA picture, scaled to fit a square of `box` pixels; None if nothing is visible.

  `natural` is the side of the square that the artist drew in, the picture's own if not given.
  """
  visible = picture.getchannel("A").point(lambda value: 255 if value > 8 else 0).getbbox()
  if visible is None:
    return None
  scale = min(box / max(visible[2] - visible[0], visible[3] - visible[1]),
              LARGEST_ZOOM * box / (natural or max(picture.size)))
  part = picture.crop(visible)
  size = tuple(max(1, round(length * scale)) for length in part.size)
  # Colours are weighted by alpha before the filter (mode RGBa), or invisible pixels would bleed into the rim.
  return part.convert("RGBa").resize(size, Image.LANCZOS).convert("RGBA")


def centred(picture, size):
  canvas = Image.new("RGBA", (size, size), (255, 255, 255, 0))
  canvas.paste(picture, ((size - picture.width) // 2, (size - picture.height) // 2))
  return canvas


def on_white(canvas):
  white = Image.new("RGBA", canvas.size, (255, 255, 255, 255))
  return Image.alpha_composite(white, canvas).convert("RGB")


def inner_box(size):
  return size - 2 * max(1, round(MARGIN * size))


# ---- sketches ------------------------------------------------------------------------------------------------------

def sketch(canvas, size):
  """Dark lines on white along the edges of an RGBA canvas: Canny's method on colour and outline together."""
  magnitude, across, up = gradient(canvas)
  ridge = thinned(magnitude, across, up)
  lines = connected(ridge & (magnitude >= WEAK ** 2), ridge & (magnitude >= STRONG ** 2))
  lines = without_specks(lines)
  # A line of one pixel becomes two pixels wide here, and one after the averaging, which smooths its stairs.
  wide = lines | shifted(lines, 0, -1)
  wide |= shifted(wide, -1, 0)
  ink = Image.fromarray(numpy.where(wide, 255, 0).astype(numpy.uint8), "L").resize((size, size), Image.BOX)
  return ink.point(lambda value: 255 - min(255, value * 6 // 5)).convert("RGB")


def gradient(canvas):
  """Squared size and direction of the strongest change among the three colours on white and the outline."""
  colour = on_white(canvas).filter(ImageFilter.GaussianBlur(1.2))
  outline = canvas.getchannel("A").filter(ImageFilter.GaussianBlur(1.2))
  planes = numpy.dstack([numpy.asarray(colour), numpy.asarray(outline)]).astype(numpy.int32)
  p = numpy.pad(planes, ((1, 1), (1, 1), (0, 0)), mode="edge")
  dx = p[1:-1, 2:] - p[1:-1, :-2]
  dy = p[2:, 1:-1] - p[:-2, 1:-1]
  squared = dx * dx + dy * dy
  best = squared.argmax(axis=2)[..., None]
  take = lambda values: numpy.take_along_axis(values, best, axis=2)[..., 0]
  return take(squared), take(dx), take(dy)


def shifted(array, rows, columns):
  """array[y + rows, x + columns], zero beyond the border."""
  height, width = array.shape
  p = numpy.pad(array, 1)
  return p[1 + rows:1 + rows + height, 1 + columns:1 + columns + width]


def thinned(magnitude, dx, dy):
  """Keeps a pixel only where the change is largest along its own direction, so that a line is one pixel wide."""
  ax, ay = abs(dx), abs(dy)
  level, steep = 5 * ay < 2 * ax, 5 * ax < 2 * ay  # within about 22 degrees of an axis
  falling = (dx > 0) == (dy > 0)
  directions = ((level, (0, 1)), (steep, (1, 0)), (~level & ~steep & falling, (1, 1)),
                (~level & ~steep & ~falling, (1, -1)))
  ridge = numpy.zeros(magnitude.shape, bool)
  for chosen, (rows, columns) in directions:
    ahead, behind = shifted(magnitude, rows, columns), shifted(magnitude, -rows, -columns)
    ridge |= chosen & (magnitude > ahead) & (magnitude >= behind)
  return ridge


def grown(mask):
  """The mask and its eight neighbours."""
  rows = mask | shifted(mask, 1, 0) | shifted(mask, -1, 0)
  return rows | shifted(rows, 0, 1) | shifted(rows, 0, -1)


def connected(weak, strong):
  """Weak edge pixels count where they are joined to strong ones."""
  seen = strong
  while True:
    wider = grown(seen) & weak
    if (wider == seen).all():
      return seen
    seen = wider


def without_specks(lines):
  """Drops what has no line of a few pixels around it."""
  count = sum(shifted(lines.astype(numpy.int32), rows, columns) for rows in (-1, 0, 1) for columns in (-1, 0, 1))
  body = connected(lines, lines & (count >= 3))
  return body


# ---- meadows with animals, and the mask of each animal ---------------------------------------------------------------

MEADOWS = {"train": 300, "val": 24, "test": 24}
ANIMALS = {"A": ("1F411", "1F40F"), "B": ("1F992",)}  # sheep and ram; giraffe
MOST_ANIMALS = 4


def animals(noto, emojione, side, box):
  """Pictures of a side's animals by all artists that have drawn them, cut out closely."""
  found = [source.picture(name, box) for name in ANIMALS[side] for source in (noto, emojione) if name in source.names()]
  if not found:
    fail(f"none of the animals {', '.join(ANIMALS[side])} is in the packages", "this script knows those of Debian 12")
  return found


def meadow(chance, size):
  """Grass below a sky, in soft colours with some grain."""
  horizon = chance.uniform(0.2, 0.45)
  sky = numpy.array([chance.uniform(130, 200), chance.uniform(190, 225), chance.uniform(225, 250)])
  grass = numpy.array([chance.uniform(90, 150), chance.uniform(150, 195), chance.uniform(60, 100)])
  rows = (numpy.arange(size)[:, None, None] + 0.5) / size
  share = numpy.clip((rows - horizon) * 12, 0, 1)
  ground = grass * (1.1 - 0.35 * rows)
  colours = sky * (1.05 - 0.2 * rows) * (1 - share) + ground * share
  grain = numpy.array([chance.gauss(0, 5) for _ in range(size * size)]).reshape(size, size, 1)
  return Image.fromarray(numpy.clip(colours + grain * share, 0, 255).astype(numpy.uint8), "RGB")


def herd(chance, pictures, size):
  """Places for some animals, those farther away first: pictures with the corner where each goes."""
  placed = []
  for _ in range(chance.randint(1, MOST_ANIMALS)):
    for _ in range(20):
      side = chance.uniform(0.28, 0.5) * size
      picture = chance.choice(pictures)
      scale = side / max(picture.size)
      shape = tuple(max(2, round(length * scale)) for length in picture.size)
      shown = picture.convert("RGBa").resize(shape, Image.LANCZOS).convert("RGBA")
      if chance.random() < 0.5:
        shown = shown.transpose(Image.FLIP_LEFT_RIGHT)
      x = chance.randint(0, size - shape[0])
      # What is nearer is larger and stands lower.
      bottom = min(size - 1, round((0.45 + 0.5 * (side / size - 0.28) / 0.22) * size) + chance.randint(-2, 2))
      y = max(0, bottom - shape[1])
      box = (x, y, x + shape[0], y + shape[1])
      if all(overlap(box, other) < 0.2 for _, other in placed):
        placed.append((shown, box))
        break
  return sorted(placed, key=lambda item: item[1][3])


def overlap(a, b):
  """The shared area of two boxes, as a share of the smaller one."""
  width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
  least = min((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
  return max(0, width) * max(0, height) / least


def build_meadows(builder, noto, emojione):
  for side in ANIMALS:
    pictures = animals(noto, emojione, side, builder.size)
    for split, count in MEADOWS.items():
      for number in range(count):
        chance = random.Random(f"{side} {split} {number}")
        canvas, masks = meadow(chance, builder.size), []
        for shown, box in herd(chance, pictures, builder.size):
          canvas.paste(shown, box[:2], shown)
          mask = Image.new("L", canvas.size, 0)
          mask.paste(shown.getchannel("A"), box[:2])
          # An animal in front hides a part of those behind it.
          masks = [Image.fromarray(numpy.minimum(numpy.asarray(other), 255 - numpy.asarray(mask))) for other in masks]
          masks.append(mask)
        name = f"{number:04}"
        builder.save(canvas, name, "instances", split + side)
        for index, mask in enumerate(masks):
          builder.save(mask, f"{name}_{index}", "instances", f"{split}{side}_seg")


# ---- scenes --------------------------------------------------------------------------------------------------------

SCENES = {"train": 500, "test": 40}  # of each side
GROUNDS = {"A": ((168, 214, 250), (228, 240, 205)), "B": ((18, 20, 52), (58, 40, 78))}  # above and below


def ground(side, size, draw):
  """A vertical gradient from one colour to another, each a little different in every scene."""
  above, below = (numpy.array([level + draw.uniform(-14, 14) for level in colour]) for colour in GROUNDS[side])
  share = numpy.linspace(0, 1, size)[:, None, None]
  levels = numpy.clip(above * (1 - share) + below * share, 0, 255).round().astype(numpy.uint8)
  return Image.fromarray(numpy.broadcast_to(levels, (size, size, 3)).copy(), "RGB").convert("RGBA")


def scene(side, names, font, size, draw):
  """A scene and the boxes (left, top, width, height) of what it shows. Boxes do not overlap."""
  canvas, boxes = ground(side, size, draw), []
  for _ in range(draw.randint(1, 3)):
    picture = font.picture(draw.choice(names), round(size * draw.uniform(0.32, 0.55)))
    if not picture or min(picture.size) < size // 6:
      continue
    for _ in range(20):
      left, top = draw.randint(0, size - picture.width), draw.randint(0, size - picture.height)
      if all(left >= x + w or x >= left + picture.width or top >= y + h or y >= top + picture.height
             for x, y, w, h in boxes):
        canvas.alpha_composite(picture, (left, top))
        boxes.append((left, top, *picture.size))
        break
  return canvas.convert("RGB"), boxes


def build_scenes(builder, names, fonts, size):
  for split, count in SCENES.items():
    chosen = sorted(name for name in names if (split_of(name) == "train") == (split == "train"))
    for side, font in fonts.items():
      images, annotations = [], []
      for number in range(count):
        picture, boxes = scene(side, chosen, font, size, random.Random(f"{split}{side}{number}"))
        name = f"{number:04}"
        builder.save(picture, name, "scenes", split + side)
        images.append({"id": number, "file_name": name + ".png", "width": size, "height": size})
        annotations += [{"id": len(annotations) + index, "image_id": number, "category_id": 1, "bbox": list(box),
                         "area": box[2] * box[3], "iscrowd": 0} for index, box in enumerate(boxes)]
        builder.step()
      content = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "emoji"}]}
      with open(os.path.join(builder.folder, "scenes", f"{split}{side}_boxes.json"), "w", encoding="utf-8") as file:
        file.write(json.dumps(content) + "\n")


# ---- writing -------------------------------------------------------------------------------------------------------

class Builder:
  def __init__(self, folder, size):
    self.folder, self.size, self.counts = folder, size, {}
    self.written, self.total, self.started, self.shown = 0, 1, time.monotonic(), 0.0

  def save(self, picture, name, *parts):
    folder = os.path.join(self.folder, *parts)
    os.makedirs(folder, exist_ok=True)
    picture.save(os.path.join(folder, name + ".png"), compress_level=6)
    key = "/".join(parts)
    self.counts[key] = self.counts.get(key, 0) + 1

  def step(self):
    self.written += 1
    now = time.monotonic()
    if self.written == self.total or (sys.stderr.isatty() and now - self.shown > 0.2):
      self.shown = now
      line = f"{self.written}/{self.total} emoji and scenes, {now - self.started:.0f} s"
      print(f"\r{line}" if sys.stderr.isatty() else line, end="", file=sys.stderr, flush=True)
      if self.written == self.total:
        print(file=sys.stderr)


def choose(noto, emojione, symbola):
  """Which emoji go into which set, and a line of numbers for the reader."""
  both = noto.names() & emojione.names()
  all_three = {name for name in both & symbola.names() if "-" not in name}
  print(f"{len(all_three)} code points are in all three packages, {len(both)} emoji (with flags, skin tones and other "
        f"sequences) in Noto and EmojiOne, {len(distinct(noto.names(), noto, both))} in Noto", file=sys.stderr)
  # Edges do not tell a skin tone, so a sketch has one picture only.
  plain = {name for name in noto.names() if not is_skin_toned(name)}
  return distinct(plain, noto, both), distinct(both, noto, both), all_three


def distinct(names, noto, preferred):
  """Several names lead to one bitmap (aliases, flags of dependent territories): keeps one name for each."""
  seen = {}
  for name in sorted(names, key=lambda name: (name not in preferred, name)):
    seen.setdefault(hashlib.md5(noto.data(name)).digest(), name)
  return set(seen.values())


def build(folder, size):
  noto, emojione, symbola = Noto(), EmojiOne(size), Symbola(size)
  sketched, vendors, styles = choose(noto, emojione, symbola)
  builder = Builder(folder, size)
  builder.total = len(sketched | vendors | styles) + 2 * sum(SCENES.values())
  box = inner_box(size)
  for name in sorted(sketched | vendors | styles):
    split = split_of(name)
    source = noto.picture(name, SKETCH_SCALE * box)
    picture = on_white(centred(noto.picture(name, box), size)) if source else None
    if name in sketched and source:
      pair = Image.new("RGB", (2 * size, size))
      pair.paste(sketch(centred(source, SKETCH_SCALE * size), size), (0, 0))
      pair.paste(picture, (size, 0))
      builder.save(pair, name, "edges2emoji", split)
    if name in vendors and source:
      other = on_white(centred(emojione.picture(name, box), size))
      builder.save(picture, name, "vendors", split + "A")
      builder.save(other, name, "vendors", split + "B")
      drawing = symbola.picture(name, box) if name in styles else None
      if drawing:
        builder.save(on_white(centred(drawing, size)), name, "styles", split, "symbola")
        builder.save(picture, name, "styles", split, "noto")
        builder.save(other, name, "styles", split, "emojione")
    builder.step()
  build_meadows(builder, noto, emojione)
  # Without skin tones, which would be every second one.
  plain = {name for name in vendors if not is_skin_toned(name)}
  build_scenes(builder, plain, {"A": noto, "B": emojione}, size * 3 // 2)
  return builder.counts


def read_manifest(folder):
  try:
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
      manifest = json.load(file)
      return manifest if isinstance(manifest, dict) else None
  except (OSError, ValueError):
    return None


def replace(partial, out):
  """Puts the finished folder in its place. Only data sets made by this script are ever removed."""
  for name in ("manifest.json", *SETS):
    path = os.path.join(out, name)
    if os.path.isdir(path):
      shutil.rmtree(path)
    elif os.path.exists(path):
      os.remove(path)
  os.makedirs(out, exist_ok=True)
  for name in (*SETS, "manifest.json"):  # the manifest last: without it the next run starts over
    os.replace(os.path.join(partial, name), os.path.join(out, name))
  os.rmdir(partial)


def parse_arguments():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--size", type=int, choices=(64, 128, 256), default=64,
                      help="side of a picture in pixels (default 64; above it the package librsvg2-bin is needed)")
  parser.add_argument("--out", help="folder to write (default data/emoji in the repository, or here without one, "
                                    "or data/emoji-128, data/emoji-256 for these sizes)")
  parser.add_argument("--force", action="store_true", help="build again even if the folder is up to date")
  return parser.parse_args()


def main():
  arguments = parse_arguments()
  default = "emoji" if arguments.size == 64 else f"emoji-{arguments.size}"
  out = os.path.abspath(arguments.out or os.path.join(REPOSITORY, "data", default))
  manifest = {"format": FORMAT, "size": arguments.size, "packages": versions()}
  found = read_manifest(out)
  if found and not arguments.force and {key: found.get(key) for key in manifest} == manifest:
    print(f"{out}: up to date", file=sys.stderr)
    return
  ours = found and "packages" in found or os.path.exists(out + ".partial")
  if not ours and any(os.path.lexists(os.path.join(out, name)) for name in (*SETS, "manifest.json")):
    fail(f"{out} already holds a folder of the same name that this script did not make",
         "remove it, or name another folder with --out")
  partial = out + ".partial"
  try:
    shutil.rmtree(partial, ignore_errors=True)
    os.makedirs(partial)
    manifest["pictures"] = build(partial, arguments.size)
    with open(os.path.join(partial, "manifest.json"), "w", encoding="utf-8") as file:
      file.write(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    replace(partial, out)
  except OSError as error:
    fail(f"cannot write the pictures: {error}", "check the folder's permission and the free space, or use --out")
  except KeyboardInterrupt:
    fail("interrupted", "run it again; it starts over")
  for name, count in sorted(manifest["pictures"].items()):
    print(f"{count:5} {os.path.join(out, name)}")


if __name__ == "__main__":
  main()
