// What a Status List Token and a credential's status say as CBOR (Token Status List §5.2, §6.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/cbor.h"
#include "host/mobile/status_claims.h"

// Claims of a CWT (RFC 8392 §4; Token Status List §14.3), in the order in which they are written.
enum claim {
    CLAIM_SUBJECT = 2,
    CLAIM_EXPIRES = 4,
    CLAIM_ISSUED = 6,
    CLAIM_STATUS_LIST = 65533,
    CLAIM_TIME_TO_LIVE = 65534,
};

enum { NUMBER_MAX_BITS = 53 };

static enum jumin_error refuse(struct detail *detail, const char *why)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "%s", why);
}

// --- Making ----------------------------------------------------------------------------------------------------

static void put_list(const struct status_claims *claims, struct span compressed, struct writer *w)
{
    cbor_put_map(w, 2);
    cbor_put_string(w, "lst");
    cbor_put_bytes(w, compressed);
    cbor_put_string(w, "bits");
    cbor_put_unsigned(w, claims->bits);
}

void status_claims_put_cbor(const struct status_claims *claims, struct span compressed, struct writer *w)
{
    cbor_put_map(w, 3U + (claims->expires_at != 0) + (claims->time_to_live != 0));
    cbor_put_unsigned(w, CLAIM_SUBJECT);
    cbor_put_string(w, claims->uri);
    if (claims->expires_at != 0) {
        cbor_put_unsigned(w, CLAIM_EXPIRES);
        cbor_put_unsigned(w, (uint64_t)claims->expires_at);
    }
    cbor_put_unsigned(w, CLAIM_ISSUED);
    cbor_put_unsigned(w, (uint64_t)claims->issued_at);
    cbor_put_unsigned(w, CLAIM_STATUS_LIST);
    put_list(claims, compressed, w);
    if (claims->time_to_live != 0) {
        cbor_put_unsigned(w, CLAIM_TIME_TO_LIVE);
        cbor_put_unsigned(w, (uint64_t)claims->time_to_live);
    }
}

void status_reference_put_cbor(const struct status_reference *reference, struct writer *w)
{
    cbor_put_map(w, 1);
    cbor_put_string(w, "status_list");
    cbor_put_map(w, 2);
    cbor_put_string(w, "idx");
    cbor_put_unsigned(w, reference->index);
    cbor_put_string(w, "uri");
    cbor_put_string(w, reference->uri);
}

// --- Reading ---------------------------------------------------------------------------------------------------

// What is looked for in a map; `value` is the whole item, empty where there is none.
struct field {
    uint64_t number;  // of a key that is a number
    const char *name; // of one that is a text; NULL: a number
    struct span value;
};

static bool is_key(const struct field *field, const struct cbor_item *key)
{
    return field->name == NULL ? key->major == CBOR_UNSIGNED && key->number == field->number
                               : cbor_key_is(key, field->name);
}

// Takes the fields out of a map that is all of `bytes`; other pairs are passed over. `*pairs`: how many.
static bool take_fields(struct span bytes, struct field *fields, size_t count, uint64_t *pairs)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span value;
    if (!cbor_take_map(&bytes, &map) || bytes.n > 0) {
        return false;
    }
    *pairs = map.pairs;
    while (cbor_next_pair(&map, &key, &value)) {
        for (size_t i = 0; i < count; i++) {
            fields[i].value = is_key(&fields[i], &key) ? value : fields[i].value;
        }
    }
    return map.pairs == 0;
}

static bool take_number(struct span value, int64_t least, int64_t *number)
{
    return cbor_integer(value, number) && *number >= least && *number >> NUMBER_MAX_BITS == 0;
}

// A claim that may be missing; then it is 0.
static bool take_optional_number(struct span value, int64_t *number)
{
    *number = 0;
    return value.n == 0 || take_number(value, 1, number);
}

