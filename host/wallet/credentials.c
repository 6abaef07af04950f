// What is in a wallet: its credentials, their copies, and its history.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/wallet_internal.h"

#include "host/mobile/utf8.h"
#include "host/wallet/provision.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// --- Release -----------------------------------------------------------------------------------------------------

static void wipe_copy(struct wallet_copy *copy)
{
    if (copy->bytes != NULL) {
        crypto_wipe(copy->bytes, copy->n);
    }
    free(copy->bytes);
    crypto_wipe(copy, sizeof *copy);
}

void wallet_wipe_copies(struct wallet_copy *copies, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        wipe_copy(&copies[i]);
    }
    free(copies);
}

// The memory alone; keys in a store stay there.
static void wipe_credential(struct wallet_credential *credential)
{
    wallet_wipe_copies(credential->copies, credential->copy_count);
    if (credential->deferred.keys != NULL) {
        crypto_wipe(credential->deferred.keys,
                    credential->deferred.count * sizeof *credential->deferred.keys);
    }
    free(credential->deferred.keys);
    crypto_wipe(credential, sizeof *credential);
}

static void free_text(char *text)
{
    if (text != NULL) {
        crypto_wipe(text, strlen(text));
    }
    free(text);
}

static void wipe_event(struct wallet_event *event)
{
    free_text(event->kind);
    free_text(event->who);
    free_text(event->purpose);
    free_text(event->elements);
    free_text(event->reason);
    *event = (struct wallet_event){0};
}

void jumin_wallet_free(struct jumin_wallet *wallet)
{
    if (wallet == NULL) {
        return;
    }
    for (size_t i = 0; i < wallet->count; i++) {
        wipe_credential(&wallet->credentials[i]);
    }
    for (size_t i = 0; i < wallet->event_count; i++) {
        wipe_event(&wallet->events[i]);
    }
    free(wallet->credentials);
    free(wallet->events);
    if (wallet->spares != NULL) {
        crypto_wipe(wallet->spares, wallet->spare_count * sizeof *wallet->spares);
    }
    free(wallet->spares);
    free(wallet->trust_text);
    free(wallet->trust_root);
    trust_list_release(&wallet->trust);
    if (wallet->lock > 0) {
        close(wallet->lock - 1);
    }
    free(wallet->token_uri);
    free(wallet->path);
    crypto_wipe(wallet, sizeof *wallet);
    free(wallet);
}

const char *jumin_wallet_detail(const struct jumin_wallet *wallet)
{
    return wallet != NULL ? wallet->detail.text : "";
}

void jumin_wallet_device_key(const struct jumin_wallet *wallet, uint8_t key[JUMIN_DEVICE_KEY])
{
    memcpy(key, wallet->device.point, JUMIN_DEVICE_KEY);
}

// --- Credentials -----------------------------------------------------------------------------------------------

struct wallet_credential *wallet_find(struct jumin_wallet *wallet, const char *id)
{
    for (size_t i = 0; i < wallet->count; i++) {
        if (strcmp(wallet->credentials[i].id, id) == 0) {
            return &wallet->credentials[i];
        }
    }
    return NULL;
}

struct wallet_credential *wallet_new_credential(struct jumin_wallet *wallet)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[(JUMIN_WALLET_ID - 1) / 2];
    if (wallet->count == WALLET_CREDENTIALS_MAX || !random.fill(random.context, bytes, sizeof bytes)) {
        return NULL;
    }
    struct wallet_credential *made = &wallet->credentials[wallet->count++];
    *made = (struct wallet_credential){.format = JUMIN_WALLET_MDOC};
    for (size_t i = 0; i < sizeof bytes; i++) {
        (void)snprintf(made->id + 2 * i, 3, "%02x", (unsigned)bytes[i]);
    }
    return made;
}

void wallet_spare_keys(struct jumin_wallet *wallet, const struct wallet_credential *credential)
{
    for (size_t i = 0; i < credential->copy_count; i++) {
        wallet_spare_key(wallet, &credential->copies[i].key);
    }
    for (size_t i = 0; i < credential->deferred.count; i++) {
        wallet_spare_key(wallet, &credential->deferred.keys[i]);
    }
}

void wallet_keep_keys(struct jumin_wallet *wallet, const struct wallet_credential *credential)
{
    for (size_t i = 0; i < credential->copy_count; i++) {
        wallet_keep_key(wallet, &credential->copies[i].key);
    }
    for (size_t i = 0; i < credential->deferred.count; i++) {
        wallet_keep_key(wallet, &credential->deferred.keys[i]);
    }
}

