// State of the calling thread.
#include "CRuntime.h"

static _Thread_local int32_t scoped_precision = -1;
int32_t gk_scoped_precision(void) { return scoped_precision; }
void gk_set_scoped_precision(int32_t precision) { scoped_precision = precision; }

static _Thread_local int32_t scoped_tiles = -1;
int32_t gk_scoped_tiles(void) { return scoped_tiles; }
void gk_set_scoped_tiles(int32_t tiles) { scoped_tiles = tiles; }

static _Thread_local int32_t recording_paused = 0;
int32_t gk_recording_paused(void) { return recording_paused; }
void gk_set_recording_paused(int32_t paused) { recording_paused = paused; }
