// One simulated card on its reader.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/sim_card.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const int64_t ns_of_ms = 1000000;

enum {
    RETRY_FIRST_MS = 20, // a reader that is not there is looked for, less and less often
    RETRY_LAST_MS = 500,
    FWI = 14,               // the longest waiting time: one process may hold many cards, and a slow machine
    EXTEND_EVERY_MS = 2000, // well inside it, 4.9 s
    FWI_AIR = 11,           // as cards of this kind have it: 619 ms
    EXTEND_EVERY_AIR_MS = 300,
    FSCI = 8, // frames of 256 bytes
    UID_LENGTH = 4,
    UID_RANDOM = 0x08, // ISO 14443-3 §6.5.4: the first byte of a random UID
};

// --- Ports -------------------------------------------------------------------------------------------------

// splitmix64: the same numbers in every run. For tests only; nothing that it makes is secret.
static bool fill_deterministic(void *context, uint8_t *out, size_t n)
{
    struct sim_card *card = context;
    for (size_t i = 0; i < n; i++) {
        uint64_t z = card->random += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        out[i] = (uint8_t)(z ^ (z >> 31));
    }
    return true;
}

// The chip goes on at once, and its answer is held back, so that other cards need not wait.
static void delay(void *context, uint32_t milliseconds)
{
    struct sim_card *card = context;
    card->delay_ms += milliseconds;
}

static const char *status_reason(enum store_status status)
{
    return status == STORE_FLASH ? "the image cannot be read" : "the image is damaged, or holds no card";
}

static const char *file_reason(enum flash_file_status status)
{
    switch (status) {
    case FLASH_FILE_IN_USE:
        return "the image is in use by another simulator";
    case FLASH_FILE_NO_IMAGE:
        return "this is no card image";
    default:
        return strerror(errno);
    }
}

bool sim_card_open(struct sim_card *card, unsigned number, const char *path, const uint64_t *seed,
                   const char **reason)
{
    memset(card, 0, sizeof *card);
    card->number = card->trace.card = number;
    card->reader.socket = -1;
    (void)snprintf(card->path, sizeof card->path, "%s", path);
    const enum flash_file_status opened = flash_file_open(&card->flash, path);
    if (opened != FLASH_FILE_OK) {
        *reason = file_reason(opened);
        return false;
    }
    card->port.flash = flash_file_port(&card->flash);
    card->port.random = crypto_system_random();
    if (seed != NULL) {
        card->random = *seed + number;
        card->port.random = (struct crypto_random){fill_deterministic, card};
    }
    card->port.io = (struct card_io){delay, card};
    card->port.observer = sim_trace_observer(&card->trace);
    const enum store_status status = card_power_on(&card->chip, &card->port);
    card_reset(&card->chip);
    *reason = status_reason(status);
    return status == STORE_OK;
}

void sim_card_close(struct sim_card *card)
{
    sim_card_remove(card);
    flash_file_close(&card->flash);
    crypto_wipe(&card->chip, sizeof card->chip);
}

// --- In and out of the field -------------------------------------------------------------------------------

static void field_off(struct sim_card *card)
{
    if (card->field) {
        card_reset(&card->chip);
    }
    card->field = card->answer_waits = false;
    crypto_wipe(card->response, sizeof card->response);
}

bool sim_card_in_reader(const struct sim_card *card)
{
    return card->reader.socket >= 0 && !card->reader.connecting;
}

static void try_to_connect(struct sim_card *card, int64_t now)
{
    if (sim_reader_connect(&card->reader)) {
        return;
    }
    card->retry_at = now + card->retry_after_ms * ns_of_ms;
    card->retry_after_ms =
        card->retry_after_ms * 2 < RETRY_LAST_MS ? card->retry_after_ms * 2 : RETRY_LAST_MS;
}

// The connection ended, though the card lies still: the service restarts, or there is none.
static void lose_reader(struct sim_card *card)
{
    field_off(card);
    sim_reader_close(&card->reader);
    card->retry_at = sim_now_ns() + card->retry_after_ms * ns_of_ms;
    card->retry_after_ms =
        card->retry_after_ms * 2 < RETRY_LAST_MS ? card->retry_after_ms * 2 : RETRY_LAST_MS;
}

void sim_card_insert(struct sim_card *card)
{
    if (!card->inserted && card->has_reader) {
        card->inserted = true;
        card->refused = false;
        card->retry_after_ms = RETRY_FIRST_MS;
        sim_trace_event(&card->trace, "inserted into %s", card->reader.name);
        try_to_connect(card, sim_now_ns());
    }
}

void sim_card_remove(struct sim_card *card)
{
    if (card->inserted) {
        sim_trace_event(&card->trace, "removed");
    }
    card->inserted = card->fault.armed = false;
    field_off(card);
    sim_reader_close(&card->reader);
}

// --- What the reader asks ----------------------------------------------------------------------------------

