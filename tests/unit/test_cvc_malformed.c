// Certificates that are broken in one place and signed all the same: each is refused by the parser, or by the
// signature (TR-03110-3 §C, §D).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/certificates.h"
#include "tests/unit/unit.h"

// What is broken: a CVCA with domain parameters and all extensions, a link certificate with parameters, or a
// terminal without.
enum victim { VICTIM_CVCA, VICTIM_LINK, VICTIM_TERMINAL };

struct broken {
    const char *name;
    enum victim victim;
    struct certificate_edit edit;
};

#define BYTES(...)                                                                                           \
    {                                                                                                        \
        (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[])                                              \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }
#define CHANGE(k, i, t) .kind = (k), .inside = (i), .tag = (t)
#define ROLES 0x04, 0x00, 0x7F, 0x00, 0x07, 3, 1, 2
#define ZEROS_16 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
// A point that is good by itself.
#define GENERATOR_P256                                                                                       \
    0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2, 0x77,    \
        0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F,      \
        0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B,      \
        0xCE, 0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5
#define ONES_16 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF

enum { OID = 0x06, DATA = 0x53, POINT = 0x86, COFACTOR = 0x87 };

static const struct broken broken[] = {
    // Every object of the body missing, twice, under another tag, empty.
    {"profile_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, CVC_BODY, CVC_PROFILE)}},
    {"profile_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, CVC_BODY, CVC_PROFILE)}},
    {"profile_retagged", VICTIM_TERMINAL, {CHANGE(EDIT_RETAG, CVC_BODY, CVC_PROFILE), .new_tag = 0x5F28}},
    {"profile_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, CVC_BODY, CVC_PROFILE)}},
    {"profile_other_version", VICTIM_TERMINAL, {CHANGE(EDIT_FLIP, CVC_BODY, CVC_PROFILE)}},
    {"profile_too_long", VICTIM_TERMINAL, {CHANGE(EDIT_PAD, CVC_BODY, CVC_PROFILE)}},
    {"authority_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, CVC_BODY, CVC_AUTHORITY)}},
    {"authority_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, CVC_BODY, CVC_AUTHORITY)}},
    {"authority_retagged", VICTIM_TERMINAL, {CHANGE(EDIT_RETAG, CVC_BODY, CVC_AUTHORITY), .new_tag = 0x43}},
    {"authority_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, CVC_BODY, CVC_AUTHORITY)}},
    {"authority_too_long",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_BODY, CVC_AUTHORITY), .bytes = {(const uint8_t *)"KRABCDEFGHIJ00001", 17}}},
    {"authority_too_short",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_BODY, CVC_AUTHORITY), .bytes = {(const uint8_t *)"KR00001", 7}}},
    {"key_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, CVC_BODY, CVC_PUBLIC_KEY)}},
    {"key_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, CVC_BODY, CVC_PUBLIC_KEY)}},
    {"key_retagged", VICTIM_TERMINAL, {CHANGE(EDIT_RETAG, CVC_BODY, CVC_PUBLIC_KEY), .new_tag = 0x7F48}},
    {"key_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, CVC_BODY, CVC_PUBLIC_KEY)}},
    {"key_cut", VICTIM_TERMINAL, {CHANGE(EDIT_CUT, CVC_BODY, CVC_PUBLIC_KEY)}},
    {"key_with_a_byte_more", VICTIM_TERMINAL, {CHANGE(EDIT_PAD, CVC_BODY, CVC_PUBLIC_KEY)}},
    {"holder_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, CVC_BODY, CVC_HOLDER)}},
    {"holder_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, CVC_BODY, CVC_HOLDER)}},
    {"holder_retagged", VICTIM_TERMINAL, {CHANGE(EDIT_RETAG, CVC_BODY, CVC_HOLDER), .new_tag = 0x5F21}},
    {"holder_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, CVC_BODY, CVC_HOLDER)}},
    {"holder_too_long",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_BODY, CVC_HOLDER), .bytes = {(const uint8_t *)"KRABCDEFGHIJ00001", 17}}},
    {"chat_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, CVC_BODY, TAG_CHAT)}},
    {"chat_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, CVC_BODY, TAG_CHAT)}},
    {"chat_retagged", VICTIM_TERMINAL, {CHANGE(EDIT_RETAG, CVC_BODY, TAG_CHAT), .new_tag = 0x7F4B}},
    {"chat_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, CVC_BODY, TAG_CHAT)}},
    {"chat_cut", VICTIM_TERMINAL, {CHANGE(EDIT_CUT, CVC_BODY, TAG_CHAT)}},
    {"effective_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, CVC_BODY, CVC_EFFECTIVE)}},
    {"effective_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, CVC_BODY, CVC_EFFECTIVE)}},
    {"effective_retagged", VICTIM_TERMINAL, {CHANGE(EDIT_RETAG, CVC_BODY, CVC_EFFECTIVE), .new_tag = 0x5F26}},
    {"effective_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, CVC_BODY, CVC_EFFECTIVE)}},
    {"effective_cut", VICTIM_TERMINAL, {CHANGE(EDIT_CUT, CVC_BODY, CVC_EFFECTIVE)}},
    {"effective_too_long", VICTIM_TERMINAL, {CHANGE(EDIT_PAD, CVC_BODY, CVC_EFFECTIVE)}},
    {"effective_no_decimal_digit",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_BODY, CVC_EFFECTIVE), .bytes = BYTES(2, 6, 0, 0x0A, 0, 1)}},
    {"effective_not_in_the_calendar",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_BODY, CVC_EFFECTIVE), .bytes = BYTES(2, 6, 0, 2, 3, 0)}},
    {"effective_after_expiration",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_BODY, CVC_EFFECTIVE), .bytes = BYTES(2, 6, 0, 2, 0, 2)}},
    {"expiration_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, CVC_BODY, CVC_EXPIRATION)}},
    {"expiration_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, CVC_BODY, CVC_EXPIRATION)}},
    {"expiration_retagged",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_RETAG, CVC_BODY, CVC_EXPIRATION), .new_tag = 0x5F26}},
    {"expiration_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, CVC_BODY, CVC_EXPIRATION)}},
    {"expiration_cut", VICTIM_TERMINAL, {CHANGE(EDIT_CUT, CVC_BODY, CVC_EXPIRATION)}},
    {"expiration_no_decimal_digit",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_BODY, CVC_EXPIRATION), .bytes = BYTES(2, 6, 0, 2, 0, 0xF1)}},
    {"expiration_not_in_the_calendar",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_BODY, CVC_EXPIRATION), .bytes = BYTES(2, 6, 1, 3, 0, 1)}},
    {"dates_swapped_as_objects", VICTIM_TERMINAL, {CHANGE(EDIT_SWAP, CVC_BODY, CVC_EFFECTIVE)}},
    {"holder_before_the_key", VICTIM_TERMINAL, {CHANGE(EDIT_SWAP, CVC_BODY, CVC_PUBLIC_KEY)}},
    {"unknown_object_first",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_INSERT, CVC_BODY, CVC_PROFILE), .bytes = BYTES(0x5F, 0x2A, 1, 0)}},
    {"unknown_object_in_the_middle",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_INSERT, CVC_BODY, CVC_HOLDER), .bytes = BYTES(0x5F, 0x2A, 1, 0)}},
    {"unknown_object_instead_of_extensions",
     VICTIM_CVCA,
     {CHANGE(EDIT_RETAG, CVC_BODY, TAG_CERTIFICATE_EXTENSIONS), .new_tag = 0x66}},
    {"object_with_a_length_past_the_body",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_OVERLONG, CVC_BODY, CVC_EXPIRATION)}},

    // Inside the public key.
    {"key_oid_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, CVC_PUBLIC_KEY, OID)}},
    {"key_oid_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, CVC_PUBLIC_KEY, OID)}},
    {"key_oid_of_rsa",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_PUBLIC_KEY, OID),
      .bytes = BYTES(0x04, 0x00, 0x7F, 0x00, 0x07, 2, 2, 2, 1, 2)}},
    {"key_oid_of_no_hash",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_PUBLIC_KEY, OID),
      .bytes = BYTES(0x04, 0x00, 0x7F, 0x00, 0x07, 2, 2, 2, 2, 6)}},
    {"key_oid_cut", VICTIM_TERMINAL, {CHANGE(EDIT_CUT, CVC_PUBLIC_KEY, OID)}},
    {"key_oid_too_long", VICTIM_TERMINAL, {CHANGE(EDIT_PAD, CVC_PUBLIC_KEY, OID)}},
    {"point_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, CVC_PUBLIC_KEY, POINT)}},
    {"point_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, CVC_PUBLIC_KEY, POINT)}},
    {"point_retagged", VICTIM_TERMINAL, {CHANGE(EDIT_RETAG, CVC_PUBLIC_KEY, POINT), .new_tag = 0x88}},
    {"point_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, CVC_PUBLIC_KEY, POINT)}},
    {"point_cut", VICTIM_TERMINAL, {CHANGE(EDIT_CUT, CVC_PUBLIC_KEY, POINT)}},
    {"point_too_long", VICTIM_TERMINAL, {CHANGE(EDIT_PAD, CVC_PUBLIC_KEY, POINT)}},
    {"point_off_the_curve", VICTIM_TERMINAL, {CHANGE(EDIT_FLIP, CVC_PUBLIC_KEY, POINT)}},
    {"point_of_a_shorter_curve",
     VICTIM_CVCA,
     {CHANGE(EDIT_REPLACE, CVC_PUBLIC_KEY, POINT), .bytes = BYTES(4, 1, 2)}},
    {"terminal_with_a_cofactor",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, CVC_BODY, CVC_PUBLIC_KEY),
      .bytes = BYTES(0x06, 10, 0x04, 0x00, 0x7F, 0x00, 0x07, 2, 2, 2, 2, 3, 0x86, 65, 0x04, GENERATOR_P256,
                     0x87, 1, 1)}},
    {"prime_missing", VICTIM_CVCA, {CHANGE(EDIT_OMIT, CVC_PUBLIC_KEY, 0x81)}},
    {"prime_other", VICTIM_CVCA, {CHANGE(EDIT_FLIP, CVC_PUBLIC_KEY, 0x81)}},
    {"prime_cut", VICTIM_CVCA, {CHANGE(EDIT_CUT, CVC_PUBLIC_KEY, 0x81)}},
    {"prime_doubled", VICTIM_CVCA, {CHANGE(EDIT_DOUBLE, CVC_PUBLIC_KEY, 0x81)}},
    {"prime_empty", VICTIM_CVCA, {CHANGE(EDIT_EMPTY, CVC_PUBLIC_KEY, 0x81)}},
    {"first_coefficient_missing", VICTIM_CVCA, {CHANGE(EDIT_OMIT, CVC_PUBLIC_KEY, 0x82)}},
    {"first_coefficient_other", VICTIM_CVCA, {CHANGE(EDIT_FLIP, CVC_PUBLIC_KEY, 0x82)}},
    {"second_coefficient_missing", VICTIM_CVCA, {CHANGE(EDIT_OMIT, CVC_PUBLIC_KEY, 0x83)}},
    {"second_coefficient_other", VICTIM_CVCA, {CHANGE(EDIT_FLIP, CVC_PUBLIC_KEY, 0x83)}},
    {"base_point_missing", VICTIM_CVCA, {CHANGE(EDIT_OMIT, CVC_PUBLIC_KEY, 0x84)}},
    {"base_point_other", VICTIM_CVCA, {CHANGE(EDIT_FLIP, CVC_PUBLIC_KEY, 0x84)}},
    {"order_missing", VICTIM_CVCA, {CHANGE(EDIT_OMIT, CVC_PUBLIC_KEY, 0x85)}},
    {"order_other", VICTIM_CVCA, {CHANGE(EDIT_FLIP, CVC_PUBLIC_KEY, 0x85)}},
    {"cofactor_other", VICTIM_CVCA, {CHANGE(EDIT_FLIP, CVC_PUBLIC_KEY, COFACTOR)}},
    {"cofactor_doubled", VICTIM_CVCA, {CHANGE(EDIT_DOUBLE, CVC_PUBLIC_KEY, COFACTOR)}},
    {"cofactor_empty", VICTIM_CVCA, {CHANGE(EDIT_EMPTY, CVC_PUBLIC_KEY, COFACTOR)}},
    {"parameters_in_another_order", VICTIM_CVCA, {CHANGE(EDIT_SWAP, CVC_PUBLIC_KEY, 0x82)}},

    // Inside the CHAT.
    {"chat_oid_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, TAG_CHAT, OID)}},
    {"chat_oid_of_no_type", VICTIM_TERMINAL, {CHANGE(EDIT_REPLACE, TAG_CHAT, OID), .bytes = BYTES(ROLES, 4)}},
    {"chat_oid_type_zero", VICTIM_TERMINAL, {CHANGE(EDIT_REPLACE, TAG_CHAT, OID), .bytes = BYTES(ROLES, 0)}},
    {"chat_oid_of_another_length_of_rights",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, TAG_CHAT, OID), .bytes = BYTES(ROLES, 1)}},
    {"chat_oid_cut", VICTIM_TERMINAL, {CHANGE(EDIT_CUT, TAG_CHAT, OID)}},
    {"chat_oid_too_long", VICTIM_TERMINAL, {CHANGE(EDIT_PAD, TAG_CHAT, OID)}},
    {"chat_oid_of_another_arc",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, TAG_CHAT, OID), .bytes = BYTES(0x04, 0x00, 0x7F, 0x00, 0x07, 3, 1, 3, 2)}},
    {"authorization_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, TAG_CHAT, DATA)}},
    {"authorization_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, TAG_CHAT, DATA)}},
    {"authorization_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, TAG_CHAT, DATA)}},
    {"authorization_cut", VICTIM_TERMINAL, {CHANGE(EDIT_CUT, TAG_CHAT, DATA)}},
    {"authorization_too_long", VICTIM_TERMINAL, {CHANGE(EDIT_PAD, TAG_CHAT, DATA)}},
    {"authorization_retagged", VICTIM_TERMINAL, {CHANGE(EDIT_RETAG, TAG_CHAT, DATA), .new_tag = 0x54}},
    {"authorization_before_its_oid", VICTIM_TERMINAL, {CHANGE(EDIT_SWAP, TAG_CHAT, OID)}},

    // Extensions.
    {"extensions_doubled", VICTIM_CVCA, {CHANGE(EDIT_DOUBLE, CVC_BODY, TAG_CERTIFICATE_EXTENSIONS)}},
    {"extensions_cut", VICTIM_CVCA, {CHANGE(EDIT_CUT, CVC_BODY, TAG_CERTIFICATE_EXTENSIONS)}},
    {"extension_doubled",
     VICTIM_CVCA,
     {CHANGE(EDIT_DOUBLE, TAG_CERTIFICATE_EXTENSIONS, TAG_DISCRETIONARY_DATA_TEMPLATE)}},
    {"extension_retagged",
     VICTIM_CVCA,
     {CHANGE(EDIT_RETAG, TAG_CERTIFICATE_EXTENSIONS, TAG_DISCRETIONARY_DATA_TEMPLATE), .new_tag = 0x74}},
    {"extension_without_oid", VICTIM_CVCA, {CHANGE(EDIT_OMIT, TAG_DISCRETIONARY_DATA_TEMPLATE, OID)}},
    {"extension_empty",
     VICTIM_CVCA,
     {CHANGE(EDIT_EMPTY, TAG_CERTIFICATE_EXTENSIONS, TAG_DISCRETIONARY_DATA_TEMPLATE)}},
    {"provisioning_without_bits", VICTIM_CVCA, {CHANGE(EDIT_OMIT, TAG_DISCRETIONARY_DATA_TEMPLATE, DATA)}},
    {"provisioning_with_two_bytes", VICTIM_CVCA, {CHANGE(EDIT_PAD, TAG_DISCRETIONARY_DATA_TEMPLATE, DATA)}},
    {"provisioning_twice_inside", VICTIM_CVCA, {CHANGE(EDIT_DOUBLE, TAG_DISCRETIONARY_DATA_TEMPLATE, DATA)}},
    {"sector_hash_empty", VICTIM_CVCA, {CHANGE(EDIT_EMPTY, TAG_DISCRETIONARY_DATA_TEMPLATE, 0x81)}},
    {"sector_hash_doubled", VICTIM_CVCA, {CHANGE(EDIT_DOUBLE, TAG_DISCRETIONARY_DATA_TEMPLATE, 0x81)}},
    {"sector_hash_retagged",
     VICTIM_CVCA,
     {CHANGE(EDIT_RETAG, TAG_DISCRETIONARY_DATA_TEMPLATE, 0x81), .new_tag = 0x82}},

    // Body and signature.
    {"body_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, 0, CVC_BODY)}},
    {"body_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, 0, CVC_BODY)}},
    {"body_retagged", VICTIM_TERMINAL, {CHANGE(EDIT_RETAG, 0, CVC_BODY), .new_tag = 0x7F4D}},
    {"body_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, 0, CVC_BODY)}},
    {"body_after_the_signature", VICTIM_TERMINAL, {CHANGE(EDIT_SWAP, 0, CVC_BODY)}},
    {"signature_missing", VICTIM_TERMINAL, {CHANGE(EDIT_OMIT, 0, CVC_SIGNATURE)}},
    {"signature_doubled", VICTIM_TERMINAL, {CHANGE(EDIT_DOUBLE, 0, CVC_SIGNATURE)}},
    {"signature_retagged", VICTIM_TERMINAL, {CHANGE(EDIT_RETAG, 0, CVC_SIGNATURE), .new_tag = 0x5F38}},
    {"signature_empty", VICTIM_TERMINAL, {CHANGE(EDIT_EMPTY, 0, CVC_SIGNATURE)}},
    {"signature_cut", VICTIM_TERMINAL, {CHANGE(EDIT_CUT, 0, CVC_SIGNATURE)}},
    {"signature_too_long", VICTIM_TERMINAL, {CHANGE(EDIT_PAD, 0, CVC_SIGNATURE)}},
    {"signature_wrong", VICTIM_TERMINAL, {CHANGE(EDIT_FLIP, 0, CVC_SIGNATURE)}},
    {"signature_with_a_length_past_the_end", VICTIM_TERMINAL, {CHANGE(EDIT_OVERLONG, 0, CVC_SIGNATURE)}},
    {"signature_of_two_short_halves",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_REPLACE, 0, CVC_SIGNATURE), .bytes = BYTES(1, 1)}},
    {"signature_r_zero",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_SET_R, 0, CVC_SIGNATURE), .bytes = BYTES(ZEROS_16, ZEROS_16)}},
    {"signature_s_zero",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_SET_S, 0, CVC_SIGNATURE), .bytes = BYTES(ZEROS_16, ZEROS_16)}},
    {"signature_r_over_the_order",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_SET_R, 0, CVC_SIGNATURE), .bytes = BYTES(ONES_16, ONES_16)}},
    {"signature_s_over_the_order",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_SET_S, 0, CVC_SIGNATURE), .bytes = BYTES(ONES_16, ONES_16)}},
    {"unknown_object_between_body_and_signature",
     VICTIM_TERMINAL,
     {CHANGE(EDIT_INSERT, 0, CVC_SIGNATURE), .bytes = BYTES(0x5F, 0x2A, 1, 0)}},
};

