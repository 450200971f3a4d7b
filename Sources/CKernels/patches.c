#include "CKernels.h"
#include "clones.h"
#include <math.h>
#include <string.h>

#define TEMPLATE "patches.inc"
#include "both_types.inc"

void gk_gather(int type, const gk_taps *taps, const void *picture, size_t first, size_t count, void *patches) {
  if (type == GK_F32) gather_f32(taps, picture, first, count, patches);
  else gather_f64(taps, picture, first, count, patches);
}

void gk_scatter_add(int type, const gk_taps *taps, const void *patches, size_t patch_step, size_t first, size_t count,
                    void *picture) {
  if (type == GK_F32) scatter_add_f32(taps, patches, patch_step, first, count, picture);
  else scatter_add_f64(taps, patches, patch_step, first, count, picture);
}

void gk_add_to_rows(int type, const void *vector, void *y, size_t step, size_t rows, size_t columns) {
  if (type == GK_F32) add_to_rows_f32(vector, y, step, rows, columns);
  else add_to_rows_f64(vector, y, step, rows, columns);
}

void gk_shifted_sum(int type, const void *t, size_t columns, size_t kx_count, size_t channels, void *y) {
  if (type == GK_F32) shifted_sum_f32(t, columns, kx_count, channels, y);
  else shifted_sum_f64(t, columns, kx_count, channels, y);
}
