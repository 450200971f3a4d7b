// Runs the loops of Sources/CImage on fixed numbers and prints a hash of what each gives. scripts/check_aarch64.sh compares
// the output of CPU levels and architectures, which must be the same to the bit.
#include "CImage.h"
#include <stdio.h>
#include <stdlib.h>

static uint64_t state = 1, hash;

static uint32_t below(uint32_t limit) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)((state >> 33) % limit);
}

static void take(const void *values, size_t count) {
  for (size_t i = 0; i < count; i++) hash = (hash ^ ((const uint8_t *)values)[i]) * 0x100000001B3u;
}

static void show(const char *name) {
  printf("%s %016llx\n", name, (unsigned long long)hash);
  hash = 0xCBF29CE484222325u;
}

typedef struct {
  int32_t width, height, channels, new_width, new_height;
  uint8_t *bytes, *new_bytes;
  float *values, *new_values;
} Case;

static Case make(int32_t most) {
  Case c = {1 + (int32_t)below(most), 1 + (int32_t)below(most), below(2) ? 3 : 1, 1 + (int32_t)below(most),
            1 + (int32_t)below(most), 0, 0, 0, 0};
  if (below(5) == 0) c.new_width = c.width;
  if (below(5) == 0) c.new_height = c.height;
  const size_t count = (size_t)c.width * c.height * c.channels, new_count = (size_t)c.new_width * c.new_height * c.channels;
  c.bytes = malloc(count);
  c.new_bytes = malloc(new_count > count ? new_count : count);
  c.values = malloc(count * sizeof(float));
  c.new_values = malloc(new_count * sizeof(float));
  for (size_t i = 0; i < count; i++) {
    c.bytes[i] = (uint8_t)(below(4) ? below(256) : below(2) * 255);
    c.values[i] = (float)below(1 << 20) / 1024;
  }
  return c;
}

static void end(Case *c) {
  free(c->bytes);
  free(c->new_bytes);
  free(c->values);
  free(c->new_values);
}

// Runs a body for some cases, with c as the case and n as the samples of its result.
#define CASES(name, count, most, body)                                       \
  for (int number = 0; number < (count); number++) {                         \
    Case c = make(most);                                                     \
    const size_t n = (size_t)c.new_width * c.new_height * c.channels;        \
    (void)n;                                                                 \
    body;                                                                    \
    end(&c);                                                                 \
  }                                                                          \
  show(name)

int main(void) {
  hash = 0xCBF29CE484222325u;
  for (int filter = GAN_BILINEAR; filter <= GAN_BICUBIC; filter++)
    for (int large = 0; large < 2; large++) {
      CASES(large ? "resize-large" : "resize-small", large ? 10 : 500, large ? 400 : 70, {
        gan_resize_u8(c.bytes, c.width, c.height, c.channels, c.new_bytes, c.new_width, c.new_height, filter);
        take(c.new_bytes, n);
      });
    }
  CASES("resize-f32", 100, 70, {
    gan_resize_f32(c.values, c.width, c.height, c.channels, c.new_values, c.new_width, c.new_height, number & 1);
    take(c.new_values, n * sizeof(float));
  });
  CASES("bilinear", 100, 70, {
    gan_bilinear_u8(c.bytes, c.width, c.height, c.channels, c.new_values, c.new_width, c.new_height, number & 1);
    take(c.new_values, n * sizeof(float));
  });
  CASES("orient", 100, 70, {
    gan_orient(c.bytes, c.new_bytes, c.width, c.height, c.channels, 1 + number % 8);
    take(c.new_bytes, (size_t)c.width * c.height * c.channels);
  });
  CASES("normalize", 20, 70, {
    const size_t count = (size_t)c.width * c.height * c.channels;
    gan_normalize_u8(c.bytes, c.values, count);
    take(c.values, count * sizeof(float));
  });
  return 0;
}
