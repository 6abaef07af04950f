// Records of exchanges: what is answered from one can be recorded again, and that record answers alike.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include <jumin/transport.h>
#include <stdio.h>
#include <string.h>

enum { INPUT_MAX = 4096, ROUNDS = 4, RESPONSE_MAX = 64 };

// What a program saw in one round.
struct round {
    enum jumin_error connected, answered[2];
    size_t lengths[2];
    uint8_t responses[2][RESPONSE_MAX];
};

static void play(struct jumin_transport *transport, struct round rounds[ROUNDS])
{
    static const uint8_t select[] = {0x00, 0xA4, 0x04, 0x0C}, read[] = {0x00, 0xB0, 0x00, 0x00, 0x00};
    for (size_t i = 0; i < ROUNDS; i++) {
        struct round *r = &rounds[i];
        r->connected = jumin_transport_connect(transport);
        r->answered[0] = jumin_transport_transmit(transport, select, sizeof select, r->responses[0],
                                                  RESPONSE_MAX, &r->lengths[0]);
        r->answered[1] = jumin_transport_transmit(transport, read, sizeof read, r->responses[1], RESPONSE_MAX,
                                                  &r->lengths[1]);
        require(jumin_transport_detail(transport) != NULL);
    }
}

static void compare(const struct round *a, const struct round *b)
{
    require(a->connected == b->connected);
    for (size_t i = 0; i < 2; i++) {
        require(a->answered[i] == b->answered[i]);
        if (a->answered[i] == JUMIN_OK) {
            require(a->lengths[i] >= 2 && a->lengths[i] == b->lengths[i]);
            require(memcmp(a->responses[i], b->responses[i], a->lengths[i]) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char text[INPUT_MAX];
    struct round first[ROUNDS], second[ROUNDS];
    struct jumin_transport *replay = NULL, *record = NULL, *again = NULL;
    char *written = NULL;
    size_t written_length = 0;
    if (n == 0 || n > sizeof text) {
        return 0;
    }
    memset(first, 0, sizeof first);
    memset(second, 0, sizeof second);
    memcpy(text, bytes, n);
    FILE *log = fmemopen(text, n, "r");
    FILE *recorded = open_memstream(&written, &written_length);
    require(log != NULL && recorded != NULL);
    require(jumin_trace_replay(&replay, log) == JUMIN_OK);
    require(jumin_trace_record(&record, replay, recorded) == JUMIN_OK);
    play(record, first);
    jumin_transport_free(record);
    (void)fclose(recorded);
    (void)fclose(log);
    log = fmemopen(written, written_length, "r");
    require(log != NULL && jumin_trace_replay(&again, log) == JUMIN_OK);
    play(again, second);
    for (size_t i = 0; i < ROUNDS; i++) {
        compare(&first[i], &second[i]);
    }
    jumin_transport_free(again);
    (void)fclose(log);
    free(written);
    return 0;
}
