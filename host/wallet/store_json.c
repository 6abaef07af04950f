// What a wallet's file holds, as JSON, before it is encrypted and after.
// SPDX-License-Identifier: Apache-2.0
#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include "host/wallet/wallet_internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { VERSION = 1 };

// --- Bytes and texts -------------------------------------------------------------------------------------------

static json_t *bytes_json(const uint8_t *bytes, size_t n)
{
    const size_t length = base64url_length(n);
    char *text = malloc(length + 1);
    if (text == NULL) {
        return NULL;
    }
    struct writer w = writer_of(text, length);
    base64url_put(&w, span_of(bytes, n));
    json_t *json = json_stringn(text, length);
    crypto_wipe(text, length);
    free(text);
    return json;
}

static struct span text_of(const json_t *object, const char *name)
{
    const json_t *text = json_object_get(object, name);
    return json_is_string(text) ? span_of(json_string_value(text), json_string_length(text))
                                : span_of(NULL, 0);
}

// Into an array of the caller's; as many bytes as there are.
static bool take_bytes(const json_t *object, const char *name, uint8_t *bytes, size_t capacity, size_t *n)
{
    struct writer w = writer_of(bytes, capacity);
    const bool ok =
        json_is_string(json_object_get(object, name)) && base64url_decode(text_of(object, name), &w);
    *n = ok ? w.n : 0;
    return ok;
}

// Into memory of its own; none where the field is missing.
static bool take_own(const json_t *object, const char *name, uint8_t **bytes, size_t *n)
{
    const struct span text = text_of(object, name);
    *bytes = malloc(text.n + 1);
    return *bytes != NULL && (text.n == 0 || take_bytes(object, name, *bytes, text.n, n));
}

