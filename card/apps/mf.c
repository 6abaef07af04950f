// The MF: the files and passwords that all applications share (ISO 7816-4 §7.1, TR-03110-3 §A).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"

#include "card/core/card.h"
#include "card/core/pace.h"
#include "card/core/password.h"
#include "card/core/private_key.h"
#include "card/core/security_info_file.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"

enum short_identifier {
    SFI_ATR_INFO = 0x01,
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
    {.identifier = FID_DIR,
     .short_identifier = SFI_DIR,
     .object = OBJECT_MF_FILES + SFI_DIR,
     .read = SECURITY_ALWAYS},
};

static uint16_t personalize(struct card *card, const struct dgi_piece *piece, struct writer *response)
{
    (void)response;
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
    case DGI_GENERATION_KEY:
        return private_key_import(card, OBJECT_GENERATION_KEY, piece->bytes);
    default:
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
}

// What CAM needs: the key on its curve, and the file that certifies it.
static bool cam_is_ready(struct card *card, enum crypto_curve curve)
{
    struct private_key key;
    size_t length = 0;
    const bool ready = private_key_read(card, OBJECT_GENERATION_KEY, &key) && key.curve == curve &&
                       store_length(&card->store, OBJECT_MF_FILES + SFI_CARD_SECURITY, &length) == STORE_OK &&
                       length > 0;
    crypto_wipe(&key, sizeof key);
    return ready;
}

// EF.CardAccess offers something that this card can do, CAM only beside GM or IM (9303-11 §9.2.1), and all
// that it offers can be done.
static bool offer_is_kept(struct card *card)
{
    struct security_info_file file;
    struct security_info info;
    bool has_plain_mapping = false;
    if (!security_info_file_open(&file, &card->store, OBJECT_MF_FILES + SFI_CARD_ACCESS, 0)) {
        return false;
    }
    enum tlv_result result = TLV_OBJECT;
    while ((result = security_info_file_next(&file, &info)) == TLV_OBJECT) {
        struct pace_protocol protocol;
        if (info.kind != SECURITY_INFO_PACE) {
            continue;
        }
        if (!pace_offered(&info, &protocol) ||
            (protocol.mapping == PACE_ECDH_CAM && !cam_is_ready(card, protocol.curve))) {
            return false;
        }
        has_plain_mapping = has_plain_mapping || protocol.mapping != PACE_ECDH_CAM;
    }
    return result == TLV_END && has_plain_mapping;
}

static uint16_t complete(struct card *card)
{
    return password_status(card, PACE_PASSWORD_CAN) == SW_OK && offer_is_kept(card)
               ? SW_OK
               : SW_CONDITIONS_NOT_SATISFIED;
}

// Of the MF itself only EF.DIR and EF.ATR/INFO stay: those the card makes.
static uint16_t remove_all(struct card *card)
{
    static const uint16_t objects[] = {
        OBJECT_MF_FILES + SFI_CARD_ACCESS,
        OBJECT_MF_FILES + SFI_CARD_SECURITY,
        OBJECT_GENERATION_KEY,
        OBJECT_PIN_TRIES,
        OBJECT_TRANSPORT_PIN,
        OBJECT_PIN_DEACTIVATED,
        OBJECT_PIN_RESETS,
        OBJECT_PIN_DIGITS,
    };
    bool removed = true;
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
