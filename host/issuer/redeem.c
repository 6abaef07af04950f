// Codes and tokens: an offer is looked up and redeemed, once; a token is renewed.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/grant.h"

#include <stdarg.h>
#include <stdio.h>

#define STATE(state) (1U << JUMIN_CREDENTIAL_##state)

void records_serve(struct jumin_station *station)
{
    (void)snprintf(station->officer, sizeof station->officer, "%s", RECORDS_OFFICER);
    station->roles = 0;
}

enum jumin_error records_refuse(struct jumin_station *station, struct records_refusal *refusal,
                                enum jumin_error error, const char *oauth, const char *format, ...)
{
    char sentence[sizeof station->detail.text + 4]; // so that the detail is what cuts it, behind a character
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    refusal->oauth = oauth;
    return detail_set(&station->detail, error, "%s", sentence);
}

enum jumin_error records_remember(struct jumin_station *station, const struct records_proof *proof,
                                  struct records_refusal *refusal)
{
    uint8_t id[CREDENTIAL_SECRET];
    const struct span parts[] = {span_of(proof->thumbprint, sizeof proof->thumbprint), proof->jti};
    if (!crypto_hash_parts(CRYPTO_SHA256, parts, 2, id)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    const struct database_value values[] = {database_bytes(span_of(id, sizeof id)),
                                            database_integer(station_now(station) + RECORDS_PROOF_SECONDS)};
    const enum jumin_error error =
        credential_run(station, "INSERT INTO proof (id, expires_at) VALUES ($1, $2)", values, 2, NULL);
    return error == JUMIN_ERROR_CONFLICT && !database_was_overtaken(station->database)
               ? records_refuse(station, refusal, error, "invalid_dpop_proof", "this DPoP proof came before")
               : error;
}

// --- Offers ------------------------------------------------------------------------------------------------------

// What the records say of an offer.
struct open_offer {
    char credential[JUMIN_CREDENTIAL_NUMBER];
    uint8_t tx_code[VAULT_INDEX], device[JUMIN_DEVICE_THUMBPRINT], holder[VAULT_INDEX];
    uint8_t phone[JUMIN_DEVICE_THUMBPRINT]; // that has redeemed it
    bool found, has_tx_code, has_device, redeemed, has_phone;
    int64_t failures, expires_at;
    enum jumin_credential_state state;
};

static void take_bytes(const struct database_rows *rows, size_t column, uint8_t *to, size_t n, bool *there)
{
    const struct span bytes = database_column_bytes(rows, column);
    *there = bytes.n == n;
    if (*there) {
        memcpy(to, bytes.p, n);
    }
}

#define OFFER_COLUMNS                                                                                        \
    "SELECT offer.credential, offer.tx_code, offer.device, failures, offer.expires_at, redeemed_at, state,"  \
    " holder, credential.device FROM offer JOIN credential ON credential.number = offer.credential"

static enum jumin_error find_offer(struct jumin_station *station, const char *sql, const char *text,
                                   struct open_offer *offer)
{
    struct database_rows *rows = NULL;
    uint8_t hash[CREDENTIAL_SECRET];
    bool has_holder = false;
    *offer = (struct open_offer){.found = false};
    if (!offer_hash(text, hash)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    const struct database_value value = database_bytes(span_of(hash, sizeof hash));
    const enum jumin_error error = station_query(station, sql, &value, 1, &rows);
    if (error == JUMIN_OK && database_next(rows)) {
        (void)snprintf(offer->credential, sizeof offer->credential, "%s", database_column_text(rows, 0));
        take_bytes(rows, 1, offer->tx_code, sizeof offer->tx_code, &offer->has_tx_code);
        take_bytes(rows, 2, offer->device, sizeof offer->device, &offer->has_device);
        take_bytes(rows, 7, offer->holder, sizeof offer->holder, &has_holder);
        take_bytes(rows, 8, offer->phone, sizeof offer->phone, &offer->has_phone);
        offer->failures = database_column_integer(rows, 3);
        offer->expires_at = database_column_integer(rows, 4);
        offer->redeemed = !database_is_null(rows, 5);
        offer->state = (enum jumin_credential_state)database_column_integer(rows, 6);
        offer->found = has_holder;
    }
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

// A code is used once (OpenID4VCI 1.0 §4.1.1, RFC 6749 §4.1.2), also by a phone whose answer was lost when
// the server died: tokens are kept as hashes alone, and others would be a second use. It is told what helps.
static enum jumin_error check_again(struct jumin_station *station, const struct open_offer *offer,
                                    const struct records_proof *proof, struct records_refusal *refusal)
{
    return offer->redeemed && offer->has_phone &&
                   memcmp(offer->phone, proof->thumbprint, sizeof offer->phone) == 0
               ? records_refuse(
                     station, refusal, JUMIN_ERROR_STATUS, "invalid_grant",
                     "the offer was redeemed already, by this phone: if the answer was lost, ask for"
                     " another offer, which takes its place")
               : JUMIN_OK;
}

// Whether it can be redeemed at all.
static enum jumin_error check_open(struct jumin_station *station, const struct open_offer *offer,
                                   struct records_refusal *refusal)
{
    static const char invalid[] = "invalid_grant";
    if (!offer->found) {
        return records_refuse(station, refusal, JUMIN_ERROR_NO_SUCH_FILE, invalid, "there is no such offer");
    }
    if (offer->redeemed) {
        return records_refuse(station, refusal, JUMIN_ERROR_STATUS, invalid,
                              "the offer was redeemed already: it can be used once");
    }
    if (offer->state == JUMIN_CREDENTIAL_EXPIRED || offer->expires_at <= station_now(station)) {
        return records_refuse(station, refusal, JUMIN_ERROR_NOT_VALID_NOW, invalid,
                              "the offer has expired: ask for another one");
    }
    return offer->state == JUMIN_CREDENTIAL_OFFERED
               ? JUMIN_OK
               : records_refuse(station, refusal, JUMIN_ERROR_STATUS, invalid,
                                "the offer is void: another one was made, or the code was wrong too often");
}

enum jumin_error records_offer(struct jumin_station *station, const char *reference,
                               struct records_offer *offer)
{
    struct open_offer open;
    struct records_refusal refusal = {NULL};
    *offer = (struct records_offer){.tx_code = false};
    enum jumin_error error =
        find_offer(station, OFFER_COLUMNS " WHERE offer.reference = $1", reference, &open);
    if (error == JUMIN_OK) {
        error = check_open(station, &open, &refusal);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    offer->tx_code = open.has_tx_code;
    return offer_code(station, reference, offer->code)
               ? JUMIN_OK
               : detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
}

// --- Tokens ------------------------------------------------------------------------------------------------------

static enum jumin_error insert_token(struct jumin_station *station, const char *credential,
                                     enum token_kind kind, int64_t expires_at, char token[RECORDS_SECRET])
{
    uint8_t hash[CREDENTIAL_SECRET];
    if (!offer_random(station, token) || !offer_hash(token, hash)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "there are no random numbers");
    }
    const struct database_value values[] = {database_bytes(span_of(hash, sizeof hash)),
                                            database_text(credential), database_integer(kind),
                                            database_integer(expires_at)};
    return credential_run(station,
                          "INSERT INTO token (hash, credential, kind, expires_at) VALUES ($1, $2, $3, $4)",
                          values, 4, NULL);
}

static enum jumin_error make_access(struct jumin_station *station, struct records_tokens *tokens)
{
    tokens->expires_in = RECORDS_ACCESS_SECONDS;
    return insert_token(station, tokens->credential, TOKEN_ACCESS,
                        station_now(station) + RECORDS_ACCESS_SECONDS, tokens->access);
}

// --- Redeeming ---------------------------------------------------------------------------------------------------

// A wrong code of the receipt is counted, and so its transaction is one that ends well.
struct redeeming {
    struct jumin_station *station;
    const char *code, *tx_code;
    const struct records_proof *proof;
    struct records_tokens *tokens;
    struct records_refusal *refusal;
    struct open_offer offer;
    bool wrong;
};

static enum jumin_error count_wrong(struct redeeming *r)
{
    struct jumin_station *station = r->station;
    const struct database_value value = database_text(r->offer.credential);
    r->wrong = true;
    enum jumin_error error = credential_run(
        station, "UPDATE offer SET failures = failures + 1 WHERE credential = $1", &value, 1, NULL);
    if (error == JUMIN_OK) {
        error = audit_append(station, "wrong-code", r->offer.credential, "");
    }
    return error == JUMIN_OK && r->offer.failures + 1 >= RECORDS_TX_TRIES
               ? credential_move(station, r->offer.credential, STATE(OFFERED), JUMIN_CREDENTIAL_REVOKED,
                                 "void-offer", "the code was wrong too often")
               : error;
}

// The code of the receipt, where there is one. `r->wrong` and JUMIN_OK: another one was given.
static enum jumin_error check_tx_code(struct redeeming *r)
{
    uint8_t hash[VAULT_INDEX];
    if (r->offer.has_tx_code != (r->tx_code != NULL)) {
        return records_refuse(r->station, r->refusal, JUMIN_ERROR_INPUT, "invalid_request",
                              r->offer.has_tx_code ? "tx_code is missing: it stands on the receipt"
                                                   : "tx_code is not expected");
    }
    if (!r->offer.has_tx_code) {
        return JUMIN_OK;
    }
    if (strlen(r->tx_code) != JUMIN_TX_CODE - 1) {
        return count_wrong(r);
    }
    if (!offer_tx_hash(r->station, r->offer.credential, r->tx_code, hash)) {
        return detail_set(&r->station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    }
    return crypto_equal(hash, r->offer.tx_code, sizeof hash) ? JUMIN_OK : count_wrong(r);
}

// One phone: what the holder had is over, all copies of it.
static enum jumin_error end_other(struct redeeming *r)
{
    char number[JUMIN_CREDENTIAL_NUMBER];
    const struct database_value value = database_bytes(span_of(r->offer.holder, VAULT_INDEX));
    const enum jumin_error error = credential_find(
        r->station, "SELECT number FROM credential WHERE holder = $1 AND state IN (1, 2)", &value, 1, number);
    return error == JUMIN_OK && number[0] != '\0'
               ? credential_move(r->station, number, STATE(VALID) | STATE(SUSPENDED),
                                 JUMIN_CREDENTIAL_REVOKED, "revoke", "another one was issued")
               : error;
}

static enum jumin_error begin_validity(struct redeeming *r, int64_t *until)
{
    struct jumin_station *station = r->station;
    char today[JUMIN_DAY], last[JUMIN_DAY];
    station_day(station, today);
    const enum jumin_error error =
        jumin_policy_expiry(station->policy, JUMIN_SUBJECT_CREDENTIAL, today, last);
    if (error != JUMIN_OK) {
        return detail_set(&station->detail, error, "%s", jumin_policy_detail(station->policy));
    }
    enum { DAY_SECONDS = 24 * 3600, TELL_DAYS = 90 }; // after its end a wallet is told so, and to renew
    *until = station_day_begin(last) + (1 + TELL_DAYS) * (int64_t)DAY_SECONDS;
    const struct database_value values[] = {
        database_text(r->offer.credential),
        database_bytes(span_of(r->proof->thumbprint, sizeof r->proof->thumbprint)), database_text(today),
        database_text(last)};
    return credential_run(station,
                          "UPDATE credential SET device = $2, issued_on = $3, expires_on = $4"
                          " WHERE number = $1",
                          values, 4, NULL);
}

static enum jumin_error take(struct redeeming *r)
{
    struct jumin_station *station = r->station;
    int64_t until = 0;
    const struct database_value values[] = {database_text(r->offer.credential),
                                            database_integer(station_now(station))};
    (void)snprintf(r->tokens->credential, sizeof r->tokens->credential, "%s", r->offer.credential);
    enum jumin_error error = end_other(r);
    if (error == JUMIN_OK) {
        error = begin_validity(r, &until);
    }
    if (error == JUMIN_OK) {
        error = credential_move(station, r->offer.credential, STATE(OFFERED), JUMIN_CREDENTIAL_VALID,
                                "redeem", "");
    }
    if (error == JUMIN_OK) {
        error = credential_run(station, "UPDATE offer SET redeemed_at = $2 WHERE credential = $1", values, 2,
                               NULL);
    }
    if (error == JUMIN_OK) {
        error = make_access(station, r->tokens);
    }
    return error == JUMIN_OK
               ? insert_token(station, r->offer.credential, TOKEN_REFRESH, until, r->tokens->refresh)
               : error;
}

// Nobody else redeems it, and no loss is reported, until the transaction ends.
static enum jumin_error hold_offer(struct redeeming *r)
{
    static const char by_code[] = OFFER_COLUMNS " WHERE offer.code = $1";
    enum jumin_error error = find_offer(r->station, by_code, r->code, &r->offer);
    if (error != JUMIN_OK || !r->offer.found) {
        return error;
    }
    error = credential_hold(r->station, r->offer.credential);
    if (error == JUMIN_OK) {
        const struct database_value value = database_text(r->offer.credential);
        error = credential_run(r->station, "UPDATE offer SET failures = failures WHERE credential = $1",
                               &value, 1, NULL);
    }
    return error == JUMIN_OK ? find_offer(r->station, by_code, r->code, &r->offer) : error;
}

static enum jumin_error redeem(struct redeeming *r)
{
    struct jumin_station *station = r->station;
    r->wrong = false;
    enum jumin_error error = hold_offer(r);
    if (error == JUMIN_OK) {
        error = check_again(station, &r->offer, r->proof, r->refusal);
    }
    if (error == JUMIN_OK) {
        error = check_open(station, &r->offer, r->refusal);
    }
    if (error == JUMIN_OK && r->offer.has_device &&
        memcmp(r->offer.device, r->proof->thumbprint, JUMIN_DEVICE_THUMBPRINT) != 0) {
        error = records_refuse(station, r->refusal, JUMIN_ERROR_NOT_AUTHORIZED, "invalid_grant",
                               "the card has bound another key than that of the DPoP proof");
    }
    if (error == JUMIN_OK) {
        error = check_tx_code(r);
    }
    if (error != JUMIN_OK || r->wrong) {
        return error;
    }
    error = records_remember(station, r->proof, r->refusal);
    return error == JUMIN_OK ? take(r) : error;
}

enum jumin_error records_redeem(struct jumin_station *station, const char *code, const char *tx_code,
                                const struct records_proof *proof, struct records_tokens *tokens,
                                struct records_refusal *refusal)
{
    struct redeeming r = {.station = station,
                          .code = code,
                          .tx_code = tx_code,
                          .proof = proof,
                          .tokens = tokens,
                          .refusal = refusal};
    enum jumin_error error = JUMIN_OK;
    do {
        *tokens = (struct records_tokens){.expires_in = 0};
        *refusal = (struct records_refusal){NULL};
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, redeem(&r)) : error;
    } while (station_again(station, error));
    if (error == JUMIN_OK && r.wrong) {
        error = records_refuse(station, refusal, JUMIN_ERROR_WRONG_PASSWORD, "invalid_grant",
                               "tx_code is not the code on the receipt");
    }
    if (error != JUMIN_OK) {
        crypto_wipe(tokens, sizeof *tokens);
    }
    crypto_wipe(&r.offer, sizeof r.offer);
    return error;
}

// --- Renewing an access token ------------------------------------------------------------------------------------

static enum jumin_error refresh_token(struct jumin_station *station, const char *refresh,
                                      const struct records_proof *proof, struct records_tokens *tokens,
                                      struct records_refusal *refusal)
{
    struct grant_row row;
    enum jumin_error error = grant_find(station, refresh, TOKEN_REFRESH, &row);
    if (error != JUMIN_OK) {
        return error;
    }
    const char *why = grant_fault(station, &row, proof);
    if (why != NULL) {
        return records_refuse(station, refusal, JUMIN_ERROR_NOT_AUTHORIZED, "invalid_grant", "%s", why);
    }
    error = records_remember(station, proof, refusal);
    (void)snprintf(tokens->credential, sizeof tokens->credential, "%s", row.credential);
    return error == JUMIN_OK ? make_access(station, tokens) : error;
}

enum jumin_error records_refresh(struct jumin_station *station, const char *refresh,
                                 const struct records_proof *proof, struct records_tokens *tokens,
                                 struct records_refusal *refusal)
{
    enum jumin_error error = JUMIN_OK;
    do {
        *tokens = (struct records_tokens){.expires_in = 0};
        *refusal = (struct records_refusal){NULL};
        error = station_begin(station);
        error = error == JUMIN_OK
                    ? station_end(station, refresh_token(station, refresh, proof, tokens, refusal))
                    : error;
    } while (station_again(station, error));
    if (error != JUMIN_OK) {
        crypto_wipe(tokens, sizeof *tokens);
    }
    return error;
}
