// What one small APDU costs on each way to a simulated card, measured in one run: a bare unix socket, jumin's
// reader driver and vsmartcard's through pcscd. The card answers at once, so only the way is measured.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/transport.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/pcsc/fake_card.h"
#include "tests/pcsc/pcscd.h"

enum {
    WARM_UP = 200,
    ROUNDS = 5000,
    VPCD_PORT = 35963,
    PATIENCE_MS = 20000,
    NAME_MAX_LENGTH = 128,
    EXIT_SKIPPED = 77
};

// GET CHALLENGE of 8 bytes, answered by what the fake cards echo: a small command and a small answer.
static const uint8_t command[] = {0x00, FAKE_ECHO, 0x00, 0x00, 0x08};

struct result {
    const char *name;
    double mean_us, p99_us;
};

// One exchange; false: it failed.
typedef bool exchange(void *context);

static double now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool measure(exchange *run, void *context, struct result *result)
{
    static double times[ROUNDS];
    double sum = 0;
    for (int i = 0; i < WARM_UP; i++) {
        if (!run(context)) {
            return false;
        }
    }
    for (int i = 0; i < ROUNDS; i++) {
        const double start = now_us();
        if (!run(context)) {
            return false;
        }
        times[i] = now_us() - start;
        sum += times[i];
    }
    qsort(times, ROUNDS, sizeof times[0], compare);
    result->mean_us = sum / (double)ROUNDS;
    result->p99_us = times[ROUNDS * 99 / 100];
    return true;
}

// --- The bare socket ---------------------------------------------------------------------------------------

static void *echo(void *context)
{
    const int *socket = context;
    uint8_t bytes[64];
    ssize_t n = 0;
    while ((n = recv(*socket, bytes, sizeof bytes, 0)) > 0 &&
           send(*socket, bytes, (size_t)n, MSG_NOSIGNAL) == n) {
    }
    return NULL;
}

static bool exchange_bare(void *context)
{
    const int *socket = context;
    uint8_t bytes[64];
    return send(*socket, command, sizeof command, MSG_NOSIGNAL) == sizeof command &&
           recv(*socket, bytes, sizeof bytes, 0) == sizeof command;
}

static bool measure_bare(struct result *result)
{
    int ends[2];
    pthread_t thread;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 ||
        pthread_create(&thread, NULL, echo, &ends[1]) != 0) {
        return false;
    }
    const bool measured = measure(exchange_bare, &ends[0], result);
    (void)shutdown(ends[0], SHUT_RDWR);
    (void)pthread_join(thread, NULL);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return measured;
}

// --- Through pcscd -----------------------------------------------------------------------------------------

static bool exchange_pcsc(void *context)
{
    uint8_t response[64];
    size_t n = 0;
    return jumin_transport_transmit(context, command, sizeof command, response, sizeof response, &n) ==
           JUMIN_OK;
}

static bool measure_pcsc(struct jumin_pcsc *pcsc, const char *reader, struct result *result)
{
    struct jumin_transport *transport = NULL;
    char name[NAME_MAX_LENGTH];
    const bool measured = jumin_pcsc_wait_card(pcsc, reader, PATIENCE_MS, name, sizeof name) == JUMIN_OK &&
                          jumin_pcsc_open(pcsc, name, JUMIN_PCSC_EXCLUSIVE, &transport) == JUMIN_OK &&
                          jumin_transport_connect(transport) == JUMIN_OK &&
                          measure(exchange_pcsc, transport, result);
    jumin_transport_free(transport);
    return measured;
}

// A card for vpcd: two bytes of length before each message, one write an answer, and acknowledging at once,
// as vpcd sends in two parts.
static bool receive_all(int socket, uint8_t *to, size_t n)
{
    while (n > 0) {
        const int on = 1;
        (void)setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
        const ssize_t got = recv(socket, to, n, 0);
        if (got <= 0) {
            return false;
        }
        to += got;
        n -= (size_t)got;
    }
    return true;
}

