#include "CKernels.h"
#include "levels.h"
#include <math.h>
#include <string.h>

#define TEMPLATE "patches.inc"
#include "both_types.inc"

void gk_gather(int type, const gk_taps *taps, const void *picture, size_t first, size_t count, void *patches) {
  GK_CALL_TYPED(type, gather, taps, picture, first, count, patches);
}

void gk_scatter_add(int type, const gk_taps *taps, const void *patches, size_t patch_step, size_t first, size_t count,
                    void *picture) {
  GK_CALL_TYPED(type, scatter_add, taps, patches, patch_step, first, count, picture);
}

void gk_add_to_rows(int type, const void *vector, void *y, size_t step, size_t rows, size_t columns) {
  GK_CALL_TYPED(type, add_to_rows, vector, y, step, rows, columns);
}

void gk_shifted_sum(int type, const void *t, size_t columns, size_t kx_count, size_t channels, void *y) {
  GK_CALL_TYPED(type, shifted_sum, t, columns, kx_count, channels, y);
}
