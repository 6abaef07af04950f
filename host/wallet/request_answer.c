// Copies of a credential that came, or that come later: checked as a batch, and kept (OpenID4VCI 1.0 §8.3,
// §9.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/request_internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { INTERVAL = 5, INTERVAL_MAX = 7 * 86400 };

static enum jumin_error say(const struct wallet_exchange *exchange, enum jumin_error error, const char *why)
{
    return detail_set(&exchange->wallet->detail, error, "%s", why);
}

// An item of `credentials`: {"credential": "…"} since draft 15, the text itself before.
static const char *credential_text(const json_t *item)
{
    return json_string_value(json_is_object(item) ? json_object_get(item, "credential") : item);
}

// One credential has one signer, and ends with the copy that ends first.
static enum jumin_error take_copy(struct wallet_exchange *exchange, struct batch *batch, const char *text,
                                  size_t index)
{
    struct wallet_credential *said = &batch->said;
    struct wallet_copy *copy = &batch->copies[index];
    const bool trusted = said->trusted;
    const int64_t expires = said->expires;
    char signer[sizeof said->signer];
    memcpy(signer, said->signer, sizeof signer);
    if (text == NULL) {
        return say(exchange, JUMIN_ERROR_MALFORMED, "the issuer's answer holds no credential");
    }
    const enum jumin_error error = receive_copy(exchange, said, text, batch->keys, batch->key_count, copy);
    if (error != JUMIN_OK || index == 0) {
        return error;
    }
    for (size_t i = 0; i < index; i++) {
        if (memcmp(batch->copies[i].key.point, copy->key.point, sizeof copy->key.point) == 0) {
            return say(exchange, JUMIN_ERROR_MALFORMED, "two copies are for the same key");
        }
    }
    if (expires != 0 && (said->expires == 0 || expires < said->expires)) {
        said->expires = expires;
    }
    return said->trusted == trusted && strcmp(said->signer, signer) == 0
               ? JUMIN_OK
               : say(exchange, JUMIN_ERROR_MALFORMED, "the copies of the batch have different signers");
}

static enum jumin_error take_copies(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                    const json_t *json, struct batch *batch)
{
    const json_t *list = json_object_get(json, "credentials"), *single = json_object_get(json, "credential");
    const size_t count = list != NULL ? json_array_size(list) : single != NULL ? 1 : 0;
    if (count == 0 || count > batch->key_count) {
        return say(exchange, JUMIN_ERROR_MALFORMED,
                   "the issuer has sent another number of copies than was asked for");
    }
    batch->copies = calloc(count, sizeof *batch->copies);
    batch->said = *credential; // borrows what is in it
    enum jumin_error error = batch->copies != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        error =
            take_copy(exchange, batch, credential_text(list != NULL ? json_array_get(list, i) : single), i);
        batch->copy_count++; // wiped with the batch, whatever it is
    }
    return error == JUMIN_OK ? receive_copies_agree(exchange, credential, batch->copies, batch->copy_count)
                             : error;
}

void request_wipe_keys(struct wallet_deferred *deferred)
{
    if (deferred->keys != NULL) {
        crypto_wipe(deferred->keys, deferred->count * sizeof *deferred->keys);
    }
    free(deferred->keys);
}

