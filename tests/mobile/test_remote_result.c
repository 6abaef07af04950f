// A venue that asks over the network: to whom a result is told, and how often.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/remote_stage.h"

#include <stdio.h>

static void test_result_is_read_once_by_who_opened_the_request(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    char own[64];
    (void)snprintf(own, sizeof own, "%s", handle);
    const char *id = strrchr(got.request.response_uri, '/') + 1; // what everybody in between knows
    (void)snprintf(handle, sizeof handle, "%s", id);
    (void)ask_result();
    assert_int_equal(status, 404);
    (void)snprintf(handle, sizeof handle, "%s", own);
    assert_string_equal(ask_result(), "good");
    server_now += REMOTE_TOLD_SECONDS;
    (void)ask_result();
    assert_int_equal(status, 404);
}

// The connection broke: the holder need not show again.
static void test_result_that_did_not_arrive_is_told_again_for_a_moment(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_string_equal(ask_result(), "good");
    json_t *first = json_incref(json_object_get(answer, "verdict"));
    server_now += REMOTE_TOLD_SECONDS - 1;
    assert_string_equal(ask_result(), "good");
    assert_true(json_equal(json_object_get(answer, "verdict"), first));
    json_decref(first);
    server_now++; // from the first reading on
    remote_sweep(remote, server_now);
    (void)ask_result();
    assert_int_equal(status, 404);
    // A clock that was set back keeps nothing.
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_string_equal(ask_result(), "good");
    server_now--;
    (void)ask_result();
    assert_int_equal(status, 404);
}

// Somebody who opens a request and sends its link to another has not been where that one was sent.
static void test_result_is_told_to_who_has_come_back_from_the_wallet(void **state)
{
    static const char redirect[] = "https://shop.jumin.example/thanks?response_code=";
    char path[1024], code[VP_TEXT_MAX], others[VP_TEXT_MAX];
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_memory_equal(next, redirect, sizeof redirect - 1);
    (void)snprintf(others, sizeof others, "%s", next + sizeof redirect - 1);
    assert_int_equal(strlen(others), REMOTE_ID);
    open_request("adult");
    (void)snprintf(path, sizeof path, "/requests/%s?response_code=%s", handle, others);
    ask_venue("GET", path, "Bearer " SECRET, NULL);
    assert_int_equal(status, 403); // before it is answered as well
    assert_int_equal(answer_request(), JUMIN_OK);
    (void)snprintf(code, sizeof code, "%s", next + sizeof redirect - 1);
    assert_string_not_equal(code, others);
    const char *const wrong[] = {others, "", "x", handle, "a&response_code=b"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        (void)snprintf(path, sizeof path, "/requests/%s?response_code=%s", handle, wrong[i]);
        ask_venue("GET", path, "Bearer " SECRET, NULL);
        assert_int_equal(status, i < 4 ? 403 : 400);
        assert_null(json_object_get(answer, "verdict"));
        assert_null(json_object_get(answer, "state"));
    }
    server_now += REMOTE_TOLD_SECONDS; // nothing was told yet
    (void)snprintf(path, sizeof path, "/requests/%s?response_code=%s", handle, code);
    ask_venue("GET", path, "Bearer " SECRET, NULL);
    assert_int_equal(status, 200);
    assert_string_equal(text_in("state"), "good");
    assert_string_equal(ask_result(), "good"); // who scans with another device has none
}

static void test_code_goes_behind_what_the_redirect_has_already(void **state)
{
    struct remote_options with = usual_options();
    (void)state;
    with.redirect_uri = "https://shop.jumin.example/?page=thanks";
    remote_with(&with);
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_non_null(strstr(next, "/?page=thanks&response_code="));
    with.redirect_uri = NULL;
    remote_with(&with);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_string_equal(next, "");
    char path[256];
    (void)snprintf(path, sizeof path, "/requests/%s?response_code=%s", handle, "0123456789012345678901");
    ask_venue("GET", path, "Bearer " SECRET, NULL);
    assert_int_equal(status, 403);
}

static void test_result_that_was_read_makes_room_for_a_request(void **state)
{
    (void)state;
    char first[64];
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_string_equal(ask_result(), "good");
    (void)snprintf(first, sizeof first, "%s", handle);
    open_request("adult"); // in the place that is free
    (void)snprintf(handle, sizeof handle, "%s", first);
    assert_string_equal(ask_result(), "good");
    open_request("adult");
    assert_int_equal(status, 201);
    (void)snprintf(handle, sizeof handle, "%s", first);
    (void)ask_result();
    assert_int_equal(status, 404);
    open_request("adult"); // but what was not read does not
    assert_int_equal(status, 503);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REMOTE_TEST(test_result_is_read_once_by_who_opened_the_request),
        REMOTE_TEST(test_result_that_did_not_arrive_is_told_again_for_a_moment),
        REMOTE_TEST(test_result_is_told_to_who_has_come_back_from_the_wallet),
        REMOTE_TEST(test_code_goes_behind_what_the_redirect_has_already),
        REMOTE_TEST(test_result_that_was_read_makes_room_for_a_request),
    };
    return cmocka_run_group_tests(tests, vp_stage_open, vp_stage_close);
}
