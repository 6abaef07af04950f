// A venue that asks over the network, while an answer is judged: what is told of it, and who waits.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/remote_stage.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

// A judge that knows its verdict, and does not say so before it is told to.
static struct {
    sem_t knows, go_on, over;
} slow;

static enum jumin_error judge_slowly(void *context, const struct remote_answer *shown, json_t **verdict,
                                     struct detail *why)
{
    (void)context;
    (void)shown;
    *verdict = json_pack("{s:s}", "name", "personal");
    (void)detail_set(why, JUMIN_ERROR_REVOKED, "it is revoked");
    (void)sem_post(&slow.knows);
    (void)sem_wait(&slow.go_on);
    return JUMIN_ERROR_REVOKED;
}

static int open_slow(void **state)
{
    assert_int_equal(remote_stage_open(state), 0);
    struct remote_options with = usual_options();
    with.judge = (struct remote_judge){judge_slowly, NULL};
    with.open_max = 4;
    remote_with(&with);
    add_credential(JUMIN_WALLET_MDOC);
    return sem_init(&slow.knows, 0, 0) == 0 && sem_init(&slow.go_on, 0, 0) == 0 &&
                   sem_init(&slow.over, 0, 0) == 0
               ? 0
               : -1;
}

static int close_slow(void **state)
{
    (void)sem_destroy(&slow.knows);
    (void)sem_destroy(&slow.go_on);
    (void)sem_destroy(&slow.over);
    return remote_stage_close(state);
}

// An answer of a wallet on its way, as a worker of the server has it.
struct posted {
    pthread_t thread;
    char handle[64], id[REMOTE_ID + 1];
    char *form;
    enum jumin_error error;
    struct detail why;
};

// Makes the answer to a new request, without posting it.
static void prepare(struct posted *posted)
{
    static uint8_t form[65536];
    const struct crypto_random random = crypto_system_random();
    open_request("adult");
    assert_int_equal(get_request(), JUMIN_OK);
    const struct vp_presentation shown = {dcql_find(&got.request.query, "mdoc"), text_span("eA")};
    struct writer f = writer_of(form, sizeof form - 1);
    assert_int_equal(vp_response_make(&got.request, &shown, 1, &random, &f), JUMIN_OK);
    form[f.n] = 0;
    *posted = (struct posted){.form = strdup((const char *)form)};
    assert_non_null(posted->form);
    (void)snprintf(posted->handle, sizeof posted->handle, "%s", handle);
    (void)snprintf(posted->id, sizeof posted->id, "%s", strrchr(got.request.response_uri, '/') + 1);
}

static void *post(void *context)
{
    struct posted *posted = context;
    posted->error =
        remote_answered(remote, posted->id, text_span(posted->form), server_now, NULL, &posted->why);
    (void)sem_post(&slow.over);
    return NULL;
}

static void post_form_of(const struct posted *posted)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/response/%s", posted->id);
    post_form(path, posted->form);
}

static const char *ask_result_of(const struct posted *posted)
{
    (void)snprintf(handle, sizeof handle, "%s", posted->handle);
    return ask_result();
}

static void start(struct posted *posted)
{
    prepare(posted);
    assert_int_equal(pthread_create(&posted->thread, NULL, post, posted), 0);
}

static enum jumin_error finish(struct posted *posted)
{
    assert_int_equal(pthread_join(posted->thread, NULL), 0);
    free(posted->form);
    return posted->error;
}

static void test_nothing_is_told_while_it_is_judged(void **state)
{
    struct posted posted;
    (void)state;
    start(&posted);
    (void)sem_wait(&slow.knows);
    assert_string_equal(ask_result(), "judging");
    assert_int_equal(json_object_size(answer), 1);
    (void)sem_post(&slow.go_on);
    assert_int_equal(finish(&posted), JUMIN_OK);
    assert_string_equal(ask_result(), "failed");
    assert_string_equal(text_in("error"), "revoked");
    assert_string_equal(text_in("detail"), "it is revoked");
    assert_string_equal(jws_text(json_object_get(answer, "verdict"), "name"), "personal");
}

static enum jumin_error judge_from_afar(void *context, const struct remote_answer *shown, json_t **verdict,
                                        struct detail *why)
{
    remote_away(remote, true);
    const enum jumin_error error = judge_slowly(context, shown, verdict, why);
    remote_away(remote, false);
    return error;
}

// A status server that hangs: who judges waits for it, one more may wait, and the third thread is free. What
// has no place may come again; all else goes on.
static void test_a_thread_stays_free_while_the_judge_is_away(void **state)
{
    struct posted posted[4];
    struct remote_options with = usual_options();
    (void)state;
    with.judge = (struct remote_judge){judge_from_afar, NULL};
    with.open_max = 5;
    remote_with(&with);
    remote_keep_free(remote, 3);
    prepare(&posted[3]);
    start(&posted[0]);
    (void)sem_wait(&slow.knows);
    start(&posted[1]);
    start(&posted[2]);
    (void)sem_wait(&slow.over); // one of the two gives up, since the other waits
    post_form_of(&posted[3]);
    assert_int_equal(status, 503);
    assert_string_equal(ask_result_of(&posted[3]), "open");
    open_request("adult"); // nor does the till wait
    assert_int_equal(status, 201);
    (void)sem_post(&slow.go_on);
    (void)sem_post(&slow.go_on);
    assert_int_equal(finish(&posted[0]), JUMIN_OK);
    const enum jumin_error one = finish(&posted[1]), other = finish(&posted[2]);
    assert_int_equal(one + other, JUMIN_OK + JUMIN_ERROR_RULES);
    (void)sem_post(&slow.go_on);
    post_form_of(&posted[3]); // again, and now it is taken
    assert_int_equal(status, 200);
    assert_string_equal(ask_result_of(&posted[3]), "failed");
    free(posted[3].form);
}

// Those who wait already when the judge goes away.
static void test_who_waits_gives_up_when_the_judge_goes_away(void **state)
{
    struct posted posted[3];
    struct remote_options with = usual_options();
    (void)state;
    with.judge = (struct remote_judge){judge_slowly, NULL};
    with.open_max = 3;
    remote_with(&with);
    remote_keep_free(remote, 2);
    start(&posted[0]);
    (void)sem_wait(&slow.knows);
    start(&posted[1]);
    start(&posted[2]);
    remote_away(remote, true);
    (void)sem_wait(&slow.over);
    (void)sem_wait(&slow.over);
    remote_away(remote, false);
    (void)sem_post(&slow.go_on);
    assert_int_equal(finish(&posted[0]), JUMIN_OK);
    assert_int_equal(finish(&posted[1]), JUMIN_ERROR_RULES);
    assert_int_equal(finish(&posted[2]), JUMIN_ERROR_RULES);
}

#define SLOW_TEST(test) cmocka_unit_test_setup_teardown(test, open_slow, close_slow)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SLOW_TEST(test_nothing_is_told_while_it_is_judged),
        SLOW_TEST(test_a_thread_stays_free_while_the_judge_is_away),
        SLOW_TEST(test_who_waits_gives_up_when_the_judge_goes_away),
    };
    return cmocka_run_group_tests(tests, vp_stage_open, vp_stage_close);
}
