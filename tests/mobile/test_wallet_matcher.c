// The program that compares faces: what it is given, what is taken from it, and that nothing of it is left.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_matcher.h"

#include "tests/unit/unit.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint8_t portrait[] = {0xFF, 0xD8, 0xFF, 'o', 'l', 'd'},
                     picture[] = {0xFF, 0xD8, 0xFF, 'n', 'e', 'w'};
static char folder[64], script[96];
static struct jumin_wallet_likeness likeness;

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/jumin-matcher-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(script, sizeof script, "%s/matcher", folder);
    assert_int_equal(setenv("TMPDIR", folder, 1), 0);
    return 0;
}

// Everything but the script is gone again.
static void assert_nothing_is_left(void)
{
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        if (strncmp(entry->d_name, "jumin-face", strlen("jumin-face")) == 0) {
            fail_msg("%s is left", entry->d_name);
        }
    }
    (void)closedir(entries);
}

static int remove_folder(void **state)
{
    (void)state;
    assert_nothing_is_left();
    (void)unlink(script);
    return rmdir(folder);
}

static void write_script(const char *body)
{
    FILE *file = fopen(script, "w");
    assert_non_null(file);
    (void)fprintf(file, "#!/bin/sh\n%s\n", body);
    assert_int_equal(fchmod(fileno(file), 0700), 0);
    assert_int_equal(fclose(file), 0);
}

static enum jumin_error run(const char *command, int milliseconds)
{
    struct matcher matcher = {command, picture, sizeof picture, milliseconds};
    likeness = (struct jumin_wallet_likeness){.score = 0};
    return matcher_compare(&matcher, portrait, sizeof portrait, &likeness);
}

static void refused(const char *body, enum jumin_error error, const char *why)
{
    write_script(body);
    assert_int_equal(run(script, 0), error);
    if (strstr(likeness.why, why) == NULL) {
        fail_msg("%s: %s", body, likeness.why);
    }
    assert_nothing_is_left();
}

static void test_what_the_program_says_is_taken(void **state)
{
    (void)state;
    write_script("echo '{\"score\": 87, \"live\": true}'");
    assert_int_equal(run(script, 0), JUMIN_OK);
    assert_int_equal(likeness.score, 87);
    assert_true(likeness.live);
    write_script("echo '{\"live\":false,\"score\":0}'");
    assert_int_equal(run(script, 0), JUMIN_OK);
    assert_int_equal(likeness.score, 0);
    assert_false(likeness.live);
}

static void test_it_gets_both_pictures_where_nobody_else_reads(void **state)
{
    (void)state;
    write_script("[ $# = 2 ] && [ \"$(tail -c 3 \"$1\")\" = old ] && [ \"$(tail -c 3 \"$2\")\" = new ] &&\n"
                 "[ \"$(stat -c %a \"$(dirname \"$1\")\")\" = 700 ] && [ \"$(stat -c %a \"$1\" \"$2\")\" = "
                 "'600\n600' ] &&\n"
                 "[ -z \"$(cat)\" ] && echo '{\"score\": 1, \"live\": true}'");
    assert_int_equal(run(script, 0), JUMIN_OK);
}

// The link keeps what stood in the file.
static void test_the_pictures_are_wiped(void **state)
{
    char kept[128];
    uint8_t bytes[16] = {1};
    (void)state;
    (void)snprintf(kept, sizeof kept, "%s/kept", folder);
    char body[256];
    (void)snprintf(body, sizeof body, "ln \"$1\" %s; exit 3", kept);
    refused(body, JUMIN_ERROR_MALFORMED, "failed with status 3");
    FILE *file = fopen(kept, "rb");
    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, sizeof bytes, file), sizeof portrait);
    (void)fclose(file);
    (void)unlink(kept);
    for (size_t i = 0; i < sizeof portrait; i++) {
        assert_int_equal(bytes[i], 0);
    }
}

static void test_no_shell_reads_the_command(void **state)
{
    char command[160];
    (void)state;
    (void)snprintf(command, sizeof command, "%s; true", script);
    write_script("echo '{\"score\": 1, \"live\": true}'");
    assert_int_equal(run(command, 0), JUMIN_ERROR_FILE);
}

