// GET CHALLENGE (ISO 7816-4 §11.5.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/challenge.h"

#include "card/core/card.h"

static size_t challenge_length(const struct apdu_command *command)
{
    if (command_asks_for_all(command)) {
        return CHALLENGE_DEFAULT;
    }
    return command->ne < CHALLENGE_MAX ? command->ne : CHALLENGE_MAX;
}

uint16_t get_challenge_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    const size_t n = challenge_length(command);
    uint8_t *challenge = writer_reserve(response, n);
    if (challenge == NULL || !card->port.random.fill(card->port.random.context, challenge, n)) {
        return SW_EXECUTION_ERROR;
    }
    terminal_authentication_keep_challenge(card, span_of(challenge, n));
    return SW_OK;
}
