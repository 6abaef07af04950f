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

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

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
    cbor_put_text(w, text_of(version_of_ours));
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

static enum jumin_error read_version(struct span *cursor, struct detail *detail)
{
    struct cbor_item version;
    if (!cbor_expect(cursor, CBOR_TEXT, &version)) {
        return malformed(detail, "the version is no text");
    }
    if (version.content.n < 2 || memcmp(version.content.p, version_of_ours, 2) != 0) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED, "device engagement: a version other than 1");
    }
    return JUMIN_OK;
}

static enum jumin_error read_security(struct span *cursor, struct device_engagement *engagement,
                                      struct detail *detail)
{
    struct cbor_item item;
    if (!cbor_expect(cursor, CBOR_ARRAY, &item) || item.number != 2 ||
        !cbor_expect(cursor, CBOR_UNSIGNED, &item)) {
        return malformed(detail, "the security member is no cipher suite with a key");
    }
    if (item.number != CIPHER_SUITE_1) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "device engagement: a cipher suite other than 1");
    }
    return ephemeral_key_take(cursor, &engagement->key_bytes, engagement->point)
               ? JUMIN_OK
               : malformed(detail, "the device's key is no key of P-256");
}

static bool take_limit(struct span *cursor, uint32_t *limit)
{
    struct cbor_item item;
    if (*limit != 0 || !cbor_expect(cursor, CBOR_UNSIGNED, &item) || item.number > ENGAGEMENT_RESPONSE_MAX) {
        return false;
    }
    *limit = (uint32_t)item.number;
    return true;
}

// The options of NFC.
static bool take_nfc(struct span *cursor, struct engagement_nfc *nfc)
{
    struct cbor_item map, key;
    struct span passed;
    if (is_offered(nfc) || !cbor_expect(cursor, CBOR_MAP, &map)) {
        return false;
    }
    for (uint64_t i = 0; i < map.number; i++) {
        bool good = cbor_next(cursor, &key);
        if (good && key.major == CBOR_UNSIGNED && key.number == NFC_COMMAND) {
            good = take_limit(cursor, &nfc->command_max);
        } else if (good && key.major == CBOR_UNSIGNED && key.number == NFC_RESPONSE) {
            good = take_limit(cursor, &nfc->response_max);
        } else {
            good = good && cbor_skip(cursor, &passed);
        }
        if (!good) {
            return false;
        }
    }
    return engagement_nfc_good(nfc);
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
                                                                         : cbor_skip(cursor, &passed);
}

static enum jumin_error read_methods(struct span *cursor, struct engagement_nfc *nfc, struct detail *detail)
{
    struct cbor_item list;
    bool good = cbor_expect(cursor, CBOR_ARRAY, &list);
    for (uint64_t i = 0; good && i < list.number; i++) {
        good = take_method(cursor, nfc);
    }
    return good ? JUMIN_OK : malformed(detail, "a retrieval method is not what the standard says");
}

static enum jumin_error read_member(struct span *cursor, uint64_t key, struct device_engagement *engagement,
                                    struct detail *detail)
{
    struct span passed;
    switch (key) {
    case VERSION:
        return read_version(cursor, detail);
    case SECURITY:
        return read_security(cursor, engagement, detail);
    case RETRIEVAL_METHODS:
        return read_methods(cursor, &engagement->nfc, detail);
    default:
        return cbor_skip(cursor, &passed) ? JUMIN_OK : malformed(detail, "a member is no CBOR");
    }
}

enum jumin_error engagement_read(struct span bytes, struct device_engagement *engagement,
                                 struct detail *detail)
{
    enum { NEEDED = 1U << VERSION | 1U << SECURITY, KNOWN_MAX = 32 };
    struct cbor_item map, key;
    unsigned come = 0;
    memset(engagement, 0, sizeof *engagement);
    engagement->whole = bytes;
    if (bytes.n > ENGAGEMENT_MAX || !cbor_expect(&bytes, CBOR_MAP, &map)) {
        return malformed(detail, "no map, or too long");
    }
    for (uint64_t i = 0; i < map.number; i++) {
        if (!cbor_next(&bytes, &key) || (key.major != CBOR_UNSIGNED && key.major != CBOR_NEGATIVE)) {
            return malformed(detail, "a member without a number");
        }
        const bool known = key.major == CBOR_UNSIGNED && key.number < KNOWN_MAX;
        const unsigned bit = known ? 1U << key.number : 0;
        if ((come & bit) != 0) {
            return malformed(detail, "a member is there twice");
        }
        come |= bit;
        const enum jumin_error error =
            read_member(&bytes, known ? key.number : KNOWN_MAX, engagement, detail);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    if (bytes.n != 0 || (come & NEEDED) != NEEDED) {
        return malformed(detail, "version or key are missing, or bytes are left over");
    }
    return JUMIN_OK;
}
