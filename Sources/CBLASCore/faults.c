#define _GNU_SOURCE
#include "CBLASCore.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

static const int faults[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE};
enum { FAULTS = sizeof faults / sizeof *faults };

static struct sigaction before[FAULTS];
static sigjmp_buf place;
static pthread_t thread;

static void cut_off(int number) {
  if (pthread_equal(pthread_self(), thread)) siglongjmp(place, number);
  // Another thread's fault is not ours: it comes again, and goes the way that it would have gone.
  for (int i = 0; i < FAULTS; i++)
    if (faults[i] == number) sigaction(number, &before[i], NULL);
}

int gb_faults(void (*body)(void)) {
  thread = pthread_self();
  // The mask is saved, too: a signal is blocked in its handler.
  const int number = sigsetjmp(place, 1);
  if (number == 0) {
    struct sigaction action = {.sa_handler = cut_off};
    for (int i = 0; i < FAULTS; i++) sigaction(faults[i], &action, &before[i]);
    body();
  }
  for (int i = 0; i < FAULTS; i++) sigaction(faults[i], &before[i], NULL);
  return number;
}
