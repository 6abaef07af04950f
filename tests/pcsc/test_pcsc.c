// The PC/SC transport over a real service and the reader driver: events, exchanges, and every way to lose a
// card.
// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/pcsc/stage.h"

// --- Readers and events ------------------------------------------------------------------------------------

static void test_readers_are_listed_with_their_cards(void **state)
{
    struct stage *stage = *state;
    const struct jumin_pcsc_reader *readers = NULL;
    size_t count = 0;
    assert_int_equal(jumin_pcsc_readers(stage->pcsc, &readers, &count), JUMIN_OK);
    assert_int_equal(count, STAGE_READERS);
    assert_memory_equal(readers[0].name, READER_0, strlen(READER_0));
    assert_memory_equal(readers[1].name, READER_1, strlen(READER_1));
    assert_false(readers[0].card_present);
    assert_int_equal(readers[0].atr_length, 0);

    struct fake_card *card = stage_insert_and_connect(stage, 1, JUMIN_PCSC_SHARED);
    assert_int_equal(jumin_pcsc_readers(stage->pcsc, &readers, &count), JUMIN_OK);
    assert_false(readers[0].card_present);
    assert_true(readers[1].card_present);
    assert_span_hex(span_of(readers[1].atr, readers[1].atr_length), "3B 84 80 01 46414B45 0C");
    stage_clear(stage, 1, card);
}

static void test_a_card_is_found_on_any_reader(void **state)
{
    struct stage *stage = *state;
    char found[128];
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, NULL, 0, found, sizeof found), JUMIN_ERROR_TIMEOUT);
    struct fake_card *card = stage_insert(1);
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, NULL, STAGE_PATIENCE_MS, found, sizeof found),
                     JUMIN_OK);
    assert_memory_equal(found, READER_1, strlen(READER_1));
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, READER_0, 0, found, sizeof found),
                     JUMIN_ERROR_TIMEOUT);
    assert_int_equal(jumin_pcsc_wait_removal(stage->pcsc, READER_1, 0), JUMIN_ERROR_TIMEOUT);
    stage_clear(stage, 1, card);
}

static void test_a_reader_that_is_not_there_is_said_so(void **state)
{
    struct stage *stage = *state;
    struct jumin_transport *transport = NULL;
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, "other", 0, NULL, 0), JUMIN_ERROR_NO_READER);
    assert_int_equal(jumin_pcsc_open(stage->pcsc, "other", JUMIN_PCSC_SHARED, &transport),
                     JUMIN_ERROR_NO_READER);
    assert_null(transport);
}

static void test_connecting_without_card_is_no_card(void **state)
{
    struct stage *stage = *state;
    assert_int_equal(jumin_pcsc_open(stage->pcsc, READER_0, JUMIN_PCSC_SHARED, &stage->transport), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(stage->transport), JUMIN_ERROR_NO_CARD);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_ERROR_NO_CARD);
    jumin_transport_free(stage->transport);
    stage->transport = NULL;
}

struct waiting {
    struct jumin_pcsc *pcsc;
    const char *reader;
    bool removal;
    enum jumin_error result;
    pthread_t thread;
};

static void *wait_in_thread(void *context)
{
    struct waiting *waiting = context;
    waiting->result = waiting->removal
                          ? jumin_pcsc_wait_removal(waiting->pcsc, waiting->reader, STAGE_PATIENCE_MS)
                          : jumin_pcsc_wait_card(waiting->pcsc, waiting->reader, STAGE_PATIENCE_MS, NULL, 0);
    return NULL;
}

static void start_waiting(struct waiting *waiting)
{
    assert_int_equal(pthread_create(&waiting->thread, NULL, wait_in_thread, waiting), 0);
}

