// The line to the simulated card.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/card.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pcsc/ifd/ats.h"

// --- Coming and going --------------------------------------------------------------------------------------

bool card_open(struct card *card, const char *path)
{
    memset(card, 0, sizeof *card);
    card->connection = -1;
    return listener_open(&card->listener, path);
}

static void leave(struct card *card)
{
    if (card->connection >= 0) {
        close(card->connection);
    }
    card->connection = -1;
    card->inbox.n = card->inbox.used = card->outbox_length = 0;
    card->asked = false;
}

void card_close(struct card *card)
{
    leave(card);
    listener_close(&card->listener);
}

bool card_accept(struct card *card)
{
    const int connection = listener_accept(&card->listener);
    if (connection < 0) {
        return false;
    }
    if (card->connection >= 0) {
        listener_refuse(connection);
        return false;
    }
    card->connection = connection;
    return true;
}

// The connection's end is seen as any other.
void card_give_up(struct card *card)
{
    (void)shutdown(card->connection, SHUT_RDWR);
    card->outbox_length = 0;
    card->asked = false;
}

// --- Sending -----------------------------------------------------------------------------------------------

short card_events(const struct card *card)
{
    return (short)(card->outbox_length > 0 ? POLLIN | POLLOUT : POLLIN);
}

static void flush(struct card *card)
{
    while (card->outbox_length > 0) {
        const ssize_t n = send(card->connection, card->outbox, card->outbox_length, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            if (errno != EAGAIN) {
                card_give_up(card);
            }
            return;
        }
        card->outbox_length -= (size_t)n;
        memmove(card->outbox, card->outbox + n, card->outbox_length);
    }
}

void card_send(struct card *card, enum link_type type, struct span payload, int64_t now)
{
    uint8_t header[LINK_HEADER];
    struct writer w = writer_of(card->outbox, sizeof card->outbox);
    w.n = card->outbox_length;
    link_header(header, (uint8_t)type, ++card->sequence, payload.n);
    writer_put(&w, span_of(header, sizeof header));
    writer_put(&w, payload);
    if (w.overflow) {
        card_give_up(card); // it does not read
        return;
    }
    card->outbox_length = w.n;
    card->asked = type == LINK_POWER_ON || type == LINK_RESET;
    card->answer_due = now + ATS_WAITING_TIME_MAX_MS;
    flush(card);
}

int64_t card_deadline(const struct card *card)
{
    return card->asked ? card->answer_due : -1;
}

void card_time(struct card *card, int64_t now)
{
    if (card->asked && now >= card->answer_due) {
        card_give_up(card);
    }
}

// --- Receiving ---------------------------------------------------------------------------------------------

void card_ready(struct card *card)
{
    size_t room = 0;
    flush(card);
    uint8_t *to = link_room(&card->inbox, &room);
    const ssize_t n = recv(card->connection, to, room, 0);
    if (n > 0) {
        link_filled(&card->inbox, (size_t)n);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        leave(card);
    }
}

enum card_event card_next(struct card *card, struct link_message *message)
{
    while (card->connection >= 0) {
        switch (link_next(&card->inbox, message)) {
        case LINK_MORE:
            return CARD_NOTHING;
        case LINK_BROKEN:
            leave(card);
            return CARD_LEFT;
        case LINK_MESSAGE:
            if (message->sequence == card->sequence) { // else for a request that nobody waits for
                card->asked = card->asked && message->type != LINK_SELECTED;
                return CARD_MESSAGE;
            }
        }
    }
    return CARD_LEFT;
}