static bool take_text(const json_t *object, const char *name, char *text, size_t capacity)
{
    const struct span found = text_of(object, name);
    if (found.n >= capacity) {
        return false;
    }
    memcpy(text, found.n > 0 ? (const char *)found.p : "", found.n);
    text[found.n] = '\0';
    return true;
}

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static bool flag(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

// --- Fields that are texts -------------------------------------------------------------------------------------

struct text_field {
    const char *name;
    size_t offset, capacity;
};
#define TEXT(type, member) {#member, offsetof(struct type, member), sizeof((struct type *)0)->member}

static const struct text_field issuer_texts[] = {
    TEXT(wallet_issuer, identifier), TEXT(wallet_issuer, name),         TEXT(wallet_issuer, server),
    TEXT(wallet_issuer, token),      TEXT(wallet_issuer, nonce),        TEXT(wallet_issuer, credential),
    TEXT(wallet_issuer, deferred),   TEXT(wallet_issuer, notification),
};
static const struct text_field grant_texts[] = {
    TEXT(wallet_grant, access),
    TEXT(wallet_grant, refresh),
    TEXT(wallet_grant, scheme),
    TEXT(wallet_grant, nonce),
};
static const struct text_field credential_texts[] = {
    TEXT(wallet_credential, id),         TEXT(wallet_credential, configuration),
    TEXT(wallet_credential, identifier), TEXT(wallet_credential, format_name),
    TEXT(wallet_credential, type),       TEXT(wallet_credential, name),
    TEXT(wallet_credential, signer),     TEXT(wallet_credential, notification),
};

static bool put_texts(json_t *object, const void *from, const struct text_field *fields, size_t count)
{
    bool ok = object != NULL;
    for (size_t i = 0; i < count && ok; i++) {
        const char *text = (const char *)from + fields[i].offset;
        ok = text[0] == '\0' || json_object_set_new(object, fields[i].name, json_string(text)) == 0;
    }
    return ok;
}

static bool take_texts(const json_t *object, void *to, const struct text_field *fields, size_t count)
{
    bool ok = json_is_object(object);
    for (size_t i = 0; i < count && ok; i++) {
        ok = take_text(object, fields[i].name, (char *)to + fields[i].offset, fields[i].capacity);
    }
    return ok;
}

// --- Keys and copies -------------------------------------------------------------------------------------------

static json_t *key_json(const struct wallet_key *key)
{
    return json_pack("{s:o, s:o}", "handle", bytes_json(key->handle, key->n), "point",
                     bytes_json(key->point, sizeof key->point));
}

static bool take_key(const json_t *object, struct wallet_key *key)
{
    size_t n = 0;
    return take_bytes(object, "handle", key->handle, sizeof key->handle, &key->n) &&
           take_bytes(object, "point", key->point, sizeof key->point, &n) && n == sizeof key->point;
}

static json_t *spares_json(const struct jumin_wallet *wallet)
{
    json_t *list = json_array();
    for (size_t i = 0; i < wallet->spare_count; i++) {
        (void)json_array_append_new(list, key_json(&wallet->spares[i].key));
    }
    return list;
}

static bool take_spares(struct jumin_wallet *wallet, const json_t *list)
{
    bool ok = true;
    for (size_t i = 0; i < json_array_size(list) && ok; i++) {
        struct wallet_key key;
        ok = take_key(json_array_get(list, i), &key);
        if (ok) {
            wallet_spare_key(wallet, &key);
        }
    }
    return ok;
}

static json_t *copy_json(const struct wallet_copy *copy)
{
    return json_pack("{s:o, s:o, s:b}", "key", key_json(&copy->key), "bytes",
                     bytes_json(copy->bytes, copy->n), "used", (int)copy->used);
}

static json_t *copies_json(const struct wallet_credential *credential)
{
    json_t *list = json_array();
    for (size_t i = 0; i < credential->copy_count; i++) {
        if (json_array_append_new(list, copy_json(&credential->copies[i])) != 0) {
            json_wipe(list);
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static bool take_copies(const json_t *list, struct wallet_credential *credential)
{
    const size_t count = json_array_size(list);
    if (!json_is_array(list) || count > WALLET_COPIES_MAX) {
        return false;
    }
    credential->copies = calloc(count + 1, sizeof *credential->copies);
    bool ok = credential->copies != NULL;
    for (size_t i = 0; i < count && ok; i++) {
        const json_t *item = json_array_get(list, i);
        struct wallet_copy *copy = &credential->copies[credential->copy_count++];
        ok = take_key(json_object_get(item, "key"), &copy->key) &&
             take_own(item, "bytes", &copy->bytes, &copy->n);
        copy->used = flag(item, "used");
    }
    return ok;
}

// --- Credentials -----------------------------------------------------------------------------------------------

static json_t *deferred_json(const struct wallet_deferred *deferred)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < deferred->count; i++) {
        (void)json_array_append_new(keys, key_json(&deferred->keys[i]));
    }
    return json_pack("{s:s, s:o, s:I}", "transaction", deferred->transaction, "keys", keys, "not_before",
                     (json_int_t)deferred->not_before);
}

static bool take_deferred(const json_t *object, struct wallet_deferred *deferred)
{
    const json_t *keys = json_object_get(object, "keys");
    const size_t count = json_array_size(keys);
    deferred->keys = calloc(count + 1, sizeof *deferred->keys);
    bool ok = deferred->keys != NULL && count <= WALLET_COPIES_MAX &&
              take_text(object, "transaction", deferred->transaction, sizeof deferred->transaction);
    for (size_t i = 0; i < count && ok; i++) {
        ok = take_key(json_array_get(keys, i), &deferred->keys[deferred->count++]);
    }
    deferred->not_before = number(object, "not_before");
    return ok;
}

static json_t *issuer_json(const struct wallet_issuer *issuer)
{
    json_t *object = json_pack("{s:i, s:b, s:b, s:b}", "batch", (int)issuer->batch, "dpop", (int)issuer->dpop,
                               "final", (int)issuer->final, "attested", (int)issuer->attested);
    (void)put_texts(object, issuer, issuer_texts, COUNT(issuer_texts));
    return object;
}

static bool take_issuer(const json_t *object, struct wallet_issuer *issuer)
{
    issuer->batch = (unsigned)number(object, "batch");
    issuer->dpop = flag(object, "dpop");
    issuer->final = flag(object, "final");
    issuer->attested = flag(object, "attested");
    return take_texts(object, issuer, issuer_texts, COUNT(issuer_texts)) && issuer->batch >= 1 &&
           issuer->batch <= WALLET_COPIES_MAX;
}

static json_t *credential_json(const struct wallet_credential *credential)
{
    json_t *grant = json_pack("{s:I}", "expires", (json_int_t)credential->grant.expires);
    (void)put_texts(grant, &credential->grant, grant_texts, COUNT(grant_texts));
    json_t *object = json_pack(
        "{s:i, s:b, s:b, s:i, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "format",
        (int)credential->format, "trusted", (int)credential->trusted, "single_use",
        (int)credential->single_use, "status", (int)credential->status, "status_checked",
        (json_int_t)credential->status_checked, "status_issued", (json_int_t)credential->status_issued,
        "status_due", (json_int_t)credential->status_due, "issued", (json_int_t)credential->issued, "expires",
        (json_int_t)credential->expires, "issuer", issuer_json(&credential->issuer), "grant", grant,
        "deferred", deferred_json(&credential->deferred), "copies", copies_json(credential));
    (void)put_texts(object, credential, credential_texts, COUNT(credential_texts));
    return object;
}

static bool take_credential(const json_t *object, struct wallet_credential *credential)
{
    const int64_t format = number(object, "format"), status = number(object, "status");
    const json_t *grant = json_object_get(object, "grant");
    credential->format = format == JUMIN_WALLET_SD_JWT ? JUMIN_WALLET_SD_JWT : JUMIN_WALLET_MDOC;
    credential->status = status == JUMIN_WALLET_LOCKED || status == JUMIN_WALLET_REVOKED
                             ? (enum jumin_wallet_state)status
                             : JUMIN_WALLET_USABLE;
    credential->trusted = flag(object, "trusted");
    credential->single_use = flag(object, "single_use");
    credential->status_checked = number(object, "status_checked");
    credential->status_issued = number(object, "status_issued");
    credential->status_due = number(object, "status_due");
    credential->issued = number(object, "issued");
    credential->expires = number(object, "expires");
    credential->grant.expires = number(grant, "expires");
    return take_texts(object, credential, credential_texts, COUNT(credential_texts)) &&
           take_texts(grant, &credential->grant, grant_texts, COUNT(grant_texts)) &&
           take_issuer(json_object_get(object, "issuer"), &credential->issuer) &&
           take_deferred(json_object_get(object, "deferred"), &credential->deferred) &&
           take_copies(json_object_get(object, "copies"), credential);
}

// --- History -----------------------------------------------------------------------------------------------------

static json_t *event_json(const struct wallet_event *event)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s}", "time", (json_int_t)event->time, "kind", event->kind,
                     "who", event->who, "purpose", event->purpose, "elements", event->elements, "reason",
                     event->reason);
}

