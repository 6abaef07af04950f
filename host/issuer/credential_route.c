// Credential, deferred credential and notification endpoints (OpenID4VCI 1.0 §8, §9, §11).
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/issuer_internal.h"

#include <stdio.h>
#include <stdlib.h>

// What a request asks for, as it is also kept when it is deferred: the format's number, then the keys.
struct wish {
    enum status_format format;
    struct issuer_keys keys;
};

static bool refuse(struct issuer_fault *fault, const char *oauth, const char *why)
{
    fault->oauth = oauth;
    (void)detail_set(&fault->detail, JUMIN_ERROR_INPUT, "%s", why);
    return false;
}

static bool take_configuration(const json_t *body, struct wish *wish, struct issuer_fault *fault)
{
    const json_t *configuration = json_object_get(body, "credential_configuration_id");
    const char *name = json_string_value(configuration);
    if (json_object_get(body, "credential_identifier") != NULL) {
        return configuration != NULL
                   ? refuse(fault, "invalid_credential_request",
                            "credential_identifier and credential_configuration_id are one too many")
                   : refuse(fault, "unknown_credential_identifier",
                            "no identifiers were given with the token");
    }
    if (name == NULL) {
        return refuse(fault, "invalid_credential_request", "credential_configuration_id is missing");
    }
    wish->format = strcmp(name, ISSUER_MDOC) == 0 ? STATUS_CWT : STATUS_JWT;
    if (wish->format == STATUS_JWT && strcmp(name, ISSUER_SD_JWT) != 0) {
        return refuse(fault, "unknown_credential_configuration",
                      "there is no such credential_configuration_id");
    }
    return json_object_get(body, "credential_response_encryption") == NULL
               ? true
               : refuse(fault, "invalid_encryption_parameters", "responses are not encrypted here");
}

// --- Answers -----------------------------------------------------------------------------------------------------

static bool begin_answer(struct issuer_text *text)
{
    static const char begin[] = "{\"credentials\":[";
    return issuer_text_put(text, span_of(begin, sizeof begin - 1));
}

static bool end_answer(struct issuer_text *text, const char *notification)
{
    char end[RECORDS_SECRET + 32];
    const int n = snprintf(end, sizeof end, "],\"notification_id\":\"%s\"}", notification);
    return issuer_text_put(text, span_of(end, (size_t)n));
}

static void let_go(void *kept)
{
    struct issuer_text *text = kept;
    issuer_text_release(text);
    free(text);
}

// `text` is the response's from here on.
static void answer_with(struct issuer_text *text, struct http_response *response)
{
    http_response_share(response, 200, "application/json", span_of(text->p, text->n), text, let_go);
    http_response_header(response, "Cache-Control", "no-store");
}

// Places in the lists are committed before anything is signed, and so before anything leaves.
static void deliver(const struct issuer *issuer, struct jumin_station *station,
                    const struct records_grant *grant, const struct wish *wish,
                    struct http_response *response)
{
    struct status_reference *references = calloc(STATUS_BATCH_MAX, sizeof *references);
    struct issuer_text *text = calloc(1, sizeof *text);
    char notification[RECORDS_SECRET];
    struct records_refusal refusal = {NULL};
    struct detail detail = {{0}};
    enum jumin_error error = references != NULL && text != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    if (error == JUMIN_OK) {
        error = records_deliver(station, grant, wish->format, wish->keys.count, references, notification,
                                &refusal);
    }
    if (error != JUMIN_OK) {
        issuer_refuse(station, error, &refusal, response);
    } else if (!begin_answer(text) ||
               issuer_make_copies(issuer, station, grant, wish->format, &wish->keys, references, text,
                                  &detail) != JUMIN_OK ||
               !end_answer(text, notification)) {
        http_response_error(response, 500, "server_error", "try again later");
    } else {
        answer_with(text, response);
        text = NULL;
    }
    if (text != NULL) {
        let_go(text);
    }
    free(references);
}

static void put_deferred(const char *transaction, struct http_response *response)
{
    http_response_json(response, 202,
                       json_pack("{s:s, s:i}", "transaction_id", transaction, "interval", ISSUER_INTERVAL));
}

static bool is_ready(const struct issuer *issuer)
{
    return issuer->options.ready == NULL || issuer->options.ready(issuer->options.context);
}

static void defer(struct jumin_station *station, const struct records_grant *grant, const struct wish *wish,
                  struct http_response *response)
{
    char transaction[RECORDS_SECRET];
    struct records_refusal refusal;
    uint8_t bytes[1 + STATUS_BATCH_MAX * SIGNER_POINT];
    struct writer w = writer_of(bytes, sizeof bytes);
    writer_put_u8(&w, (uint8_t)wish->format);
    writer_put(&w, span_of(wish->keys.keys, wish->keys.count * SIGNER_POINT));
    const enum jumin_error error = records_defer(station, grant, writer_span(&w), transaction, &refusal);
    if (error == JUMIN_OK) {
        put_deferred(transaction, response);
    } else {
        issuer_refuse(station, error, &refusal, response);
    }
}

