// Verification of auxiliary data: age, municipality, validity of the document (TR-03110-3 §A.6.5, §B.11.8).
// SPDX-License-Identifier: Apache-2.0
//
// The terminal has signed its auxiliary data in Terminal Authentication and now asks for one kind of it. All
// that it learns is one bit.
#include "card/apps/eid.h"

#include "card/core/card.h"
#include "card/wire/eid.h"
#include "card/wire/tlv.h"

enum {
    TAG_OID = 0x06,
    TAG_OCTET_STRING = 0x04,
    TAG_NUMERIC_STRING = 0x12,
    GROUP_MAX = 32, // bytes of the short groups that are compared
};

// What the terminal asks for is a day, without anything unknown.
static bool parse_day(struct span asked, uint8_t day[EID_DATE])
{
    return eid_date_parse(asked, day) && memcmp(asked.p, day, EID_DATE) == 0;
}

// Born on that day or before.
static bool is_old_enough(struct span stored, struct span asked)
{
    uint8_t birth[EID_DATE], day[EID_DATE];
    return eid_date_parse(stored, birth) && parse_day(asked, day) && memcmp(birth, day, EID_DATE) <= 0;
}

// Valid on that day, which is the terminal's today.
static bool is_valid(struct span stored, struct span asked)
{
    uint8_t expiry[EID_DATE], day[EID_DATE];
    return eid_date_parse(stored, expiry) && parse_day(asked, day) && memcmp(expiry, day, EID_DATE) >= 0;
}

static bool is_within(struct span stored, struct span asked)
{
    return asked.n > 0 && asked.n <= stored.n && span_equal(span_first(stored, asked.n), asked);
}

// Inspection systems with the right read the groups themselves.
#define INSPECTION ((rights)1 << RIGHT_INSPECTION_READ_EID)

const struct eid_verification eid_verifications[] = {
    {"age", &OID_DATE_OF_BIRTH, EID_DATE_OF_BIRTH, TAG_NUMERIC_STRING,
     (rights)1 << RIGHT_AGE_VERIFICATION | INSPECTION, is_old_enough},
    {"validity of the document", &OID_DATE_OF_EXPIRY, EID_DATE_OF_EXPIRY, TAG_NUMERIC_STRING, 0, is_valid},
    {"municipality", &OID_MUNICIPALITY, EID_MUNICIPALITY, TAG_OCTET_STRING,
     (rights)1 << RIGHT_MUNICIPALITY_VERIFICATION | INSPECTION, is_within},
};

const size_t eid_verification_count = sizeof eid_verifications / sizeof eid_verifications[0];

static const struct eid_verification *find_verification(struct span oid)
{
    for (size_t i = 0; i < eid_verification_count; i++) {
        if (span_equal(*eid_verifications[i].oid, oid)) {
            return &eid_verifications[i];
        }
    }
    return NULL;
}

// The content of a group, read into `bytes`. False: there is none, or not as it should be.
static bool read_group(struct card *card, const struct eid_verification *verification,
                       uint8_t bytes[GROUP_MAX], struct span *content)
{
    const uint16_t object = (uint16_t)(OBJECT_EID_FILES + verification->group);
    size_t length = 0;
    struct tlv group, inner;
    if (store_length(&card->store, object, &length) != STORE_OK || length > GROUP_MAX ||
        store_read(&card->store, object, 0, bytes, length) != STORE_OK) {
        return false;
    }
    struct span file = span_of(bytes, length);
    if (!tlv_expect(&file, eid_tag_of_group(verification->group), &group) ||
        !tlv_expect(&group.value, verification->tag, &inner) || group.value.n != 0) {
        return false;
    }
    *content = inner.value;
    return true;
}

// Of several items of one kind the last one counts (TR-03110-3 §A.6.5).
static uint16_t compare_item(struct card *card, const struct eid_verification *verification,
                             struct span stored)
{
    struct span items = terminal_auxiliary_data(card);
    struct auxiliary_data item;
    uint16_t status = SW_REFERENCED_DATA_NOT_FOUND;
    while (auxiliary_data_next(&items, &item) == TLV_OBJECT) {
        if (span_equal(item.oid, *verification->oid)) {
            status = verification->holds(stored, item.data) ? SW_OK : SW_AUTHENTICATION_FAILED;
        }
    }
    return status;
}

uint16_t eid_verify_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    (void)response;
    struct span data = command->data;
    struct tlv oid;
    if (!tlv_expect(&data, TAG_OID, &oid) || data.n != 0) {
        return SW_WRONG_DATA;
    }
    const struct eid_verification *verification = find_verification(oid.value);
    if (verification == NULL) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    if (!security_allows(&card->security, EID_AUTHENTICATED, verification->needed)) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    uint8_t bytes[GROUP_MAX];
    struct span stored;
    const uint16_t status = read_group(card, verification, bytes, &stored)
                                ? compare_item(card, verification, stored)
                                : SW_REFERENCED_DATA_NOT_FOUND;
    crypto_wipe(bytes, sizeof bytes);
    return status;
}
