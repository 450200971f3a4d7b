#include "CImage.h"

// A constant number of channels lets the compiler copy a pixel without a loop.
__attribute__((always_inline)) static inline void copy_pixels(
    const uint8_t *source, uint8_t *target, uint32_t columns, uint32_t rows, int32_t channels, ptrdiff_t right,
    ptrdiff_t down) {
  for (uint32_t y = 0; y < rows; y++, source += down) {
    const uint8_t *from = source;
    for (uint32_t x = 0; x < columns; x++, from += right) {
      for (int32_t c = 0; c < channels; c++) *target++ = from[c];
    }
  }
}

// EXIF orientation: 1 as is, 2 mirrored, 3 half turn, 4 upside down, 5...8 the same four with rows and columns
// exchanged.
void gan_orient(const uint8_t *source, uint8_t *target, uint32_t width, uint32_t height, int32_t channels,
                int32_t orientation) {
  const int exchanged = orientation >= 5;
  const int from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const int from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  // Bytes to the next column and row of the source, in the direction in which they are taken.
  const ptrdiff_t pixel = channels, line = (ptrdiff_t)width * channels;
  const ptrdiff_t along = from_right ? -pixel : pixel, across = from_bottom ? -line : line;
  const uint8_t *first = source + (from_right ? line - pixel : 0) + (from_bottom ? line * ((ptrdiff_t)height - 1) : 0);
  const uint32_t columns = exchanged ? height : width, rows = exchanged ? width : height;
  const ptrdiff_t right = exchanged ? across : along, down = exchanged ? along : across;
  if (channels == 3) copy_pixels(first, target, columns, rows, 3, right, down);
  else copy_pixels(first, target, columns, rows, 1, right, down);
}
