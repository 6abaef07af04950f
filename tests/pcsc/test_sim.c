// The simulator `jumin sim` over a real service: cards come, go, are lost on command and survive what
// happens.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <jumin/link_model.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/pcsc/stage.h"

#define FOLDER "/run/pcscd/jumin/sim"
#define PERSON JUMIN_SPECIMEN "/person.json"
#define PHOTO JUMIN_SPECIMEN "/portrait.jpg"
#define CONTROL "/run/pcscd/jumin/sim/control"
#define CARD_1 "/run/pcscd/jumin/sim/one.card"
#define CARD_2 "/run/pcscd/jumin/sim/two.card"
#define OUTPUT "/run/pcscd/jumin/sim/output"
#define TRACE "/run/pcscd/jumin/sim/trace"

enum { ARGUMENTS_MAX = 24, TEXT_MAX = 1 << 18, CONNECT_TRIES = 2000, CONNECT_TRY_US = 5000 };

// --- The program -------------------------------------------------------------------------------------------

static pid_t start(const char *const *arguments)
{
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid != 0) {
        return pid;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int output = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    (void)dup2(nothing, STDIN_FILENO);
    (void)dup2(output, STDOUT_FILENO);
    (void)dup2(output, STDERR_FILENO);
    char *argv[ARGUMENTS_MAX + 2] = {strdup("jumin")};
    for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++) {
        argv[i + 1] = strdup(arguments[i]);
    }
    if (getppid() == parent) {
        execv(JUMIN_PROGRAM, argv);
    }
    _exit(127);
}

static int wait_for(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static const char *read_text(const char *path)
{
    static char text[TEXT_MAX];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    const size_t n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    (void)fclose(file);
    return text;
}

#define run(...) wait_for(start((const char *const[]){__VA_ARGS__, NULL}))
// With what it said when it fails.
#define assert_runs(...)                                                                                     \
    do {                                                                                                     \
        if (run(__VA_ARGS__) != 0) {                                                                         \
            fail_msg("%s", read_text(OUTPUT));                                                               \
        }                                                                                                    \
    } while (0)

static mode_t mode_of(const char *path)
{
    struct stat file;
    assert_int_equal(lstat(path, &file), 0);
    return file.st_mode & 0777;
}

// --- The running simulator ---------------------------------------------------------------------------------

struct simulator {
    pid_t pid;
    int control;
};

static int connect_control(void)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = CONTROL};
    for (int i = 0; i < CONNECT_TRIES; i++) {
        const int control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(control, (const struct sockaddr *)&address, sizeof address) == 0) {
            return control;
        }
        close(control);
        (void)usleep(CONNECT_TRY_US);
    }
    fail_msg("the simulator does not start: %s", read_text(OUTPUT));
    return -1;
}

// Card 1 for reader 0 and card 2 for reader 1. `rate`: of the air, or NULL.
static struct simulator start_simulator_over_air(const char *rate)
{
    char reader[2][PCSCD_PATH_MAX], one[400], two[400];
    pcscd_socket(0, reader[0]);
    pcscd_socket(1, reader[1]);
    (void)snprintf(one, sizeof one, CARD_1 "@sim:%s", reader[0]);
    (void)snprintf(two, sizeof two, CARD_2 "@sim:%s", reader[1]);
    const char *const arguments[] = {"sim",   "--card",  one,   "--card", two, "--control",
                                     CONTROL, "--trace", TRACE, "--seed", "1", rate == NULL ? NULL : "--rf",
                                     rate,    NULL};
    const pid_t pid = start(arguments);
    return (struct simulator){pid, connect_control()};
}

static struct simulator start_simulator(void)
{
    return start_simulator_over_air(NULL);
}

// The answer to one command, without its newline.
static const char *ask(const struct simulator *simulator, const char *command)
{
    static char answer[TEXT_MAX];
    char line[2000];
    size_t n = 0;
    (void)snprintf(line, sizeof line, "%s\n", command);
    assert_int_equal(send(simulator->control, line, strlen(line), MSG_NOSIGNAL), strlen(line));
    do {
        const ssize_t got = recv(simulator->control, answer + n, sizeof answer - 1 - n, 0);
        assert_true(got > 0);
        n += (size_t)got;
    } while (answer[n - 1] != '\n');
    answer[n - 1] = '\0';
    return answer;
}

static void stop_simulator(const struct simulator *simulator)
{
    assert_string_equal(ask(simulator, "quit"), "ok");
    close(simulator->control);
    assert_int_equal(wait_for(simulator->pid), 0);
}

static void await_card(struct stage *stage, const char *reader)
{
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, reader, STAGE_PATIENCE_MS, NULL, 0), JUMIN_OK);
}

