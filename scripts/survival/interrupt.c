// Counts the calls with which a process changes files below one folder, and lets the Nth of them go wrong. Loaded into
// ganctl by LD_PRELOAD; scripts/check_survival.py tells it what to do by three variables of the environment:
//
//   SURVIVAL_FOLDER  changes below it count (an absolute path)
//   SURVIVAL_CALL    number of the call that goes wrong, from 1; 0: none
//   SURVIVAL_FAULT   kill: the process dies before the call
//                    torn: it dies in the middle of the call: half of what was to be written is in the file
//                    power: it dies, and of each file is left what had been synced, as after a power cut on a journaling
//                           file system: names are there, bytes that were not synced are not
//                    full: from that call on the disk is full
//                    stop: it stops before the call, as by SIGSTOP
//   SURVIVAL_CALLS   file that receives a letter for each call when the process ends by itself: w for a write, else .
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char folder[PATH_MAX];
static size_t folder_length;
static long wanted, calls;
static char letters[1 << 20];
static enum { NONE, KILL, TORN, POWER, FULL, STOP } fault;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/// A file that was written: an own descriptor of it, and how much of it is safe.
static struct { dev_t device; ino_t inode; int descriptor; off_t synced; } files[4096];
static int file_count;

__attribute__((constructor)) static void begin(void) {
  const char *place = getenv("SURVIVAL_FOLDER"), *call = getenv("SURVIVAL_CALL"), *what = getenv("SURVIVAL_FAULT");
  if (!place || !what) return;
  snprintf(folder, sizeof folder, "%s", place);
  folder_length = strlen(folder);
  wanted = call ? atol(call) : 0;
  static const char *const names[] = {"none", "kill", "torn", "power", "full", "stop"};
  for (int i = 0; i < 6; i++) if (!strcmp(what, names[i])) fault = i;
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("SURVIVAL_CALLS");
  int out = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
  if (out >= 0 && syscall(SYS_write, out, letters, strlen(letters)) < 0) abort();
}

static int counts_path(const char *path) {
  char absolute[PATH_MAX];
  if (!folder_length || !path) return 0;
  if (path[0] != '/') {
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here) || snprintf(absolute, sizeof absolute, "%s/%s", here, path) >= (int)sizeof absolute) return 0;
    path = absolute;
  }
  return !strncmp(path, folder, folder_length) && (path[folder_length] == '/' || !path[folder_length]);
}

static int counts_descriptor(int descriptor) {
  if (!folder_length) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return counts_path(path);
}

