// Runs the kernels of Sources/CKernels on fixed numbers and prints what they give, a line for each value: the
// function's name and the value. scripts/check_kernels.sh compares the output of CPU levels and architectures.
#include "CKernels.h"
#include "CRuntime.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 20000 };

static uint64_t state;

// Uniform in -1...1.
static double uniform(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(int32_t)(state >> 32) / 2147483648.0;
}

typedef struct {
  int type;
  void *data;
} array;

static double get(array a, size_t i) { return a.type == GK_F32 ? ((float *)a.data)[i] : ((double *)a.data)[i]; }

static array make(int type, double offset, double factor) {
  array a = {type, malloc(COUNT * sizeof(double))};
  for (size_t i = 0; i < COUNT; i++) {
    const double value = offset + factor * uniform();
    if (type == GK_F32) ((float *)a.data)[i] = (float)value;
    else ((double *)a.data)[i] = value;
  }
  return a;
}

static void show(const char *name, int variant, array a, size_t count) {
  const int single = a.type == GK_F32;
  for (size_t i = 0; i < count; i++)
    printf("%s-%d-%s %.*g\n", name, variant, single ? "f32" : "f64", single ? 9 : 17, get(a, i));
}

static void elementwise(int type, array x, array positive, array y) {
  const size_t odd = 1003;
  for (int op = GK_AFFINE; op <= GK_CLAMP; op++) {
    const int needs_positive = op == GK_LOG || op == GK_SQRT || op == GK_RECIPROCAL;
    gk_unary(type, op, needs_positive ? positive.data : x.data, y.data, odd, op == GK_CLAMP ? -0.5 : 0.2, 0.4);
    show("unary", op, y, odd);
  }
  for (int op = GK_ADD; op <= GK_SIGN_MULTIPLY; op++)
    for (int steps = 0; steps < 4; steps++) {
      gk_binary(type, op, x.data, steps & 1, positive.data, steps >> 1, y.data, odd, 0.2);
      show("binary", 4 * op + steps, y, odd);
    }
  gk_transpose(type, x.data, 37, y.data, 53, 50, 33);
  show("transpose", 0, y, 53 * 32 + 50);
  array p = make(type, 0, 1), m = make(type, 0, 0.1), v = make(type, 1, 0.5);
  gk_adam(type, p.data, x.data, m.data, v.data, odd, 2e-4, 0.9, 0.5, 0.999, 1e-8, 0.01);
  show("adam", 0, p, odd);
  show("adam", 1, m, odd);
  show("adam", 2, v, odd);
  gk_rmsprop(type, p.data, x.data, v.data, odd, 2e-4, 0.99, 1e-8, 0.01);
  show("rmsprop", 0, p, odd);
  show("rmsprop", 1, v, odd);
  gk_approach(type, p.data, x.data, odd, 0.001);
  show("approach", 0, p, odd);
  free(p.data), free(m.data), free(v.data);
}

static void sums(int type, array x, array u, array y) {
  const array sums = {GK_F64, calloc(COUNT, sizeof(double))};
  gk_sum_rows(type, x.data, 5000, 1, sums.data);
  gk_sum_rows(type, x.data, 150, 71, (double *)sums.data + 1);
  gk_moment_sums(type, x.data, 150, 71, u.data, (double *)sums.data + 72);
  gk_weighted_row_sums(type, x.data, 150, 71, u.data, (double *)sums.data + 214);
  ((double *)sums.data)[285] = gk_dot(type, x.data, u.data, 5003);
  gk_normalize_gradient_sums(type, u.data, x.data, 150, 71, y.data, u.data, y.data, 0.2, (double *)sums.data + 286);
  show("sums", type, sums, 428);
  ((double *)x.data)[5] = __builtin_nan("");
  printf("count_not_finite-0-%d %zu\n", type, gk_count_not_finite(type, x.data, 500));
  free(sums.data);
}

