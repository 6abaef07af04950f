// IssuerSigned: what is issued verifies and shows nothing that it should not, and what must be refused is,
// each for its own reason.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/mdoc_stage.h"

static struct mdoc_stage stage;
static uint8_t buffer[STAGE_BYTES];

static int setup(void **state)
{
    (void)state;
    mdoc_stage_open(&stage);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mdoc_stage_close(&stage);
    return 0;
}

static enum jumin_error verify(struct span bytes, struct detail *detail)
{
    struct issuer_signed parsed;
    const enum jumin_error error = issuer_signed_parse(bytes, &parsed, detail);
    return error != JUMIN_OK
               ? error
               : issuer_signed_verify(&parsed, text_span("kr.jumin.resident.1"), &stage.rules, detail);
}

static void assert_refused(const struct flaw *flaw, enum jumin_error wanted, const char *sentence)
{
    struct detail detail = {""};
    assert_int_equal(verify(stage_issuer_signed(&stage, flaw, buffer, sizeof buffer), &detail), wanted);
    assert_string_equal(detail.text, sentence);
}

// --- Making --------------------------------------------------------------------------------------------------

static const struct mdoc_element elements[] = {
    {{(const uint8_t *)"birth_date", 10},
     {(const uint8_t *)"\xD9\x03\xEC\x6A"
                       "2007-03-01",
      14}},
    {{(const uint8_t *)"family_name_unicode", 19}, {(const uint8_t *)"\x63Kim", 4}},
    {{(const uint8_t *)"sex", 3}, {(const uint8_t *)"\x01", 1}},
};
static const struct mdoc_namespace namespaces[] = {
    {{(const uint8_t *)"org.iso.23220.1", 15}, elements, 2},
    {{(const uint8_t *)"kr.jumin.resident.1", 19}, elements + 2, 1},
};

static struct issuer_signed_order usual_order(void)
{
    struct issuer_signed_order order = {
        .doc_type = text_span("kr.jumin.resident.1"),
        .namespaces = namespaces,
        .namespace_count = 2,
        .decoys = 5,
        .validity = {stage_now, stage_now, stage_now + 86400, 0},
        .status = {.index = 7, .uri = text_span("https://issuer.example/status/1")},
        .chain = &stage_certificate,
        .chain_count = 1,
        .algorithm = COSE_ES256,
    };
    memcpy(order.device_key, stage.device.point, SIGNER_POINT);
    return order;
}

static struct span make(const struct issuer_signed_order *order)
{
    struct writer w = writer_of(buffer, sizeof buffer);
    assert_int_equal(issuer_signed_make(order, &stage.issuer, &stage.random, &w), JUMIN_OK);
    return writer_span(&w);
}

static void test_what_is_issued_verifies(void **state)
{
    (void)state;
    struct issuer_signed_order order = usual_order();
    struct detail detail = {""};
    struct issuer_signed parsed;
    struct issuer_signed_item item;
    const enum cose_algorithm algorithms[] = {COSE_ES256, COSE_ESP256};
    for (size_t i = 0; i < 2; i++) {
        order.algorithm = algorithms[i];
        const struct span bytes = make(&order);
        assert_int_equal(verify(bytes, &detail), JUMIN_OK);
        assert_int_equal(stage.asked_status.index, 7);
        assert_true(span_equal(stage.asked_status.uri, order.status.uri));
        assert_int_equal(issuer_signed_parse(bytes, &parsed, &detail), JUMIN_OK);
        assert_true(issuer_signed_find(&parsed, namespaces[0].name, elements[1].identifier, &item));
        assert_true(span_equal(item.value, elements[1].value));
        assert_true(issuer_signed_find(&parsed, namespaces[1].name, elements[2].identifier, &item));
        assert_int_equal(item.random.n, MDOC_RANDOM);
        assert_memory_equal(parsed.mso.device_key, stage.device.point, SIGNER_POINT);
        assert_memory_equal(&parsed.mso.validity, &order.validity, sizeof order.validity);
    }
}

