// The kernels over tile operations, once on AMX and once in plain C.
#ifndef TILES_PRIVATE_H
#define TILES_PRIVATE_H

#include "CKernels.h"

void gk_tile_convolve_amx(const gk_tile_convolution *p, size_t first_tile, size_t tiles, size_t first_block,
                          size_t blocks);
void gk_tile_convolve_emulated(const gk_tile_convolution *p, size_t first_tile, size_t tiles, size_t first_block,
                               size_t blocks);
void gk_tile_sum_products_amx(const gk_tile_products *p);
void gk_tile_sum_products_emulated(const gk_tile_products *p);

// The operand of LDTILECFG: all eight tiles at full size.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} tile_configuration;

static inline tile_configuration full_tiles(void) {
  tile_configuration c = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    c.row_bytes[i] = 64;
    c.rows[i] = GK_TILE_ROWS;
  }
  return c;
}

#endif
