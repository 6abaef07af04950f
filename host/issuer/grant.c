// What a token stands for: the credential, whom it was issued to, and whether it still is to be had.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/grant.h"

#include "host/mobile/base64url.h"

#include <stdio.h>

// --- Nonces ------------------------------------------------------------------------------------------------------

enum { NONCE_TIME = 8, NONCE_RANDOM = 8, NONCE_MAC = 16, NONCE = NONCE_TIME + NONCE_RANDOM + NONCE_MAC };

static bool nonce_mac(const struct jumin_station *station, const uint8_t nonce[NONCE],
                      uint8_t mac[VAULT_INDEX])
{
    uint8_t bytes[16 + NONCE_TIME + NONCE_RANDOM] = "c_nonce";
    memcpy(bytes + 16, nonce, NONCE_TIME + NONCE_RANDOM);
    return vault_index(&station->vault, span_of(bytes, sizeof bytes), mac);
}

bool records_nonce(const struct jumin_station *station, char text[RECORDS_SECRET])
{
    uint8_t nonce[NONCE], mac[VAULT_INDEX];
    const uint64_t now = (uint64_t)station_now(station);
    for (unsigned i = 0; i < NONCE_TIME; i++) {
        nonce[i] = (uint8_t)(now >> (56 - 8 * i));
    }
    if (!station->random.fill(station->random.context, nonce + NONCE_TIME, NONCE_RANDOM) ||
        !nonce_mac(station, nonce, mac)) {
        return false;
    }
    memcpy(nonce + NONCE_TIME + NONCE_RANDOM, mac, NONCE_MAC);
    jumin_device_jkt(nonce, text);
    return true;
}

bool records_nonce_is_fresh(const struct jumin_station *station, const char *text)
{
    uint8_t nonce[NONCE], mac[VAULT_INDEX];
    struct writer w = writer_of(nonce, sizeof nonce);
    uint64_t at = 0;
    if (!base64url_decode(span_of(text, strlen(text)), &w) || w.n != NONCE ||
        !nonce_mac(station, nonce, mac) || !crypto_equal(mac, nonce + NONCE_TIME + NONCE_RANDOM, NONCE_MAC)) {
        return false;
    }
    for (unsigned i = 0; i < NONCE_TIME; i++) {
        at = at << 8 | nonce[i];
    }
    const int64_t age = station_now(station) - (int64_t)at;
    return age >= -(int64_t)RECORDS_NONCE_LEEWAY && age <= RECORDS_NONCE_SECONDS;
}

bool records_nonces_add(struct records_nonces *nonces, const char *nonce)
{
    static const char name[] = "c_nonce";
    uint8_t id[CREDENTIAL_SECRET];
    const struct span parts[] = {span_of(name, sizeof name), span_of(nonce, strlen(nonce))};
    if (nonces->count == STATUS_BATCH_MAX || !crypto_hash_parts(CRYPTO_SHA256, parts, 2, id)) {
        return false;
    }
    for (size_t i = 0; i < nonces->count; i++) {
        if (memcmp(nonces->ids[i], id, sizeof id) == 0) {
            return true;
        }
    }
    memcpy(nonces->ids[nonces->count++], id, sizeof id);
    return true;
}

// They stand beside the identifiers of DPoP proofs, which are hashes of other things.
enum jumin_error records_use_nonces(struct jumin_station *station, const struct records_nonces *nonces,
                                    struct records_refusal *refusal)
{
    enum jumin_error error = JUMIN_OK;
    const size_t count = nonces != NULL ? nonces->count : 0;
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        const struct database_value values[] = {
            database_bytes(span_of(nonces->ids[i], CREDENTIAL_SECRET)),
            database_integer(station_now(station) + RECORDS_NONCE_SECONDS + RECORDS_NONCE_LEEWAY + 1)};
        error =
            credential_run(station, "INSERT INTO proof (id, expires_at) VALUES ($1, $2)", values, 2, NULL);
    }
    return error == JUMIN_ERROR_CONFLICT && !database_was_overtaken(station->database)
               ? records_refuse(station, refusal, error, "invalid_nonce",
                                "the nonce was used before: ask for another")
               : error;
}

// --- Tokens ------------------------------------------------------------------------------------------------------

