#include "CImage.h"
#include "report.h"

#include <math.h>

// Netpbm's formats P1 to P6: bits, grey and colours, each as text and as bytes.
typedef struct {
  int kind;  // 1...6
  uint32_t width, height, most;
} Header;

static int is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The next character that is neither blank nor in a comment.
static int next_character(FILE *file) {
  int c;
  do {
    c = getc(file);
    if (c == '#') {
      do c = getc(file);
      while (c != '\n' && c != '\r' && c != EOF);
    }
  } while (is_space(c));
  return c;
}

// A number, with one character behind it. Returns 1 for none or one that is too large.
static int read_number(FILE *file, uint32_t most, uint32_t *value) {
  int c = next_character(file);
  if (c < '0' || c > '9') return 1;
  uint64_t sum = 0;
  for (; c >= '0' && c <= '9'; c = getc(file)) {
    sum = 10 * sum + (unsigned)(c - '0');
    if (sum > most) return 1;
  }
  if (c != EOF && !is_space(c)) return 1;
  *value = (uint32_t)sum;
  return 0;
}

static int read_header(FILE *file, Header *header, const Report *to) {
  rewind(file);
  if (getc(file) != 'P') return report_change(to);
  header->kind = getc(file) - '0';
  header->most = 1;
  if (header->kind < 1 || header->kind > 6) return report_change(to);
  if (read_number(file, INT32_MAX, &header->width) || read_number(file, INT32_MAX, &header->height)) {
    return report(to, "its header has no size");
  }
  int isBits = header->kind == 1 || header->kind == 4;
  if (!isBits && (read_number(file, 65535, &header->most) || header->most == 0)) {
    return report(to, "its header has no largest value from 1 to 65535");
  }
  return 0;
}

int gan_pnm_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity) {
  Report to = {message, capacity};
  Header header;
  if (read_header(file, &header, &to)) return 1;
  *info = (GanPictureInfo){.width = header.width, .height = header.height, .orientation = 1};
  info->channels = info->colours = header.kind % 3 == 0 ? 3 : 1;
  info->bits = header.most > 255 ? 16 : 8;
  return 0;
}

typedef struct {
  FILE *file;
  const Header *header;
  int bit, byte;
} Samples;

// One sample, 0...most; -1 at the end of the file or for what is none.
static int64_t next_sample(Samples *samples) {
  FILE *file = samples->file;
  uint32_t value = 0;
  switch (samples->header->kind) {
    case 1: {
      int c = next_character(file);
      return c == '0' ? 1 : c == '1' ? 0 : -1;  // 1 is black
    }
    case 2:
    case 3: return read_number(file, samples->header->most, &value) ? -1 : (int64_t)value;
    case 4:
      if (samples->bit == 0) samples->byte = getc(file);
      if (samples->byte == EOF) return -1;
      value = samples->byte >> (7 - samples->bit) & 1;
      samples->bit = (samples->bit + 1) % 8;
      return 1 - (int64_t)value;
    default: {
      int first = getc(file), second = samples->header->most > 255 ? getc(file) : 0;
      if (first == EOF || second == EOF) return -1;
      value = samples->header->most > 255 ? (unsigned)first << 8 | (unsigned)second : (unsigned)first;
      return value < samples->header->most ? value : samples->header->most;
    }
  }
}

// Calls `put` for every sample with its value and its place.
static int read_samples(FILE *file, uint32_t width, uint32_t height, int32_t channels, const Report *to,
                        void (*put)(void *, size_t, uint32_t, uint32_t), void *out) {
  Header header;
  if (read_header(file, &header, to)) return 1;
  if (header.width != width || header.height != height || channels != (header.kind % 3 == 0 ? 3 : 1)) {
    return report_change(to);
  }
  Samples samples = {file, &header, 0, 0};
  size_t row = (size_t)width * (size_t)channels;
  for (uint32_t y = 0; y < height; y++) {
    samples.bit = 0;  // rows begin with a new byte
    for (size_t i = 0; i < row; i++) {
      int64_t value = next_sample(&samples);
      if (value < 0) return feof(file) ? report_end(to) : report(to, "a sample is not a number up to %u", header.most);
      put(out, y * row + i, (uint32_t)value, header.most);
    }
  }
  return 0;
}

// Rounded to 255 steps, halves to even; of more than 8 bits the upper 8, as everywhere.
static void put_byte(void *out, size_t place, uint32_t value, uint32_t most) {
  ((uint8_t *)out)[place] = most > 255 ? (uint8_t)(((uint64_t)value * 65535 + most / 2) / most >> 8)
                                       : (uint8_t)nearbyint((double)value / most * 255);
}

int gan_pnm_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, char *message,
                 size_t capacity) {
  Report to = {message, capacity};
  return read_samples(file, width, height, channels, &to, put_byte, pixels);
}

static void put_number(void *out, size_t place, uint32_t value, uint32_t most) {
  ((float *)out)[place] = (float)((double)value * (most > 255 ? 65535 : 255) / most);
}

int gan_pnm_read_numbers(FILE *file, float *samples, uint32_t width, uint32_t height, int32_t channels, char *message,
                         size_t capacity) {
  Report to = {message, capacity};
  return read_samples(file, width, height, channels, &to, put_number, samples);
}