static void await_removal(struct stage *stage, const char *reader)
{
    assert_int_equal(jumin_pcsc_wait_removal(stage->pcsc, reader, STAGE_PATIENCE_MS), JUMIN_OK);
}

static void connect_reader(struct stage *stage, const char *reader)
{
    jumin_transport_free(stage->transport);
    stage->transport = NULL;
    assert_int_equal(jumin_pcsc_open(stage->pcsc, reader, JUMIN_PCSC_SHARED, &stage->transport), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(stage->transport), JUMIN_OK);
}

static enum jumin_error select_mf(struct stage *stage)
{
    static const uint8_t command[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};
    return jumin_transport_transmit(stage->transport, command, sizeof command, stage->response,
                                    sizeof stage->response, &stage->length);
}

static int set_up(void **state)
{
    if (stage_set_up(state) != 0 || mkdir(FOLDER, 0700) != 0 || setenv("JUMIN_HOME", FOLDER, 1) != 0) {
        return 1;
    }
    return run("sim", "--new", CARD_1, "--serial", "1") | run("sim", "--new", CARD_2, "--serial", "2");
}

// --- The factory -------------------------------------------------------------------------------------------

static void test_factory_makes_files_for_their_owner_only(void **state)
{
    (void)state;
    assert_int_equal(mode_of(CARD_1), 0600);
    assert_int_equal(mode_of(FOLDER "/transport.key"), 0600);
}

static void test_factory_leaves_an_existing_image_alone(void **state)
{
    (void)state;
    struct stat before, after;
    assert_int_equal(stat(CARD_1, &before), 0);
    assert_int_equal(run("sim", "--new", CARD_1), 1);
    assert_int_equal(stat(CARD_1, &after), 0);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_non_null(strstr(read_text(OUTPUT), CARD_1));
}

// --- Running -----------------------------------------------------------------------------------------------

static void test_cards_come_and_go_on_command(void **state)
{
    struct stage *stage = *state;
    const struct simulator simulator = start_simulator();
    assert_int_equal(mode_of(CONTROL), 0600);
    await_card(stage, READER_0);
    await_card(stage, READER_1);
    assert_string_equal(ask(&simulator, "remove 1"), "ok 1 out");
    await_removal(stage, READER_0);
    assert_non_null(
        strstr(ask(&simulator, "list"), "ok 1 out sim:/run/pcscd/jumin/reader0.sock " CARD_1 "; 2 "));
    assert_memory_equal(ask(&simulator, "insert 1"), "ok 1 ", 5);
    await_card(stage, READER_0);
    connect_reader(stage, READER_1);
    assert_int_equal(select_mf(stage), JUMIN_OK);
    stop_simulator(&simulator);
    await_removal(stage, READER_1);
    assert_int_equal(access(CONTROL, F_OK), -1);
}

static void test_wrong_commands_are_refused_in_one_line(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "insert",
        "insert 0",
        "insert 3",
        "insert x",
        "remove -1",
        "fault 1",
        "fault 1 lose-after",
        "fault 1 lose-after x",
        "fault 1 lose-after 1 sometimes",
        "burn 1",
    };
    const struct simulator simulator = start_simulator();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_memory_equal(ask(&simulator, wrong[i]), "error ", 6);
    }
    char line[1000];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    assert_memory_equal(ask(&simulator, line), "error ", 6);
    stop_simulator(&simulator);
}

static void test_two_cards_show_the_same_atr_and_random_uids(void **state)
{
    struct stage *stage = *state;
    static const uint8_t get_uid[] = {0xFF, 0xCA, 0x00, 0x00, 0x00};
    uint8_t uid[3][4];
    const char *const readers[] = {READER_0, READER_1, READER_0};
    const struct simulator simulator = start_simulator();
    await_card(stage, READER_0);
    await_card(stage, READER_1);
    for (int i = 0; i < 3; i++) {
        connect_reader(stage, readers[i]);
        assert_int_equal(jumin_transport_transmit(stage->transport, get_uid, sizeof get_uid, stage->response,
                                                  sizeof stage->response, &stage->length),
                         JUMIN_OK);
        assert_int_equal(stage->length, sizeof uid[i] + 2);
        memcpy(uid[i], stage->response, sizeof uid[i]);
        assert_int_equal(uid[i][0], 0x08);
    }
    assert_memory_not_equal(uid[0], uid[1], sizeof uid[0]);
    assert_memory_not_equal(uid[0], uid[2], sizeof uid[0]);
    const struct jumin_pcsc_reader *found = NULL;
    size_t count = 0;
    assert_int_equal(jumin_pcsc_readers(stage->pcsc, &found, &count), JUMIN_OK);
    assert_int_equal(found[0].atr_length, found[1].atr_length);
    assert_memory_equal(found[0].atr, found[1].atr, found[0].atr_length);
    stop_simulator(&simulator);
    await_removal(stage, READER_0);
}

