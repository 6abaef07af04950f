// A simulated card that behaves as told, over the reader driver's socket.
// SPDX-License-Identifier: Apache-2.0
#include "tests/pcsc/fake_card.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "pcsc/ifd/protocol.h"

const unsigned char fake_historical[4] = {'F', 'A', 'K', 'E'};

struct fake_card {
    int socket;
    bool mute, joined;
    pthread_t thread;
    atomic_bool refused;
    atomic_uint field_offs, selections;
    struct link_inbox inbox;
    uint8_t frame[LINK_FRAME_MAX];
};

static void send_frame(struct fake_card *card, uint8_t type, uint8_t sequence, const void *payload, size_t n)
{
    link_header(card->frame, type, sequence, n);
    if (n > 0) {
        memmove(card->frame + LINK_HEADER, payload, n);
    }
    (void)!send(card->socket, card->frame, LINK_HEADER + n, MSG_NOSIGNAL);
}

static void answer_select(struct fake_card *card, uint8_t sequence)
{
    static const uint8_t selected[] = {4, 0x08, 1, 2, 3, 7, 0x28, FAKE_FWI << 4, 'F', 'A', 'K', 'E'};
    atomic_fetch_add(&card->selections, 1);
    send_frame(card, LINK_SELECTED, sequence, selected, card->mute ? 3 : sizeof selected);
}

static void answer_length(struct fake_card *card, uint8_t sequence, size_t n)
{
    static uint8_t response[APDU_RESPONSE_MAX];
    for (size_t i = 0; i < n; i++) {
        response[i] = (uint8_t)i;
    }
    response[n] = 0x90;
    response[n + 1] = 0x00;
    send_frame(card, LINK_RESPONSE, sequence, response, n + 2);
}

static void answer_late(struct fake_card *card, uint8_t sequence, unsigned extensions)
{
    static const uint8_t twice = 2;
    for (unsigned i = 0; i < extensions; i++) {
        send_frame(card, LINK_WAITING_TIME, sequence, &twice, 1);
        poll(NULL, 0, FAKE_WAITING_TIME_MS);
    }
    send_frame(card, LINK_RESPONSE, sequence, "\x90", 2);
}

// False: the card leaves.
static bool answer(struct fake_card *card, const struct link_message *message)
{
    static const uint8_t ok[] = {0x90, 0x00}, old[] = {0x6F, 0x00}, none[] = {0};
    const struct span command = message->payload;
    const uint8_t sequence = message->sequence;
    if (command.n < 4) {
        return true;
    }
    switch (command.p[1]) {
    case FAKE_ECHO:
        send_frame(card, LINK_RESPONSE, sequence, command.p, command.n);
        return true;
    case FAKE_LENGTH:
        answer_length(card, sequence,
                      command.p[2] == 0 && command.p[3] == 0 ? APDU_EXTENDED_LE_MAX
                                                             : (size_t)(command.p[2] << 8 | command.p[3]));
        return true;
    case FAKE_LATE:
        answer_late(card, sequence, command.p[2]);
        return true;
    case FAKE_LEAVE:
        return false;
    case FAKE_LEAVE_AFTER:
        send_frame(card, LINK_RESPONSE, sequence, ok, sizeof ok);
        return false;
    case FAKE_STALE:
        send_frame(card, LINK_RESPONSE, (uint8_t)(sequence - 1), old, sizeof old);
        send_frame(card, LINK_RESPONSE, sequence, ok, sizeof ok);
        return true;
    case FAKE_NO_FRAME:
        (void)!send(card->socket, "\xFF\xFF\xFF\xFF\xFF\xFF", 6, MSG_NOSIGNAL);
        return true;
    case FAKE_ENDLESS:
        send_frame(card, LINK_WAITING_TIME, sequence, none, 1);
        return true;
    case FAKE_OTHER_TYPE:
        send_frame(card, LINK_COMMAND, sequence, none, 1);
        return true;
    default:
        return true;
    }
}

// False: the card leaves.
static bool handle(struct fake_card *card, const struct link_message *message)
{
    switch (message->type) {
    case LINK_POWER_ON:
    case LINK_RESET:
        answer_select(card, message->sequence);
        return true;
    case LINK_POWER_OFF:
        atomic_fetch_add(&card->field_offs, 1);
        return true;
    case LINK_COMMAND:
        return answer(card, message);
    default:
        atomic_store(&card->refused, message->type == LINK_REFUSED);
        return false;
    }
}

static void *serve(void *context)
{
    struct fake_card *card = context;
    for (;;) {
        struct link_message message;
        const enum link_next next = link_next(&card->inbox, &message);
        if (next == LINK_BROKEN || (next == LINK_MESSAGE && !handle(card, &message))) {
            break;
        }
        if (next == LINK_MORE) {
            size_t room = 0;
            uint8_t *to = link_room(&card->inbox, &room);
            const ssize_t n = recv(card->socket, to, room, 0);
            if (n <= 0) {
                break;
            }
            link_filled(&card->inbox, (size_t)n);
        }
    }
    shutdown(card->socket, SHUT_RDWR);
    return NULL;
}

static struct fake_card *insert(const char *path, bool mute)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    struct fake_card *card = calloc(1, sizeof *card);
    if (card == NULL) {
        return NULL;
    }
    card->mute = mute;
    card->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(card->socket, (struct sockaddr *)&address, sizeof address) != 0 ||
        pthread_create(&card->thread, NULL, serve, card) != 0) {
        close(card->socket);
        free(card);
        return NULL;
    }
    return card;
}

struct fake_card *fake_card_insert(const char *path)
{
    return insert(path, false);
}

struct fake_card *fake_card_insert_mute(const char *path)
{
    return insert(path, true);
}

void fake_card_remove(struct fake_card *card)
{
    if (card == NULL) {
        return;
    }
    shutdown(card->socket, SHUT_RDWR);
    if (!card->joined) {
        pthread_join(card->thread, NULL);
    }
    close(card->socket);
    free(card);
}

bool fake_card_was_refused(struct fake_card *card)
{
    struct pollfd ended = {.fd = card->socket, .events = POLLRDHUP};
    if (poll(&ended, 1, 10000) != 1) {
        return false;
    }
    pthread_join(card->thread, NULL); // it has read all that came before the end
    card->joined = true;
    return atomic_load(&card->refused);
}

unsigned fake_card_field_offs(const struct fake_card *card)
{
    return atomic_load(&card->field_offs);
}

unsigned fake_card_selections(const struct fake_card *card)
{
    return atomic_load(&card->selections);
}
