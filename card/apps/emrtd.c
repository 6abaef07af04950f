// The eMRTD application: ICAO LDS1 (9303-10 §4).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/emrtd.h"

#include "card/core/card.h"
#include "card/core/private_key.h"
#include "card/core/security_info_file.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"

enum {
    SFI_CVCA = 0x1C,
    SFI_SOD = 0x1D,
    SFI_COM = 0x1E,
    // All files of the application need PACE (9303-11 §4.2), and are for inspection (TR-03110-2 §2.3).
    READ_UNDER_PACE = SECURITY_PACE | SECURITY_PROTECTED | SECURITY_INSPECTION,
    // Fingers and iris are for terminals with the right to them (9303-11 §7.1).
    READ_AUTHENTICATED = READ_UNDER_PACE | SECURITY_CHIP_AUTHENTICATED | SECURITY_TERMINAL_AUTHENTICATED,
};

// A data group's short identifier is its number (9303-10 §4.6, table 36).
#define DATA_GROUP(number)                                                                                   \
    {.identifier = FID_DG1 - 1 + (number),                                                                   \
     .short_identifier = (number),                                                                           \
     .object = OBJECT_EMRTD_FILES + (number),                                                                \
     .read = READ_UNDER_PACE}

#define SENSITIVE_DATA_GROUP(number, right)                                                                  \
    {.identifier = FID_DG1 - 1 + (number),                                                                   \
     .short_identifier = (number),                                                                           \
     .object = OBJECT_EMRTD_FILES + (number),                                                                \
     .read = READ_AUTHENTICATED,                                                                             \
     .read_rights = (rights)1 << (right)}

static const struct file_row files[] = {
    {.identifier = FID_CVCA,
     .short_identifier = SFI_CVCA,
     .object = OBJECT_CVCA,
     .made_by_card = true,
     .read = READ_UNDER_PACE},
    {.identifier = FID_COM,
     .short_identifier = SFI_COM,
     .object = OBJECT_EMRTD_FILES + SFI_COM,
     .read = READ_UNDER_PACE},
    {.identifier = FID_SOD,
     .short_identifier = SFI_SOD,
     .object = OBJECT_EMRTD_FILES + SFI_SOD,
     .read = READ_UNDER_PACE},
    DATA_GROUP(1),                                      // MRZ
    DATA_GROUP(2),                                      // face
    SENSITIVE_DATA_GROUP(3, RIGHT_INSPECTION_READ_DG3), // fingers
    SENSITIVE_DATA_GROUP(4, RIGHT_INSPECTION_READ_DG4), // iris
    DATA_GROUP(11),                                     // additional personal details
    DATA_GROUP(12),                                     // additional document details
    DATA_GROUP(14),                                     // security options
    DATA_GROUP(15),                                     // Active Authentication public key
};

enum { FILE_COUNT = sizeof files / sizeof files[0] };

static uint16_t personalize(struct card *card, const struct dgi_piece *piece, struct writer *response)
{
    if (piece->offset != 0 || !piece->last) {
        return SW_WRONG_DATA;
    }
    switch (piece->identifier) {
    case DGI_GENERATE_CHIP_AUTHENTICATION_KEY:
        return private_key_personalize(card, OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, piece, response);
    case DGI_GENERATE_ACTIVE_AUTHENTICATION_KEY:
        return private_key_personalize(card, OBJECT_EMRTD_ACTIVE_AUTHENTICATION_KEY, piece, response);
    default:
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
}

static bool exists(struct card *card, uint16_t object)
{
    size_t length = 0;
    return store_length(&card->store, object, &length) == STORE_OK && length > 0;
}

// Every protocol that DG14 announces has its key: Chip Authentication the key with its id and curve, Active
// Authentication the key that DG15 names.
static bool announced_keys_exist(struct card *card)
{
    struct security_info_file file;
    struct security_info info;
    struct private_key key;
    const bool has_chip_key = private_key_read(card, OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, &key);
    const uint8_t key_id = key.key_id;
    const enum crypto_curve curve = key.curve;
    crypto_wipe(&key, sizeof key);
    if (!security_info_file_open(&file, &card->store, OBJECT_EMRTD_FILES + 14, LDS_DG14)) {
        return false;
    }
    enum tlv_result result = TLV_OBJECT;
    while ((result = security_info_file_next(&file, &info)) == TLV_OBJECT) {
        const bool names_another_key = info.has_key_id && info.key_id != key_id;
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION && (!has_chip_key || names_another_key)) {
            return false;
        }
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION_KEY &&
            (!has_chip_key || names_another_key || !info.curve_known || info.curve != curve)) {
            return false;
        }
        if (info.kind == SECURITY_INFO_ACTIVE_AUTHENTICATION && !exists(card, OBJECT_EMRTD_FILES + 15)) {
            return false;
        }
    }
    return result == TLV_END;
}

static uint16_t complete(struct card *card)
{
    const bool has_files = exists(card, OBJECT_EMRTD_FILES + SFI_COM) &&
                           exists(card, OBJECT_EMRTD_FILES + SFI_SOD) && exists(card, OBJECT_EMRTD_FILES + 1);
    const bool dg14_is_kept = !exists(card, OBJECT_EMRTD_FILES + 14) || announced_keys_exist(card);
    const bool dg15_is_kept =
        !exists(card, OBJECT_EMRTD_FILES + 15) || exists(card, OBJECT_EMRTD_ACTIVE_AUTHENTICATION_KEY);
    return has_files && dg14_is_kept && dg15_is_kept ? SW_OK : SW_CONDITIONS_NOT_SATISFIED;
}

static uint16_t remove_all(struct card *card)
{
    for (size_t i = 0; i < FILE_COUNT; i++) {
        if (!files[i].made_by_card && store_delete(&card->store, files[i].object) != STORE_OK) {
            return SW_MEMORY_FAILURE;
        }
    }
    const bool removed = store_delete(&card->store, OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY) == STORE_OK &&
                         store_delete(&card->store, OBJECT_EMRTD_ACTIVE_AUTHENTICATION_KEY) == STORE_OK;
    return removed ? SW_OK : SW_MEMORY_FAILURE;
}

const struct applet emrtd_applet = {
    .name = "eMRTD",
    .aid = &AID_EMRTD,
    .application = IN_EMRTD,
    .files = files,
    .file_count = FILE_COUNT,
    .personalize = personalize,
    .complete = complete,
    .remove = remove_all,
};
