#include "CImage.h"
#include "exif.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>

enum { MOST_EXIF = 1 << 16, HAS_ANIMATION = 2, HAS_EXIF = 8, HAS_ALPHA = 16 };

// More than any picture of 16,383 x 16,383 pixels takes.
static const size_t MOST_BYTES = (size_t)1 << 30;

static uint32_t number(const uint8_t *bytes, int count) {
  uint32_t value = 0;
  for (int i = count - 1; i >= 0; i--) value = value << 8 | bytes[i];
  return value;
}

// The chunks that say how large the picture is (WebP container specification; RFC 9649, section 2).
// Returns 1 where the chunk tells the size, 2 where it cannot be read.
static int take_chunk(const char *kind, const uint8_t *head, size_t count, GanPictureInfo *info, const Report *to) {
  if (memcmp(kind, "VP8X", 4) == 0 && count >= 10) {
    if (head[0] & HAS_ANIMATION) {
      report(to, "it is an animation");
      return 2;
    }
    info->has_alpha = head[0] & HAS_ALPHA ? 1 : 0;
    info->width = number(head + 4, 3) + 1;
    info->height = number(head + 7, 3) + 1;
    return 1;
  }
  if (memcmp(kind, "VP8 ", 4) == 0 && count >= 10) {
    info->width = number(head + 6, 2) & 0x3FFF;
    info->height = number(head + 8, 2) & 0x3FFF;
    return 1;
  }
  if (memcmp(kind, "VP8L", 4) == 0 && count >= 5) {
    uint32_t bits = number(head + 1, 4);
    info->width = (bits & 0x3FFF) + 1;
    info->height = (bits >> 14 & 0x3FFF) + 1;
    info->has_alpha = (int32_t)(bits >> 28 & 1);
    return 1;
  }
  return 0;
}

static void look_for_exif(FILE *file, GanPictureInfo *info) {
  uint8_t chunk[8];
  while (fread(chunk, 1, 8, file) == 8) {
    uint32_t length = number(chunk + 4, 4);
    if (memcmp(chunk, "EXIF", 4) == 0 && length <= MOST_EXIF) {
      uint8_t *block = malloc(length + 1);
      if (block && fread(block, 1, length, file) == length) {
        int found = exif_orientation(block, length);
        if (found) info->orientation = found;
      }
      free(block);
      return;
    }
    if (fseeko(file, (off_t)length + (length & 1), SEEK_CUR) != 0) return;
  }
}

int gan_webp_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity) {
  Report to = {message, capacity};
  uint8_t chunk[8], head[10] = {0};
  *info = (GanPictureInfo){.channels = 3, .colours = 3, .bits = 8, .orientation = 1};
  if (fseeko(file, 12, SEEK_SET) != 0 || fread(chunk, 1, 8, file) != 8) return report_end(&to);
  uint32_t length = number(chunk + 4, 4);
  size_t count = fread(head, 1, length < sizeof head ? length : sizeof head, file);
  int found = take_chunk((const char *)chunk, head, count, info, &to);
  if (found != 1) return report(&to, "its first chunk tells no size");
  if (info->has_alpha) info->channels = 4;
  if (memcmp(chunk, "VP8X", 4) == 0 && head[0] & HAS_EXIF) {
    if (fseeko(file, 20 + (off_t)length + (length & 1), SEEK_SET) == 0) look_for_exif(file, info);
  }
  return 0;
}

static int read_whole(FILE *file, uint8_t **bytes, size_t *count, const Report *to) {
  if (fseeko(file, 0, SEEK_END) != 0) return report_change(to);
  off_t size = ftello(file);
  if (size < 0 || (size_t)size > MOST_BYTES) return report(to, "the file is too large");
  rewind(file);
  *count = (size_t)size;
  *bytes = malloc(*count + 1);
  if (!*bytes) return report_memory(to);
  if (fread(*bytes, 1, *count, file) == *count) return 0;
  free(*bytes);
  return report_change(to);
}

static const char *text(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY: return "out of memory";
    case VP8_STATUS_NOT_ENOUGH_DATA: return "the file ends too early";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it uses something that libwebp does not know";
    default: return "its data are damaged";
  }
}

int gan_webp_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, char *message,
                  size_t capacity) {
  Report to = {message, capacity};
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return report(&to, "this libwebp is another one than it was built with");
  uint8_t *bytes = NULL;
  size_t count = 0;
  if (read_whole(file, &bytes, &count, &to)) return 1;
  VP8StatusCode status = WebPGetFeatures(bytes, count, &config.input);
  int failed = status != VP8_STATUS_OK ? report(&to, "%s", text(status)) : 0;
  if (!failed && (config.input.width != (int)width || config.input.height != (int)height || channels != 3)) {
    failed = report(&to, "its parts have different sizes");
  }
  if (!failed) {
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels;
    config.output.u.RGBA.stride = (int)(3 * width);
    config.output.u.RGBA.size = (size_t)3 * width * height;
    status = WebPDecode(bytes, count, &config);
    if (status != VP8_STATUS_OK) failed = report(&to, "%s", text(status));
  }
  free(bytes);
  return failed;
}
