// The device key that a card has bound vouches for the fresh keys of a batch, where attestations are
// required.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_http_stage.h"

#include "host/mobile/attestation_jwt.h"

static struct jumin_trust *wallets; // no provider's root: none is asked here
static bool optional;               // attestations are looked at, and not required

static void issue_to_attested(const char *key_storage, const char *user_authentication)
{
    struct issuer_options with = issuer_http_options();
    assert_int_equal(jumin_trust_new(&wallets), JUMIN_OK);
    with.wallets = wallets;
    with.attestation_required = !optional;
    with.key_storage = key_storage;
    with.user_authentication = user_authentication;
    issuer_with(&with);
    redeem();
}

static void forget_wallets(void)
{
    issuer_free(issuer);
    issuer = NULL;
    jumin_trust_free(wallets);
    wallets = NULL;
}

// As if the card had bound the phone's key with an attestation of these levels.
static void attest_phone(int64_t key_storage, int64_t user_authentication)
{
    const struct database_value values[] = {database_integer(key_storage),
                                            database_integer(user_authentication)};
    assert_int_equal(database_run(stage, "UPDATE credential SET key_storage = $1, user_authentication = $2",
                                  values, 2, NULL),
                     JUMIN_OK);
}

static bool endless; // the next voucher has no end

// By that key for the first `count` copies' keys.
static const char *voucher(const struct signer *by, size_t count, const char *nonce)
{
    static char text[4096];
    uint8_t keys[4][SIGNER_POINT];
    for (size_t i = 0; i < count; i++) {
        memcpy(keys[i], copies[i].signer.point, SIGNER_POINT);
    }
    struct writer w = writer_of(text, sizeof text - 1);
    const struct key_attestation_order order = {.signer = by,
                                                .keys = (const uint8_t(*)[SIGNER_POINT])keys,
                                                .key_count = count,
                                                .nonce = nonce,
                                                .issued_at = station_clock,
                                                .expires = endless ? 0 : station_clock + 300};
    assert_int_equal(key_attestation_make(&order, &w), JUMIN_OK);
    text[w.n] = '\0';
    return text;
}

// Proofs of three keys; the first one has what vouches.
static json_t *three(const char *nonce, const char *vouches)
{
    json_t *list = json_array();
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(
            json_array_append_new(list, proof_with(&copies[i], BASE, nonce, i == 0 ? vouches : NULL)), 0);
    }
    return json_pack("{s:o}", "jwt", list);
}

static void assert_refused(const char *oauth, const char *why)
{
    assert_answer(400, oauth);
    assert_non_null(strstr(said("error_description"), why));
}

static void test_the_bound_key_vouches_for_each_key_of_a_batch(void **state)
{
    static uint8_t bytes[65536];
    struct issuer_signed parsed;
    (void)state;
    issue_to_attested(NULL, NULL);
    attest_phone(0, 0);
    const char *nonce = fresh_nonce();
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 3, nonce))));
    assert_answer(200, "");
    for (size_t i = 0; i < 3; i++) {
        check_mdoc(i, &parsed, bytes, sizeof bytes);
    }
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 3, nonce))));
    assert_refused("invalid_nonce", "used before");
    nonce = fresh_nonce();
    post("/credential", wish(MDOC, three(nonce, NULL)));
    assert_refused("invalid_proof", "the proof has no key attestation");
    forget_wallets();
}

static void test_a_key_that_the_card_has_not_bound_vouches_for_nothing(void **state)
{
    (void)state;
    issue_to_attested(NULL, NULL);
    attest_phone(0, 0);
    const char *nonce = fresh_nonce();
    post("/credential", wish(MDOC, three(nonce, voucher(&other_phone.signer, 3, nonce))));
    assert_refused("invalid_proof", "another key than the one that the card has bound vouches");

    // The bound key's name, and another one's signature.
    struct signer forger = other_phone.signer;
    memcpy(forger.point, phone.signer.point, sizeof forger.point);
    post("/credential", wish(MDOC, three(nonce, voucher(&forger, 3, nonce))));
    assert_refused("invalid_proof", "signature");
    forget_wallets();
}

