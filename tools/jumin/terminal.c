// What a person sees while and after a command works: a progress bar and marks.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/terminal.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { BAR = 30 };

static volatile sig_atomic_t interrupted;

static void note_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

void progress_watch_interrupts(void)
{
    struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

bool progress_interrupted(void)
{
    return interrupted != 0;
}

void progress_show(const char *what, size_t done, size_t total)
{
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    if (total == 0) {
        (void)fprintf(stderr, "\r\033[K%s …", what);
        return;
    }
    const size_t filled = done >= total ? BAR : done * BAR / total;
    (void)fprintf(stderr, "\r\033[K%-32s ", what);
    for (size_t i = 0; i < BAR; i++) {
        (void)fputs(i < filled ? "█" : "░", stderr);
    }
    (void)fprintf(stderr, " %zu / %zu bytes", done, total);
}

void progress_clear(void)
{
    if (isatty(STDERR_FILENO)) {
        (void)fprintf(stderr, "\r\033[K");
    }
}

const char *verdict_mark(FILE *out, enum jumin_verdict verdict)
{
    static const char *const plain[] = {
        [JUMIN_PASSED] = "passed  ", [JUMIN_FAILED] = "FAILED  ", [JUMIN_NOT_DONE] = "not done"};
    static const char *const coloured[] = {[JUMIN_PASSED] = "\033[32m✓ passed  \033[0m",
                                           [JUMIN_FAILED] = "\033[31;1m✗ FAILED  \033[0m",
                                           [JUMIN_NOT_DONE] = "\033[33m– not done\033[0m"};
    return isatty(fileno(out)) ? coloured[verdict] : plain[verdict];
}
