#include "CImage.h"
#include "cmyk.h"
#include "tiff_layout.h"

#include <stdlib.h>

enum { MOST_TILE_BYTES = 1 << 28 };

static int decoded_colours(const TiffLayout *layout) {
  return layout->colours == 1 && layout->photometric != PHOTOMETRIC_PALETTE ? 1 : 3;
}

int gan_tiff_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity) {
  TiffStream stream = {file, {message, capacity}};
  TIFF *tiff = tiff_open(&stream);
  if (!tiff) return 1;
  TiffLayout layout;
  int failed = tiff_describe(tiff, &layout, &stream.report);
  if (!failed) {
    info->width = layout.width;
    info->height = layout.height;
    info->channels = layout.photometric == PHOTOMETRIC_PALETTE ? 3 : layout.samples;
    info->colours = decoded_colours(&layout);
    info->bits = layout.bits;
    info->is_float = layout.format == SAMPLEFORMAT_IEEEFP;
    info->has_alpha = layout.has_alpha;
    info->orientation = layout.orientation;
  }
  TIFFClose(tiff);
  return failed;
}

// Where samples go: either bytes, grey or RGB, or all samples as numbers.
typedef struct {
  const TiffLayout *layout;
  uint8_t *bytes;
  float *numbers;
  int channels;
  uint8_t palette[3][256];
} Target;

static unsigned byte_at(const uint8_t *row, size_t index, unsigned bits) {
  return bits == 16 ? ((const uint16_t *)row)[index] >> 8 : row[index];
}

static unsigned bits_at(const uint8_t *row, size_t index, unsigned bits) {
  size_t bit = index * bits;
  return row[bit / 8] >> (8 - bits - bit % 8) & ((1u << bits) - 1);
}

static void grey_or_palette(const Target *target, const uint8_t *row, uint32_t count, uint8_t *out) {
  const TiffLayout *layout = target->layout;
  unsigned bits = layout->bits, most = (1u << (bits < 8 ? bits : 8)) - 1;
  for (uint32_t i = 0; i < count; i++) {
    size_t index = (size_t)i * layout->samples;
    unsigned value = bits < 8 ? bits_at(row, index, bits) : byte_at(row, index, bits);
    if (layout->photometric == PHOTOMETRIC_PALETTE) {
      for (int c = 0; c < 3; c++) out[3 * (size_t)i + c] = target->palette[c][value];
      continue;
    }
    if (layout->photometric == PHOTOMETRIC_MINISWHITE) value = most - value;
    out[i] = (uint8_t)(value * 255 / most);
  }
}

static void colours(const TiffLayout *layout, const uint8_t *row, uint32_t count, uint8_t *out) {
  for (uint32_t i = 0; i < count; i++, out += 3) {
    size_t index = (size_t)i * layout->samples;
    if (layout->photometric == PHOTOMETRIC_SEPARATED) {
      unsigned light = 255 - byte_at(row, index + 3, layout->bits);
      for (int c = 0; c < 3; c++) out[c] = light_after_ink(byte_at(row, index + c, layout->bits), light);
    } else {
      for (int c = 0; c < 3; c++) out[c] = (uint8_t)byte_at(row, index + c, layout->bits);
    }
  }
}

// Divides by the alpha that the samples were multiplied by.
static void unmultiply(const TiffLayout *layout, const uint8_t *row, uint32_t count, int channels, uint8_t *out) {
  for (uint32_t i = 0; i < count; i++, out += channels) {
    unsigned alpha = byte_at(row, (size_t)i * layout->samples + (unsigned)layout->colours, layout->bits);
    if (alpha == 0 || alpha == 255) continue;
    for (int c = 0; c < channels; c++) {
      unsigned value = 255u * out[c] / alpha;
      out[c] = (uint8_t)(value < 255 ? value : 255);
    }
  }
}

static float number_at(const uint8_t *row, size_t index, const TiffLayout *layout) {
  float value, most = layout->bits == 16 ? 65535 : 255;
  if (layout->bits == 32) return ((const float *)row)[index];
  value = layout->bits == 16 ? ((const uint16_t *)row)[index] : row[index];
  return layout->photometric == PHOTOMETRIC_MINISWHITE ? most - value : value;
}