static void test_decoys_are_signed_and_ids_are_shuffled(void **state)
{
    (void)state;
    const struct issuer_signed_order order = usual_order();
    struct detail detail = {""};
    struct issuer_signed parsed;
    struct issuer_signed_item item;
    struct span digest, before;
    uint64_t seen = 0, first_ids = 0;
    for (unsigned run = 0; run < 40; run++) {
        assert_int_equal(issuer_signed_parse(make(&order), &parsed, &detail), JUMIN_OK);
        for (uint64_t id = 0; id < 7; id++) {
            assert_true(mdoc_mso_digest(&parsed.mso, namespaces[0].name, id, &digest));
            for (uint64_t other = 0; other < id; other++) {
                assert_true(mdoc_mso_digest(&parsed.mso, namespaces[0].name, other, &before));
                assert_false(span_equal(before, digest));
            }
        }
        assert_false(mdoc_mso_digest(&parsed.mso, namespaces[0].name, 7, &digest));
        assert_true(mdoc_mso_digest(&parsed.mso, namespaces[1].name, 5, &digest));
        assert_false(mdoc_mso_digest(&parsed.mso, namespaces[1].name, 6, &digest));
        assert_true(issuer_signed_find(&parsed, namespaces[0].name, elements[0].identifier, &item));
        first_ids |= 1ULL << item.digest_id;
        assert_true(issuer_signed_find(&parsed, namespaces[0].name, elements[1].identifier, &item));
        seen |= 1ULL << item.digest_id;
    }
    assert_int_equal(seen, 0x7F);
    assert_int_equal(first_ids, 0x7F);
}

static void test_no_random_comes_twice(void **state)
{
    (void)state;
    const struct issuer_signed_order order = usual_order();
    struct detail detail = {""};
    struct issuer_signed parsed;
    struct issuer_signed_walk walk;
    struct issuer_signed_item item;
    uint8_t randoms[3][MDOC_RANDOM];
    size_t count = 0;
    assert_int_equal(issuer_signed_parse(make(&order), &parsed, &detail), JUMIN_OK);
    issuer_signed_begin(&parsed, &walk);
    while (issuer_signed_next(&walk, &item)) {
        for (size_t i = 0; i < count; i++) {
            assert_memory_not_equal(randoms[i], item.random.p, MDOC_RANDOM);
        }
        memcpy(randoms[count++], item.random.p, MDOC_RANDOM);
    }
    assert_int_equal(count, 3);
}

static bool no_random(void *context, uint8_t *out, size_t n)
{
    (void)context;
    (void)out;
    (void)n;
    return false;
}

static bool no_signature(void *context, const uint8_t digest[SIGNER_DIGEST],
                         uint8_t signature[SIGNER_SIGNATURE])
{
    (void)context;
    (void)digest;
    (void)signature;
    return false;
}

static void test_nothing_is_issued_without_chance_signer_or_room(void **state)
{
    (void)state;
    const struct issuer_signed_order order = usual_order();
    const struct crypto_random broken = {no_random, NULL};
    const struct signer mute = {.sign = no_signature};
    struct writer w = writer_of(buffer, sizeof buffer);
    assert_int_equal(issuer_signed_make(&order, &stage.issuer, &broken, &w), JUMIN_ERROR_CRYPTO);
    w = writer_of(buffer, sizeof buffer);
    assert_int_equal(issuer_signed_make(&order, &mute, &stage.random, &w), JUMIN_ERROR_CRYPTO);
    const size_t n = make(&order).n;
    for (size_t room = 0; room < n; room++) {
        w = writer_of(buffer, room);
        assert_int_equal(issuer_signed_make(&order, &stage.issuer, &stage.random, &w), JUMIN_ERROR_TOO_LONG);
    }
}

static void test_an_order_that_is_none_is_refused(void **state)
{
    (void)state;
    const struct mdoc_element twice[] = {elements[0], elements[0]};
    const struct mdoc_element no_cbor = {elements[0].identifier, {(const uint8_t *)"\x01\x01", 2}};
    const struct mdoc_namespace bad[] = {
        {text_span("a"), twice, 2}, {text_span("a"), elements, 0}, {text_span("a"), &no_cbor, 1}};
    const struct mdoc_namespace same[] = {namespaces[0], namespaces[0]};
    struct issuer_signed_order orders[9];
    for (size_t i = 0; i < 9; i++) {
        orders[i] = usual_order();
    }
    for (size_t i = 0; i < 3; i++) {
        orders[i].namespaces = &bad[i];
        orders[i].namespace_count = 1;
    }
    orders[3].namespaces = same;
    orders[4].namespace_count = 0;
    orders[5].chain_count = 0;
    orders[6].validity.valid_until = orders[6].validity.valid_from;
    orders[7].decoys = MDOC_ELEMENTS_MAX - 1;
    orders[8].doc_type.n = 0;
    for (size_t i = 0; i < 9; i++) {
        struct writer w = writer_of(buffer, sizeof buffer);
        assert_int_equal(issuer_signed_make(&orders[i], &stage.issuer, &stage.random, &w),
                         JUMIN_ERROR_ARGUMENT);
    }
}

