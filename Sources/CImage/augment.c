#include "CImage.h"

#include <math.h>
#include <stdlib.h>

// A fused multiply-add would give other last bits on CPUs that have one.
#pragma STDC FP_CONTRACT OFF

// MARK: Affine warp

// Folds a coordinate into [0, size], mirrored at both ends as often as it takes.
static double folded(double at, double size) {
  if (at >= 0 && at <= size) return at;
  at = fmod(at, 2 * size);
  if (at < 0) at += 2 * size;
  return at > size ? 2 * size - at : at;
}

// Two neighbours of a coordinate and the share of the second; beyond the middle of the last pixel only that one counts.
static void neighbours(double at, int32_t size, int32_t *low, int32_t *high, float *share) {
  double index = folded(at, size) - 0.5;
  if (index < 0) index = 0;
  if (index > size - 1) index = size - 1;
  int32_t whole = (int32_t)index;
  *low = whole;
  *high = whole < size - 1 ? whole + 1 : whole;
  *share = (float)(index - whole);
}

static void add_sample(const uint8_t *source, int32_t width, int32_t height, int32_t channels, double u, double v,
                       float *sums) {
  int32_t left, right, upper, lower;
  float across, down;
  neighbours(u, width, &left, &right, &across);
  neighbours(v, height, &upper, &lower, &down);
  const uint8_t *above = source + (size_t)upper * width * channels;
  const uint8_t *below = source + (size_t)lower * width * channels;
  left *= channels;
  right *= channels;
  for (int32_t c = 0; c < channels; c++) {
    float first = above[left + c] + across * (above[right + c] - above[left + c]);
    float second = below[left + c] + across * (below[right + c] - below[left + c]);
    sums[c] += first + down * (second - first);
  }
}

void gan_warp_u8(const uint8_t *source, int32_t width, int32_t height, int32_t channels, float *target,
                 int32_t new_width, int32_t new_height, const double *matrix, int32_t samples) {
  double step = 1.0 / samples;
  float share = 1.0f / (float)(samples * samples);
  for (int32_t y = 0; y < new_height; y++) {
    for (int32_t x = 0; x < new_width; x++) {
      float sums[3] = {0, 0, 0};
      for (int32_t j = 0; j < samples; j++) {
        double down = y + (j + 0.5) * step;
        for (int32_t i = 0; i < samples; i++) {
          double across = x + (i + 0.5) * step;
          double u = matrix[0] * across + matrix[1] * down + matrix[2];
          double v = matrix[3] * across + matrix[4] * down + matrix[5];
          add_sample(source, width, height, channels, u, v, sums);
        }
      }
      for (int32_t c = 0; c < channels; c++) *target++ = samples == 1 ? sums[c] : sums[c] * share;
    }
  }
}

// MARK: Colour

static float grey(const float *rgb) { return 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2]; }

static float within(float value) { return value > 0 ? (value < 255 ? value : 255) : 0; }

// Turns the hue by a share of the circle; value and saturation (of HSV) stay.
static void turn_hue(float *rgb, float turn) {
  float most = fmaxf(rgb[0], fmaxf(rgb[1], rgb[2])), least = fminf(rgb[0], fminf(rgb[1], rgb[2]));
  float range = most - least;
  if (range <= 0) return;
  float hue = most == rgb[0]   ? (rgb[1] - rgb[2]) / range
              : most == rgb[1] ? 2 + (rgb[2] - rgb[0]) / range
                               : 4 + (rgb[0] - rgb[1]) / range;
  hue += 6 * turn;
  hue -= 6 * floorf(hue / 6);
  for (int32_t c = 0; c < 3; c++) {
    // Each channel is at its largest around one place of the circle, 0, 2 and 4, and falls off within a sixth.
    float place = hue + (c == 0 ? 5 : c == 1 ? 3 : 1);
    if (place >= 6) place -= 6;
    float falling = fminf(place, 4 - place);
    rgb[c] = most - range * fmaxf(0, fminf(falling, 1));
  }
}

