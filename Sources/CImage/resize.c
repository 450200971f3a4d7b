#include "CImage.h"
#include "levels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A fused multiply-add would give other last bits on CPUs that have one.
#pragma STDC FP_CONTRACT OFF

// The resize that Pillow does, bit for bit: separable, and antialiased, since the filter is widened
// by the scale when shrinking; at the borders the weights that remain are renormalised.

enum { WEIGHT_BITS = 22 };

// For each output position the first source position and the weights of those that follow.
typedef struct {
  int32_t outputs, most;  // `most` weights are kept per output
  int32_t *first, *count;
  double *weights;
  int32_t *fixed;  // weights times 2^22, for 8 bit
} Taps;

static double bilinear(double t) {
  t = fabs(t);
  return t < 1 ? 1 - t : 0;
}

// Keys (1981) with a = -0.5, which Pillow uses; PyTorch's and OpenCV's "bicubic" has a = -0.75.
static double bicubic(double t) {
  const double a = -0.5;
  t = fabs(t);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a;
  return 0;
}

static void fill_output(Taps *taps, int32_t index, int32_t inputs, double scale, double widening, int filter) {
  double support = (filter == GAN_BICUBIC ? 2 : 1) * widening;
  double centre = (index + 0.5) * scale, narrowing = 1 / widening, sum = 0;
  int32_t low = (int32_t)(centre - support + 0.5), high = (int32_t)(centre + support + 0.5);
  if (low < 0) low = 0;
  if (high > inputs) high = inputs;
  double *weights = taps->weights + (size_t)index * taps->most;
  for (int32_t j = low; j < high; j++) {
    double t = (j - centre + 0.5) * narrowing;
    weights[j - low] = filter == GAN_BICUBIC ? bicubic(t) : bilinear(t);
    sum += weights[j - low];
  }
  int32_t *fixed = taps->fixed + (size_t)index * taps->most;
  for (int32_t k = 0; k < high - low; k++) {
    if (sum != 0) weights[k] /= sum;
    double scaled = weights[k] * (1 << WEIGHT_BITS);
    fixed[k] = (int32_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  }
  taps->first[index] = low;
  taps->count[index] = high - low;
}

static void free_taps(Taps *taps) {
  free(taps->first);
  free(taps->count);
  free(taps->weights);
  free(taps->fixed);
}

// Where it fails, `free_taps` frees what there is.
static int make_taps(Taps *taps, int32_t inputs, int32_t outputs, int filter) {
  double scale = (double)inputs / outputs, widening = scale < 1 ? 1 : scale;
  taps->outputs = outputs;
  taps->most = (int32_t)ceil((filter == GAN_BICUBIC ? 2 : 1) * widening) * 2 + 1;
  size_t total = (size_t)outputs * taps->most;
  taps->first = malloc((size_t)outputs * sizeof(int32_t));
  taps->count = malloc((size_t)outputs * sizeof(int32_t));
  taps->weights = malloc(total * sizeof(double));
  taps->fixed = malloc(total * sizeof(int32_t));
  if (!taps->first || !taps->count || !taps->weights || !taps->fixed) return 1;
  for (int32_t i = 0; i < outputs; i++) fill_output(taps, i, inputs, scale, widening, filter);
  return 0;
}

// Samples of one column that are computed together; see the template.
enum { BLOCK = 48 };
#define UNROLLED _Pragma("clang loop unroll(full)")
#define OWN_VECTORS
#define TYPED(name) name
#define TEMPLATE "resize_bytes.inc"
#include "levels.inc"
#undef TEMPLATE
#undef TYPED
#undef OWN_VECTORS

static inline __attribute__((always_inline)) void across_rows_f32(
    const float *source, int32_t width, int32_t rows, int32_t channels, float *target, const Taps *taps) {
  for (int32_t y = 0; y < rows; y++) {
    const float *row = source + (size_t)y * width * channels;
    for (int32_t i = 0; i < taps->outputs; i++) {
      const float *from = row + (size_t)taps->first[i] * channels;
      const double *weights = taps->weights + (size_t)i * taps->most;
      double sums[3] = {0, 0, 0};
      for (int32_t k = 0; k < taps->count[i]; k++) {
        for (int32_t c = 0; c < channels; c++) sums[c] += *from++ * weights[k];
      }
      for (int32_t c = 0; c < channels; c++) *target++ = (float)sums[c];
    }
  }
}

static void across_f32(const float *source, int32_t width, int32_t rows, int32_t channels, float *target,
                       const Taps *taps) {
  if (channels == 3) across_rows_f32(source, width, rows, 3, target, taps);
  else across_rows_f32(source, width, rows, 1, target, taps);
}

static void down_f32(const float *source, size_t stride, float *target, const Taps *taps, double *sums) {
  for (int32_t i = 0; i < taps->outputs; i++, target += stride) {
    const float *from = source + (size_t)taps->first[i] * stride;
    const double *weights = taps->weights + (size_t)i * taps->most;
    for (size_t x = 0; x < stride; x++) sums[x] = 0;
    for (int32_t k = 0; k < taps->count[i]; k++, from += stride) {
      double weight = weights[k];
      for (size_t x = 0; x < stride; x++) sums[x] += from[x] * weight;
    }
    for (size_t x = 0; x < stride; x++) target[x] = (float)sums[x];
  }
}

// What both kinds of picture share: the columns first, then the rows, a pass skipped where the size stays.
typedef struct {
  Taps columns, rows;
  void *between, *scratch;
} Plan;

static void free_plan(Plan *plan) {
  free_taps(&plan->columns);
  free_taps(&plan->rows);
  free(plan->between);
  free(plan->scratch);
}

// `pixel` is the size of a pixel, `scratch` that of the working memory, in bytes.
static int make_plan(Plan *plan, int32_t width, int32_t height, int32_t new_width, int32_t new_height,
                     size_t pixel, size_t scratch, int filter) {
  const int has_columns = width != new_width, has_rows = height != new_height;
  *plan = (Plan){0};
  plan->scratch = malloc(scratch);
  if (has_columns && has_rows) plan->between = malloc((size_t)new_width * height * pixel);
  if (plan->scratch && (plan->between || !has_columns || !has_rows) &&
      (!has_columns || make_taps(&plan->columns, width, new_width, filter) == 0) &&
      (!has_rows || make_taps(&plan->rows, height, new_height, filter) == 0)) return 0;
  free_plan(plan);
  return 1;
}

int gan_resize_u8(const uint8_t *source, int32_t width, int32_t height, int32_t channels,
                  uint8_t *target, int32_t new_width, int32_t new_height, int filter) {
  Plan plan;
  const size_t stride = (size_t)new_width * channels, band = (size_t)width * BLOCK;
  // Turning columns back reads up to 16 bytes more of each of 16 columns.
  const size_t scratch = band + (size_t)new_width * BLOCK + 16 * BLOCK;
  if (make_plan(&plan, width, height, new_width, new_height, channels, scratch, filter)) return 1;
  if (width == new_width && height == new_height) memcpy(target, source, stride * height);
  uint8_t *between = plan.between ? plan.between : target, *room = plan.scratch;
  if (width != new_width)
    GK_CALL(across_bytes, source, width, height, channels, between, &plan.columns, room, room + band);
  if (height != new_height)
    GK_CALL(down_bytes, width != new_width ? between : source, stride, target, &plan.rows);
  free_plan(&plan);
  return 0;
}

int gan_resize_f32(const float *source, int32_t width, int32_t height, int32_t channels,
                   float *target, int32_t new_width, int32_t new_height, int filter) {
  Plan plan;
  size_t stride = (size_t)new_width * channels, pixel = channels * sizeof(float);
  if (make_plan(&plan, width, height, new_width, new_height, pixel, stride * sizeof(double), filter)) return 1;
  if (width == new_width && height == new_height) memcpy(target, source, stride * height * sizeof(float));
  float *between = plan.between ? plan.between : target;
  if (width != new_width) across_f32(source, width, height, channels, between, &plan.columns);
  if (height != new_height) down_f32(width != new_width ? between : source, stride, target, &plan.rows, plan.scratch);
  free_plan(&plan);
  return 0;
}
