// The field of a simulated reader: a unix socket that a simulated card connects to.
// SPDX-License-Identifier: Apache-2.0
#include "pcsc/ifd/antenna.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "pcsc/ifd/features.h"

// --- Time --------------------------------------------------------------------------------------------------

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int until_ms(int64_t deadline)
{
    const int64_t left = deadline - now_ms();
    return left > 0 ? (int)left : 0;
}

// --- Opening and closing -----------------------------------------------------------------------------------

enum antenna_result antenna_open(struct antenna *antenna, const char *path)
{
    memset(antenna, 0, sizeof *antenna);
    antenna->card = -1;
    if (!listener_open(&antenna->listener, path)) {
        return ANTENNA_SYSTEM;
    }
    antenna->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    antenna->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (antenna->wake < 0 || antenna->stop < 0 || pthread_mutex_init(&antenna->lock, NULL) != 0) {
        const int reason = errno;
        listener_close(&antenna->listener);
        close(antenna->wake);
        close(antenna->stop);
        errno = reason;
        return ANTENNA_SYSTEM;
    }
    return ANTENNA_OK;
}

static void raise_event(int event)
{
    const uint64_t one = 1;
    (void)!write(event, &one, sizeof one);
}

static void remove_card(struct antenna *antenna)
{
    if (antenna->card >= 0) {
        close(antenna->card);
        antenna->card = -1;
    }
    antenna->selected = false;
}

void antenna_close(struct antenna *antenna)
{
    raise_event(antenna->stop);
    pthread_mutex_lock(&antenna->lock); // waits for an exchange to end
    remove_card(antenna);
    listener_close(&antenna->listener);
    close(antenna->wake);
    close(antenna->stop);
    pthread_mutex_unlock(&antenna->lock);
    pthread_mutex_destroy(&antenna->lock);
}

void antenna_wake(struct antenna *antenna)
{
    raise_event(antenna->wake);
}

// --- Cards come and go -------------------------------------------------------------------------------------

// True when a card was put into the field.
static bool accept_card(struct antenna *antenna)
{
    const int connection = listener_accept(&antenna->listener);
    if (connection < 0) {
        return false;
    }
    // Only this thread changes `card`, so it may look at it without the lock: a second card is refused at
    // once, though the first be in an exchange.
    if (antenna->card >= 0) {
        listener_refuse(connection);
        return false;
    }
    pthread_mutex_lock(&antenna->lock);
    antenna->card = connection;
    antenna->selected = false;
    antenna->inbox.n = antenna->inbox.used = 0;
    pthread_mutex_unlock(&antenna->lock);
    return true;
}

enum antenna_result antenna_wait(struct antenna *antenna, int milliseconds)
{
    const int64_t deadline = now_ms() + milliseconds;
    for (;;) {
        struct pollfd watched[] = {
            {.fd = antenna->wake, .events = POLLIN},
            {.fd = antenna->card, .events = POLLRDHUP},
            {.fd = antenna->listener.socket, .events = POLLIN},
        };
        const int ready = poll(watched, 3, until_ms(deadline));
        if (ready == 0) {
            return ANTENNA_TIMEOUT;
        }
        if (ready < 0) {
            if (errno == EINTR) {
                continue;
            }
            return ANTENNA_SYSTEM;
        }
        if (watched[0].revents != 0) {
            uint64_t count = 0;
            (void)!read(antenna->wake, &count, sizeof count);
            return ANTENNA_TIMEOUT;
        }
        if (watched[1].revents != 0) {
            pthread_mutex_lock(&antenna->lock);
            remove_card(antenna);
            pthread_mutex_unlock(&antenna->lock);
            return ANTENNA_OK;
        }
        if (watched[2].revents != 0 && accept_card(antenna)) {
            return ANTENNA_OK;
        }
    }
}

