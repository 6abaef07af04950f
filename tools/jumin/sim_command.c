// `jumin sim`: makes blank cards, and puts cards into readers.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/sim_command.h"

#include <errno.h>
#include <jumin/perso.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/jumin/home.h"
#include "tools/jumin/sim_factory.h"
#include "tools/jumin/sim_loop.h"

enum { FRAME_MIN = 16, FRAME_MAX = 256, RATE_MAX = 848 };

// --- The factory -------------------------------------------------------------------------------------------

static enum jumin_error load_transport_key(const struct cli_arguments *arguments, bool create,
                                           uint8_t master[JUMIN_MASTER_KEY], char path[HOME_PATH_MAX])
{
    const char *given = cli_value(arguments, "transport-key");
    if (given != NULL) {
        (void)snprintf(path, HOME_PATH_MAX, "%s", given);
    } else if (!home_path(arguments, "transport.key", path)) {
        return JUMIN_ERROR_FILE;
    }
    return jumin_master_key_load(path, create, master);
}

static enum cli_exit make_card(const struct cli_arguments *arguments, const char *path)
{
    char key_path[HOME_PATH_MAX] = "";
    long serial = 0;
    if (!cli_number(arguments, "serial", 1, 0xFFFFFFFF, sim_factory_random_serial(), &serial)) {
        return CLI_FAILED;
    }
    uint8_t master[JUMIN_MASTER_KEY] = {0};
    const char *reason = "";
    const enum jumin_error error = load_transport_key(arguments, true, master, key_path);
    bool made = false;
    if (error == JUMIN_OK) {
        made = sim_factory_make(path, (uint32_t)serial, span_of(master, sizeof master), &reason);
    }
    jumin_master_key_wipe(master);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, key_path);
    }
    if (!made) {
        return cli_fail(arguments, "%s: %s", path, reason);
    }
    char text[SIM_SERIAL_TEXT];
    sim_factory_serial((uint32_t)serial, text);
    (void)printf("%s: a blank card, serial number %ld, in delivery lists %s\n", path, serial, text);
    return CLI_OK;
}

// --- Running -----------------------------------------------------------------------------------------------

struct simulation {
    const struct cli_arguments *arguments;
    struct sim_card *cards[SIM_CARDS_MAX];
    size_t count;
    FILE *trace;
    struct jumin_link_model air;
    uint64_t seed;
    bool seeded;
    int listener, signals;
};

static bool fail(const struct simulation *simulation, const char *what, const char *reason)
{
    (void)cli_fail(simulation->arguments, "%s: %s", what, reason);
    return false;
}

// What --rf and --rf-frame want; rate 0 without them.
static bool parse_air(const struct cli_arguments *arguments, struct jumin_link_model *air)
{
    long rate = 0, frame = 0;
    if (!cli_number(arguments, "rf", 0, RATE_MAX, 0, &rate) ||
        !cli_number(arguments, "rf-frame", FRAME_MIN, FRAME_MAX, FRAME_MAX, &frame)) {
        return false;
    }
    *air = (struct jumin_link_model){(unsigned)rate, (unsigned)frame, FRAME_MAX};
    return rate == 0 || jumin_link_model_valid(air) ||
           cli_misused(arguments, "--rf is 106, 212, 424 or 848 kbit/s");
}

static bool check(const struct cli_arguments *arguments)
{
    struct jumin_link_model air;
    if (!cli_has(arguments, "rf") && cli_has(arguments, "rf-frame")) {
        return cli_misused(arguments, "--rf-frame goes with --rf");
    }
    return parse_air(arguments, &air);
}

// FILE@READER; a file's name may have an @ of its own, a reader's name begins behind the last one.
static bool add_card(struct simulation *simulation, const char *text, int64_t now)
{
    char path[SIM_CARD_PATH_MAX];
    const char *reason = "", *at = strrchr(text, '@');
    const size_t n = at == NULL ? strlen(text) : (size_t)(at - text);
    if (simulation->count == SIM_CARDS_MAX) {
        return fail(simulation, text, "more cards than one simulator takes");
    }
    if (n == 0 || n >= sizeof path) {
        return fail(simulation, text, "a card is FILE or FILE@READER");
    }
    memcpy(path, text, n);
    path[n] = '\0';
    struct sim_card *card = calloc(1, sizeof *card);
    if (card == NULL) {
        return fail(simulation, path, strerror(errno));
    }
    simulation->cards[simulation->count++] = card;
    if (!sim_card_open(card, (unsigned)simulation->count, path, simulation->seeded ? &simulation->seed : NULL,
                       &reason)) {
        return fail(simulation, path, reason);
    }
    card->trace.file = simulation->trace;
    card->trace.started_ns = now;
    card->air = simulation->air;
    card->has_reader = at != NULL;
    if (at != NULL && !sim_reader_init(&card->reader, at + 1, card_historical_bytes)) {
        return fail(simulation, at + 1, "a reader is sim:PATH or vpcd:[HOST:]PORT");
    }
    return true;
}