// --- What must be refused ------------------------------------------------------------------------------------

static void test_the_credential_made_by_hand_is_taken(void **state)
{
    (void)state;
    struct detail detail = {""};
    const struct flaw none = {0};
    assert_int_equal(verify(stage_issuer_signed(&stage, &none, buffer, sizeof buffer), &detail), JUMIN_OK);
    assert_int_equal(stage.status_checks, 0);
}

static void test_a_value_that_was_changed_is_refused(void **state)
{
    (void)state;
    struct detail detail = {""};
    const struct flaw none = {0};
    const struct span bytes = stage_issuer_signed(&stage, &none, buffer, sizeof buffer);
    uint8_t *name = memmem(buffer, bytes.n, "Kim", 3);
    name[1] = 'y';
    assert_int_equal(verify(bytes, &detail), JUMIN_ERROR_HASH);
    assert_string_equal(detail.text, "family_name_unicode is not what the issuer has signed");
}

static void test_a_signed_digest_of_something_else_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.wrong_digest = true}, JUMIN_ERROR_HASH,
                   "birth_date is not what the issuer has signed");
}

static void test_an_element_without_a_digest_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.no_digest = true}, JUMIN_ERROR_HASH,
                   "the issuer has signed no digest for birth_date");
}

static void test_another_issuers_signature_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.other_issuer = true}, JUMIN_ERROR_SIGNATURE,
                   "the issuer's signature is wrong");
}

static void test_a_signature_in_der_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.der_signature = true}, JUMIN_ERROR_SIGNATURE,
                   "the issuer's signature is wrong");
}

static void test_another_version_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.version = "2.0"}, JUMIN_ERROR_NOT_SUPPORTED,
                   "the mobile security object is not of version 1.0");
}

static void test_another_digest_algorithm_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.digest_algorithm = "SHA-1"}, JUMIN_ERROR_NOT_SUPPORTED,
                   "the mobile security object has a digest algorithm that is not known");
}

static void test_another_doc_type_in_what_is_signed_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.mso_doc_type = "kr.jumin.resident.2"}, JUMIN_ERROR_MALFORMED,
                   "the document claims another type than the one that the issuer has signed");
}

static void test_a_security_object_that_is_not_wrapped_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.payload_not_embedded = true}, JUMIN_ERROR_MALFORMED,
                   "the mobile security object is not wrapped as CBOR in CBOR (tag 24)");
}

static void test_an_item_that_is_not_wrapped_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.decoded_item = true}, JUMIN_ERROR_MALFORMED,
                   "the credential has an item that is malformed");
}

static void test_less_than_16_random_bytes_are_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.random = 15}, JUMIN_ERROR_MALFORMED,
                   "the credential has an item with less than 16 random bytes");
}

static void test_an_item_without_random_bytes_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.no_random = true}, JUMIN_ERROR_MALFORMED,
                   "the credential has an item that is malformed");
}

static void test_a_validity_without_an_end_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.no_valid_until = true}, JUMIN_ERROR_MALFORMED,
                   "the mobile security object has a validity that is malformed");
}

static void test_a_digest_id_that_is_there_twice_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.same_digest_id = true}, JUMIN_ERROR_MALFORMED,
                   "the credential has a digestID twice");
}

static void test_an_element_that_is_there_twice_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.same_element = true}, JUMIN_ERROR_MALFORMED,
                   "the credential has an element twice");
}

static void test_a_tagged_signature_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.tagged = true}, JUMIN_ERROR_MALFORMED,
                   "the issuer's signature is no array of four (a tag is not allowed here either)");
}

static void test_a_list_of_one_certificate_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.chain_of_one = true}, JUMIN_ERROR_MALFORMED,
                   "the issuer's signature has a chain of certificates (x5chain) that is malformed");
}

static void test_no_certificate_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.no_chain = true}, JUMIN_ERROR_MALFORMED,
                   "the credential does not carry its signer's certificate");
}

static void test_a_detached_security_object_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.detached = true}, JUMIN_ERROR_MALFORMED,
                   "the credential lacks its mobile security object");
}

