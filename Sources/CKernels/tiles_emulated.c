// The tile kernels over operations in plain C, for tests on CPUs without AMX. The operations follow the pseudocode of
// Intel's instruction set reference, sizes of the configuration and order of roundings included.
#include "CKernels.h"
#include "levels.h"
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

// Rows and bytes beyond those of the configuration become 0.
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

// A subnormal number counts as 0, and a result that would be one becomes 0, whatever MXCSR says. (Here this is
// decided after rounding to 24 bits. Deciding it with an unbounded exponent would differ only for numbers that round up
// to the smallest normal one.)
static inline __attribute__((always_inline)) float flushed(float x) { return fabsf(x) < FLT_MIN ? copysignf(0, x) : x; }

static inline __attribute__((always_inline)) float from_bf16(uint32_t bits) {
  const uint32_t word = bits << 16;
  float x;
  memcpy(&x, &word, 4);
  return flushed(x);
}

#define TYPED(name) name
#define TEMPLATE "tiles_dot.inc"
#include "levels.inc"
#undef TEMPLATE
#undef TYPED

static void dot(int c, int a, int b) {
  const tile_configuration *s = &state.configuration;
  GK_CALL(
      dot_rows, &state.tiles[c], &state.tiles[a], &state.tiles[b], s->rows[c], s->row_bytes[a] / 4,
      s->row_bytes[c] / 4);
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
