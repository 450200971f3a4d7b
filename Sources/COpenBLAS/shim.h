#include <cblas.h>
// From LAPACKE (column-major Fortran interfaces behind C functions). Its header needs C's complex type, which Swift
// cannot import, so the few functions in use are declared here.
#define LAPACK_COL_MAJOR 102
int LAPACKE_sgeqrf(int layout, int m, int n, float *a, int lda, float *tau);
int LAPACKE_sorgqr(int layout, int m, int n, int k, float *a, int lda, const float *tau);
int LAPACKE_dpstrf(int layout, char uplo, int n, double *a, int lda, int *pivots, int *rank, double tolerance);
int LAPACKE_dgesdd(int layout, char job, int m, int n, double *a, int lda, double *s, double *u, int ldu, double *vt,
                   int ldvt);