static void test_a_wait_is_cancelled_from_another_thread(void **state)
{
    struct stage *stage = *state;
    struct waiting waiting = {.pcsc = stage->pcsc, .reader = READER_0};
    start_waiting(&waiting);
    jumin_pcsc_cancel(stage->pcsc);
    pthread_join(waiting.thread, NULL);
    assert_int_equal(waiting.result, JUMIN_ERROR_CANCELLED);
    // It does not stay cancelled.
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, READER_0, 0, NULL, 0), JUMIN_ERROR_TIMEOUT);
}

static void test_quick_removal_and_insertion_is_a_removal(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    fake_card_remove(card);
    card = stage_insert(0);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_ERROR_CARD_REMOVED);
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, READER_0, STAGE_PATIENCE_MS, NULL, 0), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(stage->transport), JUMIN_OK);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_OK);
    stage_clear(stage, 0, card);
}

// Waits until the service has seen so many cards come and go.
static void await_changes(struct stage *stage, const char *reader, uint16_t wanted)
{
    uint16_t changes = 0;
    do {
        assert_int_equal(jumin_pcsc_changes(stage->pcsc, reader, &changes), JUMIN_OK);
    } while (changes != wanted);
}

static void test_a_card_that_was_exchanged_before_the_wait_has_left(void **state)
{
    struct stage *stage = *state;
    uint16_t mark = 0;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_EXCLUSIVE);
    assert_int_equal(jumin_pcsc_changes(stage->pcsc, READER_0, &mark), JUMIN_OK);
    assert_int_equal(jumin_pcsc_wait_removal_since(stage->pcsc, READER_0, mark, 0), JUMIN_ERROR_TIMEOUT);
    fake_card_remove(card);
    card = stage_insert(0);
    await_changes(stage, READER_0, (uint16_t)(mark + 2));
    assert_int_equal(jumin_pcsc_wait_removal(stage->pcsc, READER_0, 0), JUMIN_ERROR_TIMEOUT);
    assert_int_equal(jumin_pcsc_wait_removal_since(stage->pcsc, READER_0, mark, 0), JUMIN_OK);
    // The card that lies there now, and an empty reader.
    mark = (uint16_t)(mark + 2);
    assert_int_equal(jumin_pcsc_wait_removal_since(stage->pcsc, READER_0, mark, 0), JUMIN_ERROR_TIMEOUT);
    stage_clear(stage, 0, card);
    assert_int_equal(jumin_pcsc_wait_removal_since(stage->pcsc, READER_0, mark, 0), JUMIN_OK);
}

static void test_changes_of_other_readers_do_not_count(void **state)
{
    struct stage *stage = *state;
    uint16_t mark = 0, other = 0;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    assert_int_equal(jumin_pcsc_changes(stage->pcsc, READER_0, &mark), JUMIN_OK);
    assert_int_equal(jumin_pcsc_changes(stage->pcsc, READER_1, &other), JUMIN_OK);
    struct fake_card *second = stage_insert(1);
    await_changes(stage, READER_1, (uint16_t)(other + 1));
    assert_int_equal(jumin_pcsc_wait_removal_since(stage->pcsc, READER_0, mark, 0), JUMIN_ERROR_TIMEOUT);
    fake_card_remove(second);
    assert_int_equal(jumin_pcsc_wait_removal(stage->pcsc, READER_1, STAGE_PATIENCE_MS), JUMIN_OK);
    assert_int_equal(jumin_pcsc_changes(stage->pcsc, "other", &mark), JUMIN_ERROR_NO_READER);
    stage_clear(stage, 0, card);
}

// --- Exchanges ---------------------------------------------------------------------------------------------

