// Roles and rights of terminals, and certificate extensions: read and written (TR-03110-3 §C.3, §C.4).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/chat.h"

#include "card/wire/oid.h"

enum {
    TAG_OID = 0x06,
    TAG_DISCRETIONARY_DATA = 0x53,
    TAG_FIRST_SECTOR = 0x80,
    TAG_SECOND_SECTOR = 0x81,
    ROLE_BITS = 2,
    AUTHORIZATION_MAX = 5, // bytes
};

// id-roles: 0.4.0.127.0.7.3.1.2
static const uint8_t roles_prefix[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 3, 1, 2};
// id-extensions: 0.4.0.127.0.7.3.1.3
static const uint8_t description[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 3, 1, 3, 1};
static const uint8_t sector[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 3, 1, 3, 2};

const struct span OID_DESCRIPTION = {description, sizeof description};
const struct span OID_SECTOR = {sector, sizeof sector};

// How a type codes its rights: bytes of the authorization, and where its bits lie in `rights`.
struct coding {
    size_t length;
    unsigned first_right;
    rights bits; // those with a meaning
};

static const struct coding codings[TERMINAL_TYPES + 1] = {
    [TERMINAL_INSPECTION] = {1, RIGHT_INSPECTION_READ_DG3, (rights)0x23 << RIGHT_INSPECTION_READ_DG3},
    [TERMINAL_AUTHENTICATION] = {5, 0, 0x3F3FFFFFFF},
    [TERMINAL_SIGNATURE] = {1, RIGHT_SIGNATURE, (rights)0x03 << RIGHT_SIGNATURE},
};

rights right_to_read(unsigned data_group)
{
    return data_group >= 1 && data_group <= 22 ? (rights)1 << (RIGHT_READ_DG1 + data_group - 1) : 0;
}

rights right_to_write(unsigned data_group)
{
    return data_group >= 17 && data_group <= 22 ? (rights)1 << (RIGHT_WRITE_DG22 + 22 - data_group) : 0;
}

rights rights_of_type(enum terminal_type type)
{
    const rights extension = type == TERMINAL_AUTHENTICATION ? right_of(RIGHT_PROVISION_PHONE) : (rights)0;
    return type >= TERMINAL_INSPECTION && type <= TERMINAL_SIGNATURE ? codings[type].bits | extension : 0;
}

// --- CHAT ------------------------------------------------------------------------------------------------

static enum terminal_type type_of_oid(struct span oid)
{
    struct span prefix;
    if (!span_take(&oid, sizeof roles_prefix, &prefix) || oid.n != 1 ||
        !span_equal(prefix, span_of(roles_prefix, sizeof roles_prefix)) || oid.p[0] > TERMINAL_SIGNATURE) {
        return TERMINAL_NONE;
    }
    return (enum terminal_type)oid.p[0];
}

bool chat_parse(struct span content, struct authorization *authorization)
{
    struct tlv oid;
    struct tlv data;
    if (!tlv_expect(&content, TAG_OID, &oid) || !tlv_expect(&content, TAG_DISCRETIONARY_DATA, &data) ||
        content.n != 0) {
        return false;
    }
    const enum terminal_type type = type_of_oid(oid.value);
    if (type == TERMINAL_NONE || data.value.n != codings[type].length) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < data.value.n; i++) {
        value = value << 8 | data.value.p[i];
    }
    *authorization = (struct authorization){
        .type = type,
        .role = (enum certificate_role)(value >> (8 * data.value.n - ROLE_BITS)),
        .rights = value << codings[type].first_right & codings[type].bits,
    };
    return true;
}

void chat_put(struct writer *w, const struct authorization *authorization)
{
    if (rights_of_type(authorization->type) == 0) {
        w->overflow = true;
        return;
    }
    const struct coding *coding = &codings[authorization->type];
    const uint64_t value = (uint64_t)authorization->role << (8 * coding->length - ROLE_BITS) |
                           (authorization->rights & coding->bits) >> coding->first_right;
    uint8_t bytes[AUTHORIZATION_MAX];
    for (size_t i = 0; i < coding->length; i++) {
        bytes[i] = (uint8_t)(value >> 8 * (coding->length - 1 - i));
    }
    uint8_t oid[sizeof roles_prefix + 1];
    memcpy(oid, roles_prefix, sizeof roles_prefix);
    oid[sizeof roles_prefix] = (uint8_t)authorization->type;

    const size_t chat = tlv_open(w, TAG_CHAT);
    tlv_put(w, TAG_OID, span_of(oid, sizeof oid));
    tlv_put(w, TAG_DISCRETIONARY_DATA, span_of(bytes, coding->length));
    tlv_close(w, chat);
}

// --- Extensions ------------------------------------------------------------------------------------------

enum tlv_result discretionary_template_next(struct span *content, struct discretionary_template *item)
{
    struct span rest = *content;
    struct tlv object;
    struct tlv oid;
    const enum tlv_result result = tlv_next(&rest, &object);
    if (result != TLV_OBJECT) {
        return result;
    }
    if (object.tag != TAG_DISCRETIONARY_DATA_TEMPLATE || !tlv_expect(&object.value, TAG_OID, &oid)) {
        return TLV_MALFORMED;
    }
    *item = (struct discretionary_template){oid.value, object.value};
    *content = rest;
    return TLV_OBJECT;
}