void gan_adjust_colour_f32(float *values, size_t pixels, int32_t channels, float brightness, float contrast,
                           float saturation, float hue) {
  double sum = 0;
  for (size_t i = 0; i < pixels; i++) sum += channels == 3 ? grey(values + 3 * i) : values[i];
  float lift = (1 - contrast) * brightness * (float)(sum / (double)pixels);
  float factor = contrast * brightness;
  if (channels == 1) {
    for (size_t i = 0; i < pixels; i++) values[i] = within(factor * values[i] + lift);
    return;
  }
  for (size_t i = 0; i < pixels; i++) {
    float *rgb = values + 3 * i;
    for (int32_t c = 0; c < 3; c++) rgb[c] = factor * rgb[c] + lift;
    float level = (1 - saturation) * grey(rgb);
    for (int32_t c = 0; c < 3; c++) rgb[c] = within(saturation * rgb[c] + level);
    if (hue != 0) turn_hue(rgb, hue);
  }
}

// MARK: Blur and noise

static int32_t mirrored(int32_t index, int32_t size) {
  int32_t period = 2 * size;
  index %= period;
  if (index < 0) index += period;
  return index < size ? index : period - 1 - index;
}

int gan_blur_f32(float *values, int32_t width, int32_t height, int32_t channels, double sigma) {
  int32_t radius = (int32_t)ceil(3 * sigma);
  size_t row = (size_t)width * channels;
  float *weights = malloc((size_t)(2 * radius + 1) * sizeof(float));
  float *copy = malloc(row * height * sizeof(float));
  if (!weights || !copy) {
    free(weights);
    free(copy);
    return 1;
  }
  double sum = 0;
  for (int32_t k = -radius; k <= radius; k++) sum += exp(-k * k / (2 * sigma * sigma));
  for (int32_t k = -radius; k <= radius; k++) {
    weights[k + radius] = (float)(exp(-k * k / (2 * sigma * sigma)) / sum);
  }
  for (int32_t y = 0; y < height; y++) {
    float *out = copy + y * row;
    for (size_t i = 0; i < row; i++) out[i] = 0;
    for (int32_t k = -radius; k <= radius; k++) {
      const float *in = values + mirrored(y + k, height) * row;
      float weight = weights[k + radius];
      for (size_t i = 0; i < row; i++) out[i] += weight * in[i];
    }
  }
  for (int32_t y = 0; y < height; y++) {
    const float *in = copy + y * row;
    for (int32_t x = 0; x < width; x++) {
      float sums[3] = {0, 0, 0};
      for (int32_t k = -radius; k <= radius; k++) {
        const float *pixel = in + (size_t)mirrored(x + k, width) * channels;
        for (int32_t c = 0; c < channels; c++) sums[c] += weights[k + radius] * pixel[c];
      }
      for (int32_t c = 0; c < channels; c++) values[y * row + (size_t)x * channels + c] = sums[c];
    }
  }
  free(weights);
  free(copy);
  return 0;
}

// A hash of a counter (SplitMix64; Steele et al. 2014).
static uint64_t hash(uint64_t counter) {
  counter += 0x9E3779B97F4A7C15u;
  counter = (counter ^ (counter >> 30)) * 0xBF58476D1CE4E5B9u;
  counter = (counter ^ (counter >> 27)) * 0x94D049BB133111EBu;
  return counter ^ (counter >> 31);
}

void gan_add_noise_f32(float *values, size_t count, float sigma, uint64_t seed) {
  // The sum of four uniform numbers of 16 bits has nearly the shape of a bell; its variance is (2^32 - 1) / 3.
  float scale = sigma * (float)(1 / sqrt(4294967295.0 / 3));
  for (size_t i = 0; i < count; i++) {
    uint64_t word = hash(seed + i * 0x9E3779B97F4A7C15u);
    int32_t sum = (int32_t)(word & 0xFFFF) + (int32_t)(word >> 16 & 0xFFFF) + (int32_t)(word >> 32 & 0xFFFF)
                  + (int32_t)(word >> 48);
    values[i] = within(values[i] + scale * (float)(sum - 131070));
  }
}
