// One custodian's share of a split secret, as text that a person can keep on paper and type.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/share.h"

#include "host/pki/private_key.h"

enum {
    VERSION = 1,
    KIND_OPEN = 1,
    KIND_SEALED = 2,
    HEAD = 2 + SHARE_SHARING + 3,
    CHECK = 4,
    BYTES_MAX = HEAD + SHARE_BODY_MAX + CHECK,
    GROUP = 4,
    LINE = 4 * GROUP,
    BASE32_BITS = 5,
    KEY = 32,
};

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// --- Text ------------------------------------------------------------------------------------------------------

static void put_base32(struct writer *text, struct span bytes)
{
    const size_t characters = (bytes.n * 8 + BASE32_BITS - 1) / BASE32_BITS;
    for (size_t i = 0; i < characters; i++) {
        const size_t bit = i * BASE32_BITS, byte = bit / 8;
        const unsigned next = byte + 1 < bytes.n ? bytes.p[byte + 1] : 0;
        const unsigned window = (unsigned)bytes.p[byte] << 8 | next;
        if (i > 0 && i % GROUP == 0) {
            writer_put_u8(text, i % LINE == 0 ? '\n' : ' ');
        }
        writer_put_u8(text, (uint8_t)alphabet[window >> (16 - BASE32_BITS - bit % 8) & 31]);
    }
    writer_put_u8(text, '\n');
}

// What stands for a character; 32 for one that is none.
static unsigned base32_value(uint8_t character)
{
    const uint8_t upper = character >= 'a' && character <= 'z' ? (uint8_t)(character - 'a' + 'A') : character;
    const uint8_t meant = upper == '0' ? 'O' : upper == '1' ? 'I' : upper == '8' ? 'B' : upper;
    unsigned value = 0;
    while (value < 32 && (uint8_t)alphabet[value] != meant) {
        value++;
    }
    return value;
}

static bool is_gap(uint8_t character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n' ||
           character == '-';
}

// Whole bytes; what is left of the last character must be zero.
static bool base32_decode(struct span text, struct writer *bytes)
{
    uint32_t window = 0;
    unsigned bits = 0;
    bool line_start = true, comment = false;
    for (size_t i = 0; i < text.n; i++) {
        const uint8_t character = text.p[i];
        comment = character != '\n' && (comment || (line_start && character == '#'));
        line_start = character == '\n';
        if (comment || is_gap(character)) {
            continue;
        }
        const unsigned value = base32_value(character);
        if (value == 32) {
            return false;
        }
        window = window << BASE32_BITS | value;
        bits += BASE32_BITS;
        if (bits >= 8) {
            bits -= 8;
            writer_put_u8(bytes, (uint8_t)(window >> bits));
            window &= (1U << bits) - 1;
        }
    }
    return bits < BASE32_BITS && window == 0;
}

static void put_head(struct writer *w, const struct share *share)
{
    writer_put_u8(w, VERSION);
    writer_put_u8(w, share->sealed ? KIND_SEALED : KIND_OPEN);
    writer_put(w, span_of(share->sharing, SHARE_SHARING));
    writer_put_u8(w, share->threshold);
    writer_put_u8(w, share->count);
    writer_put_u8(w, share->number);
}

void share_put(struct writer *text, const struct share *share)
{
    uint8_t bytes[BYTES_MAX], digest[CRYPTO_HASH_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    put_head(&w, share);
    writer_put(&w, span_of(share->body, share->n));
    const struct span covered = writer_span(&w);
    text->overflow = text->overflow || !crypto_hash_parts(CRYPTO_SHA256, &covered, 1, digest);
    writer_put(&w, span_of(digest, CHECK));
    put_base32(text, writer_span(&w));
    crypto_wipe(bytes, sizeof bytes);
}

static bool check_holds(struct span bytes)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    const struct span covered = span_of(bytes.p, bytes.n - CHECK);
    return crypto_hash_parts(CRYPTO_SHA256, &covered, 1, digest) &&
           memcmp(digest, bytes.p + covered.n, CHECK) == 0;
}

