#include "CImage.h"
#include "cmyk.h"
#include "exif.h"

#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <jpeglib.h>
#include <jerror.h>

// A file of many tiny progressive scans can keep a decoder busy for hours; real ones have about ten.
enum { MOST_SCANS = 200 };

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf jump;
  char *message;
  size_t capacity;
} Errors;

typedef struct {
  struct jpeg_decompress_struct decoder;
  struct jpeg_progress_mgr progress;
  Errors errors;
  uint8_t *row;  // one CMYK row
} Reader;

static _Noreturn void fail(Errors *errors, const char *text) {
  snprintf(errors->message, errors->capacity, "%s", text);
  longjmp(errors->jump, 1);
}

static _Noreturn void on_error(j_common_ptr common) {
  char text[JMSG_LENGTH_MAX];
  common->err->format_message(common, text);
  fail((Errors *)common->err, text);
}

// libjpeg only warns when pixels are missing or damaged, and fills in grey: no picture to learn from.
// Other warnings (stray bytes between segments, odd header fields) leave the pixels right.
static void on_message(j_common_ptr common, int level) {
  if (level >= 0) return;
  switch (common->err->msg_code) {
    case JWRN_JPEG_EOF: fail((Errors *)common->err, "the file ends too early");
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC: on_error(common);
    default: return;
  }
}

static void print_nothing(j_common_ptr common) { (void)common; }

static void on_progress(j_common_ptr common) {
  if (((j_decompress_ptr)common)->input_scan_number > MOST_SCANS) {
    fail((Errors *)common->err, "more than 200 scans; the file is damaged or hostile");
  }
}

// Prepares everything but what can fail by longjmp: the caller sets the jump first.
static void prepare(Reader *reader, char *message, size_t capacity) {
  memset(reader, 0, sizeof *reader);
  reader->decoder.err = jpeg_std_error(&reader->errors.base);
  reader->errors.base.error_exit = on_error;
  reader->errors.base.emit_message = on_message;
  reader->errors.base.output_message = print_nothing;
  reader->errors.message = message;
  reader->errors.capacity = capacity;
}

static void start(Reader *reader, FILE *file) {
  jpeg_create_decompress(&reader->decoder);
  reader->progress.progress_monitor = on_progress;
  reader->decoder.progress = &reader->progress;
  jpeg_stdio_src(&reader->decoder, file);
  jpeg_save_markers(&reader->decoder, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(&reader->decoder, TRUE);
  int count = reader->decoder.num_components;
  if (count != 1 && count != 3 && count != 4) fail(&reader->errors, "neither grey, colour nor CMYK");
}

static int orientation_of(const struct jpeg_decompress_struct *decoder) {
  for (jpeg_saved_marker_ptr marker = decoder->marker_list; marker; marker = marker->next) {
    if (marker->data_length < 6 || memcmp(marker->data, "Exif\0\0", 6) != 0) continue;
    int found = exif_orientation(marker->data, marker->data_length);
    if (found) return found;
  }
  return 1;
}

int gan_jpeg_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity) {
  Reader reader;
  prepare(&reader, message, capacity);
  if (setjmp(reader.errors.jump)) {
    jpeg_destroy_decompress(&reader.decoder);
    return 1;
  }
  start(&reader, file);
  info->width = reader.decoder.image_width;
  info->height = reader.decoder.image_height;
  info->channels = reader.decoder.num_components;
  info->colours = reader.decoder.num_components == 1 ? 1 : 3;
  info->bits = reader.decoder.data_precision;
  info->has_alpha = 0;
  info->orientation = orientation_of(&reader.decoder);
  jpeg_destroy_decompress(&reader.decoder);
  return 0;
}

// CMYK as Adobe's programs store it, inverted: 255 is no ink. Nearly all CMYK JPEGs are theirs, and
// Pillow reads every one so.
static void cmyk_row_to_rgb(const uint8_t *inks, uint8_t *rgb, uint32_t width) {
  for (uint32_t x = 0; x < width; x++, inks += 4, rgb += 3) {
    unsigned light = inks[3];
    for (int c = 0; c < 3; c++) rgb[c] = light_after_ink(255u - inks[c], light);
  }
}

static void read_rows(Reader *reader, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels) {
  struct jpeg_decompress_struct *decoder = &reader->decoder;
  int stored = decoder->num_components;
  if (decoder->image_width != width || decoder->image_height != height || channels != (stored == 1 ? 1 : 3)) {
    fail(&reader->errors, "the file changed while it was read");
  }
  decoder->out_color_space = stored == 1 ? JCS_GRAYSCALE : stored == 3 ? JCS_RGB : JCS_CMYK;
  if (stored == 4) {
    reader->row = malloc((size_t)width * 4);
    if (!reader->row) fail(&reader->errors, "out of memory");
  }
  jpeg_start_decompress(decoder);
  size_t stride = (size_t)width * (size_t)channels;
  while (decoder->output_scanline < height) {
    uint8_t *target = pixels + decoder->output_scanline * stride;
    JSAMPROW row = reader->row ? reader->row : target;
    jpeg_read_scanlines(decoder, &row, 1);
    if (reader->row) cmyk_row_to_rgb(reader->row, target, width);
  }
  jpeg_finish_decompress(decoder);
}

int gan_jpeg_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels,
                  char *message, size_t capacity) {
  Reader reader;
  prepare(&reader, message, capacity);
  int failed = setjmp(reader.errors.jump);
  if (!failed) {
    start(&reader, file);
    read_rows(&reader, pixels, width, height, channels);
  }
  jpeg_destroy_decompress(&reader.decoder);
  free(reader.row);
  return failed;
}

int gan_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, int quality,
                    uint8_t **bytes, size_t *count, char *message, size_t capacity) {
  struct jpeg_compress_struct encoder;
  Errors errors;
  memset(&encoder, 0, sizeof encoder);
  memset(&errors, 0, sizeof errors);
  encoder.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = on_error;
  errors.base.output_message = print_nothing;
  errors.message = message;
  errors.capacity = capacity;
  // On the heap, because a longjmp may leave changed variables of this function undefined.
  struct { unsigned char *bytes; unsigned long count; } *made = calloc(1, sizeof *made);
  if (!made) {
    snprintf(message, capacity, "out of memory");
    return 1;
  }
  if (setjmp(errors.jump)) {
    jpeg_destroy_compress(&encoder);
    free(made->bytes);
    free(made);
    return 1;
  }
  jpeg_create_compress(&encoder);
  jpeg_mem_dest(&encoder, &made->bytes, &made->count);
  encoder.image_width = width;
  encoder.image_height = height;
  encoder.input_components = channels;
  encoder.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, quality, TRUE);
  encoder.optimize_coding = TRUE;
  jpeg_start_compress(&encoder, TRUE);
  size_t stride = (size_t)width * (size_t)channels;
  while (encoder.next_scanline < height) {
    JSAMPROW row = (JSAMPROW)(pixels + encoder.next_scanline * stride);
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  *bytes = made->bytes;
  *count = made->count;
  free(made);
  return 0;
}