static void test_apdus_of_every_length_pass(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_EXCLUSIVE);
    static const size_t lengths[] = {4, 5, 261, 262, 4096, 65543, 65544};
    static uint8_t command[65544];
    command[1] = FAKE_ECHO;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        memset(command + 4, (int)i + 1, lengths[i] - 4);
        assert_int_equal(jumin_transport_transmit(stage->transport, command, lengths[i], stage->response,
                                                  sizeof stage->response, &stage->length),
                         JUMIN_OK);
        assert_int_equal(stage->length, lengths[i]);
        assert_memory_equal(stage->response, command, lengths[i]);
    }
    assert_int_equal(stage_command(stage, FAKE_LENGTH, 0, 0), JUMIN_OK);
    assert_int_equal(stage->length, 65538);
    assert_int_equal(stage->response[65535], 0xFF);
    assert_int_equal(stage->response[65536], 0x90);
    stage_clear(stage, 0, card);
}

static void test_limits_are_those_the_reader_states(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    struct jumin_limits limits;
    jumin_transport_limits(stage->transport, &limits);
    assert_true(limits.extended);
    assert_int_equal(limits.command_max, 65544);
    assert_int_equal(limits.response_max, 65538);
    stage_clear(stage, 0, card);
}

static void test_reader_tells_the_uid(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    static const uint8_t get_uid[] = {0xFF, 0xCA, 0x00, 0x00, 0x00};
    assert_int_equal(jumin_transport_transmit(stage->transport, get_uid, sizeof get_uid, stage->response,
                                              sizeof stage->response, &stage->length),
                     JUMIN_OK);
    assert_span_hex(span_of(stage->response, stage->length), "08010203 9000");
    stage_clear(stage, 0, card);
}

static void test_connecting_resets_the_card(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    const unsigned selections = fake_card_selections(card);
    assert_int_equal(jumin_transport_connect(stage->transport), JUMIN_OK);
    assert_true(fake_card_selections(card) > selections);
    stage_clear(stage, 0, card);
}

static void test_a_card_may_ask_for_more_time(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    assert_int_equal(stage_command(stage, FAKE_LATE, 3, 0), JUMIN_OK);
    assert_int_equal(stage->length, 2);
    stage_clear(stage, 0, card);
}

static void test_a_silent_card_holds_the_reader_no_longer_than_its_waiting_time(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    assert_int_equal(stage_command(stage, FAKE_SILENT, 0, 0), JUMIN_ERROR_LINK);
    // The card is still there and answers the next command.
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_OK);
    stage_clear(stage, 0, card);
}

static void test_an_answer_that_comes_too_late_is_not_taken_for_the_next(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    assert_int_equal(stage_command(stage, FAKE_STALE, 0, 0), JUMIN_OK);
    assert_span_hex(span_of(stage->response, stage->length), "9000");
    stage_clear(stage, 0, card);
}

static void test_a_silent_card_does_not_hold_the_other_reader(void **state)
{
    struct stage *stage = *state;
    struct fake_card *silent = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    struct jumin_transport *first = stage->transport;
    struct fake_card *other = stage_insert_and_connect(stage, 1, JUMIN_PCSC_SHARED);
    struct jumin_transport *second = stage->transport;
    assert_int_equal(stage_command(stage, FAKE_ECHO, 1, 0), JUMIN_OK);
    stage->transport = first;
    assert_int_equal(stage_command(stage, FAKE_SILENT, 0, 0), JUMIN_ERROR_LINK);
    stage->transport = second;
    assert_int_equal(stage_command(stage, FAKE_ECHO, 2, 0), JUMIN_OK);
    assert_int_equal(stage->response[2], 2);
    stage_clear(stage, 1, other);
    stage->transport = first;
    stage_clear(stage, 0, silent);
}

// --- Losing the card ---------------------------------------------------------------------------------------

static void test_a_card_that_leaves_in_an_exchange_is_removed(void **state)
{
    struct stage *stage = *state;
    static const uint8_t ways[] = {FAKE_LEAVE, FAKE_NO_FRAME, FAKE_ENDLESS, FAKE_OTHER_TYPE};
    for (size_t i = 0; i < sizeof ways; i++) {
        struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
        assert_int_equal(stage_command(stage, ways[i], 0, 0), JUMIN_ERROR_CARD_REMOVED);
        assert_int_equal(stage->length, 0);
        stage_clear(stage, 0, card);
    }
}

