// How a reader tells what is wrong with a file.
#ifndef GANCTL_REPORT_H
#define GANCTL_REPORT_H

#include <stdarg.h>
#include <stdio.h>

typedef struct {
  char *message;
  size_t capacity;
} Report;

// Keeps the first text of all, which is nearest to the cause. Returns 1, which readers return when they fail.
__attribute__((format(printf, 2, 3))) static inline int report(const Report *report, const char *format, ...) {
  if (report->message[0] != 0) return 1;
  va_list values;
  va_start(values, format);
  vsnprintf(report->message, report->capacity, format, values);
  va_end(values);
  return 1;
}

static inline int report_end(const Report *to) { return report(to, "the file ends too early"); }
static inline int report_memory(const Report *to) { return report(to, "out of memory"); }
static inline int report_change(const Report *to) { return report(to, "the file changed while it was read"); }

#endif
