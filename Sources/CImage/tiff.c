#include "CImage.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

enum {
  MOST_SAMPLES = 64,
  MOST_TILE_BYTES = 1 << 28,
  TAG_DNG_VERSION = 50706,
  // Numbers of colour spaces in the PhotometricInterpretation of cameras' raw files
  PHOTOMETRIC_SENSOR = 32803,
  PHOTOMETRIC_LINEAR_SENSOR = 34892,
};

typedef struct {
  FILE *file;
  Report report;
} Stream;

static tmsize_t read_bytes(thandle_t handle, void *bytes, tmsize_t count) {
  return (tmsize_t)fread(bytes, 1, (size_t)count, ((Stream *)handle)->file);
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t count) {
  (void)handle;
  (void)bytes;
  (void)count;
  return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  FILE *file = ((Stream *)handle)->file;
  return fseeko(file, (off_t)offset, whence) == 0 ? (toff_t)ftello(file) : (toff_t)-1;
}

static toff_t size_of(thandle_t handle) {
  FILE *file = ((Stream *)handle)->file;
  off_t here = ftello(file);
  if (fseeko(file, 0, SEEK_END) != 0) return 0;
  off_t size = ftello(file);
  fseeko(file, here, SEEK_SET);
  return (toff_t)size;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static int on_error(TIFF *tiff, void *to, const char *module, const char *format, va_list values) {
  (void)tiff;
  (void)module;
  char text[160];
  vsnprintf(text, sizeof text, format, values);
  report((const Report *)to, "%s", text);
  return 1;
}

static int on_warning(TIFF *tiff, void *to, const char *module, const char *format, va_list values) {
  (void)tiff;
  (void)to;
  (void)module;
  (void)format;
  (void)values;
  return 1;
}

static TIFF *open_stream(Stream *stream) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return NULL;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)1 << 30);
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, &stream->report);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, NULL);
  // m: not mapped into memory, where a file that shrinks would end the program
  TIFF *tiff = TIFFClientOpenExt("picture", "rm", stream, read_bytes, write_nothing, seek, close_nothing, size_of, NULL,
                                 NULL, options);
  TIFFOpenOptionsFree(options);
  if (!tiff) report(&stream->report, "the directory cannot be read");
  return tiff;
}

typedef struct {
  uint32_t width, height;
  uint16_t samples, bits, format, photometric, planes, compression, orientation;
  int colours;        // samples of a pixel that are not extra ones: 1, 3, or 4 for CMYK
  int has_alpha;      // the first extra sample is alpha
  int premultiplied;  // and the colours are multiplied by it
} Layout;

static int is_raw(TIFF *tiff, const Layout *layout) {
  uint32_t kind = 0;
  void *versions = NULL;
  uint16_t count = 0;
  if (layout->photometric == PHOTOMETRIC_SENSOR || layout->photometric == PHOTOMETRIC_LINEAR_SENSOR) return 1;
  if (TIFFGetField(tiff, TAG_DNG_VERSION, &versions)) return 1;
  // A thumbnail in front, the sensor's data behind it
  return TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind) && (kind & FILETYPE_REDUCEDIMAGE) &&
         TIFFGetField(tiff, TIFFTAG_SUBIFD, &count, &versions);
}

static int colours_of(uint16_t photometric) {
  switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_PALETTE: return 1;
    case PHOTOMETRIC_RGB:
    case PHOTOMETRIC_YCBCR: return 3;
    case PHOTOMETRIC_SEPARATED: return 4;
    default: return 0;
  }
}

static int check_samples(const Layout *layout, const Report *to) {
  int whole = layout->format == SAMPLEFORMAT_UINT || layout->format == SAMPLEFORMAT_VOID;
  int narrow = layout->bits == 1 || layout->bits == 2 || layout->bits == 4;
  if (layout->format == SAMPLEFORMAT_IEEEFP ? layout->bits != 32
                                            : !whole || !(narrow || layout->bits == 8 || layout->bits == 16)) {
    const char *kind = layout->format == SAMPLEFORMAT_IEEEFP ? "floating-point"
                       : layout->format == SAMPLEFORMAT_INT  ? "signed"
                       : whole                               ? "unsigned"
                                                             : "complex";
    return report(to, "its samples are %s numbers of %d bits; unsigned ones of 8 or 16 bits and floating-point ones of 32 "
                      "bits can be read", kind, layout->bits);
  }
  if (narrow && layout->samples != 1) return report(to, "%d samples of %d bits", layout->samples, layout->bits);
  if (layout->samples < 1 || layout->samples > MOST_SAMPLES) {
    return report(to, "%d samples a pixel; at most %d can be read", layout->samples, MOST_SAMPLES);
  }
  return 0;
}

