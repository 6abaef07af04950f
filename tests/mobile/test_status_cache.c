// A verifier's status lists: when they are fetched, what is kept, and what a venue's rule makes of their age.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/status_stage.h"
#include "tests/unit/temporary_folder.h"

#include "host/file.h"
#include "host/mobile/status_cache.h"
#include <dirent.h>
#include <stdlib.h>

#define CACHE_TEST(test) cmocka_unit_test_setup_teardown(test, open_cache, close_cache)

// A network with one token in it.
static struct {
    bool is_down;
    struct span token;
    unsigned asked;
    char uri[STATUS_URI_MAX], media_type[64];
} network;

static enum jumin_error get(void *context, const char *uri, const char *media_type, uint8_t **token,
                            size_t *n)
{
    (void)context;
    network.asked++;
    (void)snprintf(network.uri, sizeof network.uri, "%s", uri);
    (void)snprintf(network.media_type, sizeof network.media_type, "%s", media_type);
    if (network.is_down) {
        return JUMIN_ERROR_TIMEOUT;
    }
    *token = malloc(network.token.n);
    memcpy(*token, network.token.p, network.token.n);
    *n = network.token.n;
    return JUMIN_OK;
}

static const struct status_fetch online = {get, NULL};
static const struct status_rule rule = {.accept = 3600, .warn = 7200};
static struct status_cache *cache;
static struct status_answer answer;

static int open_cache(void **state)
{
    memset(&network, 0, sizeof network);
    network.token = status_stage_token(STATUS_JWT, 10);
    return temporary_folder_make(state) == 0 &&
                   status_cache_new(&cache, temporary_path("."), &status_trust, &online) == JUMIN_OK
               ? 0
               : -1;
}

static int close_cache(void **state)
{
    status_cache_free(cache);
    return temporary_folder_remove(state);
}

// As after a new start of the program; without a network where `fetch` is NULL.
static void reopen(const struct status_fetch *fetch)
{
    status_cache_free(cache);
    assert_int_equal(status_cache_new(&cache, temporary_path("."), &status_trust, fetch), JUMIN_OK);
}

static enum jumin_error ask_format(enum status_format format, uint64_t index, int64_t now)
{
    const struct status_reference reference = {.uri = STATUS_URI, .index = index};
    return status_cache_ask(cache, format, &reference, &rule, now, &answer);
}

static enum jumin_error ask(uint64_t index, int64_t now)
{
    return ask_format(STATUS_JWT, index, now);
}

static void assert_status(uint64_t index, int64_t now, unsigned status)
{
    if (ask(index, now) != JUMIN_OK) {
        fail_msg("%s", status_cache_detail(cache));
    }
    assert_int_equal(answer.status, status);
}

static void assert_no_answer(enum jumin_error error, enum jumin_error expected, const char *words)
{
    assert_int_equal(error, expected);
    assert_non_null(strstr(status_cache_detail(cache), words));
    assert_int_equal(answer.issued_at, 0);
    assert_int_equal(answer.status, 0);
}

// --- Fetching --------------------------------------------------------------------------------------------------------

static void test_a_list_is_fetched_once_while_its_ttl_lasts(void **state)
{
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    assert_true(answer.fetched);
    assert_string_equal(network.uri, STATUS_URI);
    assert_string_equal(network.media_type, "application/statuslist+jwt");
    assert_status(5, STATUS_NOW + 29, STATUS_SUSPENDED);
    assert_false(answer.fetched);
    assert_status(0, STATUS_NOW + 29, STATUS_VALID);
    assert_int_equal(network.asked, 1);
    assert_status(3, STATUS_NOW + 30, STATUS_INVALID);
    assert_int_equal(network.asked, 2);
}

static void test_without_ttl_a_list_is_fetched_every_five_minutes(void **state)
{
    struct status_claims claims = status_stage_claims(STATUS_JWT, 10);
    (void)state;
    claims.time_to_live = 0;
    network.token = status_stage_sign(STATUS_JWT, &claims);
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    assert_status(3, STATUS_NOW + 299, STATUS_INVALID);
    assert_int_equal(network.asked, 1);
    assert_status(3, STATUS_NOW + 300, STATUS_INVALID);
    assert_int_equal(network.asked, 2);
}

