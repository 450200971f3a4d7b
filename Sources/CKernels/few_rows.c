// Products of a matrix of few rows with a large one, whose every element is read once from memory.
#include "CKernels.h"
#include "ceil_div.h"
#include "levels.h"

#define UNROLLED _Pragma("clang loop unroll(full)")
// Rows of the large matrix, 32 columns wide, that lie in the L1 cache at a time.
#define FEW_ROWS_DEPTH 128

#define OWN_VECTORS
#define TYPED(name) name
#define TEMPLATE "few_rows.inc"
#include "levels.inc"
#undef TEMPLATE
#undef TYPED
#undef OWN_VECTORS

size_t gk_few_rows_scratch(size_t rows) { return (FEW_ROWS_DEPTH + rows) * 32; }

void gk_product_of_few_rows(const float *a, size_t lda, size_t rows, const float *b, size_t ldb, int is_transposed,
                            size_t depth, size_t columns, float *c, size_t ldc, float *scratch) {
  GK_CALL(product_of_few_rows, a, lda, rows, b, ldb, is_transposed, depth, columns, c, ldc, scratch);
}