static bool parse_authorization_extension(struct span objects, struct extensions *extensions)
{
    struct tlv bits;
    if (!tlv_expect(&objects, TAG_DISCRETIONARY_DATA, &bits) || objects.n != 0 || bits.value.n != 1) {
        return false;
    }
    extensions->rights = (rights)(bits.value.p[0] & 1) << RIGHT_PROVISION_PHONE;
    return true;
}

// A digest under `tag`, of the hash with which the certificate is signed. False: the cursor is unchanged.
static bool take_digest(struct span *objects, uint32_t tag, struct span *digest)
{
    struct span rest = *objects;
    struct tlv object;
    if (!tlv_expect(&rest, tag, &object) || object.value.n == 0 || object.value.n > CRYPTO_HASH_MAX) {
        return false;
    }
    *digest = object.value;
    *objects = rest;
    return true;
}

static bool parse_description(struct span objects, struct extensions *extensions)
{
    return take_digest(&objects, TAG_FIRST_SECTOR, &extensions->description) && objects.n == 0;
}

// The first sector, the second, or both.
static bool parse_sectors(struct span objects, struct extensions *extensions)
{
    const bool first = take_digest(&objects, TAG_FIRST_SECTOR, &extensions->sectors.first);
    const bool second = take_digest(&objects, TAG_SECOND_SECTOR, &extensions->sectors.second);
    return (first || second) && objects.n == 0;
}

struct known_extension {
    const struct span *oid;
    bool (*parse)(struct span objects, struct extensions *extensions);
};

static const struct known_extension known_extensions[] = {
    {&OID_PROVISIONING, parse_authorization_extension},
    {&OID_DESCRIPTION, parse_description},
    {&OID_SECTOR, parse_sectors},
};

enum { KNOWN_EXTENSIONS = sizeof known_extensions / sizeof known_extensions[0] };

static bool parse_extension(const struct discretionary_template *item, bool seen[KNOWN_EXTENSIONS],
                            struct extensions *extensions)
{
    for (size_t i = 0; i < KNOWN_EXTENSIONS; i++) {
        if (span_equal(item->oid, *known_extensions[i].oid)) {
            if (seen[i]) {
                return false;
            }
            seen[i] = true;
            return known_extensions[i].parse(item->objects, extensions);
        }
    }
    return true;
}

bool extensions_parse(struct span content, struct extensions *extensions)
{
    bool seen[KNOWN_EXTENSIONS] = {false};
    struct extensions found = {0};
    struct discretionary_template item;
    enum tlv_result result;
    *extensions = found;
    while ((result = discretionary_template_next(&content, &item)) == TLV_OBJECT) {
        if (!parse_extension(&item, seen, &found)) {
            return false;
        }
    }
    if (result != TLV_END) {
        return false;
    }
    *extensions = found;
    return true;
}

void authorization_extension_put(struct writer *w, rights granted)
{
    if ((granted & right_of(RIGHT_PROVISION_PHONE)) == 0) {
        return;
    }
    const size_t item = tlv_open(w, TAG_DISCRETIONARY_DATA_TEMPLATE);
    tlv_put(w, TAG_OID, OID_PROVISIONING);
    tlv_put(w, TAG_DISCRETIONARY_DATA, span_of((const uint8_t[]){1}, 1));
    tlv_close(w, item);
}

static void put_digest(struct writer *w, uint32_t tag, struct span digest)
{
    if (digest.n > 0) {
        tlv_put(w, tag, digest);
    }
}

void extensions_put(struct writer *w, const struct extensions *extensions)
{
    const struct sector_hashes *sectors = &extensions->sectors;
    const bool has_sectors = sectors->first.n > 0 || sectors->second.n > 0;
    if (!has_sectors && extensions->description.n == 0 &&
        (extensions->rights & right_of(RIGHT_PROVISION_PHONE)) == 0) {
        return;
    }
    const size_t all = tlv_open(w, TAG_CERTIFICATE_EXTENSIONS);
    authorization_extension_put(w, extensions->rights);
    if (extensions->description.n > 0) {
        const size_t item = tlv_open(w, TAG_DISCRETIONARY_DATA_TEMPLATE);
        tlv_put(w, TAG_OID, OID_DESCRIPTION);
        put_digest(w, TAG_FIRST_SECTOR, extensions->description);
        tlv_close(w, item);
    }
    if (has_sectors) {
        const size_t item = tlv_open(w, TAG_DISCRETIONARY_DATA_TEMPLATE);
        tlv_put(w, TAG_OID, OID_SECTOR);
        put_digest(w, TAG_FIRST_SECTOR, sectors->first);
        put_digest(w, TAG_SECOND_SECTOR, sectors->second);
        tlv_close(w, item);
    }
    tlv_close(w, all);
}
