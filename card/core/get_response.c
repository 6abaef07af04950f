// GET RESPONSE: an answer that did not fit its Le is handed out in parts (ISO 7816-4 §5.3.4, §11.7.1).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/get_response.h"

uint16_t get_response_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    (void)card;
    (void)command;
    (void)response;
    return SW_CONDITIONS_NOT_SATISFIED;
}

// Whatever the secure messaging bits say: without objects to protect it, it is plain. Hosts repeat the class
// of the command here, or take 00.
bool get_response_is_transport(const struct apdu_command *command)
{
    return command->ins == INS_GET_RESPONSE && (command->cla & ~(CLA_GLOBALPLATFORM | CLA_SM_MASK)) == 0 &&
           command->p1 == 0 && command->p2 == 0 && command->data.n == 0 && command->ne > 0;
}

static uint16_t bytes_remaining(size_t n)
{
    return (uint16_t)(SW_BYTES_REMAINING | (n < APDU_SHORT_LE_MAX ? n : 0));
}

void get_response_first(struct card *card, size_t limit, struct writer *response)
{
    struct card_remainder *rest = &card->remainder;
    const size_t n = rest->n < limit ? rest->n : limit;
    writer_put(response, span_of(card->response + rest->offset, n));
    rest->offset += n;
    rest->n -= n;
    writer_put_u16(response, rest->n > 0 ? bytes_remaining(rest->n) : rest->status);
}

void get_response(struct card *card, const struct apdu_command *command, struct writer *response)
{
    const size_t left = card->remainder.n;
    if (!command->extended && !command_asks_for_all(command) && command->ne > left) {
        writer_put_u16(response, (uint16_t)(SW_WRONG_LE | left));
        return;
    }
    get_response_first(card, command->ne, response);
}