enum { BROKEN = sizeof broken / sizeof broken[0] };

static struct test_holder cvca, next_cvca, dv, terminal;
static const uint8_t digest_1[32] = {1}, digest_2[32] = {2}, digest_3[32] = {3};

static struct cv_certificate plan_of(enum victim victim)
{
    if (victim == VICTIM_TERMINAL) {
        return certificate_plan(&dv, &terminal, TERMINAL_AUTHENTICATION, ROLE_TERMINAL,
                                right_of(RIGHT_AGE_VERIFICATION), 260101, 260201);
    }
    const struct test_holder *holder = victim == VICTIM_LINK ? &next_cvca : &cvca;
    struct cv_certificate plan = certificate_plan(&cvca, holder, TERMINAL_AUTHENTICATION, ROLE_CVCA,
                                                  rights_of_type(TERMINAL_AUTHENTICATION), 260101, 281231);
    plan.sectors = (struct sector_hashes){{digest_1, sizeof digest_1}, {digest_2, sizeof digest_2}};
    plan.description = span_of(digest_3, sizeof digest_3);
    return plan;
}

static struct test_holder *issuer_of(enum victim victim)
{
    return victim == VICTIM_TERMINAL ? &dv : &cvca;
}

static bool accepted(struct span content, enum victim victim)
{
    struct cv_certificate certificate;
    const struct test_holder *issuer = issuer_of(victim);
    if (!cv_certificate_parse(content, &certificate)) {
        static const struct cv_certificate nothing;
        assert_memory_equal(&certificate, &nothing, sizeof certificate);
        return false;
    }
    return cv_certificate_verify(&certificate, issuer->curve,
                                 span_of(issuer->point, crypto_curve_point_length(issuer->curve)),
                                 issuer->hash);
}

