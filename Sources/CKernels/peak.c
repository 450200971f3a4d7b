// Nothing but multiply-adds in registers: what a core can do at most, to compare kernels with.
#include "CKernels.h"

// Independent sums, enough to hide the latency of a multiply-add on two units.
enum { SUMS = 12 };

#define DEFINE_PEAK(name, lanes, attributes)                                                  \
  typedef float name##_vector __attribute__((vector_size(4 * (lanes))));                      \
  attributes static double name(size_t rounds) {                                              \
    name##_vector sums[SUMS];                                                                 \
    /* Volatile, or the compiler works out what the loop comes to. */                         \
    volatile const float half = 0.5f, one = 1.0f;                                             \
    name##_vector factor = {0}, addend = {0};                                                 \
    factor += half;                                                                           \
    addend += one;                                                                            \
    for (int i = 0; i < SUMS; i++) sums[i] = addend * (float)i;                               \
    for (size_t r = 0; r < rounds; r++) {                                                     \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++)                       \
        sums[i] = sums[i] * factor + addend;                                                  \
    }                                                                                         \
    double total = 0;                                                                         \
    for (int i = 0; i < SUMS; i++)                                                            \
      for (int lane = 0; lane < (lanes); lane++) total += sums[i][lane];                      \
    return total;                                                                             \
  }

#if defined(__x86_64__)
DEFINE_PEAK(peak_avx512, 16, __attribute__((target("avx512f"))))
DEFINE_PEAK(peak_avx2, 8, __attribute__((target("avx2,fma"))))
#endif
DEFINE_PEAK(peak_plain, 4, )

size_t gk_peak_burst(size_t rounds, double *result) {
  size_t lanes = 4;
#if defined(__x86_64__)
  const int level = gk_cpu_level();
  if (level == GK_CPU_AVX512) {
    *result = peak_avx512(rounds);
    lanes = 16;
  } else if (level == GK_CPU_AVX2) {
    *result = peak_avx2(rounds);
    lanes = 8;
  } else
#endif
    *result = peak_plain(rounds);
  return 2 * lanes * SUMS * rounds;
}
