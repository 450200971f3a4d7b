#include "CRuntime.h"
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

static int cpu_has_tiles(void) {
  unsigned a, b, c, d;
  if (gk_cpu_level() < GK_CPU_AVX512) return 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 27)) return 0;  // OSXSAVE: xgetbv may be asked
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  const unsigned tile_states = 3u << 17;
  const unsigned bf16 = 1u << 22, tile = 1u << 24;
  return (low & tile_states) == tile_states && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & bf16) && (d & tile);
}

// Linux grants the large tile registers to a process that asks for them, and refuses while a thread has an alternate
// signal stack too small for them.
static int permitted(void) {
  enum { ASK_FOR_PERMISSION = 0x1023, TILE_DATA = 18 };
  return syscall(SYS_arch_prctl, ASK_FOR_PERMISSION, TILE_DATA) == 0;
}

static int found_tiles(void) {
  if (!cpu_has_tiles()) return GK_TILES_ABSENT;
  return permitted() ? GK_TILES_AMX : GK_TILES_REFUSED;
}
#else
static int found_tiles(void) { return GK_TILES_ABSENT; }
#endif

int gk_tiles(void) {
  const int32_t scoped = gk_scoped_tiles();
  if (scoped >= 0) return scoped;
  static _Atomic int known = -1;
  int tiles = known;
  if (tiles < 0) {
    const char *limit = getenv(GK_CPU_VARIABLE);
    if (limit && strcmp(limit, "amx-emulated") == 0) tiles = GK_TILES_EMULATED;
    else if (limit && strcmp(limit, "bf16-rounded") == 0) tiles = GK_TILES_ROUNDED;
    // A level of vectors leaves out what lies above it.
    else if (limit && gk_cpu_level_of(limit) >= 0) tiles = GK_TILES_ABSENT;
    else tiles = found_tiles();
    known = tiles;
  }
  return tiles;
}