static int describe(TIFF *tiff, Layout *layout, const Report *to) {
  memset(layout, 0, sizeof *layout);
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout->width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout->height)) {
    return report(to, "its size is missing");
  }
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout->samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout->format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &layout->planes);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &layout->compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &layout->orientation);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout->photometric)) {
    layout->photometric = layout->samples < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB;
  }
  if (layout->orientation < 1 || layout->orientation > 8) layout->orientation = 1;
  if (is_raw(tiff, layout)) return report(to, "it is a camera's raw file");
  layout->colours = colours_of(layout->photometric);
  if (layout->colours == 0) return report(to, "colours of kind %d cannot be read", layout->photometric);
  if (check_samples(layout, to)) return 1;
  if (layout->samples < layout->colours) {
    return report(to, "%d samples a pixel where its colours have %d", layout->samples, layout->colours);
  }
  uint16_t count = 0, *kinds = NULL;
  int extra = layout->samples > layout->colours && layout->photometric != PHOTOMETRIC_PALETTE;
  if (extra && TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds) && count > 0) {
    layout->premultiplied = kinds[0] == EXTRASAMPLE_ASSOCALPHA;
    layout->has_alpha = layout->premultiplied || kinds[0] == EXTRASAMPLE_UNASSALPHA;
  }
  if (layout->photometric == PHOTOMETRIC_YCBCR && layout->compression == COMPRESSION_JPEG) {
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  return 0;
}

static int decoded_colours(const Layout *layout) {
  return layout->colours == 1 && layout->photometric != PHOTOMETRIC_PALETTE ? 1 : 3;
}

int gan_tiff_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity) {
  Stream stream = {file, {message, capacity}};
  TIFF *tiff = open_stream(&stream);
  if (!tiff) return 1;
  Layout layout;
  int failed = describe(tiff, &layout, &stream.report);
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
  const Layout *layout;
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
  const Layout *layout = target->layout;
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

static void colours(const Layout *layout, const uint8_t *row, uint32_t count, uint8_t *out) {
  for (uint32_t i = 0; i < count; i++, out += 3) {
    size_t index = (size_t)i * layout->samples;
    if (layout->photometric == PHOTOMETRIC_SEPARATED) {
      unsigned light = 255 - byte_at(row, index + 3, layout->bits);
      for (int c = 0; c < 3; c++) {
        unsigned product = byte_at(row, index + c, layout->bits) * light + 128;
        out[c] = (uint8_t)(light - ((product + (product >> 8)) >> 8));
      }
    } else {
      for (int c = 0; c < 3; c++) out[c] = (uint8_t)byte_at(row, index + c, layout->bits);
    }
  }
}

// Divides by the alpha that the samples were multiplied by.
static void unmultiply(const Layout *layout, const uint8_t *row, uint32_t count, int channels, uint8_t *out) {
  for (uint32_t i = 0; i < count; i++, out += channels) {
    unsigned alpha = byte_at(row, (size_t)i * layout->samples + (unsigned)layout->colours, layout->bits);
    if (alpha == 0 || alpha == 255) continue;
    for (int c = 0; c < channels; c++) {
      unsigned value = 255u * out[c] / alpha;
      out[c] = (uint8_t)(value < 255 ? value : 255);
    }
  }
}

static float number_at(const uint8_t *row, size_t index, const Layout *layout) {
  float value, most = layout->bits == 16 ? 65535 : 255;
  if (layout->bits == 32) return ((const float *)row)[index];
  value = layout->bits == 16 ? ((const uint16_t *)row)[index] : row[index];
  return layout->photometric == PHOTOMETRIC_MINISWHITE ? most - value : value;
}

// Takes `count` pixels of row `y` from column `x` on, of one plane if samples are stored plane by plane.
static void take(const Target *target, uint32_t y, uint32_t x, uint32_t count, int plane, const uint8_t *row) {
  const Layout *layout = target->layout;
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
static size_t row_bytes(const Layout *layout, uint32_t width) {
  size_t samples = layout->planes == PLANARCONFIG_SEPARATE ? 1 : layout->samples;
  return ((size_t)width * samples * layout->bits + 7) / 8;
}

static int take_tiles(TIFF *tiff, const Target *target, const Report *to) {
  const Layout *layout = target->layout;
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
  const Layout *layout = target->layout;
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
  const Layout *layout = target->layout;
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
  const Layout *layout = target->layout;
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
  Stream stream = {file, {message, capacity}};
  TIFF *tiff = open_stream(&stream);
  if (!tiff) return 1;
  Layout layout;
  int failed = describe(tiff, &layout, &stream.report);
  target->layout = &layout;
  if (!failed) {
    int isSame = layout.width == width && layout.height == height &&
                 target->channels == (target->numbers ? layout.samples : decoded_colours(&layout));
    if (!isSame) {
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
