// <jumin/verifier_remote.h>, as a bank has it in a server of its own.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/remote_stage.h"

#include "host/verifier/remote_public.h"
#include "host/verifier/verifier.h"

#include <stdio.h>
#include <stdlib.h>

static struct jumin_remote *bank;
static char sentence[JUMIN_REMOTE_DETAIL];
static struct jumin_remote_opened opened;

static struct jumin_remote_options bank_options(void)
{
    return (struct jumin_remote_options){.base_url = BASE, .by_host = true, .seconds = 60};
}

// The bank's own routes.
static enum jumin_error ask_bank(void *context, const struct http_client_request *request,
                                 struct http_client_answer *to, struct detail *why)
{
    static char object[JUMIN_REMOTE_OBJECT];
    const char *path = request->url + strlen(BASE), *id = strrchr(path, '/') + 1;
    size_t n = 2;
    (void)context;
    assert_memory_equal(request->url, BASE, strlen(BASE));
    enum jumin_error error = JUMIN_OK;
    (void)snprintf(object, sizeof object, "{}");
    if (strncmp(path, "/request/", 9) == 0) {
        error = jumin_remote_object(bank, id, NULL, server_now, object, sizeof object, &n);
    } else {
        error = jumin_remote_answer(bank, id, request->body.p, request->body.n, server_now, NULL, sentence);
    }
    to->status = error == JUMIN_OK ? 200 : error == JUMIN_ERROR_NO_SUCH_FILE ? 404 : 400;
    to->body = calloc(1, n + 1);
    assert_non_null(to->body);
    memcpy(to->body, object, n);
    to->n = n;
    (void)why;
    const char *type = strncmp(path, "/request/", 9) == 0 ? VP_REQUEST_MEDIA_TYPE : "application/json";
    assert_true(http_client_answer_add(to, text_span("Content-Type"), text_span(type)));
    return JUMIN_OK;
}

static enum jumin_error says_yes(void *context, const struct jumin_wallet_disclosure *what)
{
    (void)context;
    (void)what;
    return JUMIN_OK;
}

static enum jumin_error respond(void)
{
    const struct jumin_wallet_holder holder = {says_yes, NULL};
    return jumin_wallet_respond(wallet, opened.link, &holder, &wallet_now, NULL);
}

static int open_bank(void **state)
{
    const struct http_client client = {ask_bank, NULL};
    assert_int_equal(remote_stage_open(state), 0);
    verifier->has_key = true; // as jumin_verifier_use_key leaves it
    verifier->signer = stage.venue_signer;
    verifier->chain[0] = stage.venue_chain;
    verifier->chain_count = 1;
    verifier->purposes = JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_AGE;
    wallet_use_client(wallet, &client);
    const struct jumin_remote_options options = bank_options();
    assert_int_equal(jumin_remote_new(&bank, verifier, &options, sentence), JUMIN_OK);
    return 0;
}

static int close_bank(void **state)
{
    jumin_remote_free(bank);
    bank = NULL;
    return remote_stage_close(state);
}

static void test_bank_serves_its_requests_itself(void **state)
{
    (void)state;
    struct jumin_remote_result result;
    add_credential(JUMIN_WALLET_MDOC);
    add_credential(JUMIN_WALLET_SD_JWT);
    assert_int_equal(
        jumin_remote_open(bank, JUMIN_PURPOSE_AGE, JUMIN_REMOTE_SD_JWT, server_now, &opened, sentence),
        JUMIN_OK);
    assert_int_equal(opened.expires, STAGE_NOW + 60);
    assert_non_null(strstr(opened.link, "x509_san_dns%3A" VENUE_HOST));
    jumin_remote_result(bank, opened.handle, NULL, server_now, &result);
    assert_int_equal(result.state, JUMIN_REMOTE_OPEN);
    assert_null(result.verdict);
    assert_int_equal(respond(), JUMIN_OK);
    jumin_remote_result(bank, opened.handle, NULL, server_now, &result);
    assert_int_equal(result.state, JUMIN_REMOTE_GOOD);
    assert_int_equal(result.error, JUMIN_OK);
    assert_string_equal(result.detail, "");
    json_t *verdict = json_loads(result.verdict, 0, NULL);
    assert_string_equal(jws_text(verdict, "format"), "dc+sd-jwt");
    assert_int_equal(json_array_size(json_object_get(verdict, "learned")), 3);
    json_decref(verdict);
    jumin_remote_result_release(&result);
    assert_null(result.verdict);
    jumin_remote_result_release(&result);
    jumin_remote_result(bank, opened.handle, NULL, server_now + REMOTE_TOLD_SECONDS, &result);
    assert_int_equal(result.state, JUMIN_REMOTE_UNKNOWN); // told once
    assert_int_equal(respond(), JUMIN_ERROR_LINK);
    assert_int_equal(
        jumin_remote_answer(bank, opened.handle, (const uint8_t *)"x", 1, server_now, next, sentence),
        JUMIN_ERROR_NO_SUCH_FILE);
    assert_string_not_equal(sentence, "");
}

