#include "CImage.h"

#include <stdlib.h>

#pragma STDC FP_CONTRACT OFF

// Two neighbours and the share of the second. Also when shrinking: that aliases, and it is what
// PyTorch's interpolate (align_corners false) and TensorFlow 1 do.
typedef struct {
  int32_t low, high;
  float share;
} Pair;

static void fill_pairs(Pair *pairs, int32_t inputs, int32_t outputs, int half_pixel) {
  float scale = (float)inputs / (float)outputs;
  for (int32_t i = 0; i < outputs; i++) {
    float at = half_pixel ? ((float)i + 0.5f) * scale - 0.5f : (float)i * scale;
    if (at < 0) at = 0;
    int32_t low = (int32_t)at;
    if (low > inputs - 1) low = inputs - 1;
    pairs[i] = (Pair){low, low < inputs - 1 ? low + 1 : low, at - (float)low};
  }
}

#define BILINEAR(NAME, SAMPLE) \
int NAME(const SAMPLE *source, int32_t width, int32_t height, int32_t channels, \
                     float *target, int32_t new_width, int32_t new_height, int half_pixel) { \
  Pair *columns = malloc(((size_t)new_width + new_height) * sizeof(Pair)); \
  if (!columns) return 1; \
  Pair *rows = columns + new_width; \
  fill_pairs(columns, width, new_width, half_pixel); \
  fill_pairs(rows, height, new_height, half_pixel); \
  for (int32_t y = 0; y < new_height; y++) { \
    const SAMPLE *above = source + (size_t)rows[y].low * width * channels; \
    const SAMPLE *below = source + (size_t)rows[y].high * width * channels; \
    float down = rows[y].share; \
    for (int32_t x = 0; x < new_width; x++) { \
      size_t left = (size_t)columns[x].low * channels, right = (size_t)columns[x].high * channels; \
      float across = columns[x].share; \
      for (int32_t c = 0; c < channels; c++) { \
        float upper = (1 - across) * above[left + c] + across * above[right + c]; \
        float lower = (1 - across) * below[left + c] + across * below[right + c]; \
        *target++ = (1 - down) * upper + down * lower; \
      } \
    } \
  } \
  free(columns); \
  return 0; \
}

BILINEAR(gan_bilinear_f32, float)
BILINEAR(gan_bilinear_u8, uint8_t)
