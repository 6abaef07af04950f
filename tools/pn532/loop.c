// The loop: one thread, poll, and the chip's deadlines.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/loop.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

enum { READ_MAX = 4096 };

int64_t loop_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// --- What happens, in words --------------------------------------------------------------------------------

static void say(const char *what)
{
    (void)puts(what);
    (void)fflush(stdout);
}

static void trace(const struct loop *loop, const char *from, struct span bytes)
{
    if (loop->trace == NULL || bytes.n == 0) {
        return;
    }
    (void)fprintf(loop->trace, "%lld %s", (long long)loop_now(), from);
    for (size_t i = 0; i < bytes.n; i++) {
        (void)fprintf(loop->trace, " %02X", bytes.p[i]);
    }
    (void)fputc('\n', loop->trace);
    (void)fflush(loop->trace);
}

// --- The card ----------------------------------------------------------------------------------------------

void loop_send(void *context, enum link_type type, struct span payload)
{
    struct loop *loop = context;
    if (type == LINK_POWER_ON || type == LINK_POWER_OFF) {
        say(type == LINK_POWER_ON ? "field on" : "field off");
    }
    card_send(&loop->card, type, payload, loop_now());
}

static void serve_card(struct loop *loop)
{
    struct link_message message;
    enum card_event event = card_next(&loop->card, &message);
    for (; event == CARD_MESSAGE; event = card_next(&loop->card, &message)) {
        if (!chip_card_message(&loop->chip, (enum link_type)message.type, message.payload, loop_now())) {
            say("the card is given up: it does not speak the protocol");
            card_give_up(&loop->card);
        }
    }
    if (event == CARD_LEFT) {
        say("card left");
        chip_card_left(&loop->chip, loop_now());
    }
}

static void accept_card(struct loop *loop)
{
    if (card_accept(&loop->card)) {
        say("card came");
        chip_card_came(&loop->chip, loop_now());
    }
}

// --- The host ----------------------------------------------------------------------------------------------

static void answer_host(struct loop *loop)
{
    const struct span out = chip_out(&loop->chip);
    if (!loop->pty.host || out.n == 0) {
        return;
    }
    const size_t n = pty_write(&loop->pty, out);
    trace(loop, "<", span_first(out, n));
    chip_sent(&loop->chip, n);
}

static void look_for_host(struct loop *loop)
{
    const bool before = loop->pty.host;
    const bool now = pty_look(&loop->pty);
    if (before != now) {
        say(now ? "host came" : "host left");
    }
}

// Bytes of a host that has left already still reach the chip, which is then as after power-up.
static void hear_host(struct loop *loop)
{
    uint8_t bytes[READ_MAX];
    const int n = pty_read(&loop->pty, bytes, sizeof bytes);
    if (n < 0) {
        chip_reset(&loop->chip, loop_now());
        look_for_host(loop);
        return;
    }
    trace(loop, ">", span_of(bytes, (size_t)n));
    chip_receive(&loop->chip, span_of(bytes, (size_t)n), loop_now());
}

// --- The loop ----------------------------------------------------------------------------------------------

static int sooner(int timeout, int64_t deadline, int64_t now)
{
    if (deadline < 0) {
        return timeout;
    }
    const int left = deadline > now ? (int)(deadline - now) : 0;
    return timeout < 0 || left < timeout ? left : timeout;
}

static int timeout_of(const struct loop *loop)
{
    const int64_t now = loop_now();
    int timeout = loop->pty.host ? -1 : PTY_LOOK_MS;
    timeout = sooner(timeout, chip_deadline(&loop->chip), now);
    return sooner(timeout, card_deadline(&loop->card), now);
}

bool loop_run(struct loop *loop)
{
    enum { SIGNALS, MASTER, CARD, LISTENER, WATCHED };
    for (;;) {
        if (!loop->pty.host) {
            look_for_host(loop);
        }
        answer_host(loop);
        const short host_events = (short)(chip_out(&loop->chip).n > 0 ? POLLIN | POLLOUT : POLLIN);
        struct pollfd watched[WATCHED] = {
            [SIGNALS] = {.fd = loop->signals, .events = POLLIN},
            [MASTER] = {.fd = loop->pty.host ? loop->pty.master : -1, .events = host_events},
            [CARD] = {.fd = loop->card.connection, .events = card_events(&loop->card)},
            [LISTENER] = {.fd = loop->card.listener.socket, .events = POLLIN},
        };
        if (poll(watched, WATCHED, timeout_of(loop)) < 0 && errno != EINTR) {
            return false;
        }
        if (watched[SIGNALS].revents != 0) {
            return true;
        }
        if (watched[CARD].revents != 0) {
            card_ready(&loop->card);
            serve_card(loop);
        }
        if (watched[LISTENER].revents != 0) {
            accept_card(loop);
        }
        if ((watched[MASTER].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            hear_host(loop);
        }
        card_time(&loop->card, loop_now());
        chip_time(&loop->chip, loop_now());
    }
}
