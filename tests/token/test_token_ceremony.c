// Work with a CSCA's key that is in a token: another document signer, another revocation list, no shares.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"
#include "tests/e2e/specimen.h"
#include "tests/token/token_stage.h"
#include <jumin/ceremony.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DAY = 86400, MADE = SPECIMEN_NOW - 10 * DAY, ROTATED = SPECIMEN_NOW - DAY };

static const struct jumin_ceremony ceremony = {.program = "jumin test", .now = ROTATED};

static struct jumin_pki *new_pki(struct token_stage *stage, const char *uri)
{
    struct jumin_pki *pki = NULL;
    assert_int_equal(jumin_pki_new(&pki, token_stage_path(stage, "pki")), JUMIN_OK);
    assert_int_equal(jumin_pki_use_tokens(pki, stage->tokens, uri), JUMIN_OK);
    return pki;
}

static void expect(const struct jumin_pki *pki, enum jumin_error error, enum jumin_error expected,
                   const char *why)
{
    if (error != expected || strstr(jumin_pki_detail(pki), why) == NULL) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_pki_detail(pki));
    }
}

static void init(struct token_stage *stage)
{
    const struct jumin_pki_options options = {.now = MADE};
    struct jumin_pki *pki = new_pki(stage, stage->uri);
    expect(pki, jumin_pki_init(pki, "x", &options), JUMIN_OK, "");
    jumin_pki_free(pki);
}

static struct jumin_pki *loaded_pki(struct token_stage *stage)
{
    struct jumin_pki *pki = new_pki(stage, NULL);
    expect(pki, jumin_pki_load(pki, "x"), JUMIN_OK, "");
    return pki;
}

// With the CSCA's key, too, and nothing counted yet.
static struct jumin_pki *opened_pki(struct token_stage *stage)
{
    struct jumin_pki *pki = loaded_pki(stage);
    expect(pki, jumin_pki_load_authority(pki, "x"), JUMIN_OK, "");
    stage->faults->destroyed = 0;
    return pki;
}

static void take_uri(struct token_stage *stage, char uri[TOKEN_URI_MAX])
{
    FILE *file = fopen(token_stage_path(stage, "pki/ds.key"), "r");
    assert_non_null(file);
    assert_non_null(fgets(uri, TOKEN_URI_MAX, file));
    assert_int_equal(fclose(file), 0);
    uri[strcspn(uri, "\n")] = '\0';
}

static void expect_signs(struct token_stage *stage)
{
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    const uint8_t digest[32] = {1};
    const struct crypto_random random = crypto_system_random();
    struct jumin_pki *pki = loaded_pki(stage);
    assert_true(signing_key_sign(&pki->signer_key, &random, span_of(digest, sizeof digest), signature));
    jumin_pki_free(pki);
}

static void expect_key(struct token_stage *stage, const char *uri, enum jumin_error expected)
{
    uint8_t point[CRYPTO_POINT_MAX];
    enum crypto_curve curve;
    struct token_key *key = NULL;
    struct detail why;
    assert_int_equal(token_ec_open(stage->tokens, uri, &key, &curve, point, &why), expected);
    token_key_free(key);
}

// --- Rotation --------------------------------------------------------------------------------------------------

static struct jumin_document *issued_document(struct token_stage *stage, uint8_t serial)
{
    struct jumin_pki *pki = loaded_pki(stage);
    struct jumin_document *document = specimen_document(pki, serial);
    jumin_pki_free(pki);
    return document;
}

static void expect_genuine(struct token_stage *stage, struct jumin_document *document)
{
    struct jumin_report *report = NULL;
    struct jumin_pki *pki = loaded_pki(stage);
    struct jumin_trust *trust = specimen_trust(pki);
    assert_int_equal(jumin_document_verify(document, trust, SPECIMEN_NOW, &report), JUMIN_OK);
    assert_int_equal(jumin_report_verdict(report), JUMIN_PASSED);
    jumin_report_free(report);
    jumin_trust_free(trust);
    jumin_pki_free(pki);
    jumin_document_free(document);
}

static void test_next_signer_is_in_the_same_token_and_the_one_before_is_not(void **state)
{
    struct token_stage *stage = *state;
    char before[TOKEN_URI_MAX], after[TOKEN_URI_MAX];
    token_stage_add(stage, "another");
    init(stage);
    take_uri(stage, before);
    struct jumin_document *old_card = issued_document(stage, 1);
    struct jumin_pki *pki = opened_pki(stage);
    expect(pki, jumin_ceremony_rotate_signer(pki, "x", &ceremony), JUMIN_OK, "");
    jumin_pki_free(pki);
    assert_int_equal(stage->faults->destroyed, 2); // its public half, too
    token_stage_restart(stage);
    take_uri(stage, after);
    assert_non_null(strstr(after, "token=station"));
    assert_non_null(strstr(after, "object=jumin-ds-"));
    assert_string_not_equal(after, before);
    expect_key(stage, after, JUMIN_OK);
    expect_key(stage, before, JUMIN_ERROR_TOKEN);
    struct jumin_document *new_card = issued_document(stage, 2);
    expect_genuine(stage, old_card);
    expect_genuine(stage, new_card);
}