static void die(void) {
  if (fault == POWER)
    for (int i = 0; i < file_count; i++) {
      struct stat now;
      if (!fstat(files[i].descriptor, &now) && now.st_size > files[i].synced)
        syscall(SYS_ftruncate, files[i].descriptor, files[i].synced);
    }
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

/// Counts a call. Returns 1 where it is to fail with ENOSPC, 2 where half of it is to be done before the process dies.
static int passes(int takes_space, int can_tear) {
  pthread_mutex_lock(&lock);
  long call = ++calls;
  if (call < (long)sizeof letters) letters[call - 1] = can_tear ? 'w' : '.';
  int result = 0;
  if (wanted && call == wanted && fault != FULL && fault != NONE) {
    if (fault == TORN && can_tear) result = 2;
    else if (fault == STOP) syscall(SYS_kill, getpid(), SIGSTOP);
    else die();
  }
  if (wanted && call >= wanted && fault == FULL && takes_space) result = 1;
  pthread_mutex_unlock(&lock);
  return result;
}

/// Notes how much of a file is safe. `known` < 0 leaves that as it was, and is 0 for a file that is new here.
static void track(int descriptor, off_t known) {
  struct stat now;
  if (fault != POWER || fstat(descriptor, &now) || !S_ISREG(now.st_mode)) return;
  pthread_mutex_lock(&lock);
  int i = 0;
  while (i < file_count && (files[i].device != now.st_dev || files[i].inode != now.st_ino)) i++;
  if (i == file_count && file_count < 4096) {
    // The inode cannot be used again while this descriptor keeps it.
    files[i].descriptor = (int)syscall(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, 200);
    files[i].device = now.st_dev;
    files[i].inode = now.st_ino;
    files[i].synced = 0;
    file_count++;
  }
  if (i < file_count && known >= 0) files[i].synced = known;
  pthread_mutex_unlock(&lock);
}

static int opened(int (*real)(int, const char *, int, ...), int at, const char *path, int flags, mode_t mode) {
  int writes = (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT;
  if (!writes || !counts_path(path)) return real(at, path, flags, mode);
  struct stat before;
  int existed = !fstatat(at, path, &before, 0);
  if (passes(flags & O_CREAT && !existed, 0)) { errno = ENOSPC; return -1; }
  int descriptor = real(at, path, flags, mode);
  // What an existing file holds counts as safe, unless this call empties it.
  if (descriptor >= 0) track(descriptor, existed && !(flags & O_TRUNC) ? before.st_size : 0);
  return descriptor;
}

static int real_openat(int at, const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return (int)syscall(SYS_openat, at, path, flags, mode);
}

#define OPEN(name)                                                                                                    \
  int name(const char *path, int flags, ...) {                                                                        \
    va_list rest;                                                                                                     \
    va_start(rest, flags);                                                                                            \
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                         \
    va_end(rest);                                                                                                     \
    return opened(real_openat, AT_FDCWD, path, flags, mode);                                                          \
  }
#define OPENAT(name)                                                                                                  \
  int name(int at, const char *path, int flags, ...) {                                                                \
    va_list rest;                                                                                                     \
    va_start(rest, flags);                                                                                            \
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                         \
    va_end(rest);                                                                                                     \
    return opened(real_openat, at, path, flags, mode);                                                                \
  }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (descriptor < 3 || !counts_descriptor(descriptor)) return syscall(SYS_write, descriptor, bytes, count);
  switch (passes(1, 1)) {
    case 1: errno = ENOSPC; return -1;
    case 2: syscall(SYS_write, descriptor, bytes, count / 2); die();
  }
  ssize_t done = syscall(SYS_write, descriptor, bytes, count);
  track(descriptor, -1);
  return done;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  if (!counts_descriptor(descriptor)) return syscall(SYS_pwrite64, descriptor, bytes, count, offset);
  switch (passes(1, 1)) {
    case 1: errno = ENOSPC; return -1;
    case 2: syscall(SYS_pwrite64, descriptor, bytes, count / 2, offset); die();
  }
  ssize_t done = syscall(SYS_pwrite64, descriptor, bytes, count, offset);
  track(descriptor, -1);
  return done;
}

static int sync_file(int descriptor, long number) {
  if (!counts_descriptor(descriptor)) return (int)syscall(number, descriptor);
  if (passes(1, 0)) { errno = ENOSPC; return -1; }
  int result = (int)syscall(number, descriptor);
  struct stat now;
  if (!result && !fstat(descriptor, &now)) track(descriptor, now.st_size);
  return result;
}
int fsync(int descriptor) { return sync_file(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return sync_file(descriptor, SYS_fdatasync); }

int ftruncate(int descriptor, off_t length) {
  if (!counts_descriptor(descriptor)) return (int)syscall(SYS_ftruncate, descriptor, length);
  passes(0, 0);
  return (int)syscall(SYS_ftruncate, descriptor, length);
}

int rename(const char *from, const char *to) {
  if (counts_path(to) && passes(0, 0)) return -1;
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat(int at, const char *from, int other, const char *to) {
  if (counts_path(to) && passes(0, 0)) return -1;
  return (int)syscall(SYS_renameat2, at, from, other, to, 0);
}
int renameat2(int at, const char *from, int other, const char *to, unsigned flags) {
  if (counts_path(to) && passes(0, 0)) return -1;
  return (int)syscall(SYS_renameat2, at, from, other, to, flags);
}
int link(const char *from, const char *to) {
  if (counts_path(to) && passes(1, 0)) { errno = ENOSPC; return -1; }
  return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int symlink(const char *target, const char *path) {
  if (counts_path(path) && passes(1, 0)) { errno = ENOSPC; return -1; }
  return (int)syscall(SYS_symlinkat, target, AT_FDCWD, path);
}
int unlink(const char *path) {
  if (counts_path(path)) passes(0, 0);
  return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
int rmdir(const char *path) {
  if (counts_path(path)) passes(0, 0);
  return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}
int mkdir(const char *path, mode_t mode) {
  struct stat before;
  if (counts_path(path) && passes(stat(path, &before) != 0, 0)) { errno = ENOSPC; return -1; }
  return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}
