// base64url without padding, as JOSE and OpenID4VCI write bytes (RFC 7515 §2, RFC 4648 §5).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_BASE64URL_H
#define JUMIN_HOST_MOBILE_BASE64URL_H

#include "card/wire/span.h"

// Characters that `n` bytes take.
static inline size_t base64url_length(size_t n)
{
    return n / 3 * 4 + (n % 3 * 8 + 5) / 6;
}

void base64url_put(struct writer *w, struct span bytes);
// Strict, so that each text has one meaning and each meaning one text: no padding, no white space, no
// character of another alphabet, and the bits behind the last byte are zero. False: one of these, or `bytes`
// is too small (its capacity need not exceed three quarters of the text).
bool base64url_decode(struct span text, struct writer *bytes);

#endif
