// Master keys as text: in hexadecimal digits, or encrypted under a passphrase.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/key_text.h"

#include <stdio.h>

enum {
    SALT = 16,
    SEALED = JUMIN_MASTER_KEY + CRYPTO_GCM_TAG,
    ITERATIONS_MAX = 10 * KEY_TEXT_ITERATIONS, // nobody's file keeps a station busy for minutes
    DIGITS_MAX = 7,
};

static const char derivation[] = "jumin-key 1 pbkdf2-sha256 ", cipher[] = " aes-256-gcm ", blank[] = " ";

// --- Parts ---------------------------------------------------------------------------------------------------

static int nibble(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (uint8_t)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void key_text_put_digits(struct writer *text, struct span bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.n; i++) {
        writer_put_u8(text, (uint8_t)digits[bytes.p[i] >> 4]);
        writer_put_u8(text, (uint8_t)digits[bytes.p[i] & 15]);
    }
}

bool key_text_take_digits(struct span *text, size_t n, uint8_t *bytes)
{
    struct span digits;
    if (!span_take(text, 2 * n, &digits)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const int high = nibble(digits.p[2 * i]), low = nibble(digits.p[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool key_text_take(struct span *text, const char *literal)
{
    const struct span wanted = span_of(literal, strlen(literal));
    if (!span_equal(span_first(*text, wanted.n), wanted)) {
        return false;
    }
    *text = span_from(*text, wanted.n);
    return true;
}

struct span key_text_trim(struct span text)
{
    while (text.n > 0 &&
           (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r' || text.p[text.n - 1] == ' ')) {
        text.n--;
    }
    return text;
}

static bool take_number(struct span *text, uint32_t *number)
{
    size_t digits = 0;
    *number = 0;
    while (digits < text->n && digits < DIGITS_MAX && text->p[digits] >= '0' && text->p[digits] <= '9') {
        *number = *number * 10 + (uint32_t)(text->p[digits++] - '0');
    }
    *text = span_from(*text, digits);
    return *number >= 1 && *number <= ITERATIONS_MAX;
}

// --- Sealed --------------------------------------------------------------------------------------------------

bool key_text_is_sealed(struct span text)
{
    return key_text_take(&text, "jumin-key ");
}

static bool derive(struct span passphrase, const uint8_t salt[SALT], uint32_t iterations,
                   uint8_t key[JUMIN_MASTER_KEY])
{
    return crypto_pbkdf2(CRYPTO_SHA256, passphrase, span_of(salt, SALT), iterations, key, JUMIN_MASTER_KEY);
}

static void put(struct writer *text, const char *literal)
{
    writer_put(text, span_of(literal, strlen(literal)));
}

bool key_text_seal(const uint8_t *key, struct span passphrase, const struct crypto_random *random,
                   struct writer *text)
{
    uint8_t salt[SALT], nonce[CRYPTO_GCM_NONCE], wrapping[JUMIN_MASTER_KEY] = {0}, sealed[SEALED];
    char iterations[DIGITS_MAX + 1];
    const size_t start = text->n;
    bool ok = random->fill(random->context, salt, sizeof salt) &&
              random->fill(random->context, nonce, sizeof nonce) &&
              derive(passphrase, salt, KEY_TEXT_ITERATIONS, wrapping);
    (void)snprintf(iterations, sizeof iterations, "%u", (unsigned)KEY_TEXT_ITERATIONS);
    put(text, derivation);
    put(text, iterations);
    put(text, blank);
    key_text_put_digits(text, span_of(salt, sizeof salt));
    put(text, cipher);
    key_text_put_digits(text, span_of(nonce, sizeof nonce));
    put(text, blank);
    const struct span header = span_from(writer_span(text), start);
    ok = ok && !text->overflow &&
         crypto_gcm_seal(span_of(wrapping, sizeof wrapping), nonce, header, span_of(key, JUMIN_MASTER_KEY),
                         sealed);
    if (ok) {
        key_text_put_digits(text, span_of(sealed, sizeof sealed));
        put(text, "\n");
    }
    crypto_wipe(wrapping, sizeof wrapping);
    return ok && !text->overflow;
}

bool key_text_open(struct span text, struct span passphrase, uint8_t *key)
{
    uint8_t salt[SALT], nonce[CRYPTO_GCM_NONCE], wrapping[JUMIN_MASTER_KEY] = {0}, sealed[SEALED];
    uint32_t iterations = 0;
    text = key_text_trim(text);
    struct span rest = text;
    bool ok = key_text_take(&rest, derivation) && take_number(&rest, &iterations) &&
              key_text_take(&rest, blank) && key_text_take_digits(&rest, sizeof salt, salt) &&
              key_text_take(&rest, cipher) && key_text_take_digits(&rest, sizeof nonce, nonce) &&
              key_text_take(&rest, blank);
    const struct span header = span_first(text, text.n - rest.n);
    ok = ok && key_text_take_digits(&rest, sizeof sealed, sealed) && rest.n == 0 &&
         derive(passphrase, salt, iterations, wrapping) &&
         crypto_gcm_open(span_of(wrapping, sizeof wrapping), nonce, header, span_of(sealed, sizeof sealed),
                         key);
    crypto_wipe(wrapping, sizeof wrapping);
    if (!ok) {
        crypto_wipe(key, JUMIN_MASTER_KEY);
    }
    return ok;
}