static void matrices(int type, array x, array u, array v, array y) {
  int32_t places[71];
  gk_row_products(type, x.data, 150, 71, u.data, y.data);
  show("row_products", 0, y, 150);
  gk_scale_add_outer(type, x.data, 150, 71, 0.3, -0.7, u.data, v.data, y.data);
  show("scale_add_outer", 0, y, 150 * 71);
  gk_column_maxima(type, x.data, 150, 73, 71, y.data, places);
  show("column_maxima", 0, y, 71);
  for (int c = 0; c < 71; c++) printf("places-0-%d %d\n", type, places[c]);
  for (size_t r = 2; r < 4; r++)
    for (int back = 0; back < 2; back++) {
      gk_shuffle_row(type, x.data, 9, 13, r, back, y.data);
      show("shuffle_row", (int)r * 2 + back, y, 9 * 13 * r * r);
    }
  gk_normalize(type, x.data, 150, 71, u.data, v.data, u.data, 0.2, NULL, y.data);
  show("normalize", 0, y, 150 * 71);
  gk_normalize(type, x.data, 150, 71, u.data, v.data, u.data, 0, x.data, y.data);
  show("normalize", 1, y, 150 * 71);
  gk_normalize_gradient(type, u.data, x.data, 150, 71, u.data, v.data, u.data, 0.2, v.data, u.data, y.data);
  show("normalize_gradient", 0, y, 150 * 71);
}

static void pictures(int type, array x, array y) {
  // 3x3 taps on a picture of 7x8 pixels with 5 channels, bordered by zeros.
  int32_t rows[7 * 3], columns[8 * 3];
  uint8_t runs[8];
  for (int i = 0; i < 21; i++) rows[i] = i / 3 + i % 3 - 1 < 7 ? i / 3 + i % 3 - 1 : -1;
  for (int i = 0; i < 24; i++) columns[i] = i / 3 + i % 3 - 1 < 8 ? i / 3 + i % 3 - 1 : -1;
  for (int i = 0; i < 8; i++) runs[i] = i > 0 && i < 7;
  const gk_taps taps = {rows, columns, runs, 3, 3, 8, 8 * 5, 5, 5};
  gk_gather(type, &taps, x.data, 3, 50, y.data);
  show("gather", 0, y, 50 * 45);
  gk_unary(type, GK_AFFINE, x.data, y.data, 7 * 8 * 5, 0, 0);
  gk_scatter_add(type, &taps, x.data, 45, 3, 50, y.data);
  show("scatter_add", 0, y, 7 * 8 * 5);
  gk_shifted_sum(type, x.data, 30, 7, 3, y.data);
  show("shifted_sum", 0, y, 90);
  gk_add_to_rows(type, x.data, y.data, 31, 2, 29);
  show("add_to_rows", 0, y, 62);
  const gk_pool pool = {9, 11, 5, 6, 19, 3, 2, 1};
  gk_average_pool(type, &pool, x.data, 0, 5, y.data);
  show("average_pool", 0, y, 5 * 6 * 19);
  gk_average_pool_adjoint(type, &pool, x.data, 0, 9, y.data);
  show("average_pool", 1, y, 9 * 11 * 19);
  const int32_t starts[] = {0, 1, 3, 6, 10}, sources[] = {2, 0, 3, 1, 0, 4, 3, 1, 2, 0};
  const double weights[] = {0.3, 0.75, 0.25, 0.2, -0.5, 0.7, 0.1, 0.6, 0.4, -0.9};
  const gk_mixing mixing = {starts, sources, starts, sources, weights, weights, 5, 4, 19};
  gk_mix_rows(type, &mixing, x.data, 0, 4, (char *)y.data + 10000 * sizeof(double), y.data);
  show("mix_rows", 0, y, 4 * 4 * 19);
  gk_upsample2(type, x.data, 3, 5, 19, y.data);
  show("upsample2", 0, y, 4 * 3 * 5 * 19);
  gk_sum_2x2(type, x.data, 3, 5, 19, y.data);
  show("sum_2x2", 0, y, 3 * 5 * 19);
  gk_pick_2x2(type, x.data, x.data, 3, 10, 19, y.data);
  show("pick_2x2", 0, y, 3 * 5 * 19);
  gk_place_2x2(type, x.data, x.data, 3, 10, 19, y.data);
  show("place_2x2", 0, y, 6 * 10 * 19);
}

