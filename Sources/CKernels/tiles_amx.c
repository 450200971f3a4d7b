// The tile kernels on AMX. Only to be called if `gk_tiles` returns GK_TILES_AMX.
#include "tiles_private.h"

#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>

#define FUNCTION __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))
#define NAME(x) x##_amx
#define TILE_CONFIGURE() configure()
#define TILE_RELEASE() _tile_release()
#define TILE_ZERO(t) _tile_zero(t)
#define TILE_LOAD(t, p, bytes) _tile_loadd(t, p, bytes)
#define TILE_STORE(t, p, bytes) _tile_stored(t, p, bytes)
#define TILE_DOT(c, a, b) _tile_dpbf16ps(c, a, b)

static inline __attribute__((always_inline)) FUNCTION void configure(void) {
  const tile_configuration c = full_tiles();
  // Compilers have dropped the stores to `c`, not seeing that the instruction reads it.
  __asm__ volatile("" : : "r"(&c) : "memory");
  _tile_loadconfig(&c);
}

#include "tiles_kernels.inc"
#else
void gk_tile_convolve_amx(const gk_tile_convolution *p, size_t first_tile, size_t tiles, size_t first_block,
                          size_t blocks) {
  gk_tile_convolve_emulated(p, first_tile, tiles, first_block, blocks);
}
void gk_tile_sum_products_amx(const gk_tile_products *p) { gk_tile_sum_products_emulated(p); }
#endif
