// What the tests of the mdoc share.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/mdoc_stage.h"

const struct span stage_certificate = {(const uint8_t *)"certificate", 11};

static void load_key(struct crypto_ec_key *key, struct signer *signer, uint8_t number)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t secret[32] = {0};
    secret[0] = 0x42;
    secret[31] = number;
    assert_true(crypto_ec_load_secret(key, CRYPTO_P256, span_of(secret, sizeof secret), &random));
    assert_true(signer_of_key(key, signer));
}

static enum jumin_error check_chain(void *context, const struct span *chain, size_t count, int64_t now,
                                    struct mdoc_signer *signer, struct detail *detail)
{
    const struct mdoc_stage *stage = context;
    assert_true(count >= 1);
    assert_int_equal(now, stage->rules.now);
    if (!span_equal(chain[0], stage_certificate)) {
        return detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN, "the certificate is not known");
    }
    if (stage->chain_error != JUMIN_OK) {
        return detail_set(detail, stage->chain_error, "the certificate is not trusted");
    }
    *signer = stage->trusted;
    return JUMIN_OK;
}

static enum jumin_error check_status(void *context, const struct mdoc_status *status, int64_t now,
                                     struct detail *detail)
{
    struct mdoc_stage *stage = context;
    assert_int_equal(now, stage->rules.now);
    stage->asked_status = *status;
    stage->status_checks++;
    return stage->status_error == JUMIN_OK ? JUMIN_OK
                                           : detail_set(detail, stage->status_error, "the status says no");
}

// Bytes that never come twice, and are the same in each run.
static bool fill(void *context, uint8_t *out, size_t n)
{
    struct mdoc_stage *stage = context;
    for (size_t i = 0; i < n; i += 32) {
        uint8_t digest[32];
        const struct span counter = span_of(&stage->counter, sizeof stage->counter);
        stage->counter++;
        if (!crypto_hash_parts(CRYPTO_SHA256, &counter, 1, digest)) {
            return false;
        }
        memcpy(out + i, digest, n - i < sizeof digest ? n - i : sizeof digest);
    }
    return true;
}

void mdoc_stage_open(struct mdoc_stage *stage)
{
    memset(stage, 0, sizeof *stage);
    load_key(&stage->issuer_key, &stage->issuer, 1);
    load_key(&stage->device_key, &stage->device, 2);
    load_key(&stage->other_key, &stage->other, 3);
    load_key(&stage->reader_key, &stage->reader, 4);
    stage->certificate = stage_certificate;
    stage->trusted = (struct mdoc_signer){&stage->issuer_key, stage_now - 86400, stage_now + 86400};
    stage->rules = (struct mdoc_rules){
        .now = stage_now, .issuer = {check_chain, stage}, .status = {check_status, stage}};
    stage->random = (struct crypto_random){fill, stage};
}

void mdoc_stage_close(struct mdoc_stage *stage)
{
    crypto_ec_release(&stage->issuer_key);
    crypto_ec_release(&stage->device_key);
    crypto_ec_release(&stage->other_key);
    crypto_ec_release(&stage->reader_key);
}

static void put_item(struct writer *w, const struct flaw *flaw, uint64_t id, const char *identifier,
                     const char *value, uint8_t digest[32])
{
    static const uint8_t random[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    const size_t start = w->n;
    size_t opened = 0;
    if (!flaw->decoded_item) {
        opened = cbor_open_embedded(w);
    }
    cbor_put_map(w, flaw->no_random ? 3 : 4);
    cbor_put_string(w, "digestID");
    cbor_put_unsigned(w, id);
    if (!flaw->no_random) {
        cbor_put_string(w, "random");
        cbor_put_bytes(w, span_of(random, flaw->random == 0 ? sizeof random : flaw->random));
    }
    cbor_put_string(w, "elementIdentifier");
    cbor_put_string(w, identifier);
    cbor_put_string(w, "elementValue");
    cbor_put_string(w, value);
    if (!flaw->decoded_item) {
        cbor_close_bytes(w, opened);
    }
    const struct span item = span_from(writer_span(w), start);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &item, 1, digest));
}

static const char *or_else(const char *text, const char *usual)
{
    return text != NULL ? text : usual;
}