static bool take_event(struct jumin_wallet *wallet, const json_t *object)
{
    const char *texts[] = {"kind", "who", "purpose", "elements", "reason"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        texts[i] = json_string_value(json_object_get(object, texts[i]));
    }
    return wallet_remember_only(wallet, number(object, "time"), texts[0], texts[1], texts[2], texts[3],
                                texts[4]);
}

// --- The whole ---------------------------------------------------------------------------------------------------

json_t *wallet_to_json(const struct jumin_wallet *wallet)
{
    json_t *credentials = json_array(), *events = json_array();
    bool ok = true;
    for (size_t i = 0; i < wallet->count && ok; i++) {
        ok = json_array_append_new(credentials, credential_json(&wallet->credentials[i])) == 0;
    }
    const size_t first =
        wallet->event_count > WALLET_EVENTS_MAX ? wallet->event_count - WALLET_EVENTS_MAX : 0;
    for (size_t i = first; i < wallet->event_count && ok; i++) {
        ok = json_array_append_new(events, event_json(&wallet->events[i])) == 0;
    }
    json_t *whole =
        json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:I}", "wallet", VERSION, "device",
                  key_json(&wallet->device), "spares", spares_json(wallet), "credentials", credentials,
                  "events", events, "trust_list", bytes_json(wallet->trust_text, wallet->trust_text_length),
                  "trust_root", bytes_json(wallet->trust_root, wallet->trust_root_length), "trust_url",
                  wallet->trust_url, "trust_taken", (json_int_t)wallet->trust_taken);
    if (wallet->token_uri != NULL) {
        ok = json_object_set_new(whole, "token", json_string(wallet->token_uri)) == 0 && ok;
    }
    if (!ok) {
        json_wipe(whole);
        json_decref(whole);
        return NULL;
    }
    return whole;
}

bool wallet_from_json(struct jumin_wallet *wallet, const json_t *json)
{
    const json_t *credentials = json_object_get(json, "credentials"),
                 *events = json_object_get(json, "events");
    const size_t count = json_array_size(credentials);
    bool ok = number(json, "wallet") == VERSION && count <= WALLET_CREDENTIALS_MAX &&
              take_key(json_object_get(json, "device"), &wallet->device) &&
              take_spares(wallet, json_object_get(json, "spares")) &&
              take_own(json, "trust_list", &wallet->trust_text, &wallet->trust_text_length) &&
              take_text(json, "trust_url", wallet->trust_url, sizeof wallet->trust_url) &&
              take_own(json, "trust_root", &wallet->trust_root, &wallet->trust_root_length);
    wallet->trust_taken = number(json, "trust_taken");
    for (size_t i = 0; i < count && ok; i++) {
        ok = take_credential(json_array_get(credentials, i), &wallet->credentials[wallet->count++]);
    }
    for (size_t i = 0; i < json_array_size(events) && ok; i++) {
        ok = take_event(wallet, json_array_get(events, i));
    }
    wallet_trim_events(wallet);
    return ok;
}
