#include "CImage.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

// Compressions of a Windows bitmap.
enum { PLAIN = 0, RUNS_OF_BYTES = 1, RUNS_OF_HALF_BYTES = 2, MASKS = 3, MASKS_WITH_ALPHA = 6 };

typedef struct {
  uint32_t width, height;
  int top_down;
  unsigned bits, compression;
  uint32_t masks[3];
  uint8_t palette[256][3];
  uint32_t start;  // of the pixels
} Header;

static uint32_t number(const uint8_t *bytes, int count) {
  uint32_t value = 0;
  for (int i = count - 1; i >= 0; i--) value = value << 8 | bytes[i];
  return value;
}

static int take_sizes(Header *header, const uint8_t *info, uint32_t length, const Report *to) {
  if (length == 12) {
    header->width = number(info + 4, 2);
    header->height = number(info + 6, 2);
    header->bits = number(info + 10, 2);
    return 0;
  }
  int32_t width = (int32_t)number(info + 4, 4), height = (int32_t)number(info + 8, 4);
  if (width < 0 || height == INT32_MIN) return report(to, "its size is negative");
  header->top_down = height < 0;
  header->width = (uint32_t)width;
  header->height = (uint32_t)(height < 0 ? -height : height);
  header->bits = number(info + 14, 2);
  header->compression = number(info + 16, 4);
  return 0;
}

static int take_masks(FILE *file, Header *header, const uint8_t *info, uint32_t length, const Report *to) {
  uint32_t usual[3] = {0xFF0000, 0xFF00, 0xFF}, narrow[3] = {0x7C00, 0x3E0, 0x1F};
  memcpy(header->masks, header->bits == 16 ? narrow : usual, sizeof usual);
  if (header->compression != MASKS && header->compression != MASKS_WITH_ALPHA) return 0;
  uint8_t behind[12];
  const uint8_t *from = info + 40;
  if (length == 40) {
    if (fseeko(file, 54, SEEK_SET) != 0 || fread(behind, 1, 12, file) != 12) return report_end(to);
    from = behind;
  }
  for (int c = 0; c < 3; c++) header->masks[c] = number(from + 4 * c, 4);
  return 0;
}

static int take_palette(FILE *file, Header *header, const uint8_t *info, uint32_t length, const Report *to) {
  if (header->bits > 8) return 0;
  uint32_t most = 1u << header->bits, count = length == 12 ? most : number(info + 32, 4);
  if (count == 0 || count > most) count = most;
  size_t entry = length == 12 ? 3 : 4;
  uint8_t bytes[4];
  if (fseeko(file, 14 + (off_t)length, SEEK_SET) != 0) return report_end(to);
  for (uint32_t i = 0; i < count; i++) {
    if (fread(bytes, 1, entry, file) != entry) return report_end(to);
    for (int c = 0; c < 3; c++) header->palette[i][c] = bytes[2 - c];
  }
  return 0;
}

static int is_known(const Header *header) {
  switch (header->compression) {
    case PLAIN:
      return header->bits == 1 || header->bits == 4 || header->bits == 8 || header->bits == 16 || header->bits == 24 ||
             header->bits == 32;
    case RUNS_OF_BYTES: return header->bits == 8 && !header->top_down;
    case RUNS_OF_HALF_BYTES: return header->bits == 4 && !header->top_down;
    case MASKS:
    case MASKS_WITH_ALPHA: return header->bits == 16 || header->bits == 32;
    default: return 0;
  }
}

static int read_header(FILE *file, Header *header, const Report *to) {
  uint8_t head[18], info[124] = {0};
  memset(header, 0, sizeof *header);
  rewind(file);
  if (fread(head, 1, sizeof head, file) != sizeof head) return report_end(to);
  header->start = number(head + 10, 4);
  uint32_t length = number(head + 14, 4);
  if (length != 12 && (length < 40 || length > 4096)) return report(to, "a header of %u bytes", length);
  size_t wanted = length < sizeof info ? length : sizeof info;
  if (fseeko(file, 14, SEEK_SET) != 0 || fread(info, 1, wanted, file) != wanted) return report_end(to);
  if (take_sizes(header, info, length, to)) return 1;
  if (!is_known(header)) {
    return report(to, "pixels of %u bits, compressed in way %u, cannot be read", header->bits, header->compression);
  }
  return take_masks(file, header, info, length, to) || take_palette(file, header, info, length, to);
}

int gan_bmp_info(FILE *file, GanPictureInfo *info, char *message, size_t capacity) {
  Report to = {message, capacity};
  Header header;
  if (read_header(file, &header, &to)) return 1;
  *info = (GanPictureInfo){
    .width = header.width, .height = header.height, .channels = 3, .colours = 3, .bits = 8, .orientation = 1};
  return 0;
}

