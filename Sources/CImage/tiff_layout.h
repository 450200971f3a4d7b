// A TIFF file's stream, and what its directory says of the samples.
#ifndef GANCTL_TIFF_LAYOUT_H
#define GANCTL_TIFF_LAYOUT_H

#include "report.h"

#include <stdint.h>
#include <tiffio.h>

typedef struct {
  FILE *file;
  Report report;
} TiffStream;

typedef struct {
  uint32_t width, height;
  uint16_t samples, bits, format, photometric, planes, compression, orientation;
  int colours;        // samples of a pixel that are not extra ones: 1, 3, or 4 for CMYK
  int has_alpha;      // the first extra sample is alpha
  int premultiplied;  // and the colours are multiplied by it
} TiffLayout;

// Opens the file, with errors to `report`. NULL on failure.
TIFF *tiff_open(TiffStream *stream);

// Reads the first directory. Returns 1, with a message, for what cannot be read.
int tiff_describe(TIFF *tiff, TiffLayout *layout, const Report *to);

#endif