static void test_the_lists_of_both_formats_are_two(void **state)
{
    (void)state;
    assert_status(5, STATUS_NOW, STATUS_SUSPENDED);
    network.token = status_stage_token(STATUS_CWT, 10);
    assert_int_equal(ask_format(STATUS_CWT, 5, STATUS_NOW), JUMIN_OK);
    assert_int_equal(answer.status, STATUS_INVALID);
    assert_string_equal(network.media_type, "application/statuslist+cwt");
    assert_status(5, STATUS_NOW, STATUS_SUSPENDED);
    assert_int_equal(network.asked, 2);
}

static void test_a_clock_set_back_makes_a_list_due(void **state)
{
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    assert_status(3, STATUS_NOW - 1, STATUS_INVALID);
    assert_int_equal(network.asked, 2);
}

static void test_what_is_fetched_replaces_the_list_at_hand(void **state)
{
    struct status_claims claims = status_stage_claims(STATUS_JWT, -100);
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    claims.bits = 4;
    network.token = status_stage_sign(STATUS_JWT, &claims);
    assert_status(63, STATUS_NOW + 100, STATUS_VALID);
    assert_int_equal(answer.issued_at, STATUS_NOW + 100);
    assert_int_equal(answer.age, 0);
}

// Somebody between answers with a list from before the lock.
static void test_an_older_list_does_not_replace_a_newer_one(void **state)
{
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    network.token = status_stage_token(STATUS_JWT, 11);
    assert_status(3, STATUS_NOW + 30, STATUS_INVALID);
    assert_int_equal(answer.issued_at, STATUS_NOW - 10);
    assert_false(answer.fetched);
    assert_non_null(strstr(status_cache_detail(cache), "older than the one at hand"));
    reopen(&online);
    assert_status(3, STATUS_NOW + 60, STATUS_INVALID);
    assert_int_equal(answer.issued_at, STATUS_NOW - 10);
}

static void test_a_list_that_is_not_good_does_not_replace_one_that_is(void **state)
{
    static const uint8_t noise[] = "not a token";
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    network.token = span_of(noise, sizeof noise);
    assert_status(3, STATUS_NOW + 30, STATUS_INVALID);
    assert_false(answer.fetched);
    assert_int_equal(network.asked, 2);
}

static void test_a_list_that_is_not_good_is_none(void **state)
{
    struct status_claims claims = status_stage_claims(STATUS_JWT, 10);
    (void)state;
    (void)snprintf(claims.uri, sizeof claims.uri, "https://issuer.example/status/8");
    network.token = status_stage_sign(STATUS_JWT, &claims);
    assert_no_answer(ask(3, STATUS_NOW), JUMIN_ERROR_MALFORMED, "sub");
    reopen(NULL);
    assert_no_answer(ask(3, STATUS_NOW), JUMIN_ERROR_NO_SUCH_FILE, "no network");
}

static void test_an_index_behind_the_list_is_refused(void **state)
{
    (void)state;
    assert_no_answer(ask(64, STATUS_NOW), JUMIN_ERROR_MALFORMED, "shorter");
}

static void test_without_network_and_list_there_is_no_answer(void **state)
{
    (void)state;
    network.is_down = true;
    assert_no_answer(ask(3, STATUS_NOW), JUMIN_ERROR_NO_SUCH_FILE, "cannot be fetched");
    reopen(NULL);
    assert_no_answer(ask(3, STATUS_NOW), JUMIN_ERROR_NO_SUCH_FILE, "no network");
}

