// UPDATE BINARY: a file's content is replaced as a whole (ISO 7816-4 §11.3.5).
// SPDX-License-Identifier: Apache-2.0
//
// What changes is a data group, such as an address, and its length changes with it. So that nobody ever finds
// half of the old and half of the new one, it comes in one command (short, extended or chained) and takes
// effect at once: the offset is 0, and the data is one data object with the file's tag and all its content.
// Pieces at offsets are refused before anything is changed.
#include "card/core/card.h"
#include "card/wire/tlv.h"

static uint16_t replace(struct card *card, const struct file_place *place, struct span content)
{
    const uint16_t status = file_replace(card, place->file, place->offset, content);
    if (status == SW_OK) {
        card->file = place->file;
    }
    return status;
}

uint16_t update_binary_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    struct file_place place;
    (void)response;
    const uint16_t status = file_place_even(card, command, &place);
    return status == SW_OK ? replace(card, &place, command->data) : status;
}

uint16_t update_binary_odd_handler(struct card *card, const struct apdu_command *command,
                                   struct writer *response)
{
    struct file_place place;
    struct span rest;
    struct tlv content;
    (void)response;
    const uint16_t status = file_place_odd(card, command, &rest, &place);
    if (status != SW_OK) {
        return status;
    }
    if (!tlv_expect(&rest, TAG_FILE_DATA, &content) || rest.n != 0) {
        return SW_WRONG_DATA;
    }
    return replace(card, &place, content.value);
}
