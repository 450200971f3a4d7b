#define _GNU_SOURCE
#include "CProcess.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { ENDS_AT_ONCE = -1, MOST_TEMPORARIES = 32 };

static _Atomic(char *) temporaries[MOST_TEMPORARIES];
static atomic_int pending;
static _Atomic long long first_at;
static atomic_int grace_milliseconds = ENDS_AT_ONCE;

int gp_temporary_keep(const char *path) {
  char *copy = strdup(path);
  if (!copy) return -1;
  for (int i = 0; i < MOST_TEMPORARIES; i++) {
    char *none = NULL;
    if (atomic_compare_exchange_strong(&temporaries[i], &none, copy)) return i;
  }
  free(copy);
  return -1;
}

void gp_temporary_forget(int number) {
  if (number >= 0) free(atomic_exchange(&temporaries[number], NULL));
}

int gp_signal_pending(void) { return atomic_load_explicit(&pending, memory_order_relaxed); }

static void end(int number) {
  for (int i = 0; i < MOST_TEMPORARIES; i++) {
    char *path = atomic_exchange(&temporaries[i], NULL);
    if (path) unlink(path);
  }
  _exit(128 + number);
}

static long long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

// Whether somebody has lost patience. `timeout` and the end of a terminal send a signal twice within moments, and the
// limit of CPU time is told every second.
static int insists(int number) {
  const long long first = atomic_load(&first_at);
  return (number == SIGINT || number == SIGTERM) && first != 0 && milliseconds() - first > 300;
}

static void asked_to_end(int number) {
  const int saved = errno;
  const int grace = atomic_load(&grace_milliseconds);
  if (grace == ENDS_AT_ONCE || number == SIGQUIT) end(number);
  int none = 0;
  if (!atomic_compare_exchange_strong(&pending, &none, number)) {
    if (insists(number)) end(number);
    errno = saved;
    return;
  }
  atomic_store(&first_at, milliseconds());
  if (grace > 0) {
    const struct itimerval timer = {.it_value = {.tv_sec = grace / 1000, .tv_usec = grace % 1000 * 1000}};
    setitimer(ITIMER_REAL, &timer, NULL);
  }
  errno = saved;
}

static void time_is_over(int number) {
  (void)number;
  end(atomic_load(&pending));
}

static void handle(int number, void (*handler)(int)) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) != 0 || action.sa_handler == SIG_IGN) return;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  // Calls that were interrupted go on.
  action.sa_flags = SA_RESTART;
  sigaction(number, &action, NULL);
}

void gp_signals_start(void) {
  static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU, SIGQUIT};
  for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) handle(asking[i], asked_to_end);
  signal(SIGALRM, time_is_over);
  signal(SIGXFSZ, SIG_IGN);
  // A reader that goes away (`ganctl ... | head`) must not kill a training run.
  signal(SIGPIPE, SIG_IGN);
}

void gp_signals_defer(int grace) { atomic_store(&grace_milliseconds, grace); }
