// Cards of every profile, as a terminal finds them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/issue_stage.h"

#include "host/perso/order.h"
#include "host/reader/terminal.h"
#include "tests/apdu/eac.h"
#include "tests/unit/temporary_folder.h"
#include <jumin/eid.h>

#include <stdio.h>

// --- What a terminal finds ---------------------------------------------------------------------------------

// A terminal with certificates as the plans of `chain` say.
static struct jumin_terminal *new_terminal_of(struct eac_chain *chain)
{
    uint8_t secret[CRYPTO_FIELD_MAX], content[TEST_CERTIFICATE_MAX], bytes[2 * TEST_CERTIFICATE_MAX];
    struct jumin_terminal *terminal = NULL;
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, CVC_CERTIFICATE, certificate_good(&chain->dv_plan, &chain->cvca, content));
    tlv_put(&w, CVC_CERTIFICATE, certificate_good(&chain->terminal_plan, &chain->dv, content));
    assert_true(crypto_ec_secret(&chain->terminal.key, secret));
    assert_int_equal(terminal_new_with_key(&terminal, chain->terminal.curve,
                                           span_of(secret, crypto_curve_length(chain->terminal.curve))),
                     JUMIN_OK);
    assert_int_equal(jumin_terminal_add_certificates(terminal, w.p, w.n), JUMIN_OK);
    return terminal;
}

// Certified by the authority that the card trusts.
static struct jumin_terminal *new_terminal_with(struct eac_chain *chain, rights granted)
{
    eac_chain_make(chain, TERMINAL_AUTHENTICATION);
    chain->terminal_plan.authorization.rights &= granted;
    return new_terminal_of(chain);
}

// With all rights of its type.
static struct jumin_terminal *new_terminal(struct eac_chain *chain)
{
    return new_terminal_with(chain, ~(rights)0);
}

static void expect_groups(struct jumin_eid *eid, const struct jumin_order *order)
{
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        const struct order_bytes *ordered = &order->eid_groups[group];
        struct jumin_eid_value value;
        const enum jumin_error error = jumin_eid_read(eid, group, &value);
        if (ordered->n == 0) {
            assert_int_not_equal(error, JUMIN_OK);
            continue;
        }
        if (error != JUMIN_OK) {
            fail_msg("DG%u: %s: %s", group, jumin_error_name(error), jumin_eid_detail(eid));
        }
        assert_int_equal(value.file_length, ordered->n);
        assert_memory_equal(value.file, ordered->p, ordered->n);
    }
}

static void read_by_terminal(void (*expect)(struct jumin_eid *eid, const struct jumin_order *order))
{
    struct eac_chain chain;
    struct jumin_terminal *terminal = new_terminal(&chain);
    struct jumin_trust *trust = specimen_trust(station.pki);
    struct jumin_reader *reader = NULL;
    struct jumin_eid *eid = NULL;
    const struct jumin_eid_request request = {
        .terminal = terminal, .trust = trust, .time = SPECIMEN_NOW, .born_until = "20071231"};
    assert_int_equal(jumin_reader_new(&reader, station.transport), JUMIN_OK);
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_PIN, SPECIMEN_PIN), JUMIN_OK);
    const enum jumin_error error = jumin_eid_open(&eid, reader, &request);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_reader_detail(reader));
    }
    expect(eid, station.order);
    jumin_eid_free(eid);
    jumin_reader_free(reader);
    jumin_trust_free(trust);
    jumin_terminal_free(terminal);
    eac_chain_release(&chain);
}

static void test_every_profile_that_ships_is_issued(void **state)
{
    (void)state;
    const char *name = NULL;
    for (size_t i = 0; (name = jumin_profile_name(i)) != NULL; i++) {
        set_profile(name);
        expect_issued();
        next_card((uint8_t)(2 + i));
    }
}

static void test_terminal_reads_the_groups_of_the_profile_as_ordered(void **state)
{
    (void)state;
    expect_issued();
    assert_true(station.order->eid_groups[EID_OPTIONAL_DATA].n > 0);
    read_by_terminal(expect_groups);
    next_card(2);
    set_profile("interop");
    expect_issued();
    assert_true(station.order->eid_groups[EID_EMAIL_ADDRESS].n > 0);
    read_by_terminal(expect_groups);
}

static void write_and_read(struct jumin_eid *eid, const struct jumin_order *order)
{
    (void)order;
    struct jumin_eid_value value = {.kind = JUMIN_EID_TEXT, .text = "+82 44 000 0000"};
    bool adult = false;
    assert_int_equal(jumin_eid_verify(eid, JUMIN_EID_AGE, &adult), JUMIN_OK);
    assert_true(adult); // born in 2001
    assert_int_equal(jumin_eid_write(eid, EID_PHONE_NUMBER, &value), JUMIN_OK);
    assert_int_equal(jumin_eid_read(eid, EID_PHONE_NUMBER, &value), JUMIN_OK);
    assert_string_equal(value.text, "+82 44 000 0000");
}