// 3x3 kernels on 6x9 outputs of 11 channels, 45 outputs; then pooling of the same map.
static void maps(array x, array y) {
  static float packed[3 * 33 * 64], bias[64];
  gk_pack_map_weights((float *)x.data + 2000, 99, 45, packed);
  for (int i = 0; i < 45; i++) bias[i] = ((float *)x.data)[i];
  gk_map_convolution map = {.x = x.data, .x_row = 11 * 11, .x_pixel = 11, .kernel_rows = 3, .kernel_row_step = 11 * 11,
                            .run = 33, .y = y.data, .y_row = 9 * 45, .y_pixel = 45, .rows = 6, .columns = 9,
                            .weights = packed, .bias = bias, .outputs = 45};
  for (map.relu = 0; map.relu < 2; map.relu++) {
    for (size_t block = 0; block < 2; block++) gk_convolve_map(&map, block, 0, 54);
    show("convolve_map", map.relu, y, 54 * 45);
  }
  for (int variant = 0; variant < 4; variant++) {
    const gk_map_pool pool = {x.data, 11 * 11, 11, 1, 6, 9, 11, 11, variant & 1, variant >> 1, 0};
    gk_pool_map_3x3(&pool, 0, y.data);
    show("pool_map", variant, y, 99);
  }
}

// Winograd's tiles of all kinds: 13x11 pixels of 32 channels, 48 outputs, borders of one pixel; and the weight's
// gradient for the same picture and what came of it.
static void filters(array x, array weights, array y) {
  static _Alignas(64) float v[36 * 40 * 32 * 60], u[36 * 2 * 32 * 40], products[2 * 36 * 32 * 60], z[36 * 2 * 32 * 60];
  const int sizes[4][3] = {[GK_WINOGRAD_2_3] = {2, 2, 3}, [GK_WINOGRAD_4_3] = {4, 4, 3}, [GK_WINOGRAD_3_2] = {3, 3, 2},
                           [GK_WINOGRAD_2X4_3] = {2, 4, 3}};
  for (int kind = 0; kind < 4; kind++) {
    const int m = sizes[kind][0], n = sizes[kind][1], r = sizes[kind][2], positions = (m + r - 1) * (n + r - 1);
    const size_t tile_rows = (13 + m - 1) / m, tile_columns = (11 + n - 1) / n, tiles = tile_rows * tile_columns;
    const size_t room = tiles;
    int32_t in[32], out[2][32], taps[9];
    for (int i = 0; i < 32; i++) {
      in[i] = i < 1 || i > 11 ? -1 : i - 1;
      out[0][i] = i < 13 ? i : -1;
      out[1][i] = i < 11 ? i : -1;
    }
    for (int i = 0; i < 9; i++) taps[i] = i;
    const gk_winograd_side from = {in, in, tile_rows, tile_columns, 11 * 11 * 32, 11 * 32, 32, 1, 1, 0};
    const gk_winograd_side to = {out[0], out[1], tile_rows, tile_columns, 13 * 11 * 48, 11 * 48, 48, 1, 1, 0};
    const gk_winograd_weights kernel = {taps, 1, 1, 32, 48};
    gk_winograd_kernels(kind, &kernel, weights.data, 0, 32, u);
    gk_winograd_pictures(kind, &from, x.data, 0, tiles, room, room, 0, v);
    gk_winograd_multiply(v, u, positions, 32, 2, 2, room, products);
    for (size_t panel = 0; panel < 2; panel++)
      gk_winograd_results(kind, &to, products + panel * positions * gk_winograd_step(room * 32), panel, 0, tiles, room,
                          x.data, y.data);
    show("winograd_results", kind, y, 13 * 11 * 48);
    gk_winograd_gradients(kind, &to, y.data, 0, tiles, room, 2, z);
    for (int i = 0; i < positions; i++)
      gk_winograd_accumulate(v + i * gk_winograd_step(32 * room), z + i * gk_winograd_step(2 * room * 32), 32, room, 0,
                             tiles, 2, 0, u + i * gk_winograd_step(2 * 32 * 32));
    gk_winograd_kernel_gradients(kind, &kernel, u, 0, 32, y.data);
    show("winograd_kernel_gradients", kind, y, r * r * 32 * 48);
  }
}

int main(void) {
  fprintf(stderr, "CPU level %s\n", gk_cpu_level_name(gk_cpu_level()));
  for (int type = GK_F32; type <= GK_F64; type++) {
    state = 1;
    const array x = make(type, 0, 1), u = make(type, 0, 1), positive = make(type, 1, 0.9), y = make(type, 0, 1);
    elementwise(type, x, positive, y);
    matrices(type, x, u, positive, y);
    pictures(type, x, y);
    if (type == GK_F32) {
      maps(x, y);
      filters(x, u, y);
    }
    sums(type, x, u, make(type, 0, 1));
  }
  return 0;
}
