// Text files that the build puts into libjumin, as they are written (embed.cmake).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_EMBEDDED_H
#define JUMIN_HOST_EMBEDDED_H

#include <stddef.h>

struct embedded_text {
    const char *name; // the file's, without folder and ending
    const char *text; // ended by a zero byte
    size_t n;
};

// Each array ARRAY comes with its ARRAY_count.
extern const struct embedded_text profile_texts[]; // perso/profiles
extern const size_t profile_texts_count;
extern const struct embedded_text scheme_texts[]; // policy/scheme.json alone
extern const size_t scheme_texts_count;

#endif
