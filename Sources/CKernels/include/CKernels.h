// Loops over plain arrays. No allocation, no threads, no shapes: callers divide the work into blocks.
// Functions with a `type` exist for float and double (GK_F32, GK_F64).
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>
#include "tiles.h"

enum { GK_F32 = 0, GK_F64 = 1 };

// Fused multiply-adds of floats in registers, a few in each of `rounds`, with the vectors of the current CPU level: the
// peak arithmetic speed. Returns the number of additions and multiplications; `result` keeps the compiler from dropping
// them.
size_t gk_peak_burst(size_t rounds, double *result);

// y[i] = op(x[i]); `a` and `b` are the op's constants.
enum {
  GK_AFFINE,     // a*x + b
  GK_EXP,
  GK_LOG,
  GK_SQRT,
  GK_ABS,
  GK_SQUARE,
  GK_RECIPROCAL,
  GK_TANH,
  GK_SIGMOID,
  GK_SOFTPLUS,   // log(1 + exp(x)) without overflow
  GK_LEAKY_RELU, // x > 0 ? x : a*x
  GK_CLAMP,      // min(max(x, a), b)
};
void gk_unary(int type, int op, const void *x, void *y, size_t count, double a, double b);

// y[i] = op(p[i * p_step], q[i * q_step]); a step is 0 (one value for all) or 1.
enum {
  GK_ADD,
  GK_SUBTRACT,
  GK_MULTIPLY,
  GK_DIVIDE,
  GK_LEAKY_GRADIENT,   // p * (q > 0 ? 1 : a)
  GK_TANH_GRADIENT,    // p * (1 - q*q)
  GK_SIGMOID_GRADIENT, // p * q * (1 - q)
  GK_SIGN_MULTIPLY,    // p * sign(q)
};
void gk_binary(int type, int op, const void *p, int p_step, const void *q, int q_step, void *y, size_t count, double a);

// sums[i] += sum over r of x[r*inner + i], i in 0..<inner, rows in 0..<rows; sums in double.
void gk_sum_rows(int type, const void *x, size_t rows, size_t inner, double *sums);

// Number of elements that are not finite.
size_t gk_count_not_finite(int type, const void *x, size_t count);

// destination[r*to_step + c] = source[r*from_step + c], elements of the given type.
void gk_copy_rows(int type, const void *source, size_t from_step, void *destination, size_t to_step, size_t rows,
                  size_t columns);

// destination[c*to_step + r] = source[r*from_step + c].
void gk_transpose(int type, const void *source, size_t from_step, void *destination, size_t to_step, size_t rows,
                  size_t columns);

void gk_f32_from_f64(const double *x, float *y, size_t count);
void gk_f64_from_f32(const float *x, double *y, size_t count);

// Normalisation, x is [rows, channels]; vectors have `channels` elements.
// sums[0..<C] += sum(x - origin), sums[C..<2C] += sum((x - origin)^2).
void gk_moment_sums(int type, const void *x, size_t rows, size_t channels, const void *origin, double *sums);
// y = act((x - center)*scale + shift) [+ residual]; act is leaky ReLU with `slope` (1: none, 0: ReLU).
void gk_normalize(int type, const void *x, size_t rows, size_t channels, const void *center, const void *scale,
                  const void *shift, double slope, const void *residual, void *y);
// With dz = dy*act'(z): sums[0..<C] += sum(dz), sums[C..<2C] += sum(dz*(x - center)).
void gk_normalize_gradient_sums(int type, const void *dy, const void *x, size_t rows, size_t channels,
                                const void *center, const void *scale, const void *shift, double slope, double *sums);
// dx = dz*scale + (x - center)*b + c.
void gk_normalize_gradient(int type, const void *dy, const void *x, size_t rows, size_t channels, const void *center,
                           const void *scale, const void *shift, double slope, const void *b, const void *c, void *dx);

// Matrices x [rows, columns].
// products[r] = sum over c of x[r][c]*u[c].
void gk_row_products(int type, const void *x, size_t rows, size_t columns, const void *u, void *products);
// sums[c] += sum over r of weights[r]*x[r][c].
void gk_weighted_row_sums(int type, const void *x, size_t rows, size_t columns, const void *weights, double *sums);
double gk_dot(int type, const void *x, const void *y, size_t count);
// y[r][c] = a*x[r][c] + b*v[r]*u[c].
void gk_scale_add_outer(int type, const void *x, size_t rows, size_t columns, double a, double b, const void *v,
                        const void *u, void *y);
// The largest element of each column and the first row that has it; `step` elements between rows, of which there is at
// least one.
void gk_column_maxima(int type, const void *x, size_t rows, size_t step, size_t columns, void *maxima,
                      int32_t *places);

// One row of a pixel shuffle: x [width, channels, r, r] becomes y [r, width, r, channels]; `back` is the inverse, from
// [r, width, r, channels].
void gk_shuffle_row(int type, const void *x, size_t width, size_t channels, size_t r, int back, void *y);

