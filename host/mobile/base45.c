// Base45 (RFC 9285 §4).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/base45.h"

#include <string.h>

enum { BASE = 45, PAIR_MAX = 0xFFFF, BYTE_MAX = 0xFF };

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"; // Table 1

static void put_digits(struct writer *w, unsigned value, size_t count)
{
    for (size_t i = 0; i < count; i++) { // the least first
        writer_put_u8(w, (uint8_t)alphabet[value % BASE]);
        value /= BASE;
    }
}

void base45_put(struct writer *w, struct span bytes)
{
    for (size_t i = 0; i + 1 < bytes.n; i += 2) {
        put_digits(w, (unsigned)bytes.p[i] << 8 | bytes.p[i + 1], 3);
    }
    if (bytes.n % 2 != 0) {
        put_digits(w, bytes.p[bytes.n - 1], 2);
    }
}

static bool take_digits(const uint8_t *text, size_t count, unsigned most, unsigned *value)
{
    *value = 0;
    for (size_t i = count; i > 0; i--) {
        const char *found = text[i - 1] != 0 ? strchr(alphabet, text[i - 1]) : NULL;
        if (found == NULL) {
            return false;
        }
        *value = *value * BASE + (unsigned)(found - alphabet);
    }
    return *value <= most;
}

bool base45_decode(struct span text, struct writer *bytes)
{
    unsigned value = 0;
    for (size_t i = 0; i < text.n; i += 3) {
        const size_t left = text.n - i;
        if (left == 1 ||
            !take_digits(text.p + i, left < 3 ? left : 3, left < 3 ? BYTE_MAX : PAIR_MAX, &value)) {
            return false;
        }
        if (left >= 3) {
            writer_put_u8(bytes, (uint8_t)(value >> 8));
        }
        writer_put_u8(bytes, (uint8_t)value);
    }
    return !bytes->overflow;
}
