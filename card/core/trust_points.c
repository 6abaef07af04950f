// The public keys that certificates are verified with, and the current date (TR-03110-3 §2.5, 9303-11
// §7.1.4.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/trust_points.h"

#include "card/core/objects.h"
#include "card/wire/lds.h"
#include "card/wire/pace.h"

enum {
    RIGHTS_BYTES = 8,
    RECORD_MAX = RIGHTS_BYTES + CVC_DATE + 3 + CVC_REFERENCE_MAX + CRYPTO_POINT_MAX,
    TAG_CAR = 0x42, // in EF.CVCA (TR-03110-3 §A.7, table 16)
};

void imported_key_take(struct imported_key *key, const struct cv_certificate *certificate,
                       enum crypto_curve curve)
{
    *key = (struct imported_key){
        .reference_length = certificate->holder.n,
        .authorization = certificate->authorization,
        .expiration = certificate->expiration,
        .hash = certificate->hash,
        .curve = curve,
    };
    memcpy(key->reference, certificate->holder.p, certificate->holder.n);
    memcpy(key->point, certificate->point.p, certificate->point.n);
}

struct span imported_key_reference(const struct imported_key *key)
{
    return span_of(key->reference, key->reference_length);
}

struct span imported_key_point(const struct imported_key *key)
{
    return span_of(key->point, crypto_curve_point_length(key->curve));
}

static uint16_t trust_point_object(enum terminal_type type, enum trust_point_age age)
{
    return (uint16_t)(OBJECT_TRUST_POINTS + TRUST_POINTS_PER_TYPE * (unsigned)type + (unsigned)age);
}

static uint16_t certificate_object(enum terminal_type type)
{
    return (uint16_t)(OBJECT_TRUST_CERTIFICATES + (unsigned)type);
}

static uint16_t rights_object(enum terminal_type type)
{
    return (uint16_t)(OBJECT_TERMINAL_RIGHTS + (unsigned)type);
}

// --- Records: rights, expiration, hash, domain parameters, length of the name, name, point ----------------

static void put_record(struct writer *w, const struct imported_key *key)
{
    uint8_t date[CVC_DATE];
    for (unsigned i = RIGHTS_BYTES; i-- > 0;) {
        writer_put_u8(w, (uint8_t)(key->authorization.rights >> 8 * i));
    }
    cvc_date_put(key->expiration, date);
    writer_put(w, span_of(date, sizeof date));
    writer_put_u8(w, (uint8_t)key->hash);
    writer_put_u8(w, pace_parameter_of_curve(key->curve));
    writer_put_u8(w, (uint8_t)key->reference_length);
    writer_put(w, imported_key_reference(key));
    writer_put(w, imported_key_point(key));
}

static rights rights_of_bytes(const uint8_t bytes[RIGHTS_BYTES])
{
    rights set = 0;
    for (size_t i = 0; i < RIGHTS_BYTES; i++) {
        set = set << 8 | bytes[i];
    }
    return set;
}

static bool parse_record(struct span record, struct imported_key *key)
{
    struct span rights_field, date, algorithm, reference;
    if (!span_take(&record, RIGHTS_BYTES, &rights_field) || !span_take(&record, CVC_DATE, &date) ||
        !span_take(&record, 3, &algorithm) || !cvc_date_parse(date, &key->expiration) ||
        algorithm.p[0] > CRYPTO_SHA512 || !pace_curve_of_parameter(algorithm.p[1], &key->curve) ||
        algorithm.p[2] > CVC_REFERENCE_MAX || !span_take(&record, algorithm.p[2], &reference) ||
        record.n != crypto_curve_point_length(key->curve)) {
        return false;
    }
    key->authorization.rights = rights_of_bytes(rights_field.p);
    key->hash = (enum crypto_hash)algorithm.p[0];
    key->reference_length = reference.n;
    struct writer name = writer_of(key->reference, sizeof key->reference);
    struct writer point = writer_of(key->point, sizeof key->point);
    writer_put(&name, reference);
    writer_put(&point, record);
    return true;
}

// What the card's profile leaves to terminals of a type. A bound that cannot be read leaves nothing.
static rights rights_bound(struct store *store, enum terminal_type type)
{
    uint8_t bytes[RIGHTS_BYTES];
    const enum store_status status = store_read(store, rights_object(type), 0, bytes, sizeof bytes);
    if (status == STORE_NOT_FOUND) {
        return ~(rights)0;
    }
    return status == STORE_OK ? rights_of_bytes(bytes) : 0;
}