// Each asking would wait for it, and whoever stands behind in the queue.
static void test_a_host_that_gives_nothing_is_not_asked_again_for_a_while(void **state)
{
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    network.is_down = true;
    for (int64_t i = 0; i < STATUS_SILENCE; i++) {
        assert_status(3, STATUS_NOW + 30 + i, STATUS_INVALID); // by the list at hand
        assert_false(answer.fetched);
        assert_int_equal(network.asked, 2);
    }
    assert_status(3, STATUS_NOW + 30 + STATUS_SILENCE, STATUS_INVALID);
    assert_int_equal(network.asked, 3);
    network.is_down = false;
    assert_status(3, STATUS_NOW + 29 + 2 * STATUS_SILENCE, STATUS_INVALID);
    assert_int_equal(network.asked, 3);
    assert_int_equal(status_cache_refresh(cache, STATUS_JWT, STATUS_URI, STATUS_NOW + 31 + STATUS_SILENCE),
                     JUMIN_OK); // who says so
    assert_int_equal(network.asked, 4);
}

static enum jumin_error ask_at(const char *uri, int64_t now)
{
    struct status_reference reference = {.index = 3};
    (void)snprintf(reference.uri, sizeof reference.uri, "%s", uri);
    return status_cache_ask(cache, STATUS_JWT, &reference, &rule, now, &answer);
}

static void test_a_silent_host_is_silent_for_all_its_lists_and_no_other(void **state)
{
    (void)state;
    char uri[STATUS_URI_MAX];
    network.is_down = true;
    assert_no_answer(ask_at("https://issuer.example/status/1", STATUS_NOW), JUMIN_ERROR_NO_SUCH_FILE,
                     "cannot");
    assert_no_answer(ask_at("https://issuer.example/status/2", STATUS_NOW), JUMIN_ERROR_NO_SUCH_FILE,
                     "just now");
    assert_no_answer(ask_at("https://issuer.example", STATUS_NOW + 1), JUMIN_ERROR_NO_SUCH_FILE, "just now");
    assert_no_answer(ask_at("https://issuer.example", STATUS_NOW - STATUS_SILENCE + 1),
                     JUMIN_ERROR_NO_SUCH_FILE,
                     "just now"); // by the time at which it began to wait
    assert_int_equal(network.asked, 1);
    assert_no_answer(ask_at("https://issuer.example:8443/status/1", STATUS_NOW), JUMIN_ERROR_NO_SUCH_FILE,
                     "cannot");
    assert_no_answer(ask_at("http://issuer.example/status/1", STATUS_NOW), JUMIN_ERROR_NO_SUCH_FILE,
                     "cannot");
    assert_no_answer(ask_at("https://issuer.example/status/1", STATUS_NOW - STATUS_SILENCE),
                     JUMIN_ERROR_NO_SUCH_FILE,
                     "cannot"); // the clock was set back
    assert_int_equal(network.asked, 4);
    for (unsigned i = 0; i < 8; i++) { // more than are remembered: the first is asked again
        (void)snprintf(uri, sizeof uri, "https://issuer-%u.example/status", i);
        assert_no_answer(ask_at(uri, STATUS_NOW + 1), JUMIN_ERROR_NO_SUCH_FILE, "cannot");
    }
    assert_no_answer(ask_at("https://issuer.example/status/1", STATUS_NOW + 2), JUMIN_ERROR_NO_SUCH_FILE,
                     "cannot");
    assert_no_answer(ask_at("https://issuer-7.example/status", STATUS_NOW + 2), JUMIN_ERROR_NO_SUCH_FILE,
                     "just now");
}

// --- Age -------------------------------------------------------------------------------------------------------------

