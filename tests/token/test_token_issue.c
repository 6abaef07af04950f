// The issuer's folders with keys in a token: made, loaded, signing; and a card that is issued with them.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"
#include "tests/e2e/card_link.h"
#include "tests/e2e/specimen.h"
#include "tests/token/token_stage.h"
#include <jumin/eac_pki.h>
#include <stdio.h>
#include <sys/stat.h>

static const int64_t now = SPECIMEN_NOW - 86400;

// --- The issuer's folder -------------------------------------------------------------------------------------

static struct jumin_pki *new_pki(struct token_stage *stage, const char *uri)
{
    struct jumin_pki *pki = NULL;
    assert_int_equal(jumin_pki_new(&pki, token_stage_path(stage, "pki")), JUMIN_OK);
    assert_int_equal(jumin_pki_use_tokens(pki, stage->tokens, uri), JUMIN_OK);
    return pki;
}

static void init(struct token_stage *stage, enum jumin_curve curve)
{
    struct jumin_pki *pki = new_pki(stage, stage->uri);
    const struct jumin_pki_options options = {.curve = curve, .now = now};
    if (jumin_pki_init(pki, "x", &options) != JUMIN_OK) {
        fail_msg("%s", jumin_pki_detail(pki));
    }
    jumin_pki_free(pki);
    token_stage_restart(stage);
}

static void expect_load(struct token_stage *stage, enum jumin_error expected, const char *why)
{
    struct jumin_pki *pki = new_pki(stage, NULL);
    assert_int_equal(jumin_pki_load(pki, "x"), expected);
    if (strstr(jumin_pki_detail(pki), why) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", jumin_pki_detail(pki), why);
    }
    jumin_pki_free(pki);
}

static void take_text(struct token_stage *stage, const char *name, char text[SIGNING_KEY_TEXT_MAX])
{
    FILE *file = fopen(token_stage_path(stage, name), "r");
    assert_non_null(file);
    const size_t n = fread(text, 1, SIGNING_KEY_TEXT_MAX - 1, file);
    text[n] = '\0';
    assert_int_equal(fclose(file), 0);
}

static void test_folder_keeps_uris_and_certificates(void **state)
{
    struct token_stage *stage = *state;
    char text[SIGNING_KEY_TEXT_MAX];
    init(stage, JUMIN_CURVE_BRAINPOOL_P256R1);
    take_text(stage, "pki/csca.key", text);
    assert_non_null(strstr(text, "object=jumin-csca-"));
    take_text(stage, "pki/ds.key", text);
    assert_non_null(strstr(text, "object=jumin-ds-"));
    take_text(stage, "pki/generation.key", text);
    assert_non_null(strstr(text, "ENCRYPTED PRIVATE KEY"));
    expect_load(stage, JUMIN_OK, "");
    assert_int_equal(stage->questions, 2); // once to make, once to load
}

static void test_wrong_passphrase_is_told_before_a_pin_is_tried(void **state)
{
    struct token_stage *stage = *state;
    init(stage, JUMIN_CURVE_P256);
    stage->questions = 0;
    struct jumin_pki *pki = new_pki(stage, NULL);
    assert_int_equal(jumin_pki_load(pki, "y"), JUMIN_ERROR_INPUT);
    assert_int_equal(stage->questions, 0);
    jumin_pki_free(pki);
}

static void test_each_trouble_with_the_token_is_named(void **state)
{
    struct token_stage *stage = *state;
    char csca[SIGNING_KEY_TEXT_MAX], signer[SIGNING_KEY_TEXT_MAX];
    init(stage, JUMIN_CURVE_P256);
    take_text(stage, "pki/csca.key", csca);
    take_text(stage, "pki/ds.key", signer);

    stage->pin = "0000";
    expect_load(stage, JUMIN_ERROR_TOKEN_PIN, "ds.key: token station: the PIN is wrong");
    stage->pin = STAGE_PIN;
    token_stage_restart(stage);
    stage->faults->pulled = true;
    expect_load(stage, JUMIN_ERROR_TOKEN, "ds.key: the token is not there");
    stage->faults->pulled = false;
    token_stage_write(stage, "pki/ds.key", "pkcs11:token=station?module-path=/nowhere.so");
    expect_load(stage, JUMIN_ERROR_TOKEN, "/nowhere.so");
    // Another key under the name of this one.
    token_stage_write(stage, "pki/ds.key", csca);
    expect_load(stage, JUMIN_ERROR_INPUT, "certifies another key");
    token_stage_write(stage, "pki/ds.key", signer);
    token_stage_write(stage, "pki/csca.key", signer);
    expect_load(stage, JUMIN_OK, ""); // which does without it
    struct jumin_pki *pki = new_pki(stage, NULL);
    assert_int_equal(jumin_pki_load_authority(pki, "x"), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_pki_detail(pki), "csca.crt: certifies another key"));
    token_stage_write(stage, "pki/csca.key", csca);
    assert_int_equal(jumin_pki_load_authority(pki, "x"), JUMIN_OK);
    jumin_pki_free(pki);
}