static void test_failed_rotation_leaves_the_key_before_and_no_other(void **state)
{
    struct token_stage *stage = *state;
    static const char *const whys[] = {"a key cannot be made", "the certificate cannot be made",
                                       "the record cannot be signed"};
    char before[TOKEN_URI_MAX], after[TOKEN_URI_MAX];
    init(stage);
    take_uri(stage, before);
    for (unsigned i = 0; i < 3; i++) {
        struct jumin_pki *pki = opened_pki(stage);
        stage->faults->flip_signature = true;
        stage->faults->flip_at = i + 1;
        expect(pki, jumin_ceremony_rotate_signer(pki, "x", &ceremony), JUMIN_ERROR_TOKEN, whys[i]);
        assert_non_null(strstr(jumin_pki_detail(pki), "signature is wrong"));
        jumin_pki_free(pki);
        assert_int_equal(stage->faults->destroyed, 2);
        take_uri(stage, after);
        assert_string_equal(after, before);
        expect_signs(stage);
    }
}

static void test_rotation_that_cannot_write_the_key_leaves_the_one_before(void **state)
{
    struct token_stage *stage = *state;
    char kept[STAGE_PATH], before[TOKEN_URI_MAX];
    init(stage);
    take_uri(stage, before);
    struct jumin_pki *pki = opened_pki(stage);
    (void)snprintf(kept, sizeof kept, "%s", token_stage_path(stage, "kept"));
    assert_int_equal(rename(token_stage_path(stage, "pki/ds.key"), kept), 0);
    assert_int_equal(mkdir(token_stage_path(stage, "pki/ds.key"), 0700), 0);
    expect(pki, jumin_ceremony_rotate_signer(pki, "x", &ceremony), JUMIN_ERROR_FILE, "cannot be written");
    jumin_pki_free(pki);
    assert_int_equal(stage->faults->destroyed, 2);
    assert_int_equal(rmdir(token_stage_path(stage, "pki/ds.key")), 0);
    assert_int_equal(rename(kept, token_stage_path(stage, "pki/ds.key")), 0);
    expect_key(stage, before, JUMIN_OK);
    expect_signs(stage);
}

// The change is one rename: what fails after it does not take the new key back.
static void test_rotation_that_fails_late_leaves_the_new_key(void **state)
{
    struct token_stage *stage = *state;
    char before[TOKEN_URI_MAX];
    init(stage);
    take_uri(stage, before);
    struct jumin_pki *pki = opened_pki(stage);
    assert_int_equal(unlink(token_stage_path(stage, "pki/ds.crt")), 0);
    assert_int_equal(mkdir(token_stage_path(stage, "pki/ds.crt"), 0700), 0);
    expect(pki, jumin_ceremony_rotate_signer(pki, "x", &ceremony), JUMIN_ERROR_FILE, "ds.crt");
    jumin_pki_free(pki);
    assert_int_equal(stage->faults->destroyed, 2);
    expect_key(stage, before, JUMIN_ERROR_TOKEN);
    expect_signs(stage);
}

static void test_signer_that_somebody_else_rotated_is_not_rotated_again(void **state)
{
    struct token_stage *stage = *state;
    init(stage);
    struct jumin_pki *late = loaded_pki(stage), *pki = opened_pki(stage);
    expect(pki, jumin_ceremony_rotate_signer(pki, "x", &ceremony), JUMIN_OK, "");
    jumin_pki_free(pki);
    expect(late, jumin_pki_load_authority(late, "x"), JUMIN_OK, "");
    expect(late, jumin_ceremony_rotate_signer(late, "x", &ceremony), JUMIN_ERROR_INPUT,
           "certifies another key");
    jumin_pki_free(late);
    expect_signs(stage);
}