static void assert_refused(void **state)
{
    const struct broken *what = *state;
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    const struct cv_certificate plan = plan_of(what->victim);
    const struct span content = certificate_make(&plan, issuer_of(what->victim), &what->edit, 1, bytes);
    assert_false(accepted(content, what->victim));
}

static void test_victims_are_accepted_when_nothing_is_broken(void **state)
{
    (void)state;
    for (int victim = VICTIM_CVCA; victim <= VICTIM_TERMINAL; victim++) {
        uint8_t bytes[TEST_CERTIFICATE_MAX];
        const struct cv_certificate plan = plan_of((enum victim)victim);
        assert_true(
            accepted(certificate_good(&plan, issuer_of((enum victim)victim), bytes), (enum victim)victim));
    }
}

static void test_certificates_cut_anywhere_are_refused(void **state)
{
    (void)state;
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    const struct cv_certificate plan = plan_of(VICTIM_CVCA);
    const struct span content = certificate_good(&plan, &cvca, bytes);
    struct cv_certificate certificate;
    for (size_t n = 0; n < content.n; n++) {
        assert_false(cv_certificate_parse(span_first(content, n), &certificate));
    }
}

static bool parsed(const struct certificate_edit *edit)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    struct cv_certificate certificate;
    const struct cv_certificate plan = plan_of(VICTIM_TERMINAL);
    return cv_certificate_parse(certificate_make(&plan, &dv, edit, 1, bytes), &certificate);
}

