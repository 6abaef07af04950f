// From an offer to credentials in the wallet (OpenID4VCI 1.0).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/provision.h"

#include "host/json_fields.h"

#include <stdio.h>

// What the token's answer names a configuration by (§6.2); "" when it does not.
static void take_identifier(const json_t *answer, const char *configuration, char *identifier,
                            size_t capacity)
{
    const json_t *details = json_object_get(answer, "authorization_details");
    identifier[0] = '\0';
    for (size_t i = 0; i < json_array_size(details); i++) {
        const json_t *item = json_array_get(details, i);
        const char *id = json_string_value(json_object_get(item, "credential_configuration_id"));
        const char *first =
            json_string_value(json_array_get(json_object_get(item, "credential_identifiers"), 0));
        if (id != NULL && first != NULL && strcmp(id, configuration) == 0 && strlen(first) < capacity) {
            (void)snprintf(identifier, capacity, "%s", first);
            return;
        }
    }
}

static void fill_in(struct wallet_credential *made, const struct offer_configuration *found,
                    const char *configuration, const struct wallet_issuer *issuer,
                    const struct wallet_grant *grant, const json_t *answer)
{
    made->format = found->format;
    made->issuer = *issuer;
    made->issuer.final = found->final;
    made->issuer.attested = found->attested;
    made->grant = *grant;
    made->single_use = issuer->batch > 1;
    (void)snprintf(made->configuration, sizeof made->configuration, "%s", configuration);
    (void)snprintf(made->format_name, sizeof made->format_name, "%s", found->format_name);
    (void)snprintf(made->type, sizeof made->type, "%s", found->type);
    (void)snprintf(made->name, sizeof made->name, "%s", found->name);
    take_identifier(answer, configuration, made->identifier, sizeof made->identifier);
}

// An issuer ends what it gave this person before: of no more use once a later one has come.
static bool is_superseded(const struct jumin_wallet *wallet, size_t index)
{
    const struct wallet_credential *before = &wallet->credentials[index];
    bool found = false;
    for (size_t i = index + 1; i < wallet->count && receive_is_residents(before->type); i++) {
        const struct wallet_credential *later = &wallet->credentials[i];
        found |= later->copy_count > 0 && strcmp(later->configuration, before->configuration) == 0 &&
                 strcmp(later->issuer.identifier, before->issuer.identifier) == 0;
    }
    return found;
}

static enum jumin_error drop_superseded(struct jumin_wallet *wallet)
{
    bool marked[WALLET_CREDENTIALS_MAX] = {false}, any = false;
    for (size_t i = 0; i < wallet->count; i++) {
        marked[i] = is_superseded(wallet, i);
        any |= marked[i];
    }
    return any ? wallet_drop_marked(wallet, marked) : JUMIN_OK;
}

struct provision {
    struct wallet_issuer issuer;
    struct wallet_grant grant;
    json_t *metadata, *answer;
    char ids[OFFER_CONFIGURATIONS][JUMIN_WALLET_ID];
    size_t count;
};

// Those that can be kept; and whether one of them is a resident's.
static size_t known(const struct offer *offer, struct provision *provision, bool *residents)
{
    struct offer_configuration found;
    size_t count = 0;
    *residents = false;
    for (size_t i = 0; i < offer->count; i++) {
        if (metadata_configuration(provision->metadata, offer->configurations[i], &found)) {
            provision->issuer.final |= found.final;
            *residents |= receive_is_residents(found.type);
            count++;
        }
    }
    return count;
}

// The code is used up: what it was good for is written down first. On error it is not there.
static enum jumin_error keep(struct wallet_exchange *exchange, const struct offer *offer,
                             struct provision *provision)
{
    struct jumin_wallet *wallet = exchange->wallet;
    struct offer_configuration found;
    enum jumin_error error = JUMIN_OK;
    const size_t before = wallet->count;
    for (size_t i = 0; i < offer->count && error == JUMIN_OK; i++) {
        const char *configuration = offer->configurations[i];
        if (!metadata_configuration(provision->metadata, configuration, &found)) {
            continue;
        }
        struct wallet_credential *made = wallet_new_credential(wallet);
        if (made == NULL) {
            error = detail_set(&wallet->detail, JUMIN_ERROR_TOO_LONG, "the wallet is full");
            continue;
        }
        fill_in(made, &found, configuration, &provision->issuer, &provision->grant, provision->answer);
        (void)snprintf(provision->ids[provision->count++], JUMIN_WALLET_ID, "%s", made->id);
    }
    error = error == JUMIN_OK ? wallet_save(wallet) : error;
    while (error != JUMIN_OK && wallet->count > before) {
        wallet_drop_credential(wallet, &wallet->credentials[wallet->count - 1]);
    }
    return error;
}

