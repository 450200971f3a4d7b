#define _GNU_SOURCE
#include "CProcess.h"
#include <linux/magic.h>
#include <sys/vfs.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

int gp_argument_count(void) { return argument_count; }
const char *gp_argument(int index) { return arguments[index]; }

static _Thread_local int skips_work;
int gp_skips_work(void) { return skips_work; }
void gp_set_skips_work(int skips) { skips_work = skips; }

static _Thread_local void *cancellation;
void *gp_cancellation(void) { return cancellation; }
void gp_set_cancellation(void *object) { cancellation = object; }

int gp_is_in_memory(const char *folder) {
  struct statfs system;
  return statfs(folder, &system) == 0 && (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC);
}

void gp_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

// Else the first file that is opened becomes a standard stream, and messages are written into it.
static void open_standard_streams(void) {
  for (int descriptor = 0; descriptor <= 2; descriptor++)
    if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) < 0)
      // Without /dev: a folder, which cannot be written.
      (void)open("/", O_RDONLY | O_DIRECTORY);
}

static int is_limited(int resource) {
  struct rlimit limit;
  return getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

// OpenBLAS takes 128 MiB of addresses for each of its threads when it is loaded, and asks for ever where it gets
// none. It needs no threads: ours call it. Under a limit the program is run again with the variable that says so,
// which is read before anything here could tell it by a call.
static void load_again_under_limit(char **environment) {
  static char one_thread[] = "OPENBLAS_NUM_THREADS=1";
  const size_t name = strlen("OPENBLAS_NUM_THREADS=");
  int count = 0;
  while (environment[count]) count++;
  char *with_one[count + 2];
  int kept = 0;
  for (int i = 0; i < count; i++) {
    if (strcmp(environment[i], one_thread) == 0) return;
    if (strncmp(environment[i], one_thread, name) != 0) with_one[kept++] = environment[i];
  }
  with_one[kept++] = one_thread;
  with_one[kept] = NULL;
  execve("/proc/self/exe", arguments, with_one);
  const char *program = (const char *)getauxval(AT_EXECFN);
  if (program) execve(program, arguments, with_one);
}

static void start(int count, char **values, char **environment) {
  argument_count = count;
  arguments = values;
  open_standard_streams();
  if (!is_limited(RLIMIT_AS) && !is_limited(RLIMIT_DATA)) return;
  load_again_under_limit(environment);
  // The C library would take 64 MiB of addresses and more for each thread that allocates.
  mallopt(M_ARENA_MAX, 1);
}

// Before the initialisers of all libraries.
__attribute__((section(".preinit_array"), used)) static void (*const entry)(int, char **, char **) = start;
