// What a whole tap costs and where the time goes: bench_tap HOME SPECIMEN TAPS.
// SPDX-License-Identifier: Apache-2.0
//
// Run by the script `tap`, beside a PC/SC service of its own with an issued card. The same tap is done
// through the service, and in this process straight into a card (mbedTLS) with libjumin as the shared library
// (OpenSSL). The time of the card's calls of the costly functions of crypto.h is added up
// (card_crypto_time.h).
#include "card/port/host/flash_file.h"
#include "tests/bench/bench_card.h"
#include "tests/bench/card_crypto_time.h"
#include "tests/unit/unit.h"

#include <jumin/verify.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { IMAGE_PAGES = 64 };

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// --- Time of the card and of its cryptography -------------------------------------------------------------

static int64_t card_ns;

// A transport that passes everything on and adds up the time behind it.
static enum jumin_error timed_connect(void *context)
{
    return jumin_transport_connect(context);
}

static enum jumin_error timed_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                       size_t capacity, size_t *length)
{
    const int64_t begin = now_ns();
    const enum jumin_error error = jumin_transport_transmit(context, command, n, response, capacity, length);
    card_ns += now_ns() - begin;
    return error;
}

static void timed_disconnect(void *context)
{
    jumin_transport_disconnect(context);
}

static void timed_limits(void *context, struct jumin_limits *limits)
{
    jumin_transport_limits(context, limits);
}

static struct jumin_transport *timed_transport(struct jumin_transport *inner)
{
    static const struct jumin_transport_functions functions = {.connect = timed_connect,
                                                               .transmit = timed_transmit,
                                                               .disconnect = timed_disconnect,
                                                               .limits = timed_limits};
    struct jumin_transport *transport = NULL;
    assert_int_equal(jumin_transport_new(&transport, &functions, inner), JUMIN_OK);
    return transport;
}

// --- The taps ---------------------------------------------------------------------------------------------

struct result {
    struct jumin_reader_cost cost;
    int64_t total, behind_transport, card_crypto; // nanoseconds, of all taps
};

// One tap, verified.
static void tap(struct jumin_transport *transport, const struct jumin_trust *trust, bool extended,
                struct result *result)
{
    struct jumin_reader *reader = NULL;
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    card_ns = card_crypto_ns = 0;
    const int64_t begin = now_ns();
    bench_need(jumin_reader_new(&reader, transport), "reader", "");
    bench_need(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, BENCH_CAN), "CAN", "");
    bench_need(jumin_reader_set_extended_length(reader, extended ? JUMIN_EXTENDED_AUTO : JUMIN_EXTENDED_OFF),
               "length", "");
    bench_need(jumin_reader_read(reader, &document), "reading", jumin_reader_detail(reader));
    bench_need(jumin_document_verify(document, trust, (int64_t)time(NULL), &report), "verifying", "");
    result->total += now_ns() - begin;
    result->behind_transport += card_ns;
    result->card_crypto += card_crypto_ns;
    jumin_reader_cost(reader, &result->cost);
    if (jumin_report_verdict(report) != JUMIN_PASSED || jumin_report_chip(report) != JUMIN_PASSED) {
        bench_need(JUMIN_ERROR_SIGNATURE, "verifying", "the document is not genuine");
    }
    jumin_report_free(report);
    jumin_document_free(document);
    jumin_reader_free(reader);
}

static void print_cost(const char *name, const struct result *result)
{
    (void)printf("  %-9s %4u APDUs, %6zu bytes sent, %6zu bytes received\n", name, result->cost.commands,
                 result->cost.sent, result->cost.received);
}

static double milliseconds(int64_t nanoseconds, long taps)
{
    return (double)nanoseconds / 1e6 / (double)taps;
}

// In this process nothing but the card is behind the transport, so the service adds what is above it.
static void print_shares(const char *name, const struct result *direct, const struct result *service,
                         long taps)
{
    const double total = milliseconds(service->total, taps);
    const double card_crypto = milliseconds(direct->card_crypto, taps);
    const double card_rest = milliseconds(direct->behind_transport - direct->card_crypto, taps);
    const double host = milliseconds(direct->total - direct->behind_transport, taps);
    const double link = total - milliseconds(direct->total, taps);
    (void)printf(
        "  %-9s %7.1f ms  card crypto %4.1f %%, card otherwise %4.1f %%, host %4.1f %%, transport %4.1f %%\n",
        name, total, 100 * card_crypto / total, 100 * card_rest / total, 100 * host / total,
        100 * link / total);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: bench_tap HOME SPECIMEN TAPS\n");
        return 2;
    }
    const long taps = strtol(argv[3], NULL, 10);
    char pki[4096], image[4096];
    (void)snprintf(pki, sizeof pki, "%s/pki", argv[1]);
    (void)snprintf(image, sizeof image, "%s/bench.image", argv[1]);
    // The same kind of flash as the simulator's, so that the difference between the two is the link alone.
    static struct card_link link;
    struct flash_file flash = {0};
    bench_need(flash_file_create(&flash, image, IMAGE_PAGES) == FLASH_FILE_OK ? JUMIN_OK : JUMIN_ERROR_FILE,
               image, "");
    card_link_start_on(&link, 1, flash_file_port(&flash));
    struct jumin_transport *inner = card_link_open(&link);
    bench_issue(inner, pki, argv[2]);
    struct jumin_transport *direct = timed_transport(inner), *service = NULL;
    struct jumin_pcsc *pcsc = NULL;
    bench_need(jumin_pcsc_new(&pcsc), "PC/SC", "");
    bench_need(jumin_pcsc_wait_card(pcsc, NULL, 30000, (char[256]){0}, 256), "PC/SC",
               jumin_pcsc_detail(pcsc));
    bench_need(jumin_pcsc_open(pcsc, "jumin", JUMIN_PCSC_EXCLUSIVE, &service), "PC/SC",
               jumin_pcsc_detail(pcsc));
    struct jumin_trust *trust = bench_trust(pki);

    struct result results[2][2] = {0}; // [short, extended][direct, service]
    for (long i = -1; i < taps; i++) {
        for (int extended = 0; extended < 2; extended++) {
            tap(direct, trust, extended == 1, &results[extended][0]);
            tap(service, trust, extended == 1, &results[extended][1]);
        }
        if (i < 0) { // the first round warms up
            memset(results, 0, sizeof results);
        }
    }
    (void)printf("A whole tap: PACE, EF.COM, EF.SOD, DG1, 2, 11, 12, 14, 15, EF.CardSecurity, PA, CA, AA; "
                 "mean of %ld\n",
                 taps);
    print_cost("extended", &results[1][1]);
    print_cost("short", &results[0][1]);
    (void)printf("Time through pcscd and our driver\n");
    print_shares("extended", &results[1][0], &results[1][1], taps);
    print_shares("short", &results[0][0], &results[0][1], taps);
    (void)printf("  short / extended %.2f\n", (double)results[0][1].total / (double)results[1][1].total);
    jumin_trust_free(trust);
    jumin_transport_free(direct);
    jumin_transport_free(service);
    jumin_transport_free(inner);
    jumin_pcsc_free(pcsc);
    card_reset(&link.card);
    flash_file_close(&flash);
    return 0;
}