static void test_a_card_that_leaves_between_exchanges_is_removed(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_EXCLUSIVE);
    assert_int_equal(stage_command(stage, FAKE_LEAVE_AFTER, 0, 0), JUMIN_OK);
    assert_int_equal(jumin_pcsc_wait_removal(stage->pcsc, READER_0, STAGE_PATIENCE_MS), JUMIN_OK);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_ERROR_CARD_REMOVED);
    assert_int_equal(jumin_transport_connect(stage->transport), JUMIN_ERROR_NO_CARD);
    stage_clear(stage, 0, card);
}

static void test_a_second_card_is_refused_and_the_first_goes_on(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    struct fake_card *second = stage_insert(0);
    assert_true(fake_card_was_refused(second));
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_OK);
    fake_card_remove(second);
    stage_clear(stage, 0, card);
}

static void test_a_card_that_cannot_be_selected_does_not_harm_the_reader(void **state)
{
    struct stage *stage = *state;
    char path[PCSCD_PATH_MAX];
    pcscd_socket(0, path);
    struct fake_card *mute = fake_card_insert_mute(path);
    assert_non_null(mute);
    assert_false(fake_card_was_refused(mute)); // but dropped
    fake_card_remove(mute);
    assert_int_equal(jumin_pcsc_wait_removal(stage->pcsc, READER_0, STAGE_PATIENCE_MS), JUMIN_OK);
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_OK);
    stage_clear(stage, 0, card);
}

// --- Other programs ----------------------------------------------------------------------------------------

static void test_a_reset_by_another_program_is_said_so(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    struct jumin_transport *other = NULL;
    assert_int_equal(jumin_pcsc_open(stage->pcsc, READER_0, JUMIN_PCSC_SHARED, &other), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(other), JUMIN_OK);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_ERROR_CARD_RESET);
    assert_int_equal(jumin_transport_connect(stage->transport), JUMIN_OK);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_OK);
    jumin_transport_free(other);
    stage_clear(stage, 0, card);
}

static void test_exclusive_use_keeps_others_out(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_EXCLUSIVE);
    struct jumin_transport *other = NULL;
    assert_int_equal(jumin_pcsc_open(stage->pcsc, READER_0, JUMIN_PCSC_SHARED, &other), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(other), JUMIN_ERROR_CARD_BUSY);
    jumin_transport_disconnect(stage->transport);
    assert_int_equal(jumin_transport_connect(other), JUMIN_OK);
    jumin_transport_free(other);
    stage_clear(stage, 0, card);
}

static void *connect_in_thread(void *context)
{
    const enum jumin_error error = jumin_transport_connect(context);
    return error == JUMIN_OK ? context : NULL;
}

static void test_a_transaction_keeps_a_reset_away(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    struct jumin_transport *other = NULL;
    pthread_t thread;
    void *connected = NULL;
    assert_int_equal(jumin_pcsc_open(stage->pcsc, READER_0, JUMIN_PCSC_SHARED, &other), JUMIN_OK);
    assert_int_equal(jumin_pcsc_begin(stage->transport), JUMIN_OK);
    assert_int_equal(pthread_create(&thread, NULL, connect_in_thread, other), 0);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_OK);
    }
    jumin_pcsc_end(stage->transport);
    pthread_join(thread, &connected);
    assert_non_null(connected);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_ERROR_CARD_RESET);
    jumin_transport_free(other);
    stage_clear(stage, 0, card);
}

// --- The service -------------------------------------------------------------------------------------------

