#include "CKernels.h"
#include "levels.h"
#include <string.h>

typedef struct {
  size_t start, stop;
} window;

// The pixels of a window that lie inside the picture, along one axis.
static inline window window_of(const gk_pool *p, size_t output, size_t size) {
  const size_t begin = output * p->stride, end = begin + p->kernel - p->padding;
  return (window){begin > p->padding ? begin - p->padding : 0, end < size ? end : size};
}

// The outputs whose windows contain a pixel, along one axis.
static inline window windows_over(const gk_pool *p, size_t pixel, size_t outputs) {
  const size_t place = pixel + p->padding, last = place / p->stride + 1;
  return (window){place < p->kernel ? 0 : (place - p->kernel) / p->stride + 1, last < outputs ? last : outputs};
}

#define TEMPLATE "pooling.inc"
#include "both_types.inc"

void gk_average_pool(int type, const gk_pool *pool, const void *x, size_t first, size_t count, void *y) {
  GK_CALL_TYPED(type, average_pool, pool, x, first, count, y);
}

void gk_average_pool_adjoint(int type, const gk_pool *pool, const void *dy, size_t first, size_t count, void *dx) {
  GK_CALL_TYPED(type, average_pool_adjoint, pool, dy, first, count, dx);
}

void gk_upsample2(int type, const void *x, size_t rows, size_t width, size_t channels, void *y) {
  GK_CALL_TYPED(type, upsample2, x, rows, width, channels, y);
}

void gk_sum_2x2(int type, const void *y, size_t rows, size_t width, size_t channels, void *x) {
  GK_CALL_TYPED(type, sum_2x2, y, rows, width, channels, x);
}

void gk_pick_2x2(int type, const void *guide, const void *x, size_t rows, size_t width, size_t channels, void *y) {
  GK_CALL_TYPED(type, pick_2x2, guide, x, rows, width, channels, y);
}

void gk_place_2x2(int type, const void *guide, const void *dy, size_t rows, size_t width, size_t channels, void *dx) {
  GK_CALL_TYPED(type, place_2x2, guide, dy, rows, width, channels, dx);
}
