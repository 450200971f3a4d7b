#include "exif.h"

#include <string.h>

static unsigned number(const uint8_t *bytes, int size, int big_endian) {
  unsigned value = 0;
  for (int i = 0; i < size; i++) value = value << 8 | bytes[big_endian ? i : size - 1 - i];
  return value;
}

int exif_orientation(const uint8_t *tiff, size_t size) {
  if (size >= 6 && memcmp(tiff, "Exif\0\0", 6) == 0) {
    tiff += 6;
    size -= 6;
  }
  if (size < 8) return 0;
  int big = tiff[0] == 'M';
  if (memcmp(tiff, big ? "MM" : "II", 2) != 0 || number(tiff + 2, 2, big) != 42) return 0;
  size_t at = number(tiff + 4, 4, big);
  if (at > size || size - at < 2) return 0;
  unsigned entries = number(tiff + at, 2, big);
  at += 2;
  for (unsigned i = 0; i < entries && size - at >= 12; i++, at += 12) {
    if (number(tiff + at, 2, big) != 0x0112 || number(tiff + at + 2, 2, big) != 3) continue;
    unsigned value = number(tiff + at + 8, 2, big);
    return value >= 1 && value <= 8 ? (int)value : 1;
  }
  return 0;
}
