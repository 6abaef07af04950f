// Shares of a split secret, as people type them: what is read is written and read again as the same.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/pki/share.h"

enum { INPUT_MAX = 2048, CHECK = 4 };

static void check_text(struct span text)
{
    uint8_t written[SHARE_TEXT_MAX];
    struct share share, again;
    const char *why = NULL;
    if (share_parse(text, &share, &why) != JUMIN_OK) {
        require(why != NULL && share.n == 0);
        return;
    }
    require(share.n > 0 && share.n <= SHARE_BODY_MAX && share.threshold >= 2 &&
            share.threshold <= share.count && share.number >= 1 && share.number <= share.count);
    struct writer w = writer_of(written, sizeof written);
    share_put(&w, &share);
    require(!w.overflow && share_parse(writer_span(&w), &again, &why) == JUMIN_OK);
    require(memcmp(share.sharing, again.sharing, SHARE_SHARING) == 0 && share.n == again.n &&
            memcmp(share.body, again.body, share.n) == 0 && share.sealed == again.sealed &&
            share.threshold == again.threshold && share.count == again.count && share.number == again.number);
}

// The bytes under a right check, which no mutation would find.
static void check_bytes(struct span bytes)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint8_t whole[INPUT_MAX + CRYPTO_HASH_MAX], text[2 * sizeof whole];
    size_t n = 0;
    memcpy(whole, bytes.p, bytes.n);
    require(crypto_hash_parts(CRYPTO_SHA256, &bytes, 1, whole + bytes.n));
    for (size_t bit = 0; bit < (bytes.n + CHECK) * 8; bit += 5) {
        const size_t at = bit / 8;
        const unsigned next = at + 1 < bytes.n + CHECK ? whole[at + 1] : 0;
        text[n++] = (uint8_t)alphabet[((unsigned)whole[at] << 8 | next) >> (11 - bit % 8) & 31];
    }
    check_text(span_of(text, n));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n > 0 && n <= INPUT_MAX) {
        check_text(span_of(bytes, n));
        check_bytes(span_of(bytes, n));
    }
    return 0;
}
