// The simulator's loop: one thread, poll, and timers of the cards.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/sim_loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/jumin/sim_control.h"

enum { CLIENTS_MAX = 4, LINE_LENGTH_MAX = 512 };

// Somebody who sends commands: standard input, or a connection.
struct client {
    int in, out; // -1: a free place
    char line[LINE_LENGTH_MAX];
    size_t n;
};

struct loop {
    struct sim_card *const *cards;
    size_t count;
    const struct sim_hand *hand;
    int listener, signals;
    struct client clients[1 + CLIENTS_MAX]; // the first is standard input
    bool quit;
};

// --- Clients -----------------------------------------------------------------------------------------------

int sim_control_listen(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat file;
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) {
        return -1;
    }
    if (lstat(path, &file) == 0 && S_ISSOCK(file.st_mode)) {
        if (connect(listener, (const struct sockaddr *)&address, sizeof address) == 0) {
            close(listener);
            errno = EADDRINUSE;
            return -1;
        }
        (void)unlink(path);
    }
    // fchmod before bind gives the file its mode at the moment it appears.
    if (fchmod(listener, S_IRUSR | S_IWUSR) != 0 ||
        bind(listener, (const struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4) != 0) {
        const int reason = errno;
        close(listener);
        errno = reason;
        return -1;
    }
    return listener;
}

static void accept_client(struct loop *loop)
{
    const int connection = accept4(loop->listener, NULL, NULL, SOCK_CLOEXEC);
    for (size_t i = 1; connection >= 0 && i <= CLIENTS_MAX; i++) {
        if (loop->clients[i].in < 0) {
            loop->clients[i] = (struct client){.in = connection, .out = connection};
            return;
        }
    }
    if (connection >= 0) {
        close(connection);
    }
}

static void drop_client(struct client *client)
{
    if (client->in > STDERR_FILENO) {
        close(client->in);
    }
    client->in = client->out = -1;
    client->n = 0;
}

static void run_line(struct loop *loop, struct client *client)
{
    char answer[SIM_ANSWER_MAX];
    loop->quit |= !sim_control_run(loop->cards, loop->count, loop->hand, client->line, answer);
    const size_t n = strlen(answer);
    if (client->out == STDOUT_FILENO) {
        (void)fwrite(answer, 1, n, stdout);
        (void)fflush(stdout);
    } else if (n > 0 && send(client->out, answer, n, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)n) {
        drop_client(client);
    }
}

static void read_client(struct loop *loop, struct client *client)
{
    char bytes[LINE_LENGTH_MAX];
    const ssize_t n = read(client->in, bytes, sizeof bytes);
    if (n <= 0) {
        if (n == 0 || errno != EINTR) {
            drop_client(client);
        }
        return;
    }
    for (ssize_t i = 0; i < n && client->in >= 0 && !loop->quit; i++) {
        if (bytes[i] != '\n') {
            // A line that is too long is cut, and refused for it.
            client->n += client->n < sizeof client->line - 1;
            client->line[client->n - 1] = bytes[i];
            continue;
        }
        client->line[client->n] = '\0';
        client->n = 0;
        run_line(loop, client);
    }
}

// --- Loop --------------------------------------------------------------------------------------------------

int sim_catch_signals(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

// Lets every card do what is due; false: nothing is due later, else `*wait` is the time until it is.
static bool tick(const struct loop *loop, struct timespec *wait)
{
    const int64_t now = sim_now_ns();
    int64_t next = -1;
    for (size_t i = 0; i < loop->count; i++) {
        const int64_t due = sim_card_tick(loop->cards[i], now);
        if (due >= 0 && (next < 0 || due < next)) {
            next = due;
        }
    }
    const int64_t left = next > now ? next - now : 0;
    *wait = (struct timespec){(time_t)(left / 1000000000), (long)(left % 1000000000)};
    return next >= 0;
}

static bool step(struct loop *loop)
{
    enum { SIGNALS = 0, LISTENER = 1, CLIENTS = 2, CARDS = CLIENTS + 1 + CLIENTS_MAX };
    struct pollfd watched[CARDS + SIM_CARDS_MAX];
    struct timespec wait;
    const bool waits = tick(loop, &wait);
    watched[SIGNALS] = (struct pollfd){.fd = loop->signals, .events = POLLIN};
    watched[LISTENER] = (struct pollfd){.fd = loop->listener, .events = POLLIN};
    for (size_t i = 0; i <= CLIENTS_MAX; i++) {
        watched[CLIENTS + i] = (struct pollfd){.fd = loop->clients[i].in, .events = POLLIN};
    }
    for (size_t i = 0; i < loop->count; i++) {
        const struct sim_reader *reader = &loop->cards[i]->reader;
        watched[CARDS + i] = (struct pollfd){.fd = reader->socket, .events = sim_reader_events(reader)};
    }
    if (ppoll(watched, (nfds_t)(CARDS + loop->count), waits ? &wait : NULL, NULL) < 0) {
        return errno == EINTR;
    }
    loop->quit |= watched[SIGNALS].revents != 0;
    // Cards first: a client's command may close or open their connections.
    for (size_t i = 0; i < loop->count; i++) {
        if (watched[CARDS + i].revents != 0) {
            sim_card_ready(loop->cards[i], watched[CARDS + i].revents);
        }
    }
    for (size_t i = 0; i <= CLIENTS_MAX; i++) {
        if (watched[CLIENTS + i].revents != 0) {
            read_client(loop, &loop->clients[i]);
        }
    }
    if (watched[LISTENER].revents != 0) {
        accept_client(loop);
    }
    return true;
}

bool sim_loop_run(struct sim_card *const *cards, size_t count, const struct sim_hand *hand, int listener,
                  int signals)
{
    struct loop loop = {
        .cards = cards, .count = count, .hand = hand, .listener = listener, .signals = signals};
    for (size_t i = 0; i <= CLIENTS_MAX; i++) {
        loop.clients[i].in = loop.clients[i].out = -1;
    }
    loop.clients[0].in = STDIN_FILENO;
    loop.clients[0].out = STDOUT_FILENO;
    bool ok = true;
    while (ok && !loop.quit) {
        ok = step(&loop);
    }
    for (size_t i = 0; i <= CLIENTS_MAX; i++) {
        drop_client(&loop.clients[i]);
    }
    return ok;
}
