#include "CKernels.h"
#include "clones.h"
#include <math.h>
#include <string.h>

#define TEMPLATE "normalize.inc"
#include "both_types.inc"

void gk_moment_sums(int type, const void *x, size_t rows, size_t channels, const void *origin, double *sums) {
  if (type == GK_F32) moment_sums_f32(x, rows, channels, origin, sums);
  else moment_sums_f64(x, rows, channels, origin, sums);
}

void gk_normalize(int type, const void *x, size_t rows, size_t channels, const void *center, const void *scale,
                  const void *shift, double slope, const void *residual, void *y) {
  if (type == GK_F32) normalize_f32(x, rows, channels, center, scale, shift, (float)slope, residual, y);
  else normalize_f64(x, rows, channels, center, scale, shift, slope, residual, y);
}

void gk_normalize_gradient_sums(int type, const void *dy, const void *x, size_t rows, size_t channels,
                                const void *center, const void *scale, const void *shift, double slope, double *sums) {
  if (type == GK_F32) normalize_gradient_sums_f32(dy, x, rows, channels, center, scale, shift, (float)slope, sums);
  else normalize_gradient_sums_f64(dy, x, rows, channels, center, scale, shift, slope, sums);
}

void gk_normalize_gradient(int type, const void *dy, const void *x, size_t rows, size_t channels, const void *center,
                           const void *scale, const void *shift, double slope, const void *b, const void *c, void *dx) {
  if (type == GK_F32) normalize_gradient_f32(dy, x, rows, channels, center, scale, shift, (float)slope, b, c, dx);
  else normalize_gradient_f64(dy, x, rows, channels, center, scale, shift, slope, b, c, dx);
}