static void test_ca_may_be_away_until_it_signs(void **state)
{
    struct token_stage *stage = *state;
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    const uint8_t digest[32] = {1};
    const struct crypto_random random = crypto_system_random();
    init(stage, JUMIN_CURVE_P256);
    char text[2 * TOKEN_URI_MAX];
    (void)snprintf(text, sizeof text, "pkcs11:token=safe;object=csca?module-path=%s\n", FAULTY_MODULE);
    token_stage_write(stage, "pki/csca.key", text);
    struct jumin_pki *pki = new_pki(stage, NULL);
    assert_int_equal(jumin_pki_load(pki, "x"), JUMIN_OK);
    assert_true(signing_key_sign(&pki->signer_key, &random, span_of(digest, sizeof digest), signature));
    assert_int_equal(jumin_pki_load_authority(pki, "x"), JUMIN_ERROR_TOKEN);
    assert_non_null(strstr(jumin_pki_detail(pki), "csca.key: the token is not there"));
    jumin_pki_free(pki);
}

static void test_failed_init_leaves_no_key_in_the_token(void **state)
{
    struct token_stage *stage = *state;
    const struct jumin_pki_options options = {.now = now};
    struct jumin_pki *pki = new_pki(stage, stage->uri);
    stage->faults->flip_signature = true;
    stage->faults->flip_at = 4; // each key has proven itself, the CA's certificate is signed
    assert_int_equal(jumin_pki_init(pki, "x", &options), JUMIN_ERROR_TOKEN);
    assert_non_null(strstr(jumin_pki_detail(pki), "signature is wrong"));
    assert_int_equal(stage->faults->destroyed, 4);
    assert_int_equal(jumin_pki_load(pki, "x"), JUMIN_ERROR_FILE);
    jumin_pki_free(pki);
}

static void test_init_that_cannot_write_leaves_no_key_in_the_token(void **state)
{
    struct token_stage *stage = *state;
    const struct jumin_pki_options options = {.now = now};
    struct jumin_pki *pki = new_pki(stage, stage->uri);
    assert_int_equal(mkdir(token_stage_path(stage, "pki"), 0700), 0);
    assert_int_equal(mkdir(token_stage_path(stage, "pki/ds.key"), 0700), 0);
    assert_int_equal(jumin_pki_init(pki, "x", &options), JUMIN_ERROR_FILE);
    assert_non_null(strstr(jumin_pki_detail(pki), "ds.key: cannot be written"));
    assert_int_equal(stage->faults->destroyed, 4);
    jumin_pki_free(pki);
}

// --- Terminals -----------------------------------------------------------------------------------------------

static void expect_issued_eac(struct jumin_eac_pki *pki, enum jumin_error error)
{
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_eac_pki_detail(pki));
    }
}

static struct jumin_eac_pki *new_eac(struct token_stage *stage, const char *uri)
{
    struct jumin_eac_pki *pki = NULL;
    assert_int_equal(jumin_eac_pki_new(&pki, token_stage_path(stage, "eac")), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_use_tokens(pki, stage->tokens, uri), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_load(pki), JUMIN_OK);
    return pki;
}

static void expect_in_token(struct token_stage *stage, const char *name, bool in_token)
{
    char text[SIGNING_KEY_TEXT_MAX];
    take_text(stage, name, text);
    assert_int_equal(strncmp(text, "pkcs11:", 7) == 0, in_token);
}