bool antenna_present(struct antenna *antenna)
{
    pthread_mutex_lock(&antenna->lock);
    const bool present = antenna->card >= 0;
    pthread_mutex_unlock(&antenna->lock);
    return present;
}

// --- Exchanges ---------------------------------------------------------------------------------------------

// Waits until the card's socket is ready for `events`.
static enum antenna_result wait_card(struct antenna *antenna, short events, int64_t deadline)
{
    for (;;) {
        struct pollfd watched[] = {
            {.fd = antenna->stop, .events = POLLIN},
            {.fd = antenna->card, .events = events},
        };
        const int ready = poll(watched, 2, until_ms(deadline));
        if (ready == 0) {
            return ANTENNA_TIMEOUT;
        }
        if (ready < 0 && errno != EINTR) {
            return ANTENNA_SYSTEM;
        }
        if (ready > 0) {
            return watched[0].revents != 0 ? ANTENNA_STOPPED : ANTENNA_OK;
        }
    }
}

// One message in one write, so that a card that reads quickly wakes up once.
static enum antenna_result send_message(struct antenna *antenna, enum link_type type, struct span payload,
                                        int64_t deadline)
{
    struct writer frame = writer_of(antenna->outbox, sizeof antenna->outbox);
    link_header(writer_reserve(&frame, LINK_HEADER), (uint8_t)type, ++antenna->sequence, payload.n);
    writer_put(&frame, payload);
    struct span rest = writer_span(&frame);
    while (rest.n > 0) {
        const ssize_t n = send(antenna->card, rest.p, rest.n, MSG_NOSIGNAL);
        if (n > 0) {
            rest = span_from(rest, (size_t)n);
        } else if (errno == EAGAIN) {
            const enum antenna_result waited = wait_card(antenna, POLLOUT, deadline);
            if (waited != ANTENNA_OK) {
                return waited == ANTENNA_TIMEOUT ? ANTENNA_BROKEN : waited; // half a frame may be out
            }
        } else if (errno != EINTR) {
            return ANTENNA_NO_CARD;
        }
    }
    return ANTENNA_OK;
}

static enum antenna_result receive_message(struct antenna *antenna, struct link_message *message,
                                           int64_t deadline)
{
    for (;;) {
        const enum link_next next = link_next(&antenna->inbox, message);
        if (next != LINK_MORE) {
            return next == LINK_MESSAGE ? ANTENNA_OK : ANTENNA_BROKEN;
        }
        size_t room = 0;
        uint8_t *to = link_room(&antenna->inbox, &room);
        // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): the socket does not block
        const ssize_t n = recv(antenna->card, to, room, 0);
        if (n > 0) {
            link_filled(&antenna->inbox, (size_t)n);
        } else if (n < 0 && errno == EAGAIN) {
            const enum antenna_result waited = wait_card(antenna, POLLIN, deadline);
            if (waited != ANTENNA_OK) {
                return waited;
            }
        } else if (n == 0 || errno != EINTR) {
            return ANTENNA_NO_CARD;
        }
    }
}

// The card may have its waiting time multiplied, up to the greatest there is (ISO 14443-4 §7.3).
static int64_t extended_wait(const struct antenna *antenna, uint8_t multiplier)
{
    const int64_t wait = (int64_t)antenna->waiting_time_ms * multiplier;
    return wait < ATS_WAITING_TIME_MAX_MS ? wait : ATS_WAITING_TIME_MAX_MS;
}

// Nothing more can be said to this card; antenna_wait sees it leave.
static enum antenna_result give_up(struct antenna *antenna)
{
    shutdown(antenna->card, SHUT_RDWR);
    return ANTENNA_BROKEN;
}

