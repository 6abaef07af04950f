// A phone's NFC responder as the card of a transport.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/nfc_pair.h"

#include "tests/unit/unit.h"

static enum jumin_error connect_pair(void *context)
{
    struct nfc_pair *pair = context;
    nfc_responder_reset(pair->responder);
    return JUMIN_OK;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    struct nfc_pair *pair = context;
    struct writer w = writer_of(response, capacity);
    assert_true(n <= pair->limits.command_max);
    pair->commands++;
    if (nfc_responder_command(pair->responder, span_of(command, n), &w) == NFC_RESPONDER_MESSAGE) {
        const struct span message = nfc_responder_message(pair->responder);
        assert_int_equal(w.n, 0);
        assert_in_range(message.n, 1, NFC_MESSAGE_MAX);
        memcpy(pair->request, message.p, message.n);
        pair->request_length = message.n;
        (void)nfc_responder_reply(pair->responder, pair->answer, &w);
    }
    assert_false(w.overflow);
    assert_true(w.n <= pair->limits.response_max);
    *length = w.n;
    return JUMIN_OK;
}

static void disconnect(void *context)
{
    (void)context;
}

static void limits(void *context, struct jumin_limits *limits)
{
    const struct nfc_pair *pair = context;
    *limits = pair->limits;
}

void nfc_pair_start(struct nfc_pair *pair, const struct nfc_responder_options *options,
                    const struct jumin_limits *link)
{
    static const struct jumin_transport_functions functions = {connect_pair, transmit, disconnect,
                                                               limits,       NULL,     NULL};
    pair->limits = *link;
    assert_int_equal(nfc_responder_new(&pair->responder, options), JUMIN_OK);
    assert_int_equal(jumin_transport_new(&pair->transport, &functions, pair), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(pair->transport), JUMIN_OK);
}

void nfc_pair_stop(struct nfc_pair *pair)
{
    jumin_transport_free(pair->transport);
    nfc_responder_free(pair->responder);
    pair->transport = NULL;
    pair->responder = NULL;
}
