// The sets of kernels of OpenBLAS ("cores", one for each kind of CPU): which one is in use, taking another, and whether
// it computes rightly here.
#ifndef CBLASCORE_H
#define CBLASCORE_H

// The core in use, as the library calls it: `SkylakeX`.
const char *gb_core(void);

// Makes the library choose its core again, as it does when it is loaded; nothing else may compute meanwhile, nor read
// the environment. It sees `wish` as the variable OPENBLAS_CORETYPE; for NULL it chooses by the CPU alone. Returns 0 if
// it has only one core. `gb_core` then tells the core, which may not be the wished one.
int gb_choose_core(const char *wish);

// Products and factorisations as the program uses them, with known results.
enum {
  GB_RIGHT,
  GB_WRONG,   // other numbers than they must be
  GB_ILLEGAL, // instructions that the CPU does not have
  GB_CRASHES,
};
// Takes two milliseconds, on one thread at a time. If the result is not GB_RIGHT, `routine` becomes the name of the one
// at fault.
int gb_check_core(const char **routine);

// Calls `body`; returns the signal where a fault of the processor cut it off (SIGILL, SIGSEGV, SIGBUS, SIGFPE), else 0.
// On one thread at a time, too.
int gb_faults(void (*body)(void));

#endif
