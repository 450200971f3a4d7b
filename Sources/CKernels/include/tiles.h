// Convolutions on matrix tiles (AMX): bf16 factors, fp32 sums. A tile is 16 rows of 64 bytes; TDPBF16PS multiplies
// one of [16, 32] by one of [32, 16] whose rows are interleaved in pairs. A factor consists of one part, or is the
// sum of two: high and low.
#ifndef CKERNELS_TILES_H
#define CKERNELS_TILES_H

#include <stddef.h>
#include <stdint.h>

enum {
  GK_TILE_ROWS = 16,
  GK_TILE_STEP = 32,     // terms of the sum in one product of tiles
  GK_TILE_BLOCK = 32,    // columns of the result that are computed together
  GK_TILE_PACKED = 1024, // elements of a packed block: two tiles
  // Elements that must be readable after the last one. After pictures they must be finite.
  GK_TILE_SLACK = 64,
};

// high[i] = x[i] rounded to bf16; with `low`, low[i] = the remainder rounded to bf16.
void gk_tile_round(const float *x, size_t count, uint16_t *high, uint16_t *low);
// The same, stored as floats.
void gk_tile_split(const float *x, size_t count, float *high, float *low);

// One row of a bordered picture: pixel p is x[columns[p]], or zeros where that is -1 or x is null. Channels are padded
// with zeros to `pixel`.
void gk_tile_border_row(const float *x, const int32_t *columns, size_t count, size_t channels, uint16_t *high,
                        uint16_t *low, size_t pixel);

// Packs columns first ..< first+count (at most 32) of 32 rows as the second factor: [2 tiles][16 pairs of rows]
// [16 columns][2]. A null row counts as zeros.
void gk_tile_pack(const float *const rows[GK_TILE_STEP], size_t first, size_t count, uint16_t *high, uint16_t *low);

// y[e*y_row + p] = x[p*x_pixel + e] for p < pixels, and zeros for p < width. `elements` is rounded up to a multiple
// of 16, reading beyond the pixel.
void gk_tile_transpose(const uint16_t *x, size_t x_pixel, size_t pixels, size_t width, size_t elements, uint16_t *y,
                       size_t y_row);

// y[p*y_pixel ...] = the values of each step, one after the other, for pixels 0 ..< pixels.
void gk_tile_gather(const uint16_t *x, size_t x_pixel, size_t pixels, const int32_t *steps, size_t step_count,
                    uint16_t *y, size_t y_pixel);

// A convolution as a list of taps, which serves the data gradient and transposed convolution as well. Steps between
// rows and pixels are in elements.
typedef struct {
  int32_t parts;
  const uint16_t *x;      // what output (0, 0) sees
  size_t x_low;           // from a value's high part to its low part
  size_t x_row, x_pixel;  // from one output's values to the next one's
  const int32_t *steps;   // where an output's values are, 32 at a time
  size_t step_count;
  const uint16_t *weights; // [blocks of outputs][steps][parts][GK_TILE_PACKED]
  const float *bias;       // padded to whole blocks
  float *y;
  size_t y_row, y_pixel;
  size_t rows, columns;    // of the output; at least 16 columns
  size_t outputs;
} gk_tile_convolution;
// Tiles of 16 outputs in a row; the last one of each row may overlap with the one before.
size_t gk_tile_count(const gk_tile_convolution *p);
void gk_tile_convolve(int emulated, const gk_tile_convolution *p, size_t first_tile, size_t tiles, size_t first_block,
                      size_t blocks);

// Products with a transposed picture: sums[tap][e][o] = sum over k of a(tap)[e][k] * b[k][o], for 32 of the e and o.
typedef struct {
  int32_t parts;
  const uint16_t *a;     // row e at a + e*a_row
  size_t a_low, a_row;
  size_t a_second;       // from the first 16 rows to the others; 0 if there are none; then their sums are meaningless
  const int64_t *taps;   // added to `a`
  size_t tap_count;
  const int64_t *steps;  // where 32 terms of the sum begin
  size_t step_count;
  const uint16_t *b;     // [steps][parts][GK_TILE_PACKED]
  size_t outputs;
  float *sums;           // [taps][32][32]
} gk_tile_products;
void gk_tile_sum_products(int emulated, const gk_tile_products *p);

#endif
