// A credential that its issuer has locked shows nothing, though nobody has refreshed the wallet: its status
// list is looked at when a disclosure is planned.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/wallet_stage.h"

#include "host/mobile/resident_claims.h"

#include <stdlib.h>

static struct disclosure_plan plan;
static struct detail detail;
static struct http_client network; // the stage's own
static uint8_t *replayed;          // a status list that is answered in the place of the stage's; NULL: none
static size_t replayed_length;

static int open_with_credentials(void **state)
{
    assert_int_equal(wallet_stage_open(state), 0);
    stage_trust();
    stage_provision();
    return 0;
}

static int close_all(void **state)
{
    disclosure_release(&plan);
    free(replayed);
    replayed = NULL;
    return wallet_stage_close(state);
}

// The changed list is there a minute later.
static void set_status(enum status status)
{
    const int64_t credential = stage_integer("SELECT MAX(credential) FROM status_batch");
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(status_store_set(stage, credential, status, &detail), JUMIN_OK);
    assert_int_equal(database_commit(stage), JUMIN_OK);
    station_clock += 60;
    stage_publish_status();
}

static void ask_remotely(enum jumin_wallet_format format)
{
    const struct x5chain chain = stage_chain(&stage_venue);
    json_t *query =
        format == JUMIN_WALLET_MDOC
            ? json_pack("{s:[{s:s, s:s, s:{s:s}, s:[{s:[s, s]}]}]}", "credentials", "id", "a", "format",
                        "mso_mdoc", "meta", "doctype_value", RESIDENT_DOC_TYPE, "claims", "path",
                        RESIDENT_NATIONAL_NAMESPACE, "adult_in_2027")
            : json_pack("{s:[{s:s, s:s, s:{s:[s]}, s:[{s:[s]}]}]}", "credentials", "id", "a", "format",
                        "dc+sd-jwt", "meta", "vct_values", RESIDENT_VCT, "claims", "path", "adult_in_2027");
    disclosure_release(&plan);
    assert_int_equal(disclosure_of_dcql(wallet, query, &chain, station_clock, &plan, &detail), JUMIN_OK);
    json_decref(query);
}

static void ask_in_person(void)
{
    static const uint8_t transcript[] = {0x83, 0xF6, 0xF6, 0x61, 'x'};
    uint8_t bytes[8192];
    struct resident_purpose_elements asked;
    struct device_request request;
    struct signer signer;
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(resident_purpose_ask(JUMIN_PURPOSE_ADULT, 2027, &asked));
    assert_true(signer_of_key(&stage_venue.key.key, &signer));
    const struct device_request_reader reader = {&signer, &stage_venue.der, 1};
    const struct document_request_order order = {span_of(RESIDENT_DOC_TYPE, strlen(RESIDENT_DOC_TYPE)),
                                                 asked.elements, asked.count};
    const struct span session = span_of(transcript, sizeof transcript);
    assert_int_equal(device_request_make(session, &order, 1, &reader, &w), JUMIN_OK);
    assert_int_equal(device_request_parse(writer_span(&w), &request, &detail), JUMIN_OK);
    disclosure_release(&plan);
    assert_int_equal(disclosure_of_device_request(wallet, &request, session, station_clock, &plan, &detail),
                     JUMIN_OK);
}

static void assert_refused(const char *why)
{
    if (!plan.refused || strstr(plan.why, why) == NULL) {
        fail_msg("%d %s", plan.refused, plan.why);
    }
    assert_int_equal(disclosure_take(wallet, &plan, station_clock, &detail), JUMIN_ERROR_NOT_AUTHORIZED);
}

static void assert_allowed(void)
{
    if (plan.refused) {
        fail_msg("%s", plan.why);
    }
}

static void test_what_was_locked_since_is_not_shown_in_any_way(void **state)
{
    struct jumin_wallet_event event;
    (void)state;
    ask_in_person();
    assert_allowed();
    set_status(STATUS_SUSPENDED);
    ask_in_person();
    assert_refused("the credential is locked: it shows nothing");
    ask_remotely(JUMIN_WALLET_MDOC);
    assert_refused("the credential is locked: it shows nothing");
    ask_remotely(JUMIN_WALLET_SD_JWT);
    assert_refused("the credential is locked: it shows nothing");
    assert_int_equal(stage_credential(0).state, JUMIN_WALLET_LOCKED);
    stage_reopen();
    assert_int_equal(stage_credential(0).state, JUMIN_WALLET_LOCKED);
    assert_int_equal(stage_credential(1).state, JUMIN_WALLET_LOCKED);
    assert_int_equal(stage_credential(1).status_checked, station_clock);
    assert_int_equal(jumin_wallet_event(wallet, jumin_wallet_events(wallet) - 1, &event), JUMIN_OK);
    assert_string_equal(event.kind, "locked");
    set_status(STATUS_VALID);
    ask_in_person();
    assert_allowed();
    ask_remotely(JUMIN_WALLET_SD_JWT);
    assert_allowed();
}

static void test_what_was_revoked_since_is_not_shown_either(void **state)
{
    (void)state;
    set_status(STATUS_INVALID);
    ask_remotely(JUMIN_WALLET_SD_JWT);
    assert_refused("the credential is revoked: it shows nothing");
    ask_in_person();
    assert_refused("the credential is locked: it shows nothing");
}