// Takes `count` pixels of row `y` from column `x` on, of one plane if samples are stored plane by plane.
static void take(const Target *target, uint32_t y, uint32_t x, uint32_t count, int plane, const uint8_t *row) {
  const TiffLayout *layout = target->layout;
  size_t first = (size_t)y * layout->width + x;
  int separate = layout->planes == PLANARCONFIG_SEPARATE;
  if (target->numbers) {
    int stored = separate ? 1 : layout->samples;
    for (uint32_t i = 0; i < count; i++) {
      float *out = target->numbers + (first + i) * layout->samples + (separate ? plane : 0);
      for (int s = 0; s < stored; s++) out[s] = number_at(row, (size_t)i * (size_t)stored + (size_t)s, layout);
    }
    return;
  }
  uint8_t *out = target->bytes + first * (size_t)target->channels;
  if (separate) {
    for (uint32_t i = 0; i < count && plane < target->channels; i++) {
      unsigned value = byte_at(row, i, layout->bits);
      out[(size_t)i * target->channels + plane] =
          (uint8_t)(layout->photometric == PHOTOMETRIC_MINISWHITE ? 255 - value : value);
    }
    return;
  }
  if (layout->colours == 1) {
    grey_or_palette(target, row, count, out);
  } else {
    colours(layout, row, count, out);
  }
  if (layout->premultiplied) unmultiply(layout, row, count, target->channels, out);
}

// Bytes of a row of `width` pixels, of one plane if samples are stored plane by plane.
static size_t row_bytes(const TiffLayout *layout, uint32_t width) {
  size_t samples = layout->planes == PLANARCONFIG_SEPARATE ? 1 : layout->samples;
  return ((size_t)width * samples * layout->bits + 7) / 8;
}

static int take_tiles(TIFF *tiff, const Target *target, const Report *to) {
  const TiffLayout *layout = target->layout;
  uint32_t width = 0, height = 0;
  uint64_t bytes = TIFFTileSize64(tiff);
  TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height);
  if (width == 0 || height == 0 || bytes == 0) return report(to, "its tiles have no size");
  if (bytes > MOST_TILE_BYTES) return report(to, "tiles of %u x %u pixels are too large", width, height);
  size_t stride = (size_t)TIFFTileRowSize64(tiff);
  if (stride < row_bytes(layout, width) || stride > bytes / height) return report(to, "its tiles have no rows");
  uint8_t *tile = malloc(bytes);
  if (!tile) return report_memory(to);
  int planes = layout->planes == PLANARCONFIG_SEPARATE ? layout->samples : 1;
  for (int plane = 0; plane < planes; plane++) {
    for (uint32_t y = 0; y < layout->height; y += height) {
      for (uint32_t x = 0; x < layout->width; x += width) {
        if (TIFFReadTile(tiff, tile, x, y, 0, (uint16_t)plane) != (tmsize_t)bytes) {
          free(tile);
          return report_end(to);
        }
        uint32_t columns = layout->width - x < width ? layout->width - x : width;
        for (uint32_t r = 0; r < height && y + r < layout->height; r++) {
          take(target, y + r, x, columns, plane, tile + r * stride);
        }
      }
    }
  }
  free(tile);
  return 0;
}

static int take_strips(TIFF *tiff, const Target *target, const Report *to) {
  const TiffLayout *layout = target->layout;
  uint32_t rows = 0;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
  if (rows == 0) return report(to, "its strips have no rows");
  if (rows > layout->height) rows = layout->height;
  tmsize_t room = TIFFStripSize(tiff), stride = TIFFScanlineSize(tiff);
  if (room <= 0 || stride <= 0 || (size_t)stride < row_bytes(layout, layout->width) || room / stride < rows) {
    return report(to, "its strips have no size");
  }
  uint8_t *strip = malloc((size_t)room);
  if (!strip) return report_memory(to);
  int planes = layout->planes == PLANARCONFIG_SEPARATE ? layout->samples : 1;
  for (int plane = 0; plane < planes; plane++) {
    for (uint32_t y = 0; y < layout->height; y += rows) {
      uint32_t count = layout->height - y < rows ? layout->height - y : rows;
      tmsize_t wanted = (tmsize_t)count * stride;
      tmsize_t found = TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, y, (uint16_t)plane), strip, room);
      if (found < wanted) {
        free(strip);
        return report_end(to);
      }
      for (uint32_t r = 0; r < count; r++) {
        take(target, y + r, 0, layout->width, plane, strip + (size_t)r * (size_t)stride);
      }
    }
  }
  free(strip);
  return 0;
}

