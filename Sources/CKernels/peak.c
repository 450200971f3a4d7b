// Nothing but multiply-adds in registers: the peak speed of a core, to compare kernels with.
#include "CKernels.h"
#include "levels.h"

// Independent sums, enough to hide the latency of a multiply-add on two units.
enum { SUMS = 12 };

#define OWN_VECTORS
#define TYPED(name) name
#define TEMPLATE "peak.inc"
#include "levels.inc"
#undef TEMPLATE
#undef TYPED
#undef OWN_VECTORS

size_t gk_peak_burst(size_t rounds, double *result) { return GK_CALL(peak, rounds, result); }