bool trust_point_read(struct store *store, enum terminal_type type, enum trust_point_age age,
                      struct imported_key *key)
{
    const uint16_t object = trust_point_object(type, age);
    uint8_t record[RECORD_MAX];
    size_t length = 0;
    *key = (struct imported_key){.authorization = {.type = type, .role = ROLE_CVCA}};
    if (store_length(store, object, &length) != STORE_OK || length > sizeof record ||
        store_read(store, object, 0, record, length) != STORE_OK ||
        !parse_record(span_of(record, length), key)) {
        *key = (struct imported_key){0};
        return false;
    }
    key->authorization.rights &= rights_bound(store, type);
    return true;
}

static enum store_status write_trust_point(struct store *store, enum trust_point_age age,
                                           const struct imported_key *key)
{
    uint8_t record[RECORD_MAX];
    struct writer w = writer_of(record, sizeof record);
    put_record(&w, key);
    return w.overflow ? STORE_TOO_LONG
                      : store_write(store, trust_point_object(key->authorization.type, age), writer_span(&w));
}

// --- EF.CVCA: the names of the trust points of inspection systems, of fixed length (TR-03110-3 §A.7, table 16) ------

static enum store_status write_ef_cvca(struct store *store)
{
    uint8_t content[EF_CVCA_LENGTH] = {0};
    struct writer w = writer_of(content, sizeof content);
    for (unsigned age = 0; age < TRUST_POINTS_PER_TYPE; age++) {
        struct imported_key key;
        if (trust_point_read(store, TERMINAL_INSPECTION, (enum trust_point_age)age, &key)) {
            tlv_put(&w, TAG_CAR, imported_key_reference(&key));
        }
    }
    uint8_t now[EF_CVCA_LENGTH];
    const bool same = store_read(store, OBJECT_CVCA, 0, now, sizeof now) == STORE_OK &&
                      memcmp(now, content, sizeof now) == 0;
    return same ? STORE_OK : store_write(store, OBJECT_CVCA, span_of(content, sizeof content));
}

// --- The current date --------------------------------------------------------------------------------------

cvc_date current_date(struct store *store)
{
    uint8_t value[CVC_DATE];
    cvc_date date = 0;
    return store_read(store, OBJECT_CURRENT_DATE, 0, value, sizeof value) == STORE_OK &&
                   cvc_date_parse(span_of(value, sizeof value), &date)
               ? date
               : 0;
}

static enum store_status write_date(struct store *store, cvc_date date)
{
    uint8_t value[CVC_DATE];
    cvc_date_put(date, value);
    return store_write(store, OBJECT_CURRENT_DATE, span_of(value, sizeof value));
}

static enum store_status remove_expired(struct store *store, enum terminal_type type, cvc_date today)
{
    struct imported_key key;
    if (!trust_point_read(store, type, TRUST_POINT_OLDER, &key) || key.expiration >= today) {
        return STORE_OK;
    }
    return store_delete(store, trust_point_object(type, TRUST_POINT_OLDER));
}

// --- Updating ----------------------------------------------------------------------------------------------

static enum store_status add_link(struct store *store, const struct imported_key *link)
{
    struct imported_key former;
    if (!trust_point_read(store, link->authorization.type, TRUST_POINT_NEWER, &former)) {
        return STORE_NOT_FOUND;
    }
    const enum store_status status = write_trust_point(store, TRUST_POINT_OLDER, &former);
    return status == STORE_OK ? write_trust_point(store, TRUST_POINT_NEWER, link) : status;
}

static enum store_status update(struct store *store, const struct imported_key *link, cvc_date date)
{
    enum store_status status = link != NULL ? add_link(store, link) : STORE_OK;
    cvc_date today = current_date(store);
    if (status == STORE_OK && date > today) {
        today = date;
        status = write_date(store, today);
    }
    for (unsigned type = TERMINAL_INSPECTION; type <= TERMINAL_TYPES && status == STORE_OK; type++) {
        status = remove_expired(store, (enum terminal_type)type, today);
    }
    struct imported_key inspection;
    const bool has_file = trust_point_read(store, TERMINAL_INSPECTION, TRUST_POINT_NEWER, &inspection);
    return status == STORE_OK && has_file ? write_ef_cvca(store) : status;
}