// A blank card beside the one that lies there: FOLDER/SERIAL.image.
static bool make_blank(const struct simulation *simulation, const char *beside, const char *wanted,
                       char path[SIM_CARD_PATH_MAX], const char **reason)
{
    uint8_t master[JUMIN_MASTER_KEY] = {0};
    char key_path[HOME_PATH_MAX] = "";
    const char *slash = strrchr(beside, '/');
    const long serial = sim_factory_random_serial();
    const int n = wanted != NULL ? snprintf(path, SIM_CARD_PATH_MAX, "%s", wanted)
                                 : snprintf(path, SIM_CARD_PATH_MAX, "%.*s%08lX.image",
                                            slash != NULL ? (int)(slash - beside + 1) : 0, beside,
                                            (unsigned long)serial);
    if (n < 0 || n >= SIM_CARD_PATH_MAX) {
        *reason = "the path is too long";
        return false;
    }
    if (access(path, F_OK) == 0) {
        return true;
    }
    const enum jumin_error error = load_transport_key(simulation->arguments, false, master, key_path);
    *reason = "the factory's master key cannot be read";
    const bool made =
        error == JUMIN_OK && sim_factory_make(path, (uint32_t)serial, span_of(master, sizeof master), reason);
    jumin_master_key_wipe(master);
    return made;
}

// The new card is opened before the old one goes.
static bool lay_next(void *context, size_t index, const char *wanted, const char **reason)
{
    struct simulation *simulation = context;
    struct sim_card *old = simulation->cards[index], *new = calloc(1, sizeof *new);
    char path[SIM_CARD_PATH_MAX];
    *reason = "no memory is left";
    if (new == NULL || !make_blank(simulation, old->path, wanted, path, reason)) {
        free(new);
        return false;
    }
    const bool opened =
        sim_card_open(new, old->number, path, simulation->seeded ? &simulation->seed : NULL, reason) &&
        sim_reader_init(&new->reader, old->reader.name, card_historical_bytes);
    if (!opened) {
        sim_card_close(new);
        free(new);
        return false;
    }
    new->trace.file = old->trace.file;
    new->trace.started_ns = old->trace.started_ns;
    new->air = old->air;
    new->has_reader = true;
    sim_card_close(old);
    free(old);
    simulation->cards[index] = new;
    sim_card_insert(new);
    return true;
}

static bool open_trace(struct simulation *simulation)
{
    const char *path = cli_value(simulation->arguments, "trace");
    if (path == NULL) {
        return true;
    }
    simulation->trace = strcmp(path, "-") == 0 ? stderr : fopen(path, "we");
    return simulation->trace != NULL || fail(simulation, path, strerror(errno));
}

static bool add_cards(struct simulation *simulation)
{
    const struct cli_arguments *arguments = simulation->arguments;
    const int64_t now = sim_now_ns();
    long number = 0;
    if (!cli_number(arguments, "seed", 0, LONG_MAX, 0, &number)) {
        return false;
    }
    simulation->seed = (uint64_t)number;
    simulation->seeded = cli_has(arguments, "seed");
    if (!parse_air(arguments, &simulation->air)) {
        return false;
    }
    for (size_t i = 0; cli_value_at(arguments, "card", i) != NULL; i++) {
        if (!add_card(simulation, cli_value_at(arguments, "card", i), now)) {
            return false;
        }
    }
    return true;
}

static bool listen_for_commands(struct simulation *simulation)
{
    const char *path = cli_value(simulation->arguments, "control");
    if (path == NULL) {
        return true;
    }
    simulation->listener = sim_control_listen(path);
    return simulation->listener >= 0 || fail(simulation, path, strerror(errno));
}