static void test_station_reads_every_profile_back_by_its_terminal(void **state)
{
    (void)state;
    const char *name = NULL;
    struct eac_chain chain;
    assert_int_equal(jumin_perso_set_terminal(station.perso, new_terminal(&chain)), JUMIN_OK);
    for (size_t i = 0; (name = jumin_profile_name(i)) != NULL; i++) {
        set_profile(name);
        expect_issued();
        next_card((uint8_t)(2 + i));
    }
    eac_chain_release(&chain);
    assert_int_equal(jumin_perso_set_terminal(NULL, NULL), JUMIN_ERROR_ARGUMENT);
}

static bool pass_serial(void *context, const uint8_t serial[JUMIN_CARD_SERIAL])
{
    (void)context;
    return serial != NULL;
}

static bool pass_order(void *context, const struct jumin_order *order)
{
    (void)context;
    return order != NULL;
}

static void expect_read_back(enum jumin_error wanted, const char *named)
{
    assert_int_equal(jumin_perso_issue(station.perso, station.order, SPECIMEN_NOW), wanted);
    if (strstr(jumin_perso_detail(station.perso), named) == NULL) {
        fail_msg("\"%s\" does not name %s", jumin_perso_detail(station.perso), named);
    }
}

// As if the card had taken something else than what was sent.
static bool change_group(void *context)
{
    const unsigned *group = context;
    station.order->eid_groups[*group].p[station.order->eid_groups[*group].n - 1] ^= 1;
    return true;
}

static void test_each_data_group_that_differs_is_found(void **state)
{
    (void)state;
    char name[32];
    struct eac_chain chain;
    unsigned group = 0, found = 0;
    const struct jumin_perso_journal journal = {pass_serial, pass_order, change_group, &group};
    assert_int_equal(jumin_perso_set_terminal(station.perso, new_terminal(&chain)), JUMIN_OK);
    (void)jumin_perso_set_journal(station.perso, &journal);
    for (group = 1; group <= EID_GROUPS; group++) {
        if (!profile_has_group(station.order->profile.eid_groups, group)) {
            continue;
        }
        (void)snprintf(name, sizeof name, "eID DG%u: differs", group);
        expect_read_back(JUMIN_ERROR_READ_BACK, name);
        next_card((uint8_t)(1 + group));
        found++;
    }
    assert_int_equal(found, 12);
    eac_chain_release(&chain);
}

static void test_terminal_that_may_not_read_a_group_is_named(void **state)
{
    (void)state;
    struct eac_chain chain;
    struct jumin_terminal *terminal =
        new_terminal_with(&chain, right_of(RIGHT_CAN_ALLOWED) | right_to_read(EID_DOCUMENT_TYPE));
    assert_int_equal(jumin_perso_set_terminal(station.perso, terminal), JUMIN_OK);
    expect_read_back(JUMIN_ERROR_NOT_AUTHORIZED, "eID DG2");
    eac_chain_release(&chain);
}

// Else the card would be written and locked, and then nobody could read it back.
static void test_terminal_that_the_card_will_refuse_is_named_before(void **state)
{
    (void)state;
    const cvc_date before = 261101, later = 261103;
    struct eac_chain chain;
    eac_chain_make(&chain, TERMINAL_AUTHENTICATION);
    const struct cv_certificate dv = chain.dv_plan, terminal = chain.terminal_plan;
    chain.terminal_plan.expiration = before;
    assert_int_equal(jumin_perso_set_terminal(station.perso, new_terminal_of(&chain)), JUMIN_OK);
    expect_refused(JUMIN_ERROR_NOT_VALID_NOW, "to 2026-11-01: `jumin pki terminal renew`");
    chain.terminal_plan = terminal;
    chain.terminal_plan.effective = later;
    assert_int_equal(jumin_perso_set_terminal(station.perso, new_terminal_of(&chain)), JUMIN_OK);
    expect_refused(JUMIN_ERROR_NOT_VALID_NOW, "from 2026-11-03");
    chain.terminal_plan = terminal;
    chain.dv_plan.expiration = before;
    assert_int_equal(jumin_perso_set_terminal(station.perso, new_terminal_of(&chain)), JUMIN_OK);
    expect_refused(JUMIN_ERROR_NOT_VALID_NOW, "to 2026-11-01: `jumin pki terminal renew`");
    chain.dv_plan = dv;
    chain.dv_plan.authority = span_of("KRCVCAXX00009", 13);
    assert_int_equal(jumin_perso_set_terminal(station.perso, new_terminal_of(&chain)), JUMIN_OK);
    expect_refused(JUMIN_ERROR_SIGNER_UNKNOWN, "`jumin pki terminal renew`");
    // The last day counts, and a card without the eID application needs no terminal.
    set_profile("key-only");
    expect_issued();
    next_card(2);
    chain.dv_plan = dv;
    chain.terminal_plan.expiration = 261102;
    assert_int_equal(jumin_perso_set_terminal(station.perso, new_terminal_of(&chain)), JUMIN_OK);
    expect_issued();
    eac_chain_release(&chain);
}