// Patches of an NHWC picture, for a GEMM. For each output pixel (row, column) and each tap (ky, kx)
// the `channels` values at (row_index[row*ky_count + ky], column_index[column*kx_count + kx]) are copied
// to one row of `patches`; an index of -1 means zeros. column_run[column] is 1 if all kx of that column
// are adjacent in the picture, so that a single copy suffices.
typedef struct {
  const int32_t *row_index, *column_index;
  const uint8_t *column_run;
  int32_t ky_count, kx_count;
  int32_t columns;  // output columns in a row
  size_t row_step;  // picture elements between rows
  size_t pixel_step; // picture elements between pixels
  size_t channels;  // values taken per pixel
} gk_taps;
// Output pixels first ..< first+count, numbered row by row.
void gk_gather(int type, const gk_taps *taps, const void *picture, size_t first, size_t count, void *patches);
// The adjoint: adds each patch to the picture. Output pixels as above; `patch_step` elements between patches.
void gk_scatter_add(int type, const gk_taps *taps, const void *patches, size_t patch_step, size_t first, size_t count,
                    void *picture);

// y[r*step + c] += vector[c].
void gk_add_to_rows(int type, const void *vector, void *y, size_t step, size_t rows, size_t columns);
// One row of a convolution with few output channels: y[x*channels + c] = sum over kx of
// t[(x + kx)*kx_count*channels + kx*channels + c].
void gk_shifted_sum(int type, const void *t, size_t columns, size_t kx_count, size_t channels, void *y);

// Pooling of one NHWC picture by square windows; padding < kernel, so that every window contains a pixel of the
// picture.
typedef struct {
  size_t height, width, out_height, out_width, channels;
  size_t kernel, stride, padding;
} gk_pool;
// Output rows first ..< first+count: means over the pixels of each window that lie inside the picture.
void gk_average_pool(int type, const gk_pool *pool, const void *x, size_t first, size_t count, void *y);
// The adjoint: picture rows first ..< first+count.
void gk_average_pool_adjoint(int type, const gk_pool *pool, const void *dy, size_t first, size_t count, void *dx);

// Nearest-neighbour upsampling: `rows` rows of `width` pixels to 2*rows of 2*width. Its adjoint sums 2x2 pixels.
void gk_upsample2(int type, const void *x, size_t rows, size_t width, size_t channels, void *y);
void gk_sum_2x2(int type, const void *y, size_t rows, size_t width, size_t channels, void *x);

// From 2*rows of `width` pixels to `rows` of width/2: the element of `x` at the place of the largest of 2x2
// elements of `guide`.
void gk_pick_2x2(int type, const void *guide, const void *x, size_t rows, size_t width, size_t channels, void *y);
// The adjoint; zeros elsewhere.
void gk_place_2x2(int type, const void *guide, const void *dy, size_t rows, size_t width, size_t channels, void *dx);

// Rows and columns of an NHWC picture mixed, each by itself: row i of the result is the sum of the rows
// row_sources[j], j in row_starts[i] ..< row_starts[i + 1], a few or none, times row_weights[j]; columns likewise.
typedef struct {
  const int32_t *row_starts, *row_sources, *column_starts, *column_sources;
  const double *row_weights, *column_weights;
  size_t width, out_width, channels;
} gk_mixing;
// Rows first ..< first+count of the result, to `y`; `line` has room for a row of the picture.
void gk_mix_rows(int type, const gk_mixing *mixing, const void *x, size_t first, size_t count, void *line, void *y);

// Winograd's minimal filtering of fp32 pictures (Lavin and Gray 2016). A tile of A = (m + r - 1) * (n + r - 1) bordered
// pixels gives m x n outputs of a kernel of r x r taps by A products per channel: m x n and r are 2x2 and 3, 4x4 and 3,
// 3x3 and 2, 2x4 and 3.
enum { GK_WINOGRAD_2_3, GK_WINOGRAD_4_3, GK_WINOGRAD_3_2, GK_WINOGRAD_2X4_3 };

// Pictures divided into tiles, numbered row by row over all pictures. Channels are a multiple of 16, at most 4096.
// Several phases (of a stride, or of a larger kernel's parts) count as further channels: neighbour n of phase f is at
// bordered row `spacing * n + phase_step * f`.
typedef struct {
  const int32_t *rows, *columns;  // the picture's row for each row of the bordered picture, or -1
  size_t tile_rows, tile_columns; // tiles of one picture
  size_t image_step, row_step;    // floats
  size_t channels, phases;        // phases in each direction
  size_t spacing, phase_step;
} gk_winograd_side;

// Weights [tap][inputs][outputs]; `taps[(in phase * out phases + out phase) * r*r + i]` is the tap at position i, or
// -1.
typedef struct {
  const int32_t *taps;
  size_t in_phases, out_phases, inputs, outputs;
} gk_winograd_weights;

