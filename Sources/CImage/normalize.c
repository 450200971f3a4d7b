#include "CImage.h"
#include "levels.h"

// A fused multiply-add would give other last bits on CPUs that have one.
#pragma STDC FP_CONTRACT OFF

#define TYPED(name) name
#define TEMPLATE "normalize_bytes.inc"
#include "levels.inc"
#undef TEMPLATE
#undef TYPED

void gan_normalize_u8(const uint8_t *bytes, float *values, size_t count) { GK_CALL(normalize, bytes, values, count); }
