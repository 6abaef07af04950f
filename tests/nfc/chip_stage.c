// The stage of the tests over libnfc.
// SPDX-License-Identifier: Apache-2.0
#include "tests/nfc/chip_stage.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// --- Programs ----------------------------------------------------------------------------------------------

// Starts argv[0] and dies with this process. `to` and `from` get its standard input and output, where not
// NULL.
static pid_t start_program(char *const *argv, FILE **to, FILE **from)
{
    int in[2], out[2];
    const pid_t parent = getpid();
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)dup2(in[0], STDIN_FILENO);
        (void)dup2(out[1], STDOUT_FILENO);
        if (getppid() == parent) {
            execv(argv[0], argv);
        }
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    FILE *const input = fdopen(in[1], "w"), *const output = fdopen(out[0], "r");
    assert_non_null(input);
    assert_non_null(output);
    // Unbuffered, so that poll knows what is still to be read.
    assert_int_equal(setvbuf(output, NULL, _IONBF, 0), 0);
    if (to != NULL) {
        *to = input;
    } else {
        (void)fclose(input);
    }
    if (from != NULL) {
        *from = output;
    } else {
        (void)fclose(output);
    }
    return pid;
}

static int status_of(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void read_line(FILE *from, char *line, size_t capacity)
{
    struct pollfd watched = {.fd = fileno(from), .events = POLLIN};
    for (size_t n = 0; n < capacity; n++) {
        assert_int_equal(poll(&watched, 1, CHIP_PATIENCE_MS), 1);
        const int c = fgetc(from);
        assert_int_not_equal(c, EOF);
        line[n] = c == '\n' ? '\0' : (char)c;
        if (c == '\n') {
            return;
        }
    }
    fail_msg("a line that is too long");
}

void chip_stage_await(struct chip_stage *stage, const char *event)
{
    char line[2 * CHIP_PATH_MAX];
    do {
        read_line(stage->events, line, sizeof line);
    } while (strncmp(line, event, strlen(event)) != 0);
}

void chip_stage_order(struct chip_stage *stage, const char *order)
{
    char answer[4 * CHIP_PATH_MAX];
    assert_true(fprintf(stage->orders, "%s\n", order) > 0);
    assert_int_equal(fflush(stage->orders), 0);
    read_line(stage->order_done, answer, sizeof answer);
    assert_memory_equal(answer, "ok", 2);
}

// --- Chip and card -----------------------------------------------------------------------------------------

static void make_card(struct chip_stage *stage)
{
    char program[] = JUMIN_PROGRAM, sim[] = "sim", new[] = "--new", home[] = "--home";
    char *const argv[] = {program, sim, new, stage->card, home, stage->folder, NULL};
    FILE *output = NULL;
    const pid_t pid = start_program(argv, NULL, &output);
    while (fgetc(output) != EOF) {
    }
    (void)fclose(output);
    assert_int_equal(status_of(pid), 0);
}

void chip_stage_start_chip(struct chip_stage *stage, const char *type)
{
    char program[] = PN532_PROGRAM, link[] = "--link", listen[] = "--listen", type_option[] = "--type",
         a_or_b[2];
    (void)snprintf(a_or_b, sizeof a_or_b, "%s", type);
    char *const argv[] = {program, link, stage->line, listen, stage->socket, type_option, a_or_b, NULL};
    stage->chip = start_program(argv, NULL, &stage->events);
    chip_stage_await(stage, "ready");
}

void chip_stage_end_chip(struct chip_stage *stage)
{
    assert_int_equal(kill(stage->chip, SIGTERM), 0);
    assert_int_equal(status_of(stage->chip), 0);
    (void)fclose(stage->events);
}

static void start_simulator(struct chip_stage *stage)
{
    char program[] = JUMIN_PROGRAM, sim[] = "sim", option[] = "--card", card[3 * CHIP_PATH_MAX];
    (void)snprintf(card, sizeof card, "%s@sim:%s", stage->card, stage->socket);
    char *const argv[] = {program, sim, option, card, NULL};
    stage->simulator = start_program(argv, &stage->orders, &stage->order_done);
    chip_stage_await(stage, "card came");
}

static void in_folder(const struct chip_stage *stage, const char *name, char path[CHIP_PATH_MAX])
{
    assert_in_range(snprintf(path, CHIP_PATH_MAX, "%s/%s", stage->folder, name), 1, CHIP_PATH_MAX - 1);
}

void chip_stage_start(struct chip_stage *stage, const char *type)
{
    *stage = (struct chip_stage){.folder = "/tmp/jumin-chip-XXXXXX"};
    assert_non_null(mkdtemp(stage->folder));
    in_folder(stage, "nfc", stage->line);
    in_folder(stage, "socket", stage->socket);
    in_folder(stage, "card", stage->card);
    nfc_init(&stage->context);
    assert_non_null(stage->context);
    make_card(stage);
    chip_stage_start_chip(stage, type);
    start_simulator(stage);
}

void chip_stage_stop(struct chip_stage *stage)
{
    char key[CHIP_PATH_MAX];
    in_folder(stage, "transport.key", key);
    chip_stage_close(stage);
    nfc_exit(stage->context);
    chip_stage_order(stage, "quit");
    assert_int_equal(status_of(stage->simulator), 0);
    chip_stage_end_chip(stage);
    (void)fclose(stage->orders);
    (void)fclose(stage->order_done);
    assert_int_equal(unlink(stage->card), 0);
    assert_int_equal(unlink(key), 0);
    assert_int_equal(rmdir(stage->folder), 0); // the chip left nothing behind
}

// --- libnfc ------------------------------------------------------------------------------------------------

void chip_stage_open(struct chip_stage *stage)
{
    nfc_connstring connection;
    (void)snprintf(connection, sizeof connection, "pn532_uart:%s", stage->line);
    stage->device = nfc_open(stage->context, connection);
    assert_non_null(stage->device);
    assert_int_equal(nfc_initiator_init(stage->device), 0);
    assert_int_equal(nfc_device_set_property_bool(stage->device, NP_INFINITE_SELECT, false), 0);
}

void chip_stage_close(struct chip_stage *stage)
{
    if (stage->device != NULL) {
        nfc_close(stage->device);
    }
    stage->device = NULL;
}

int chip_stage_select(struct chip_stage *stage, nfc_modulation_type type, nfc_baud_rate rate,
                      nfc_target *target)
{
    const nfc_modulation modulation = {.nmt = type, .nbr = rate};
    nfc_target found;
    return nfc_initiator_select_passive_target(stage->device, modulation, NULL, 0,
                                               target != NULL ? target : &found);
}

int chip_stage_transceive(struct chip_stage *stage, const char *command, int timeout_ms)
{
    uint8_t bytes[CHIP_ANSWER_MAX];
    const struct span span = unhex(command, bytes, sizeof bytes);
    stage->length = nfc_initiator_transceive_bytes(stage->device, span.p, span.n, stage->answer,
                                                   sizeof stage->answer, timeout_ms);
    return stage->length;
}

void chip_stage_assert_card_answers(struct chip_stage *stage)
{
    assert_int_equal(chip_stage_transceive(stage, "00 A4 00 0C 02 3F 00", CHIP_PATIENCE_MS), 2);
    assert_span_hex(span_of(stage->answer, 2), "9000");
}