enum store_status trust_points_update(struct store *store, const struct imported_key *link, cvc_date date)
{
    enum store_status status = store_begin(store);
    if (status != STORE_OK) {
        return status;
    }
    status = update(store, link, date);
    if (status != STORE_OK) {
        store_abort(store);
        return status;
    }
    return store_commit(store);
}

// --- Personalization ---------------------------------------------------------------------------------------

uint16_t trust_point_store_rights(struct store *store, enum terminal_type type, struct span bytes)
{
    if (bytes.n != RIGHTS_BYTES) {
        return SW_WRONG_DATA;
    }
    return store_write(store, rights_object(type), bytes) == STORE_OK ? SW_OK : SW_MEMORY_FAILURE;
}

uint16_t trust_point_store(struct store *store, enum terminal_type type, size_t offset, struct span piece)
{
    const uint16_t object = certificate_object(type);
    if (piece.n > CVC_MAX || offset > CVC_MAX - piece.n) {
        return SW_WRONG_DATA;
    }
    const enum store_status status =
        offset == 0 ? store_write(store, object, piece) : store_write_at(store, object, offset, piece);
    return status == STORE_OK ? SW_OK : SW_MEMORY_FAILURE;
}

uint16_t current_date_store(struct store *store, struct span bytes)
{
    cvc_date date = 0;
    if (!cvc_date_parse(bytes, &date)) {
        return SW_WRONG_DATA;
    }
    return date <= current_date(store) || write_date(store, date) == STORE_OK ? SW_OK : SW_MEMORY_FAILURE;
}

// Signed by its own key.
static bool is_initial_trust_point(const struct cv_certificate *certificate, enum terminal_type type)
{
    return certificate->authorization.type == type && certificate->authorization.role == ROLE_CVCA &&
           certificate->has_parameters &&
           cv_certificate_verify(certificate, certificate->curve, certificate->point, certificate->hash);
}

// Makes the trust point from the stored certificate.
static uint16_t complete_type(struct store *store, enum terminal_type type)
{
    uint8_t bytes[CVC_MAX];
    size_t length = 0;
    struct cv_certificate certificate;
    const uint16_t object = certificate_object(type);
    if (store_length(store, object, &length) == STORE_NOT_FOUND) {
        return SW_OK;
    }
    if (length > sizeof bytes || store_read(store, object, 0, bytes, length) != STORE_OK) {
        return SW_MEMORY_FAILURE;
    }
    if (!cv_certificate_parse_file(span_of(bytes, length), &certificate) ||
        !is_initial_trust_point(&certificate, type)) {
        return SW_WRONG_DATA;
    }
    struct imported_key key;
    imported_key_take(&key, &certificate, certificate.curve);
    const cvc_date today = current_date(store);
    const cvc_date date = certificate.effective > today ? certificate.effective : today;
    const bool stored = write_trust_point(store, TRUST_POINT_NEWER, &key) == STORE_OK &&
                        write_date(store, date) == STORE_OK && store_delete(store, object) == STORE_OK;
    return stored ? SW_OK : SW_MEMORY_FAILURE;
}

uint16_t trust_points_complete(struct store *store)
{
    for (unsigned type = TERMINAL_INSPECTION; type <= TERMINAL_TYPES; type++) {
        const uint16_t status = complete_type(store, (enum terminal_type)type);
        if (status != SW_OK) {
            return status;
        }
    }
    struct imported_key key;
    return !trust_point_read(store, TERMINAL_INSPECTION, TRUST_POINT_NEWER, &key) ||
                   write_ef_cvca(store) == STORE_OK
               ? SW_OK
               : SW_MEMORY_FAILURE;
}

enum store_status trust_points_remove(struct store *store)
{
    enum store_status status = STORE_OK;
    for (unsigned type = TERMINAL_INSPECTION; type <= TERMINAL_TYPES && status == STORE_OK; type++) {
        status = store_delete(store, certificate_object((enum terminal_type)type));
        if (status == STORE_OK) {
            status = store_delete(store, rights_object((enum terminal_type)type));
        }
        for (unsigned age = 0; age < TRUST_POINTS_PER_TYPE && status == STORE_OK; age++) {
            status =
                store_delete(store, trust_point_object((enum terminal_type)type, (enum trust_point_age)age));
        }
    }
    if (status == STORE_OK) {
        status = store_delete(store, OBJECT_CVCA);
    }
    return status == STORE_OK ? store_delete(store, OBJECT_CURRENT_DATE) : status;
}
