// The MF: the files and passwords that all applications share (ISO 7816-4 §7.1, TR-03110-3 §A).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"

#include "card/core/card.h"
#include "card/core/pace.h"
#include "card/core/password.h"
#include "card/core/private_key.h"
#include "card/core/security_info_file.h"
#include "card/core/trust_points.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"

enum short_identifier {
    SFI_ATR_INFO = 0x01,
    SFI_CHIP_SECURITY = 0x1B,
    SFI_CARD_ACCESS = 0x1C,
    SFI_CARD_SECURITY = 0x1D,
    SFI_DIR = 0x1E,
};

enum capability {
    // Selection (ISO 7816-4 §12.1.1.9, table 86): full and partial DF name, file identifier, SFI.
    CAPABILITY_SELECTION = 0x80 | 0x40 | 0x10 | 0x04,
    CAPABILITY_DATA_UNIT = 0x01, // one byte (table 87)
    // Chaining, extended length, and its limits in EF.ATR/INFO (table 88).
    CAPABILITY_LENGTHS = 0x80 | 0x40 | 0x20,
};

enum { CHIP_AUTHENTICATION_VERSION = 2 }; // of the MF

// Card capabilities, and the longest command and response (ISO 7816-4 §12.7.1, 9303-10 §3.11.2).
static const uint8_t atr_info[] = {
    0x47,
    0x03,
    CAPABILITY_SELECTION,
    CAPABILITY_DATA_UNIT,
    CAPABILITY_LENGTHS, //
    0x7F,
    0x66,
    0x08, //
    0x02,
    0x02,
    CARD_COMMAND_MAX >> 8,
    CARD_COMMAND_MAX & 0xFF, //
    0x02,
    0x02,
    CARD_RESPONSE_MAX >> 8,
    CARD_RESPONSE_MAX & 0xFF,
};

static const struct file_row files[] = {
    {.identifier = FID_ATR_INFO,
     .short_identifier = SFI_ATR_INFO,
     .constant = {atr_info, sizeof atr_info},
     .read = SECURITY_ALWAYS},
    {.identifier = FID_CARD_ACCESS,
     .short_identifier = SFI_CARD_ACCESS,
     .object = OBJECT_MF_FILES + SFI_CARD_ACCESS,
     .read = SECURITY_ALWAYS},
    {.identifier = FID_CARD_SECURITY,
     .short_identifier = SFI_CARD_SECURITY,
     .object = OBJECT_MF_FILES + SFI_CARD_SECURITY,
     .read = SECURITY_PACE | SECURITY_PROTECTED},
    {.identifier = FID_CHIP_SECURITY,
     .short_identifier = SFI_CHIP_SECURITY,
     .object = OBJECT_MF_FILES + SFI_CHIP_SECURITY,
     .read = SECURITY_PACE | SECURITY_PROTECTED | SECURITY_TERMINAL_AUTHENTICATED,
     .read_rights = (rights)1 << RIGHT_PRIVILEGED_TERMINAL},
    {.identifier = FID_DIR,
     .short_identifier = SFI_DIR,
     .object = OBJECT_DIRECTORY,
     .made_by_card = true,
     .read = SECURITY_ALWAYS},
};

static uint16_t personalize(struct card *card, const struct dgi_piece *piece, struct writer *response)
{
    switch (piece->identifier) {
    case DGI_TRUST_POINT_INSPECTION:
    case DGI_TRUST_POINT_AUTHENTICATION:
    case DGI_TRUST_POINT_SIGNATURE:
        return trust_point_store(&card->store, (enum terminal_type)(piece->identifier & 0xFF), piece->offset,
                                 piece->bytes);
    default:
        break;
    }
    if (piece->offset != 0 || !piece->last) {
        return SW_WRONG_DATA;
    }
    switch (piece->identifier) {
    case DGI_PASSWORD_MRZ:
    case DGI_PASSWORD_CAN:
    case DGI_PASSWORD_PIN:
    case DGI_PASSWORD_PUK:
        return password_store(card, (enum pace_password)(piece->identifier & 0xFF), piece->bytes);
    case DGI_PIN_TRIES:
        return password_store_tries(card, piece->bytes);
    case DGI_TRANSPORT_PIN:
        return password_store_transport_pin(card, piece->bytes);
    case DGI_PIN_DIGITS:
        return password_store_digits(card, piece->bytes);
    case DGI_RIGHTS_INSPECTION:
    case DGI_RIGHTS_AUTHENTICATION:
    case DGI_RIGHTS_SIGNATURE:
        return trust_point_store_rights(&card->store, (enum terminal_type)(piece->identifier & 0x0F),
                                        piece->bytes);
    case DGI_CURRENT_DATE:
        return current_date_store(&card->store, piece->bytes);
    case DGI_GENERATION_KEY:
        return private_key_import(card, OBJECT_GENERATION_KEY, piece->bytes);
    case DGI_GENERATE_CHIP_KEY:
        return private_key_personalize(card, OBJECT_CHIP_KEY, piece, response);
    default:
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
}

// A private key of the MF and the file that certifies its public key.
struct certified_key {
    bool present; // both
    bool halved;  // one without the other
    uint8_t key_id;
    enum crypto_curve curve;
};

static struct certified_key find_key(struct card *card, uint16_t object, uint8_t short_identifier)
{
    struct private_key key;
    size_t length = 0;
    const bool has_key = private_key_read(card, object, &key);
    const bool has_file =
        store_length(&card->store, (uint16_t)(OBJECT_MF_FILES + short_identifier), &length) == STORE_OK &&
        length > 0;
    const struct certified_key found = {.present = has_key && has_file,
                                        .halved = has_key != has_file,
                                        .key_id = key.key_id,
                                        .curve = key.curve};
    crypto_wipe(&key, sizeof key);
    return found;
}

// The keys that EF.CardAccess may announce.
struct announced_keys {
    struct certified_key generation, chip;
    bool has_plain_mapping;
};

static bool chip_authentication_is_kept(const struct security_info *info, const struct certified_key *key)
{
    return key->present && info->version == CHIP_AUTHENTICATION_VERSION &&
           (!info->has_key_id || info->key_id == key->key_id);
}

static bool privileged_infos_are_kept(struct span infos, const struct certified_key *key)
{
    struct security_info info;
    enum tlv_result result = TLV_OBJECT;
    while ((result = security_infos_next(&infos, &info)) == TLV_OBJECT) {
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION && !chip_authentication_is_kept(&info, key)) {
            return false;
        }
    }
    return result == TLV_END;
}

