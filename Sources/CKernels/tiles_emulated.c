// The tile kernels over operations in plain C, for tests on CPUs without AMX. The operations follow the pseudocode of
// Intel's instruction set reference, sizes of the configuration and order of roundings included.
#include "tiles_private.h"
#include <float.h>
#include <math.h>
#include <string.h>

typedef struct {
  uint32_t rows[16][16];
} tile;

static _Thread_local struct {
  tile_configuration configuration;
  tile tiles[8];
} state;

static void configure(void) {
  memset(&state, 0, sizeof state);
  state.configuration = full_tiles();
}

static void release(void) { memset(&state, 0, sizeof state); }

// Rows and bytes behind those of the configuration become 0.
static void load(int t, const void *p, size_t bytes) {
  const tile_configuration *c = &state.configuration;
  memset(&state.tiles[t], 0, sizeof(tile));
  for (size_t row = 0; row < c->rows[t]; row++)
    memcpy(state.tiles[t].rows[row], (const char *)p + row * bytes, c->row_bytes[t]);
}

static void store(int t, void *p, size_t bytes) {
  const tile_configuration *c = &state.configuration;
  for (size_t row = 0; row < c->rows[t]; row++)
    memcpy((char *)p + row * bytes, state.tiles[t].rows[row], c->row_bytes[t]);
}

// A subnormal number counts as 0, and a result that would be one becomes 0, whatever MXCSR says. (Here a result is
// judged after rounding to 24 bits. That differs from judging it with unbounded exponent only for numbers that round up
// to the smallest normal one.)
static inline __attribute__((always_inline)) float flushed(float x) { return fabsf(x) < FLT_MIN ? copysignf(0, x) : x; }

static inline __attribute__((always_inline)) float from_bf16(uint32_t bits) {
  const uint32_t word = bits << 16;
  float x;
  memcpy(&x, &word, 4);
  return flushed(x);
}

// TDPBF16PS. Within one instruction the even and the odd elements of the pairs are summed apart, from 0, each by fused
// multiply-adds in ascending order; their two sums are added, and that is added to the destination: all rounded to
// nearest even.
static void dot_rows(tile *c, const tile *a, const tile *b, size_t rows, size_t pairs, size_t columns) {
  float even_b[16][16], odd_b[16][16];
  for (size_t k = 0; k < pairs; k++) {
    for (int n = 0; n < 16; n++) {
      even_b[k][n] = from_bf16(b->rows[k][n] & 0xffff);
      odd_b[k][n] = from_bf16(b->rows[k][n] >> 16);
    }
  }
  for (size_t m = 0; m < rows; m++) {
    float even[16] = {0}, odd[16] = {0}, sums[16];
    for (size_t k = 0; k < pairs; k++) {
      const float even_a = from_bf16(a->rows[m][k] & 0xffff), odd_a = from_bf16(a->rows[m][k] >> 16);
      for (int n = 0; n < 16; n++) even[n] = flushed(fmaf(even_a, even_b[k][n], even[n]));
      for (int n = 0; n < 16; n++) odd[n] = flushed(fmaf(odd_a, odd_b[k][n], odd[n]));
    }
    memcpy(sums, c->rows[m], sizeof sums);
    for (size_t n = 0; n < columns; n++) sums[n] = flushed(flushed(sums[n]) + flushed(even[n] + odd[n]));
    memcpy(c->rows[m], sums, sizeof sums);
  }
}

static void dot(int c, int a, int b) {
  const tile_configuration *s = &state.configuration;
  dot_rows(&state.tiles[c], &state.tiles[a], &state.tiles[b], s->rows[c], s->row_bytes[a] / 4, s->row_bytes[c] / 4);
}

#define FUNCTION
#define NAME(x) x##_emulated
#define TILE_CONFIGURE() configure()
#define TILE_RELEASE() release()
#define TILE_ZERO(t) memset(&state.tiles[t], 0, sizeof(tile))
#define TILE_LOAD(t, p, bytes) load(t, p, bytes)
#define TILE_STORE(t, p, bytes) store(t, p, bytes)
#define TILE_DOT(c, a, b) dot(c, a, b)

#include "tiles_kernels.inc"