static void end(struct simulation *simulation)
{
    for (size_t i = 0; i < simulation->count; i++) {
        sim_card_close(simulation->cards[i]);
        free(simulation->cards[i]);
    }
    if (simulation->listener >= 0) {
        close(simulation->listener);
        (void)unlink(cli_value(simulation->arguments, "control"));
    }
    if (simulation->signals >= 0) {
        close(simulation->signals);
    }
    if (simulation->trace != NULL && simulation->trace != stderr) {
        (void)fclose(simulation->trace);
    }
}

static enum cli_exit simulate(const struct cli_arguments *arguments)
{
    struct simulation simulation = {.arguments = arguments, .listener = -1};
    simulation.signals = sim_catch_signals(); // before anybody can know that the simulator is there
    bool ok = open_trace(&simulation) && add_cards(&simulation) && listen_for_commands(&simulation);
    if (ok && simulation.signals < 0) {
        ok = fail(&simulation, "signals", strerror(errno));
    }
    if (ok) {
        for (size_t i = 0; i < simulation.count; i++) {
            sim_card_insert(simulation.cards[i]);
        }
        const struct sim_hand hand = {lay_next, &simulation};
        ok = sim_loop_run(simulation.cards, simulation.count, &hand, simulation.listener,
                          simulation.signals) ||
             fail(&simulation, "the loop ended", strerror(errno));
    }
    end(&simulation);
    return ok ? CLI_OK : CLI_FAILED;
}

static enum cli_exit run(const struct cli_arguments *arguments)
{
    const char *made = cli_value(arguments, "new");
    if (made != NULL) {
        return make_card(arguments, made);
    }
    if (!cli_has(arguments, "card")) {
        (void)cli_fail(arguments, "give --card, or --new to make one");
        return CLI_USAGE;
    }
    return simulate(arguments);
}

static const struct cli_option options[] = {
    {"new", "FILE", "make a blank card image and end"},
    {"serial", "NUMBER", "with --new: the serial number; random unless given"},
    {"transport-key", "FILE",
     "master of the keys that the station finds on blank cards; transport.key in the home unless given, made "
     "by "
     "--new when it is missing"},
    HOME_OPTION,
    {"card", "FILE[@READER]", "a card image, and the reader to put it on; may be repeated"},
    {"control", "PATH", "a socket for commands while it runs, made with mode 0600"},
    {"trace", "FILE", "a readable record of what the cards are told and answer; - is standard error"},
    {"rf", "KBIT",
     "answers take as long as over the air at 106, 212, 424 or 848 kbit/s; at once unless given"},
    {"rf-frame", "BYTES", "with --rf: the longest frame that the reader takes, 16 to 256; 256 unless given"},
    {"seed", "NUMBER", "the same random numbers in every run: for tests, never for a card that is used"},
};

const struct cli_command sim_command = {
    .name = "sim",
    .summary = "Make blank simulated cards, and put cards into readers",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes =
        "READER is sim:PATH for the socket of a reader of jumin's own PC/SC driver, or of the NFC chip "
        "pn532;\n"
        "or vpcd:[HOST:]PORT for vsmartcard-vpcd (its first reader has port 35963).\n"
        "\n"
        "While it runs, lines on standard input or on the control socket are commands, each answered by one\n"
        "line, \"ok ...\" or \"error ...\":\n"
        "\n"
        "  insert N    put card N on its reader\n"
        "  remove N    take it away\n"
        "  next N [IMAGE]\n"
        "              take it away for good and put IMAGE in its place; a blank card is made where there is "
        "no\n"
        "              such file, or beside the old one where none is named\n"
        "  fault N lose-after K [answer|command]\n"
        "              after K more commands the card is lost: before the answer of the next one is sent, "
        "or\n"
        "              before that command runs\n"
        "  list        the cards: number, state, reader, file. A state is out, waiting (for the reader),\n"
        "              refused (the reader has another card), in, or powered\n"
        "  quit        end, as do SIGINT and SIGTERM\n"
        "\n"
        "With --rf, times are those of frames, pauses and acknowledgements of ISO 14443 type A; what card "
        "and\n"
        "computer compute comes on top.\n"
        "\n"
        "A card that lies on a reader comes back by itself when the PC/SC service was restarted. The image "
        "is\n"
        "whole at every moment, also when the simulator is killed.\n",
    .check = check,
    .run = run,
};
