// Lines to the running simulator: each is answered by one line, or not at all when it is empty.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "tools/jumin/sim_control.h"

enum { CARDS = 2, LINES_MAX = 64, INPUT_MAX = 4096 };

static void check_answer(const char *answer)
{
    const size_t n = strnlen(answer, SIM_ANSWER_MAX);
    require(n < SIM_ANSWER_MAX);
    if (n > 0) {
        require(strncmp(answer, "ok", 2) == 0 || strncmp(answer, "error ", 6) == 0);
        require(strchr(answer, '\n') == answer + n - 1);
    }
}

// There is no other card to lay on a reader; what is asked for must be a card that there is.
static bool next(void *context, size_t index, const char *path, const char **reason)
{
    (void)context;
    require(index < CARDS && (path == NULL || path[0] != '\0'));
    *reason = "there is no other card";
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct sim_card cards[CARDS];
    static char text[INPUT_MAX + 1], answer[SIM_ANSWER_MAX];
    struct sim_card *const all[CARDS] = {&cards[0], &cards[1]};
    const struct sim_hand hand = {next, NULL};
    if (n > INPUT_MAX) {
        return 0;
    }
    memset(cards, 0, sizeof cards);
    for (unsigned i = 0; i < CARDS; i++) {
        cards[i].number = i + 1;
        cards[i].reader.socket = -1;
        memcpy(cards[i].path, "card", 5);
    }
    // Nobody listens there: the card waits.
    cards[0].has_reader = sim_reader_init(&cards[0].reader, "sim:/nowhere/reader", card_historical_bytes);
    memcpy(text, bytes, n);
    text[n] = '\0';
    char *rest = text;
    for (size_t i = 0; i < LINES_MAX && rest != NULL; i++) {
        const char *line = strsep(&rest, "\n");
        const bool goes_on = sim_control_run(all, CARDS, &hand, line, answer);
        check_answer(answer);
        require(goes_on || strcmp(answer, "ok\n") == 0);
    }
    for (size_t i = 0; i < CARDS; i++) {
        sim_card_remove(&cards[i]);
    }
    return 0;
}