static bool take_uri(struct span value, char uri[STATUS_URI_MAX])
{
    struct cbor_item item;
    if (!cbor_only(value, CBOR_TEXT, &item) || item.content.n == 0 || item.content.n >= STATUS_URI_MAX ||
        memchr(item.content.p, '\0', item.content.n) != NULL) {
        return false;
    }
    memcpy(uri, item.content.p, item.content.n);
    uri[item.content.n] = '\0';
    return true;
}

static enum jumin_error take_list(struct span value, unsigned *bits, struct span *compressed,
                                  struct detail *detail)
{
    enum { BITS, LIST, FIELDS };
    struct field fields[FIELDS] = {[BITS] = {.name = "bits"}, [LIST] = {.name = "lst"}};
    struct cbor_item list;
    uint64_t pairs = 0;
    int64_t number = 0;
    if (!take_fields(value, fields, FIELDS, &pairs)) {
        return refuse(detail, "the token has no status list");
    }
    if (!take_number(fields[BITS].value, 1, &number) || !status_list_bits_are_possible((uint64_t)number)) {
        return refuse(detail, "the status list's bits are none of 1, 2, 4, 8");
    }
    if (!cbor_only(fields[LIST].value, CBOR_BYTES, &list) || list.content.n == 0) {
        return refuse(detail, "the status list's lst is missing or empty");
    }
    *bits = (unsigned)number;
    *compressed = list.content;
    return JUMIN_OK;
}

enum jumin_error status_claims_parse_cbor(struct span map, struct status_claims *claims,
                                          struct span *compressed, struct detail *detail)
{
    enum { SUBJECT, ISSUED, EXPIRES, TIME_TO_LIVE, LIST, FIELDS };
    struct field fields[FIELDS] = {
        [SUBJECT] = {.number = CLAIM_SUBJECT},  [ISSUED] = {.number = CLAIM_ISSUED},
        [EXPIRES] = {.number = CLAIM_EXPIRES},  [TIME_TO_LIVE] = {.number = CLAIM_TIME_TO_LIVE},
        [LIST] = {.number = CLAIM_STATUS_LIST},
    };
    uint64_t pairs = 0;
    *compressed = span_of(NULL, 0);
    *claims = (struct status_claims){0};
    if (!take_fields(map, fields, FIELDS, &pairs)) {
        return refuse(detail, "the status list token is no map of claims, or has one twice");
    }
    if (!take_uri(fields[SUBJECT].value, claims->uri)) {
        return refuse(detail, "the status list token has no sub");
    }
    if (!take_number(fields[ISSUED].value, 0, &claims->issued_at)) {
        return refuse(detail, "the status list token has no iat");
    }
    if (!take_optional_number(fields[EXPIRES].value, &claims->expires_at)) {
        return refuse(detail, "exp of the status list token is no time");
    }
    if (!take_optional_number(fields[TIME_TO_LIVE].value, &claims->time_to_live)) {
        return refuse(detail, "ttl of the status list token is no positive number");
    }
    return take_list(fields[LIST].value, &claims->bits, compressed, detail);
}

enum jumin_error status_reference_parse_cbor(struct span status, struct status_reference *reference,
                                             struct detail *detail)
{
    enum { INDEX, URI, FIELDS };
    struct field list = {.name = "status_list"};
    struct field fields[FIELDS] = {[INDEX] = {.name = "idx"}, [URI] = {.name = "uri"}};
    uint64_t pairs = 0;
    int64_t index = 0;
    *reference = (struct status_reference){0};
    if (take_fields(status, &list, 1, &pairs) && pairs > 0 && list.value.n == 0) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED, "the credential's status is in no status list");
    }
    if (!take_fields(list.value, fields, FIELDS, &pairs) || !take_number(fields[INDEX].value, 0, &index) ||
        !take_uri(fields[URI].value, reference->uri)) {
        *reference = (struct status_reference){0};
        return refuse(detail, "the credential's status_list has no idx and uri");
    }
    reference->index = (uint64_t)index;
    return JUMIN_OK;
}
