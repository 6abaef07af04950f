// Copies of a credential: asked for in batches, deferred, and acknowledged (OpenID4VCI 1.0 §8, §9, §11).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/request_internal.h"

#include "host/json_fields.h"
#include "host/mobile/attestation_jwt.h"

#include <stdio.h>
#include <stdlib.h>

enum { PROOF_MAX = 8192, VOUCHER_MAX = 4096, VOUCHER_SECONDS = 300 };

// --- Keys and proofs -------------------------------------------------------------------------------------------

static enum jumin_error make_keys(struct wallet_exchange *exchange, size_t count, struct batch *batch)
{
    batch->keys = calloc(count, sizeof *batch->keys);
    const enum jumin_error error =
        batch->keys != NULL ? wallet_make_keys(exchange->wallet, batch->keys, count) : JUMIN_ERROR_MEMORY;
    batch->key_count = error == JUMIN_OK ? count : 0;
    return error;
}

static void release_batch(struct batch *batch)
{
    wallet_wipe_copies(batch->copies, batch->copy_count);
    if (batch->keys != NULL) {
        crypto_wipe(batch->keys, batch->key_count * sizeof *batch->keys);
    }
    free(batch->keys);
    crypto_wipe(batch, sizeof *batch);
}

// Keys that were made for a request, and that nothing has taken: the file has known them as spare.
static void drop_keys(struct jumin_wallet *wallet, const struct batch *batch)
{
    for (size_t i = 0; i < batch->key_count; i++) {
        wallet_spare_key(wallet, &batch->keys[i]);
    }
    wallet_remove_spares(wallet);
}

// From its own end (1.0); drafts gave it with the token, and with each answer.
static enum jumin_error take_nonce(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                   char nonce[JUMIN_WALLET_TEXT])
{
    struct exchange_answer answer = {.status = 0};
    (void)snprintf(nonce, JUMIN_WALLET_TEXT, "%s", credential->grant.nonce);
    credential->grant.nonce[0] = '\0';
    if (credential->issuer.nonce[0] == '\0') {
        return JUMIN_OK;
    }
    const struct exchange_request request = {.url = credential->issuer.nonce};
    enum jumin_error error = exchange_post(exchange, &request, &answer);
    const char *given = json_string_value(json_object_get(answer.json, "c_nonce"));
    if (error == JUMIN_OK && answer.status != 200) {
        error = exchange_refused(exchange, &answer, "the nonce");
    } else if (error == JUMIN_OK && (given == NULL || strlen(given) >= JUMIN_WALLET_TEXT)) {
        error = detail_set(&exchange->wallet->detail, JUMIN_ERROR_MALFORMED,
                           "the issuer's answer holds no nonce");
    } else if (error == JUMIN_OK) {
        (void)snprintf(nonce, JUMIN_WALLET_TEXT, "%s", given);
    }
    exchange_release(&answer);
    return error;
}

// The device key, which a card may have bound and a provider attested, vouches for the keys of the batch:
// a key attestation (OpenID4VCI 1.0 App. D.1) that this key signs itself.
static bool vouch(const struct wallet_exchange *exchange, const struct batch *batch, const char *nonce,
                  char text[VOUCHER_MAX])
{
    uint8_t keys[JUMIN_WALLET_BATCH][SIGNER_POINT];
    struct wallet_signer context;
    struct writer w = writer_of(text, VOUCHER_MAX - 1);
    const struct signer signer = wallet_signer_of(&context, exchange->wallet, &exchange->wallet->device);
    const struct key_attestation_order order = {.signer = &signer,
                                                .keys = (const uint8_t(*)[SIGNER_POINT])keys,
                                                .key_count = batch->key_count,
                                                .nonce = nonce[0] != '\0' ? nonce : NULL,
                                                .issued_at = exchange->now,
                                                .expires = exchange->now + VOUCHER_SECONDS};
    for (size_t i = 0; i < batch->key_count && i < JUMIN_WALLET_BATCH; i++) {
        memcpy(keys[i], batch->keys[i].point, SIGNER_POINT);
    }
    const bool good = batch->key_count <= JUMIN_WALLET_BATCH && key_attestation_make(&order, &w) == JUMIN_OK;
    text[w.n] = '\0';
    return good;
}

