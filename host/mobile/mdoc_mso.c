// The mobile security object (ISO 18013-5 §9.1.2.4).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/mdoc_mso.h"

#include "host/mobile/cose.h"

enum { DIGEST_ID_LIMIT = INT32_MAX }; // §9.1.2.5: below 2^31

// --- Reading -------------------------------------------------------------------------------------------------

static enum jumin_error malformed(struct detail *detail, const char *what)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "the mobile security object %s", what);
}

static bool text_parse(struct span value, struct span *text)
{
    struct cbor_item item;
    if (!cbor_only(value, CBOR_TEXT, &item)) {
        return false;
    }
    *text = item.content;
    return true;
}

// Not empty.
static bool bytes_parse(struct span value, struct span *bytes)
{
    struct cbor_item item;
    if (!cbor_only(value, CBOR_BYTES, &item) || item.content.n == 0) {
        return false;
    }
    *bytes = item.content;
    return true;
}

static bool hash_parse(struct span value, enum crypto_hash *hash)
{
    static const struct {
        const char *name;
        enum crypto_hash hash;
    } hashes[] = {{"SHA-256", CRYPTO_SHA256}, {"SHA-384", CRYPTO_SHA384}, {"SHA-512", CRYPTO_SHA512}};
    struct span name;
    for (size_t i = 0; text_parse(value, &name) && i < sizeof hashes / sizeof *hashes; i++) {
        if (span_equal(name, span_of(hashes[i].name, strlen(hashes[i].name)))) {
            *hash = hashes[i].hash;
            return true;
        }
    }
    return false;
}

// The digests of one namespace.
static bool digests_check(struct span value, size_t length)
{
    struct cbor_map digests;
    struct cbor_item id, digest;
    struct span bytes;
    if (!cbor_enter_map(value, &digests) || digests.pairs == 0) {
        return false;
    }
    while (cbor_next_pair(&digests, &id, &bytes)) {
        if (id.major != CBOR_UNSIGNED || id.number > DIGEST_ID_LIMIT ||
            !cbor_only(bytes, CBOR_BYTES, &digest) || digest.content.n != length) {
            return false;
        }
    }
    return digests.pairs == 0;
}

static bool value_digests_check(struct span value, size_t length)
{
    struct cbor_map namespaces;
    struct cbor_item name;
    struct span digests;
    if (!cbor_enter_map(value, &namespaces) || namespaces.pairs == 0) {
        return false;
    }
    while (cbor_next_pair(&namespaces, &name, &digests)) {
        if (name.major != CBOR_TEXT || !digests_check(digests, length)) {
            return false;
        }
    }
    return namespaces.pairs == 0;
}

static bool device_key_info_parse(struct span value, struct mdoc_mso *mso)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span member;
    bool has_key = false;
    if (!cbor_enter_map(value, &map)) {
        return false;
    }
    while (cbor_next_pair(&map, &key, &member)) {
        if (cbor_key_is(&key, "deviceKey")) {
            has_key = cose_key_parse(member, mso->device_key);
        } else if (cbor_key_is(&key, "keyAuthorizations")) {
            mso->key_authorizations = member;
        }
    }
    return map.pairs == 0 && has_key;
}

static bool validity_parse(struct span value, struct mdoc_validity *validity)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span member;
    unsigned found = 0;
    if (!cbor_enter_map(value, &map)) {
        return false;
    }
    while (cbor_next_pair(&map, &key, &member)) {
        int64_t *const time = cbor_key_is(&key, "signed")           ? &validity->signed_at
                              : cbor_key_is(&key, "validFrom")      ? &validity->valid_from
                              : cbor_key_is(&key, "validUntil")     ? &validity->valid_until
                              : cbor_key_is(&key, "expectedUpdate") ? &validity->expected_update
                                                                    : NULL;
        if (time == NULL) {
            continue;
        }
        if (!cbor_time(member, time)) {
            return false;
        }
        found += time != &validity->expected_update;
    }
    return map.pairs == 0 && found == 3;
}

static bool status_list_parse(struct span value, struct mdoc_status *status)
{
    struct cbor_map map;
    struct cbor_item key, item;
    struct span member;
    bool has_index = false;
    if (!cbor_enter_map(value, &map)) {
        return false;
    }
    while (cbor_next_pair(&map, &key, &member)) {
        if (cbor_key_is(&key, "idx")) {
            has_index = cbor_only(member, CBOR_UNSIGNED, &item);
            status->index = item.number;
        } else if ((cbor_key_is(&key, "uri") && !text_parse(member, &status->uri)) ||
                   (cbor_key_is(&key, "certificate") && !bytes_parse(member, &status->certificate))) {
            return false;
        }
    }
    return map.pairs == 0 && has_index && status->uri.n > 0;
}

static bool status_parse(struct span value, struct mdoc_mso *mso)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span member;
    if (!cbor_enter_map(value, &map) || map.pairs == 0) {
        return false;
    }
    while (cbor_next_pair(&map, &key, &member)) {
        if (!cbor_key_is(&key, "status_list")) {
            mso->other_status = true;
        } else if (!status_list_parse(member, &mso->status)) {
            return false;
        }
    }
    return map.pairs == 0;
}

// The members by their names; where each is, so that those that must be there can be asked for.
struct members {
    struct span version, digest_algorithm, value_digests, device_key_info, doc_type, validity, status;
};

