// The eID application: data groups behind the rights of the terminal (TR-03110-4 §2.2, TR-03110-2 §2.4).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/eid.h"

#include "card/core/card.h"
#include "card/core/private_key.h"
#include "card/wire/eid.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"
#include "card/wire/tlv.h"

enum {
    HEADER_MAX = 4, // one byte of tag, up to three of length
};

// Authentication terminals have a bit for each data group, inspection systems one for all.
#define READ_RIGHTS(number)                                                                                  \
    ((rights)1 << ((int)RIGHT_READ_DG1 - 1 + (int)(number)) | (rights)1 << RIGHT_INSPECTION_READ_EID)
#define DATA_GROUP(number)                                                                                   \
    .identifier = FID_DG1 - 1 + (number), .short_identifier = (number),                                      \
    .object = OBJECT_EID_FILES + (number), .read = EID_AUTHENTICATED, .read_rights = READ_RIGHTS(number)
#define WRITE_RIGHT(number) ((rights)1 << ((int)RIGHT_WRITE_DG17 + (int)EID_WRITABLE_FIRST - (int)(number)))

static const struct file_row files[] = {
    {DATA_GROUP(EID_DOCUMENT_TYPE)},
    {DATA_GROUP(EID_ISSUING_STATE)},
    {DATA_GROUP(EID_DATE_OF_EXPIRY)},
    {DATA_GROUP(EID_GIVEN_NAMES)},
    {DATA_GROUP(EID_FAMILY_NAMES)},
    {DATA_GROUP(EID_RELIGIOUS_NAME)},
    {DATA_GROUP(EID_ACADEMIC_TITLE)},
    {DATA_GROUP(EID_DATE_OF_BIRTH)},
    {DATA_GROUP(EID_PLACE_OF_BIRTH)},
    {DATA_GROUP(EID_NATIONALITY)},
    {DATA_GROUP(EID_SEX)},
    {DATA_GROUP(EID_OPTIONAL_DATA)},
    {DATA_GROUP(EID_BIRTH_NAME)},
    {DATA_GROUP(EID_WRITTEN_SIGNATURE)},
    {DATA_GROUP(EID_DATE_OF_ISSUANCE)},
    {DATA_GROUP(EID_PLACE_OF_RESIDENCE), .write_rights = WRITE_RIGHT(EID_PLACE_OF_RESIDENCE)},
    {DATA_GROUP(EID_MUNICIPALITY), .write_rights = WRITE_RIGHT(EID_MUNICIPALITY)},
    {DATA_GROUP(EID_RESIDENCE_PERMIT_1), .write_rights = WRITE_RIGHT(EID_RESIDENCE_PERMIT_1)},
    {DATA_GROUP(EID_RESIDENCE_PERMIT_2), .write_rights = WRITE_RIGHT(EID_RESIDENCE_PERMIT_2)},
    {DATA_GROUP(EID_PHONE_NUMBER), .write_rights = WRITE_RIGHT(EID_PHONE_NUMBER)},
    {DATA_GROUP(EID_EMAIL_ADDRESS), .write_rights = WRITE_RIGHT(EID_EMAIL_ADDRESS)},
};

enum { FILE_COUNT = sizeof files / sizeof files[0] };

static uint16_t personalize(struct card *card, const struct dgi_piece *piece, struct writer *response)
{
    if (piece->offset != 0 || !piece->last) {
        return SW_WRONG_DATA;
    }
    switch (piece->identifier) {
    case DGI_GENERATE_RESTRICTED_IDENTIFICATION_KEY:
        return private_key_personalize(card, OBJECT_RESTRICTED_IDENTIFICATION_KEY, piece, response);
    case DGI_GENERATE_RESTRICTED_IDENTIFICATION_BLOCKING_KEY:
        return private_key_personalize(card, OBJECT_RESTRICTED_IDENTIFICATION_KEY + 1, piece, response);
    default:
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
}

// The header of the data object that fills a file of this length.
static void put_header_that_fits(struct writer *w, uint8_t tag, size_t length)
{
    size_t n = length;
    while (n > 0 && tlv_header_length(tag, n) + n > length) {
        n--;
    }
    tlv_put_header(w, tag, n);
}

// A file that exists is one data object with the group's tag, short enough to be written in one command.
static bool file_is_whole(struct card *card, const struct file_row *file)
{
    uint8_t wanted[HEADER_MAX], found[HEADER_MAX];
    size_t length = 0;
    const enum store_status status = store_length(&card->store, file->object, &length);
    if (status == STORE_NOT_FOUND) {
        return true;
    }
    struct writer header = writer_of(wanted, sizeof wanted);
    put_header_that_fits(&header, eid_tag_of_group(file->short_identifier), length);
    return status == STORE_OK && length <= EID_FILE_MAX && header.n < length &&
           store_read(&card->store, file->object, 0, found, header.n) == STORE_OK &&
           span_equal(writer_span(&header), span_of(found, header.n));
}

// MSE:Set AT names a key by its id.
static bool key_ids_differ(struct card *card)
{
    struct private_key first, second;
    const bool has_first = private_key_read(card, OBJECT_RESTRICTED_IDENTIFICATION_KEY, &first);
    const bool has_second = private_key_read(card, OBJECT_RESTRICTED_IDENTIFICATION_KEY + 1, &second);
    const bool differ = !has_first || !has_second || first.key_id != second.key_id;
    crypto_wipe(&first, sizeof first);
    crypto_wipe(&second, sizeof second);
    return differ;
}

static uint16_t complete(struct card *card)
{
    for (size_t i = 0; i < FILE_COUNT; i++) {
        if (!file_is_whole(card, &files[i])) {
            return SW_CONDITIONS_NOT_SATISFIED;
        }
    }
    return key_ids_differ(card) ? SW_OK : SW_CONDITIONS_NOT_SATISFIED;
}

static uint16_t remove_all(struct card *card)
{
    bool removed = true;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        removed = removed && store_delete(&card->store, files[i].object) == STORE_OK;
    }
    for (unsigned i = 0; i < RESTRICTED_IDENTIFICATION_KEYS; i++) {
        const uint16_t object = (uint16_t)(OBJECT_RESTRICTED_IDENTIFICATION_KEY + i);
        removed = removed && store_delete(&card->store, object) == STORE_OK;
    }
    return removed ? SW_OK : SW_MEMORY_FAILURE;
}

const struct applet eid_applet = {
    .name = "eID",
    .aid = &AID_EID,
    .application = IN_EID,
    .files = files,
    .file_count = FILE_COUNT,
    .personalize = personalize,
    .complete = complete,
    .remove = remove_all,
};
