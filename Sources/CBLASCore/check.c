#include "CBLASCore.h"
#include <cblas.h>
#include <math.h>
#include <signal.h>
#include <string.h>

// LAPACKE's header needs C's complex numbers and much else.
enum { COLUMN_MAJOR = 102 };
int LAPACKE_sgeqrf(int layout, int m, int n, float *a, int lda, float *tau);
int LAPACKE_sorgqr(int layout, int m, int n, int k, float *a, int lda, const float *tau);
int LAPACKE_dpstrf(int layout, char uplo, int n, double *a, int lda, int *pivots, int *rank, double tolerance);
int LAPACKE_dgesdd(int layout, char job, int m, int n, double *a, int lda, double *s, double *u, int ldu, double *vt,
                   int ldvt);

struct sizes { int m, n, k; };
// Numbers of a matrix at most, with what lies between its rows; and what lies there.
enum { MOST = 16384, OUTSIDE = 77 };

// Two factors and their product by plain sums. Numbers are whole and small, so that sums are the same in every order
// and in both types.
static float left[MOST], right[MOST], expected[MOST];

static void multiply_plainly(struct sizes s) {
  for (int i = 0; i < s.m; i++)
    for (int l = 0; l < s.k; l++) left[i * s.k + l] = (float)((i * 7 + l * 3) % 11 - 5);
  for (int l = 0; l < s.k; l++)
    for (int j = 0; j < s.n; j++) right[l * s.n + j] = (float)((l * 5 + j * 2) % 13 - 6);
  memset(expected, 0, sizeof *expected * (size_t)(s.m * s.n));
  for (int i = 0; i < s.m; i++)
    for (int l = 0; l < s.k; l++)
      for (int j = 0; j < s.n; j++) expected[i * s.n + j] += left[i * s.k + l] * right[l * s.n + j];
}

#define T float
#define TYPED(name) name##_f32
#define GEMM cblas_sgemm
#include "products.inc"
#undef T
#undef TYPED
#undef GEMM

#define T double
#define TYPED(name) name##_f64
#define GEMM cblas_dgemm
#include "products.inc"

// A matrix with the singular values 1, 2, ... COLUMNS: the first columns of a reflection, each with its length.
enum { ROWS = 37, COLUMNS = 23 };

static double known(int row, int column) {
  const double v = row % 5 + 1, w = column % 5 + 1;
  double square = 0;
  for (int i = 0; i < ROWS; i++) square += (i % 5 + 1) * (i % 5 + 1);
  return ((row == column) - 2 * v * w / square) * (column + 1);
}

static int is_near(double found, double right, double tolerance) { return fabs(found - right) <= tolerance; }

static int singular_values_are_right(void) {
  double a[ROWS * COLUMNS], values[COLUMNS];
  for (int j = 0; j < COLUMNS; j++)
    for (int i = 0; i < ROWS; i++) a[j * ROWS + i] = known(i, j);
  if (LAPACKE_dgesdd(COLUMN_MAJOR, 'N', ROWS, COLUMNS, a, ROWS, values, NULL, 1, NULL, 1) != 0) return 0;
  for (int j = 0; j < COLUMNS; j++)
    if (!is_near(values[j], COLUMNS - j, 1e-9)) return 0;
  return 1;
}

// Columns of Q are those of the reflection but for their signs, because they are orthogonal already.
static int orthogonal_factor_is_right(void) {
  float q[ROWS * COLUMNS], reflectors[COLUMNS];
  for (int j = 0; j < COLUMNS; j++)
    for (int i = 0; i < ROWS; i++) q[j * ROWS + i] = (float)known(i, j);
  if (LAPACKE_sgeqrf(COLUMN_MAJOR, ROWS, COLUMNS, q, ROWS, reflectors) != 0) return 0;
  float sign[COLUMNS];
  for (int j = 0; j < COLUMNS; j++) sign[j] = q[j * ROWS + j] < 0 ? -1 : 1;
  if (LAPACKE_sorgqr(COLUMN_MAJOR, ROWS, COLUMNS, COLUMNS, q, ROWS, reflectors) != 0) return 0;
  for (int j = 0; j < COLUMNS; j++)
    for (int i = 0; i < ROWS; i++)
      if (!is_near(q[j * ROWS + i] * sign[j], known(i, j) / (j + 1), 1e-5)) return 0;
  return 1;
}

// A covariance, positive definite: A' A for the matrix above is diagonal, so something is mixed in.
static int pivoted_factor_is_right(void) {
  double covariance[COLUMNS * COLUMNS], l[COLUMNS * COLUMNS];
  int pivots[COLUMNS], rank = 0;
  for (int j = 0; j < COLUMNS; j++)
    for (int i = 0; i < COLUMNS; i++) covariance[j * COLUMNS + i] = (i == j) * (j + 1.0) + (i % 3) * (j % 3);
  memcpy(l, covariance, sizeof l);
  if (LAPACKE_dpstrf(COLUMN_MAJOR, 'L', COLUMNS, l, COLUMNS, pivots, &rank, -1) != 0 || rank != COLUMNS) return 0;
  for (int j = 0; j < COLUMNS; j++)
    for (int i = j; i < COLUMNS; i++) {
      double sum = 0;
      for (int k = 0; k <= j; k++) sum += l[k * COLUMNS + i] * l[k * COLUMNS + j];
      if (!is_near(sum, covariance[(pivots[j] - 1) * COLUMNS + pivots[i] - 1], 1e-10)) return 0;
    }
  return 1;
}

// The routine at work, and whether all were right.
static const char *current;
static int is_right;

static void check(void) {
  // Rests of every kernel's blocks; more inner steps than a block of them has; and more work than what OpenBLAS gives
  // to kernels for small matrices.
  static const struct sizes all[] = {{17, 19, 23}, {1, 33, 65}, {5, 37, 430}, {129, 107, 79}};
  is_right = 0;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    multiply_plainly(all[i]);
    current = "sgemm";
    if (!products_are_right_f32(all[i])) return;
    current = "dgemm";
    if (!products_are_right_f64(all[i])) return;
  }
  current = "sgeqrf";
  if (!orthogonal_factor_is_right()) return;
  current = "dgesdd";
  if (!singular_values_are_right()) return;
  current = "dpstrf";
  if (!pivoted_factor_is_right()) return;
  is_right = 1;
}

int gb_check_core(const char **routine) {
  const int fault = gb_faults(check);
  *routine = current;
  if (fault) return fault == SIGILL ? GB_ILLEGAL : GB_CRASHES;
  return is_right ? GB_RIGHT : GB_WRONG;
}
