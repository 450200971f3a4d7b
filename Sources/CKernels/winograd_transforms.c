// Winograd's minimal filtering: the transforms of pictures, kernels, results, and their adjoints.
#include "CKernels.h"
#include "ceil_div.h"
#include "levels.h"

#define UNROLLED _Pragma("clang loop unroll(full)")

// Points outside the picture: read as zeros, never written.
static const float outside[4096] __attribute__((aligned(64)));

#define CONSTANT __attribute__((always_inline)) static inline int
// The one-dimensional transforms of a kind are those of the square kinds.
CONSTANT down_of(int kind) { return kind == GK_WINOGRAD_2X4_3 ? GK_WINOGRAD_2_3 : kind; }
CONSTANT along_of(int kind) { return kind == GK_WINOGRAD_2X4_3 ? GK_WINOGRAD_4_3 : kind; }
// Of a one-dimensional transform: positions, taps, outputs.
CONSTANT size_of(int kind) { return kind == GK_WINOGRAD_4_3 ? 6 : 4; }
CONSTANT taps_of(int kind) { return kind == GK_WINOGRAD_3_2 ? 2 : 3; }
CONSTANT outputs_of(int kind) { return size_of(kind) - taps_of(kind) + 1; }

// F(4,3)'s points and their squares, and the factors of its kernels.
#define A 0.75f
#define B 1.5f
#define A2 (A * A)
#define B2 (B * B)
#define NA (1 / (2 * A2 * (A2 - B2)))
#define NB (1 / (2 * B2 * (B2 - A2)))

typedef struct {
  size_t image, row, column;
} tile_place;

static inline tile_place tile_at(const gk_winograd_side *s, size_t tile) {
  const size_t row = tile / s->tile_columns;
  return (tile_place){row / s->tile_rows, row % s->tile_rows, tile % s->tile_columns};
}

static inline void next_tile(const gk_winograd_side *s, tile_place *place) {
  if (++place->column < s->tile_columns) return;
  place->column = 0;
  if (++place->row < s->tile_rows) return;
  place->row = 0;
  place->image++;
}

// The addresses of a tile's pixels, `outside` for those beyond the picture. Tiles are `down` and `along` apart.
static inline void pixels_of(const gk_winograd_side *s, const float *picture, tile_place at, size_t phase, int height,
                             int width, int down, int along, const float **pixels) {
  const size_t row = at.row * down * s->spacing + phase / s->phases * s->phase_step;
  const size_t column = at.column * along * s->spacing + phase % s->phases * s->phase_step;
  const float *image = picture + at.image * s->image_step;
  for (int i = 0; i < height; i++) {
    const int32_t y = s->rows[row + i * s->spacing];
    for (int j = 0; j < width; j++) {
      const int32_t x = s->columns[column + j * s->spacing];
      pixels[i * width + j] =
          y < 0 || x < 0 ? outside : image + (size_t)y * s->row_step + (size_t)x * s->channels;
    }
  }
}

// Makes non-temporal stores visible to other threads.
static inline void finish_streams(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#else
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

#define OWN_VECTORS
#define TYPED(name) name
#define TEMPLATE "winograd_transforms.inc"
#include "levels.inc"
#undef TEMPLATE
#undef TYPED
#undef OWN_VECTORS

void gk_winograd_pictures(int kind, const gk_winograd_side *side, const float *x, size_t first, size_t count,
                          size_t filled, size_t room, int streams, float *v) {
  GK_CALL(pictures, kind, side, x, first, count, filled, room, streams, v);
}

void gk_winograd_gradients(int kind, const gk_winograd_side *side, const float *y, size_t first, size_t count,
                           size_t room, size_t panels, float *z) {
  GK_CALL(gradients, kind, side, y, first, count, room, panels, z);
}

void gk_winograd_kernels(int kind, const gk_winograd_weights *w, const float *weights, size_t first, size_t count,
                         float *u) {
  GK_CALL(kernels, kind, w, weights, first, count, u);
}

void gk_winograd_kernel_gradients(int kind, const gk_winograd_weights *w, const float *u, size_t first, size_t count,
                                  float *gradient) {
  GK_CALL(kernel_gradients, kind, w, u, first, count, gradient);
}

void gk_winograd_results(int kind, const gk_winograd_side *side, const float *products, size_t panel, size_t first,
                         size_t count, size_t room, const float *bias, float *y) {
  GK_CALL(results, kind, side, products, panel, first, count, room, bias, y);
}
