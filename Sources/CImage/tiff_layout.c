#include "tiff_layout.h"

#include <string.h>

enum {
  MOST_SAMPLES = 64,
  TAG_DNG_VERSION = 50706,
  // Numbers of colour spaces in the PhotometricInterpretation of cameras' raw files
  PHOTOMETRIC_SENSOR = 32803,
  PHOTOMETRIC_LINEAR_SENSOR = 34892,
};

static tmsize_t read_bytes(thandle_t handle, void *bytes, tmsize_t count) {
  return (tmsize_t)fread(bytes, 1, (size_t)count, ((TiffStream *)handle)->file);
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t count) {
  (void)handle;
  (void)bytes;
  (void)count;
  return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  FILE *file = ((TiffStream *)handle)->file;
  return fseeko(file, (off_t)offset, whence) == 0 ? (toff_t)ftello(file) : (toff_t)-1;
}

static toff_t size_of(thandle_t handle) {
  FILE *file = ((TiffStream *)handle)->file;
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

TIFF *tiff_open(TiffStream *stream) {
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

static int is_raw(TIFF *tiff, const TiffLayout *layout) {
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

static int check_samples(const TiffLayout *layout, const Report *to) {
  int whole = layout->format == SAMPLEFORMAT_UINT || layout->format == SAMPLEFORMAT_VOID;
  int narrow = layout->bits == 1 || layout->bits == 2 || layout->bits == 4;
  if (layout->format == SAMPLEFORMAT_IEEEFP ? layout->bits != 32
                                            : !whole || !(narrow || layout->bits == 8 || layout->bits == 16)) {
    const char *kind = layout->format == SAMPLEFORMAT_IEEEFP ? "floating-point"
                       : layout->format == SAMPLEFORMAT_INT  ? "signed"
                       : whole                               ? "unsigned"
                                                             : "complex";
    return report(to, "its samples are %s numbers of %d bits; unsigned ones of 8 or 16 bits and floating-point ones "
                      "of 32 bits can be read", kind, layout->bits);
  }
  if (narrow && layout->samples != 1) return report(to, "%d samples of %d bits", layout->samples, layout->bits);
  if (layout->samples < 1 || layout->samples > MOST_SAMPLES) {
    return report(to, "%d samples a pixel; at most %d can be read", layout->samples, MOST_SAMPLES);
  }
  return 0;
}

int tiff_describe(TIFF *tiff, TiffLayout *layout, const Report *to) {
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
