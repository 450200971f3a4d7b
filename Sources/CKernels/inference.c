#include "CKernels.h"
#include "levels.h"
#include <string.h>

#define UNROLLED _Pragma("clang loop unroll(full)")

typedef struct {
  size_t image, row, column;
} pixel_place;

static inline pixel_place place_of(const gk_map_convolution *p, size_t pixel) {
  const size_t row = pixel / p->columns;
  return (pixel_place){row / p->rows, row % p->rows, pixel % p->columns};
}

static inline void step(const gk_map_convolution *p, pixel_place *place) {
  if (++place->column < p->columns) return;
  place->column = 0;
  if (++place->row < p->rows) return;
  place->row = 0;
  place->image++;
}

static inline const float *source_of(const gk_map_convolution *p, pixel_place at) {
  return p->x + at.image * p->x_image + at.row * p->x_row + at.column * p->x_pixel;
}

static inline float *target_of(const gk_map_convolution *p, pixel_place at) {
  return p->y + at.image * p->y_image + at.row * p->y_row + at.column * p->y_pixel;
}

#define OWN_VECTORS
#define TYPED(name) name
#define TEMPLATE "inference.inc"
#include "levels.inc"
#undef TEMPLATE
#undef TYPED
#undef OWN_VECTORS

void gk_convolve_map(const gk_map_convolution *p, size_t block, size_t first, size_t count) {
  GK_CALL(block, p, block, first, count);
}

void gk_pack_map_weights(const float *weights, size_t taps, size_t outputs, float *packed) {
  for (size_t start = 0; start < outputs; start += GK_OUTPUT_BLOCK)
    for (size_t tap = 0; tap < taps; tap++)
      for (size_t i = 0; i < GK_OUTPUT_BLOCK; i++)
        *packed++ = start + i < outputs ? weights[tap * outputs + start + i] : 0;
}

#define TYPED(name) name
#define TEMPLATE "map_pooling.inc"
#include "levels.inc"
#undef TEMPLATE
#undef TYPED

void gk_pool_map_3x3(const gk_map_pool *p, size_t row, float *y) {
  const float *line = p->x + row * p->stride * p->x_row;
  // A window at the border has only two rows or columns of pixels of the map.
  const size_t rows = 3 - (size_t)(p->padded && row == 0) - (size_t)(p->padded && row + 1 == p->rows);
  for (size_t column = 0; column < p->columns; column++, y += p->y_pixel) {
    const float *corner = line + column * p->stride * p->x_pixel, *x[9];
    for (size_t i = 0; i < 9; i++) x[i] = corner + i / 3 * p->x_row + i % 3 * p->x_pixel;
    if (!p->average) {
      GK_CALL(max_of_9, x, p->channels, y);
      continue;
    }
    const size_t columns = 3 - (size_t)(p->padded && column == 0) - (size_t)(p->padded && column + 1 == p->columns);
    GK_CALL(mean_of_9, x, 1.0f / (float)(rows * columns), p->relu, p->channels, y);
  }
}