// The bits under a mask as 0...255.
static uint8_t masked(uint32_t value, uint32_t mask) {
  if (mask == 0) return 0;
  unsigned shift = (unsigned)__builtin_ctz(mask);
  uint64_t most = mask >> shift, part = (value & mask) >> shift;
  return (uint8_t)(part * 255 / most);
}

static void take_row(const Header *header, const uint8_t *row, uint8_t *out) {
  unsigned bits = header->bits;
  for (uint32_t x = 0; x < header->width; x++, out += 3) {
    if (bits <= 8) {
      size_t bit = (size_t)x * bits;
      memcpy(out, header->palette[row[bit / 8] >> (8 - bits - bit % 8) & ((1u << bits) - 1)], 3);
    } else if (bits == 24) {
      for (int c = 0; c < 3; c++) out[c] = row[3 * (size_t)x + 2 - c];
    } else {
      uint32_t value = number(row + (size_t)x * (bits / 8), (int)(bits / 8));
      for (int c = 0; c < 3; c++) out[c] = masked(value, header->masks[c]);
    }
  }
}

static int read_rows(FILE *file, const Header *header, uint8_t *pixels, const Report *to) {
  size_t stride = ((size_t)header->width * header->bits + 31) / 32 * 4;
  uint8_t *row = malloc(stride);
  if (!row) return report_memory(to);
  for (uint32_t y = 0; y < header->height; y++) {
    // The last row may lack its filling
    size_t least = y + 1 < header->height ? stride : ((size_t)header->width * header->bits + 7) / 8;
    if (fread(row, 1, stride, file) < least) {
      free(row);
      return report_end(to);
    }
    uint32_t place = header->top_down ? y : header->height - 1 - y;
    take_row(header, row, pixels + 3 * (size_t)place * header->width);
  }
  free(row);
  return 0;
}

typedef struct {
  const Header *header;
  uint8_t *pixels;
  uint32_t x, y;  // y from below
} Pen;

static void put(Pen *pen, unsigned index) {
  const Header *header = pen->header;
  if (pen->x < header->width && pen->y < header->height) {
    size_t at = (size_t)(header->height - 1 - pen->y) * header->width + pen->x;
    memcpy(pen->pixels + 3 * at, header->palette[index], 3);
  }
  if (pen->x < header->width) pen->x++;
}

static unsigned half(unsigned byte, unsigned index, unsigned bits) {
  return bits == 8 ? byte : index % 2 == 0 ? byte >> 4 : byte & 15;
}

// Runs of equal pixels, and stretches of others. Pixels that none of them reach have the palette's first colour.
static int read_runs(FILE *file, const Header *header, uint8_t *pixels, const Report *to) {
  Pen pen = {header, pixels, 0, 0};
  for (size_t i = 0; i < (size_t)header->width * header->height; i++) memcpy(pixels + 3 * i, header->palette[0], 3);
  for (;;) {
    int count = getc(file), code = getc(file);
    if (code == EOF) return report_end(to);
    if (count > 0) {
      for (int i = 0; i < count; i++) put(&pen, half((unsigned)code, (unsigned)i, header->bits));
    } else if (code == 0) {
      pen.x = 0;
      if (pen.y < header->height) pen.y++;
    } else if (code == 1) {
      return 0;
    } else if (code == 2) {
      int right = getc(file), up = getc(file);
      if (up == EOF) return report_end(to);
      pen.x = pen.x + (unsigned)right < header->width ? pen.x + (unsigned)right : header->width;
      pen.y = pen.y + (unsigned)up < header->height ? pen.y + (unsigned)up : header->height;
    } else {
      int bytes = header->bits == 8 ? code : (code + 1) / 2, byte = 0;
      for (int i = 0; i < code; i++) {
        if (header->bits == 8 || i % 2 == 0) byte = getc(file);
        if (byte == EOF) return report_end(to);
        put(&pen, half((unsigned)byte, (unsigned)i, header->bits));
      }
      if (bytes % 2 == 1) getc(file);
    }
  }
}

int gan_bmp_read(FILE *file, uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, char *message,
                 size_t capacity) {
  Report to = {message, capacity};
  Header header;
  if (read_header(file, &header, &to)) return 1;
  if (header.width != width || header.height != height || channels != 3) return report_change(&to);
  if (fseeko(file, header.start, SEEK_SET) != 0) return report_end(&to);
  int is_runs = header.compression == RUNS_OF_BYTES || header.compression == RUNS_OF_HALF_BYTES;
  return is_runs ? read_runs(file, &header, pixels, &to) : read_rows(file, &header, pixels, &to);
}