// Rates up to the one that the air has; all of them where there is none.
static struct iso_dep_ats answer_to_select(const struct sim_card *card)
{
    const bool air = card->air.rate != 0;
    const uint8_t rates = !air || card->air.rate == 848 ? 0x77
                          : card->air.rate == 424       ? 0x33
                          : card->air.rate == 212       ? 0x11
                                                        : 0;
    return (struct iso_dep_ats){.fsci = FSCI,
                                .fwi = air ? FWI_AIR : FWI,
                                .rates = rates,
                                .cid = true,
                                .historical = card_historical_bytes};
}

static void select_card(struct sim_card *card, const struct sim_request *request)
{
    uint8_t uid[UID_LENGTH] = {UID_RANDOM};
    field_off(card);
    const bool random = card->port.random.fill(card->port.random.context, uid + 1, sizeof uid - 1);
    if (!random || card_power_on(&card->chip, &card->port) != STORE_OK) {
        (void)fprintf(stderr, "jumin: sim: card %u does not start any more: %s\n", card->number, card->path);
        sim_card_remove(card);
        return;
    }
    card->field = true;
    card->late_ns = 0;
    const struct iso_dep_ats ats = answer_to_select(card);
    card->retry_after_ms = RETRY_FIRST_MS;
    card->refused = false;
    sim_trace_event(&card->trace, "selected");
    sim_reader_selected(&card->reader, request, span_of(uid, sizeof uid), &ats);
}

// True when the tag is to be lost at this command.
static bool fault_now(struct sim_card *card)
{
    if (!card->fault.armed) {
        return false;
    }
    if (card->fault.commands == 0) {
        return true;
    }
    card->fault.commands--;
    return false;
}

// How long the air takes with the command and the answer there is. An answer that left late shortens the
// next, so that lateness does not add up.
static int64_t air_time(struct sim_card *card, size_t command)
{
    if (card->air.rate == 0) {
        return 0;
    }
    const int64_t air = (int64_t)jumin_link_model_time(&card->air, command, card->response_length);
    const int64_t made_up = card->late_ns < air ? card->late_ns : air;
    card->late_ns -= made_up;
    return air - made_up;
}

static int64_t extend_every(const struct sim_card *card)
{
    return (card->air.rate != 0 ? EXTEND_EVERY_AIR_MS : EXTEND_EVERY_MS) * ns_of_ms;
}

static void run_command(struct sim_card *card, const struct sim_request *request)
{
    const bool lost = fault_now(card);
    if (!card->field) {
        return; // a chip without power is mute
    }
    if (lost && card->fault.before) {
        sim_card_remove(card);
        return;
    }
    card->delay_ms = 0;
    card->response_length = card_transmit(&card->chip, request->command.p, request->command.n, card->response,
                                          sizeof card->response);
    if (lost) {
        sim_card_remove(card);
        return;
    }
    if (card->delay_ms > 0) {
        sim_trace_event(&card->trace, "the answer is held back for %lu ms", (unsigned long)card->delay_ms);
    }
    const int64_t held = card->delay_ms * ns_of_ms + air_time(card, request->command.n);
    if (held == 0) {
        sim_reader_answer(&card->reader, request->sequence, span_of(card->response, card->response_length));
        return;
    }
    const int64_t now = sim_now_ns();
    card->answer_waits = true;
    card->sequence = request->sequence;
    card->answer_at = now + held;
    card->extend_at = now + extend_every(card);
}

static void serve(struct sim_card *card, const struct sim_request *request)
{
    switch (request->type) {
    case SIM_FIELD_OFF:
        field_off(card);
        break;
    case SIM_SELECT:
        select_card(card, request);
        break;
    case SIM_COMMAND:
        run_command(card, request);
        break;
    case SIM_REFUSED:
        card->refused = true;
        lose_reader(card);
        break;
    }
}

void sim_card_ready(struct sim_card *card, short events)
{
    if (!sim_reader_ready(&card->reader, events)) {
        lose_reader(card);
        return;
    }
    // What a request does may end the connection.
    while (sim_card_in_reader(card)) {
        struct sim_request request;
        const enum sim_next next = sim_reader_next(&card->reader, &request);
        if (next == SIM_LOST) {
            lose_reader(card);
        }
        if (next != SIM_REQUEST) {
            return;
        }
        serve(card, &request);
    }
}

int64_t sim_card_tick(struct sim_card *card, int64_t now)
{
    if (card->inserted && card->reader.socket < 0) {
        if (now >= card->retry_at) {
            try_to_connect(card, now);
        }
        return card->reader.socket < 0 ? card->retry_at : -1;
    }
    if (!card->answer_waits) {
        return -1;
    }
    if (now >= card->answer_at) {
        card->answer_waits = false;
        card->late_ns += now - card->answer_at;
        sim_reader_answer(&card->reader, card->sequence, span_of(card->response, card->response_length));
        return -1;
    }
    if (now >= card->extend_at) {
        card->extend_at = now + extend_every(card);
        sim_reader_extend(&card->reader, card->sequence);
    }
    return card->answer_at < card->extend_at ? card->answer_at : card->extend_at;
}