static void test_no_device_key_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.no_device_key = true}, JUMIN_ERROR_MALFORMED,
                   "the mobile security object has no device key on P-256");
}

static void test_what_has_expired_is_refused(void **state)
{
    (void)state;
    const struct flaw flaw = {
        .signed_at = stage_now - 60, .valid_from = stage_now - 60, .valid_until = stage_now - 1};
    assert_refused(&flaw, JUMIN_ERROR_NOT_VALID_NOW, "the credential has expired");
}

static void test_what_is_not_valid_yet_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.valid_from = stage_now + 1}, JUMIN_ERROR_NOT_VALID_NOW,
                   "the credential is not valid yet");
}

static void test_both_ends_of_the_validity_belong_to_it(void **state)
{
    (void)state;
    struct detail detail = {""};
    const struct flaw first = {.signed_at = stage_now, .valid_from = stage_now};
    const struct flaw last = {
        .signed_at = stage_now - 9, .valid_from = stage_now - 9, .valid_until = stage_now};
    assert_int_equal(verify(stage_issuer_signed(&stage, &first, buffer, sizeof buffer), &detail), JUMIN_OK);
    assert_int_equal(verify(stage_issuer_signed(&stage, &last, buffer, sizeof buffer), &detail), JUMIN_OK);
}

static void test_a_validity_that_ends_before_it_begins_is_refused(void **state)
{
    (void)state;
    const struct flaw flaw = {
        .signed_at = stage_now - 60, .valid_from = stage_now - 60, .valid_until = stage_now - 61};
    assert_refused(&flaw, JUMIN_ERROR_MALFORMED, "the credential's validity ends before it begins");
}

static void test_a_validity_before_the_signature_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.signed_at = stage_now + 1}, JUMIN_ERROR_MALFORMED,
                   "the credential's validity ends before it begins");
}

static void test_a_signature_outside_the_certificates_validity_is_refused(void **state)
{
    (void)state;
    const char *sentence = "the credential was signed outside of the validity of its signer's certificate";
    stage.trusted.not_before = stage_now + 1;
    assert_refused(&(struct flaw){0}, JUMIN_ERROR_NOT_VALID_NOW, sentence);
    stage.trusted.not_before = 0;
    stage.trusted.not_after = stage_now - 1;
    assert_refused(&(struct flaw){0}, JUMIN_ERROR_NOT_VALID_NOW, sentence);
}

static void test_a_time_with_a_fraction_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.time_with_fraction = true}, JUMIN_ERROR_MALFORMED,
                   "the mobile security object has a validity that is malformed");
}

// Usage, path and revocation are the chain's; whatever it says, stands.
static void test_what_the_chain_check_refuses_is_refused(void **state)
{
    (void)state;
    const enum jumin_error errors[] = {JUMIN_ERROR_CERTIFICATE, JUMIN_ERROR_REVOKED,
                                       JUMIN_ERROR_SIGNER_UNKNOWN};
    for (size_t i = 0; i < 3; i++) {
        stage.chain_error = errors[i];
        assert_refused(&(struct flaw){0}, errors[i], "the certificate is not trusted");
    }
}

static void test_what_the_status_list_revokes_is_refused(void **state)
{
    (void)state;
    stage.status_error = JUMIN_ERROR_REVOKED;
    assert_refused(&(struct flaw){.status = true}, JUMIN_ERROR_REVOKED, "the status says no");
    assert_int_equal(stage.asked_status.index, 412);
}

static void test_a_status_of_another_kind_is_refused_where_statuses_count(void **state)
{
    (void)state;
    struct detail detail = {""};
    const struct flaw flaw = {.identifier_list = true};
    assert_refused(&flaw, JUMIN_ERROR_NOT_SUPPORTED,
                   "the credential's status is kept in a way that is not known");
    stage.rules.status.check = NULL;
    assert_int_equal(verify(stage_issuer_signed(&stage, &flaw, buffer, sizeof buffer), &detail), JUMIN_OK);
}

static void test_an_algorithm_of_another_kind_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.protected = "a10105"}, JUMIN_ERROR_MALFORMED,
                   "the issuer's signature has an algorithm that is no signature");
    assert_refused(&(struct flaw){.protected = "a10127"}, JUMIN_ERROR_MALFORMED,
                   "the issuer's signature has an algorithm that is not known");
    assert_refused(&(struct flaw){.protected = "a0"}, JUMIN_ERROR_MALFORMED,
                   "the issuer's signature names no algorithm");
    assert_refused(&(struct flaw){.protected = "a1013822"}, JUMIN_ERROR_SIGNATURE,
                   "the issuer's signature is wrong"); // ES384 by a key of P-256
}

