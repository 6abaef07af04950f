// JSON Web Encryption with ECDH-ES and AES-GCM (RFC 7516, RFC 7518 §4.6).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"

#include "host/mobile/base64url.h"
#include "host/mobile/jwe.h"

static struct jose_party reader, other;
static uint8_t token[JOSE_TEXT_MAX], opened[JOSE_TEXT_MAX];
static const char text[] = "{\"vp_token\":{}}";

static int make_parties(void **state)
{
    (void)state;
    jose_party_make(&reader, 9);
    jose_party_make(&other, 10);
    return 0;
}

static int release_parties(void **state)
{
    (void)state;
    crypto_ec_release(&reader.key);
    crypto_ec_release(&other.key);
    return 0;
}

static void test_key_is_derived_as_published(void **state)
{
    (void)state;
    // RFC 7518 App. C: Z, and the derived key.
    uint8_t shared[SIGNER_SHARED], key[JWE_KEY_MAX], expected[16];
    struct writer w = writer_of(expected, sizeof expected);
    unhex("9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4", shared, sizeof shared);
    assert_true(jwe_derive(shared, JWE_A128GCM, text_span("Alice"), text_span("Bob"), key));
    assert_true(base64url_decode(text_span("VqqN6vgjbSBcIijNcacQGg"), &w));
    assert_memory_equal(key, expected, jwe_key_length(JWE_A128GCM));
}

static struct jwe_recipient recipient_of(enum jwe_encryption encryption)
{
    struct jwe_recipient recipient = {
        .encryption = encryption, .key_id = "k1", .apu = text_span("Alice"), .apv = text_span("Bob")};
    memcpy(recipient.point, reader.signer.point, SIGNER_POINT);
    return recipient;
}

static struct span encrypt(const struct jwe_recipient *recipient)
{
    const struct crypto_random random = crypto_system_random();
    struct writer w = writer_of(token, sizeof token);
    assert_int_equal(jwe_encrypt(recipient, &random, text_span(text), &w), JUMIN_OK);
    return writer_span(&w);
}

static void test_what_is_encrypted_is_decrypted(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        enum jwe_encryption found = JWE_A128GCM;
        struct jwe_recipient recipient = recipient_of(i % 2 == 0 ? JWE_A128GCM : JWE_A256GCM);
        struct detail detail = {0};
        struct writer plain = writer_of(opened, sizeof opened);
        if (i >= 2) { // without what is optional
            recipient.key_id = NULL;
            recipient.apu = recipient.apv = span_of(NULL, 0);
        }
        assert_int_equal(jwe_decrypt(encrypt(&recipient), &reader.signer, "k1", &plain, &found, &detail),
                         JUMIN_OK);
        assert_true(span_equal(writer_span(&plain), text_span(text)));
        assert_int_equal(found, recipient.encryption);
    }
}

static void test_ephemeral_keys_and_nonces_are_fresh(void **state)
{
    (void)state;
    static uint8_t first[JOSE_TEXT_MAX];
    const struct jwe_recipient recipient = recipient_of(JWE_A128GCM);
    struct span a = encrypt(&recipient);
    memcpy(first, a.p, a.n);
    const struct span b = encrypt(&recipient);
    assert_int_equal(a.n, b.n);
    assert_memory_not_equal(first, b.p, a.n / 2);
    assert_memory_not_equal(first + a.n / 2, b.p + a.n / 2, a.n / 2);
}

static void test_another_key_does_not_open_it(void **state)
{
    (void)state;
    const struct jwe_recipient recipient = recipient_of(JWE_A256GCM);
    struct detail detail = {0};
    struct writer plain = writer_of(opened, sizeof opened);
    assert_refused(jwe_decrypt(encrypt(&recipient), &other.signer, NULL, &plain, NULL, &detail),
                   JUMIN_ERROR_SIGNATURE, &detail, "not encrypted to this key");
    assert_refused(jwe_decrypt(encrypt(&recipient), &reader.signer, "k2", &plain, NULL, &detail),
                   JUMIN_ERROR_MALFORMED, &detail, "kid");
    assert_int_equal(plain.n, 0);
}

// Every character of the token counts.
static void test_changed_token_is_refused(void **state)
{
    (void)state;
    const struct jwe_recipient recipient = recipient_of(JWE_A128GCM);
    const struct span whole = encrypt(&recipient);
    for (size_t i = 0; i < whole.n; i++) {
        struct detail detail = {0};
        struct writer plain = writer_of(opened, sizeof opened);
        const uint8_t kept = token[i];
        token[i] = kept == 'A' ? 'B' : 'A';
        assert_int_not_equal(jwe_decrypt(whole, &reader.signer, NULL, &plain, NULL, &detail), JUMIN_OK);
        assert_int_equal(plain.n, 0);
        token[i] = kept;
    }
}

