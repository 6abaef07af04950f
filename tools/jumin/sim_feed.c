// `jumin sim feed`: the feeder of `jumin station batch` for simulated cards.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/sim_command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_MAX = 4352, NUMBER_MAX = 63 };

// "jumin 2 00 00": the first number in a reader's name. False: there is none.
static bool number_of_reader(const char *name, long *number)
{
    const char *digits = strpbrk(name, "0123456789");
    *number = 0;
    for (const char *at = digits; at != NULL && *at >= '0' && *at <= '9' && *number <= NUMBER_MAX; at++) {
        *number = *number * 10 + (*at - '0');
    }
    return digits != NULL && *number <= NUMBER_MAX;
}

static bool check(const struct cli_arguments *arguments)
{
    long number = 0;
    if (!cli_has(arguments, "control")) {
        return cli_misused(arguments, "--control is needed");
    }
    if (arguments->operand_count == 0) {
        return cli_misused(arguments, "the reader's name is needed");
    }
    return cli_number(arguments, "card", 1, NUMBER_MAX + 1, 1, &number) &&
           (cli_has(arguments, "card") || number_of_reader(arguments->operands[0], &number) ||
            cli_misused(arguments, "%s has no number: give --card", arguments->operands[0]));
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    const int control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (control >= 0 && connect(control, (const struct sockaddr *)&address, sizeof address) != 0) {
        const int reason = errno;
        close(control);
        errno = reason;
        return -1;
    }
    return control;
}

// One line there, one line back.
static bool ask(int control, const char *question, char answer[ANSWER_MAX])
{
    size_t n = 0;
    bool ok = send(control, question, strlen(question), MSG_NOSIGNAL) == (ssize_t)strlen(question);
    while (ok && (n == 0 || answer[n - 1] != '\n') && n < ANSWER_MAX - 1) {
        const ssize_t got = read(control, answer + n, ANSWER_MAX - 1 - n);
        ok = got > 0;
        n += ok ? (size_t)got : 0;
    }
    answer[n > 0 ? n - 1 : 0] = '\0';
    return ok;
}

static enum cli_exit run(const struct cli_arguments *arguments)
{
    char question[32], answer[ANSWER_MAX] = "";
    long number = 0;
    if (number_of_reader(arguments->operands[0], &number)) {
        number++;
    }
    if (!cli_number(arguments, "card", 1, NUMBER_MAX + 1, number, &number)) {
        return CLI_USAGE;
    }
    const char *path = cli_value(arguments, "control");
    const int control = connect_to(path);
    (void)snprintf(question, sizeof question, "next %ld\n", number);
    const bool asked = control >= 0 && ask(control, question, answer);
    const int reason = errno;
    if (control >= 0) {
        close(control);
    }
    if (!asked) {
        return cli_fail(arguments, "%s: no simulator answers: %s", path, strerror(reason));
    }
    return strncmp(answer, "ok ", 3) == 0 ? CLI_OK : cli_fail(arguments, "%s", answer);
}

static const struct cli_option options[] = {
    {"control", "PATH", "the simulator's socket (jumin sim --control)"},
    {"card", "N", "the number of the card that is changed; that of the reader and one unless given"},
};

const struct cli_command sim_feed_command = {
    .name = "sim feed",
    .summary = "Lay a new blank card on a simulated reader, as the feeder of a batch",
    .operands = "READER OUTCOME",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes = "For `jumin station batch --feed 'jumin sim feed --control PATH'`: on the reader \"jumin 0\" "
             "lies the "
             "first card of\n"
             "the simulator, on \"jumin 1\" the second. The image of the card that was there stays as it is.",
    .check = check,
    .run = run,
};