static void test_what_has_expired_is_not_shown(void **state)
{
    (void)state;
    station_clock = stage_credential(0).expires;
    stage_online = false;
    ask_in_person();
    assert_refused("the credential has expired");
}

static void test_the_list_is_fetched_when_its_time_to_live_has_passed(void **state)
{
    (void)state;
    ask_in_person();
    const unsigned first = stage_requests;
    const int64_t due = wallet->credentials[0].status_due;
    assert_true(due > station_clock);
    station_clock = due - 1;
    ask_in_person();
    assert_allowed();
    assert_int_equal(stage_requests, first);
    station_clock = due;
    stage_publish_status();
    ask_in_person();
    assert_allowed();
    assert_int_equal(stage_requests, first + 1);
    // What is kept is kept by the file.
    stage_reopen();
    ask_in_person();
    assert_int_equal(stage_requests, first + 1);
    // A clock that went back says nothing of age.
    station_clock -= 1;
    ask_in_person();
    assert_int_equal(stage_requests, first + 2);
}

static void test_without_network_what_is_kept_stands(void **state)
{
    (void)state;
    stage_online = false;
    ask_in_person();
    assert_allowed(); // as it was issued
    stage_online = true;
    set_status(STATUS_SUSPENDED);
    ask_in_person();
    assert_refused("locked");
    set_status(STATUS_VALID);
    stage_online = false;
    ask_in_person();
    assert_refused("locked");
    wallet->client.ask = NULL;
    ask_in_person();
    assert_refused("locked");
}

// --- Lists that are not good -----------------------------------------------------------------------------------

static enum jumin_error replay(void *context, const struct http_client_request *request,
                               struct http_client_answer *answer, struct detail *why)
{
    const enum jumin_error error = network.ask(network.context, request, answer, why);
    (void)context;
    if (error != JUMIN_OK || strstr(request->url, "/status/") == NULL) {
        return error;
    }
    if (replayed == NULL) { // the first is kept
        replayed = malloc(answer->n);
        assert_non_null(replayed);
        memcpy(replayed, answer->body, answer->n);
        replayed_length = answer->n;
        return JUMIN_OK;
    }
    free(answer->body);
    answer->body = calloc(replayed_length + 1, 1);
    assert_non_null(answer->body);
    memcpy(answer->body, replayed, replayed_length);
    answer->n = replayed_length;
    return JUMIN_OK;
}

static void test_an_old_list_is_not_played_back(void **state)
{
    (void)state;
    network = wallet->client;
    wallet->client.ask = replay;
    ask_in_person();
    assert_allowed();
    set_status(STATUS_SUSPENDED);
    wallet->client = network;
    ask_in_person();
    assert_refused("locked");
    station_clock = wallet->credentials[0].status_due;
    wallet->client.ask = replay;
    ask_in_person();
    assert_refused("locked");
    stage_assert(jumin_wallet_refresh(wallet, stage_credential(0).id, false, station_clock),
                 JUMIN_ERROR_NOT_VALID_NOW, "the status list: it is older than the one before");
    // Nor is a damaged one taken.
    replayed[replayed_length - 1] ^= 1;
    stage_assert(jumin_wallet_refresh(wallet, stage_credential(0).id, false, station_clock),
                 JUMIN_ERROR_SIGNATURE, "the status list: ");
    assert_int_equal(stage_credential(0).state, JUMIN_WALLET_LOCKED);
}

static void test_a_list_is_not_believed_by_an_expired_trust_list(void **state)
{
    (void)state;
    wallet->trust.expires = station_clock;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_ERROR_SIGNER_UNKNOWN,
                 "the wallet's trust list has expired");
    assert_int_equal(stage_credential(0).status_checked, 0);
}

static void test_what_cannot_be_saved_is_not_known(void **state)
{
    (void)state;
    set_status(STATUS_SUSPENDED);
    const size_t events = jumin_wallet_events(wallet);
    char *path = wallet->path;
    wallet->path = (char[]){"/nowhere/wallet"};
    ask_in_person();
    assert_refused("the wallet's file could not be written");
    wallet->path = path;
    assert_int_equal(jumin_wallet_events(wallet), events);
    assert_int_equal(stage_credential(0).state, JUMIN_WALLET_USABLE);
    assert_int_equal(stage_credential(0).status_checked, 0);
    ask_in_person();
    assert_refused("locked");
}

int main(void)
{
#define STATUS_TEST(test) cmocka_unit_test_setup_teardown(test, open_with_credentials, close_all)
    const struct CMUnitTest tests[] = {
        STATUS_TEST(test_what_was_locked_since_is_not_shown_in_any_way),
        STATUS_TEST(test_what_was_revoked_since_is_not_shown_either),
        STATUS_TEST(test_what_has_expired_is_not_shown),
        STATUS_TEST(test_the_list_is_fetched_when_its_time_to_live_has_passed),
        STATUS_TEST(test_without_network_what_is_kept_stands),
        STATUS_TEST(test_an_old_list_is_not_played_back),
        STATUS_TEST(test_a_list_is_not_believed_by_an_expired_trust_list),
        STATUS_TEST(test_what_cannot_be_saved_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
