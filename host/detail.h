// The readable sentence that every handle keeps on its last failure.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_DETAIL_H
#define JUMIN_HOST_DETAIL_H

#include <jumin/error.h>

struct detail {
    char text[256];
};

// Keeps the sentence and returns `error`, so that a refusal is one statement. A sentence that is too long is
// cut. No secrets.
__attribute__((format(printf, 3, 4))) enum jumin_error
detail_set(struct detail *detail, enum jumin_error error, const char *format, ...);
void detail_clear(struct detail *detail);

#endif
