// What the tests of JOSE share.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"

#include "host/mobile/base64url.h"

void jose_party_make(struct jose_party *party, uint8_t last)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t secret[32] = {0};
    secret[31] = last;
    crypto_ec_release(&party->key);
    assert_true(crypto_ec_load_secret(&party->key, CRYPTO_P256, span_of(secret, sizeof secret), &random));
    assert_true(signer_of_key(&party->key, &party->signer));
}

struct span jose_token(const struct signer *signer, const char *header, const char *payload)
{
    static uint8_t token[JOSE_TEXT_MAX];
    uint8_t digest[SIGNER_DIGEST], signature[SIGNER_SIGNATURE];
    struct writer w = writer_of(token, sizeof token);
    base64url_put(&w, text_span(header));
    writer_put_u8(&w, '.');
    base64url_put(&w, text_span(payload));
    const struct span input = writer_span(&w);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &input, 1, digest));
    assert_true(signer->sign(signer->context, digest, signature));
    writer_put_u8(&w, '.');
    base64url_put(&w, span_of(signature, sizeof signature));
    assert_false(w.overflow);
    return writer_span(&w);
}

const char *jose_part(struct span token, size_t index)
{
    static uint8_t decoded[JOSE_TEXT_MAX];
    struct writer w = writer_of(decoded, sizeof decoded - 1);
    size_t start = 0;
    for (; index > 0; index--) {
        while (token.p[start++] != '.') {
            assert_true(start < token.n);
        }
    }
    size_t end = start;
    while (end < token.n && token.p[end] != '.' && token.p[end] != '~') {
        end++;
    }
    assert_true(base64url_decode(span_of(token.p + start, end - start), &w));
    decoded[w.n] = 0;
    return (const char *)decoded;
}

void assert_refused(enum jumin_error error, enum jumin_error expected, const struct detail *detail,
                    const char *words)
{
    assert_int_equal(error, expected);
    if (strstr(detail->text, words) == NULL) {
        assert_string_equal(detail->text, words);
    }
}
