// A process is killed, or a card pulled, at every step of writing a card; the next process finishes.
// SPDX-License-Identifier: Apache-2.0
//
// The process that is killed is a child with a station, a reader and a card of its own, whose flash is in a
// file. With JUMIN_LONG in the environment it is killed at every single command and answer, and the card's
// power is cut in the middle of what it programs.
#include "tests/station/production_stage.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum place {
    BEFORE_COMMIT,
    AFTER_COMMIT,
    AT_STEP,      // of the personalization, as it is told
    AFTER_ANSWER, // of the card
    IN_FLASH,     // between two words or pages
    IN_WORD,      // half of the word, or of the page, is done
};

// Where this process dies, counted from 1.
static struct {
    enum place place;
    unsigned at, met; // at 0: nowhere
} death;

enum { NOT_KILLED = 0, FAILED = 9 };

static void die_at(enum place place)
{
    if (death.at != 0 && death.place == place && ++death.met == death.at) {
        (void)kill(getpid(), SIGKILL);
        _exit(FAILED); // not reached
    }
}

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the name that the linker makes
enum jumin_error __real_database_commit(struct database *database);
enum jumin_error __wrap_database_commit(struct database *database);

enum jumin_error __wrap_database_commit(struct database *database)
{
    die_at(BEFORE_COMMIT);
    const enum jumin_error error = __real_database_commit(database);
    die_at(AFTER_COMMIT);
    return error;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static bool die_at_step(void *context, enum jumin_perso_step step, size_t done, size_t total)
{
    static int last = -1;
    (void)context;
    (void)done;
    (void)total;
    if ((int)step != last) {
        last = (int)step;
        die_at(AT_STEP);
    }
    return true;
}

static void die_after_answer(void *context, struct span command, uint8_t *response, size_t *n)
{
    (void)context;
    (void)command;
    (void)response;
    (void)n;
    die_at(AFTER_ANSWER);
}

// --- Flash whose power goes in the middle ----------------------------------------------------------------------

static struct store_flash whole;

static bool read_flash(void *context, uint32_t offset, uint8_t *out, size_t n)
{
    (void)context;
    return whole.read(whole.context, offset, out, n);
}

static bool program_flash(void *context, uint32_t offset, const uint8_t *data, size_t n)
{
    (void)context;
    for (size_t done = 0; done < n; done += STORE_WORD) {
        uint8_t half[STORE_WORD];
        die_at(IN_FLASH);
        if (death.place == IN_WORD && death.at != 0 && death.met + 1 == death.at) {
            memset(half, 0xFF, sizeof half);
            memcpy(half, data + done, STORE_WORD / 2);
            (void)whole.program(whole.context, offset + (uint32_t)done, half, STORE_WORD);
        }
        die_at(IN_WORD);
        if (!whole.program(whole.context, offset + (uint32_t)done, data + done, STORE_WORD)) {
            return false;
        }
    }
    return true;
}

static bool erase_flash(void *context, uint32_t page)
{
    (void)context;
    die_at(IN_FLASH);
    return whole.erase(whole.context, page);
}

static void break_flash(struct workplace *place)
{
    whole = place->link.port.flash;
    place->link.port.flash = (struct store_flash){read_flash, program_flash, erase_flash, NULL, whole.pages};
}

// --- The process that dies -------------------------------------------------------------------------------------

// PIN letters, in memory that outlives the child.
static unsigned *letters;

static int open_kill_stage(void **state)
{
    if (letters == NULL) {
        letters = mmap(NULL, sizeof *letters, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    }
    return letters == MAP_FAILED ? -1 : production_stage_open(state);
}

// In a child, which has no test framework to fail in: ends with NOT_KILLED or FAILED, unless it is killed.
static void produce_and_die(const char *number, unsigned card)
{
    static struct workplace workplace;
    struct jumin_station *own = NULL;
    if (station_connect(&own, 0, 0) != JUMIN_OK ||
        jumin_station_login(own, "produce", PASSPHRASE) != JUMIN_OK) {
        _exit(FAILED);
    }
    workplace_open(&workplace, card);
    (void)jumin_perso_set_progress(workplace.perso, die_at_step, NULL);
    workplace.link.tap = die_after_answer;
    break_flash(&workplace);
    death.met = 0; // what came before is no part of it
    const enum jumin_error error = production_issue(own, &workplace, number, letters);
    if (error != JUMIN_OK) {
        print_error("%s: %s\n", jumin_error_name(error), jumin_station_detail(own));
    }
    _exit(error == JUMIN_OK ? NOT_KILLED : FAILED);
}

// True: it was killed there; false: it has ended before.
static bool killed_at(enum place place, unsigned at, const char *number, unsigned card)
{
    int status = 0;
    *letters = 0;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        death.place = place;
        death.at = at;
        produce_and_die(number, card);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return true;
    }
    assert_int_equal(WEXITSTATUS(status), NOT_KILLED);
    return false;
}

// --- The process that finishes ---------------------------------------------------------------------------------

static bool is_kept(const char *number)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql,
                   "SELECT COUNT(*) FROM journal WHERE kept IS NOT NULL AND application = '%s'", number);
    return stage_integer(sql) == 1;
}

