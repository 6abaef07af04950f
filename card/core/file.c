// Elementary files of the selected DF: found, opened, read, replaced (ISO 7816-4 §7.3, §11.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/file.h"

#include "card/core/card.h"
#include "card/core/erasure.h"
#include "card/wire/tlv.h"

// ISO 7816-4 §11.3.1
enum {
    P1_SHORT_IDENTIFIER = 0x80,
    SHORT_IDENTIFIER_MASK = 0x1F,
    OFFSET_BYTES_MAX = 4,
};

const struct file_row *file_by_identifier(const struct card *card, uint16_t identifier)
{
    for (size_t i = 0; i < card->selected->file_count; i++) {
        if (card->selected->files[i].identifier == identifier) {
            return &card->selected->files[i];
        }
    }
    return NULL;
}

const struct file_row *file_by_short_identifier(const struct card *card, uint8_t short_identifier)
{
    for (size_t i = 0; i < card->selected->file_count && short_identifier != 0; i++) {
        if (card->selected->files[i].short_identifier == short_identifier) {
            return &card->selected->files[i];
        }
    }
    return NULL;
}

static uint16_t place_found(struct file_place *place)
{
    if (place->file != NULL) {
        return SW_OK;
    }
    return place->named ? SW_FILE_NOT_FOUND : SW_NO_CURRENT_FILE;
}

uint16_t file_place_even(const struct card *card, const struct apdu_command *command,
                         struct file_place *place)
{
    place->named = (command->p1 & P1_SHORT_IDENTIFIER) != 0;
    place->offset = command->p2;
    if (!place->named) {
        place->offset |= (size_t)command->p1 << 8;
        place->file = card->file;
    } else if ((command->p1 & ~(P1_SHORT_IDENTIFIER | SHORT_IDENTIFIER_MASK)) != 0) {
        return SW_WRONG_P1_P2;
    } else {
        place->file = file_by_short_identifier(card, command->p1 & SHORT_IDENTIFIER_MASK);
    }
    return place_found(place);
}

static bool take_offset(struct span *data, size_t *offset)
{
    struct tlv object;
    if (!tlv_expect(data, TAG_FILE_OFFSET, &object) || object.value.n == 0 ||
        object.value.n > OFFSET_BYTES_MAX) {
        return false;
    }
    *offset = 0;
    for (size_t i = 0; i < object.value.n; i++) {
        *offset = *offset << 8 | object.value.p[i];
    }
    return true;
}

uint16_t file_place_odd(const struct card *card, const struct apdu_command *command, struct span *rest,
                        struct file_place *place)
{
    const uint16_t p1p2 = (uint16_t)(command->p1 << 8 | command->p2);
    *rest = command->data;
    if (!take_offset(rest, &place->offset)) {
        return SW_WRONG_DATA;
    }
    place->named = p1p2 != 0;
    if (!place->named) {
        place->file = card->file;
    } else if (p1p2 < SHORT_IDENTIFIER_MASK) {
        place->file = file_by_short_identifier(card, (uint8_t)p1p2);
    } else {
        place->file = file_by_identifier(card, p1p2);
    }
    return place_found(place);
}

uint16_t file_open(struct card *card, const struct file_row *file, size_t *length)
{
    if (!security_allows(&card->security, file->read, file->read_rights)) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    if (file->constant.n > 0) {
        *length = file->constant.n;
        return SW_OK;
    }
    switch (store_length(&card->store, file->object, length)) {
    case STORE_OK:
        return SW_OK;
    case STORE_NOT_FOUND:
        return SW_FILE_NOT_FOUND;
    default:
        return SW_MEMORY_FAILURE;
    }
}

uint16_t file_read(struct card *card, const struct file_row *file, size_t offset, size_t n, uint8_t *out)
{
    if (file->constant.n > 0) {
        memcpy(out, file->constant.p + offset, n);
        return SW_OK;
    }
    return store_read(&card->store, file->object, offset, out, n) == STORE_OK ? SW_OK : SW_MEMORY_FAILURE;
}

// What is replaced, such as a former address, is erased from flash before the answer.
static enum store_status replace_object(struct store *store, uint16_t object, struct span content)
{
    enum store_status status = store_begin(store);
    if (status != STORE_OK) {
        return status;
    }
    status = store_write(store, object, content);
    if (status == STORE_OK) {
        status = erasure_mark(store);
    }
    if (status != STORE_OK) {
        store_abort(store);
        return status;
    }
    return erasure_commit(store);
}

uint16_t file_replace(struct card *card, const struct file_row *file, size_t offset, struct span content)
{
    if (file->write_rights == 0 || !security_allows(&card->security, file->read, file->write_rights)) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    uint8_t tag = 0;
    switch (store_read(&card->store, file->object, 0, &tag, sizeof tag)) {
    case STORE_OK:
        break;
    case STORE_NOT_FOUND:
        return SW_FILE_NOT_FOUND;
    default:
        return SW_MEMORY_FAILURE;
    }
    if (offset != 0) {
        return SW_WRONG_OFFSET;
    }
    struct tlv object;
    if (tlv_next_der(&content, &object) != TLV_OBJECT || object.tag != tag || content.n != 0) {
        return SW_WRONG_DATA;
    }
    switch (replace_object(&card->store, file->object, object.whole)) {
    case STORE_OK:
        return SW_OK;
    case STORE_FULL:
        return SW_NOT_ENOUGH_MEMORY;
    default:
        return SW_MEMORY_FAILURE;
    }
}
