// Runs the tile kernels' machine code for AMX on a CPU without it: each of its instructions is illegal there, and the
// handler of that signal does what it says with the emulation's functions. Results must have the emulation's bits.
// Called by check_tiles.sh.
#define _GNU_SOURCE
#include "../Sources/CKernels/tiles_emulated.c"
#include "CRuntime.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

static long trapped[4];

static greg_t *registers_of(ucontext_t *context, int number) {
  static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  return &context->uc_mcontext.gregs[order[number]];
}

static void stop(const char *why) {
  fprintf(stderr, "check_tiles: %s\n", why);
  _Exit(1);
}

typedef struct {
  const uint8_t *next;
  char *base;
  size_t index;  // times its scale
} operand;

// The memory operand behind a VEX prefix and an opcode.
static operand read_operand(ucontext_t *context, const uint8_t *vex) {
  const int x = !(vex[1] & 0x40) << 3, b = !(vex[1] & 0x20) << 3, modrm = vex[4], mod = modrm >> 6;
  const uint8_t *p = vex + 5;
  operand o = {0};
  int base = (modrm & 7) | b;
  if ((modrm & 7) == 4) {
    const int sib = *p++, index = (sib >> 3 & 7) | x;
    if (index != 4) o.index = (size_t)*registers_of(context, index) << (sib >> 6);
    base = (sib & 7) | b;
    if ((sib & 7) == 5 && mod == 0) stop("an address without a base");
  } else if (mod == 0 && (modrm & 7) == 5) {
    stop("an address relative to the instruction");
  }
  o.base = (char *)*registers_of(context, base);
  if (mod == 1) o.base += (int8_t)*p++;
  if (mod == 2) {
    int32_t far;
    memcpy(&far, p, 4);
    o.base += far;
    p += 4;
  }
  o.next = p;
  return o;
}

static void on_illegal(int number, siginfo_t *info, void *raw) {
  (void)number, (void)info;
  ucontext_t *context = raw;
  const uint8_t *code = (const uint8_t *)context->uc_mcontext.gregs[REG_RIP];
  if (code[0] != 0xc4 || (code[1] & 31) != 2) stop("an illegal instruction that is not of AMX");
  const int prefix = code[2] & 3, other = ~code[2] >> 3 & 15, t = code[4] >> 3 & 7, isRegister = code[4] >> 6 == 3;
  const uint8_t *next = code + 5;
  if (code[3] == 0x49 && isRegister && prefix == 0) {
    release();
  } else if (code[3] == 0x49 && isRegister && prefix == 3) {
    memset(&state.tiles[t], 0, sizeof(tile));
  } else if (code[3] == 0x49 && prefix == 0) {
    const operand o = read_operand(context, code);
    memset(&state, 0, sizeof state);
    memcpy(&state.configuration, o.base + o.index, sizeof state.configuration);
    if (state.configuration.palette != 1) stop("a wrong configuration");
    next = o.next;
    trapped[0]++;
  } else if (code[3] == 0x4b && !isRegister && (prefix == 3 || prefix == 2)) {
    const operand o = read_operand(context, code);
    if (prefix == 3) load(t, o.base, o.index);
    else store(t, o.base, o.index);
    next = o.next;
    trapped[prefix == 3 ? 1 : 2]++;
  } else if (code[3] == 0x5c && isRegister && prefix == 2) {
    dot(t, code[4] & 7, other);
    trapped[3]++;
  } else {
    stop("an instruction of AMX that the kernels should not have");
  }
  context->uc_mcontext.gregs[REG_RIP] = (greg_t)next;
}

static uint64_t seed = 1;
static uint16_t random_bf16(void) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (uint16_t)((seed >> 33 & 0x80ff) | (0x3c00 + (seed >> 50 & 0x300)));
}

static uint16_t *values(size_t count) {
  uint16_t *result = aligned_alloc(64, (count * 2 + 63) / 64 * 64);
  for (size_t i = 0; i < count; i++) result[i] = random_bf16();
  return result;
}

