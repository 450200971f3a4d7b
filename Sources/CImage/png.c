#include "CImage.h"
#include "exif.h"
#include "report.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static void on_error(png_structp png, png_const_charp text) {
  report(png_get_error_ptr(png), "%s", text);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
  if (fread(bytes, 1, count, png_get_io_ptr(png)) != count) png_error(png, "the file ends too early");
}

// A reader that checks every CRC and passes over all chunks that do not carry pixels
// (gamma, colour profiles, texts): they must not change a value, nor cost memory.
static png_structp make_reader(FILE *file, Report *to, png_infop *info) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, to, on_error, on_warning);
  if (!png) return NULL;
  *info = png_create_info_struct(png);
  if (!*info) {
    png_destroy_read_struct(&png, NULL, NULL);
    return NULL;
  }
  png_set_read_fn(png, file, read_bytes);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // the caller has limits, and words, of its own
  return png;
}

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// Walks over all chunks for two that libpng is told to pass over: eXIf, which may stand behind the pixels, and
// tRNS, transparent colours. A file that ends too early says nothing here; reading it tells.
static void look_for_extras(FILE *file, GanPictureInfo *info) {
  enum { MOST_EXIF = 1 << 16 };
  uint8_t head[8];
  if (fseek(file, 8, SEEK_SET) != 0) return;
  while (fread(head, 1, 8, file) == 8) {
    uint32_t length = big_endian(head);
    if (length > PNG_UINT_31_MAX || memcmp(head + 4, "IEND", 4) == 0) return;
    if (memcmp(head + 4, "tRNS", 4) == 0) info->has_alpha = 1;
    if (memcmp(head + 4, "eXIf", 4) == 0 && length <= MOST_EXIF) {
      uint8_t *block = malloc(length);
      if (block && fread(block, 1, length, file) == length) {
        int found = exif_orientation(block, length);
        if (found) info->orientation = found;
      }
      free(block);
      return;
    }
    if (fseek(file, (long)length + 4, SEEK_CUR) != 0) return;
  }
}

int gan_png_info(FILE *file, GanPictureInfo *result, char *message, size_t capacity) {
  Report to = {message, capacity};
  png_infop info = NULL;
  png_structp png = make_reader(file, &to, &info);
  if (!png) return report_memory(&to);
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
  }
  png_read_info(png, info);
  result->width = png_get_image_width(png, info);
  result->height = png_get_image_height(png, info);
  int type = png_get_color_type(png, info);
  result->channels = (type & PNG_COLOR_MASK_COLOR ? 3 : 1) + (type & PNG_COLOR_MASK_ALPHA ? 1 : 0);
  result->colours = type & PNG_COLOR_MASK_COLOR ? 3 : 1;
  result->bits = png_get_bit_depth(png, info);
  result->has_alpha = type & PNG_COLOR_MASK_ALPHA ? 1 : 0;
  result->orientation = 1;
  png_destroy_read_struct(&png, &info, NULL);
  look_for_extras(file, result);
  return 0;
}

// Everything becomes 8-bit grey or RGB. 16 bit: the high byte, as Pillow and most tools do (not a
// rounded scaling). Alpha and transparent colours are dropped, not blended.
static void ask_for_bytes(png_structp png) {
  png_set_strip_16(png);
  png_set_expand(png);
  png_set_strip_alpha(png);
}

int gan_png_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels,
                 char *message, size_t capacity) {
  Report to = {message, capacity};
  png_infop info = NULL;
  png_structp png = make_reader(file, &to, &info);
  if (!png) return report_memory(&to);
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
  }
  png_read_info(png, info);
  ask_for_bytes(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t stride = (size_t)width * (size_t)channels;
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height ||
      png_get_rowbytes(png, info) != stride) {
    png_error(png, "the file changed while it was read");
  }
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t y = 0; y < height; y++) png_read_row(png, pixels + y * stride, NULL);
  }
  png_read_end(png, NULL);  // the last CRC and the end mark
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}

static uint32_t largest_of(const uint8_t *samples, size_t count) {
  uint32_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t value = (uint32_t)samples[2 * i] << 8 | samples[2 * i + 1];
    if (value > largest) largest = value;
  }
  return largest;
}

int gan_png_largest16(FILE *file, uint32_t *largest, char *message, size_t capacity) {
  Report to = {message, capacity};
  png_infop info = NULL;
  png_structp png = make_reader(file, &to, &info);
  if (!png) return report_memory(&to);
  uint8_t *volatile row = NULL;
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    free(row);
    return 1;
  }
  png_read_info(png, info);
  *largest = 0xFFFF;
  if (png_get_bit_depth(png, info) == 16 && png_get_interlace_type(png, info) == PNG_INTERLACE_NONE) {
    png_set_strip_alpha(png);
    png_read_update_info(png, info);
    size_t stride = png_get_rowbytes(png, info);
    row = malloc(stride);
    if (!row) png_error(png, "out of memory");
    uint32_t found = 0;
    for (uint32_t y = png_get_image_height(png, info); y > 0 && found <= 0xFFF; y--) {
      png_read_row(png, row, NULL);
      uint32_t value = largest_of(row, stride / 2);
      if (value > found) found = value;
    }
    *largest = found;
  }
  png_destroy_read_struct(&png, &info, NULL);
  free(row);
  return 0;
}

typedef struct {
  GanSink take;
  void *context;
} Sink;

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  Sink *sink = png_get_io_ptr(png);
  if (sink->take(sink->context, bytes, count) != 0) png_error(png, "the file cannot be written");
}

static void flush_nothing(png_structp png) { (void)png; }

int gan_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels,
                   GanSink take, void *context, char *message, size_t capacity) {
  Report to = {message, capacity};
  Sink sink = {take, context};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &to, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    return report_memory(&to);
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return 1;
  }
  png_set_write_fn(png, &sink, write_bytes, flush_nothing);
  int type = channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB;
  png_set_IHDR(png, info, width, height, 8, type, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  size_t stride = (size_t)width * (size_t)channels;
  for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + y * stride);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return 0;
}
