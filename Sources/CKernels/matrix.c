#include "CKernels.h"
#include "clones.h"

#define TEMPLATE "matrix.inc"
#include "both_types.inc"

void gk_row_products(int type, const void *x, size_t rows, size_t columns, const void *u, void *products) {
  if (type == GK_F32) row_products_f32(x, rows, columns, u, products);
  else row_products_f64(x, rows, columns, u, products);
}

void gk_weighted_row_sums(int type, const void *x, size_t rows, size_t columns, const void *weights, double *sums) {
  if (type == GK_F32) weighted_row_sums_f32(x, rows, columns, weights, sums);
  else weighted_row_sums_f64(x, rows, columns, weights, sums);
}

double gk_dot(int type, const void *x, const void *y, size_t count) {
  return type == GK_F32 ? dot_f32(x, y, count) : dot_f64(x, y, count);
}

void gk_scale_add_outer(int type, const void *x, size_t rows, size_t columns, double a, double b, const void *v,
                        const void *u, void *y) {
  if (type == GK_F32) scale_add_outer_f32(x, rows, columns, (float)a, (float)b, v, u, y);
  else scale_add_outer_f64(x, rows, columns, a, b, v, u, y);
}

void gk_column_maxima(int type, const void *x, size_t rows, size_t step, size_t columns, void *maxima,
                      int32_t *places) {
  if (type == GK_F32) column_maxima_f32(x, rows, step, columns, maxima, places);
  else column_maxima_f64(x, rows, step, columns, maxima, places);
}

void gk_shuffle_row(int type, const void *x, size_t width, size_t channels, size_t r, int back, void *y) {
  if (type == GK_F32) shuffle_row_f32(x, width, channels, r, back, y);
  else shuffle_row_f64(x, width, channels, r, back, y);
}