static void test_the_rule_judges_the_time_since_the_signature(void **state)
{
    static const struct {
        int64_t age;
        enum status_verdict verdict;
        const char *text;
    } cases[] = {
        {10, STATUS_ACCEPTED, "the status list is 10 seconds old, recent enough for the venue's rule"},
        {119, STATUS_ACCEPTED, "119 seconds"},
        {120, STATUS_ACCEPTED, "2 minutes"},
        {3600, STATUS_ACCEPTED, "60 minutes"},
        {3601, STATUS_WARNED, "60 minutes old, older than the venue's rule accepts without a warning"},
        {7200, STATUS_WARNED, "2 hours"},
        {7201, STATUS_REFUSED, "2 hours old, older than the venue's rule accepts"},
        {86399, STATUS_REFUSED, "23 hours"},
    };
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    network.is_down = true;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_status(3, STATUS_NOW - 10 + cases[i].age, STATUS_INVALID);
        assert_int_equal(answer.age, cases[i].age);
        assert_int_equal(answer.verdict, cases[i].verdict);
        assert_non_null(strstr(answer.text, cases[i].text));
    }
}

static void test_a_list_that_has_expired_is_refused_whatever_the_rule(void **state)
{
    static const struct status_rule never = {.accept = INT64_MAX, .warn = INT64_MAX};
    const struct status_reference reference = {.uri = STATUS_URI, .index = 3};
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    network.is_down = true;
    const int64_t end = STATUS_NOW - 10 + 86400;
    assert_int_equal(status_cache_ask(cache, STATUS_JWT, &reference, &never, end - 1, &answer), JUMIN_OK);
    assert_no_answer(status_cache_ask(cache, STATUS_JWT, &reference, &never, end, &answer),
                     JUMIN_ERROR_NOT_VALID_NOW, "expired");
    reopen(NULL);
    assert_int_equal(status_cache_ask(cache, STATUS_JWT, &reference, &never, end - 1, &answer), JUMIN_OK);
    reopen(NULL);
    assert_int_not_equal(status_cache_ask(cache, STATUS_JWT, &reference, &never, end, &answer), JUMIN_OK);
}

static void test_a_list_that_has_expired_is_due_though_its_ttl_lasts(void **state)
{
    struct status_claims claims = status_stage_claims(STATUS_JWT, 10);
    (void)state;
    claims.time_to_live = 1000000;
    network.token = status_stage_sign(STATUS_JWT, &claims);
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    network.token = status_stage_token(STATUS_JWT, -86400);
    assert_status(3, STATUS_NOW + 86400, STATUS_INVALID);
    assert_true(answer.fetched);
}

// --- The folder ------------------------------------------------------------------------------------------------------

static void test_a_kept_list_serves_without_a_network(void **state)
{
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    reopen(NULL);
    assert_status(3, STATUS_NOW + 1800, STATUS_INVALID);
    assert_int_equal(answer.verdict, STATUS_ACCEPTED);
    assert_int_equal(answer.age, 1810);
}

static void test_when_a_list_was_fetched_is_kept_with_it(void **state)
{
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    reopen(&online);
    assert_status(3, STATUS_NOW + 29, STATUS_INVALID);
    assert_int_equal(network.asked, 1);
    reopen(&online);
    assert_status(3, STATUS_NOW + 30, STATUS_INVALID);
    assert_int_equal(network.asked, 2);
}

// The one file in the folder.
static void kept_file(char path[4096])
{
    DIR *folder = opendir(temporary_path("."));
    unsigned files = 0;
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] != '.') {
            (void)snprintf(path, 4096, "%s", temporary_path("%s", entry->d_name));
            files++;
        }
    }
    (void)closedir(folder);
    assert_int_equal(files, 1);
}

// The folder is outside: whoever writes to it cannot make a list.
static void test_a_kept_list_that_was_changed_is_none(void **state)
{
    static uint8_t file[8192], changed[8192];
    char path[4096];
    size_t n = 0;
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    kept_file(path);
    assert_int_equal(disk_read(path, file, sizeof file, &n), JUMIN_OK);
    for (size_t i = 0; i < n; i += i < 16 ? 1 : 37) {
        memcpy(changed, file, n);
        changed[i] ^= 0x20;
        assert_int_equal(disk_write(path, 0644, span_of(changed, n)), JUMIN_OK);
        reopen(NULL);
        if (ask(3, STATUS_NOW) == JUMIN_OK) { // but for the time when it was fetched
            assert_in_range(i, 1, 5);
        }
        assert_int_equal(disk_write(path, 0644, span_of(file, i)), JUMIN_OK);
        reopen(NULL);
        assert_int_equal(ask(3, STATUS_NOW), JUMIN_ERROR_NO_SUCH_FILE);
    }
    assert_int_equal(disk_write(path, 0644, span_of(file, n)), JUMIN_OK);
    reopen(NULL);
    assert_status(3, STATUS_NOW, STATUS_INVALID);
}

