// The NFC side of a phone alone.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/nfc_phone.h"

static enum wallet_card_told command(void *context, struct span command, uint8_t *response, size_t capacity,
                                     size_t *length)
{
    return jumin_wallet_nfc_command(context, command.p, command.n, response, capacity, length) ==
                   JUMIN_WALLET_NFC_MESSAGE
               ? WALLET_CARD_THINKING
               : WALLET_CARD_ANSWERED;
}

static void reset(void *context)
{
    jumin_wallet_nfc_reset(context);
}

struct wallet_card_phone nfc_phone(struct jumin_wallet_nfc *nfc)
{
    return (struct wallet_card_phone){command, reset, nfc};
}

void nfc_phone_reply(struct wallet_card *card, struct span message)
{
    size_t n = 0;
    (void)jumin_wallet_nfc_reply(card->phone.context, message.p, message.n, card->response,
                                 sizeof card->response, &n);
    if (n > 0) {
        wallet_card_answer(card, span_of(card->response, n));
    }
}