// Before any computation with them.
static void test_zeros_and_compressed_points_are_refused_by_the_parser(void **state)
{
    (void)state;
    static const uint8_t zeros[32];
    uint8_t compressed[65];
    memcpy(compressed, terminal.point, sizeof compressed);
    compressed[0] = 0x02;
    const struct certificate_edit edits[] = {
        {CHANGE(EDIT_SET_R, 0, CVC_SIGNATURE), .bytes = {zeros, sizeof zeros}},
        {CHANGE(EDIT_SET_S, 0, CVC_SIGNATURE), .bytes = {zeros, sizeof zeros}},
        {CHANGE(EDIT_REPLACE, CVC_PUBLIC_KEY, POINT), .bytes = {compressed, sizeof compressed}},
    };
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        assert_false(parsed(&edits[i]));
    }
}

// Without the cofactor, so that nothing but the missing one tells.
static void test_a_link_brings_all_domain_parameters_or_none(void **state)
{
    (void)state;
    for (uint32_t tag = 0x81; tag <= 0x85; tag++) {
        uint8_t bytes[TEST_CERTIFICATE_MAX];
        const struct cv_certificate plan = plan_of(VICTIM_LINK);
        const struct certificate_edit edits[] = {{CHANGE(EDIT_OMIT, CVC_PUBLIC_KEY, COFACTOR)},
                                                 {CHANGE(EDIT_OMIT, CVC_PUBLIC_KEY, tag)}};
        assert_true(accepted(certificate_make(&plan, &cvca, edits, 1, bytes), VICTIM_LINK));
        assert_false(accepted(certificate_make(&plan, &cvca, edits, 2, bytes), VICTIM_LINK));
    }
}

