// Commands to the running simulator.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/sim_control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 6, LINE_MAX_LENGTH = 256 };

struct control {
    struct sim_card *const *cards;
    size_t count;
    const struct sim_hand *hand;
    char *words[WORDS_MAX];
    size_t word_count;
    char *answer;
    struct sim_card *card; // the one that the second word names, for commands that need one
};

static void error(struct control *control, const char *text)
{
    (void)snprintf(control->answer, SIM_ANSWER_MAX, "error %s\n", text);
}

static bool parse_number(const char *text, unsigned long *number)
{
    char *end = NULL;
    *number = strtoul(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0';
}

static const char *state_of(const struct sim_card *card)
{
    if (!card->inserted) {
        return "out";
    }
    if (sim_card_in_reader(card)) {
        return card->field ? "powered" : "in";
    }
    return card->refused ? "refused" : "waiting";
}

static void describe(struct control *control)
{
    (void)snprintf(control->answer, SIM_ANSWER_MAX, "ok %u %s\n", control->card->number,
                   state_of(control->card));
}

static void run_list(struct control *control)
{
    size_t n = (size_t)snprintf(control->answer, SIM_ANSWER_MAX, "ok");
    for (size_t i = 0; i < control->count && n < SIM_ANSWER_MAX; i++) {
        const struct sim_card *card = control->cards[i];
        n += (size_t)snprintf(control->answer + n, SIM_ANSWER_MAX - n, "%s %u %s %s %s", i == 0 ? "" : ";",
                              card->number, state_of(card), card->has_reader ? card->reader.name : "-",
                              card->path);
    }
    (void)snprintf(n < SIM_ANSWER_MAX - 1 ? control->answer + n : control->answer + SIM_ANSWER_MAX - 2, 2,
                   "\n");
}

static void run_insert(struct control *control)
{
    if (!control->card->has_reader) {
        error(control, "this card was given no reader");
        return;
    }
    sim_card_insert(control->card);
    describe(control);
}

static void run_remove(struct control *control)
{
    sim_card_remove(control->card);
    describe(control);
}

// fault N lose-after K [command|answer]
static void run_fault(struct control *control)
{
    unsigned long commands = 0;
    const char *when = control->word_count > 4 ? control->words[4] : "answer";
    const bool before = strcmp(when, "command") == 0;
    if (control->word_count < 4 || strcmp(control->words[2], "lose-after") != 0 ||
        !parse_number(control->words[3], &commands) || (!before && strcmp(when, "answer") != 0)) {
        error(control, "fault N lose-after K [answer|command]");
        return;
    }
    control->card->fault = (struct sim_fault){true, commands, before};
    describe(control);
}

// next N [IMAGE]
static void run_next(struct control *control)
{
    const size_t index = control->card->number - 1;
    const char *reason = "this card was given no reader";
    if (!control->card->has_reader ||
        !control->hand->next(control->hand->context, index,
                             control->word_count > 2 ? control->words[2] : NULL, &reason)) {
        error(control, reason);
        return;
    }
    control->card = control->cards[index];
    (void)snprintf(control->answer, SIM_ANSWER_MAX, "ok %u %s %s\n", control->card->number,
                   state_of(control->card), control->card->path);
}

static void run_help(struct control *control)
{
    (void)snprintf(control->answer, SIM_ANSWER_MAX,
                   "ok insert N; remove N; next N [IMAGE]; fault N lose-after K [answer|command]; list; "
                   "quit\n");
}

static const struct {
    const char *name;
    bool needs_card;
    void (*run)(struct control *control);
} commands[] = {
    {"insert", true, run_insert}, {"remove", true, run_remove}, {"next", true, run_next},
    {"fault", true, run_fault},   {"list", false, run_list},    {"help", false, run_help},
};

static bool find_card(struct control *control)
{
    unsigned long number = 0;
    if (control->word_count < 2 || !parse_number(control->words[1], &number) || number < 1 ||
        number > control->count) {
        error(control, "there is no such card");
        return false;
    }
    control->card = control->cards[number - 1];
    return true;
}

static void split(struct control *control, char *line)
{
    char *rest = NULL;
    for (char *word = strtok_r(line, " \t\r\n", &rest); word != NULL && control->word_count < WORDS_MAX;
         word = strtok_r(NULL, " \t\r\n", &rest)) {
        control->words[control->word_count++] = word;
    }
}

bool sim_control_run(struct sim_card *const *cards, size_t count, const struct sim_hand *hand,
                     const char *line, char answer[SIM_ANSWER_MAX])
{
    char copy[LINE_MAX_LENGTH];
    struct control control = {.cards = cards, .count = count, .hand = hand, .answer = answer};
    answer[0] = '\0';
    if (strlen(line) >= sizeof copy) {
        error(&control, "the line is too long");
        return true;
    }
    memcpy(copy, line, strlen(line) + 1);
    split(&control, copy);
    if (control.word_count == 0) {
        return true;
    }
    if (strcmp(control.words[0], "quit") == 0) {
        (void)snprintf(answer, SIM_ANSWER_MAX, "ok\n");
        return false;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(control.words[0], commands[i].name) == 0) {
            if (!commands[i].needs_card || find_card(&control)) {
                commands[i].run(&control);
            }
            return true;
        }
    }
    error(&control, "there is no such command (try help)");
    return true;
}