static void put_status(struct writer *w, const struct flaw *flaw)
{
    cbor_put_string(w, "status");
    cbor_put_map(w, flaw->empty_status ? 0 : 1);
    if (flaw->empty_status) {
        return;
    }
    if (flaw->identifier_list) {
        cbor_put_string(w, "identifier_list");
        cbor_put_map(w, 0);
        return;
    }
    cbor_put_string(w, "status_list");
    cbor_put_map(w, 2U + (flaw->list_authority.n > 0 || flaw->empty_authority));
    cbor_put_string(w, "idx");
    cbor_put_unsigned(w, 412);
    cbor_put_string(w, "uri");
    cbor_put_string(w, "https://issuer.example/status/1");
    if (flaw->list_authority.n > 0 || flaw->empty_authority) {
        cbor_put_string(w, "certificate");
        cbor_put_bytes(w, flaw->list_authority);
    }
}

static void put_key_info(struct mdoc_stage *stage, const struct flaw *flaw, struct writer *w)
{
    cbor_put_string(w, "deviceKeyInfo");
    cbor_put_map(w, flaw->no_device_key ? 0 : 1 + flaw->key_authorized);
    if (flaw->no_device_key) {
        return;
    }
    cbor_put_string(w, "deviceKey");
    cose_key_put(w, stage->device.point);
    if (flaw->key_authorized) {
        cbor_put_string(w, "keyAuthorizations");
        cbor_put_map(w, 1);
        cbor_put_string(w, "dataElements");
        cbor_put_map(w, 1);
        cbor_put_string(w, "kr.jumin.resident.1");
        cbor_put_array(w, 1);
        cbor_put_string(w, "note");
    }
}

static void put_digests(const struct flaw *flaw, uint8_t digests[2][32], struct writer *w)
{
    const size_t count = flaw->no_digests ? 0 : flaw->no_digest ? 1 : 2;
    cbor_put_map(w, flaw->no_digest_namespaces ? 0 : 1);
    if (flaw->no_digest_namespaces) {
        return;
    }
    cbor_put_string(w, or_else(flaw->name_space, "org.iso.23220.1"));
    cbor_put_map(w, count);
    for (size_t i = 0; i < count; i++) {
        cbor_put_unsigned(w, i);
        cbor_put_bytes(w, span_of(digests[flaw->wrong_digest ? 0 : i], 32));
    }
}

static void put_mso(struct mdoc_stage *stage, const struct flaw *flaw, uint8_t digests[2][32],
                    struct writer *w)
{
    const size_t opened = flaw->payload_not_embedded ? 0 : cbor_open_embedded(w);
    const bool has_status = flaw->status || flaw->identifier_list || flaw->empty_status;
    cbor_put_map(w, 6U + has_status);
    cbor_put_string(w, "version");
    cbor_put_string(w, or_else(flaw->version, "1.0"));
    cbor_put_string(w, "digestAlgorithm");
    cbor_put_string(w, or_else(flaw->digest_algorithm, "SHA-256"));
    cbor_put_string(w, "valueDigests");
    put_digests(flaw, digests, w);
    put_key_info(stage, flaw, w);
    cbor_put_string(w, "docType");
    cbor_put_string(w, or_else(flaw->mso_doc_type, "kr.jumin.resident.1"));
    cbor_put_string(w, "validityInfo");
    cbor_put_map(w, 3);
    cbor_put_string(w, "signed");
    cbor_put_time(w, flaw->signed_at != 0 ? flaw->signed_at : stage_now);
    cbor_put_string(w, "validFrom");
    cbor_put_time(w, flaw->valid_from != 0 ? flaw->valid_from : stage_now);
    cbor_put_string(w, flaw->no_valid_until ? "expectedUpdate" : "validUntil");
    if (flaw->time_with_fraction) {
        cbor_put_tag(w, 0);
        cbor_put_string(w, "2026-03-02T00:00:00.5Z");
    } else {
        cbor_put_time(w, flaw->valid_until != 0 ? flaw->valid_until : stage_now + 86400);
    }
    if (has_status) {
        put_status(w, flaw);
    }
    if (!flaw->payload_not_embedded) {
        cbor_close_bytes(w, opened);
    }
}