enum { PIXEL = 96, WIDTH = 60, HEIGHT = 5, PLANE = PIXEL * WIDTH * HEIGHT + 64 };

static void compare(const float *a, const float *b, size_t count, const char *what) {
  if (memcmp(a, b, count * sizeof(float)) != 0) stop(what);
}

static void check_convolution(int parts, size_t outputs, size_t columns, int stride) {
  const int32_t steps[6] = {0, 32, 64, PIXEL, WIDTH * PIXEL, WIDTH * PIXEL + 32};
  const size_t blocks = (outputs + 31) / 32, count = 3 * columns * outputs;
  uint16_t *x = values(2 * PLANE), *w = values(blocks * 6 * parts * GK_TILE_PACKED);
  float *bias = calloc(blocks * 32, 4), *y[2] = {calloc(count, 4), calloc(count, 4)};
  for (size_t i = 0; i < outputs; i++) bias[i] = (float)i;
  gk_tile_convolution p = {.parts = parts, .x = x, .x_low = PLANE, .x_row = WIDTH * PIXEL, .x_pixel = stride * PIXEL,
                           .steps = steps, .step_count = 6, .weights = w, .bias = bias, .y_row = columns * outputs,
                           .y_pixel = outputs, .rows = 3, .columns = columns, .outputs = outputs};
  for (int emulated = 0; emulated < 2; emulated++) {
    p.y = y[emulated];
    gk_tile_convolve(emulated, &p, 0, gk_tile_count(&p), 0, blocks);
  }
  compare(y[0], y[1], count, "convolutions differ");
  free(x), free(w), free(bias), free(y[0]), free(y[1]);
}

static void check_products(int parts, size_t outputs, int has_second) {
  enum { STEPS = 150, ROW = STEPS * 32 + 7 };
  const int64_t taps[3] = {0, 1, 7};
  int64_t steps[STEPS];
  for (int s = 0; s < STEPS; s++) steps[s] = 32 * s;
  uint16_t *a = values(2 * 32 * ROW), *b = values((size_t)STEPS * parts * GK_TILE_PACKED);
  float *sums[2] = {calloc(3 * 1024, 4), calloc(3 * 1024, 4)};
  gk_tile_products p = {.parts = parts, .a = a, .a_low = 32 * ROW, .a_row = ROW, .a_second = has_second ? 16 * ROW : 0,
                        .taps = taps, .tap_count = 3, .steps = steps, .step_count = STEPS, .b = b, .outputs = outputs};
  for (int emulated = 0; emulated < 2; emulated++) {
    p.sums = sums[emulated];
    gk_tile_sum_products(emulated, &p);
  }
  compare(sums[0], sums[1], 3 * 1024, "sums of products differ");
  free(a), free(b), free(sums[0]), free(sums[1]);
}

int main(void) {
  // The kernels for AMX contain instructions of AVX-512 as well, which are not emulated.
  if (gk_cpu_level() < GK_CPU_AVX512) {
    printf("left out: the kernels for AMX need a CPU with AVX-512, and this one has none\n");
    return 0;
  }
  struct sigaction action = {.sa_sigaction = on_illegal, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGILL, &action, 0);
  gk_tiles();  // asks the system, where the CPU has AMX
  for (int parts = 1; parts <= 2; parts++) {
    check_convolution(parts, 64, 40, 1);
    check_convolution(parts, 33, 17, 1);
    check_convolution(parts, 32, 16, 2);
    check_convolution(parts, 5, 29, 2);
    check_products(parts, 32, 1);
    check_products(parts, 20, 0);
    check_products(parts, 3, 1);
  }
  printf("same bits; emulated %ld configurations, %ld loads, %ld stores, %ld products of tiles\n", trapped[0],
         trapped[1], trapped[2], trapped[3]);
  return 0;
}
