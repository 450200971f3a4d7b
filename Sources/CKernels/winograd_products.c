// Winograd's minimal filtering: the products of transformed tiles, one matrix product per position.
#include "CKernels.h"
#include "ceil_div.h"
#include "levels.h"

#define UNROLLED _Pragma("clang loop unroll(full)")

#define OWN_VECTORS
#define TYPED(name) name
#define TEMPLATE "winograd_products.inc"
#include "levels.inc"
#undef TEMPLATE
#undef TYPED
#undef OWN_VECTORS

size_t gk_winograd_step(size_t size) { return size + 5 * 16; }

size_t gk_winograd_least_tiles(void) {
  switch (gk_cpu_level()) {
    case GK_CPU_AVX512: return 7;
    case GK_CPU_AVX2: return 3;
    default: return 2;
  }
}

void gk_winograd_multiply(const float *v, const float *u, size_t positions, size_t depth, size_t panels, size_t some,
                          size_t room, float *products) {
  GK_CALL(multiply, v, u, positions, depth, panels, some, room, products);
}

void gk_winograd_accumulate(const float *v, const float *z, size_t depth, size_t room, size_t first, size_t count,
                            size_t some, int adds, float *u) {
  GK_CALL(accumulate, v, z, depth, room, first, count, some, adds, u);
}