static int selects_in_trace(void)
{
    int commands = 0;
    for (const char *at = read_text(TRACE); (at = strstr(at, "> SELECT")) != NULL; at++) {
        commands++;
    }
    return commands;
}

static void test_a_fault_loses_the_tag_at_the_command_that_was_named(void **state)
{
    struct stage *stage = *state;
    static const char *const faults[] = {"fault 1 lose-after 2", "fault 1 lose-after 2 answer",
                                         "fault 1 lose-after 2 command"};
    static const bool runs[] = {true, true, false};
    const struct simulator simulator = start_simulator();
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        await_card(stage, READER_0);
        connect_reader(stage, READER_0);
        const int before = selects_in_trace();
        assert_memory_equal(ask(&simulator, faults[i]), "ok 1 ", 5);
        assert_int_equal(select_mf(stage), JUMIN_OK);
        assert_int_equal(select_mf(stage), JUMIN_OK);
        assert_int_equal(select_mf(stage), JUMIN_ERROR_CARD_REMOVED);
        await_removal(stage, READER_0);
        assert_int_equal(selects_in_trace() - before, runs[i] ? 3 : 2);
        assert_memory_equal(ask(&simulator, "insert 1"), "ok 1 ", 5);
    }
    stop_simulator(&simulator);
    await_removal(stage, READER_0);
}

static void test_an_image_is_opened_once_only(void **state)
{
    (void)state;
    const struct simulator simulator = start_simulator();
    assert_int_equal(run("sim", "--card", CARD_1), 1);
    assert_non_null(strstr(read_text(OUTPUT), CARD_1 ": the image is in use"));
    stop_simulator(&simulator);
    assert_int_equal(run("sim", "--card", CARD_1, "--card", CARD_1), 1);
    assert_non_null(strstr(read_text(OUTPUT), "in use"));
}

static void test_what_is_no_card_image_is_refused_by_name(void **state)
{
    (void)state;
    FILE *file = fopen(FOLDER "/text", "w");
    assert_non_null(file);
    (void)fputs("no image\n", file);
    (void)fclose(file);
    assert_int_equal(run("sim", "--card", (FOLDER "/text")), 1);
    assert_non_null(strstr(read_text(OUTPUT), FOLDER "/text: this is no card image"));
    assert_int_equal(truncate(FOLDER "/text", 65536), 0);
    assert_int_equal(run("sim", "--card", (FOLDER "/text")), 1);
    assert_non_null(strstr(read_text(OUTPUT), FOLDER "/text: the image is damaged"));
    assert_int_equal(run("sim", "--card", (FOLDER "/missing")), 1);
    assert_int_equal(run("sim", "--card", (CARD_1 "@nowhere")), 1);
    assert_non_null(strstr(read_text(OUTPUT), "sim:PATH"));
}

static void test_a_killed_simulator_leaves_a_card_that_starts(void **state)
{
    struct stage *stage = *state;
    const struct simulator killed = start_simulator();
    await_card(stage, READER_0);
    assert_int_equal(kill(killed.pid, SIGKILL), 0);
    assert_int_equal(wait_for(killed.pid), -SIGKILL);
    close(killed.control);
    await_removal(stage, READER_0);
    const struct simulator simulator = start_simulator(); // over the control socket that was left, too
    await_card(stage, READER_0);
    connect_reader(stage, READER_0);
    assert_int_equal(select_mf(stage), JUMIN_OK);
    stop_simulator(&simulator);
    await_removal(stage, READER_0);
}

static void test_a_card_comes_back_when_the_service_restarts(void **state)
{
    struct stage *stage = *state;
    const struct simulator simulator = start_simulator();
    await_card(stage, READER_0);
    pcscd_kill(&stage->pcscd);
    assert_true(pcscd_restart(&stage->pcscd));
    await_card(stage, READER_0);
    await_card(stage, READER_1);
    connect_reader(stage, READER_0);
    assert_int_equal(select_mf(stage), JUMIN_OK);
    stop_simulator(&simulator);
    await_removal(stage, READER_0);
}

static void test_a_signal_ends_the_simulator_in_order(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        const struct simulator simulator = start_simulator();
        assert_int_equal(kill(simulator.pid, signals[i]), 0);
        assert_int_equal(wait_for(simulator.pid), 0);
        assert_int_equal(access(CONTROL, F_OK), -1);
        close(simulator.control);
    }
}

