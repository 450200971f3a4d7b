#include "CRuntime.h"
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {[GK_CPU_PLAIN] = "plain", [GK_CPU_AVX2] = "avx2", [GK_CPU_AVX512] = "avx512"};

static int found_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return GK_CPU_AVX512;
  if (__builtin_cpu_supports("x86-64-v3")) return GK_CPU_AVX2;
#endif
  return GK_CPU_PLAIN;
}

int gk_cpu_level_of(const char *name) {
  for (int level = GK_CPU_PLAIN; level <= GK_CPU_AVX512; level++)
    if (strcmp(name, names[level]) == 0) return level;
  return -1;
}

const char *gk_cpu_level_name(int level) { return names[level]; }

static int allowed_level(void) {
  const char *limit = getenv(GK_CPU_VARIABLE);
  const int level = limit ? gk_cpu_level_of(limit) : -1;
  return level < 0 ? GK_CPU_AVX512 : level;
}

int gk_cpu_level(void) {
  static _Atomic int known = -1;
  int level = __c11_atomic_load(&known, __ATOMIC_RELAXED);
  if (level < 0) {
    const int found = found_level(), allowed = allowed_level();
    level = found < allowed ? found : allowed;
    __c11_atomic_store(&known, level, __ATOMIC_RELAXED);
  }
  return level;
}

int gk_cpu_vectors(void) {
#if defined(__x86_64__)
  const int level = gk_cpu_level();
  if (level == GK_CPU_AVX512) return GK_VECTORS_AVX512;
  if (level == GK_CPU_AVX2) return GK_VECTORS_AVX2;
  if (allowed_level() == GK_CPU_PLAIN) return GK_VECTORS_SSE2;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx")) return GK_VECTORS_AVX;
  if (__builtin_cpu_supports("sse4.2")) return GK_VECTORS_SSE4;
#endif
  return GK_VECTORS_SSE2;
}

int gk_cpu_is_amd(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_is("amd") != 0;
#else
  return 0;
#endif
}
