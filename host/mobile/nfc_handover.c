// The NDEF message of an NFC handover (ISO 18013-5 §8.2.2.1; NDEF §3; NFC Forum Connection Handover 1.5).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/device_engagement.h"

// NDEF §3.2
enum {
    MESSAGE_BEGIN = 0x80,
    MESSAGE_END = 0x40,
    CHUNK = 0x20,
    SHORT_RECORD = 0x10,
    ID_LENGTH = 0x08,
    TYPE_NAME_FORMAT = 0x07,
    WELL_KNOWN = 1,
    EXTERNAL = 4,
    SHORT_PAYLOAD_MAX = 255,
};

enum {
    HANDOVER_VERSION = 0x15, // Connection Handover 1.5; the high nibble is what must be the same
    CARRIER_INACTIVE = 0,    // carrier power state
    CARRIER_ACTIVE = 1,
    CARRIER_POWER = 0x03,
    CARRIER_VERSION = 0x01, // ISO 18013-5 §8.2.2.2
    CARRIER_COMMAND = 0x01,
    CARRIER_RESPONSE = 0x02,
};

static const char handover_select_type[] = "Hs";
static const char alternative_carrier_type[] = "ac";
static const char service_parameter_type[] = "Tp"; // Tag NDEF Exchange Protocol: a negotiated handover
static const char engagement_type[] = "iso.org:18013:deviceengagement";
static const char engagement_id[] = "mdoc";
static const char nfc_type[] = "iso.org:18013:nfc";
static const char nfc_id[] = "nfc";

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

// --- Records -----------------------------------------------------------------------------------------------

struct record {
    uint8_t flags;
    struct span type, id, payload;
};

static bool is_of_type(const struct record *record, uint8_t format, const char *type)
{
    return (record->flags & TYPE_NAME_FORMAT) == format && span_equal(record->type, text_of(type));
}

static bool take_u8(struct span *cursor, size_t *value)
{
    struct span byte;
    if (!span_take(cursor, 1, &byte)) {
        return false;
    }
    *value = byte.p[0];
    return true;
}

static bool take_u32(struct span *cursor, size_t *value)
{
    struct span b;
    if (!span_take(cursor, 4, &b)) {
        return false;
    }
    *value = (size_t)b.p[0] << 24 | (size_t)b.p[1] << 16 | (size_t)b.p[2] << 8 | b.p[3];
    return true;
}

// The next record; begin and end of the message are marked where they are, and only there.
static bool take_record(struct span *cursor, bool first, struct record *record)
{
    size_t flags = 0, type = 0, id = 0, payload = 0;
    if (!take_u8(cursor, &flags) || !take_u8(cursor, &type) ||
        !((flags & SHORT_RECORD) != 0 ? take_u8(cursor, &payload) : take_u32(cursor, &payload)) ||
        ((flags & ID_LENGTH) != 0 && !take_u8(cursor, &id)) || !span_take(cursor, type, &record->type) ||
        !span_take(cursor, id, &record->id) || !span_take(cursor, payload, &record->payload)) {
        return false;
    }
    record->flags = (uint8_t)flags;
    return (flags & CHUNK) == 0 && ((flags & MESSAGE_BEGIN) != 0) == first &&
           ((flags & MESSAGE_END) != 0) == (cursor->n == 0);
}

// Whether all of it is records.
static bool is_message(struct span message)
{
    struct record record;
    for (bool first = true; first || message.n > 0; first = false) {
        if (!take_record(&message, first, &record)) {
            return false;
        }
    }
    return true;
}

// The first record of that identifier, of a message that is one.
static bool find_by_id(struct span message, struct span id, struct record *record)
{
    for (bool first = true; message.n > 0 && take_record(&message, first, record); first = false) {
        if (span_equal(record->id, id)) {
            return true;
        }
    }
    return false;
}

static void put_record(struct writer *w, uint8_t flags, const char *type, const char *id, struct span payload)
{
    const size_t id_length = strlen(id);
    const bool is_short = payload.n <= SHORT_PAYLOAD_MAX;
    writer_put_u8(w, (uint8_t)(flags | (is_short ? SHORT_RECORD : 0) | (id_length > 0 ? ID_LENGTH : 0)));
    writer_put_u8(w, (uint8_t)strlen(type));
    if (!is_short) {
        writer_put_u16(w, (uint16_t)(payload.n >> 16));
        writer_put_u8(w, (uint8_t)(payload.n >> 8));
    }
    writer_put_u8(w, (uint8_t)payload.n);
    if (id_length > 0) {
        writer_put_u8(w, (uint8_t)id_length);
    }
    writer_put(w, text_of(type));
    writer_put(w, text_of(id));
    writer_put(w, payload);
}

// --- Writing -----------------------------------------------------------------------------------------------

static void put_reference(struct writer *w, const char *id)
{
    writer_put_u8(w, (uint8_t)strlen(id));
    writer_put(w, text_of(id));
}

// Length, which counts the type too; type; number in as few bytes as it takes.
static void put_carrier_limit(struct writer *w, uint8_t type, uint32_t limit)
{
    const unsigned bytes = limit > 0xFFFF ? 3 : limit > 0xFF ? 2 : 1;
    writer_put_u8(w, (uint8_t)(1 + bytes));
    writer_put_u8(w, type);
    for (unsigned i = bytes; i > 0; i--) {
        writer_put_u8(w, (uint8_t)(limit >> (8 * (i - 1))));
    }
}