// Slashes of a path are three characters each when a URI is written anew.
static void test_token_whose_uri_is_too_long_for_another_key_is_told(void **state)
{
    struct token_stage *stage = *state;
    char before[TOKEN_URI_MAX], text[2 * TOKEN_URI_MAX], slashes[501];
    init(stage);
    take_uri(stage, before);
    memset(slashes, '/', sizeof slashes - 1);
    slashes[sizeof slashes - 1] = '\0';
    before[strcspn(before, "?")] = '\0';
    (void)snprintf(text, sizeof text, "%s?module-path=%s%s", before, slashes, FAULTY_MODULE);
    token_stage_write(stage, "pki/ds.key", text);
    struct jumin_pki *pki = opened_pki(stage);
    expect(pki, jumin_ceremony_rotate_signer(pki, "x", &ceremony), JUMIN_ERROR_INPUT,
           "ds.key: the URI of its token is too long");
    jumin_pki_free(pki);
    assert_int_equal(stage->faults->destroyed, 0);
    expect_signs(stage);
}

// --- Revocation list -------------------------------------------------------------------------------------------

static void test_revocation_list_is_signed_in_the_token(void **state)
{
    struct token_stage *stage = *state;
    struct jumin_signer signer;
    struct jumin_crl list;
    char head[JUMIN_RECORD_HASH];
    size_t count = 0;
    init(stage);
    struct jumin_pki *pki = opened_pki(stage);
    assert_int_equal(jumin_pki_signers(pki, &signer, 1, &count), JUMIN_OK);
    const struct jumin_revocation revocation = {signer.serial, "superseded"};
    stage->faults->flip_signature = true;
    stage->faults->flip_at = 1;
    expect(pki, jumin_ceremony_issue_crl(pki, &ceremony, &revocation, 1), JUMIN_ERROR_TOKEN,
           "the revocation list cannot be made: token station: its signature is wrong");
    expect(pki, jumin_ceremony_issue_crl(pki, &ceremony, &revocation, 1), JUMIN_OK, "");
    assert_int_equal(stage->faults->destroyed, 0);
    jumin_pki_free(pki);
    pki = loaded_pki(stage);
    assert_int_equal(jumin_pki_crl(pki, &list), JUMIN_OK);
    assert_int_equal(list.number, 2);
    assert_int_equal(list.entries, 1);
    assert_int_equal(jumin_ceremony_verify(pki, NULL, NULL, head), JUMIN_OK);
    jumin_pki_free(pki);
}

// --- Shares ----------------------------------------------------------------------------------------------------

static bool never_give(void *context, const struct jumin_share *share, const char *text)
{
    (void)context;
    (void)share;
    (void)text;
    fail_msg("a share is given");
    return false;
}

static bool never_ask(void *context, const struct jumin_share *share, char passphrase[JUMIN_SHARE_PASSPHRASE])
{
    (void)context;
    (void)share;
    (void)passphrase;
    fail_msg("a custodian is asked for a passphrase");
    return false;
}

static const char *const custodians[] = {"Kim", "Lee"};
static const struct jumin_deal deal = {
    .threshold = 2, .count = 2, .custodians = custodians, .passphrase = never_ask, .give = never_give};

static void test_key_in_a_token_is_not_dealt_to_custodians(void **state)
{
    struct token_stage *stage = *state;
    init(stage);
    struct jumin_pki *pki = opened_pki(stage);
    expect(pki, jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_ERROR_ARGUMENT,
           "the CSCA's key is in a token, whose PIN opens it: there is no passphrase");
    jumin_pki_free(pki);
    assert_int_equal(stage->faults->destroyed, 0);
    pki = opened_pki(stage);
    jumin_pki_free(pki);
}

static void test_ceremony_begins_with_no_token(void **state)
{
    struct token_stage *stage = *state;
    const struct jumin_pki_options options = {.now = MADE};
    struct jumin_pki *pki = new_pki(stage, stage->uri);
    expect(pki, jumin_ceremony_begin(pki, "x", &options, &ceremony, &deal), JUMIN_ERROR_ARGUMENT,
           "the CSCA's key is in a token");
    assert_int_equal(stage->faults->sessions, 0); // no key was made there
    jumin_pki_free(pki);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, token_stage_open, token_stage_close)
    const struct CMUnitTest tests[] = {
        TEST(test_next_signer_is_in_the_same_token_and_the_one_before_is_not),
        TEST(test_failed_rotation_leaves_the_key_before_and_no_other),
        TEST(test_rotation_that_cannot_write_the_key_leaves_the_one_before),
        TEST(test_rotation_that_fails_late_leaves_the_new_key),
        TEST(test_signer_that_somebody_else_rotated_is_not_rotated_again),
        TEST(test_token_whose_uri_is_too_long_for_another_key_is_told),
        TEST(test_revocation_list_is_signed_in_the_token),
        TEST(test_key_in_a_token_is_not_dealt_to_custodians),
        TEST(test_ceremony_begins_with_no_token),
    };
    return token_stage_possible() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
}
