// What a process needs of the system before and beside Swift: its arguments as they came, streams that are open, and
// handlers of signals, which may call little.
#ifndef CPROCESS_H
#define CPROCESS_H

// The arguments as the system gave them, the program's name first. Swift reads them from /proc, which may be missing.
int gp_argument_count(void);
const char *gp_argument(int index);

// From now on a signal that asks to end does so at once, with status 128 + its number, after temporary files were
// removed. One that was ignored when the process began stays ignored. Files beyond the limit of `ulimit -f` and readers
// that went away are errors of `write`, not the end. A crash for lack of memory under `ulimit -v` or -d says so and
// ends with status 5.
void gp_signals_start(void);
// From now on the first signal only sets `gp_signal_pending`, and ends the process when so many milliseconds have gone
// by; 0 leaves it all the time it wants. A second SIGINT or SIGTERM, at least 0.3 s later, ends it at once; SIGQUIT
// does so in any case.
void gp_signals_defer(int grace);
// The number of the signal that came; 0 where none did.
int gp_signal_pending(void);
// Milliseconds since it came; 0 where none did.
long long gp_signal_age(void);
// A file that is removed if a signal ends the process; returns a number for `gp_temporary_forget`, -1 if there are too
// many.
int gp_temporary_keep(const char *path);
void gp_temporary_forget(int number);
// Ends the process at once, with this status, after temporary files were removed; other threads do not matter.
_Noreturn void gp_end(int status);

// Whether a folder's files lie in memory; 0 also if there is no such folder.
int gp_is_in_memory(const char *folder);

// Names the calling thread for debuggers and `top`; at most 15 characters.
void gp_name_thread(const char *name);

// A flag of the calling thread, 0 at first: whether it leaves out the work of what it computes.
int gp_skips_work(void);
void gp_set_skips_work(int skips);
// What can stop the calling thread's computation; NULL at first.
void *gp_cancellation(void);
void gp_set_cancellation(void *object);

#endif