enum jumin_error grant_find(struct jumin_station *station, const char *token, enum token_kind kind,
                            struct grant_row *row)
{
    struct database_rows *rows = NULL;
    uint8_t hash[CREDENTIAL_SECRET];
    *row = (struct grant_row){.found = false};
    if (!offer_hash(token, hash)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    const struct database_value values[] = {database_bytes(span_of(hash, sizeof hash)),
                                            database_integer(kind)};
    const enum jumin_error error =
        station_query(station,
                      "SELECT credential, device, expires_at, state, issued_on, expires_on, edition,"
                      " key_storage, user_authentication FROM token JOIN"
                      " credential ON credential.number = token.credential WHERE hash = $1 AND kind = $2",
                      values, 2, &rows);
    row->found = error == JUMIN_OK && database_next(rows);
    if (row->found) {
        const struct span device = database_column_bytes(rows, 1);
        row->has_device = device.n == sizeof row->device;
        memcpy(row->device, device.p, row->has_device ? device.n : 0);
        row->token_until = database_column_integer(rows, 2);
        row->state = (enum jumin_credential_state)database_column_integer(rows, 3);
        row->edition = (unsigned)database_column_integer(rows, 6);
        row->attested = credential_attested_of(rows, 7);
        (void)snprintf(row->credential, sizeof row->credential, "%s", database_column_text(rows, 0));
        (void)snprintf(row->issued_on, JUMIN_DAY, "%s", database_column_text(rows, 4));
        (void)snprintf(row->expires_on, JUMIN_DAY, "%s", database_column_text(rows, 5));
    }
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

const char *grant_fault(const struct jumin_station *station, const struct grant_row *row,
                        const struct records_proof *proof)
{
    char today[JUMIN_DAY];
    station_day(station, today);
    if (!row->found) {
        return "there is no such token";
    }
    if (!row->has_device || memcmp(row->device, proof->thumbprint, sizeof row->device) != 0) {
        return "the token is bound to another key than that of the DPoP proof";
    }
    if (row->state == JUMIN_CREDENTIAL_EXPIRED ||
        (row->state == JUMIN_CREDENTIAL_VALID && strcmp(row->expires_on, today) < 0)) {
        return "the credential has expired: tap the card, or ask at the counter, for the next one";
    }
    if (row->token_until <= station_now(station)) {
        return "the token has expired";
    }
    if (row->state == JUMIN_CREDENTIAL_SUSPENDED) {
        return "the credential is suspended: card or phone is reported lost";
    }
    return row->state != JUMIN_CREDENTIAL_VALID ? "the credential is revoked" : NULL;
}

// --- Authorizing -------------------------------------------------------------------------------------------------

void records_grant_release(struct records_grant *grant)
{
    issued_text_free(&grant->person);
    issued_text_free(&grant->portrait);
    crypto_wipe(grant, sizeof *grant);
}

static enum jumin_error open_content(struct jumin_station *station, struct records_grant *grant)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(grant->credential);
    const enum jumin_error error = station_query(
        station,
        "SELECT credential.person, portrait, document_number FROM credential LEFT JOIN application ON"
        " application.number = application WHERE credential.number = $1",
        &value, 1, &rows);
    const bool good =
        error == JUMIN_OK && database_next(rows) &&
        credential_unseal(station, "person", grant->credential, database_column_bytes(rows, 0),
                          &grant->person) &&
        (database_is_null(rows, 1) || credential_unseal(station, "portrait", grant->credential,
                                                        database_column_bytes(rows, 1), &grant->portrait));
    if (good) {
        (void)snprintf(grant->document_number, sizeof grant->document_number, "%s",
                       database_column_text(rows, 2));
    }
    const enum jumin_error ended = database_rows_end(rows);
    if (error != JUMIN_OK || ended != JUMIN_OK) {
        return station_database(station, error != JUMIN_OK ? error : ended);
    }
    return good ? JUMIN_OK
                : detail_set(&station->detail, JUMIN_ERROR_SIGNATURE,
                             "the record of %s was changed, or belongs to another one", grant->credential);
}

static enum jumin_error authorize(struct jumin_station *station, const char *access,
                                  const struct records_proof *proof, struct records_grant *grant,
                                  struct records_refusal *refusal)
{
    struct grant_row row;
    enum jumin_error error = grant_find(station, access, TOKEN_ACCESS, &row);
    if (error != JUMIN_OK) {
        return error;
    }
    const char *why = grant_fault(station, &row, proof);
    if (why != NULL) {
        return records_refuse(station, refusal, JUMIN_ERROR_NOT_AUTHORIZED, "invalid_token", "%s", why);
    }
    memcpy(grant->credential, row.credential, sizeof grant->credential);
    memcpy(grant->device, row.device, sizeof grant->device);
    memcpy(grant->issued_on, row.issued_on, sizeof grant->issued_on);
    memcpy(grant->expires_on, row.expires_on, sizeof grant->expires_on);
    grant->edition = row.edition;
    grant->attested = row.attested;
    error = records_remember(station, proof, refusal);
    return error == JUMIN_OK ? open_content(station, grant) : error;
}

enum jumin_error records_authorize(struct jumin_station *station, const char *access,
                                   const struct records_proof *proof, struct records_grant *grant,
                                   struct records_refusal *refusal)
{
    enum jumin_error error = JUMIN_OK;
    *grant = (struct records_grant){.edition = 0};
    do {
        records_grant_release(grant);
        *refusal = (struct records_refusal){NULL};
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, authorize(station, access, proof, grant, refusal))
                                  : error;
    } while (station_again(station, error));
    if (error != JUMIN_OK) {
        records_grant_release(grant);
    }
    return error;
}
