// What the kernels run on: the CPU and what the environment allows of it, the system's permission for AMX, and state of
// threads. Swift has no thread-local variables that are as quick as C's.
#ifndef CRUNTIME_H
#define CRUNTIME_H

#include <stdint.h>

// The widest vectors that kernels may use: those of the CPU, or narrower ones if the environment names a lower level
// (read once; other values are ignored). AVX2 stands for x86-64-v3, with FMA; AVX-512 for x86-64-v4, with
// F, BW, CD, DQ and VL. Levels differ in rounding only.
enum { GK_CPU_PLAIN, GK_CPU_AVX2, GK_CPU_AVX512 };
#define GK_CPU_VARIABLE "GANCTL_CPU"
int gk_cpu_level(void);
// "plain", "avx2" or "avx512".
const char *gk_cpu_level_name(int level);
// The level of this name; -1 if there is none.
int gk_cpu_level_of(const char *name);

// The vectors of this CPU, whatever the environment says: for choosing the kernels of another library.
enum {
  GK_VECTORS_OTHER, // not x86-64
  GK_VECTORS_SSE2,
  GK_VECTORS_SSE4,
  GK_VECTORS_AVX,
  GK_VECTORS_AVX2,
  GK_VECTORS_AVX512,
};
int gk_cpu_vectors(void);
// AVX512_BF16, which is part of no level.
int gk_cpu_has_bf16(void);
int gk_cpu_is_amd(void);
// The level that the environment names; -1 if it names none, or one that this CPU does not support.
int gk_cpu_named_level(void);

// The matrix tiles of AMX (bf16 products, fp32 sums), detected and requested from the system at the first call, which
// has to come early: the system may refuse later. Tests have two further values, by GANCTL_CPU=amx-emulated or
// bf16-rounded in the environment.
enum {
  GK_TILES_ABSENT,
  GK_TILES_REFUSED,  // the CPU has them, but the system does not let this process use them
  GK_TILES_AMX,
  GK_TILES_EMULATED, // the same kernels over tile operations in plain C
  GK_TILES_ROUNDED,  // factors rounded as for tiles, then ordinary fp32 kernels
};
int gk_tiles(void);

// For tests: a thread-local value that `gk_tiles` returns in place of what it detected; -1, the initial value, for
// none.
int32_t gk_scoped_tiles(void);
void gk_set_scoped_tiles(int32_t tiles);

// Thread-local, initially -1: the precision that the calling thread has chosen for itself.
int32_t gk_scoped_precision(void);
void gk_set_scoped_precision(int32_t precision);

// Thread-local, initially 0: whether the calling thread has paused the recording of operations.
int32_t gk_recording_paused(void);
void gk_set_recording_paused(int32_t paused);

#endif
