// A phone's NFC as the card of a transport.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/nfc_pair.h"

#include "tests/unit/unit.h"

static enum jumin_error connect_pair(void *context)
{
    struct nfc_pair *pair = context;
    jumin_wallet_nfc_reset(pair->phone);
    return JUMIN_OK;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    struct nfc_pair *pair = context;
    assert_true(n <= pair->limits.command_max);
    pair->commands++;
    assert_true(apdu_parse(span_of(command, n), &pair->last));
    pair->last.data.p = NULL;
    if (jumin_wallet_nfc_command(pair->phone, command, n, response, capacity, length) ==
        JUMIN_WALLET_NFC_MESSAGE) {
        const uint8_t *message = NULL;
        jumin_wallet_nfc_message(pair->phone, &message, &pair->request_length);
        assert_int_equal(*length, 0);
        assert_in_range(pair->request_length, 1, NFC_MESSAGE_MAX);
        memcpy(pair->request, message, pair->request_length);
        (void)jumin_wallet_nfc_reply(pair->phone, pair->answer.p, pair->answer.n, response, capacity, length);
    }
    assert_in_range(*length, 2, pair->limits.response_max);
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

void nfc_pair_start(struct nfc_pair *pair, const struct jumin_wallet_nfc_options *options,
                    const struct jumin_limits *link)
{
    static const struct jumin_transport_functions functions = {connect_pair, transmit, disconnect,
                                                               limits,       NULL,     NULL};
    pair->limits = *link;
    assert_int_equal(jumin_wallet_nfc_new(&pair->phone, options), JUMIN_OK);
    assert_int_equal(jumin_transport_new(&pair->transport, &functions, pair), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(pair->transport), JUMIN_OK);
}

void nfc_pair_stop(struct nfc_pair *pair)
{
    jumin_transport_free(pair->transport);
    jumin_wallet_nfc_free(pair->phone);
    pair->transport = NULL;
    pair->phone = NULL;
}
