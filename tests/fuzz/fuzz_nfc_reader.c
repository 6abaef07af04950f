// What a phone, or a tag that plays one, answers to a verifier: each response is a length of two bytes and
// that many. What the verifier takes lies within its limits.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/verifier/nfc_reader.h"

static enum jumin_error connect_nothing(void *context)
{
    (void)context;
    return JUMIN_OK;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    struct span *input = context;
    struct span head, answer;
    struct apdu_command parsed;
    require(apdu_parse(span_of(command, n), &parsed));
    if (!span_take(input, 2, &head)) {
        return JUMIN_ERROR_CARD_REMOVED;
    }
    answer = span_first(*input, (size_t)head.p[0] << 8 | head.p[1]);
    *input = span_from(*input, answer.n);
    require(answer.n <= capacity);
    if (answer.n > 0) {
        memcpy(response, answer.p, answer.n);
    }
    *length = answer.n;
    return JUMIN_OK;
}

static void disconnect(void *context)
{
    (void)context;
}

static void limits(void *context, struct jumin_limits *limits)
{
    (void)context;
    *limits = (struct jumin_limits){65544, 65538, true};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const struct jumin_transport_functions functions = {connect_nothing, transmit, disconnect,
                                                               limits,          NULL,     NULL};
    static const uint8_t message[400];
    struct span input = span_of(bytes, n), answer;
    struct jumin_transport *transport = NULL;
    struct nfc_reader *reader = NULL;
    struct handover_select select;
    require(jumin_transport_new(&transport, &functions, &input) == JUMIN_OK);
    require(jumin_transport_connect(transport) == JUMIN_OK);
    require(nfc_reader_new(&reader, transport) == JUMIN_OK);
    if (nfc_reader_engage(reader, &select) == JUMIN_OK) {
        require(select.message.n <= HANDOVER_MAX && engagement_nfc_good(&select.nfc));
    } else {
        require(nfc_reader_detail(reader)[0] != '\0');
    }
    if (nfc_reader_select(reader) == JUMIN_OK &&
        nfc_reader_exchange(reader, span_of(message, sizeof message), &answer) == JUMIN_OK) {
        require(answer.n <= APDU_RESPONSE_MAX);
    }
    nfc_reader_free(reader);
    jumin_transport_free(transport);
    return 0;
}
