// The one tag of EXIF that matters here.
#ifndef GANCTL_EXIF_H
#define GANCTL_EXIF_H

#include <stddef.h>
#include <stdint.h>

// The orientation tag (0x0112) of the first directory of an EXIF block (TIFF 6.0, section 2), with or without the mark
// that JPEG files put before it: 1...8, or 0 where there is none.
int exif_orientation(const uint8_t *tiff, size_t size);

#endif
