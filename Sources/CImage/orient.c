#include "CImage.h"

#include <string.h>

// EXIF orientation: 1 as is, 2 mirrored, 3 half turn, 4 upside down, 5...8 the same four with
// rows and columns exchanged. The target pixel (x, y) is taken from the source.
void gan_orient(const uint8_t *source, uint8_t *target, uint32_t width, uint32_t height, int32_t channels,
                int32_t orientation) {
  int exchanged = orientation >= 5;
  int from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  int from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  uint32_t columns = exchanged ? height : width, rows = exchanged ? width : height;
  size_t pixel = (size_t)channels;
  for (uint32_t y = 0; y < rows; y++) {
    for (uint32_t x = 0; x < columns; x++) {
      uint32_t column = exchanged ? y : x, row = exchanged ? x : y;
      if (from_right) column = width - 1 - column;
      if (from_bottom) row = height - 1 - row;
      memcpy(target, source + ((size_t)row * width + column) * pixel, pixel);
      target += pixel;
    }
  }
}
