// GENERAL AUTHENTICATE belongs to the protocol that the last MSE:SET has chosen (ISO 7816-4 §11.5.5).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/security_environment.h"

#include "card/core/card.h"

enum { TAG_DYNAMIC_AUTHENTICATION_DATA = 0x7C };

static uint16_t next_step(struct card *card, const struct apdu_command *command, struct writer *response)
{
    struct span data = command->data;
    struct tlv template;
    if (!tlv_expect(&data, TAG_DYNAMIC_AUTHENTICATION_DATA, &template) || data.n != 0) {
        return SW_WRONG_DATA;
    }
    const bool last = (command->cla & CLA_CHAINING) == 0;
    if (card->pace.step != PACE_IDLE) {
        return pace_general_authenticate(card, template.value, last, response);
    }
    if (card->chip_authentication.version != 0) {
        return chip_authentication_general_authenticate(card, template.value, last, response);
    }
    return SW_CONDITIONS_NOT_SATISFIED;
}

uint16_t general_authenticate_handler(struct card *card, const struct apdu_command *command,
                                      struct writer *response)
{
    const uint16_t status = next_step(card, command, response);
    if (status != SW_OK) {
        security_environment_forget(card);
    }
    return status;
}

void security_environment_forget(struct card *card)
{
    pace_end(&card->pace);
    chip_authentication_end(&card->chip_authentication);
    restricted_identification_end(&card->restricted_identification);
}
