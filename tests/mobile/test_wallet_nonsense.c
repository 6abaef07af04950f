// An issuer that answers nonsense, in each step: the wallet says so, keeps nothing of it, and gets what was
// offered when the issuer has come to its senses.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/wallet_stage.h"

#include "host/json_fields.h"
#include "host/mobile/utf8.h"

#include <stdlib.h>

// The answers to an offer, in their order.
enum step { OFFER, METADATA, SERVER, TOKEN, NONCE, CREDENTIAL, NOTE, STEPS };

#define MANY_WRONG                                                                                           \
    "{\"credential_issuer\":1,\"credential_endpoint\":2,\"credential_configurations_supported\":3,"          \
    "\"issuer\":4,\"token_endpoint\":5,\"access_token\":6,\"token_type\":7,\"c_nonce\":8,"                   \
    "\"credentials\":9,\"transaction_id\":10,\"grants\":11,\"notification_id\":12,\"interval\":\"x\"}"

static const struct nonsense {
    int status;
    const char *body;
} nonsense[] = {
    {200, ""},
    {200, "{"},
    {200, "null"},
    {200, "[]"},
    {200, "{}"},
    {200, "\"text\""},
    {200, "{\"access_token\":\"a\",\"access_token\":\"b\"}"},
    {200, "{\"c_nonce\":\"\xC1\xA1\"}"},
    {200, "{\"c_nonce\":\"a\\u0000b\",\"access_token\":\"a\\u0000b\"}"},
    {200, MANY_WRONG},
    {200, "{\"credentials\":[]}"},
    {200, "{\"credentials\":[1,2,3,4,5]}"},
    {200, "{\"credentials\":[{\"credential\":\"x\"}]}"},
    {200, "{\"credentials\":[{},{},{},{},{},{}]}"},
    {200, "{\"credential\":\"~~~\"}"},
    {202, "{\"transaction_id\":\"\"}"},
    {202, "{\"transaction_id\":{}}"},
    {200, NULL}, // lists in lists, ten thousand deep
    {204, ""},
    {302, ""},
    {400, "{\"error\":7}"},
    {400, "{\"error\":\"\\u001b[31mred\",\"error_description\":\"two\\nlines\"}"},
    {400, "{\"error\":\"\\u009b31mred\",\"error_description\":\"a \\u202eturn\"}"},
    {401, "{}"},
    {404, "<html>"},
    {500, "<html>"},
};

static struct http_client network;
static unsigned wrong_at; // the request of that number is answered so
static const struct nonsense *wrong;

static enum jumin_error ask(void *context, const struct http_client_request *request,
                            struct http_client_answer *answer, struct detail *detail)
{
    enum { DEEP = 10000 };
    static char deep[DEEP + 1];
    const bool here = stage_requests == wrong_at;
    const enum jumin_error error = network.ask(network.context, request, answer, detail);
    (void)context;
    if (error == JUMIN_OK && here) {
        memset(deep, '[', DEEP);
        const char *body = wrong->body != NULL ? wrong->body : deep;
        free(answer->body);
        answer->status = wrong->status;
        answer->n = strlen(body);
        answer->body = (uint8_t *)strdup(body);
        assert_non_null(answer->body);
    }
    return error;
}

static int setup(void **state)
{
    const struct http_client client = {ask, NULL};
    assert_int_equal(wallet_stage_open(state), 0);
    stage_trust();
    network = wallet->client;
    wallet_use_client(wallet, &client);
    stage_answers = UINT32_MAX;
    return 0;
}

static void assert_said(void)
{
    const char *text = jumin_wallet_detail(wallet);
    size_t characters = 0;
    assert_true(utf8_is_line(span_of(text, strlen(text)), &characters));
    assert_true(characters > 10);
}

// What is left of the wallet: nothing, or credentials that can still be fetched.
static void assert_recovers(enum step step)
{
    stage_assert_memory_is_as_the_file();
    wrong_at = UINT32_MAX;
    if (step <= TOKEN) {
        assert_int_equal(jumin_wallet_count(wallet), 0);
        return;
    }
    assert_int_equal(jumin_wallet_count(wallet), 2);
    station_clock += 60;
    stage_publish_status();
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(stage_credential(i).unused, 5);
    }
    while (jumin_wallet_count(wallet) > 0) {
        stage_assert(jumin_wallet_remove(wallet, stage_credential(0).id, station_clock), JUMIN_OK, "");
    }
}

static void answer_nonsense_at(enum step step)
{
    for (size_t i = 0; i < COUNT(nonsense); i++) {
        const char *tx_code = NULL;
        const char *uri = stage_offer(&tx_code);
        wrong = &nonsense[i];
        wrong_at = stage_requests + step;
        const enum jumin_error error = jumin_wallet_add(wallet, uri, tx_code, station_clock);
        // Notes may be lost, and a token that is not taken is renewed.
        const bool passes = step == NOTE || (step == CREDENTIAL && wrong->status == 401);
        if ((error == JUMIN_OK) != passes) {
            fail_msg("%d %s: %s", wrong->status, wrong->body, jumin_wallet_detail(wallet));
        }
        if (error != JUMIN_OK) {
            assert_said();
        }
        assert_recovers(step);
    }
}

static void test_nonsense_for_an_offer(void **state)
{
    (void)state;
    answer_nonsense_at(OFFER);
}

static void test_nonsense_for_the_issuers_metadata(void **state)
{
    (void)state;
    answer_nonsense_at(METADATA);
}

static void test_nonsense_for_the_servers_metadata(void **state)
{
    (void)state;
    answer_nonsense_at(SERVER);
}

static void test_nonsense_for_a_token(void **state)
{
    (void)state;
    answer_nonsense_at(TOKEN);
}

static void test_nonsense_for_a_nonce(void **state)
{
    (void)state;
    answer_nonsense_at(NONCE);
}

static void test_nonsense_for_a_credential(void **state)
{
    (void)state;
    answer_nonsense_at(CREDENTIAL);
}

static void test_nonsense_for_a_note_is_passed_over(void **state)
{
    (void)state;
    answer_nonsense_at(NOTE);
}

static void test_nonsense_for_what_was_deferred(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(nonsense); i++) {
        const char *tx_code = NULL;
        const char *uri = stage_offer(&tx_code);
        stage_ready = false;
        stage_assert(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_OK, "");
        stage_ready = true;
        station_clock += 5;
        wrong = &nonsense[i];
        wrong_at = stage_requests;
        if (jumin_wallet_refresh(wallet, NULL, false, station_clock) == JUMIN_OK) {
            fail_msg("%d %s", wrong->status, wrong->body);
        }
        assert_said();
        // The issuer has given it, and does not twice: that is heard, and then others are asked for.
        wrong_at = UINT32_MAX;
        (void)jumin_wallet_refresh(wallet, NULL, false, station_clock);
        assert_recovers(CREDENTIAL);
    }
}

int main(void)
{
#define NONSENSE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, wallet_stage_close)
    const struct CMUnitTest tests[] = {
        NONSENSE_TEST(test_nonsense_for_an_offer),
        NONSENSE_TEST(test_nonsense_for_the_issuers_metadata),
        NONSENSE_TEST(test_nonsense_for_the_servers_metadata),
        NONSENSE_TEST(test_nonsense_for_a_token),
        NONSENSE_TEST(test_nonsense_for_a_nonce),
        NONSENSE_TEST(test_nonsense_for_a_credential),
        NONSENSE_TEST(test_nonsense_for_a_note_is_passed_over),
        NONSENSE_TEST(test_nonsense_for_what_was_deferred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