static bool fields_parse(struct span bytes, struct share *share, const char **why)
{
    *why = "it is of another version";
    if (bytes.p[0] != VERSION || (bytes.p[1] != KIND_OPEN && bytes.p[1] != KIND_SEALED)) {
        return false;
    }
    share->sealed = bytes.p[1] == KIND_SEALED;
    memcpy(share->sharing, bytes.p + 2, SHARE_SHARING);
    share->threshold = bytes.p[HEAD - 3];
    share->count = bytes.p[HEAD - 2];
    share->number = bytes.p[HEAD - 1];
    share->n = bytes.n - HEAD - CHECK;
    const size_t around = share->sealed ? SHARE_SALT + CRYPTO_GCM_TAG : 0;
    *why = "its numbers do not fit each other";
    if (share->threshold < 2 || share->threshold > share->count || share->number < 1 ||
        share->number > share->count || share->n <= around || share->n - around > SHARE_SECRET_MAX) {
        return false;
    }
    memcpy(share->body, bytes.p + HEAD, share->n);
    return true;
}

enum jumin_error share_parse(struct span text, struct share *share, const char **why)
{
    uint8_t bytes[BYTES_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    *why = "it is no share, or a character is missing or mistyped";
    bool ok = base32_decode(text, &w) && !w.overflow && w.n > HEAD + CHECK && check_holds(writer_span(&w));
    ok = ok && fields_parse(writer_span(&w), share, why);
    if (!ok) {
        crypto_wipe(share, sizeof *share);
    }
    crypto_wipe(bytes, sizeof bytes);
    return ok ? JUMIN_OK : JUMIN_ERROR_INPUT;
}

// --- Seal ------------------------------------------------------------------------------------------------------

// A key is used once, as its salt is: so the nonce may be zero.
static const uint8_t nonce[CRYPTO_GCM_NONCE];

static bool derive(struct span passphrase, const uint8_t *salt, uint8_t key[KEY])
{
    return crypto_pbkdf2(CRYPTO_SHA256, passphrase, span_of(salt, SHARE_SALT), PRIVATE_KEY_ITERATIONS, key,
                         KEY);
}

enum jumin_error share_seal(struct share *share, struct span passphrase, const struct crypto_random *random)
{
    uint8_t head[HEAD], key[KEY], body[SHARE_BODY_MAX];
    struct writer additional = writer_of(head, sizeof head);
    if (share->sealed || share->n > SHARE_SECRET_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    share->sealed = true;
    put_head(&additional, share);
    const bool ok = random->fill(random->context, body, SHARE_SALT) && derive(passphrase, body, key) &&
                    crypto_gcm_seal(span_of(key, KEY), nonce, writer_span(&additional),
                                    span_of(share->body, share->n), body + SHARE_SALT);
    crypto_wipe(key, sizeof key);
    if (!ok) {
        crypto_wipe(share, sizeof *share);
        return JUMIN_ERROR_CRYPTO;
    }
    share->n += SHARE_SALT + CRYPTO_GCM_TAG;
    memcpy(share->body, body, share->n);
    return JUMIN_OK;
}

enum jumin_error share_open(struct share *share, struct span passphrase)
{
    uint8_t head[HEAD], key[KEY], body[SHARE_BODY_MAX] = {0};
    struct writer additional = writer_of(head, sizeof head);
    if (!share->sealed || share->n <= SHARE_SALT + CRYPTO_GCM_TAG) {
        return JUMIN_ERROR_ARGUMENT;
    }
    put_head(&additional, share);
    const size_t n = share->n - SHARE_SALT - CRYPTO_GCM_TAG;
    enum jumin_error error = derive(passphrase, share->body, key) ? JUMIN_OK : JUMIN_ERROR_CRYPTO;
    if (error == JUMIN_OK &&
        !crypto_gcm_open(span_of(key, KEY), nonce, writer_span(&additional),
                         span_of(share->body + SHARE_SALT, share->n - SHARE_SALT), body)) {
        error = JUMIN_ERROR_INPUT;
    }
    if (error == JUMIN_OK) {
        crypto_wipe(share->body, sizeof share->body);
        memcpy(share->body, body, n);
        share->n = n;
        share->sealed = false;
    }
    crypto_wipe(key, sizeof key);
    crypto_wipe(body, sizeof body);
    return error;
}