static void test_a_service_that_dies_is_said_so_and_found_again(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    pcscd_kill(&stage->pcscd);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_ERROR_READER_REMOVED);
    assert_int_equal(jumin_transport_connect(stage->transport), JUMIN_ERROR_NO_SERVICE);
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, READER_0, 0, NULL, 0), JUMIN_ERROR_NO_SERVICE);
    fake_card_remove(card);

    // The socket that the dead driver left behind is in nobody's way.
    assert_true(pcscd_restart(&stage->pcscd));
    card = stage_insert(0);
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, READER_0, STAGE_PATIENCE_MS, NULL, 0), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(stage->transport), JUMIN_OK);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_OK);
    stage_clear(stage, 0, card);
}

static void test_a_service_restarted_between_exchanges_is_found_again(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    pcscd_stop(&stage->pcscd);
    fake_card_remove(card);
    assert_true(pcscd_restart(&stage->pcscd));
    card = stage_insert(0);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_ERROR_READER_REMOVED);
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, READER_0, STAGE_PATIENCE_MS, NULL, 0), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(stage->transport), JUMIN_OK);
    assert_int_equal(stage_command(stage, FAKE_ECHO, 0, 0), JUMIN_OK);
    stage_clear(stage, 0, card);
}

static void test_a_wait_ends_when_the_service_does(void **state)
{
    struct stage *stage = *state;
    struct fake_card *card = stage_insert_and_connect(stage, 0, JUMIN_PCSC_SHARED);
    struct waiting waiting = {.pcsc = stage->pcsc, .reader = READER_0, .removal = true};
    start_waiting(&waiting);
    pcscd_kill(&stage->pcscd);
    pthread_join(waiting.thread, NULL);
    assert_int_equal(waiting.result, JUMIN_ERROR_NO_SERVICE);
    fake_card_remove(card);
    jumin_transport_free(stage->transport);
    stage->transport = NULL;
    assert_true(pcscd_restart(&stage->pcscd));
}

static int run_all(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readers_are_listed_with_their_cards),
        cmocka_unit_test(test_a_card_is_found_on_any_reader),
        cmocka_unit_test(test_a_reader_that_is_not_there_is_said_so),
        cmocka_unit_test(test_connecting_without_card_is_no_card),
        cmocka_unit_test(test_a_wait_is_cancelled_from_another_thread),
        cmocka_unit_test(test_quick_removal_and_insertion_is_a_removal),
        cmocka_unit_test(test_a_card_that_was_exchanged_before_the_wait_has_left),
        cmocka_unit_test(test_changes_of_other_readers_do_not_count),
        cmocka_unit_test(test_apdus_of_every_length_pass),
        cmocka_unit_test(test_limits_are_those_the_reader_states),
        cmocka_unit_test(test_reader_tells_the_uid),
        cmocka_unit_test(test_connecting_resets_the_card),
        cmocka_unit_test(test_a_card_may_ask_for_more_time),
        cmocka_unit_test(test_a_silent_card_holds_the_reader_no_longer_than_its_waiting_time),
        cmocka_unit_test(test_an_answer_that_comes_too_late_is_not_taken_for_the_next),
        cmocka_unit_test(test_a_silent_card_does_not_hold_the_other_reader),
        cmocka_unit_test(test_a_card_that_leaves_in_an_exchange_is_removed),
        cmocka_unit_test(test_a_card_that_leaves_between_exchanges_is_removed),
        cmocka_unit_test(test_a_second_card_is_refused_and_the_first_goes_on),
        cmocka_unit_test(test_a_card_that_cannot_be_selected_does_not_harm_the_reader),
        cmocka_unit_test(test_a_reset_by_another_program_is_said_so),
        cmocka_unit_test(test_exclusive_use_keeps_others_out),
        cmocka_unit_test(test_a_transaction_keeps_a_reset_away),
        cmocka_unit_test(test_a_service_that_dies_is_said_so_and_found_again),
        cmocka_unit_test(test_a_service_restarted_between_exchanges_is_found_again),
        cmocka_unit_test(test_a_wait_ends_when_the_service_does),
    };
    return cmocka_run_group_tests_name("pcsc", tests, stage_set_up, stage_tear_down);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, run_all);
}