static void test_without_a_folder_lists_are_kept_in_memory(void **state)
{
    (void)state;
    status_cache_free(cache);
    assert_int_equal(status_cache_new(&cache, NULL, &status_trust, &online), JUMIN_OK);
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    assert_status(3, STATUS_NOW + 1, STATUS_INVALID);
    assert_int_equal(network.asked, 1);
}

// More lists than are open at once: those of the longest time ago are read from their files again.
static void test_lists_that_do_not_fit_in_memory_are_in_the_folder(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 40; i++) {
            struct status_claims claims = status_stage_claims(STATUS_JWT, 10);
            struct status_reference reference = {.index = 3};
            (void)snprintf(claims.uri, sizeof claims.uri, "https://issuer.example/status/%u", i);
            memcpy(reference.uri, claims.uri, sizeof reference.uri);
            network.token = status_stage_sign(STATUS_JWT, &claims);
            assert_int_equal(status_cache_ask(cache, STATUS_JWT, &reference, &rule, STATUS_NOW, &answer),
                             JUMIN_OK);
            assert_int_equal(answer.status, STATUS_INVALID);
        }
    }
    assert_int_equal(network.asked, 40);
}

// Trust may change while a list is kept, in memory or in the folder.
static void test_who_signed_a_kept_list_is_judged_at_each_asking(void **state)
{
    (void)state;
    status_trust_asked = 0;
    for (int64_t i = 0; i < 20; i++) {
        assert_status(3, STATUS_NOW + i, STATUS_INVALID);
    }
    assert_int_equal(status_trust_asked, 20);
    assert_int_equal(network.asked, 1);
    network.is_down = true;
    status_trust_refuses = true;
    assert_no_answer(ask(3, STATUS_NOW + 20), JUMIN_ERROR_CERTIFICATE, "not the certificate");
    status_trust_refuses = false;
    assert_status(3, STATUS_NOW + 20, STATUS_INVALID);
    reopen(NULL);
    status_trust_refuses = true;
    assert_no_answer(ask(3, STATUS_NOW + 20), JUMIN_ERROR_CERTIFICATE, "not the certificate");
    status_trust_refuses = false;
}

// A list of whom nobody trusts any more does not stand in the way of another.
static void test_a_list_takes_the_place_of_one_that_is_not_trusted_any_more(void **state)
{
    (void)state;
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    network.token = status_stage_token(STATUS_JWT, 20);
    status_trust_refuses_once = true;
    assert_status(3, STATUS_NOW + 1, STATUS_INVALID);
    assert_true(answer.fetched);
    assert_int_equal(answer.issued_at, STATUS_NOW - 20);
}

// Whatever the token says.
static void test_a_list_is_fetched_again_after_a_day(void **state)
{
    static const struct status_rule any = {.accept = INT64_MAX, .warn = INT64_MAX};
    const struct status_reference reference = {.uri = STATUS_URI, .index = 3};
    struct status_claims claims = status_stage_claims(STATUS_JWT, 10);
    (void)state;
    claims.time_to_live = 1000000;
    claims.expires_at = STATUS_NOW + 1000000;
    network.token = status_stage_sign(STATUS_JWT, &claims);
    for (int64_t i = 0; i < 2; i++) {
        assert_int_equal(
            status_cache_ask(cache, STATUS_JWT, &reference, &any, STATUS_NOW + i * 86399, &answer), JUMIN_OK);
    }
    assert_int_equal(network.asked, 1);
    assert_int_equal(status_cache_ask(cache, STATUS_JWT, &reference, &any, STATUS_NOW + 86400, &answer),
                     JUMIN_OK);
    assert_int_equal(network.asked, 2);
}

