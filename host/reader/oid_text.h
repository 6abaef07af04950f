// Object identifiers as people write them (X.690 §8.19, RFC 4514 §1.4).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_OID_TEXT_H
#define JUMIN_HOST_READER_OID_TEXT_H

#include "card/wire/span.h"

// Appends "2.25.1" with a zero byte at its end, and returns where it is; four characters for a byte at most.
// NULL: no identifier, or numbers that nobody assigns (over 48 digits), or no room.
const char *oid_text(struct writer *arena, struct span oid);

#endif
