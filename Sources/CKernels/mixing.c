#include "CKernels.h"
#include "levels.h"
#include <string.h>

#define TEMPLATE "mixing.inc"
#include "both_types.inc"

void gk_mix_rows(int type, const gk_mixing *mixing, const void *x, size_t first, size_t count, void *line, void *y) {
  GK_CALL_TYPED(type, mix_rows, mixing, x, first, count, line, y);
}
