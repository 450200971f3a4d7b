#include "CBLASCore.h"
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

// What the library calls when it is loaded and unloaded. Missing where it was built for one kind of CPU.
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

static const char variable[] = "OPENBLAS_CORETYPE";

const char *gb_core(void) { return openblas_get_corename(); }

int gb_choose_core(const char *wish) {
  if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit) return 0;
  const char *now = getenv(variable);
  char *before = now ? strdup(now) : NULL;
  const int failed = (now && !before) || (wish ? setenv(variable, wish, 1) : unsetenv(variable)) != 0;
  if (!failed) {
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
  }
  if (before) setenv(variable, before, 1);
  else unsetenv(variable);
  free(before);
  return !failed;
}