static bool members_parse(struct span bytes, struct members *members)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span value;
    *members = (struct members){0};
    const struct {
        const char *name;
        struct span *value;
    } known[] = {
        {"version", &members->version},
        {"digestAlgorithm", &members->digest_algorithm},
        {"valueDigests", &members->value_digests},
        {"deviceKeyInfo", &members->device_key_info},
        {"docType", &members->doc_type},
        {"validityInfo", &members->validity},
        {"status", &members->status},
    };
    if (!cbor_enter_map(bytes, &map)) {
        return false;
    }
    while (cbor_next_pair(&map, &key, &value)) {
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            if (cbor_key_is(&key, known[i].name)) {
                *known[i].value = value;
            }
        }
    }
    return map.pairs == 0;
}

enum jumin_error mdoc_mso_parse(struct span payload, struct mdoc_mso *mso, struct detail *detail)
{
    struct span whole, bytes, version;
    struct members members;
    *mso = (struct mdoc_mso){0};
    if (!cbor_take_embedded(&payload, &whole, &bytes) || payload.n != 0) {
        return malformed(detail, "is not wrapped as CBOR in CBOR (tag 24)");
    }
    if (!members_parse(bytes, &members)) {
        return malformed(detail, "is no map");
    }
    if (!text_parse(members.version, &version)) {
        return malformed(detail, "has no version");
    }
    if (!span_equal(version, span_of("1.0", 3))) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "the mobile security object is not of version 1.0");
    }
    if (!hash_parse(members.digest_algorithm, &mso->hash)) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "the mobile security object has a digest algorithm that is not known");
    }
    if (!value_digests_check(members.value_digests, crypto_hash_length(mso->hash))) {
        return malformed(detail, "has digests that are malformed");
    }
    mso->value_digests = members.value_digests;
    if (!device_key_info_parse(members.device_key_info, mso)) {
        return malformed(detail, "has no device key on P-256");
    }
    if (!text_parse(members.doc_type, &mso->doc_type)) {
        return malformed(detail, "has no docType");
    }
    if (!validity_parse(members.validity, &mso->validity)) {
        return malformed(detail, "has a validity that is malformed");
    }
    if (members.status.n > 0 && !status_parse(members.status, mso)) {
        return malformed(detail, "has a status that is malformed or empty");
    }
    return JUMIN_OK;
}

bool mdoc_mso_digest(const struct mdoc_mso *mso, struct span name_space, uint64_t digest_id,
                     struct span *digest)
{
    struct span value;
    struct cbor_map map, digests;
    struct cbor_item key, bytes;
    if (!cbor_enter_map(mso->value_digests, &map)) {
        return false;
    }
    while (cbor_next_pair(&map, &key, &value)) {
        if (!span_equal(key.content, name_space) || !cbor_enter_map(value, &digests)) {
            continue;
        }
        while (cbor_next_pair(&digests, &key, &value)) {
            if (key.number == digest_id) {
                return cbor_only(value, CBOR_BYTES, &bytes) && (*digest = bytes.content, true);
            }
        }
        return false;
    }
    return false;
}

// --- Making --------------------------------------------------------------------------------------------------

static void put_digests(struct writer *w, const struct mdoc_digests *digests, size_t count)
{
    cbor_put_map(w, count);
    for (size_t i = 0; i < count; i++) {
        cbor_put_text(w, digests[i].name_space);
        cbor_put_map(w, digests[i].count);
        for (size_t id = 0; id < digests[i].count; id++) {
            cbor_put_unsigned(w, id);
            cbor_put_bytes(w, span_of(digests[i].digests[id], sizeof digests[i].digests[id]));
        }
    }
}

static void put_validity(struct writer *w, const struct mdoc_validity *validity)
{
    cbor_put_map(w, 3U + (validity->expected_update != 0));
    cbor_put_string(w, "signed");
    cbor_put_time(w, validity->signed_at);
    cbor_put_string(w, "validFrom");
    cbor_put_time(w, validity->valid_from);
    cbor_put_string(w, "validUntil");
    cbor_put_time(w, validity->valid_until);
    if (validity->expected_update != 0) {
        cbor_put_string(w, "expectedUpdate");
        cbor_put_time(w, validity->expected_update);
    }
}

static void put_status(struct writer *w, const struct mdoc_status *status)
{
    cbor_put_map(w, 1);
    cbor_put_string(w, "status_list");
    cbor_put_map(w, 2);
    cbor_put_string(w, "idx");
    cbor_put_unsigned(w, status->index);
    cbor_put_string(w, "uri");
    cbor_put_text(w, status->uri);
}

void mdoc_mso_put(struct writer *w, const struct mdoc_digests *digests, size_t count,
                  const uint8_t device_key[SIGNER_POINT], struct span doc_type,
                  const struct mdoc_validity *validity, const struct mdoc_status *status)
{
    const bool has_status = status->uri.n > 0;
    const size_t opened = cbor_open_embedded(w);
    cbor_put_map(w, 6U + has_status);
    cbor_put_string(w, "version");
    cbor_put_string(w, "1.0");
    cbor_put_string(w, "digestAlgorithm");
    cbor_put_string(w, "SHA-256");
    cbor_put_string(w, "valueDigests");
    put_digests(w, digests, count);
    cbor_put_string(w, "deviceKeyInfo");
    cbor_put_map(w, 1);
    cbor_put_string(w, "deviceKey");
    cose_key_put(w, device_key);
    cbor_put_string(w, "docType");
    cbor_put_text(w, doc_type);
    cbor_put_string(w, "validityInfo");
    put_validity(w, validity);
    if (has_status) {
        cbor_put_string(w, "status");
        put_status(w, status);
    }
    cbor_close_bytes(w, opened);
}
