// The encrypted session between phone and verifier (ISO 18013-5 §9.1.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/session_encryption.h"

#include "host/mobile/cbor.h"

enum { COUNTER_BYTES = 4 };

// --- Messages ----------------------------------------------------------------------------------------------

static bool parse_data(struct span value, struct span *data)
{
    struct cbor_item item;
    if (!cbor_only(value, CBOR_BYTES, &item)) {
        return false;
    }
    *data = item.content;
    return true;
}

bool session_read_establishment(struct span message, struct session_establishment *establishment)
{
    struct cbor_map map;
    struct cbor_item name;
    struct span value;
    bool has_data = false, good = cbor_take_map(&message, &map) && message.n == 0;
    memset(establishment, 0, sizeof *establishment);
    while (good && cbor_next_pair(&map, &name, &value)) {
        if (cbor_key_is(&name, "eReaderKey")) {
            good = ephemeral_key_take(&value, &establishment->key_bytes, establishment->point);
        } else if (cbor_key_is(&name, "data")) {
            good = has_data = parse_data(value, &establishment->data);
        }
    }
    return good && map.pairs == 0 && establishment->key_bytes.n > 0 && has_data;
}

static bool parse_status(struct span value, uint64_t *status)
{
    struct cbor_item item;
    if (!cbor_only(value, CBOR_UNSIGNED, &item) || item.number == SESSION_NO_STATUS) {
        return false;
    }
    *status = item.number;
    return true;
}

bool session_read_data(struct span message, struct session_data *data)
{
    struct cbor_map map;
    struct cbor_item name;
    struct span value;
    bool good = cbor_take_map(&message, &map) && message.n == 0;
    memset(data, 0, sizeof *data);
    while (good && cbor_next_pair(&map, &name, &value)) {
        if (cbor_key_is(&name, "data")) {
            good = data->has_data = parse_data(value, &data->data);
        } else if (cbor_key_is(&name, "status")) {
            good = parse_status(value, &data->status);
        }
    }
    return good && map.pairs == 0 && (data->has_data || data->status != SESSION_NO_STATUS);
}

// --- Keys --------------------------------------------------------------------------------------------------

void session_end(struct session *session)
{
    crypto_wipe(session, sizeof *session);
}

static bool derive(struct span shared, struct span salt, const char *info, uint8_t key[SESSION_KEY])
{
    return crypto_hkdf(CRYPTO_SHA256, shared, salt, span_of(info, strlen(info)), key, SESSION_KEY);
}

bool session_start(struct session *session, enum session_role role, const struct crypto_ec_key *own,
                   struct span point, const uint8_t salt[SESSION_SALT], const struct crypto_random *random)
{
    uint8_t shared[CRYPTO_FIELD_MAX];
    const size_t n = crypto_curve_length(CRYPTO_P256);
    memset(session, 0, sizeof *session);
    session->role = role;
    session->open =
        crypto_ec_curve(own) == CRYPTO_P256 && crypto_ecdh(own, random, point, shared) &&
        derive(span_of(shared, n), span_of(salt, SESSION_SALT), "SKReader", session->reader_key) &&
        derive(span_of(shared, n), span_of(salt, SESSION_SALT), "SKDevice", session->device_key);
    const bool ok = session->open;
    if (!ok) {
        session_end(session);
    }
    crypto_wipe(shared, sizeof shared);
    return ok;
}

// The key of a sender, and the initialization vector of its message: identifier and counter (§9.1.1.5).
static const uint8_t *key_of(const struct session *session, enum session_role sender, uint32_t counter,
                             uint8_t nonce[CRYPTO_GCM_NONCE])
{
    enum { IDENTIFIER_LAST = CRYPTO_GCM_NONCE - COUNTER_BYTES - 1 };
    memset(nonce, 0, CRYPTO_GCM_NONCE);
    nonce[IDENTIFIER_LAST] = sender == SESSION_DEVICE ? 1 : 0;
    for (unsigned i = 0; i < COUNTER_BYTES; i++) {
        nonce[CRYPTO_GCM_NONCE - 1 - i] = (uint8_t)(counter >> (8 * i));
    }
    return sender == SESSION_DEVICE ? session->device_key : session->reader_key;
}

// --- Sending -----------------------------------------------------------------------------------------------

static void put_sealed(struct writer *w, struct session *session, struct span plain)
{
    uint8_t nonce[CRYPTO_GCM_NONCE];
    cbor_put_string(w, "data");
    cbor_put_bytes_head(w, plain.n + SESSION_TAG);
    uint8_t *sealed = writer_reserve(w, plain.n + SESSION_TAG);
    if (sealed == NULL) {
        return;
    }
    if (!session->open || session->sent == UINT32_MAX) {
        w->overflow = true;
        return;
    }
    const uint8_t *key = key_of(session, session->role, session->sent + 1, nonce);
    if (!crypto_gcm_seal(span_of(key, SESSION_KEY), nonce, span_of(NULL, 0), plain, sealed)) {
        w->overflow = true;
        return;
    }
    session->sent++;
}

// The order is that of Annex D.
void session_put_establishment(struct writer *w, struct session *session,
                               const uint8_t point[EPHEMERAL_POINT], struct span plain)
{
    cbor_put_map(w, 2);
    cbor_put_string(w, "eReaderKey");
    ephemeral_key_put(w, point);
    put_sealed(w, session, plain);
}

void session_put_data(struct writer *w, struct session *session, struct span plain,
                      enum session_status status)
{
    cbor_put_map(w, status == SESSION_NO_STATUS ? 1 : 2);
    put_sealed(w, session, plain);
    if (status != SESSION_NO_STATUS) {
        cbor_put_string(w, "status");
        cbor_put_unsigned(w, status);
        session_end(session);
    }
}

void session_put_status(struct writer *w, enum session_status status)
{
    cbor_put_map(w, 1);
    cbor_put_string(w, "status");
    cbor_put_unsigned(w, status);
}

// --- Receiving ---------------------------------------------------------------------------------------------

enum jumin_error session_open(struct session *session, struct span sealed, uint8_t *plain,
                              struct detail *detail)
{
    uint8_t nonce[CRYPTO_GCM_NONCE];
    if (!session->open) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "the session is over");
    }
    const enum session_role sender = session->role == SESSION_DEVICE ? SESSION_READER : SESSION_DEVICE;
    const uint8_t *key = key_of(session, sender, session->received + 1, nonce);
    if (session->received == UINT32_MAX ||
        !crypto_gcm_open(span_of(key, SESSION_KEY), nonce, span_of(NULL, 0), sealed, plain)) {
        session_end(session);
        crypto_wipe(plain, sealed.n > SESSION_TAG ? sealed.n - SESSION_TAG : 0);
        return detail_set(detail, JUMIN_ERROR_CRYPTO,
                          "the message does not decrypt under the session's keys and counters");
    }
    session->received++;
    return JUMIN_OK;
}
