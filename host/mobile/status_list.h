// A status list (Token Status List §4): some bits for each credential, packed and compressed.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_STATUS_LIST_H
#define JUMIN_HOST_MOBILE_STATUS_LIST_H

#include "card/wire/span.h"
#include <jumin/error.h>

// Token Status List §7.1; 3 and 12 to 15 are the application's, all others are reserved.
enum status {
    STATUS_VALID = 0,
    STATUS_INVALID = 1,
    STATUS_SUSPENDED = 2,
};

enum {
    STATUS_BYTES_MAX = 1 << 22,      // of a list that is not compressed: 16 million statuses of 2 bits
    STATUS_COMPRESSED_MAX = 1 << 21, // of one that is: ten million statuses of one bit, whatever they are
};

// `bits` of each status: 1, 2, 4 or 8. Borrowed.
struct status_list {
    unsigned bits;
    struct span packed;
};

bool status_list_bits_are_possible(uint64_t bits);
// How many statuses the list has room for.
uint64_t status_list_capacity(const struct status_list *list);
// The status at an index from 0. False: the list does not have it.
bool status_list_get(const struct status_list *list, uint64_t index, unsigned *status);
// Sets a status in `n` packed bytes: status i begins in byte i * bits / 8, the first one in the lowest bits
// (§4.1). False, and nothing changed: the list does not have the index, or the status does not fit.
bool status_list_set(uint8_t *packed, size_t n, unsigned bits, uint64_t index, unsigned status);

// DEFLATE in the ZLIB format (RFC 1950), as Token Status List §4.1 wants it. `*compressed` is malloc'ed.
// JUMIN_ERROR_ARGUMENT: nothing, or more than these limits.
enum jumin_error status_list_compress(struct span packed, uint8_t **compressed, size_t *n);
// The other way. `*packed` is malloc'ed. JUMIN_ERROR_MALFORMED: no such stream, bytes behind its end, an
// empty list, or one that would become longer than STATUS_BYTES_MAX.
enum jumin_error status_list_expand(struct span compressed, uint8_t **packed, size_t *n);

#endif