static void expect_issue(struct workplace *workplace, const char *number)
{
    const enum jumin_error error = production_issue(station, workplace, number, letters);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_station_detail(station));
    }
}

// A card whose order is kept is the only one that is taken, and has its PIN letter already; else whatever
// card comes next, with a letter of its own.
static void finish(const char *number, unsigned card, bool with_another)
{
    static struct workplace workplace;
    char document_number[JUMIN_DOCUMENT_NUMBER];
    const bool kept = is_kept(number);
    const unsigned before = *letters, another = production_blank_card();
    production_document_number(number, document_number);
    station_login(station, "produce");
    workplace_open(&workplace, with_another ? another : card);
    if (kept) {
        assert_int_equal(before, 1);
    }
    if (kept && with_another) {
        assert_int_equal(production_issue(station, &workplace, number, letters), JUMIN_ERROR_OTHER_CARD);
        workplace_change_card(&workplace, card);
    }
    if (station_state(number) != JUMIN_VERIFIED) {
        expect_issue(&workplace, number);
        assert_int_equal(*letters, before + (kept ? 0 : 1));
    }
    if (document_number[0] == '\0') { // it had not even been taken
        production_document_number(number, document_number);
    }
    workplace_close(&workplace);
    production_expect_issued(number, document_number);
}

// Neither card is lost: one is issued and never taken again, the other one serves somebody else.
static void use_both_cards(const char *number, unsigned card)
{
    static struct workplace workplace;
    char next[JUMIN_APPLICATION_NUMBER], document_number[JUMIN_DOCUMENT_NUMBER];
    (void)number;
    production_approved("key-only", next);
    station_login(station, "produce");
    workplace_open(&workplace, card);
    enum jumin_error error = production_issue(station, &workplace, next, letters);
    if (error != JUMIN_OK) { // then it is the other one
        assert_int_equal(error, JUMIN_ERROR_ALREADY_PERSONALIZED);
        assert_int_equal(station_state(next), JUMIN_PREPARED);
        workplace_change_card(&workplace, card + 1);
        expect_issue(&workplace, next);
    }
    workplace_close(&workplace);
    production_document_number(next, document_number);
    production_expect_issued(next, document_number);
}

static bool is_long(void)
{
    return getenv("JUMIN_LONG") != NULL;
}

// Kills at every `step`-th place until there is none left.
static void kill_everywhere(const char *profile, enum place place, unsigned step, bool with_another)
{
    char number[JUMIN_APPLICATION_NUMBER];
    unsigned at = 1;
    for (bool killed = true; killed; at += step) {
        production_approved(profile, number);
        const unsigned card = production_blank_card();
        killed = killed_at(place, at, number, card);
        finish(number, card, with_another);
        use_both_cards(number, card);
    }
    print_message("killed at %u places\n", (at - 1) / step - 1);
    assert_true(at > 4);
    assert_int_equal(production_cards(JUMIN_CARD_ISSUED), stage_integer("SELECT COUNT(*) FROM application"));
    assert_int_equal(production_cards(JUMIN_CARD_BEGUN) + production_cards(JUMIN_CARD_SPOILED), 0);
}

static void test_killed_before_every_commit(void **state)
{
    (void)state;
    kill_everywhere("resident", BEFORE_COMMIT, 1, false);
}