// Out of the list, with its memory still its own.
static void take_out(struct jumin_wallet *wallet, size_t index)
{
    wallet_spare_keys(wallet, &wallet->credentials[index]);
    wallet->count--;
    memmove(&wallet->credentials[index], &wallet->credentials[index + 1],
            (wallet->count - index) * sizeof *wallet->credentials);
    crypto_wipe(&wallet->credentials[wallet->count], sizeof *wallet->credentials);
}

void wallet_drop_credential(struct jumin_wallet *wallet, struct wallet_credential *credential)
{
    struct wallet_credential dropped = *credential;
    take_out(wallet, (size_t)(credential - wallet->credentials));
    wipe_credential(&dropped);
}

enum jumin_error wallet_drop_marked(struct jumin_wallet *wallet, const bool marked[WALLET_CREDENTIALS_MAX])
{
    const size_t count = wallet->count;
    struct wallet_credential *before = calloc(WALLET_CREDENTIALS_MAX, sizeof *before);
    if (before == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    memcpy(before, wallet->credentials, count * sizeof *before);
    for (size_t i = count; i-- > 0;) {
        if (marked[i]) {
            take_out(wallet, i);
        }
    }
    const enum jumin_error error = wallet_save(wallet);
    for (size_t i = 0; i < count; i++) {
        if (error != JUMIN_OK) {
            wallet->credentials[i] = before[i];
            wallet_keep_keys(wallet, &before[i]);
        } else if (marked[i]) {
            wipe_credential(&before[i]);
        }
    }
    wallet->count = error != JUMIN_OK ? count : wallet->count;
    crypto_wipe(before, WALLET_CREDENTIALS_MAX * sizeof *before);
    free(before);
    return error;
}

size_t wallet_unused(const struct wallet_credential *credential)
{
    size_t unused = 0;
    for (size_t i = 0; i < credential->copy_count; i++) {
        unused += credential->copies[i].used && credential->single_use ? 0 : 1;
    }
    return unused;
}

// --- Showing -------------------------------------------------------------------------------------------------------

static enum jumin_wallet_state state_of(const struct wallet_credential *credential, int64_t now)
{
    if (credential->status != JUMIN_WALLET_USABLE) {
        return credential->status;
    }
    if (credential->copy_count == 0) {
        return JUMIN_WALLET_PENDING;
    }
    if (credential->expires != 0 && now >= credential->expires) {
        return JUMIN_WALLET_EXPIRED;
    }
    return wallet_unused(credential) > 0 ? JUMIN_WALLET_USABLE : JUMIN_WALLET_EMPTY;
}

enum jumin_error wallet_may_show(const struct wallet_credential *credential, int64_t now,
                                 struct detail *detail)
{
    switch (state_of(credential, now)) {
    case JUMIN_WALLET_LOCKED:
        return detail_set(detail, JUMIN_ERROR_REVOKED, "the credential is locked: it shows nothing");
    case JUMIN_WALLET_REVOKED:
        return detail_set(detail, JUMIN_ERROR_REVOKED, "the credential is revoked: it shows nothing");
    case JUMIN_WALLET_EXPIRED:
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "the credential has expired: fetch it anew");
    case JUMIN_WALLET_PENDING:
        return detail_set(detail, JUMIN_ERROR_NO_SUCH_FILE,
                          "the issuer has not delivered the credential yet");
    case JUMIN_WALLET_EMPTY:
        return detail_set(detail, JUMIN_ERROR_NO_SUCH_FILE,
                          "all copies of the credential were shown: fetch others");
    default:
        break;
    }
    return credential->trusted || !receive_is_residents(credential->type)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN,
                            "the credential's issuer is not in the trust list: it shows nothing");
}

static struct wallet_copy *next_copy(struct wallet_credential *credential)
{
    for (size_t i = 0; i < credential->copy_count; i++) {
        if (!credential->copies[i].used || !credential->single_use) {
            return &credential->copies[i];
        }
    }
    return NULL;
}

enum jumin_error wallet_take_copy(struct jumin_wallet *wallet, struct wallet_credential *credential,
                                  int64_t now, const struct wallet_copy **copy)
{
    if (credential < wallet->credentials || credential >= wallet->credentials + wallet->count) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = wallet_may_show(credential, now, &wallet->detail);
    struct wallet_copy *found = error == JUMIN_OK ? next_copy(credential) : NULL;
    if (found == NULL) {
        return error != JUMIN_OK ? error : JUMIN_ERROR_NO_SUCH_FILE;
    }
    const bool before = found->used;
    found->used = true;
    error = before ? JUMIN_OK : wallet_save(wallet);
    if (error != JUMIN_OK) {
        found->used = before;
        return error;
    }
    *copy = found;
    return JUMIN_OK;
}

