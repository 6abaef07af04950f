// GET DATA of the issuer security domain (GPC v2.3.1 §11.3, §H; GP Amd D §7.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/isd.h"

#include "card/core/card.h"
#include "card/core/channel_keys.h"
#include "card/core/life_cycle.h"
#include "card/wire/tlv.h"

enum data_tag {
    TAG_CARD_IMAGE_NUMBER = 0x45, // GPC v2.3.1 §7.4.1.2
    TAG_CARD_DATA = 0x66,         // GPC v2.3.1 §H.2
    TAG_SEQUENCE_COUNTER = 0xC1,  // GP Amd D §7.3
    TAG_DIVERSIFICATION = 0xCF,
    TAG_KEY_INFORMATION = 0xE0, // GPC v2.3.1 §11.3.3.1
    TAG_PRODUCTION = 0x9F7F,
};

enum {
    TAG_CARD_RECOGNITION_DATA = 0x73,
    TAG_OID = 0x06,
    TAG_MANAGEMENT_TYPE = 0x60,
    TAG_IDENTIFICATION_SCHEME = 0x63,
    TAG_CHANNEL_PROTOCOL = 0x64,
    TAG_KEY_DATA = 0xC0,
    TAG_LIST = 0x5C,
    KEY_TYPE_AES = 0x88,
    SCP03 = 0x03,
    SERIAL_OFFSET = 10, // fabrication date, serial number and batch of the chip in the production data
    SERIAL_LENGTH = 8,
};

// {iso(1) member-body(2) country-USA(840) globalPlatform(114283)} (GPC v2.3.1 §H.1)
#define GLOBALPLATFORM 0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B
static const uint8_t OID_CARD_RECOGNITION[] = {GLOBALPLATFORM, 1};
static const uint8_t OID_MANAGEMENT[] = {GLOBALPLATFORM, 2, 2, 3, 1}; // version 2.3.1
static const uint8_t OID_IDENTIFICATION[] = {GLOBALPLATFORM, 3};

static void put_oid(struct writer *w, uint32_t tag, const uint8_t *oid, size_t n)
{
    const size_t opened = tlv_open(w, tag);
    tlv_put(w, TAG_OID, span_of(oid, n));
    tlv_close(w, opened);
}

static uint16_t put_card_data(struct card *card, struct writer *w)
{
    const size_t card_data = tlv_open(w, TAG_CARD_DATA);
    const size_t recognition = tlv_open(w, TAG_CARD_RECOGNITION_DATA);
    tlv_put(w, TAG_OID, span_of(OID_CARD_RECOGNITION, sizeof OID_CARD_RECOGNITION));
    put_oid(w, TAG_MANAGEMENT_TYPE, OID_MANAGEMENT, sizeof OID_MANAGEMENT);
    put_oid(w, TAG_IDENTIFICATION_SCHEME, OID_IDENTIFICATION, sizeof OID_IDENTIFICATION);
    static const enum scp03_mode modes[] = {SCP03_S8, SCP03_S16};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        const uint8_t oid[] = {GLOBALPLATFORM, 4, SCP03, isd_channel_parameter(card, modes[i])};
        put_oid(w, TAG_CHANNEL_PROTOCOL, oid, sizeof oid);
    }
    tlv_close(w, recognition);
    tlv_close(w, card_data);
    return SW_OK;
}

static uint16_t put_key_information(struct card *card, struct writer *w)
{
    enum { KEYS = 3 };
    struct scp03_keys keys;
    uint8_t version = 0;
    if (!channel_keys_read(&card->store, &version, &keys)) {
        return SW_REFERENCED_DATA_NOT_FOUND; // a card that is TERMINATED has none
    }
    const uint8_t length = (uint8_t)keys.length;
    crypto_wipe(&keys, sizeof keys);
    const size_t opened = tlv_open(w, TAG_KEY_INFORMATION);
    for (unsigned identifier = 1; identifier <= KEYS; identifier++) {
        const uint8_t key[] = {(uint8_t)identifier, version, KEY_TYPE_AES, length};
        tlv_put(w, TAG_KEY_DATA, span_of(key, sizeof key));
    }
    tlv_close(w, opened);
    return SW_OK;
}

