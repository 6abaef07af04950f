// base64url without padding (RFC 7515 §2).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/base64url.h"

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

// What a character stands for, plus one; 0: it is of no such alphabet.
static const uint8_t sextets[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['-'] = 63, ['_'] = 64};

// Two to four characters as the upper bits of 24. False: one is foreign.
static bool take_sextets(const uint8_t *text, size_t n, uint32_t *bits)
{
    bool good = true;
    *bits = 0;
    for (size_t i = 0; i < 4; i++) {
        const uint32_t sextet = i < n ? sextets[text[i]] : 1;
        good = good && sextet != 0;
        *bits = *bits << 6 | ((sextet - 1) & 0x3F);
    }
    return good;
}

bool base64url_decode(struct span text, struct writer *bytes)
{
    const size_t rest = text.n % 4;
    uint8_t *to = writer_reserve(bytes, text.n / 4 * 3 + rest * 6 / 8);
    uint32_t bits = 0;
    if (to == NULL || rest == 1) {
        return false;
    }
    for (; text.n >= 4; text = span_from(text, 4)) {
        if (!take_sextets(text.p, 4, &bits)) {
            return false;
        }
        *to++ = (uint8_t)(bits >> 16);
        *to++ = (uint8_t)(bits >> 8);
        *to++ = (uint8_t)bits;
    }
    if (rest == 0) {
        return true;
    }
    const bool good = take_sextets(text.p, rest, &bits); // two or three, which were one byte or two
    *to++ = (uint8_t)(bits >> 16);
    if (rest == 3) {
        *to = (uint8_t)(bits >> 8);
    }
    return good && (rest == 3 ? bits & 0xFF : bits & 0xFFFF) == 0;
}
