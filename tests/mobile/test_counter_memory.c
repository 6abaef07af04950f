// What a verifier remembers of counters' codes when the disk is full, or the program ends.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/verifier/counter_memory.h"
#include "tests/unit/temporary_folder.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RECORD = COUNTER_ID + 8 };

static struct detail detail;

static enum jumin_error take_at(uint8_t first, int64_t at)
{
    struct counter_memory memory;
    const uint8_t id[COUNTER_ID] = {first};
    assert_true(counter_memory_init(&memory, temporary_path("%s", "")));
    const enum jumin_error error = counter_memory_take(&memory, id, at + 60, at, &detail);
    counter_memory_release(&memory);
    return error;
}

// Files get no longer than that, as on a disk that is full.
static void leave_room_for(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_disk_that_is_full_forgets_nothing_and_blocks_nothing(void **state)
{
    (void)state;
    void (*const action)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(take_at(1, 100), JUMIN_OK);
    for (unsigned room = 0; room < 2 * RECORD; room++) {
        leave_room_for(room);
        const enum jumin_error error = take_at(2, 101);
        leave_room_for(RLIM_INFINITY);
        assert_int_equal(error, JUMIN_ERROR_FILE);
        assert_non_null(strstr(detail.text, strerror(EFBIG)));
        assert_int_equal(take_at(1, 102), JUMIN_ERROR_CONFLICT);
    }
    assert_int_equal(take_at(2, 103), JUMIN_OK);
    (void)signal(SIGXFSZ, action);
}

// The signal that comes with the limit ends the program, wherever it is in its writing.
static void test_program_that_ends_while_it_writes_forgets_nothing(void **state)
{
    (void)state;
    const struct rlimit no_core = {0, 0};
    assert_int_equal(take_at(1, 100), JUMIN_OK);
    for (unsigned room = 0; room < 2 * RECORD; room += 7) {
        int status = 0;
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            (void)signal(SIGXFSZ, SIG_DFL);
            (void)setrlimit(RLIMIT_CORE, &no_core);
            leave_room_for(room);
            (void)take_at(2, 101);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
        assert_int_equal(take_at(1, 102), JUMIN_ERROR_CONFLICT);
    }
    assert_int_equal(take_at(2, 103), JUMIN_OK);
    assert_int_equal(take_at(1, 104), JUMIN_ERROR_CONFLICT);
}

static void test_record_that_is_cut_off_is_of_no_code(void **state)
{
    (void)state;
    for (off_t n = 0; n < 3 * RECORD; n++) {
        (void)unlink(temporary_path("counter-codes"));
        for (uint8_t i = 0; i < 3; i++) {
            assert_int_equal(take_at(i, 100), JUMIN_OK);
        }
        assert_int_equal(truncate(temporary_path("counter-codes"), n), 0);
        for (uint8_t i = 0; i < 3; i++) {
            assert_int_equal(take_at(i, 101), n >= (i + 1) * RECORD ? JUMIN_ERROR_CONFLICT : JUMIN_OK);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_disk_that_is_full_forgets_nothing_and_blocks_nothing),
        IN_TEMPORARY_FOLDER(test_program_that_ends_while_it_writes_forgets_nothing),
        IN_TEMPORARY_FOLDER(test_record_that_is_cut_off_is_of_no_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