// The new copies in place of the present ones, which may say what is no longer so; once the file says so, the
// keys of these are removed. On error all is as before, and the new copies are still the batch's.
static enum jumin_error keep_copies(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                    struct batch *batch)
{
    struct jumin_wallet *wallet = exchange->wallet;
    struct wallet_credential before = *credential;
    const size_t events = wallet->event_count;
    wallet_spare_keys(wallet, &before);
    for (size_t i = 0; i < batch->key_count; i++) {
        wallet_spare_key(wallet, &batch->keys[i]);
    }
    credential->trusted = batch->said.trusted;
    credential->issued = batch->said.issued;
    credential->expires = batch->said.expires;
    memcpy(credential->signer, batch->said.signer, sizeof credential->signer);
    credential->copies = batch->copies;
    credential->copy_count = batch->copy_count;
    credential->deferred = (struct wallet_deferred){.count = 0};
    credential->status = JUMIN_WALLET_USABLE;
    credential->status_issued = credential->status_due = 0; // the new copies may stand in another list
    wallet_keep_keys(wallet, credential);
    enum jumin_error error = wallet_remember_only(wallet, exchange->now, "received",
                                                  credential->issuer.identifier, "", credential->type, "")
                                 ? wallet_save(wallet)
                                 : JUMIN_ERROR_MEMORY;
    if (error != JUMIN_OK) {
        for (size_t i = 0; i < batch->key_count; i++) {
            wallet_use_key(wallet, &batch->keys[i]);
        }
        wallet_keep_keys(wallet, &before);
        wallet_forget_events(wallet, events);
        *credential = before;
    } else {
        wallet_wipe_copies(before.copies, before.copy_count);
        request_wipe_keys(&before.deferred);
        batch->copies = NULL;
        batch->copy_count = 0;
    }
    crypto_wipe(&before, sizeof before);
    return error;
}

int64_t request_interval(const json_t *json)
{
    const json_int_t interval = json_integer_value(json_object_get(json, "interval"));
    return interval > 0 && interval < INTERVAL_MAX ? interval : INTERVAL;
}

// The keys are the credential's from now on; on error they are still the batch's.
static enum jumin_error keep_deferred(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                      const json_t *json, struct batch *batch)
{
    const char *transaction = json_string_value(json_object_get(json, "transaction_id"));
    struct wallet_deferred *deferred = &credential->deferred;
    struct wallet_deferred before = *deferred;
    if (transaction == NULL || transaction[0] == '\0' ||
        strlen(transaction) >= sizeof deferred->transaction) {
        return say(exchange, JUMIN_ERROR_MALFORMED, "the issuer wants time, and does not say for what");
    }
    if (credential->issuer.deferred[0] == '\0') {
        return say(exchange, JUMIN_ERROR_MALFORMED, "the issuer wants time, and does not say where to ask");
    }
    (void)snprintf(deferred->transaction, sizeof deferred->transaction, "%s", transaction);
    deferred->not_before = exchange->now + request_interval(json);
    deferred->keys = batch->keys;
    deferred->count = batch->key_count;
    wallet_keep_keys(exchange->wallet, credential);
    const enum jumin_error error = wallet_save(exchange->wallet);
    if (error != JUMIN_OK) {
        for (size_t i = 0; i < batch->key_count && before.keys == NULL; i++) {
            wallet_use_key(exchange->wallet, &batch->keys[i]);
        }
        *deferred = before;
        return error;
    }
    request_wipe_keys(&before);
    batch->keys = NULL;
    batch->key_count = 0;
    return JUMIN_OK;
}

void request_take_nonces(struct wallet_credential *credential, const json_t *json)
{
    const char *nonce = json_string_value(json_object_get(json, "c_nonce"));
    const char *notification = json_string_value(json_object_get(json, "notification_id"));
    (void)snprintf(credential->grant.nonce, sizeof credential->grant.nonce, "%s",
                   nonce != NULL && strlen(nonce) < JUMIN_WALLET_TEXT ? nonce : "");
    (void)snprintf(credential->notification, sizeof credential->notification, "%s",
                   notification != NULL && strlen(notification) < JUMIN_WALLET_TEXT ? notification : "");
}

enum jumin_error request_take_answer(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                     const struct exchange_answer *answer, struct batch *batch)
{
    request_take_nonces(credential, answer->json);
    if (json_object_get(answer->json, "transaction_id") != NULL) {
        return keep_deferred(exchange, credential, answer->json, batch);
    }
    enum jumin_error error = take_copies(exchange, credential, answer->json, batch);
    if (error == JUMIN_OK) {
        error = keep_copies(exchange, credential, batch);
    }
    if (error != JUMIN_OK) {
        const struct detail kept = exchange->wallet->detail;
        request_notify(exchange, credential, "credential_failure");
        exchange->wallet->detail = kept;
    } else {
        request_notify(exchange, credential, "credential_accepted");
    }
    return error;
}
