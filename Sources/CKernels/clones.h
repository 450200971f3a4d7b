// The baseline build runs on every CPU of the architecture; these functions are compiled again for
// wider vectors and chosen when the program is loaded.
#if defined(__x86_64__) && defined(__linux__)
#define GK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GK_CLONES
#endif
