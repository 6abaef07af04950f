// IssuerSigned (ISO 18013-5 §8.3.2.1.2.2) taken apart.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/issuer_signed.h"

static enum jumin_error malformed(struct detail *detail, const char *what)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "the credential %s", what);
}

// --- Items ---------------------------------------------------------------------------------------------------

// IssuerSignedItem, which was searched for keys that stand twice.
static bool members_of_item(struct span bytes, struct issuer_signed_item *item)
{
    struct span value;
    struct cbor_map map;
    struct cbor_item key, member;
    unsigned found = 0;
    if (!cbor_enter_map(bytes, &map)) {
        return false;
    }
    while (cbor_next_pair(&map, &key, &value)) {
        bool good = false;
        if (cbor_key_is(&key, "digestID")) {
            good = cbor_only(value, CBOR_UNSIGNED, &member);
            item->digest_id = member.number;
        } else if (cbor_key_is(&key, "random")) {
            good = cbor_only(value, CBOR_BYTES, &member);
            item->random = member.content;
        } else if (cbor_key_is(&key, "elementIdentifier")) {
            good = cbor_only(value, CBOR_TEXT, &member);
            item->identifier = member.content;
        } else if (cbor_key_is(&key, "elementValue")) {
            item->value = value;
            good = true;
        }
        if (!good) {
            return false;
        }
        found++;
    }
    return map.pairs == 0 && found == 4;
}

// IssuerSignedItemBytes, taken from the cursor.
static bool item_parse(struct span *cursor, struct issuer_signed_item *item)
{
    struct span bytes;
    return cbor_take_embedded(cursor, &item->whole, &bytes) && members_of_item(bytes, item);
}

// The same where they were parsed before.
static bool item_again(struct span *cursor, struct issuer_signed_item *item)
{
    const struct span before = *cursor;
    struct cbor_item tag, bytes;
    if (!cbor_expect(cursor, CBOR_TAG, &tag) || !cbor_expect(cursor, CBOR_BYTES, &bytes)) {
        return false;
    }
    item->whole = span_first(before, before.n - cursor->n);
    return members_of_item(bytes.content, item);
}

// The items of one namespace: each sound, none there twice.
static const char *items_check(struct span items)
{
    struct cbor_item head;
    uint64_t ids[MDOC_ELEMENTS_MAX];
    struct span identifiers[MDOC_ELEMENTS_MAX];
    struct issuer_signed_item item;
    if (!cbor_expect(&items, CBOR_ARRAY, &head) || head.number == 0 || head.number > MDOC_ELEMENTS_MAX) {
        return "has a namespace that is no list of items";
    }
    for (size_t i = 0; i < head.number; i++) {
        if (!item_parse(&items, &item)) {
            return "has an item that is malformed";
        }
        if (item.random.n < MDOC_RANDOM_MIN) {
            return "has an item with less than 16 random bytes";
        }
        for (size_t k = 0; k < i; k++) {
            if (ids[k] == item.digest_id) {
                return "has a digestID twice";
            }
            if (span_equal(identifiers[k], item.identifier)) {
                return "has an element twice";
            }
        }
        ids[i] = item.digest_id;
        identifiers[i] = item.identifier;
    }
    return NULL;
}

static const char *namespaces_check(struct span bytes)
{
    struct cbor_map map;
    struct cbor_item name;
    struct span items;
    if (!cbor_enter_map(bytes, &map) || map.pairs == 0) {
        return "has namespaces that are no map";
    }
    while (cbor_next_pair(&map, &name, &items)) {
        const char *why = name.major == CBOR_TEXT ? items_check(items) : "has a namespace without a name";
        if (why != NULL) {
            return why;
        }
    }
    return map.pairs == 0 ? NULL : "has namespaces that are no map";
}

// --- The whole -----------------------------------------------------------------------------------------------

static bool members_parse(struct span bytes, struct issuer_signed *parsed)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span value;
    if (!cbor_take_map(&bytes, &map) || bytes.n != 0) {
        return false;
    }
    while (cbor_next_pair(&map, &key, &value)) {
        if (cbor_key_is(&key, "nameSpaces")) {
            parsed->name_spaces = value;
        } else if (cbor_key_is(&key, "issuerAuth")) {
            parsed->issuer_auth = value;
        } else {
            return false;
        }
    }
    return map.pairs == 0 && parsed->issuer_auth.n > 0;
}

enum jumin_error issuer_signed_parse(struct span bytes, struct issuer_signed *parsed, struct detail *detail)
{
    const char *why = NULL;
    *parsed = (struct issuer_signed){.whole = bytes};
    if (!members_parse(bytes, parsed)) {
        return malformed(detail, "is no map of nameSpaces and issuerAuth, or not CBOR in its strict form");
    }
    why = parsed->name_spaces.n == 0 ? NULL : namespaces_check(parsed->name_spaces);
    if (why != NULL) {
        return malformed(detail, why);
    }
    if (!cose_sign1_parse(parsed->issuer_auth, COSE_UNTAGGED, &parsed->signature, &why)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the issuer's signature %s", why);
    }
    if (parsed->signature.chain_count == 0) {
        return malformed(detail, "does not carry its signer's certificate");
    }
    if (parsed->signature.detached) {
        return malformed(detail, "lacks its mobile security object");
    }
    return mdoc_mso_parse(parsed->signature.payload, &parsed->mso, detail);
}

void issuer_signed_begin(const struct issuer_signed *parsed, struct issuer_signed_walk *walk)
{
    *walk = (struct issuer_signed_walk){0};
    (void)cbor_enter_map(parsed->name_spaces, &walk->namespaces);
}

bool issuer_signed_next(struct issuer_signed_walk *walk, struct issuer_signed_item *item)
{
    while (walk->count == 0) {
        struct cbor_item name, head;
        struct span items;
        if (!cbor_next_pair(&walk->namespaces, &name, &items) || !cbor_expect(&items, CBOR_ARRAY, &head)) {
            return false;
        }
        walk->name_space = name.content;
        walk->items = items;
        walk->count = head.number;
    }
    walk->count--;
    item->name_space = walk->name_space;
    return item_again(&walk->items, item);
}

bool issuer_signed_find(const struct issuer_signed *parsed, struct span name_space, struct span identifier,
                        struct issuer_signed_item *item)
{
    struct issuer_signed_walk walk;
    issuer_signed_begin(parsed, &walk);
    while (issuer_signed_next(&walk, item)) {
        if (span_equal(item->name_space, name_space) && span_equal(item->identifier, identifier)) {
            return true;
        }
    }
    return false;
}
