// READ BINARY, with a 15-bit offset or a data object (ISO 7816-4 §11.3.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/card.h"
#include "card/wire/tlv.h"

enum {
    P1_SHORT_IDENTIFIER = 0x80,
    SHORT_IDENTIFIER_MASK = 0x1F,
    TAG_OFFSET = 0x54,
    TAG_DISCRETIONARY_DATA = 0x53,
    OFFSET_BYTES_MAX = 4,
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

// Opens the file that a command names and makes it current.
static uint16_t open_named(struct card *card, const struct file_row *file, size_t *length)
{
    if (file == NULL) {
        return SW_FILE_NOT_FOUND;
    }
    const uint16_t status = file_open(card, file, length);
    if (status == SW_OK) {
        card->file = file;
    }
    return status;
}

static uint16_t open_current(struct card *card, size_t *length)
{
    return card->file == NULL ? SW_NO_CURRENT_FILE : file_open(card, card->file, length);
}

uint16_t read_binary_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    size_t length = 0;
    size_t offset = command->p2;
    uint16_t status;
    if ((command->p1 & P1_SHORT_IDENTIFIER) == 0) {
        offset |= (size_t)command->p1 << 8;
        status = open_current(card, &length);
    } else if ((command->p1 & ~(P1_SHORT_IDENTIFIER | SHORT_IDENTIFIER_MASK)) != 0) {
        status = SW_WRONG_P1_P2;
    } else {
        status =
            open_named(card, file_by_short_identifier(card, command->p1 & SHORT_IDENTIFIER_MASK), &length);
    }
    if (status != SW_OK) {
        return status;
    }
    if (offset >= length) {
        return SW_WRONG_OFFSET;
    }
    const size_t wanted = smaller(command->ne, CARD_RESPONSE_DATA_MAX);
    const size_t n = smaller(wanted, length - offset);
    status = file_read(card, card->file, offset, n, writer_reserve(response, n));
    return status == SW_OK && n < wanted && !command_asks_for_all(command) ? SW_END_OF_FILE : status;
}

// The content of DO54 as a number.
static bool parse_offset(struct span data, size_t *offset)
{
    struct tlv object;
    if (!tlv_expect(&data, TAG_OFFSET, &object) || data.n != 0 || object.value.n == 0 ||
        object.value.n > OFFSET_BYTES_MAX) {
        return false;
    }
    *offset = 0;
    for (size_t i = 0; i < object.value.n; i++) {
        *offset = *offset << 8 | object.value.p[i];
    }
    return true;
}

// Most content bytes for which DO53 is no longer than `room`.
static size_t content_that_fits(size_t room)
{
    size_t n = room;
    while (n > 0 && tlv_header_length(TAG_DISCRETIONARY_DATA, n) + n > room) {
        n--;
    }
    return n;
}

static uint16_t open_by_p1p2(struct card *card, const struct apdu_command *command, size_t *length)
{
    const uint16_t p1p2 = (uint16_t)(command->p1 << 8 | command->p2);
    if (p1p2 == 0) {
        return open_current(card, length);
    }
    const struct file_row *file = p1p2 < SHORT_IDENTIFIER_MASK ? file_by_short_identifier(card, (uint8_t)p1p2)
                                                               : file_by_identifier(card, p1p2);
    return open_named(card, file, length);
}

uint16_t read_binary_odd_handler(struct card *card, const struct apdu_command *command,
                                 struct writer *response)
{
    size_t length = 0, offset = 0;
    if (!parse_offset(command->data, &offset)) {
        return SW_WRONG_DATA;
    }
    uint16_t status = open_by_p1p2(card, command, &length);
    if (status != SW_OK) {
        return status;
    }
    if (offset >= length) {
        return SW_WRONG_OFFSET;
    }
    const size_t wanted = content_that_fits(smaller(command->ne, CARD_RESPONSE_DATA_MAX));
    if (wanted == 0) {
        return SW_WRONG_LENGTH;
    }
    const size_t n = smaller(wanted, length - offset);
    tlv_put_header(response, TAG_DISCRETIONARY_DATA, n);
    status = file_read(card, card->file, offset, n, writer_reserve(response, n));
    return status == SW_OK && n < wanted && !command_asks_for_all(command) ? SW_END_OF_FILE : status;
}