static void test_a_program_that_is_not_there_is_named(void **state)
{
    (void)state;
    assert_int_equal(run("/nowhere/matcher", 0), JUMIN_ERROR_FILE);
    assert_string_equal(likeness.why, "no matcher: /nowhere/matcher: No such file or directory");
    write_script("");
    assert_int_equal(chmod(script, 0600), 0);
    assert_int_equal(run(script, 0), JUMIN_ERROR_FILE);
    assert_non_null(strstr(likeness.why, "Permission denied"));
}

static void test_an_answer_is_as_it_should_be_or_none(void **state)
{
    static const char *const answers[] = {
        "",
        "87",
        "[]",
        "{\"score\":87}",
        "{\"live\":true}",
        "{\"score\":101,\"live\":true}",
        "{\"score\":-1,\"live\":true}",
        "{\"score\":8.5,\"live\":true}",
        "{\"score\":\"87\",\"live\":true}",
        "{\"score\":87,\"live\":1}",
        "{\"score\":87,\"live\":true,\"name\":\"x\"}",
        "{\"score\":1,\"score\":87,\"live\":true}",
        "{\"score\":87,\"live\":true} and more",
    };
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        char body[128];
        (void)snprintf(body, sizeof body, "echo '%s'", answers[i]);
        refused(body, JUMIN_ERROR_MALFORMED, "answer is not");
        assert_int_equal(likeness.score, 0);
    }
    refused("echo '{\"score\":87,\"live\":true}'; exit 1", JUMIN_ERROR_MALFORMED, "failed with status 1");
    refused("echo '{\"score\":87,\"live\":true}'; kill -9 $$", JUMIN_ERROR_MALFORMED, "failed with signal 9");
    refused("exec cat /dev/zero", JUMIN_ERROR_MALFORMED, "too long");
}

static void test_a_program_that_does_not_answer_is_ended_with_its_own(void **state)
{
    char body[256], path[128];
    (void)state;
    write_script("exec sleep 1000");
    assert_int_equal(run(script, 100), JUMIN_ERROR_TIMEOUT);
    assert_string_equal(likeness.why, "the matcher timed out");
    write_script("exec >&-; exec sleep 1000"); // says that it is done, and goes on
    assert_int_equal(run(script, 100), JUMIN_ERROR_TIMEOUT);
    // What it has started holds the pipe; its end is seen by the pipe's.
    (void)snprintf(path, sizeof path, "%s/ended", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    (void)snprintf(body, sizeof body, "(sleep 1000 >%s) & exec sleep 1000", path);
    write_script(body);
    const pid_t reader = fork();
    if (reader == 0) {
        FILE *file = fopen(path, "r"); // until the writer has ended
        _exit(file != NULL && fgetc(file) == EOF ? 0 : 1);
    }
    assert_int_equal(run(script, 500), JUMIN_ERROR_TIMEOUT);
    int status = 1;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    (void)unlink(path);
}

static void test_a_signal_ends_the_program_and_leaves_nothing(void **state)
{
    char body[64];
    (void)state;
    const pid_t child = fork();
    if (child == 0) {
        (void)snprintf(body, sizeof body, "kill -TERM %d; exec sleep 1000", (int)getpid());
        write_script(body);
        (void)run(script, 0);
        _exit(0); // not reached: the signal comes once all is removed
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
}

#define MATCHER_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MATCHER_TEST(test_what_the_program_says_is_taken),
        MATCHER_TEST(test_it_gets_both_pictures_where_nobody_else_reads),
        MATCHER_TEST(test_the_pictures_are_wiped),
        MATCHER_TEST(test_no_shell_reads_the_command),
        MATCHER_TEST(test_a_program_that_is_not_there_is_named),
        MATCHER_TEST(test_an_answer_is_as_it_should_be_or_none),
        MATCHER_TEST(test_a_program_that_does_not_answer_is_ended_with_its_own),
        MATCHER_TEST(test_a_signal_ends_the_program_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