static void test_critical_headers_are_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.protected = "a201260281182a"}, JUMIN_ERROR_MALFORMED,
                   "the issuer's signature has critical headers that are not known");
}

static void test_a_header_in_both_maps_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct flaw){.protected = "a2012618214161"}, JUMIN_ERROR_MALFORMED,
                   "the issuer's signature has a header twice");
}

// Bytes before, behind and within: whatever is cut or added is no credential.
static void test_trailing_and_missing_bytes_are_refused(void **state)
{
    (void)state;
    struct detail detail = {""};
    struct issuer_signed parsed;
    const struct flaw none = {0};
    const struct span bytes = stage_issuer_signed(&stage, &none, buffer, sizeof buffer);
    buffer[bytes.n] = 0xF6;
    assert_int_equal(issuer_signed_parse(span_of(buffer, bytes.n + 1), &parsed, &detail),
                     JUMIN_ERROR_MALFORMED);
    for (size_t n = 0; n < bytes.n; n++) {
        assert_int_equal(issuer_signed_parse(span_of(buffer, n), &parsed, &detail), JUMIN_ERROR_MALFORMED);
    }
}

// Every single bit belongs to what is signed, to the signature, or to how both are written.
static void test_no_bit_can_be_changed(void **state)
{
    (void)state;
    struct detail detail = {""};
    const struct flaw none = {0};
    const struct span bytes = stage_issuer_signed(&stage, &none, buffer, sizeof buffer);
    for (size_t i = 0; i < bytes.n; i++) {
        buffer[i] ^= 1;
        assert_int_not_equal(verify(bytes, &detail), JUMIN_OK);
        buffer[i] ^= 1;
    }
    assert_int_equal(verify(bytes, &detail), JUMIN_OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_issued_verifies),
        TEST(test_decoys_are_signed_and_ids_are_shuffled),
        TEST(test_no_random_comes_twice),
        TEST(test_nothing_is_issued_without_chance_signer_or_room),
        TEST(test_an_order_that_is_none_is_refused),
        TEST(test_the_credential_made_by_hand_is_taken),
        TEST(test_a_value_that_was_changed_is_refused),
        TEST(test_a_signed_digest_of_something_else_is_refused),
        TEST(test_an_element_without_a_digest_is_refused),
        TEST(test_another_issuers_signature_is_refused),
        TEST(test_a_signature_in_der_is_refused),
        TEST(test_another_version_is_refused),
        TEST(test_another_digest_algorithm_is_refused),
        TEST(test_another_doc_type_in_what_is_signed_is_refused),
        TEST(test_a_security_object_that_is_not_wrapped_is_refused),
        TEST(test_an_item_that_is_not_wrapped_is_refused),
        TEST(test_less_than_16_random_bytes_are_refused),
        TEST(test_an_item_without_random_bytes_is_refused),
        TEST(test_a_validity_without_an_end_is_refused),
        TEST(test_a_digest_id_that_is_there_twice_is_refused),
        TEST(test_an_element_that_is_there_twice_is_refused),
        TEST(test_a_tagged_signature_is_refused),
        TEST(test_a_list_of_one_certificate_is_refused),
        TEST(test_no_certificate_is_refused),
        TEST(test_a_detached_security_object_is_refused),
        TEST(test_no_device_key_is_refused),
        TEST(test_what_has_expired_is_refused),
        TEST(test_what_is_not_valid_yet_is_refused),
        TEST(test_both_ends_of_the_validity_belong_to_it),
        TEST(test_a_validity_that_ends_before_it_begins_is_refused),
        TEST(test_a_validity_before_the_signature_is_refused),
        TEST(test_a_signature_outside_the_certificates_validity_is_refused),
        TEST(test_a_time_with_a_fraction_is_refused),
        TEST(test_what_the_chain_check_refuses_is_refused),
        TEST(test_what_the_status_list_revokes_is_refused),
        TEST(test_a_status_of_another_kind_is_refused_where_statuses_count),
        TEST(test_an_algorithm_of_another_kind_is_refused),
        TEST(test_critical_headers_are_refused),
        TEST(test_a_header_in_both_maps_is_refused),
        TEST(test_trailing_and_missing_bytes_are_refused),
        TEST(test_no_bit_can_be_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