// Sends a request and waits for its answer, whose payload stays valid until the next exchange.
static enum antenna_result exchange(struct antenna *antenna, enum link_type request, struct span payload,
                                    enum link_type answer, struct span *answered)
{
    int64_t deadline = now_ms() + antenna->waiting_time_ms;
    enum antenna_result result = send_message(antenna, request, payload, deadline);
    while (result == ANTENNA_OK) {
        struct link_message message;
        result = receive_message(antenna, &message, deadline);
        if (result != ANTENNA_OK) {
            break;
        }
        if (message.sequence != antenna->sequence) {
            continue; // belongs to a request that was given up
        }
        if (message.type == answer) {
            *answered = message.payload;
            return ANTENNA_OK;
        }
        const bool extension = message.type == LINK_WAITING_TIME && message.payload.n == 1;
        if (!extension || message.payload.p[0] == 0 || message.payload.p[0] > LINK_WTXM_MAX) {
            result = ANTENNA_BROKEN;
            break;
        }
        deadline = now_ms() + extended_wait(antenna, message.payload.p[0]);
    }
    return result == ANTENNA_BROKEN ? give_up(antenna) : result;
}

static void keep(uint8_t *to, size_t *length, struct span from)
{
    if (from.n > 0) { // phones have no historical bytes
        memcpy(to, from.p, from.n);
    }
    *length = from.n;
}

enum antenna_result antenna_select(struct antenna *antenna, bool reset, uint8_t atr[ATS_ATR_MAX],
                                   size_t *atr_length)
{
    pthread_mutex_lock(&antenna->lock);
    const struct span nothing = {NULL, 0};
    struct span selected;
    struct ats ats;
    enum antenna_result result = ANTENNA_NO_CARD;
    if (antenna->card < 0) {
        goto out;
    }
    // The card has not said yet how long it takes.
    antenna->waiting_time_ms = ATS_WAITING_TIME_MAX_MS;
    antenna->selected = false;
    result = exchange(antenna, reset ? LINK_RESET : LINK_POWER_ON, nothing, LINK_SELECTED, &selected);
    if (result == ANTENNA_OK && !ats_parse(selected, &ats)) {
        result = give_up(antenna);
    }
    if (result == ANTENNA_OK) {
        keep(antenna->uid, &antenna->uid_length, ats.uid);
        keep(antenna->historical, &antenna->historical_length, ats.historical);
        antenna->waiting_time_ms = ats.waiting_time_ms;
        antenna->selected = true;
        *atr_length = ats_to_atr(ats.historical, atr);
    }
out:
    pthread_mutex_unlock(&antenna->lock);
    return result;
}

void antenna_field_off(struct antenna *antenna)
{
    pthread_mutex_lock(&antenna->lock);
    const struct span nothing = {NULL, 0};
    const int64_t deadline = now_ms() + ATS_WAITING_TIME_MAX_MS;
    if (antenna->card >= 0 && send_message(antenna, LINK_POWER_OFF, nothing, deadline) == ANTENNA_BROKEN) {
        give_up(antenna);
    }
    antenna->selected = false;
    pthread_mutex_unlock(&antenna->lock);
}

static enum antenna_result transmit_to_card(struct antenna *antenna, struct span command,
                                            struct writer *response)
{
    struct span answer;
    const enum antenna_result result = exchange(antenna, LINK_COMMAND, command, LINK_RESPONSE, &answer);
    if (result == ANTENNA_OK) {
        writer_put(response, answer);
    }
    return result;
}

enum antenna_result antenna_transmit(struct antenna *antenna, struct span command, struct writer *response)
{
    if (command.n > LINK_PAYLOAD_MAX) {
        return ANTENNA_BROKEN;
    }
    pthread_mutex_lock(&antenna->lock);
    enum antenna_result result = ANTENNA_OK;
    if (antenna->card < 0 || !antenna->selected) {
        result = ANTENNA_NO_CARD;
    } else if (!features_reader_command(command, span_of(antenna->uid, antenna->uid_length),
                                        span_of(antenna->historical, antenna->historical_length), response)) {
        result = transmit_to_card(antenna, command, response);
    }
    pthread_mutex_unlock(&antenna->lock);
    return result;
}