static void test_authorities_of_terminals_sign_in_the_token(void **state)
{
    struct token_stage *stage = *state;
    struct jumin_eac_pki *pki = new_eac(stage, stage->uri);
    struct jumin_eac_request request = {
        .type = JUMIN_TERMINAL_AUTHENTICATION, .rights = JUMIN_RIGHTS_ALL, .now = now};
    struct jumin_terminal *terminal = NULL;
    expect_issued_eac(pki, jumin_eac_pki_issue_cvca(pki, &request, "x"));
    expect_issued_eac(pki, jumin_eac_pki_issue_dv(pki, &request, "x", NULL));
    request.name = "store";
    request.rights = 1;
    expect_issued_eac(pki, jumin_eac_pki_issue_terminal(pki, &request, "x", NULL));
    jumin_eac_pki_free(pki);
    token_stage_restart(stage);

    // From here on nothing says where keys go: they go where those before are.
    pki = new_eac(stage, NULL);
    struct jumin_eac_renewal renewal = {.role = JUMIN_EAC_CVCA, .name = "CVCAAT", .now = now};
    expect_issued_eac(pki, jumin_eac_pki_renew(pki, &renewal, "x", NULL));
    renewal = (struct jumin_eac_renewal){.role = JUMIN_EAC_DV_DOMESTIC, .name = "DVAT", .now = now};
    expect_issued_eac(pki, jumin_eac_pki_renew(pki, &renewal, "x", NULL));
    renewal = (struct jumin_eac_renewal){.role = JUMIN_EAC_TERMINAL, .name = "store", .now = now};
    expect_issued_eac(pki, jumin_eac_pki_renew(pki, &renewal, "x", NULL));
    expect_issued_eac(pki, jumin_eac_pki_terminal(pki, "store", "x", &terminal));
    jumin_terminal_free(terminal);
    expect_in_token(stage, "eac/KRCVCAAT00001.key", true);
    expect_in_token(stage, "eac/KRCVCAAT00002.key", true);
    expect_in_token(stage, "eac/KRDVAT00001.key", true);
    expect_in_token(stage, "eac/KRDVAT00002.key", true);
    expect_in_token(stage, "eac/KRSTORE00001.key", false);
    expect_in_token(stage, "eac/KRSTORE00002.key", false);
    jumin_eac_pki_free(pki);
}

static void test_failed_certificate_leaves_no_key_in_the_token(void **state)
{
    struct token_stage *stage = *state;
    struct jumin_eac_pki *pki = new_eac(stage, stage->uri);
    const struct jumin_eac_request request = {
        .type = JUMIN_TERMINAL_AUTHENTICATION, .rights = JUMIN_RIGHTS_ALL, .now = now};
    stage->faults->flip_signature = true;
    stage->faults->flip_at = 2; // after the key's own proof
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "x"), JUMIN_ERROR_TOKEN);
    assert_non_null(strstr(jumin_eac_pki_detail(pki), "signature is wrong"));
    assert_int_equal(stage->faults->destroyed, 2);
    assert_int_equal(jumin_eac_pki_count(pki), 0);
    expect_issued_eac(pki, jumin_eac_pki_issue_cvca(pki, &request, "x"));
    jumin_eac_pki_free(pki);
}

static void test_verifiers_request_is_signed_in_the_token(void **state)
{
    struct token_stage *stage = *state;
    struct jumin_eac_pki *pki = new_eac(stage, stage->uri);
    const struct jumin_eac_request request = {
        .type = JUMIN_TERMINAL_AUTHENTICATION, .issuer = "KRCVCAAT00001", .now = now};
    struct jumin_eac_certificate_request parsed;
    char text[SIGNING_KEY_TEXT_MAX];
    expect_issued_eac(pki, jumin_eac_pki_request(pki, JUMIN_EAC_DV_DOMESTIC, &request, "x", NULL));
    expect_in_token(stage, "eac/KRDVAT00001.key", true);
    FILE *file = fopen(token_stage_path(stage, "eac/KRDVAT00001.req"), "r");
    assert_non_null(file);
    const size_t n = fread(text, 1, sizeof text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(jumin_eac_certificate_request_parse((const uint8_t *)text, n, &parsed), JUMIN_OK);
    jumin_eac_pki_free(pki);
}

// --- Cards ---------------------------------------------------------------------------------------------------

struct station {
    struct card_link link;
    struct jumin_transport *transport;
    struct jumin_pki *pki;
    struct jumin_order *order;
    struct jumin_master_key *transport_key, *issuer_key;
    struct jumin_perso *perso;
};

static struct jumin_master_key *key_in_token(struct token_stage *stage, const char *name,
                                             const struct jumin_master_key *bytes)
{
    struct jumin_master_key *key = NULL;
    assert_int_equal(jumin_master_key_new(&key, token_stage_path(stage, name)), JUMIN_OK);
    if (bytes != NULL) {
        memcpy(key->bytes, bytes->bytes, sizeof key->bytes);
        key->open = true;
    }
    if (jumin_master_key_move(key, stage->tokens, stage->uri, name) != JUMIN_OK) {
        fail_msg("%s", jumin_master_key_detail(key));
    }
    return key;
}

// Everything that may be in the token is there: the factory's key as it came, the issuer's as it was made.
static void station_start(struct station *station, struct token_stage *stage)
{
    init(stage, JUMIN_CURVE_P256);
    card_link_start(&station->link, 1);
    station->transport = card_link_open(&station->link);
    station->pki = new_pki(stage, NULL);
    assert_int_equal(jumin_pki_load(station->pki, "x"), JUMIN_OK);
    station->order = specimen_order();
    station->transport_key = key_in_token(stage, "transport", card_link_transport_key);
    station->issuer_key = key_in_token(stage, "issuer", NULL);
    station->perso =
        specimen_perso_with(station->transport, station->pki, station->transport_key, station->issuer_key);
}

static void station_stop(struct station *station)
{
    jumin_perso_free(station->perso);
    jumin_order_free(station->order);
    jumin_pki_free(station->pki);
    jumin_master_key_free(station->transport_key);
    jumin_master_key_free(station->issuer_key);
    jumin_transport_free(station->transport);
    card_link_stop(&station->link);
}

static void expect_issue(struct station *station, enum jumin_error expected, const char *why)
{
    const enum jumin_error error = jumin_perso_issue(station->perso, station->order, SPECIMEN_NOW);
    if (error != expected || strstr(jumin_perso_detail(station->perso), why) == NULL) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_perso_detail(station->perso));
    }
}