static void test_a_terminal_may_not_bring_domain_parameters(void **state)
{
    (void)state;
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    struct cv_certificate plan = plan_of(VICTIM_TERMINAL);
    plan.has_parameters = true;
    assert_false(accepted(certificate_good(&plan, &dv, bytes), VICTIM_TERMINAL));
    plan.authorization.role = ROLE_DV_FOREIGN;
    assert_false(accepted(certificate_good(&plan, &dv, bytes), VICTIM_TERMINAL));
}

static void test_a_self_signed_cvca_must_bring_domain_parameters(void **state)
{
    (void)state;
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    struct cv_certificate plan = plan_of(VICTIM_CVCA);
    plan.has_parameters = false;
    assert_false(accepted(certificate_good(&plan, &cvca, bytes), VICTIM_CVCA));
}

static void test_extensions_of_others_are_passed_over(void **state)
{
    (void)state;
    static const uint8_t other[] = {0x73, 7, 0x06, 2, 0x2A, 3, 0x80, 1, 0};
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    const struct cv_certificate plan = plan_of(VICTIM_CVCA);
    const struct certificate_edit edit = {
        CHANGE(EDIT_INSERT, TAG_CERTIFICATE_EXTENSIONS, TAG_DISCRETIONARY_DATA_TEMPLATE),
        .bytes = {other, sizeof other}};
    assert_true(accepted(certificate_make(&plan, &cvca, &edit, 1, bytes), VICTIM_CVCA));
}