// Distance in floats between two positions, each of which takes `size`: never a multiple of a page, since the same
// element of all positions is written together, and these must not share one set of the cache.
size_t gk_winograd_step(size_t size);
// The smallest `room` that a product takes.
size_t gk_winograd_least_tiles(void);
// Tiles first ..< first+count: v[A][channels / 16][room][16]; zeros from `count` to `filled`.
// `streams`: bypassing the cache (non-temporal stores). v and z must be aligned to 64 bytes.
void gk_winograd_pictures(int kind, const gk_winograd_side *side, const float *x, size_t first, size_t count,
                          size_t filled, size_t room, int streams, float *v);
// The adjoint of `results`, bypassing the cache: z[A][panels][room][32].
void gk_winograd_gradients(int kind, const gk_winograd_side *side, const float *y, size_t first, size_t count,
                           size_t room, size_t panels, float *z);
// Inputs (of all phases) first ..< first+count: u[A][panels][inputs][32], panels of 32 outputs.
void gk_winograd_kernels(int kind, const gk_winograd_weights *w, const float *weights, size_t first, size_t count,
                         float *u);
// The adjoint, for one output phase.
void gk_winograd_kernel_gradients(int kind, const gk_winograd_weights *w, const float *u, size_t first, size_t count,
                                  float *gradient);
// `some` panels of u, of `panels`: products[some][A][room][32]. Two are faster than one.
void gk_winograd_multiply(const float *v, const float *u, size_t positions, size_t depth, size_t panels, size_t some,
                          size_t room, float *products);
// The outputs of these tiles, plus `bias` (or null).
void gk_winograd_results(int kind, const gk_winograd_side *side, const float *products, size_t panel, size_t first,
                         size_t count, size_t room, const float *bias, float *y);
// One position, and `some` panels, 1 or 2: u[some][inputs][32] of the tiles first ..< first+count, added to what is
// there if `adds`.
void gk_winograd_accumulate(const float *v, const float *z, size_t depth, size_t room, size_t first, size_t count,
                            size_t some, int adds, float *u);

// Inference on fp32 NHWC maps surrounded by a border of zeros, so that windows need not be clipped.

// Outputs that are computed together.
enum { GK_OUTPUT_BLOCK = 32 };

// A convolution. `x` points to the first value under the kernel at output (0, 0); each kernel row is a run of
// consecutive values. Steps are in floats and include the stride.
typedef struct {
  const float *x;
  size_t x_image, x_row, x_pixel;
  size_t kernel_rows, kernel_row_step, run;
  float *y;
  size_t y_image, y_row, y_pixel;
  size_t rows, columns;  // of the output
  const float *weights;  // packed
  const float *bias;     // padded to whole blocks
  size_t outputs;
  int32_t relu;
} gk_map_convolution;
// Outputs `block` * GK_OUTPUT_BLOCK and following, for output pixels first ..< first+count, numbered over all images.
void gk_convolve_map(const gk_map_convolution *p, size_t block, size_t first, size_t count);
// From [taps, outputs] to blocks of [taps, GK_OUTPUT_BLOCK], padded with zeros.
void gk_pack_map_weights(const float *weights, size_t taps, size_t outputs, float *packed);

// Pooling by 3x3 windows; `x` points to the first value of the window at output (0, 0). `padded`: the outermost
// windows include one row or column of the border. An average counts only pixels of the map; a maximum includes the
// border's zeros.
typedef struct {
  const float *x;
  size_t x_row, x_pixel, stride, rows, columns, channels, y_pixel;
  int32_t padded, average, relu;
} gk_map_pool;
// One row of outputs.
void gk_pool_map_3x3(const gk_map_pool *p, size_t row, float *y);

// One Adam step (Kingma and Ba 2015), in place; `weight_decay` is added to the gradient (L2).
// step_size = lr/(1 - beta1^t), root_correction = sqrt(1 - beta2^t).
void gk_adam(int type, void *parameter, const void *gradient, void *m, void *v, size_t count, double step_size,
             double root_correction, double beta1, double beta2, double epsilon, double weight_decay);

// One step of RMSprop (Hinton 2012), in place; `weight_decay` is added to the gradient (L2). step_size = lr.
void gk_rmsprop(int type, void *parameter, const void *gradient, void *v, size_t count, double step_size, double alpha,
                double epsilon, double weight_decay);

// x += share * (value - x), in place.
void gk_approach(int type, void *x, const void *value, size_t count, double share);

// Exchanges the bytes of two places that do not overlap.
void gk_exchange(void *a, void *b, size_t bytes);

// Products of a matrix of few rows: c[rows][columns] = a[rows][depth] * b[depth][columns], with at most 32 columns; or
// with b[columns][depth] transposed. `scratch` has gk_few_rows_scratch(rows) floats. The sum over the depth has the same
// order whatever `rows` and `columns` are.
size_t gk_few_rows_scratch(size_t rows);
void gk_product_of_few_rows(const float *a, size_t lda, size_t rows, const float *b, size_t ldb, int is_transposed,
                            size_t depth, size_t columns, float *c, size_t ldc, float *scratch);

#endif
