#include "CKernels.h"
#include "levels.h"

#define TEMPLATE "matrix.inc"
#include "both_types.inc"

void gk_row_products(int type, const void *x, size_t rows, size_t columns, const void *u, void *products) {
  GK_CALL_TYPED(type, row_products, x, rows, columns, u, products);
}

void gk_weighted_row_sums(int type, const void *x, size_t rows, size_t columns, const void *weights, double *sums) {
  GK_CALL_TYPED(type, weighted_row_sums, x, rows, columns, weights, sums);
}

double gk_dot(int type, const void *x, const void *y, size_t count) {
  return GK_CALL_TYPED(type, dot, x, y, count);
}

void gk_scale_add_outer(int type, const void *x, size_t rows, size_t columns, double a, double b, const void *v,
                        const void *u, void *y) {
  GK_CALL_TYPED(type, scale_add_outer, x, rows, columns, a, b, v, u, y);
}

void gk_column_maxima(int type, const void *x, size_t rows, size_t step, size_t columns, void *maxima,
                      int32_t *places) {
  GK_CALL_TYPED(type, column_maxima, x, rows, step, columns, maxima, places);
}

void gk_shuffle_row(int type, const void *x, size_t width, size_t channels, size_t r, int back, void *y) {
  GK_CALL_TYPED(type, shuffle_row, x, width, channels, r, back, y);
}
