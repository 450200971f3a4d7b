#include "CKernels.h"
#include "levels.h"
#include <math.h>
#include <string.h>

#define TEMPLATE "normalize.inc"
#include "both_types.inc"

void gk_moment_sums(int type, const void *x, size_t rows, size_t channels, const void *origin, double *sums) {
  GK_CALL_TYPED(type, moment_sums, x, rows, channels, origin, sums);
}

void gk_normalize(int type, const void *x, size_t rows, size_t channels, const void *center, const void *scale,
                  const void *shift, double slope, const void *residual, void *y) {
  GK_CALL_TYPED(type, normalize, x, rows, channels, center, scale, shift, slope, residual, y);
}

void gk_normalize_gradient_sums(int type, const void *dy, const void *x, size_t rows, size_t channels,
                                const void *center, const void *scale, const void *shift, double slope, double *sums) {
  GK_CALL_TYPED(type, normalize_gradient_sums, dy, x, rows, channels, center, scale, shift, slope, sums);
}

void gk_normalize_gradient(int type, const void *dy, const void *x, size_t rows, size_t channels, const void *center,
                           const void *scale, const void *shift, double slope, const void *b, const void *c, void *dx) {
  GK_CALL_TYPED(type, normalize_gradient, dy, x, rows, channels, center, scale, shift, slope, b, c, dx);
}