static enum jumin_error fetch(struct wallet_exchange *exchange, const struct provision *provision)
{
    enum jumin_error first = JUMIN_OK;
    for (size_t i = 0; i < provision->count; i++) {
        struct wallet_credential *credential = wallet_find(exchange->wallet, provision->ids[i]);
        const struct detail kept = exchange->wallet->detail;
        const enum jumin_error error =
            credential != NULL ? request_copies(exchange, credential) : JUMIN_ERROR_NO_SUCH_FILE;
        if (first != JUMIN_OK) {
            exchange->wallet->detail = kept;
        } else {
            first = error;
        }
        // A draft's nonce is good once, for whoever comes next.
        if (credential != NULL && i + 1 < provision->count) {
            struct wallet_credential *next = wallet_find(exchange->wallet, provision->ids[i + 1]);
            if (next != NULL) {
                next->grant = credential->grant;
            }
        }
    }
    return first;
}

// A code that came another way is asked for before the offer's code is used up.
static enum jumin_error check_tx_code(const struct wallet_exchange *exchange, const struct offer *offer,
                                      const char *tx_code)
{
    if (offer->tx_code && (tx_code == NULL || tx_code[0] == '\0')) {
        return detail_set(&exchange->wallet->detail, JUMIN_ERROR_INPUT,
                          "the offer needs a code that came with it%s%s",
                          offer->tx_code_hint[0] != '\0' ? ": " : "", offer->tx_code_hint);
    }
    if (!offer->tx_code && tx_code != NULL) {
        return detail_set(&exchange->wallet->detail, JUMIN_ERROR_INPUT, "the offer needs no further code");
    }
    return JUMIN_OK;
}

// Whatever can be known to fail does so before the code is used up.
static enum jumin_error prepare(struct wallet_exchange *exchange, const struct offer *offer,
                                const char *tx_code, struct provision *provision)
{
    struct jumin_wallet *wallet = exchange->wallet;
    bool residents = false;
    enum jumin_error error = check_tx_code(exchange, offer, tx_code);
    if (error == JUMIN_OK) {
        error = metadata_take(exchange, offer->issuer, &provision->issuer, &provision->metadata);
    }
    if (error == JUMIN_OK && known(offer, provision, &residents) == 0) {
        error = detail_set(&wallet->detail, JUMIN_ERROR_NOT_SUPPORTED,
                           "nothing of what is offered can be kept here");
    }
    if (error == JUMIN_OK && residents) {
        (void)wallet_refresh_trust(wallet, exchange->now);
        error = receive_can_know(wallet, exchange->now, &wallet->detail);
    }
    if (error == JUMIN_OK && wallet->count + offer->count > WALLET_CREDENTIALS_MAX) {
        error = detail_set(&wallet->detail, JUMIN_ERROR_TOO_LONG, "the wallet is full");
    }
    if (error == JUMIN_OK) {
        error = metadata_take_server(exchange, provision->metadata, offer->server, &provision->issuer);
    }
    return error == JUMIN_OK ? wallet_save(wallet) : error; // a full disk shows now
}

enum jumin_error provision_offer(struct wallet_exchange *exchange, const struct offer *offer,
                                 const char *tx_code)
{
    struct provision provision = {.issuer = {.batch = 1}};
    enum jumin_error error =
        exchange_stopped(exchange, prepare(exchange, offer, tx_code, &provision), EXCHANGE_UNUSED);
    if (error == JUMIN_OK) {
        error = exchange_stopped(
            exchange,
            token_redeem(exchange, &provision.issuer, offer, tx_code, &provision.grant, &provision.answer),
            EXCHANGE_UNUSED " unless the issuer has taken its code");
    }
    if (error == JUMIN_OK) {
        error = keep(exchange, offer, &provision);
    }
    if (error == JUMIN_OK) {
        error = exchange_stopped(exchange, fetch(exchange, &provision), "the next refresh fetches the rest");
        const enum jumin_error dropped = drop_superseded(exchange->wallet);
        error = error == JUMIN_OK ? dropped : error;
    }
    json_wipe(provision.answer);
    json_decref(provision.answer);
    json_decref(provision.metadata);
    crypto_wipe(&provision.grant, sizeof provision.grant);
    return error;
}

