// Seconds of a tap over the air against the least that the same files could take: bench_air HOME SPECIMEN
// TAPS.
// SPDX-License-Identifier: Apache-2.0
//
// Run by the script `air`. The card is in this process (mbedTLS), behind the link model, and read with
// libjumin as the shared library (OpenSSL), in units as the command line takes them over PC/SC. The least is
// the model's time for each file in one extended APDU with frames of 256 bytes: no session, no second
// command, nothing computed.
#include "tests/bench/bench_card.h"

#include <jumin/link_model.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    FRAME = 256,
    CIPHER_BLOCK = 16,
    RATES = 4,
    RATE_OF_LIBNFC = 424, // where libnfc ends; it knows short length only
    INS_READ_BINARY = 0xB0,
};

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// --- Least -------------------------------------------------------------------------------------------------

static bool read_without_session(enum jumin_file file)
{
    return file == JUMIN_FILE_CARD_ACCESS || file == JUMIN_FILE_ATR_INFO;
}

// READ BINARY of the whole file in one extended APDU, under AES secure messaging but for what is read before
// PACE (ISO 7816-4 §10).
static uint64_t least_of_file(const struct jumin_link_model *model, enum jumin_file file, size_t n)
{
    if (read_without_session(file)) {
        return jumin_link_model_time(model, 4 + 3, n + 2);
    }
    const size_t ciphertext = n / CIPHER_BLOCK * CIPHER_BLOCK + CIPHER_BLOCK;
    const size_t length_bytes = ciphertext + 1 < 0x80 ? 1 : ciphertext + 1 < 0x100 ? 2 : 3;
    return jumin_link_model_time(model, 23, 1 + length_bytes + 1 + ciphertext + 4 + 10 + 2);
}

static uint64_t least_of(const struct jumin_link_model *model, const struct jumin_document *document,
                         size_t *bytes)
{
    uint64_t least = 0;
    *bytes = 0;
    for (int file = 0; file < JUMIN_FILE_COUNT; file++) {
        const uint8_t *content = NULL;
        size_t n = 0;
        if (jumin_document_file(document, (enum jumin_file)file, &content, &n) == JUMIN_OK && n > 0) {
            least += least_of_file(model, (enum jumin_file)file, n);
            *bytes += n;
        }
    }
    return least;
}

// --- A transport that tells reading from the rest ------------------------------------------------------------

static struct {
    struct jumin_transport *inner;
    int64_t reading, other; // behind the transport
    unsigned commands;
} meter;

static enum jumin_error meter_connect(void *context)
{
    (void)context;
    return jumin_transport_connect(meter.inner);
}

static enum jumin_error meter_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                       size_t capacity, size_t *length)
{
    (void)context;
    const int64_t begin = now_ns();
    const enum jumin_error error =
        jumin_transport_transmit(meter.inner, command, n, response, capacity, length);
    const int64_t took = now_ns() - begin;
    const bool reads = n > 1 && (command[1] & 0xFE) == INS_READ_BINARY;
    *(reads ? &meter.reading : &meter.other) += took;
    meter.commands++;
    return error;
}

static void meter_disconnect(void *context)
{
    (void)context;
    jumin_transport_disconnect(meter.inner);
}

static void meter_limits(void *context, struct jumin_limits *limits)
{
    (void)context;
    jumin_transport_limits(meter.inner, limits);
}

// --- Taps --------------------------------------------------------------------------------------------------

struct result {
    int64_t tap, reading, other; // nanoseconds
    uint64_t air, least;
    unsigned commands;
    size_t bytes;
};