static void put_unprotected(const struct mdoc_stage *stage, const struct flaw *flaw, struct writer *w)
{
    if (flaw->no_chain) {
        cbor_put_map(w, 0);
        return;
    }
    cbor_put_map(w, 1);
    cbor_put_unsigned(w, 33);
    if (flaw->chain_of_one) {
        cbor_put_array(w, 1);
    }
    cbor_put_bytes(w, stage->certificate);
}

// r || s as ECDSA-Sig-Value; both below 2^255 or with the sign byte.
static size_t der_of(const uint8_t plain[64], uint8_t der[80])
{
    size_t n = 2;
    for (unsigned i = 0; i < 2; i++) {
        const uint8_t *number = plain + (size_t)32 * i;
        const bool sign = number[0] >= 0x80;
        der[n++] = 0x02;
        der[n++] = (uint8_t)(32 + sign);
        if (sign) {
            der[n++] = 0;
        }
        memcpy(der + n, number, 32);
        n += 32;
    }
    der[0] = 0x30;
    der[1] = (uint8_t)(n - 2);
    return n;
}

static void put_issuer_auth(struct mdoc_stage *stage, const struct flaw *flaw, struct span payload,
                            struct writer *w)
{
    uint8_t protected_bytes[64], structure_bytes[STAGE_BYTES], digest[32], signature[64], der[80];
    const struct span protected_header =
        unhex(or_else(flaw->protected, "a10126"), protected_bytes, sizeof protected_bytes);
    struct writer structure = writer_of(structure_bytes, sizeof structure_bytes);
    const struct signer *signer = flaw->other_issuer ? &stage->other : &stage->issuer;
    cbor_put_array(&structure, 4);
    cbor_put_string(&structure, "Signature1");
    cbor_put_bytes(&structure, protected_header);
    cbor_put_bytes(&structure, span_of(NULL, 0));
    cbor_put_bytes(&structure, payload);
    const struct span whole = writer_span(&structure);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &whole, 1, digest));
    assert_true(signer->sign(signer->context, digest, signature));
    if (flaw->tagged) {
        cbor_put_tag(w, 18);
    }
    cbor_put_array(w, 4);
    cbor_put_bytes(w, protected_header);
    put_unprotected(stage, flaw, w);
    if (flaw->detached) {
        cbor_put_null(w);
    } else {
        cbor_put_bytes(w, payload);
    }
    cbor_put_bytes(w, flaw->der_signature ? span_of(der, der_of(signature, der)) : span_of(signature, 64));
}

struct span stage_issuer_signed(struct mdoc_stage *stage, const struct flaw *flaw, uint8_t *bytes,
                                size_t capacity)
{
    uint8_t digests[2][32], payload_bytes[STAGE_BYTES];
    struct writer w = writer_of(bytes, capacity), payload = writer_of(payload_bytes, sizeof payload_bytes);
    cbor_put_map(&w, 2);
    cbor_put_string(&w, "nameSpaces");
    cbor_put_map(&w, 1);
    cbor_put_string(&w, or_else(flaw->name_space, "org.iso.23220.1"));
    cbor_put_array(&w, 2);
    put_item(&w, flaw, 0, flaw->country != NULL ? "issuing_country" : "family_name_unicode",
             or_else(flaw->country, "Kim"), digests[0]);
    put_item(&w, flaw, flaw->same_digest_id ? 0 : 1,
             flaw->same_element ? "family_name_unicode" : "birth_date", "2007-03-01", digests[1]);
    put_mso(stage, flaw, digests, &payload);
    cbor_put_string(&w, "issuerAuth");
    put_issuer_auth(stage, flaw, writer_span(&payload), &w);
    assert_false(w.overflow || payload.overflow);
    return writer_span(&w);
}

struct span stage_transcript(const char *name, uint8_t *bytes, size_t capacity)
{
    struct writer w = writer_of(bytes, capacity);
    cbor_put_array(&w, 3);
    cbor_put_null(&w);
    cbor_put_null(&w);
    cbor_put_string(&w, name);
    assert_false(w.overflow);
    return writer_span(&w);
}