static void test_groups_that_are_empty_wait_for_a_terminal(void **state)
{
    (void)state;
    set_profile("interop");
    expect_issued();
    read_by_terminal(write_and_read);
}

static void expect_only_the_name(struct jumin_eid *eid, const struct jumin_order *order)
{
    (void)order;
    struct jumin_eid_value value;
    bool adult = false;
    assert_int_equal(jumin_eid_read(eid, EID_FAMILY_NAMES, &value), JUMIN_OK);
    assert_int_equal(jumin_eid_read(eid, EID_PLACE_OF_RESIDENCE, &value), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_eid_verify(eid, JUMIN_EID_AGE, &adult), JUMIN_ERROR_NOT_AUTHORIZED);
}

// The certificates of this terminal have all rights.
static void test_card_gives_no_terminal_more_than_its_profile_does(void **state)
{
    (void)state;
    set_changed_profile("resident", "\"store\", \"office\", \"issuer\", \"restricted-identification\"",
                        "\"read-dg5\"");
    expect_issued();
    read_by_terminal(expect_only_the_name);
}

// --- Other choices -----------------------------------------------------------------------------------------

static void test_card_of_korean_algorithms_alone(void **state)
{
    (void)state;
    set_changed_profile("resident-kr", "[\"AES-128\", \"AES-256\", \"ARIA-128\", \"ARIA-256\"]",
                        "[\"ARIA-256\"]");
    expect_issued();
    specimen_expect_genuine(station.transport, station.pki);
    read_by_terminal(expect_groups);
}

static void test_mrz_opens_only_where_the_profile_says(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct jumin_reader *reader = NULL;
        struct jumin_document *document = NULL;
        set_changed_profile("resident", "\"mrz\": true", i == 0 ? "\"mrz\": true" : "\"mrz\": false");
        expect_issued();
        assert_int_equal(jumin_reader_new(&reader, station.transport), JUMIN_OK);
        assert_int_equal(jumin_reader_set_mrz(reader, "M00000001", "010314", "361101"), JUMIN_OK);
        assert_int_equal(jumin_reader_read(reader, &document) == JUMIN_OK, i == 0);
        jumin_document_free(document);
        jumin_reader_free(reader);
        next_card(2);
    }
}

// What every terminal reads must not tell one card from another, not even by its signature.
static void test_cards_of_a_batch_carry_one_card_security(void **state)
{
    const struct jumin_pki_options options = {.now = SPECIMEN_NOW - 86400};
    static uint8_t first[8192];
    assert_int_equal(temporary_folder_make(state), 0);
    jumin_perso_free(station.perso);
    jumin_pki_free(station.pki);
    assert_int_equal(jumin_pki_new(&station.pki, temporary_path("pki")), JUMIN_OK);
    assert_int_equal(jumin_pki_init(station.pki, "passphrase", &options), JUMIN_OK);
    station.perso = specimen_perso(station.transport, station.pki);
    expect_issued();
    const struct order_bytes *file = &station.order->card_security;
    const size_t n = file->n, chip_n = station.order->chip_security.n;
    assert_in_range(n, 1, sizeof first);
    memcpy(first, file->p, n);
    next_card(2);
    assert_int_equal(jumin_perso_issue(station.perso, station.order, SPECIMEN_NOW + 60), JUMIN_OK);
    file = &station.order->card_security;
    assert_int_equal(file->n, n);
    assert_memory_equal(file->p, first, n);
    assert_true(chip_n > n); // with the card's own key
    assert_int_equal(temporary_folder_remove(state), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISSUE_TEST(test_every_profile_that_ships_is_issued),
        ISSUE_TEST(test_terminal_reads_the_groups_of_the_profile_as_ordered),
        ISSUE_TEST(test_station_reads_every_profile_back_by_its_terminal),
        ISSUE_TEST(test_each_data_group_that_differs_is_found),
        ISSUE_TEST(test_terminal_that_may_not_read_a_group_is_named),
        ISSUE_TEST(test_terminal_that_the_card_will_refuse_is_named_before),
        ISSUE_TEST(test_groups_that_are_empty_wait_for_a_terminal),
        ISSUE_TEST(test_card_gives_no_terminal_more_than_its_profile_does),
        ISSUE_TEST(test_card_of_korean_algorithms_alone),
        ISSUE_TEST(test_mrz_opens_only_where_the_profile_says),
        ISSUE_TEST(test_cards_of_a_batch_carry_one_card_security),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