static void test_card_is_issued_with_all_keys_in_the_token(void **state)
{
    struct station station;
    station_start(&station, *state);
    expect_issue(&station, JUMIN_OK, "");
    specimen_expect_genuine(station.transport, station.pki);
    station_stop(&station);
}

static bool pull_at(void *context, enum jumin_perso_step step, size_t done, size_t total)
{
    struct token_stage *stage = context;
    (void)done;
    (void)total;
    if (step == JUMIN_PERSO_SIGN) {
        stage->faults->pulled = true;
    }
    return true;
}

// A card is begun afresh once the token is back, and ends correct.
static void test_token_pulled_at_the_signature_is_told(void **state)
{
    struct token_stage *stage = *state;
    struct station station;
    station_start(&station, stage);
    assert_int_equal(jumin_perso_set_progress(station.perso, pull_at, stage), JUMIN_OK);
    expect_issue(&station, JUMIN_ERROR_TOKEN, "sign the document: the token is not there");
    expect_issue(&station, JUMIN_ERROR_TOKEN, "authenticate to the security domain: the token is not there");
    stage->faults->pulled = false;
    assert_int_equal(jumin_perso_set_progress(station.perso, NULL, NULL), JUMIN_OK);
    expect_issue(&station, JUMIN_OK, "");
    specimen_expect_genuine(station.transport, station.pki);
    station_stop(&station);
}

static void test_faulty_keys_do_not_reach_the_card(void **state)
{
    struct token_stage *stage = *state;
    struct station station;
    station_start(&station, stage);
    stage->faults->flip_signature = true;
    stage->faults->flip_at = 12 + 1; // the first of the issuer's
    expect_issue(&station, JUMIN_ERROR_TOKEN, "rotate the transport keys: the token derives other keys");
    stage->faults->flip_signature = false;
    expect_issue(&station, JUMIN_OK, "");
    specimen_expect_genuine(station.transport, station.pki);
    station_stop(&station);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, token_stage_open, token_stage_close)
    const struct CMUnitTest tests[] = {
        TEST(test_folder_keeps_uris_and_certificates),
        TEST(test_wrong_passphrase_is_told_before_a_pin_is_tried),
        TEST(test_each_trouble_with_the_token_is_named),
        TEST(test_ca_may_be_away_until_it_signs),
        TEST(test_failed_init_leaves_no_key_in_the_token),
        TEST(test_init_that_cannot_write_leaves_no_key_in_the_token),
        TEST(test_authorities_of_terminals_sign_in_the_token),
        TEST(test_failed_certificate_leaves_no_key_in_the_token),
        TEST(test_verifiers_request_is_signed_in_the_token),
        TEST(test_card_is_issued_with_all_keys_in_the_token),
        TEST(test_token_pulled_at_the_signature_is_told),
        TEST(test_faulty_keys_do_not_reach_the_card),
    };
    return token_stage_possible() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
}
