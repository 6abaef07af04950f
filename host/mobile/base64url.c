// base64url without padding (RFC 7515 §2).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/base64url.h"

enum { FOREIGN = 0xFF };

void base64url_put(struct writer *w, struct span bytes)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t *to = writer_reserve(w, base64url_length(bytes.n));
    size_t i = 0;
    if (to == NULL) {
        return;
    }
    for (; i + 3 <= bytes.n; i += 3) {
        const uint32_t bits = (uint32_t)bytes.p[i] << 16 | (uint32_t)bytes.p[i + 1] << 8 | bytes.p[i + 2];
        *to++ = (uint8_t)alphabet[bits >> 18];
        *to++ = (uint8_t)alphabet[bits >> 12 & 0x3F];
        *to++ = (uint8_t)alphabet[bits >> 6 & 0x3F];
        *to++ = (uint8_t)alphabet[bits & 0x3F];
    }
    if (i < bytes.n) { // one or two are left, and become two or three
        const bool two = i + 2 == bytes.n;
        const uint32_t bits = (uint32_t)bytes.p[i] << 16 | (two ? (uint32_t)bytes.p[i + 1] << 8 : 0);
        *to++ = (uint8_t)alphabet[bits >> 18];
        *to++ = (uint8_t)alphabet[bits >> 12 & 0x3F];
        if (two) {
            *to = (uint8_t)alphabet[bits >> 6 & 0x3F];
        }
    }
}

static uint8_t sextet(uint8_t c)
{
    if (c >= 'A' && c <= 'Z') {
        return (uint8_t)(c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return (uint8_t)(c - 'a' + 26);
    }
    if (c >= '0' && c <= '9') {
        return (uint8_t)(c - '0' + 52);
    }
    return c == '-' ? 62 : c == '_' ? 63 : FOREIGN;
}

bool base64url_decode(struct span text, struct writer *bytes)
{
    uint8_t *to = writer_reserve(bytes, text.n / 4 * 3 + text.n % 4 * 6 / 8);
    uint32_t bits = 0;
    unsigned pending = 0;
    bool good = to != NULL && text.n % 4 != 1;
    for (size_t i = 0; i < text.n && good; i++) {
        const uint8_t value = sextet(text.p[i]);
        good = value != FOREIGN;
        bits = bits << 6 | (value & 0x3FU);
        pending += 6;
        if (pending >= 8) {
            pending -= 8;
            *to++ = (uint8_t)(bits >> pending);
        }
    }
    return good && (bits & ((1U << pending) - 1)) == 0;
}