// `voucher` NULL: none.
static json_t *proof(const struct wallet_exchange *exchange, const struct wallet_credential *credential,
                     const struct wallet_key *key, const char *nonce, const char *voucher)
{
    char text[PROOF_MAX];
    struct wallet_signer context;
    struct writer w = writer_of(text, sizeof text);
    const struct signer signer = wallet_signer_of(&context, exchange->wallet, key);
    const struct proof_jwt_order order = {.key = &signer,
                                          .audience = credential->issuer.identifier,
                                          .nonce = nonce[0] != '\0' ? nonce : NULL,
                                          .key_attestation = voucher,
                                          .now = exchange->now};
    return proof_jwt_make(&order, &w) == JUMIN_OK ? json_stringn(text, w.n) : NULL;
}

// --- The request -----------------------------------------------------------------------------------------------

// Where attestations are asked for the first proof has one for all of the batch.
static bool put_proofs(const struct wallet_exchange *exchange, const struct wallet_credential *credential,
                       const struct batch *batch, const char *nonce, json_t *body)
{
    char voucher[VOUCHER_MAX];
    json_t *list = json_array();
    const bool attested = credential->issuer.attested;
    bool ok = list != NULL && (!attested || vouch(exchange, batch, nonce, voucher));
    for (size_t i = 0; i < batch->key_count && ok; i++) {
        const char *beside = attested && i == 0 ? voucher : NULL;
        ok = json_array_append_new(list, proof(exchange, credential, &batch->keys[i], nonce, beside)) == 0;
    }
    // Drafts have one proof, unless the issuer gives batches.
    const bool one = !credential->issuer.final && credential->issuer.batch < 2;
    if (ok && one) {
        ok = json_object_set_new(
                 body, "proof",
                 json_pack("{s:s, s:O}", "proof_type", "jwt", "jwt", json_array_get(list, 0))) == 0;
    } else if (ok) {
        ok = json_object_set_new(body, "proofs", json_pack("{s:O}", "jwt", list)) == 0;
    }
    json_decref(list);
    return ok;
}

// 1.0 names a configuration, or what the token's answer has named. Drafts before 15 also want to know the
// format, and those behind pass over it.
static json_t *make_body(const struct wallet_exchange *exchange, const struct wallet_credential *credential,
                         const struct batch *batch, const char *nonce)
{
    const bool named = credential->identifier[0] != '\0';
    json_t *body = json_pack("{s:s}", named ? "credential_identifier" : "credential_configuration_id",
                             named ? credential->identifier : credential->configuration);
    if (body != NULL && !credential->issuer.final && !named) {
        (void)json_object_set_new(body, "format", json_string(credential->format_name));
        (void)json_object_set_new(body, credential->format == JUMIN_WALLET_MDOC ? "doctype" : "vct",
                                  json_string(credential->type));
    }
    if (body == NULL || !put_proofs(exchange, credential, batch, nonce, body)) {
        json_decref(body);
        return NULL;
    }
    return body;
}

// --- The calls -----------------------------------------------------------------------------------------------

// Whether another try with the nonce of the moment may help: 1.0 says invalid_nonce, drafts invalid_proof
// with the nonce that is due.
static bool wants_nonce(const struct wallet_credential *credential, const struct exchange_answer *answer)
{
    const char *error = exchange_error(answer);
    return answer->status == 400 && (strcmp(error, "invalid_nonce") == 0 ||
                                     (strcmp(error, "invalid_proof") == 0 && !credential->issuer.final &&
                                      json_is_string(json_object_get(answer->json, "c_nonce"))));
}

static enum jumin_error post_request(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                     const struct batch *batch, struct exchange_answer *answer)
{
    char nonce[JUMIN_WALLET_TEXT];
    enum jumin_error error = JUMIN_OK;
    for (int attempt = 0; attempt < 2 && error == JUMIN_OK; attempt++) {
        error = take_nonce(exchange, credential, nonce);
        json_t *body = error == JUMIN_OK ? make_body(exchange, credential, batch, nonce) : NULL;
        if (error == JUMIN_OK && body == NULL) {
            error =
                wallet_key_failed(exchange->wallet, JUMIN_ERROR_CRYPTO, "a key of the wallet does not sign");
        }
        if (error == JUMIN_OK) {
            error = token_post(exchange, credential, credential->issuer.credential, body, answer);
        }
        if (error != JUMIN_OK || attempt == 1 || !wants_nonce(credential, answer)) {
            break;
        }
        request_take_nonces(credential, answer->json);
        exchange_release(answer);
    }
    return error;
}

