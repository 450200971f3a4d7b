#ifndef GK_CEIL_DIV_H
#define GK_CEIL_DIV_H

#include <stddef.h>

// count / size, rounded up.
static inline size_t gk_ceil_div(size_t count, size_t size) { return (count + size - 1) / size; }

#endif