static void test_bank_hears_why_it_may_not_ask(void **state)
{
    (void)state;
    assert_int_equal(jumin_remote_open(bank, JUMIN_PURPOSE_IDENTITY, 0, server_now, &opened, sentence),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    assert_non_null(strstr(sentence, "certificate"));
    assert_int_equal(jumin_remote_open(bank, JUMIN_PURPOSE_AGE, 4, server_now, &opened, sentence),
                     JUMIN_ERROR_ARGUMENT);
    assert_string_equal(jumin_remote_format_name(JUMIN_REMOTE_MDOC), "mso_mdoc");
    assert_null(jumin_remote_format_name((enum jumin_remote_format)3));
    struct jumin_remote *none = NULL;
    struct jumin_remote_options options = bank_options();
    options.base_url = "https://bank.example";
    assert_int_equal(jumin_remote_new(&none, verifier, &options, sentence), JUMIN_ERROR_CERTIFICATE);
    options = bank_options();
    options.secret = "too short";
    assert_int_equal(jumin_remote_new(&none, verifier, &options, sentence), JUMIN_ERROR_ARGUMENT);
    assert_non_null(strstr(sentence, "secret"));
    verifier->has_key = false;
    options = bank_options();
    assert_int_equal(jumin_remote_new(&none, verifier, &options, sentence), JUMIN_ERROR_ARGUMENT);
    assert_non_null(strstr(sentence, "no key"));
    assert_null(none);
    verifier->has_key = true;
}

static void test_bank_is_well_while_its_trust_list_is_recent(void **state)
{
    (void)state;
    char why[128] = "";
    assert_true(remote_is_well(bank, STAGE_NOW + 100 * STAGE_DAY, why)); // roots of its own have no age
    verifier->list = (struct trust_list){.issued = STAGE_NOW, .expires = STAGE_NOW + STAGE_DAY};
    verifier->list.roots[TRUST_LIST_ISSUERS] = stage.issuers;
    assert_true(remote_is_well(bank, STAGE_NOW + 86400, why)); // the rule's last second
    assert_string_equal(why, "");
    verifier->options.trust.warn = 7200;
    assert_true(remote_is_well(bank, STAGE_NOW + 7200, why));
    assert_false(remote_is_well(bank, STAGE_NOW + 7201, why));
    assert_non_null(strstr(why, "trust list"));
    verifier->list = (struct trust_list){.issued = 0};
    assert_int_equal(jumin_remote_load_trust_list(bank, (const uint8_t *)"x", 1, STAGE_NOW, sentence),
                     JUMIN_ERROR_ARGUMENT); // it has no anchor
    assert_string_not_equal(sentence, "");
    assert_ptr_equal(verifier->issuers, stage.issuers); // what it had stays
}

static void test_bank_s_judge_hears_of_its_verifier_s_network(void **state)
{
    (void)state;
    verifier->away(verifier->away_context, true);
    assert_true(bank->inner->judging.away);
    verifier->away(verifier->away_context, false);
    assert_false(bank->inner->judging.away);
    jumin_remote_free(bank);
    bank = NULL;
    assert_null(verifier->away); // it goes on without
}

#define BANK_TEST(test) cmocka_unit_test_setup_teardown(test, open_bank, close_bank)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BANK_TEST(test_bank_serves_its_requests_itself),
        BANK_TEST(test_bank_hears_why_it_may_not_ask),
        BANK_TEST(test_bank_s_judge_hears_of_its_verifier_s_network),
        BANK_TEST(test_bank_is_well_while_its_trust_list_is_recent),
    };
    return cmocka_run_group_tests(tests, vp_stage_open, vp_stage_close);
}
