// Elementary files of the selected DF: found, opened, read (ISO 7816-4 §7.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/file.h"

#include "card/core/card.h"

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
