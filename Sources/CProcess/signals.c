#define _GNU_SOURCE
#include "CProcess.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
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

static void remove_temporaries(void) {
  for (int i = 0; i < MOST_TEMPORARIES; i++) {
    char *path = atomic_exchange(&temporaries[i], NULL);
    if (path) unlink(path);
  }
}

void gp_end(int status) {
  remove_temporaries();
  _exit(status);
}

static void end(int number) { gp_end(128 + number); }

static long long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

long long gp_signal_age(void) {
  const long long first = atomic_load(&first_at);
  return first == 0 ? 0 : milliseconds() - first;
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

// What a want of memory ends in where nothing can be thrown: in a crash.
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT};
enum { CRASHES = sizeof crashes / sizeof *crashes };
static struct sigaction before[CRASHES];
static size_t memory_limit;

// A crash while a limit of memory is all but used up is told as that; any other goes its way.
static void crashed(int number) {
  const size_t probe = memory_limit / 8;
  void *memory = mmap(NULL, probe, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED) {
    munmap(memory, probe);
    for (int i = 0; i < CRASHES; i++)
      if (crashes[i] == number) sigaction(number, &before[i], NULL);
    raise(number);
    return;
  }
  // Nothing here may allocate: digits from the last to the first, in front of what follows them.
  char text[] = "ganctl: error: out of memory under the limit (ulimit -v or -d) of ";
  char digits[] = "........ MiB\n";
  char *digit = strchr(digits, ' ');
  size_t rest = memory_limit >> 20;
  do *--digit = (char)('0' + rest % 10); while ((rest /= 10) != 0 && digit > digits);
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0 || write(STDERR_FILENO, digit, strlen(digit)) < 0) gp_end(5);
  gp_end(5);
}

static void watch_memory_limit(void) {
  memory_limit = SIZE_MAX;
  const int kinds[] = {RLIMIT_AS, RLIMIT_DATA};
  for (int i = 0; i < 2; i++) {
    struct rlimit limit;
    if (getrlimit(kinds[i], &limit) == 0 && limit.rlim_cur < memory_limit) memory_limit = limit.rlim_cur;
  }
  if (memory_limit > RLIM_INFINITY / 2) return;
  struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_NODEFER};
  for (int i = 0; i < CRASHES; i++) {
    struct sigaction old;
    if (sigaction(crashes[i], &action, &old) == 0 && old.sa_handler != crashed) before[i] = old;
  }
}

void gp_signals_start(void) {
  static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU, SIGQUIT};
  for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) handle(asking[i], asked_to_end);
  signal(SIGALRM, time_is_over);
  signal(SIGXFSZ, SIG_IGN);
  // A reader that goes away (`ganctl ... | head`) must not kill a training run.
  signal(SIGPIPE, SIG_IGN);
  watch_memory_limit();
}

void gp_signals_defer(int grace) { atomic_store(&grace_milliseconds, grace); }