static bool answer_vpcd(int socket, const uint8_t *payload, size_t n)
{
    uint8_t frame[2 + 64] = {(uint8_t)(n >> 8), (uint8_t)n};
    if (n > sizeof frame - 2) {
        return false;
    }
    memcpy(frame + 2, payload, n);
    return send(socket, frame, 2 + n, MSG_NOSIGNAL) == (ssize_t)(2 + n);
}

static void *serve_vpcd(void *context)
{
    static const uint8_t atr[] = {0x3B, 0x80, 0x80, 0x01, 0x01};
    enum { GET_ATR = 4 };
    const int *socket = context;
    uint8_t bytes[64], length[2];
    while (receive_all(*socket, length, sizeof length)) {
        const size_t n = (size_t)(length[0] << 8 | length[1]);
        if (n > sizeof bytes || !receive_all(*socket, bytes, n)) {
            break;
        }
        const bool asks_atr = n == 1 && bytes[0] == GET_ATR;
        if ((n > 1 && !answer_vpcd(*socket, bytes, n)) ||
            (asks_atr && !answer_vpcd(*socket, atr, sizeof atr))) {
            break;
        }
    }
    return NULL;
}

static int connect_vpcd(void)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(VPCD_PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int card = socket(AF_INET, SOCK_STREAM, 0);
    return connect(card, (const struct sockaddr *)&address, sizeof address) == 0 ? card : -1;
}

static bool measure_vpcd(struct jumin_pcsc *pcsc, struct result *result)
{
    pthread_t thread;
    int card = connect_vpcd();
    if (card < 0 || pthread_create(&thread, NULL, serve_vpcd, &card) != 0) {
        return false;
    }
    const bool measured = measure_pcsc(pcsc, "Virtual PCD", result);
    (void)shutdown(card, SHUT_RDWR);
    (void)pthread_join(thread, NULL);
    (void)close(card);
    return measured;
}

static bool measure_driver(struct jumin_pcsc *pcsc, struct result *result)
{
    char path[PCSCD_PATH_MAX];
    pcscd_socket(0, path);
    struct fake_card *card = fake_card_insert(path);
    const bool measured = card != NULL && measure_pcsc(pcsc, "jumin 0", result);
    fake_card_remove(card);
    return measured;
}

// --- Report ------------------------------------------------------------------------------------------------

static void print(const struct result *results, size_t count)
{
    (void)printf("one APDU, 5 bytes each way, %d times\n", ROUNDS);
    (void)printf("%-28s %10s %10s %8s\n", "", "mean us", "p99 us", "ratio");
    for (size_t i = 0; i < count; i++) {
        (void)printf("%-28s %10.1f %10.1f %8.1f\n", results[i].name, results[i].mean_us, results[i].p99_us,
                     results[i].mean_us / results[0].mean_us);
    }
}

int main(void)
{
    struct result results[] = {
        {.name = "unix socket"}, {.name = "pcscd, jumin's driver"}, {.name = "pcscd, vsmartcard's driver"}};
    const char *reason = "";
    struct pcscd pcscd;
    struct jumin_pcsc *pcsc = NULL;
    if (!pcscd_isolate(&reason)) {
        (void)fprintf(stderr, "skipped: %s\n", reason);
        return EXIT_SKIPPED;
    }
    const bool measured = pcscd_start(&pcscd, 1, VPCD_PORT) && jumin_pcsc_new(&pcsc) == JUMIN_OK &&
                          measure_bare(&results[0]) && measure_driver(pcsc, &results[1]) &&
                          measure_vpcd(pcsc, &results[2]);
    if (measured) {
        print(results, sizeof results / sizeof results[0]);
    }
    jumin_pcsc_free(pcsc);
    pcscd_stop(&pcscd);
    return measured ? EXIT_SUCCESS : EXIT_FAILURE;
}
