// A wallet as a contactless card on a reader.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_card.h"

#include <errno.h>
#include <poll.h>
#include <sys/random.h>
#include <time.h>

enum {
    FWI = 14,               // the longest waiting time, 4.9 s: a holder thinks
    EXTEND_EVERY_MS = 2000, // well inside it
    RETRY_MS = 200,         // a reader that is not there is looked for again
    FSCI = 8,               // frames of 256 bytes
    RATES = 0,              // 106 kbit/s, as most phones
    UID_LENGTH = 4,
    UID_RANDOM = 0x08, // ISO 14443-3 §6.5.4: the first byte of a random UID
};

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool wallet_card_open(struct wallet_card *card, const char *reader, const struct wallet_card_phone *phone)
{
    memset(card, 0, sizeof *card);
    card->phone = *phone;
    card->stop = -1;
    return sim_reader_init(&card->reader, reader, span_of(NULL, 0)); // phones have no historical bytes
}

// True when there was a field.
static bool field_off(struct wallet_card *card)
{
    const bool was_there = card->field;
    card->phone.reset(card->phone.context);
    card->field = card->waits = false;
    return was_there;
}

void wallet_card_close(struct wallet_card *card)
{
    (void)field_off(card);
    sim_reader_close(&card->reader);
}

static void select_card(struct wallet_card *card, const struct sim_request *request)
{
    uint8_t uid[UID_LENGTH] = {UID_RANDOM};
    const struct iso_dep_ats ats = {.fsci = FSCI, .fwi = FWI, .rates = RATES, .cid = true};
    if (getrandom(uid + 1, sizeof uid - 1, 0) != sizeof uid - 1) {
        sim_reader_close(&card->reader);
        return;
    }
    card->field = true;
    sim_reader_selected(&card->reader, request, span_of(uid, sizeof uid), &ats);
}

static void run_command(struct wallet_card *card, const struct sim_request *request)
{
    size_t n = 0;
    if (!card->field) {
        return; // a phone out of the field is mute
    }
    card->sequence = request->sequence;
    const enum wallet_card_told told =
        card->phone.command(card->phone.context, request->command, card->response, sizeof card->response, &n);
    card->waits = told == WALLET_CARD_THINKING;
    card->told = told == WALLET_CARD_LISTENED;
    card->extend_at = now_ms() + EXTEND_EVERY_MS;
    card->late_at = card->patience > 0 ? now_ms() + card->patience : INT64_MAX;
    if (!card->waits) {
        sim_reader_answer(&card->reader, card->sequence, span_of(card->response, n));
    }
}

// The connection ended; it is tried again. True when there was a field.
static bool lose_reader(struct wallet_card *card)
{
    sim_reader_close(&card->reader);
    card->retry_at = now_ms() + RETRY_MS;
    return field_off(card);
}

// True when the caller is to hear of it.
static bool serve(struct wallet_card *card, const struct sim_request *request, enum wallet_card_event *event)
{
    bool gone = false;
    switch (request->type) {
    case SIM_FIELD_OFF:
        gone = field_off(card);
        break;
    case SIM_SELECT:
        gone = field_off(card);
        select_card(card, request);
        break;
    case SIM_COMMAND:
        gone = card->waits;
        run_command(card, request);
        break;
    case SIM_REFUSED:
        gone = lose_reader(card);
        break;
    }
    *event = card->waits ? WALLET_CARD_WAITS : card->told ? WALLET_CARD_NEWS : WALLET_CARD_GONE;
    const bool heard = gone || card->waits || card->told;
    card->told = false;
    return heard;
}

// What the reader has sent so far. True when the caller is to hear of it.
static bool serve_all(struct wallet_card *card, enum wallet_card_event *event)
{
    while (card->reader.socket >= 0 && !card->reader.connecting) {
        struct sim_request request;
        const enum sim_next next = sim_reader_next(&card->reader, &request);
        if (next == SIM_NOTHING) {
            return false;
        }
        *event = WALLET_CARD_GONE;
        if (next == SIM_LOST ? lose_reader(card) : serve(card, &request, event)) {
            return true;
        }
    }
    return false;
}

// Does what is due. Milliseconds until something else is, or -1.
static int tick(struct wallet_card *card)
{
    const int64_t now = now_ms();
    if (card->reader.socket < 0) {
        if (now < card->retry_at) {
            return (int)(card->retry_at - now);
        }
        if (!sim_reader_connect(&card->reader)) {
            card->retry_at = now + RETRY_MS;
            return RETRY_MS;
        }
    }
    if (!card->waits) {
        return -1;
    }
    if (now >= card->extend_at) {
        card->extend_at = now + EXTEND_EVERY_MS;
        sim_reader_extend(&card->reader, card->sequence);
    }
    const int64_t next = card->late_at < card->extend_at ? card->late_at : card->extend_at;
    return next > now ? (int)(next - now) : 0;
}

enum wallet_card_event wallet_card_next(struct wallet_card *card, int input)
{
    enum wallet_card_event event = WALLET_CARD_GONE;
    for (;;) {
        const int wait = tick(card);
        if (serve_all(card, &event)) {
            return event;
        }
        if (card->waits && now_ms() >= card->late_at) {
            card->late_at = INT64_MAX;
            return WALLET_CARD_LATE;
        }
        struct pollfd watched[] = {
            {.fd = card->reader.socket, .events = sim_reader_events(&card->reader)},
            {.fd = input, .events = POLLIN},
            {.fd = card->stop, .events = POLLIN},
        };
        if (poll(watched, sizeof watched / sizeof *watched, wait) < 0) {
            if (errno != EINTR) {
                return WALLET_CARD_FAILED;
            }
            continue; // nothing was looked at
        }
        if (watched[0].revents != 0 && !sim_reader_ready(&card->reader, watched[0].revents) &&
            lose_reader(card)) {
            return WALLET_CARD_GONE;
        }
        if (watched[2].revents != 0) {
            return WALLET_CARD_STOP;
        }
        if (watched[1].revents != 0) {
            return WALLET_CARD_INPUT;
        }
    }
}

void wallet_card_answer(struct wallet_card *card, struct span response)
{
    if (card->waits) {
        card->waits = false;
        sim_reader_answer(&card->reader, card->sequence, response);
    }
}
