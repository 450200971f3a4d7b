// Pictures in and out, and resampling, behind plain functions on pointers.
//
// Functions that return int return 0 for success. Those that take `message` fill it on failure with
// a text that ends in a zero byte. No function lets a longjmp leave it, and none prints.
#ifndef GANCTL_CIMAGE_H
#define GANCTL_CIMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/// What a file's header says.
typedef struct {
  uint32_t width;        ///< as stored, before any rotation
  uint32_t height;
  int32_t channels;      ///< samples per pixel as stored: 1 grey, 2 grey + alpha, 3, 4; a palette counts as 3
  int32_t colours;       ///< of the picture that is decoded to 8 bit: 1 grey, 3 RGB
  int32_t bits;          ///< of a sample
  int32_t is_float;      ///< samples are floating-point numbers
  int32_t has_alpha;     ///< an alpha channel or transparent colours
  int32_t orientation;   ///< EXIF 1...8; 1 where there is none
} GanPictureInfo;

/// Reads a header from the file's current position; the pixels are not touched.
int gan_png_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity);
int gan_jpeg_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity);
int gan_tiff_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity);
int gan_webp_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity);
int gan_bmp_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity);
int gan_pnm_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity);

/// Decodes to 8 bit, `channels` (the header's `colours`) interleaved, into exactly width * height * channels bytes. The
/// sizes must be those of the header.
int gan_png_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels,
                 char *message, size_t capacity);
int gan_jpeg_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels,
                  char *message, size_t capacity);
int gan_tiff_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels,
                  char *message, size_t capacity);
int gan_webp_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels,
                  char *message, size_t capacity);
int gan_bmp_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels,
                 char *message, size_t capacity);
int gan_pnm_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels,
                 char *message, size_t capacity);

/// Decodes all samples as stored, extra ones included, as numbers: 0...255 or 0...65535, or what a file of
/// floating-point samples holds. `channels` is the header's.
int gan_tiff_read_numbers(FILE *file, float *samples, uint32_t width, uint32_t height, int32_t channels,
                          char *message, size_t capacity);
int gan_pnm_read_numbers(FILE *file, float *samples, uint32_t width, uint32_t height, int32_t channels,
                         char *message, size_t capacity);

/// The largest sample, alpha left out, of a PNG of 16 bits; looks no further once one is beyond 4095. 65535 for
/// interlaced ones and those of fewer bits.
int gan_png_largest16(FILE *file, uint32_t *largest, char *message, size_t capacity);

/// Takes the bytes of a file, in order. Returns 0, or 1 to end the encoding.
typedef int (*GanSink)(void *context, const uint8_t *bytes, size_t count);

/// Encodes 8-bit grey (1) or RGB (3) as PNG.
int gan_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels,
                   GanSink sink, void *context, char *message, size_t capacity);

/// Encodes 8-bit grey (1) or RGB (3) as JPEG of a quality of 1...100. `*bytes` is the caller's to free().
int gan_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, int quality,
                    uint8_t **bytes, size_t *count, char *message, size_t capacity);

/// Copies a picture turned upright by an EXIF orientation 1...8. `width` and `height` are the source's.
void gan_orient(const uint8_t *source, uint8_t *target, uint32_t width, uint32_t height, int32_t channels,
                int32_t orientation);

/// Samples 0...255 as -1...1: v / 255, then (v - 0.5) / 0.5, in fp32.
void gan_normalize_u8(const uint8_t *bytes, float *values, size_t count);

enum { GAN_BILINEAR = 0, GAN_BICUBIC = 1 };

/// Pillow's antialiased resize, interleaved rows. Non-zero when memory is short.
int gan_resize_u8(const uint8_t *source, int32_t width, int32_t height, int32_t channels,
                  uint8_t *target, int32_t new_width, int32_t new_height, int filter);
int gan_resize_f32(const float *source, int32_t width, int32_t height, int32_t channels,
                   float *target, int32_t new_width, int32_t new_height, int filter);

/// Two-tap bilinear, not antialiased, also straight from 8 bit. `half_pixel` 1: pixel centres at i + 0.5; 0: source =
/// i * in / out.
int gan_bilinear_f32(const float *source, int32_t width, int32_t height, int32_t channels,
                     float *target, int32_t new_width, int32_t new_height, int half_pixel);
int gan_bilinear_u8(const uint8_t *source, int32_t width, int32_t height, int32_t channels,
                    float *target, int32_t new_width, int32_t new_height, int half_pixel);

/// Pulls each pixel of the target from the source at `matrix` (two rows of three) times its place, where pixel i covers
/// i to i + 1: bilinear, and mirrored beyond the edges. `samples` squared places of each pixel are averaged, against
/// aliasing when shrinking.
void gan_warp_u8(const uint8_t *source, int32_t width, int32_t height, int32_t channels, float *target,
                 int32_t new_width, int32_t new_height, const double *matrix, int32_t samples);

// The following change samples of 0...255 in place.

/// Factors for brightness, for contrast (about the mean grey) and for saturation (about each pixel's grey), in this
/// order, as torchvision has them; then a turn of the hue by a share of the circle. Clamps to 0...255.
void gan_adjust_colour_f32(float *values, size_t pixels, int32_t channels, float brightness, float contrast,
                           float saturation, float hue);

/// Gaussian blur of `sigma` pixels, mirrored beyond the edges. Non-zero when memory is short.
int gan_blur_f32(float *values, int32_t width, int32_t height, int32_t channels, double sigma);

/// Adds nearly normal noise of that standard deviation, another number for each sample. Clamps to 0...255.
void gan_add_noise_f32(float *values, size_t count, float sigma, uint64_t seed);

#endif