static struct result tap(struct jumin_transport *card, const struct jumin_trust *trust,
                         const struct jumin_link_model *model, bool extended)
{
    static const struct jumin_transport_functions functions = {.connect = meter_connect,
                                                               .transmit = meter_transmit,
                                                               .disconnect = meter_disconnect,
                                                               .limits = meter_limits};
    struct jumin_transport *transport = NULL;
    struct jumin_reader *reader = NULL;
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    meter.reading = meter.other = meter.commands = 0;
    const uint64_t air_before = jumin_link_model_elapsed(card);
    meter.inner = card;
    bench_need(jumin_transport_new(&transport, &functions, NULL), "transport", "");
    const int64_t begin = now_ns();
    bench_need(jumin_reader_new(&reader, transport), "reader", "");
    bench_need(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, BENCH_CAN), "CAN", "");
    bench_need(jumin_reader_set_extended_length(reader, extended ? JUMIN_EXTENDED_AUTO : JUMIN_EXTENDED_OFF),
               "length", "");
    bench_need(jumin_reader_set_read_unit(reader, JUMIN_READ_UNIT_LONG), "unit", "");
    bench_need(jumin_reader_read(reader, &document), "reading", jumin_reader_detail(reader));
    bench_need(jumin_document_verify(document, trust, (int64_t)time(NULL), &report), "verifying", "");
    struct result result = {.tap = now_ns() - begin, .reading = meter.reading, .other = meter.other};
    if (jumin_report_verdict(report) != JUMIN_PASSED || jumin_report_chip(report) != JUMIN_PASSED) {
        bench_need(JUMIN_ERROR_SIGNATURE, "verifying", "the document is not genuine");
    }
    const struct jumin_link_model ideal = {model->rate, FRAME, FRAME};
    result.least = least_of(&ideal, document, &result.bytes);
    result.air = jumin_link_model_elapsed(card) - air_before;
    result.commands = meter.commands;
    jumin_report_free(report);
    jumin_document_free(document);
    jumin_reader_free(reader);
    jumin_transport_free(transport);
    return result;
}

static void print(const struct jumin_link_model *model, const char *name, const struct result *sum, long taps)
{
    const double n = (double)taps * 1e9, least = (double)sum->least / n;
    const double reading = (double)sum->reading / n, whole = (double)sum->tap / n;
    (void)printf("%4u  %-8s %5u  %5u  %6.3f  %6.3f %5.2f  %6.3f  %6.3f  %6.3f %5.2f\n", model->rate, name,
                 model->fsd, sum->commands / (unsigned)taps, least, reading, reading / least,
                 (double)sum->air / n, (double)sum->other / n, whole, whole / least);
}

static void run(struct card_link *link, const struct jumin_trust *trust, const struct jumin_link_model *model,
                bool extended, long taps)
{
    struct jumin_transport *card = NULL;
    struct result sum = {0};
    bench_need(jumin_link_model_new(&card, card_link_open(link), model), "link model", "");
    for (long i = 0; i < taps; i++) {
        const struct result one = tap(card, trust, model, extended);
        sum.tap += one.tap;
        sum.reading += one.reading;
        sum.other += one.other;
        sum.air += one.air;
        sum.least += one.least;
        sum.commands += one.commands;
    }
    print(model, extended ? "extended" : "short", &sum, taps);
    jumin_transport_free(card);
}

int main(int argc, char **argv)
{
    static const unsigned rates[RATES] = {106, 212, 424, 848};
    static struct card_link link;
    char pki[4096];
    if (argc != 4) {
        (void)fprintf(stderr, "usage: bench_air HOME SPECIMEN TAPS\n");
        return 2;
    }
    const long taps = strtol(argv[3], NULL, 10);
    (void)snprintf(pki, sizeof pki, "%s/pki", argv[1]);
    card_link_start(&link, 1);
    struct jumin_transport *issuing = card_link_open(&link);
    bench_issue(issuing, pki, argv[2]);
    jumin_transport_free(issuing);
    struct jumin_trust *trust = bench_trust(pki);
    (void)printf("kbit/s length    FSD  APDUs   least  reading ratio  air     other    tap   ratio\n");
    for (size_t i = 0; i < RATES; i++) {
        const struct jumin_link_model frames_256 = {rates[i], FRAME, FRAME},
                                      frames_64 = {rates[i], 64, FRAME};
        run(&link, trust, &frames_256, true, taps);
        run(&link, trust, &frames_256, false, taps);
        if (rates[i] <= RATE_OF_LIBNFC) {
            run(&link, trust, &frames_64, false, taps);
        }
    }
    jumin_trust_free(trust);
    card_link_stop(&link);
    return 0;
}
