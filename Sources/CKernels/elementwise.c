#include "CKernels.h"
#include "levels.h"
#include <math.h>
#include <string.h>

#define TEMPLATE "elementwise.inc"
#include "both_types.inc"

void gk_unary(int type, int op, const void *x, void *y, size_t count, double a, double b) {
  GK_CALL_TYPED(type, unary, op, x, y, count, a, b);
}

void gk_binary(int type, int op, const void *p, int p_step, const void *q, int q_step, void *y, size_t count,
               double a) {
  GK_CALL_TYPED(type, binary, op, p, p_step, q, q_step, y, count, a);
}

void gk_sum_rows(int type, const void *x, size_t rows, size_t inner, double *sums) {
  GK_CALL_TYPED(type, sum_rows, x, rows, inner, sums);
}

size_t gk_count_not_finite(int type, const void *x, size_t count) {
  return GK_CALL_TYPED(type, count_not_finite, x, count);
}

void gk_copy_rows(int type, const void *source, size_t from_step, void *destination, size_t to_step, size_t rows,
                  size_t columns) {
  size_t size = type == GK_F32 ? sizeof(float) : sizeof(double);
  const char *from = source;
  char *to = destination;
  for (size_t row = 0; row < rows; row++, from += from_step * size, to += to_step * size)
    memcpy(to, from, columns * size);
}

void gk_transpose(int type, const void *source, size_t from_step, void *destination, size_t to_step, size_t rows,
                  size_t columns) {
  GK_CALL_TYPED(type, transpose, source, from_step, destination, to_step, rows, columns);
}

void gk_f32_from_f64(const double *x, float *y, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = (float)x[i];
}

void gk_f64_from_f32(const float *x, double *y, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = x[i];
}

void gk_adam(int type, void *parameter, const void *gradient, void *m, void *v, size_t count, double step_size,
             double root_correction, double beta1, double beta2, double epsilon, double weight_decay) {
  GK_CALL_TYPED(type, adam, parameter, gradient, m, v, count, step_size, root_correction, beta1, beta2, epsilon,
                weight_decay);
}

void gk_rmsprop(int type, void *parameter, const void *gradient, void *v, size_t count, double step_size, double alpha,
                double epsilon, double weight_decay) {
  GK_CALL_TYPED(type, rmsprop, parameter, gradient, v, count, step_size, alpha, epsilon, weight_decay);
}

void gk_approach(int type, void *x, const void *value, size_t count, double share) {
  GK_CALL_TYPED(type, approach, x, value, count, share);
}

void gk_exchange(void *a, void *b, size_t bytes) {
  char piece[4096], *x = a, *y = b;
  while (bytes > 0) {
    const size_t count = bytes < sizeof piece ? bytes : sizeof piece;
    memcpy(piece, x, count);
    memcpy(x, y, count);
    memcpy(y, piece, count);
    x += count, y += count, bytes -= count;
  }
}
