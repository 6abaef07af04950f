// Roots and signers for the tests of certificate chains, made in memory.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/x5chain_stage.h"

#include "host/pki/der.h"
#include "host/pki/oids.h"

static const char country[] = "KR", organization[] = "jumin specimen";

static void issue(struct stage_holder *holder, const struct stage_holder *issuer,
                  struct certificate_request *request)
{
    static uint8_t serial = 0;
    const struct crypto_random random = crypto_system_random();
    struct writer der = writer_of(holder->bytes, sizeof holder->bytes);
    memset(request->serial, 0x41, sizeof request->serial);
    request->serial[15] = ++serial;
    request->subject_key = &holder->key.key;
    assert_true(certificate_issue(request, &issuer->key, &random, &der));
    holder->der = writer_span(&der);
}

void stage_root(struct stage_holder *root, const char *common_name, struct jumin_trust *trust)
{
    const struct crypto_random random = crypto_system_random();
    *root = (struct stage_holder){.name = {country, organization, common_name}};
    assert_true(crypto_ec_generate(&root->key.key, CRYPTO_P256, &random));
    struct certificate_request request = {
        .profile = CERTIFICATE_IACA,
        .issuer = root->name,
        .subject = root->name,
        .contact = "https://jumin.example",
        .revocation_list = "https://pki.jumin.example/iaca.crl",
        .not_before = STAGE_NOW - (int64_t)100 * STAGE_DAY,
        .not_after = STAGE_NOW + (int64_t)1000 * STAGE_DAY,
    };
    issue(root, root, &request);
    if (trust != NULL) {
        assert_int_equal(jumin_trust_add_certificate(trust, root->der.p, root->der.n), JUMIN_OK);
    }
}

void stage_issue(struct stage_holder *holder, const struct stage_holder *issuer,
                 enum certificate_profile profile, enum crypto_curve curve,
                 void (*change)(struct certificate_request *))
{
    const struct crypto_random random = crypto_system_random();
    *holder = (struct stage_holder){.name = {country, organization, "Signer"}};
    assert_true(crypto_ec_generate(&holder->key.key, curve, &random));
    struct certificate_request request = {
        .profile = profile,
        .issuer = issuer->name,
        .subject = holder->name,
        .location = "KOR",
        .contact = "https://jumin.example",
        .revocation_list = "https://pki.jumin.example/iaca.crl",
        .purposes = JUMIN_PURPOSE_ADULT,
        .not_before = STAGE_NOW - STAGE_DAY,
        .not_after = STAGE_NOW + (int64_t)100 * STAGE_DAY,
    };
    if (change != NULL) {
        change(&request);
    }
    issue(holder, issuer, &request);
}

void stage_forge(struct stage_holder *holder, const struct stage_holder *issuer, const char *from,
                 const char *to)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t tbs[CERTIFICATE_MAX], old_bytes[64], new_bytes[64], digest[CRYPTO_HASH_MAX];
    uint8_t signature[CRYPTO_SIGNATURE_MAX], value[CRYPTO_SIGNATURE_MAX + 16];
    const struct span old = unhex(from, old_bytes, sizeof old_bytes);
    const struct span new = unhex(to, new_bytes, sizeof new_bytes);
    struct x509_certificate parsed;
    const char *why = "";
    size_t places = 0;
    assert_true(x509_parse(holder->der, &parsed, &why));
    assert_int_equal(old.n, new.n);
    const size_t n = parsed.tbs.n;
    memcpy(tbs, parsed.tbs.p, n);
    for (size_t i = 0; i + old.n <= n; i++) {
        if (memcmp(tbs + i, old.p, old.n) == 0) {
            memcpy(tbs + i, new.p, new.n);
            places++;
        }
    }
    assert_int_equal(places, 1);
    const struct span whole = span_of(tbs, n);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &whole, 1, digest));
    assert_true(signing_key_sign(&issuer->key, &random, span_of(digest, 32), signature));
    struct writer coded = writer_of(value, sizeof value),
                  der = writer_of(holder->bytes, sizeof holder->bytes);
    der_put_ecdsa_signature(&coded, span_of(signature, 64));
    const size_t sequence = tlv_open(&der, DER_SEQUENCE);
    writer_put(&der, whole);
    der_put_algorithm(&der, oid_of_ecdsa(CRYPTO_SHA256));
    der_put_bit_string(&der, writer_span(&coded));
    tlv_close(&der, sequence);
    assert_false(der.overflow);
    holder->der = writer_span(&der);
}

void stage_crl(const struct stage_holder *issuer, const struct stage_holder *revoked, uint32_t number,
               int64_t this_update, int64_t next_update, struct jumin_trust *trust)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[2048];
    struct writer der = writer_of(bytes, sizeof bytes);
    struct revocation_entry entry = {.revoked = this_update};
    struct x509_certificate parsed;
    const char *why = "";
    if (revoked != NULL) {
        assert_true(x509_parse(revoked->der, &parsed, &why));
        entry.serial = parsed.serial;
    }
    const struct revocation_request request = {.issuer = issuer->name,
                                               .number = number,
                                               .this_update = this_update,
                                               .next_update = next_update,
                                               .entries = &entry,
                                               .count = revoked != NULL ? 1 : 0};
    assert_true(revocation_list_issue(&request, &issuer->key, &random, &der));
    assert_int_equal(jumin_trust_add_crl(trust, bytes, der.n), JUMIN_OK);
}

struct x5chain stage_chain(const struct stage_holder *signer)
{
    struct x5chain chain = {.count = 0};
    assert_true(x5chain_add(&chain, signer->der));
    return chain;
}

void stage_release(struct stage_holder *holder)
{
    signing_key_release(&holder->key);
}