static int make_holders(void **state)
{
    (void)state;
    test_holder_make(&cvca, "KRCVCAAT00001", CRYPTO_P256, CRYPTO_SHA256);
    test_holder_make(&next_cvca, "KRCVCAAT00002", CRYPTO_P256, CRYPTO_SHA256);
    test_holder_make(&dv, "KRDVAT00001", CRYPTO_P256, CRYPTO_SHA256);
    test_holder_make(&terminal, "KRSTORE00001", CRYPTO_P256, CRYPTO_SHA256);
    return 0;
}

static int release_holders(void **state)
{
    (void)state;
    test_holder_release(&cvca);
    test_holder_release(&next_cvca);
    test_holder_release(&dv);
    test_holder_release(&terminal);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest others[] = {
        cmocka_unit_test(test_victims_are_accepted_when_nothing_is_broken),
        cmocka_unit_test(test_certificates_cut_anywhere_are_refused),
        cmocka_unit_test(test_zeros_and_compressed_points_are_refused_by_the_parser),
        cmocka_unit_test(test_a_link_brings_all_domain_parameters_or_none),
        cmocka_unit_test(test_a_terminal_may_not_bring_domain_parameters),
        cmocka_unit_test(test_a_self_signed_cvca_must_bring_domain_parameters),
        cmocka_unit_test(test_extensions_of_others_are_passed_over),
    };
    enum { OTHERS = sizeof others / sizeof others[0] };
    struct CMUnitTest tests[OTHERS + BROKEN];
    memcpy(tests, others, sizeof others);
    for (size_t i = 0; i < BROKEN; i++) {
        tests[OTHERS + i] = (struct CMUnitTest){.name = broken[i].name,
                                                .test_func = assert_refused,
                                                .initial_state = (void *)(uintptr_t)&broken[i]};
    }
    return cmocka_run_group_tests(tests, make_holders, release_holders);
}
