// Device engagement as CBOR and as text for a QR code (ISO 18013-5 §8.2.1, §8.2.2.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/device_engagement.h"

#include "host/mobile/cbor.h"

// §8.2.1.1, table 1 and CDDL.
enum {
    VERSION = 0,
    SECURITY = 1,
    RETRIEVAL_METHODS = 2,
    CIPHER_SUITE_1 = 1,
    METHOD_NFC = 1,
    METHOD_VERSION = 1,
    NFC_COMMAND = 0,
    NFC_RESPONSE = 1,
};

static const char version_of_ours[] = "1.0";

bool engagement_nfc_good(const struct engagement_nfc *nfc)
{
    return nfc->command_max >= ENGAGEMENT_COMMAND_MIN && nfc->command_max <= ENGAGEMENT_COMMAND_MAX &&
           nfc->response_max >= ENGAGEMENT_RESPONSE_MIN && nfc->response_max <= ENGAGEMENT_RESPONSE_MAX;
}

static bool is_offered(const struct engagement_nfc *nfc)
{
    return nfc->command_max != 0 || nfc->response_max != 0;
}

// --- Writing -----------------------------------------------------------------------------------------------

static void put_nfc_method(struct writer *w, const struct engagement_nfc *nfc)
{
    cbor_put_array(w, 3);
    cbor_put_unsigned(w, METHOD_NFC);
    cbor_put_unsigned(w, METHOD_VERSION);
    cbor_put_map(w, 2);
    cbor_put_unsigned(w, NFC_COMMAND);
    cbor_put_unsigned(w, nfc->command_max);
    cbor_put_unsigned(w, NFC_RESPONSE);
    cbor_put_unsigned(w, nfc->response_max);
}

void engagement_put(struct writer *w, const uint8_t point[EPHEMERAL_POINT], const struct engagement_nfc *nfc)
{
    const bool offered = is_offered(nfc);
    cbor_put_map(w, offered ? 3 : 2);
    cbor_put_unsigned(w, VERSION);
    cbor_put_string(w, version_of_ours);
    cbor_put_unsigned(w, SECURITY);
    cbor_put_array(w, 2);
    cbor_put_unsigned(w, CIPHER_SUITE_1);
    ephemeral_key_put(w, point);
    if (offered) {
        cbor_put_unsigned(w, RETRIEVAL_METHODS);
        cbor_put_array(w, 1);
        put_nfc_method(w, nfc);
    }
}

// --- Reading -----------------------------------------------------------------------------------------------

static enum jumin_error malformed(struct detail *detail, const char *what)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "device engagement: %s", what);
}

static enum jumin_error read_version(struct span value, struct detail *detail)
{
    struct cbor_item version;
    if (!cbor_only(value, CBOR_TEXT, &version)) {
        return malformed(detail, "the version is no text");
    }
    if (version.content.n < 2 || memcmp(version.content.p, version_of_ours, 2) != 0) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED, "device engagement: a version other than 1");
    }
    return JUMIN_OK;
}

static enum jumin_error read_security(struct span value, struct device_engagement *engagement,
                                      struct detail *detail)
{
    struct cbor_item item;
    if (!cbor_expect(&value, CBOR_ARRAY, &item) || item.number != 2 ||
        !cbor_expect(&value, CBOR_UNSIGNED, &item)) {
        return malformed(detail, "the security member is no cipher suite with a key");
    }
    if (item.number != CIPHER_SUITE_1) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "device engagement: a cipher suite other than 1");
    }
    return ephemeral_key_take(&value, &engagement->key_bytes, engagement->point)
               ? JUMIN_OK
               : malformed(detail, "the device's key is no key of P-256");
}

static bool parse_limit(struct span value, uint32_t *limit)
{
    struct cbor_item item;
    if (!cbor_only(value, CBOR_UNSIGNED, &item) || item.number > ENGAGEMENT_RESPONSE_MAX) {
        return false;
    }
    *limit = (uint32_t)item.number;
    return true;
}

// The options of NFC.
static bool take_nfc(struct span *cursor, struct engagement_nfc *nfc)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span value;
    bool good = !is_offered(nfc) && cbor_take_map(cursor, &map);
    while (good && cbor_next_pair(&map, &key, &value)) {
        if (key.major == CBOR_UNSIGNED && key.number == NFC_COMMAND) {
            good = parse_limit(value, &nfc->command_max);
        } else if (key.major == CBOR_UNSIGNED && key.number == NFC_RESPONSE) {
            good = parse_limit(value, &nfc->response_max);
        }
    }
    return good && map.pairs == 0 && engagement_nfc_good(nfc);
}

static bool take_method(struct span *cursor, struct engagement_nfc *nfc)
{
    struct cbor_item item, type, version;
    struct span passed;
    if (!cbor_expect(cursor, CBOR_ARRAY, &item) || item.number != 3 ||
        !cbor_expect(cursor, CBOR_UNSIGNED, &type) || !cbor_expect(cursor, CBOR_UNSIGNED, &version)) {
        return false;
    }
    return type.number == METHOD_NFC && version.number == METHOD_VERSION ? take_nfc(cursor, nfc)
                                                                         : cbor_take(cursor, &passed);
}

static enum jumin_error read_methods(struct span value, struct engagement_nfc *nfc, struct detail *detail)
{
    struct cbor_item list;
    bool good = cbor_expect(&value, CBOR_ARRAY, &list);
    for (uint64_t i = 0; good && i < list.number; i++) {
        good = take_method(&value, nfc);
    }
    return good ? JUMIN_OK : malformed(detail, "a retrieval method is not what the standard says");
}

static enum jumin_error read_member(const struct cbor_item *key, struct span value,
                                    struct device_engagement *engagement, struct detail *detail)
{
    if (key->major != CBOR_UNSIGNED) {
        return key->major == CBOR_NEGATIVE ? JUMIN_OK : malformed(detail, "a member without a number");
    }
    switch (key->number) {
    case VERSION:
        return read_version(value, detail);
    case SECURITY:
        return read_security(value, engagement, detail);
    case RETRIEVAL_METHODS:
        return read_methods(value, &engagement->nfc, detail);
    default:
        return JUMIN_OK;
    }
}

enum jumin_error engagement_read(struct span bytes, struct device_engagement *engagement,
                                 struct detail *detail)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span value;
    bool has_version = false;
    memset(engagement, 0, sizeof *engagement);
    engagement->whole = bytes;
    if (bytes.n > ENGAGEMENT_MAX || !cbor_take_map(&bytes, &map) || bytes.n != 0) {
        return malformed(detail, "it is no map, has a member twice, or is too long");
    }
    while (cbor_next_pair(&map, &key, &value)) {
        const enum jumin_error error = read_member(&key, value, engagement, detail);
        if (error != JUMIN_OK) {
            return error;
        }
        has_version = has_version || (key.major == CBOR_UNSIGNED && key.number == VERSION);
    }
    return map.pairs == 0 && has_version && engagement->key_bytes.n > 0
               ? JUMIN_OK
               : malformed(detail, "version or key are missing");
}