static const struct issuer_signer *signer_of(const struct issuer *issuer, const struct wish *wish)
{
    return wish->format == STATUS_CWT ? &issuer->options.mdoc : &issuer->options.sd_jwt;
}

// --- The credential endpoint -------------------------------------------------------------------------------------

// What the body asks for, and the keys that it proves. False: answered.
static bool take_request(const struct issuer *issuer, const struct http_request *request,
                         const struct records_grant *grant, struct wish *wish, struct http_response *response)
{
    struct issuer_fault fault = {.oauth = NULL};
    json_t *body = issuer_body(request, "invalid_credential_request", response);
    if (body == NULL) {
        return false;
    }
    const bool good = take_configuration(body, wish, &fault) &&
                      issuer_take_keys(issuer, issuer_station(issuer, request), grant,
                                       json_object_get(body, "proofs"), &wish->keys, &fault);
    if (!good) {
        http_response_error(response, 400, fault.oauth, fault.detail.text);
    }
    json_decref(body);
    return good && issuer_can_sign(issuer, signer_of(issuer, wish), request, response);
}

void issuer_credential(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    struct jumin_station *station = issuer_station(issuer, request);
    struct records_grant grant;
    struct wish wish = {.format = STATUS_JWT};
    if (!issuer_authorize(issuer, request, "/credential", &grant, response)) {
        return;
    }
    if (take_request(issuer, request, &grant, &wish, response)) {
        grant.nonces = &wish.keys.nonces;
        if (is_ready(issuer)) {
            deliver(issuer, station, &grant, &wish, response);
        } else {
            defer(station, &grant, &wish, response);
        }
    }
    records_grant_release(&grant);
}

// --- Deferred ----------------------------------------------------------------------------------------------------

static bool take_wish(const struct issued_text *request, struct wish *wish)
{
    const size_t keys = request->n > 0 ? request->n - 1 : 0;
    if (keys == 0 || keys % SIGNER_POINT != 0 || keys > sizeof wish->keys.keys ||
        (request->text[0] != STATUS_JWT && request->text[0] != STATUS_CWT)) {
        return false;
    }
    wish->format = (enum status_format)request->text[0];
    wish->keys.count = keys / SIGNER_POINT;
    memcpy(wish->keys.keys, request->text + 1, keys);
    return true;
}

static void answer_deferred(const struct issuer *issuer, const struct http_request *request,
                            const struct records_grant *grant, const char *transaction,
                            struct http_response *response)
{
    struct jumin_station *station = issuer_station(issuer, request);
    struct records_refusal refusal;
    struct issued_text kept;
    struct wish wish = {.format = STATUS_JWT};
    const enum jumin_error error = records_deferred(station, grant, transaction, &kept, &refusal);
    if (error == JUMIN_ERROR_CONFLICT && refusal.oauth == NULL) {
        put_deferred(transaction, response);
        return;
    }
    if (error != JUMIN_OK) {
        issuer_refuse(station, error, &refusal, response);
        return;
    }
    if (!is_ready(issuer)) {
        put_deferred(transaction, response);
    } else if (!take_wish(&kept, &wish)) {
        http_response_error(response, 500, "server_error", NULL);
    } else if (issuer_can_sign(issuer, signer_of(issuer, &wish), request, response)) {
        deliver(issuer, station, grant, &wish, response);
    }
    // Where neither is noted it may be asked for again after a while, and has other indexes.
    (void)(response->status == 200 ? records_deferred_done : records_deferred_put_back)(station, transaction);
    issued_text_free(&kept);
}

void issuer_deferred(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    struct records_grant grant;
    if (!issuer_authorize(issuer, request, "/deferred", &grant, response)) {
        return;
    }
    json_t *body = issuer_body(request, "invalid_credential_request", response);
    const char *transaction = json_string_value(json_object_get(body, "transaction_id"));
    if (body != NULL && transaction == NULL) {
        http_response_error(response, 400, "invalid_transaction_id", "transaction_id is missing");
    } else if (body != NULL) {
        answer_deferred(issuer, request, &grant, transaction, response);
    }
    json_decref(body);
    records_grant_release(&grant);
}

// --- Notification --------------------------------------------------------------------------------------------------

void issuer_notification(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    struct jumin_station *station = issuer_station(issuer, request);
    struct records_grant grant;
    struct records_refusal refusal;
    if (!issuer_authorize(issuer, request, "/notification", &grant, response)) {
        return;
    }
    json_t *body = issuer_body(request, "invalid_notification_request", response);
    const char *id = json_string_value(json_object_get(body, "notification_id"));
    const char *event = json_string_value(json_object_get(body, "event"));
    if (body != NULL && (id == NULL || event == NULL)) {
        http_response_error(response, 400, "invalid_notification_request",
                            "notification_id or event is missing");
    } else if (body != NULL) {
        const enum jumin_error error = records_notify(station, &grant, id, event, &refusal);
        if (error == JUMIN_OK) {
            http_response_empty(response, 204);
        } else {
            issuer_refuse(station, error, &refusal, response);
        }
    }
    json_decref(body);
    records_grant_release(&grant);
}
