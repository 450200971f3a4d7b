#include "CKernels.h"
#include <stdlib.h>
#include <string.h>

static int found_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return GK_CPU_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return GK_CPU_AVX2;
#endif
  return GK_CPU_PLAIN;
}

static int allowed_level(void) {
  const char *limit = getenv("GANCTL_CPU");
  if (limit && strcmp(limit, "plain") == 0) return GK_CPU_PLAIN;
  if (limit && strcmp(limit, "avx2") == 0) return GK_CPU_AVX2;
  return GK_CPU_AVX512;
}

int gk_cpu_level(void) {
  static _Atomic int known = -1;
  int level = known;
  if (level < 0) {
    const int found = found_level(), allowed = allowed_level();
    known = level = found < allowed ? found : allowed;
  }
  return level;
}
