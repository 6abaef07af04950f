// Personal claims do not stay in memory that was freed, by whomever: not where a wallet tells and shows them,
// and not where a verifier learns them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/vp_stage.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/verifier/remote_internal.h"
#include "host/verifier/remote_routes.h"
#include "host/verifier/verification.h"
#include "host/wallet/showing.h"

#define NAME "Hong Gildong of Hanyang" // whom nothing may be left of
#define LONG NAME " 0123456789012345678901234567890123456789012345678901234567890123456789"

static unsigned left; // blocks that went with the name in them

// NOLINTBEGIN(bugprone-reserved-identifier,cert-*): names of the linker
void __real_free(void *block);
void __wrap_free(void *block);
// NOLINTEND(bugprone-reserved-identifier,cert-*)

void __wrap_free(void *block)
{
    left += block != NULL && memmem(block, malloc_usable_size(block), NAME, sizeof NAME - 1) != NULL;
    __real_free(block);
}

// Nothing of what was there before, so that each block answers for itself.
static void *clean(size_t n)
{
    return calloc(1, n);
}

static int begin(void **state)
{
    json_set_alloc_funcs(clean, __wrap_free);
    return vp_stage_open(state);
}

static void test_the_holder_s_view_of_a_plan_leaves_nothing(void **state)
{
    (void)state;
    char value[] = LONG, *json = NULL;
    struct disclosure_element element = {.name = "family_name_unicode", .value = value};
    struct disclosure_plan plan = {.count = 1};
    plan.documents[0] = (struct disclosure_document){.elements = &element, .count = 1};
    const struct jumin_wallet_disclosure what = {&plan};
    left = 0;
    assert_int_equal(jumin_wallet_disclosure_json(&what, &json), JUMIN_OK);
    assert_non_null(strstr(json, LONG));
    assert_int_equal(left, 0);
    free(json);
    assert_int_equal(left, 1); // so that this test can see it
}

static void test_an_answer_over_the_network_leaves_nothing(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    static uint8_t form[16384];
    struct vp_request request;
    vp_request_for("{'credentials':[{'id':'s','format':'dc+sd-jwt','meta':{'vct_values':['v']}}]}", &request);
    struct writer w = writer_of(form, sizeof form);
    const struct vp_presentation shown = {request.query.credentials, text_span(LONG)};
    left = 0;
    assert_int_equal(vp_response_make(&request, &shown, 1, &random, &w), JUMIN_OK);
    assert_int_equal(left, 0);
    vp_request_release(&request);
}

static void test_what_a_verifier_learned_leaves_nothing(void **state)
{
    (void)state;
    struct jumin_verification *verification = verification_new();
    json_t *lines = json_pack("{s:[s, s]}", "lines", LONG, LONG);
    char *json = NULL;
    left = 0;
    verification_learn_json(verification, "address", lines);
    assert_int_equal(jumin_verification_json(verification, &json), JUMIN_OK);
    assert_non_null(strstr(json, NAME));
    jumin_verification_free(verification);
    assert_int_equal(left, 0);
    free(json);
    json_decref(lines);
    assert_int_equal(left, 3);
}

static void test_signed_claims_leave_nothing(void **state)
{
    (void)state;
    static uint8_t token[8192];
    struct writer w = writer_of(token, sizeof token);
    const struct jws_header header = {.type = "x"};
    json_t *claims = json_pack("{s:s}", "name", LONG);
    left = 0;
    assert_int_equal(jws_sign_claims(&stage.holder.signer, &header, claims, &w), JUMIN_OK);
    assert_int_equal(left, 0);
    json_decref(claims);
}

// What a till reads from its venue's server.
static void test_a_result_that_was_told_leaves_nothing(void **state)
{
    (void)state;
    static const char path[] = "/requests/0123456789012345678901";
    const struct http_header bearer = {"Authorization", "Bearer secret"};
    char secret[] = "secret";
    struct remote_request told = {.state = JUMIN_REMOTE_GOOD, .expires = 100};
    struct remote_verifier verifier = {.options = {.open_max = 1, .seconds = 100}, .secret = secret};
    struct http_request request = {
        .method = "GET", .path = path, .headers = &bearer, .header_count = 1, .now = 50};
    struct http_response response = {0};
    (void)pthread_mutex_init(&verifier.lock, NULL);
    (void)snprintf(told.handle, sizeof told.handle, "%s", path + sizeof "/requests/" - 1);
    told.verdict = json_pack("{s:{s:s}, s:[s]}", "learned", "name", LONG, "others", LONG);
    verifier.requests = &told;
    const struct http_routes routes = remote_routes(&verifier);
    left = 0;
    (void)http_routes_call(&routes, 1, &request, &response);
    assert_int_equal(response.status, 200);
    assert_non_null(memmem(response.body, response.n, NAME, sizeof NAME - 1));
    http_response_release(&response);
    assert_int_equal(left, 0);
    remote_sweep(&verifier, 50 + REMOTE_TOLD_SECONDS);
    assert_int_equal(told.state, JUMIN_REMOTE_UNKNOWN);
    assert_int_equal(left, 0);
    (void)pthread_mutex_destroy(&verifier.lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_holder_s_view_of_a_plan_leaves_nothing),
        cmocka_unit_test(test_an_answer_over_the_network_leaves_nothing),
        cmocka_unit_test(test_what_a_verifier_learned_leaves_nothing),
        cmocka_unit_test(test_a_result_that_was_told_leaves_nothing),
        cmocka_unit_test(test_signed_claims_leave_nothing),
    };
    return cmocka_run_group_tests(tests, begin, vp_stage_close);
}
