// Colours of printing inks.
#ifndef GANCTL_CMYK_H
#define GANCTL_CMYK_H

#include <stdint.h>

// What `ink` leaves of the light that black ink lets through, all 0...255, rounded as Pillow does it.
static inline uint8_t light_after_ink(unsigned ink, unsigned light) {
  unsigned product = ink * light + 128;
  return (uint8_t)(light - ((product + (product >> 8)) >> 8));
}

#endif