// --- Listing -------------------------------------------------------------------------------------------------------

size_t jumin_wallet_count(const struct jumin_wallet *wallet)
{
    return wallet != NULL ? wallet->count : 0;
}

enum jumin_error jumin_wallet_credential(const struct jumin_wallet *wallet, size_t index, int64_t now,
                                         struct jumin_wallet_credential *credential)
{
    if (wallet == NULL || credential == NULL || index >= wallet->count) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct wallet_credential *kept = &wallet->credentials[index];
    *credential = (struct jumin_wallet_credential){
        .format = kept->format,
        .state = state_of(kept, now),
        .trusted = kept->trusted,
        .single_use = kept->single_use,
        .copies = kept->copy_count,
        .unused = wallet_unused(kept),
        .issued = kept->issued,
        .expires = kept->expires,
        .status_checked = kept->status_checked,
    };
    (void)snprintf(credential->id, sizeof credential->id, "%s", kept->id);
    utf8_copy_line(kept->type, credential->type, sizeof credential->type);
    utf8_copy_line(kept->name[0] != '\0' ? kept->name : kept->type, credential->name,
                   sizeof credential->name);
    utf8_copy_line(kept->issuer.identifier, credential->issuer, sizeof credential->issuer);
    utf8_copy_line(kept->signer, credential->signer, sizeof credential->signer);
    return JUMIN_OK;
}

// --- History -----------------------------------------------------------------------------------------------------

enum { EVENT_TEXT = 512 }; // bytes that a member of an event has at most, its end included

// Much of an event is what strangers have said: it is short, fit for a terminal, and UTF-8 as JSON wants it.
static char *copied(const char *text)
{
    char copy[EVENT_TEXT];
    utf8_copy_line(text != NULL ? text : "", copy, sizeof copy);
    return strdup(copy);
}

bool wallet_remember_only(struct jumin_wallet *wallet, int64_t time, const char *kind, const char *who,
                          const char *purpose, const char *elements, const char *reason)
{
    struct wallet_event *events = realloc(wallet->events, (wallet->event_count + 1) * sizeof *wallet->events);
    if (events == NULL) {
        return false;
    }
    wallet->events = events;
    struct wallet_event event = {time,          copied(kind), copied(who), copied(purpose), copied(elements),
                                 copied(reason)};
    if (event.kind == NULL || event.who == NULL || event.purpose == NULL || event.elements == NULL ||
        event.reason == NULL) {
        wipe_event(&event);
        return false;
    }
    events[wallet->event_count++] = event;
    return true;
}

void wallet_forget_events(struct jumin_wallet *wallet, size_t count)
{
    while (wallet->event_count > count) {
        wipe_event(&wallet->events[--wallet->event_count]);
    }
}

void wallet_trim_events(struct jumin_wallet *wallet)
{
    if (wallet->event_count <= WALLET_EVENTS_MAX) {
        return;
    }
    const size_t over = wallet->event_count - WALLET_EVENTS_MAX;
    for (size_t i = 0; i < over; i++) {
        wipe_event(&wallet->events[i]);
    }
    wallet->event_count = WALLET_EVENTS_MAX;
    memmove(wallet->events, wallet->events + over, wallet->event_count * sizeof *wallet->events);
}

enum jumin_error wallet_remember(struct jumin_wallet *wallet, int64_t time, const char *kind, const char *who,
                                 const char *purpose, const char *elements, const char *reason)
{
    const size_t before = wallet->event_count;
    if (!wallet_remember_only(wallet, time, kind, who, purpose, elements, reason)) {
        return JUMIN_ERROR_MEMORY;
    }
    const enum jumin_error error = wallet_save(wallet);
    if (error != JUMIN_OK) {
        wallet_forget_events(wallet, before);
    }
    return error;
}

size_t jumin_wallet_events(const struct jumin_wallet *wallet)
{
    return wallet != NULL ? wallet->event_count : 0;
}

enum jumin_error jumin_wallet_event(const struct jumin_wallet *wallet, size_t index,
                                    struct jumin_wallet_event *event)
{
    if (wallet == NULL || event == NULL || index >= wallet->event_count) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct wallet_event *kept = &wallet->events[index];
    *event = (struct jumin_wallet_event){kept->time,    kept->kind,     kept->who,
                                         kept->purpose, kept->elements, kept->reason};
    return JUMIN_OK;
}
