// Templates (*.inc) are compiled for several CPU levels; gk_cpu_level() chooses among them at each call. Each call
// processes a whole block of work, so that the choice costs nothing.
#ifndef GK_LEVELS_H
#define GK_LEVELS_H

#include "CRuntime.h"

#define GK_JOIN(a, b) GK_JOIN_(a, b)
#define GK_JOIN_(a, b) a##b

// Calls the function that a template, included by levels.inc, defines as NAME(name).
#if defined(__x86_64__)
#define GK_CALL(name, ...)                                                 \
  (gk_cpu_level() == GK_CPU_AVX512 ? GK_JOIN(name, _avx512)(__VA_ARGS__)   \
   : gk_cpu_level() == GK_CPU_AVX2 ? GK_JOIN(name, _avx2)(__VA_ARGS__)     \
                                   : GK_JOIN(name, _plain)(__VA_ARGS__))
#else
#define GK_CALL(name, ...) GK_JOIN(name, _plain)(__VA_ARGS__)
#endif

#endif