static void test_a_list_that_the_rule_does_not_accept_is_fetched_though_its_ttl_lasts(void **state)
{
    struct status_claims claims = status_stage_claims(STATUS_JWT, 10);
    (void)state;
    claims.time_to_live = 80000;
    network.token = status_stage_sign(STATUS_JWT, &claims);
    assert_status(3, STATUS_NOW, STATUS_INVALID);
    assert_status(3, STATUS_NOW - 10 + 3600, STATUS_INVALID);
    assert_int_equal(network.asked, 1);
    network.token = status_stage_token(STATUS_JWT, -3500);
    assert_status(3, STATUS_NOW - 10 + 3601, STATUS_INVALID);
    assert_int_equal(network.asked, 2);
    assert_int_equal(answer.verdict, STATUS_ACCEPTED);
}

static void test_a_venue_fetches_ahead_for_when_it_is_offline(void **state)
{
    (void)state;
    assert_int_equal(status_cache_refresh(cache, STATUS_JWT, STATUS_URI, STATUS_NOW), JUMIN_OK);
    assert_int_equal(status_cache_refresh(cache, STATUS_JWT, STATUS_URI, STATUS_NOW + 1), JUMIN_OK);
    assert_int_equal(network.asked, 2); // however young it is
    network.is_down = true;
    assert_int_equal(status_cache_refresh(cache, STATUS_JWT, STATUS_URI, STATUS_NOW + 2),
                     JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(network.asked, 3);
    assert_status(3, STATUS_NOW + 29, STATUS_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CACHE_TEST(test_a_list_is_fetched_once_while_its_ttl_lasts),
        CACHE_TEST(test_without_ttl_a_list_is_fetched_every_five_minutes),
        CACHE_TEST(test_the_lists_of_both_formats_are_two),
        CACHE_TEST(test_a_clock_set_back_makes_a_list_due),
        CACHE_TEST(test_what_is_fetched_replaces_the_list_at_hand),
        CACHE_TEST(test_an_older_list_does_not_replace_a_newer_one),
        CACHE_TEST(test_a_list_that_is_not_good_does_not_replace_one_that_is),
        CACHE_TEST(test_a_list_that_is_not_good_is_none),
        CACHE_TEST(test_an_index_behind_the_list_is_refused),
        CACHE_TEST(test_without_network_and_list_there_is_no_answer),
        CACHE_TEST(test_a_host_that_gives_nothing_is_not_asked_again_for_a_while),
        CACHE_TEST(test_a_silent_host_is_silent_for_all_its_lists_and_no_other),
        CACHE_TEST(test_the_rule_judges_the_time_since_the_signature),
        CACHE_TEST(test_a_list_that_has_expired_is_refused_whatever_the_rule),
        CACHE_TEST(test_a_list_that_has_expired_is_due_though_its_ttl_lasts),
        CACHE_TEST(test_a_kept_list_serves_without_a_network),
        CACHE_TEST(test_when_a_list_was_fetched_is_kept_with_it),
        CACHE_TEST(test_a_kept_list_that_was_changed_is_none),
        CACHE_TEST(test_without_a_folder_lists_are_kept_in_memory),
        CACHE_TEST(test_lists_that_do_not_fit_in_memory_are_in_the_folder),
        CACHE_TEST(test_who_signed_a_kept_list_is_judged_at_each_asking),
        CACHE_TEST(test_a_list_takes_the_place_of_one_that_is_not_trusted_any_more),
        CACHE_TEST(test_a_list_is_fetched_again_after_a_day),
        CACHE_TEST(test_a_list_that_the_rule_does_not_accept_is_fetched_though_its_ttl_lasts),
        CACHE_TEST(test_a_venue_fetches_ahead_for_when_it_is_offline),
    };
    return cmocka_run_group_tests(tests, status_stage_open, status_stage_close);
}