static void test_what_vouches_has_the_nonce_of_its_proof(void **state)
{
    char before[RECORDS_SECRET];
    (void)state;
    issue_to_attested(NULL, NULL);
    attest_phone(0, 0);
    (void)snprintf(before, sizeof before, "%s", fresh_nonce());
    station_clock++;
    const char *nonce = fresh_nonce();
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 3, before))));
    assert_refused("invalid_proof", "vouches for another request");
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 3, NULL))));
    assert_refused("invalid_proof", "vouches for another request");
    station_clock += RECORDS_NONCE_SECONDS;
    post("/credential", wish(MDOC, three(before, voucher(&phone.signer, 3, before))));
    assert_refused("invalid_nonce", "not one of the last minutes");
    forget_wallets();
}

static void test_a_key_for_which_nobody_vouches_is_refused(void **state)
{
    (void)state;
    issue_to_attested(NULL, NULL);
    attest_phone(0, 0);
    const char *nonce = fresh_nonce();
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 2, nonce))));
    assert_refused("invalid_proof", "does not vouch for one of the proven keys");
    forget_wallets();
}

static void test_where_nobody_must_vouch_what_vouches_is_looked_at(void **state)
{
    (void)state;
    optional = true;
    issue_to_attested(NULL, NULL);
    optional = false;
    attest_phone(0, 0);
    const char *nonce = fresh_nonce();
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 2, nonce))));
    assert_refused("invalid_proof", "does not vouch for one of the proven keys");
    post("/credential", wish(MDOC, three(nonce, NULL)));
    assert_answer(200, "");
    forget_wallets();
}

static void test_a_bound_key_that_no_provider_has_attested_vouches_for_nothing(void **state)
{
    (void)state;
    issue_to_attested(NULL, NULL);
    const char *nonce = fresh_nonce();
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 3, nonce))));
    assert_refused("invalid_proof", "no attestation came with");
    forget_wallets();
}

static void test_the_bound_keys_attestation_reaches_what_the_metadata_ask(void **state)
{
    (void)state;
    issue_to_attested("iso_18045_moderate", "iso_18045_basic");
    attest_phone(2, 4);
    const char *nonce = fresh_nonce();
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 3, nonce))));
    assert_refused("invalid_proof", "(key_storage)");
    attest_phone(3, 0);
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 3, nonce))));
    assert_refused("invalid_proof", "(user_authentication)");
    attest_phone(3, 1);
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 3, nonce))));
    assert_answer(200, "");
    forget_wallets();
}

static void test_what_vouches_says_when_it_ends_and_has_not(void **state)
{
    (void)state;
    issue_to_attested(NULL, NULL);
    attest_phone(0, 0);
    const char *nonce = fresh_nonce();
    endless = true;
    post("/credential", wish(MDOC, three(nonce, voucher(&phone.signer, 3, nonce))));
    endless = false;
    assert_refused("invalid_proof", "when it ends (exp)");
    station_clock -= 400;
    const char *old = voucher(&phone.signer, 3, nonce);
    station_clock += 400;
    post("/credential", wish(MDOC, three(nonce, old)));
    assert_refused("invalid_proof", "expired");
    forget_wallets();
}

static void test_the_bound_key_vouches_once_and_not_in_a_providers_place(void **state)
{
    (void)state;
    issue_to_attested(NULL, NULL);
    attest_phone(0, 0);
    const char *nonce = fresh_nonce();
    json_t *twice = json_array();
    for (size_t i = 0; i < 2; i++) {
        (void)json_array_append_new(twice,
                                    proof_with(&copies[i], BASE, nonce, voucher(&phone.signer, 2, nonce)));
    }
    post("/credential", wish(MDOC, json_pack("{s:o}", "jwt", twice)));
    assert_refused("invalid_proof", "vouches for a batch once");
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", voucher(&phone.signer, 2, nonce))));
    assert_refused("invalid_proof", "no certificate (x5c)");
    forget_wallets();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HTTP_TEST(test_the_bound_key_vouches_for_each_key_of_a_batch),
        HTTP_TEST(test_a_key_that_the_card_has_not_bound_vouches_for_nothing),
        HTTP_TEST(test_what_vouches_has_the_nonce_of_its_proof),
        HTTP_TEST(test_a_key_for_which_nobody_vouches_is_refused),
        HTTP_TEST(test_where_nobody_must_vouch_what_vouches_is_looked_at),
        HTTP_TEST(test_a_bound_key_that_no_provider_has_attested_vouches_for_nothing),
        HTTP_TEST(test_the_bound_keys_attestation_reaches_what_the_metadata_ask),
        HTTP_TEST(test_what_vouches_says_when_it_ends_and_has_not),
        HTTP_TEST(test_the_bound_key_vouches_once_and_not_in_a_providers_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
