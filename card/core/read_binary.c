// READ BINARY, with a 15-bit offset or a data object (ISO 7816-4 §11.3.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/card.h"
#include "card/wire/tlv.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

// Opens the file; one that the command names becomes current.
static uint16_t open_place(struct card *card, const struct file_place *place, size_t *length)
{
    const uint16_t status = file_open(card, place->file, length);
    if (status == SW_OK) {
        card->file = place->file;
    }
    return status;
}

uint16_t read_binary_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    struct file_place place;
    size_t length = 0;
    uint16_t status = file_place_even(card, command, &place);
    if (status == SW_OK) {
        status = open_place(card, &place, &length);
    }
    if (status != SW_OK) {
        return status;
    }
    if (place.offset >= length) {
        return SW_WRONG_OFFSET;
    }
    const size_t wanted = smaller(command->ne, CARD_RESPONSE_DATA_MAX);
    const size_t n = smaller(wanted, length - place.offset);
    status = file_read(card, place.file, place.offset, n, writer_reserve(response, n));
    return status == SW_OK && n < wanted && !command_asks_for_all(command) ? SW_END_OF_FILE : status;
}

// Most content bytes for which DO53 is no longer than `room`.
static size_t content_that_fits(size_t room)
{
    size_t n = room;
    while (n > 0 && tlv_header_length(TAG_FILE_DATA, n) + n > room) {
        n--;
    }
    return n;
}

uint16_t read_binary_odd_handler(struct card *card, const struct apdu_command *command,
                                 struct writer *response)
{
    struct file_place place;
    struct span rest;
    size_t length = 0;
    uint16_t status = file_place_odd(card, command, &rest, &place);
    if (status == SW_OK && rest.n != 0) {
        status = SW_WRONG_DATA;
    }
    if (status == SW_OK) {
        status = open_place(card, &place, &length);
    }
    if (status != SW_OK) {
        return status;
    }
    if (place.offset >= length) {
        return SW_WRONG_OFFSET;
    }
    const size_t wanted = content_that_fits(smaller(command->ne, CARD_RESPONSE_DATA_MAX));
    if (wanted == 0) {
        return SW_WRONG_LENGTH;
    }
    const size_t n = smaller(wanted, length - place.offset);
    tlv_put_header(response, TAG_FILE_DATA, n);
    status = file_read(card, place.file, place.offset, n, writer_reserve(response, n));
    return status == SW_OK && n < wanted && !command_asks_for_all(command) ? SW_END_OF_FILE : status;
}