// Wrong CANs make a card slow; its answer is late, but the other card's is not. Over the air it is later than
// the card's waiting time, and the card asks for more.
static void test_a_delay_holds_back_one_card_only(void **state)
{
    struct stage *stage = *state;
    assert_int_equal(setenv("JUMIN_PASSPHRASE", "passphrase of a test", 1), 0);
    jumin_transport_free(stage->transport); // the station wants the card for itself
    stage->transport = NULL;
    assert_runs("pki", "init");
    const struct simulator simulator = start_simulator_over_air("848");
    await_card(stage, READER_0);
    await_card(stage, READER_1);
    assert_runs("station", "issue", "--reader", READER_0, "--person", (PERSON), "--photo", (PHOTO), "--can",
                "123456");
    static const char *const wrong[] = {"card", "read", "--reader", READER_0, "--can", "654321", NULL};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(wait_for(start(wrong)), 1);
        assert_non_null(strstr(read_text(OUTPUT), "wrong-password"));
    }
    connect_reader(stage, READER_1);
    const pid_t slow = start(wrong);
    while (strstr(read_text(TRACE), "held back for 1000 ms") == NULL) {
        assert_int_equal(select_mf(stage), JUMIN_OK);
    }
    assert_int_equal(select_mf(stage), JUMIN_OK);
    assert_int_equal(waitpid(slow, NULL, WNOHANG), 0);
    assert_int_equal(wait_for(slow), 1);
    assert_non_null(strstr(read_text(OUTPUT), "wrong-password"));
    assert_null(strstr(read_text(TRACE), "123456"));
    stop_simulator(&simulator);
    await_removal(stage, READER_0);
}

static int64_t now_ns(void)
{
    struct timespec t;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// Never sooner than over the air; how much later is the machine's.
static void test_answers_take_as_long_as_over_the_air(void **state)
{
    enum { COMMANDS = 20 };
    static const uint8_t read_atr_info[] = {0x00, 0xB0, 0x81, 0x00, 0x00};
    static const char *const rates[] = {"106", "848"};
    static const struct jumin_link_model air[] = {{106, 256, 256}, {848, 256, 256}};
    struct stage *stage = *state;
    for (size_t i = 0; i < 2; i++) {
        const struct simulator simulator = start_simulator_over_air(rates[i]);
        await_card(stage, READER_0);
        connect_reader(stage, READER_0);
        const int64_t begin = now_ns();
        for (int n = 0; n < COMMANDS; n++) {
            assert_int_equal(jumin_transport_transmit(stage->transport, read_atr_info, sizeof read_atr_info,
                                                      stage->response, sizeof stage->response,
                                                      &stage->length),
                             JUMIN_OK);
        }
        assert_true(stage->length > 2);
        // A late answer shortens the next one, but for the first.
        assert_true(
            now_ns() - begin >=
            (int64_t)(COMMANDS * jumin_link_model_time(&air[i], sizeof read_atr_info, stage->length)));
        stop_simulator(&simulator);
        await_removal(stage, READER_0);
    }
}

static void test_an_air_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[][7] = {
        {"sim", "--card", CARD_1, "--rf", "107", NULL},
        {"sim", "--card", CARD_1, "--rf-frame", "64", NULL},
        {"sim", "--card", CARD_1, "--rf=106", "--rf-frame=15", NULL},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(wait_for(start(wrong[i])), 2);
    }
}

static int run_all(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_factory_makes_files_for_their_owner_only),
        cmocka_unit_test(test_factory_leaves_an_existing_image_alone),
        cmocka_unit_test(test_cards_come_and_go_on_command),
        cmocka_unit_test(test_wrong_commands_are_refused_in_one_line),
        cmocka_unit_test(test_two_cards_show_the_same_atr_and_random_uids),
        cmocka_unit_test(test_a_fault_loses_the_tag_at_the_command_that_was_named),
        cmocka_unit_test(test_an_image_is_opened_once_only),
        cmocka_unit_test(test_what_is_no_card_image_is_refused_by_name),
        cmocka_unit_test(test_a_killed_simulator_leaves_a_card_that_starts),
        cmocka_unit_test(test_a_card_comes_back_when_the_service_restarts),
        cmocka_unit_test(test_a_signal_ends_the_simulator_in_order),
        cmocka_unit_test(test_answers_take_as_long_as_over_the_air),
        cmocka_unit_test(test_an_air_that_does_not_exist_is_refused),
        cmocka_unit_test(test_a_delay_holds_back_one_card_only),
    };
    return cmocka_run_group_tests_name("sim", tests, set_up, stage_tear_down);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, run_all);
}
