// The holder at the command line.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_holder.h"

#include "tools/jumin/foreign_text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

enum { ANSWER_MAX = 16, VALUE_SHOWN = 200 };

static bool take_approved(const struct cli_arguments *arguments, unsigned *purposes)
{
    const char *name = NULL;
    *purposes = 0;
    for (size_t i = 0; (name = cli_value_at(arguments, "approve", i)) != NULL; i++) {
        enum jumin_purpose purpose = JUMIN_PURPOSE_AGE;
        if (jumin_purpose_parse(name, &purpose) != JUMIN_OK) {
            return cli_misused(arguments, "there is no purpose %s: age, adult, identity or address", name);
        }
        *purposes |= purpose;
    }
    return true;
}

bool wallet_holder_check(const struct cli_arguments *arguments)
{
    unsigned purposes = 0;
    return take_approved(arguments, &purposes);
}

// --- What is asked -----------------------------------------------------------------------------------------------

static void print_text(FILE *out, const char *text)
{
    foreign_text_print(out, text, VALUE_SHOWN);
}

static void print_purposes(FILE *out, unsigned purposes)
{
    bool first = true;
    for (unsigned bit = 1; bit <= JUMIN_PURPOSE_ADDRESS; bit <<= 1) {
        if ((purposes & bit) != 0) {
            (void)fprintf(out, "%s%s", first ? " for " : ", ", jumin_purpose_name((enum jumin_purpose)bit));
            first = false;
        }
    }
}

static void print_aside(FILE *out, const char *text)
{
    if (text[0] != '\0') {
        (void)fprintf(out, " (");
        print_text(out, text);
        (void)fprintf(out, ")");
    }
}

static void print_venue(FILE *out, const struct jumin_wallet_disclosure *what)
{
    struct jumin_wallet_venue venue;
    jumin_wallet_disclosure_venue(what, &venue);
    if (!venue.known && venue.name[0] != '\0') { // a code for counters: nobody asks
        (void)fprintf(out, "This is for %s", venue.name);
    } else {
        print_text(out, venue.known ? venue.name : "Somebody who is not known");
        print_aside(out, strcmp(venue.organization, venue.name) != 0 ? venue.organization : "");
        (void)fprintf(out, " asks");
        print_purposes(out, jumin_wallet_disclosure_purposes(what));
    }
    print_aside(out, venue.why);
    (void)fprintf(out, ":\n");
}

// Where no credential can be shown, what one would lack is no news: the refusal says why.
static void print_element(FILE *out, const struct jumin_wallet_element *element)
{
    if (element->credential[0] == '\0' && element->value == NULL) {
        return;
    }
    (void)fprintf(out, "  ");
    print_text(out, element->name);
    (void)fprintf(out, ": ");
    print_text(out, element->value != NULL ? element->value : "the credential does not have it");
    (void)fprintf(out, "%s\n", element->retain ? "; the venue keeps it" : "");
}

static void print_all(FILE *out, const struct jumin_wallet_disclosure *what)
{
    struct jumin_wallet_element element;
    const char *refused = jumin_wallet_disclosure_refused(what);
    print_venue(out, what);
    for (size_t i = 0; jumin_wallet_disclosure_element(what, i, &element) == JUMIN_OK; i++) {
        print_element(out, &element);
    }
    if (refused != NULL) {
        (void)fprintf(out, "It is refused: ");
        print_text(out, refused);
        (void)fprintf(out, "\n");
    }
    (void)fflush(out);
}

// --- The question ------------------------------------------------------------------------------------------------

static bool wait_for(const struct wallet_holder *holder, int terminal)
{
    struct pollfd input = {.fd = terminal, .events = POLLIN};
    if (holder->wait != NULL) {
        return holder->wait(holder->context, terminal);
    }
    int ready = 0;
    do {
        ready = poll(&input, 1, -1);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

// A line from the terminal. False: there is none, or it is of no interest any more.
static bool read_answer(const struct wallet_holder *holder, int terminal, char line[ANSWER_MAX])
{
    for (size_t n = 0; n + 1 < ANSWER_MAX; n++) {
        if (!wait_for(holder, terminal) || read(terminal, line + n, 1) != 1) {
            return false;
        }
        if (line[n] == '\n') {
            line[n] = '\0';
            return true;
        }
    }
    return false;
}

static bool ask(const struct wallet_holder *holder, const struct jumin_wallet_disclosure *what)
{
    char line[ANSWER_MAX] = "";
    FILE *terminal = fopen("/dev/tty", "r+e");
    if (terminal == NULL) {
        (void)cli_fail(holder->arguments, "nobody can be asked without a terminal: give --approve or --yes");
        return false;
    }
    if (cli_has(holder->arguments, "json") || isatty(STDOUT_FILENO) == 0) {
        print_all(terminal, what);
    }
    (void)fprintf(terminal, "Show it? [y/N] ");
    (void)fflush(terminal);
    (void)tcflush(fileno(terminal), TCIFLUSH); // what was typed before is no answer
    const bool answered = read_answer(holder, fileno(terminal), line);
    if (!answered) {
        (void)fprintf(terminal, "\n");
    }
    (void)fclose(terminal);
    return answered && (strcasecmp(line, "y") == 0 || strcasecmp(line, "yes") == 0);
}

void wallet_holder_show(struct wallet_holder *holder, const struct jumin_wallet_disclosure *what)
{
    wallet_holder_release(holder);
    (void)jumin_wallet_disclosure_json(what, &holder->json);
    if (!cli_has(holder->arguments, "json")) {
        print_all(stdout, what);
    }
}

static enum jumin_error decide(void *context, const struct jumin_wallet_disclosure *what)
{
    struct wallet_holder *holder = context;
    unsigned approved = 0;
    wallet_holder_show(holder, what);
    if (holder->json == NULL || jumin_wallet_disclosure_refused(what) != NULL ||
        !take_approved(holder->arguments, &approved)) {
        return JUMIN_ERROR_CANCELLED;
    }
    return cli_has(holder->arguments, "yes") || jumin_wallet_disclosure_covered(what, approved) ||
                   ask(holder, what)
               ? JUMIN_OK
               : JUMIN_ERROR_CANCELLED;
}

struct jumin_wallet_holder wallet_holder_of(struct wallet_holder *holder)
{
    return (struct jumin_wallet_holder){decide, holder};
}

void wallet_holder_release(struct wallet_holder *holder)
{
    if (holder->json != NULL) {
        explicit_bzero(holder->json, strlen(holder->json));
    }
    free(holder->json);
    holder->json = NULL;
}
