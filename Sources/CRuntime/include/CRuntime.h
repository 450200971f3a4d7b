// What the kernels run on: the CPU and what the environment allows of it, the system's permission for AMX, and state of
// threads. Swift has no thread-local variables that are as quick as C's.
#ifndef CRUNTIME_H
#define CRUNTIME_H

#include <stdint.h>

// The widest vectors that kernels may use: those of the CPU, or fewer where the environment says so by the name of a
// level (read once; other words count as nothing said). AVX2 stands for x86-64-v3, with FMA; AVX-512 for x86-64-v4, with
// F, BW, CD, DQ and VL. Levels differ in rounding only.
enum { GK_CPU_PLAIN, GK_CPU_AVX2, GK_CPU_AVX512 };
#define GK_CPU_VARIABLE "GANCTL_CPU"
int gk_cpu_level(void);
// "plain", "avx2" or "avx512".
const char *gk_cpu_level_name(int level);
// The level of this name; -1 where there is none.
int gk_cpu_level_of(const char *name);

// The vectors of this CPU, whatever the environment says, for the choice of another library's kernels.
enum {
  GK_VECTORS_OTHER, // no x86-64
  GK_VECTORS_SSE2,
  GK_VECTORS_SSE4,
  GK_VECTORS_AVX,
  GK_VECTORS_AVX2,
  GK_VECTORS_AVX512,
};
int gk_cpu_vectors(void);
// AVX512_BF16, which no level stands for.
int gk_cpu_has_bf16(void);
int gk_cpu_is_amd(void);
// The level that the environment names; -1 where it names none, or one that this CPU does not reach.
int gk_cpu_named_level(void);

// The matrix tiles of AMX (bf16 products, fp32 sums), found and asked of the system at the first call, which has to come
// early: the system may refuse later. Two more for tests, by GANCTL_CPU=amx-emulated or bf16-rounded in the environment.
enum {
  GK_TILES_ABSENT,
  GK_TILES_REFUSED,  // the CPU has them, the system does not let this process use them
  GK_TILES_AMX,
  GK_TILES_EMULATED, // the same kernels over tile operations in plain C
  GK_TILES_ROUNDED,  // factors rounded as for tiles, then ordinary fp32 kernels
};
int gk_tiles(void);

// For tests: a number of the calling thread that `gk_tiles` answers in place of what it found, -1 at first for none.
int32_t gk_scoped_tiles(void);
void gk_set_scoped_tiles(int32_t tiles);

// A number of the calling thread, -1 at first: the precision that it has chosen for itself.
int32_t gk_scoped_precision(void);
void gk_set_scoped_precision(int32_t precision);

// A flag of the calling thread, 0 at first: whether it has paused the recording of operations.
int32_t gk_recording_paused(void);
void gk_set_recording_paused(int32_t paused);

#endif