static void test_killed_after_every_commit(void **state)
{
    (void)state;
    kill_everywhere("resident", AFTER_COMMIT, 1, false);
}

static void test_killed_before_every_commit_and_another_card_comes(void **state)
{
    (void)state;
    kill_everywhere("key-only", BEFORE_COMMIT, 1, true);
}

static void test_killed_after_every_commit_and_another_card_comes(void **state)
{
    (void)state;
    kill_everywhere("key-only", AFTER_COMMIT, 1, true);
}

static void test_killed_at_every_step_of_the_card(void **state)
{
    (void)state;
    kill_everywhere("resident", AT_STEP, 1, false);
}

static void test_killed_at_every_step_and_another_card_comes(void **state)
{
    (void)state;
    kill_everywhere("key-only", AT_STEP, 1, true);
}

static void test_killed_after_every_answer_of_the_card(void **state)
{
    (void)state;
    kill_everywhere("resident", AFTER_ANSWER, is_long() ? 1 : 17, false);
    if (is_long()) {
        kill_everywhere("key-only", AFTER_ANSWER, 1, true);
    }
}

static void test_killed_while_the_card_programs(void **state)
{
    (void)state;
    kill_everywhere("resident", IN_FLASH, is_long() ? 97 : 1511, false);
}

static void test_power_is_cut_in_a_word(void **state)
{
    (void)state;
    kill_everywhere("resident", IN_WORD, is_long() ? 101 : 1693, true);
}

// --- Pulled ----------------------------------------------------------------------------------------------------

// The same process goes on when the card is back.
static void pull_everywhere(bool lose_answer_only, unsigned step)
{
    static struct workplace workplace;
    char number[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER], document[JUMIN_DOCUMENT_NUMBER];
    const struct jumin_station_letter letter = production_letters(letters);
    bool pulled = true;
    for (unsigned at = 1; pulled; at += step) {
        struct jumin_order *order = NULL;
        production_approved("resident", number);
        station_login(station, "produce");
        workplace_open(&workplace, production_blank_card());
        *letters = 0;
        assert_int_equal(jumin_station_prepare(station, number, &order, taken), JUMIN_OK);
        production_document_number(number, document);
        card_link_count_from_here(&workplace.link, at, lose_answer_only);
        enum jumin_error error = jumin_station_issue(station, workplace.perso, number, order, &letter);
        pulled = workplace.link.commands >= at;
        if (error == JUMIN_ERROR_CARD_REMOVED) {
            error = jumin_station_issue(station, workplace.perso, number, order, &letter);
        }
        if (error != JUMIN_OK) {
            fail_msg("pulled at command %u: %s: %s", at, jumin_error_name(error),
                     jumin_station_detail(station));
        }
        assert_int_equal(*letters, 1); // the PIN is the same
        jumin_order_free(order);
        workplace_close(&workplace);
        production_expect_issued(number, document);
    }
    assert_int_equal(production_cards(JUMIN_CARD_ISSUED), stage_integer("SELECT COUNT(*) FROM application"));
}

static void test_card_is_pulled_before_commands(void **state)
{
    (void)state;
    pull_everywhere(false, is_long() ? 1 : 11);
}

static void test_card_is_pulled_before_answers(void **state)
{
    (void)state;
    pull_everywhere(true, is_long() ? 1 : 11);
}

#define KILL_TEST(test) cmocka_unit_test_setup_teardown(test, open_kill_stage, production_stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KILL_TEST(test_killed_before_every_commit),
        KILL_TEST(test_killed_after_every_commit),
        KILL_TEST(test_killed_before_every_commit_and_another_card_comes),
        KILL_TEST(test_killed_after_every_commit_and_another_card_comes),
        KILL_TEST(test_killed_at_every_step_of_the_card),
        KILL_TEST(test_killed_at_every_step_and_another_card_comes),
        KILL_TEST(test_killed_after_every_answer_of_the_card),
        KILL_TEST(test_killed_while_the_card_programs),
        KILL_TEST(test_power_is_cut_in_a_word),
        KILL_TEST(test_card_is_pulled_before_commands),
        KILL_TEST(test_card_is_pulled_before_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
