// What a credential of the wallet says.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/claims.h"

#include "host/json_fields.h"
#include "host/pki/x509.h"
#include "host/wallet/provision.h"

#include <stdio.h>
#include <stdlib.h>

json_t *claims_of_cbor(struct span value)
{
    struct span cursor = value;
    struct cbor_item item;
    if (!cbor_next(&cursor, &item)) {
        return json_string("(unreadable)");
    }
    if (item.major == CBOR_TAG && (item.number == CBOR_TAG_TIME || item.number == CBOR_TAG_DATE)) {
        if (!cbor_next(&cursor, &item)) {
            return json_string("(unreadable)");
        }
    }
    switch (item.major) {
    case CBOR_TEXT:
        return json_stringn((const char *)item.content.p, item.content.n);
    case CBOR_UNSIGNED:
    case CBOR_NEGATIVE: {
        int64_t number = 0;
        return cbor_integer(value, &number) ? json_integer(number) : json_string("(a large number)");
    }
    case CBOR_SIMPLE:
        return item.number == CBOR_NULL ? json_null() : json_boolean(item.number == CBOR_TRUE);
    case CBOR_BYTES:
        return json_sprintf("(%zu bytes)", item.content.n);
    default:
        return json_sprintf("(%zu bytes)", value.n);
    }
}

// A picture is a text in base64 in an SD-JWT; one line of it is what a person can do with.
static json_t *length_of(const json_t *value)
{
    enum { LONG = 2048 };
    const size_t n = json_string_length(value);
    return n > LONG ? json_sprintf("(%zu characters)", n) : NULL;
}

char *claims_text(const json_t *value)
{
    json_t *length = length_of(value);
    char *text = length != NULL ? strdup(json_string_value(length)) : NULL;
    json_decref(length);
    if (text != NULL) {
        return text;
    }
    return json_is_string(value) ? strdup(json_string_value(value))
                                 : json_text(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

enum jumin_error claims_open_sd_jwt(const struct wallet_credential *credential, struct span text,
                                    struct sd_jwt_vc *vc, struct detail *detail)
{
    struct x509_certificate certificate;
    const char *why = "";
    enum jumin_error error = receive_read_sd_jwt(text, credential->format_name, vc, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (vc->sd.issued.chain_count == 0 || !x509_parse(vc->sd.issued.chain[0], &certificate, &why) ||
        certificate.key.kind != PUBLIC_KEY_EC || certificate.key.point.n != SIGNER_POINT) {
        error = detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the credential's signer is not known here");
    } else {
        error = sd_jwt_open(&vc->sd, certificate.key.point.p, detail);
    }
    if (error != JUMIN_OK) {
        sd_jwt_vc_release(vc);
    }
    return error;
}

static json_t *mdoc_json(struct span bytes, struct detail *detail)
{
    struct issuer_signed parsed;
    struct issuer_signed_walk walk;
    struct issuer_signed_item item;
    json_t *whole = json_object();
    if (issuer_signed_parse(bytes, &parsed, detail) != JUMIN_OK) {
        json_decref(whole);
        return NULL;
    }
    issuer_signed_begin(&parsed, &walk);
    while (issuer_signed_next(&walk, &item)) {
        char name[JUMIN_WALLET_TEXT], identifier[JUMIN_WALLET_TEXT];
        (void)snprintf(name, sizeof name, "%.*s", (int)item.name_space.n, (const char *)item.name_space.p);
        (void)snprintf(identifier, sizeof identifier, "%.*s", (int)item.identifier.n,
                       (const char *)item.identifier.p);
        if (json_object_get(whole, name) == NULL) {
            (void)json_object_set_new(whole, name, json_object());
        }
        (void)json_object_set_new(json_object_get(whole, name), identifier, claims_of_cbor(item.value));
    }
    return whole;
}

static void shorten(json_t *claims)
{
    const char *name = NULL;
    json_t *value = NULL;
    void *next = NULL;
    json_object_foreach_safe(claims, next, name, value)
    {
        json_t *length = length_of(value);
        if (length != NULL) {
            (void)json_object_set_new(claims, name, length);
        }
    }
}

static json_t *sd_jwt_json(const struct wallet_credential *credential, struct span text,
                           struct detail *detail)
{
    struct sd_jwt_vc vc;
    if (claims_open_sd_jwt(credential, text, &vc, detail) != JUMIN_OK) {
        return NULL;
    }
    json_t *claims = json_deep_copy(vc.sd.claims);
    sd_jwt_vc_release(&vc);
    shorten(claims);
    return claims;
}

enum jumin_error jumin_wallet_claims(struct jumin_wallet *wallet, const char *id, char **json)
{
    if (wallet == NULL || id == NULL || json == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct wallet_credential *credential = wallet_find(wallet, id);
    if (credential == NULL || credential->copy_count == 0) {
        return detail_set(&wallet->detail, JUMIN_ERROR_NO_SUCH_FILE,
                          credential == NULL ? "there is no such credential"
                                             : "it has not been delivered yet");
    }
    const struct span bytes = span_of(credential->copies[0].bytes, credential->copies[0].n);
    json_t *claims = credential->format == JUMIN_WALLET_MDOC
                         ? mdoc_json(bytes, &wallet->detail)
                         : sd_jwt_json(credential, bytes, &wallet->detail);
    *json = json_text(claims, JSON_INDENT(2));
    json_wipe(claims);
    json_decref(claims);
    return *json != NULL ? JUMIN_OK : JUMIN_ERROR_MALFORMED;
}