static void refuse(struct span whole, enum jumin_error error, const char *words)
{
    struct detail detail = {0};
    struct writer plain = writer_of(opened, sizeof opened);
    assert_refused(jwe_decrypt(whole, &reader.signer, "k1", &plain, NULL, &detail), error, &detail, words);
    assert_int_equal(plain.n, 0);
}

// That header before parts of the right lengths.
static void refuse_header(const char *header, const char *words)
{
    struct writer w = writer_of(token, sizeof token);
    base64url_put(&w, text_span(header));
    writer_put(&w, text_span("..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"));
    refuse(writer_span(&w), JUMIN_ERROR_MALFORMED, words);
}

#define EPK                                                                                                  \
    "\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","       \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"

static void test_other_headers_are_refused(void **state)
{
    (void)state;
    refuse_header("[]", "ECDH-ES");
    refuse_header("{\"alg\":\"ECDH-ES+A128KW\",\"enc\":\"A128GCM\"," EPK "}", "ECDH-ES");
    refuse_header("{\"alg\":\"dir\",\"enc\":\"A128GCM\"," EPK "}", "ECDH-ES");
    refuse_header("{\"alg\":\"ECDH-ES\",\"enc\":\"A128CBC-HS256\"," EPK "}", "A128GCM");
    refuse_header("{\"alg\":\"ECDH-ES\"," EPK "}", "A128GCM");
    refuse_header("{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"zip\":\"DEF\"," EPK "}", "zip");
    refuse_header("{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"crit\":[\"x\"]," EPK "}", "crit");
    refuse_header("{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"kid\":1," EPK "}", "kid");
    refuse_header("{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"apu\":\"A\"," EPK "}", "apu");
    refuse_header("{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"apv\":1," EPK "}", "apv");
    refuse_header("{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\"}", "no object");
    refuse_header("{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
                  "\"AA\",\"y\":\"AA\"}}",
                  "coordinates");
    refuse_header("{\"alg\":\"ECDH-ES\",\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\"," EPK "}", "ECDH-ES");
}

static void refuse_parts(const char *parts, const char *words)
{
    struct writer w = writer_of(token, sizeof token);
    base64url_put(&w, text_span("{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\"," EPK "}"));
    writer_put(&w, text_span(parts));
    refuse(writer_span(&w), JUMIN_ERROR_MALFORMED, words);
}

static void test_other_parts_are_refused(void **state)
{
    (void)state;
    refuse_parts("", "five parts");
    refuse_parts("..AAAAAAAAAAAAAAAA.AAAA", "five parts");
    refuse_parts("..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA.", "five parts");
    refuse_parts(".AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", "five parts");
    refuse_parts("..AAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", "wrong length");
    refuse_parts("..AAAAAAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", "wrong length");
    refuse_parts("..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAA", "wrong length");
    refuse_parts("..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAAAA", "wrong length");
    refuse_parts("..AAAAAAAAAAAAAAAA.A.AAAAAAAAAAAAAAAAAAAAAA", "wrong length");
    refuse(span_of(NULL, 0), JUMIN_ERROR_MALFORMED, "five parts");
}

static bool no_random(void *context, uint8_t *out, size_t n)
{
    (void)context;
    (void)out;
    (void)n;
    return false;
}

static void test_failure_says_why(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random(), none = {.fill = no_random};
    struct jwe_recipient recipient = recipient_of(JWE_A128GCM);
    struct detail detail = {0};
    struct signer signs_only = reader.signer;
    const struct span whole = encrypt(&recipient);
    struct writer w = writer_of(opened, sizeof text - 2); // a byte less than the text
    assert_int_equal(jwe_decrypt(whole, &reader.signer, NULL, &w, NULL, &detail), JUMIN_ERROR_ARGUMENT);
    signs_only.agree = NULL;
    assert_int_equal(jwe_decrypt(whole, &signs_only, NULL, &w, NULL, &detail), JUMIN_ERROR_ARGUMENT);
    w = writer_of(opened, whole.n - 1);
    assert_int_equal(jwe_encrypt(&recipient, &random, text_span(text), &w), JUMIN_ERROR_ARGUMENT);
    w = writer_of(opened, sizeof opened);
    assert_int_equal(jwe_encrypt(&recipient, &none, text_span(text), &w), JUMIN_ERROR_CRYPTO);
    recipient.point[64] ^= 1;
    assert_int_equal(jwe_encrypt(&recipient, &random, text_span(text), &w), JUMIN_ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_is_derived_as_published),
        cmocka_unit_test(test_what_is_encrypted_is_decrypted),
        cmocka_unit_test(test_ephemeral_keys_and_nonces_are_fresh),
        cmocka_unit_test(test_another_key_does_not_open_it),
        cmocka_unit_test(test_changed_token_is_refused),
        cmocka_unit_test(test_other_headers_are_refused),
        cmocka_unit_test(test_other_parts_are_refused),
        cmocka_unit_test(test_failure_says_why),
    };
    return cmocka_run_group_tests(tests, make_parties, release_parties);
}