static uint16_t put_object(struct card *card, uint32_t tag, uint16_t object, size_t offset, size_t n,
                           struct writer *w)
{
    tlv_put_header(w, tag, n);
    uint8_t *to = writer_reserve(w, n);
    return to != NULL && store_read(&card->store, object, offset, to, n) == STORE_OK ? SW_OK
                                                                                     : SW_MEMORY_FAILURE;
}

static uint16_t put_card_image_number(struct card *card, struct writer *w)
{
    return put_object(card, TAG_CARD_IMAGE_NUMBER, OBJECT_PRODUCTION, SERIAL_OFFSET, SERIAL_LENGTH, w);
}

static uint16_t put_sequence_counter(struct card *card, struct writer *w)
{
    return put_object(card, TAG_SEQUENCE_COUNTER, OBJECT_SCP03_COUNTER, 0, SCP03_SEQUENCE_COUNTER, w);
}

static uint16_t put_diversification(struct card *card, struct writer *w)
{
    return put_object(card, TAG_DIVERSIFICATION, OBJECT_DIVERSIFICATION, 0, SCP03_DIVERSIFICATION, w);
}

static uint16_t put_production(struct card *card, struct writer *w)
{
    return put_object(card, TAG_PRODUCTION, OBJECT_PRODUCTION, 0, CARD_PRODUCTION, w);
}

static const struct {
    uint16_t tag;
    bool unique; // tells one card from another
    uint16_t (*put)(struct card *card, struct writer *w);
} DATA_OBJECTS[] = {
    {TAG_CARD_IMAGE_NUMBER, true, put_card_image_number}, {TAG_CARD_DATA, false, put_card_data},
    {TAG_SEQUENCE_COUNTER, true, put_sequence_counter},   {TAG_DIVERSIFICATION, true, put_diversification},
    {TAG_KEY_INFORMATION, false, put_key_information},    {TAG_PRODUCTION, true, put_production},
};

static uint16_t put_data(struct card *card, uint32_t tag, struct writer *response)
{
    // As with the travel document: a terminal of another type is kept to what its certificate says.
    const bool open =
        !life_cycle_secured(card) ||
        security_satisfied(&card->security, SECURITY_PACE | SECURITY_PROTECTED | SECURITY_INSPECTION);
    for (size_t i = 0; i < sizeof DATA_OBJECTS / sizeof DATA_OBJECTS[0]; i++) {
        if (DATA_OBJECTS[i].tag == tag) {
            return DATA_OBJECTS[i].unique && !open ? SW_SECURITY_STATUS_NOT_SATISFIED
                                                   : DATA_OBJECTS[i].put(card, response);
        }
    }
    return SW_REFERENCED_DATA_NOT_FOUND;
}

uint16_t isd_get_data_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    return put_data(card, (uint32_t)(command->p1 << 8 | command->p2), response);
}

bool isd_take_tag(struct span *list, uint32_t *tag)
{
    struct span byte;
    if (!span_take(list, 1, &byte)) {
        return false;
    }
    *tag = byte.p[0];
    if ((byte.p[0] & 0x1F) == 0x1F) {
        if (!span_take(list, 1, &byte)) {
            return false;
        }
        *tag = *tag << 8 | byte.p[0];
    }
    return true;
}

uint16_t isd_get_data_odd_handler(struct card *card, const struct apdu_command *command,
                                  struct writer *response)
{
    struct span data = command->data;
    struct tlv list;
    if (!tlv_expect(&data, TAG_LIST, &list) || data.n != 0 || list.value.n == 0) {
        return SW_WRONG_DATA;
    }
    struct span tags = list.value;
    while (tags.n > 0) {
        uint32_t tag = 0;
        if (!isd_take_tag(&tags, &tag)) {
            return SW_WRONG_DATA;
        }
        const uint16_t status = put_data(card, tag, response);
        if (status != SW_OK) {
            return status;
        }
    }
    return SW_OK;
}
