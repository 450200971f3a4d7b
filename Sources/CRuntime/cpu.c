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

static int limit(void) {
  const char *name = getenv(GK_CPU_VARIABLE);
  return name ? gk_cpu_level_of(name) : -1;
}

int gk_cpu_level(void) {
  static _Atomic int known = -1;
  int level = __c11_atomic_load(&known, __ATOMIC_RELAXED);
  if (level < 0) {
    const int found = found_level(), allowed = limit();
    level = allowed >= 0 && allowed < found ? allowed : found;
    __c11_atomic_store(&known, level, __ATOMIC_RELAXED);
  }
  return level;
}

int gk_cpu_named_level(void) {
  const int level = limit();
  return level <= found_level() ? level : -1;
}

int gk_cpu_vectors(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return GK_VECTORS_AVX512;
  if (__builtin_cpu_supports("x86-64-v3")) return GK_VECTORS_AVX2;
  if (__builtin_cpu_supports("avx")) return GK_VECTORS_AVX;
  return __builtin_cpu_supports("sse4.2") ? GK_VECTORS_SSE4 : GK_VECTORS_SSE2;
#else
  return GK_VECTORS_OTHER;
#endif
}

int gk_cpu_has_bf16(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return 0;
#endif
}

int gk_cpu_is_amd(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_is("amd") != 0;
#else
  return 0;
#endif
}