static enum jumin_error request_new(struct wallet_exchange *exchange, struct wallet_credential *credential)
{
    struct exchange_answer answer = {.status = 0};
    struct batch batch = {.key_count = 0};
    enum jumin_error error = make_keys(exchange, credential->issuer.batch, &batch);
    if (error == JUMIN_OK) {
        error = post_request(exchange, credential, &batch, &answer);
    }
    if (error == JUMIN_OK) {
        error = answer.status == 200 || answer.status == 202
                    ? request_take_answer(exchange, credential, &answer, &batch)
                    : exchange_refused(exchange, &answer, "the credential");
    }
    exchange_release(&answer);
    if (error != JUMIN_OK) {
        drop_keys(exchange->wallet, &batch);
    }
    release_batch(&batch);
    return error;
}

// What was deferred is not to be had; its keys are of no use.
static enum jumin_error forget_deferred(struct wallet_exchange *exchange,
                                        struct wallet_credential *credential)
{
    struct jumin_wallet *wallet = exchange->wallet;
    struct wallet_deferred before = credential->deferred;
    for (size_t i = 0; i < before.count; i++) {
        wallet_spare_key(wallet, &before.keys[i]);
    }
    credential->deferred = (struct wallet_deferred){.count = 0};
    const enum jumin_error error = wallet_save(wallet);
    if (error != JUMIN_OK) {
        credential->deferred = before;
        wallet_keep_keys(wallet, credential);
        return error;
    }
    request_wipe_keys(&before);
    return JUMIN_OK;
}

// The keys stay the credential's while an answer is taken.
static bool borrow_keys(const struct wallet_deferred *deferred, struct batch *batch)
{
    batch->keys = calloc(deferred->count + 1, sizeof *batch->keys);
    if (batch->keys == NULL) {
        return false;
    }
    memcpy(batch->keys, deferred->keys, deferred->count * sizeof *batch->keys);
    batch->key_count = deferred->count;
    return true;
}

static enum jumin_error take_deferred(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                      const struct exchange_answer *answer)
{
    struct batch batch = {.key_count = 0};
    if (!borrow_keys(&credential->deferred, &batch)) {
        return JUMIN_ERROR_MEMORY;
    }
    const enum jumin_error error = request_take_answer(exchange, credential, answer, &batch);
    release_batch(&batch);
    // What has come and is of no use does not come twice; what could not be written may.
    if (error != JUMIN_OK && error != JUMIN_ERROR_FILE && error != JUMIN_ERROR_MEMORY) {
        const struct detail kept = exchange->wallet->detail;
        (void)forget_deferred(exchange, credential);
        exchange->wallet->detail = kept;
    }
    return error;
}

static enum jumin_error request_deferred(struct wallet_exchange *exchange,
                                         struct wallet_credential *credential)
{
    struct wallet_deferred *deferred = &credential->deferred;
    struct exchange_answer answer = {.status = 0};
    if (exchange->now < deferred->not_before) {
        return JUMIN_OK;
    }
    enum jumin_error error = token_post(exchange, credential, credential->issuer.deferred,
                                        json_pack("{s:s}", "transaction_id", deferred->transaction), &answer);
    if (error != JUMIN_OK) {
        // Another time.
    } else if (answer.status == 200 || answer.status == 202) {
        error = take_deferred(exchange, credential, &answer);
    } else if (strcmp(exchange_error(&answer), "issuance_pending") == 0) { // drafts before 16
        deferred->not_before = exchange->now + request_interval(answer.json);
    } else {
        error = exchange_refused(exchange, &answer, "the deferred credential");
        if (error == JUMIN_ERROR_ACCESS_DENIED) {
            const struct detail kept = exchange->wallet->detail;
            (void)forget_deferred(exchange, credential);
            exchange->wallet->detail = kept;
        }
    }
    exchange_release(&answer);
    return error;
}

enum jumin_error request_copies(struct wallet_exchange *exchange, struct wallet_credential *credential)
{
    return credential->deferred.transaction[0] != '\0' ? request_deferred(exchange, credential)
                                                       : request_new(exchange, credential);
}

void request_notify(struct wallet_exchange *exchange, struct wallet_credential *credential, const char *event)
{
    struct exchange_answer answer = {.status = 0};
    if (credential->notification[0] == '\0' || credential->issuer.notification[0] == '\0') {
        return;
    }
    (void)token_post(exchange, credential, credential->issuer.notification,
                     json_pack("{s:s, s:s}", "notification_id", credential->notification, "event", event),
                     &answer);
    exchange_release(&answer);
}