void handover_put(struct writer *w, struct span engagement, const struct engagement_nfc *nfc)
{
    uint8_t carrier_bytes[16], select_bytes[32], limit_bytes[16];
    struct writer carrier = writer_of(carrier_bytes, sizeof carrier_bytes);
    writer_put_u8(&carrier, CARRIER_ACTIVE);
    put_reference(&carrier, nfc_id);
    writer_put_u8(&carrier, 1); // auxiliary data references
    put_reference(&carrier, engagement_id);

    struct writer select = writer_of(select_bytes, sizeof select_bytes);
    writer_put_u8(&select, HANDOVER_VERSION);
    put_record(&select, MESSAGE_BEGIN | MESSAGE_END | WELL_KNOWN, alternative_carrier_type, "",
               writer_span(&carrier));

    struct writer limits = writer_of(limit_bytes, sizeof limit_bytes);
    writer_put_u8(&limits, CARRIER_VERSION);
    put_carrier_limit(&limits, CARRIER_COMMAND, nfc->command_max);
    put_carrier_limit(&limits, CARRIER_RESPONSE, nfc->response_max);

    put_record(w, MESSAGE_BEGIN | WELL_KNOWN, handover_select_type, "", writer_span(&select));
    put_record(w, EXTERNAL, engagement_type, engagement_id, engagement);
    put_record(w, MESSAGE_END | EXTERNAL, nfc_type, nfc_id, writer_span(&limits));
}

// --- Reading -----------------------------------------------------------------------------------------------

static enum jumin_error malformed(struct detail *detail, const char *what)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "NFC handover: %s", what);
}

static bool take_carrier_limit(struct span value, uint32_t *limit)
{
    if (*limit != 0 || value.n == 0 || value.n > 3) {
        return false;
    }
    for (size_t i = 0; i < value.n; i++) {
        *limit = *limit << 8 | value.p[i];
    }
    return true;
}

static bool read_carrier(struct span payload, struct engagement_nfc *nfc)
{
    size_t version = 0, length = 0, type = 0;
    if (!take_u8(&payload, &version) || version != CARRIER_VERSION) {
        return false;
    }
    while (payload.n > 0) {
        struct span value;
        if (!take_u8(&payload, &length) || length == 0 || !take_u8(&payload, &type) ||
            !span_take(&payload, length - 1, &value)) {
            return false;
        }
        if ((type == CARRIER_COMMAND && !take_carrier_limit(value, &nfc->command_max)) ||
            (type == CARRIER_RESPONSE && !take_carrier_limit(value, &nfc->response_max))) {
            return false;
        }
    }
    return engagement_nfc_good(nfc);
}

static bool take_reference(struct span *cursor, struct span *id)
{
    size_t length = 0;
    return take_u8(cursor, &length) && length > 0 && span_take(cursor, length, id);
}

// One alternative carrier, whose references must be there. NFC that is switched off is not offered.
static bool read_alternative(struct span payload, struct handover_select *select)
{
    size_t power = 0, count = 0;
    struct span id;
    struct record carrier, auxiliary;
    if (!take_u8(&payload, &power) || !take_reference(&payload, &id) ||
        !find_by_id(select->message, id, &carrier) || !take_u8(&payload, &count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!take_reference(&payload, &id) || !find_by_id(select->message, id, &auxiliary)) {
            return false;
        }
    }
    const bool is_nfc =
        is_of_type(&carrier, EXTERNAL, nfc_type) && (power & CARRIER_POWER) != CARRIER_INACTIVE;
    return !is_nfc || (read_carrier(carrier.payload, &select->nfc));
}

// What follows the version: a message of its own, or nothing when no carrier is offered.
static bool read_alternatives(struct span message, struct handover_select *select)
{
    struct record record;
    if (message.n > 0 && !is_message(message)) {
        return false;
    }
    for (bool first = true; message.n > 0 && take_record(&message, first, &record); first = false) {
        if (is_of_type(&record, WELL_KNOWN, alternative_carrier_type) &&
            !read_alternative(record.payload, select)) {
            return false;
        }
    }
    return true;
}

enum jumin_error handover_read(struct span message, struct handover_select *select, struct detail *detail)
{
    struct span cursor = message;
    struct record first, engagement;
    memset(select, 0, sizeof *select);
    select->message = message;
    if (message.n > HANDOVER_MAX || !is_message(message) || !take_record(&cursor, true, &first)) {
        return malformed(detail, "no NDEF message, or too long");
    }
    if (is_of_type(&first, WELL_KNOWN, service_parameter_type)) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "NFC handover: the phone wants to negotiate, which is not supported");
    }
    if (!is_of_type(&first, WELL_KNOWN, handover_select_type)) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "NFC handover: the tag has another purpose than a mobile document");
    }
    struct span payload = first.payload;
    size_t version = 0;
    if (!take_u8(&payload, &version) || version >> 4 != HANDOVER_VERSION >> 4) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "NFC handover: a version of Connection Handover other than 1");
    }
    if (!find_by_id(message, text_of(engagement_id), &engagement) ||
        !is_of_type(&engagement, EXTERNAL, engagement_type)) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "NFC handover: no device engagement, so no mobile document");
    }
    select->engagement = engagement.payload;
    return read_alternatives(payload, select) ? JUMIN_OK
                                              : malformed(detail, "a carrier is not what the standard says");
}
