// pn532: an NFC reader chip on a pseudo-terminal, with a simulated card in its field.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "tools/pn532/loop.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "Usage: pn532 --link PATH --listen SOCKET [--type A|B] [--trace FILE]\n"
    "\n"
    "Plays the NFC chip PN532 on a serial line, for libnfc and programs that use it. A simulated card comes "
    "into\n"
    "its field when it connects to SOCKET: jumin sim --card FILE@sim:SOCKET. A host opens PATH: libnfc's\n"
    "connection string is pn532_uart:PATH.\n"
    "\n"
    "  --link PATH      a symbolic link to the serial line, made anew and removed at the end\n"
    "  --listen SOCKET  the socket that a card connects to, for the own user only\n"
    "  --type A|B       which type of ISO 14443 the card has; A unless given\n"
    "  --trace FILE     a record of the bytes on the serial line; - is standard error\n"
    "\n"
    "Says on standard output what happens, first: ready. Ends in order on SIGINT, SIGTERM and SIGHUP.\n";

struct arguments {
    const char *link, *listen, *trace;
    enum picc_type type;
};

static int wrong_usage(const char *why)
{
    (void)fprintf(stderr, "pn532: %s (try --help)\n", why);
    return EXIT_USAGE;
}

static int fail(const char *what)
{
    (void)fprintf(stderr, "pn532: %s: %s\n", what, strerror(errno));
    return EXIT_FAILURE;
}

static bool parse_type(const char *text, enum picc_type *type)
{
    *type = strcmp(text, "B") == 0 ? PICC_TYPE_B : PICC_TYPE_A;
    return strcmp(text, "A") == 0 || strcmp(text, "B") == 0;
}

// -1: run; else the exit status.
static int parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        {"link", required_argument, NULL, 'l'}, {"listen", required_argument, NULL, 's'},
        {"type", required_argument, NULL, 't'}, {"trace", required_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0},
    };
    for (int option = 0; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        switch (option) {
        case 'l':
            arguments->link = optarg;
            break;
        case 's':
            arguments->listen = optarg;
            break;
        case 'r':
            arguments->trace = optarg;
            break;
        case 't':
            if (!parse_type(optarg, &arguments->type)) {
                return wrong_usage("--type takes A or B");
            }
            break;
        case 'h':
            (void)fputs(usage, stdout);
            return EXIT_SUCCESS;
        default:
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        return wrong_usage("an argument too many");
    }
    return arguments->link == NULL || arguments->listen == NULL
               ? wrong_usage("--link and --listen are needed")
               : -1;
}

static int catch_signals(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    return sigprocmask(SIG_BLOCK, &set, NULL) == 0 ? signalfd(-1, &set, SFD_CLOEXEC) : -1;
}

static int serve(struct loop *loop, const struct arguments *arguments)
{
    if (!card_open(&loop->card, arguments->listen)) {
        return fail(arguments->listen);
    }
    if (!pty_open(&loop->pty, arguments->link)) {
        const int result = fail(arguments->link);
        card_close(&loop->card);
        return result;
    }
    const struct picc_port port = {loop_send, loop};
    chip_start(&loop->chip, arguments->type, &port, loop_now());
    (void)printf("ready: pn532_uart:%s (%s)\n", arguments->link, loop->pty.name);
    (void)fflush(stdout);
    const bool ended = loop_run(loop);
    const int result = ended ? EXIT_SUCCESS : fail("the loop ended");
    pty_close(&loop->pty);
    card_close(&loop->card);
    return result;
}

static int serve_and_trace(struct loop *loop, const struct arguments *arguments)
{
    if (arguments->trace == NULL) {
        return serve(loop, arguments);
    }
    if (strcmp(arguments->trace, "-") == 0) {
        loop->trace = stderr;
        return serve(loop, arguments);
    }
    loop->trace = fopen(arguments->trace, "we");
    if (loop->trace == NULL) {
        return fail(arguments->trace);
    }
    const int result = serve(loop, arguments);
    (void)fclose(loop->trace);
    return result;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.type = PICC_TYPE_A};
    const int status = parse(argc, argv, &arguments);
    if (status >= 0) {
        return status;
    }
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL) {
        return fail("memory");
    }
    loop->signals = catch_signals(); // before anybody can know that the chip is there
    const int result = loop->signals < 0 ? fail("signals") : serve_and_trace(loop, &arguments);
    free(loop);
    return result;
}
