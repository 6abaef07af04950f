// How old something is, in words.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_AGE_TEXT_H
#define JUMIN_HOST_MOBILE_AGE_TEXT_H

#include <stdint.h>

enum { AGE_TEXT = 32 };

// "5 minutes": in the largest unit, up to days, of which it is two at least.
void age_text(int64_t seconds, char text[AGE_TEXT]);

#endif