enum jumin_error jumin_wallet_add(struct jumin_wallet *wallet, const char *text, const char *tx_code,
                                  int64_t now)
{
    if (wallet == NULL || text == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct wallet_exchange exchange = {.wallet = wallet, .now = now};
    struct offer offer;
    detail_clear(&wallet->detail);
    enum jumin_error error =
        exchange_stopped(&exchange, offer_take(&exchange, text, &offer), EXCHANGE_UNUSED);
    if (error == JUMIN_OK) {
        error = provision_offer(&exchange, &offer, tx_code);
    }
    crypto_wipe(&offer, sizeof offer);
    return error;
}

// --- Later ---------------------------------------------------------------------------------------------------------

// In the last tenth of its life there is time to fetch others before it ends.
static bool is_ending(const struct wallet_credential *credential, int64_t now)
{
    const int64_t end = credential->expires;
    const int64_t life = credential->issued > 0 && end > credential->issued ? end - credential->issued : 0;
    return end != 0 && now >= end - life / 10;
}

static enum jumin_error refresh_one(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                    bool refill)
{
    enum jumin_error error = status_ask(exchange, credential);
    const bool few =
        credential->single_use ? wallet_unused(credential) <= JUMIN_WALLET_FEW : credential->copy_count == 0;
    // What is locked or revoked gets nothing, and is not asked for.
    if (error != JUMIN_OK || credential->status != JUMIN_WALLET_USABLE ||
        (!refill && !few && !is_ending(credential, exchange->now) &&
         credential->deferred.transaction[0] == '\0')) {
        return error;
    }
    return request_copies(exchange, credential);
}

enum jumin_error jumin_wallet_refresh(struct jumin_wallet *wallet, const char *id, bool refill, int64_t now)
{
    if (wallet == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct wallet_exchange exchange = {.wallet = wallet, .now = now};
    bool found = id == NULL;
    detail_clear(&wallet->detail);
    enum jumin_error first = wallet_refresh_trust(wallet, now);
    struct detail detail = wallet->detail;
    for (size_t i = 0; i < wallet->count; i++) {
        if (id != NULL && strcmp(wallet->credentials[i].id, id) != 0) {
            continue;
        }
        found = true;
        const enum jumin_error error = refresh_one(&exchange, &wallet->credentials[i], refill);
        if (first == JUMIN_OK && error != JUMIN_OK) {
            first = error;
            detail = wallet->detail;
        }
    }
    if (!found) {
        return detail_set(&wallet->detail, JUMIN_ERROR_NO_SUCH_FILE, "there is no such credential");
    }
    enum jumin_error saved = wallet_save(wallet);
    if (saved == JUMIN_OK) {
        saved = drop_superseded(wallet);
    }
    if (first != JUMIN_OK) {
        wallet->detail = detail;
    }
    return first != JUMIN_OK ? first : saved;
}

enum jumin_error jumin_wallet_remove(struct jumin_wallet *wallet, const char *id, int64_t now)
{
    struct wallet_credential *credential = wallet != NULL && id != NULL ? wallet_find(wallet, id) : NULL;
    if (wallet == NULL || id == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (credential == NULL) {
        return detail_set(&wallet->detail, JUMIN_ERROR_NO_SUCH_FILE, "there is no such credential");
    }
    struct wallet_exchange exchange = {.wallet = wallet, .now = now};
    const size_t events = wallet->event_count;
    bool marked[WALLET_CREDENTIALS_MAX] = {false};
    marked[credential - wallet->credentials] = true;
    if (wallet->client.ask != NULL) {
        request_notify(&exchange, credential, "credential_deleted");
    }
    enum jumin_error error =
        wallet_remember_only(wallet, now, "removed", credential->issuer.identifier, "", credential->type, "")
            ? wallet_drop_marked(wallet, marked)
            : JUMIN_ERROR_MEMORY;
    if (error != JUMIN_OK) {
        wallet_forget_events(wallet, events);
    }
    return error;
}