static int read_palette(TIFF *tiff, Target *target, const Report *to) {
  uint16_t *maps[3];
  if (target->layout->bits > 8) return report(to, "a palette for samples of %d bits", target->layout->bits);
  if (!TIFFGetField(tiff, TIFFTAG_COLORMAP, &maps[0], &maps[1], &maps[2])) return report(to, "its palette is missing");
  for (int c = 0; c < 3; c++) {
    for (unsigned i = 0; i < 1u << target->layout->bits; i++) target->palette[c][i] = (uint8_t)(maps[c][i] >> 8);
  }
  return 0;
}

// Colours of a luma and two differences, which may be stored for several pixels at once: by libtiff's own conversion.
static int take_converted(TIFF *tiff, const Target *target, const Report *to) {
  const TiffLayout *layout = target->layout;
  size_t count = (size_t)layout->width * layout->height;
  uint32_t *pixels = malloc(count * sizeof *pixels);
  if (!pixels) return report_memory(to);
  // In the file's orientation, which the caller applies
  int done = TIFFReadRGBAImageOriented(tiff, layout->width, layout->height, pixels, layout->orientation, 1);
  for (size_t i = 0; i < count && done; i++) {
    target->bytes[3 * i] = (uint8_t)TIFFGetR(pixels[i]);
    target->bytes[3 * i + 1] = (uint8_t)TIFFGetG(pixels[i]);
    target->bytes[3 * i + 2] = (uint8_t)TIFFGetB(pixels[i]);
  }
  free(pixels);
  return done ? 0 : report_end(to);
}

static int take_all(TIFF *tiff, Target *target, const Report *to) {
  const TiffLayout *layout = target->layout;
  int separate = layout->planes == PLANARCONFIG_SEPARATE;
  if (layout->photometric == PHOTOMETRIC_YCBCR && layout->compression != COMPRESSION_JPEG) {
    return take_converted(tiff, target, to);
  }
  if (separate && (layout->photometric == PHOTOMETRIC_SEPARATED || layout->premultiplied) && !target->numbers) {
    return report(to, "CMYK and multiplied alpha cannot be read plane by plane");
  }
  if (layout->photometric == PHOTOMETRIC_PALETTE && read_palette(tiff, target, to)) return 1;
  return TIFFIsTiled(tiff) ? take_tiles(tiff, target, to) : take_strips(tiff, target, to);
}

static int read_all(FILE *file, Target *target, uint32_t width, uint32_t height, char *message, size_t capacity) {
  TiffStream stream = {file, {message, capacity}};
  TIFF *tiff = tiff_open(&stream);
  if (!tiff) return 1;
  TiffLayout layout;
  int failed = tiff_describe(tiff, &layout, &stream.report);
  target->layout = &layout;
  if (!failed) {
    int is_same = layout.width == width && layout.height == height &&
                 target->channels == (target->numbers ? layout.samples : decoded_colours(&layout));
    if (!is_same) {
      failed = report_change(&stream.report);
    } else if (target->bytes && layout.format == SAMPLEFORMAT_IEEEFP) {
      failed = report(&stream.report, "floating-point samples");
    } else if (target->numbers && (layout.bits < 8 || layout.photometric == PHOTOMETRIC_PALETTE ||
                                   layout.photometric == PHOTOMETRIC_YCBCR)) {
      failed = report(&stream.report, "its samples are no colours");
    } else {
      failed = take_all(tiff, target, &stream.report);
    }
  }
  TIFFClose(tiff);
  // libtiff tells of some damage and goes on
  return failed || message[0] != 0;
}

int gan_tiff_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, char *message,
                  size_t capacity) {
  Target target = {.bytes = pixels, .channels = channels};
  return read_all(file, &target, width, height, message, capacity);
}

int gan_tiff_read_numbers(FILE *file, float *samples, uint32_t width, uint32_t height, int32_t channels, char *message,
                          size_t capacity) {
  Target target = {.numbers = samples, .channels = channels};
  return read_all(file, &target, width, height, message, capacity);
}
