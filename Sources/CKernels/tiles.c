// Preparation for the tile kernels: rounding, borders, packing, transposition.
#include "CKernels.h"
#include "ceil_div.h"
#include "levels.h"
#include "tiles_private.h"
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

INLINE uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}

INLINE float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

// To nearest, ties to even; NaN stays NaN.
INLINE uint32_t bf16_of(float x) {
  const uint32_t bits = bits_of(x), nearest = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  return (bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : nearest;
}

// Exact, since the remainder has no more than 16 bits.
INLINE float rest_of(float x, uint32_t high) { return x - float_of(high << 16); }

void gk_tile_border_row(const float *x, const int32_t *columns, size_t count, size_t channels, uint16_t *high,
                        uint16_t *low, size_t pixel) {
  size_t p = 0;
  while (p < count) {
    uint16_t *h = high + p * pixel, *l = low ? low + p * pixel : 0;
    if (!x || columns[p] < 0) {
      memset(h, 0, pixel * 2);
      if (l) memset(l, 0, pixel * 2);
      p++;
      continue;
    }
    const float *source = x + (size_t)columns[p] * channels;
    size_t run = 1;
    if (pixel == channels)
      while (p + run < count && columns[p + run] == columns[p] + (int32_t)run) run++;
    gk_tile_round(source, run * channels, h, l);
    memset(h + run * channels, 0, (pixel - channels) * 2);
    if (l) memset(l + run * channels, 0, (pixel - channels) * 2);
    p += run;
  }
}

// 16 columns of two rows.
INLINE void pack_pair(const float *even, const float *odd, uint32_t *high, uint32_t *low) {
  uint32_t e[16], o[16];
  for (int n = 0; n < 16; n++) e[n] = bf16_of(even[n]);
  for (int n = 0; n < 16; n++) o[n] = bf16_of(odd[n]);
  for (int n = 0; n < 16; n++) high[n] = e[n] | o[n] << 16;
  if (!low) return;
  for (int n = 0; n < 16; n++) low[n] = bf16_of(rest_of(even[n], e[n])) | bf16_of(rest_of(odd[n], o[n])) << 16;
}

typedef uint32_t words __attribute__((vector_size(64)));
typedef uint16_t halves __attribute__((vector_size(32)));

INLINE void load_pair(words *pair, const uint16_t *even, const uint16_t *odd) {
  halves e = {0}, o = {0};
  if (even) memcpy(&e, even, sizeof e);
  if (odd) memcpy(&o, odd, sizeof o);
  *pair = __builtin_convertvector(e, words) | __builtin_convertvector(o, words) << 16;
}

#define SHUFFLE __builtin_shufflevector
#define LOW_PAIRS(a, b) SHUFFLE(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define HIGH_PAIRS(a, b) SHUFFLE(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define LOW_QUADS(a, b) SHUFFLE(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define HIGH_QUADS(a, b) SHUFFLE(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define EVEN_LANES(a, b) SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
#define ODD_LANES(a, b) SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)

// r[i][j] becomes r[j][i].
INLINE void transpose_words(words r[16]) {
  words t[16];
  for (int i = 0; i < 8; i++) {
    t[2 * i] = LOW_PAIRS(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = HIGH_PAIRS(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 4; i++) {
    r[4 * i] = LOW_QUADS(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = HIGH_QUADS(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = LOW_QUADS(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = HIGH_QUADS(t[4 * i + 1], t[4 * i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    t[i] = EVEN_LANES(r[i], r[i + 4]);
    t[i + 4] = ODD_LANES(r[i], r[i + 4]);
    t[i + 8] = EVEN_LANES(r[i + 8], r[i + 12]);
    t[i + 12] = ODD_LANES(r[i + 8], r[i + 12]);
  }
  for (int i = 0; i < 8; i++) {
    r[i] = EVEN_LANES(t[i], t[i + 8]);
    r[i + 8] = ODD_LANES(t[i], t[i + 8]);
  }
}

void gk_tile_gather(const uint16_t *x, size_t x_pixel, size_t pixels, const int32_t *steps, size_t step_count,
                    uint16_t *y, size_t y_pixel) {
  for (size_t p = 0; p < pixels; p++)
    for (size_t s = 0; s < step_count; s++)
      memcpy(y + p * y_pixel + s * GK_TILE_STEP, x + p * x_pixel + steps[s], GK_TILE_STEP * 2);
}

size_t gk_tile_count(const gk_tile_convolution *p) {
  return p->rows * gk_ceil_div(p->columns, GK_TILE_ROWS);
}

void gk_tile_convolve(int emulated, const gk_tile_convolution *p, size_t first_tile, size_t tiles, size_t first_block,
                      size_t blocks) {
  (emulated ? gk_tile_convolve_emulated : gk_tile_convolve_amx)(p, first_tile, tiles, first_block, blocks);
}

void gk_tile_sum_products(int emulated, const gk_tile_products *p) {
  (emulated ? gk_tile_sum_products_emulated : gk_tile_sum_products_amx)(p);
}

#define TYPED(name) name
#define TEMPLATE "tiles.inc"
#include "levels.inc"
#undef TEMPLATE
#undef TYPED

void gk_tile_round(const float *x, size_t count, uint16_t *high, uint16_t *low) { GK_CALL(round, x, count, high, low); }

void gk_tile_split(const float *x, size_t count, float *high, float *low) { GK_CALL(split, x, count, high, low); }

void gk_tile_pack(const float *const rows[GK_TILE_STEP], size_t first, size_t count, uint16_t *high, uint16_t *low) {
  GK_CALL(pack, rows, first, count, high, low);
}

void gk_tile_transpose(const uint16_t *x, size_t x_pixel, size_t pixels, size_t width, size_t elements, uint16_t *y,
                       size_t y_row) {
  GK_CALL(transpose, x, x_pixel, pixels, width, elements, y, y_row);
}