static bool info_is_kept(const struct security_info *info, struct announced_keys *keys)
{
    struct pace_protocol protocol;
    switch (info->kind) {
    case SECURITY_INFO_PACE:
        if (!pace_offered(info, &protocol)) {
            return false;
        }
        keys->has_plain_mapping = keys->has_plain_mapping || protocol.mapping != PACE_ECDH_CAM;
        return protocol.mapping != PACE_ECDH_CAM ||
               (keys->generation.present && keys->generation.curve == protocol.curve);
    case SECURITY_INFO_CHIP_AUTHENTICATION:
        return chip_authentication_is_kept(info, &keys->generation);
    case SECURITY_INFO_PRIVILEGED_TERMINAL:
        return privileged_infos_are_kept(info->infos, &keys->chip);
    default:
        return true;
    }
}

// EF.CardAccess offers something that this card can do, CAM only beside GM or IM (9303-11 §9.2.1), and all
// that it offers can be done. The chip's own key has its file, and a name of its own.
static bool offer_is_kept(struct card *card)
{
    struct security_info_file file;
    struct security_info info;
    struct announced_keys keys = {.generation = find_key(card, OBJECT_GENERATION_KEY, SFI_CARD_SECURITY),
                                  .chip = find_key(card, OBJECT_CHIP_KEY, SFI_CHIP_SECURITY)};
    const bool same_name =
        keys.chip.present && keys.generation.present && keys.chip.key_id == keys.generation.key_id;
    if (keys.chip.halved || same_name ||
        !security_info_file_open(&file, &card->store, OBJECT_MF_FILES + SFI_CARD_ACCESS, 0)) {
        return false;
    }
    enum tlv_result result = TLV_OBJECT;
    while ((result = security_info_file_next(&file, &info)) == TLV_OBJECT) {
        if (!info_is_kept(&info, &keys)) {
            return false;
        }
    }
    return result == TLV_END && keys.has_plain_mapping;
}

static uint16_t complete(struct card *card)
{
    if (password_status(card, PACE_PASSWORD_CAN) != SW_OK || !offer_is_kept(card)) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    return trust_points_complete(&card->store);
}

// Of the MF itself only EF.DIR and EF.ATR/INFO stay: those the card makes.
static uint16_t remove_all(struct card *card)
{
    static const uint16_t objects[] = {
        OBJECT_MF_FILES + SFI_CARD_ACCESS,
        OBJECT_MF_FILES + SFI_CARD_SECURITY,
        OBJECT_MF_FILES + SFI_CHIP_SECURITY,
        OBJECT_GENERATION_KEY,
        OBJECT_CHIP_KEY,
        OBJECT_PIN_TRIES,
        OBJECT_TRANSPORT_PIN,
        OBJECT_PIN_DEACTIVATED,
        OBJECT_PIN_RESETS,
        OBJECT_PIN_DIGITS,
    };
    bool removed = trust_points_remove(&card->store) == STORE_OK;
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        removed = removed && store_delete(&card->store, objects[i]) == STORE_OK;
    }
    for (unsigned password = PACE_PASSWORD_MRZ; password <= PACE_PASSWORD_PUK; password++) {
        removed = removed && store_delete(&card->store, (uint16_t)(OBJECT_PASSWORD + password)) == STORE_OK &&
                  store_delete(&card->store, (uint16_t)(OBJECT_TRIES + password)) == STORE_OK;
    }
    return removed ? SW_OK : SW_MEMORY_FAILURE;
}

const struct applet mf_applet = {
    .name = "MF",
    .aid = &AID_MF,
    .application = IN_MF,
    .files = files,
    .file_count = sizeof files / sizeof files[0],
    .personalize = personalize,
    .complete = complete,
    .remove = remove_all,
};
