// After a tap: the portrait for a phone that a card has bound, and the offer for its key alone.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/issuer_internal.h"

#include "host/json_fields.h"
#include "host/mobile/face_result.h"

// A request for what follows from a binding: by whom, and for which. False: answered. `body` is the caller's.
static bool take_request(const struct issuer *issuer, const struct http_request *request, const char *path,
                         struct issuer_proof *kept, struct records_proof *proof, json_t **body,
                         struct http_response *response)
{
    *body = NULL;
    if (issuer_station(issuer, request) == NULL) {
        http_response_error(response, 503, "server_error", NULL);
        return false;
    }
    if (!issuer_proof(issuer, request, path, "", kept, proof, response)) {
        return false;
    }
    *body = issuer_body(request, "invalid_request", response);
    if (*body != NULL && !json_is_string(json_object_get(*body, "session"))) {
        http_response_error(response, 400, "invalid_request", "session is missing");
        return false;
    }
    return *body != NULL;
}

static void refuse(const struct jumin_station *station, enum jumin_error error,
                   const struct records_refusal *refusal, struct http_response *response)
{
    if (error == JUMIN_ERROR_NO_SUCH_FILE && refusal->oauth == NULL) {
        http_response_error(response, 403, "access_denied",
                            "the records hold the holder's data no more: come to the counter");
    } else {
        issuer_refuse(station, error, refusal, response);
    }
}

// --- The portrait ------------------------------------------------------------------------------------------------

// {"session": …}: image/jpeg, once.
void issuer_portrait(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    struct jumin_station *station = issuer_station(issuer, request);
    struct records_proof proof;
    struct records_refusal refusal;
    struct issuer_proof kept;
    struct issued_text portrait = {0};
    json_t *body = NULL;
    if (take_request(issuer, request, "/portrait", &kept, &proof, &body, response)) {
        const char *session = json_string_value(json_object_get(body, "session"));
        const enum jumin_error error = records_portrait(station, session, &proof, &portrait, &refusal);
        if (error == JUMIN_OK) {
            http_response_bytes(response, 200, "image/jpeg",
                                span_of((const uint8_t *)portrait.text, portrait.n));
            http_response_header(response, "Cache-Control", "no-store");
        } else {
            refuse(station, error, &refusal, response);
        }
    }
    issued_text_free(&portrait);
    json_wipe(body);
    json_decref(body);
}

// --- The offer ---------------------------------------------------------------------------------------------------

// Whether the holder's face was compared as the scheme asks. False, with `fault`: what was sent does not say
// so.
static bool take_face(const struct jumin_station *station, const char *face, const char *session,
                      const struct records_proof *proof, struct detail *fault)
{
    const struct face_rules rules = {.session = session,
                                     .thumbprint = proof->thumbprint,
                                     .score = jumin_policy_figures(station->policy)->face_score,
                                     .now = station_now(station),
                                     .window = ISSUER_PROOF_WINDOW,
                                     .leeway = ISSUER_LEEWAY};
    return face != NULL && face_result_check(span_of(face, strlen(face)), &rules, fault) == JUMIN_OK;
}

static void answer_provision(const struct issuer *issuer, struct jumin_station *station, const json_t *body,
                             const struct records_proof *proof, struct http_response *response)
{
    const char *session = json_string_value(json_object_get(body, "session"));
    const char *face = json_string_value(json_object_get(body, "face"));
    struct records_refusal refusal;
    struct records_offer made;
    struct detail fault = {{0}};
    const bool compared = take_face(station, face, session, proof, &fault);
    const enum jumin_error error = records_offer_bound(station, session, proof, compared, &made, &refusal);
    if (error == JUMIN_OK) {
        http_response_json(response, 200, issuer_offer_json(issuer, &made));
    } else if (fault.text[0] != '\0' && refusal.oauth != NULL &&
               strcmp(refusal.oauth, "face_required") == 0) {
        http_response_error(response, 403, "face_required", fault.text);
    } else {
        refuse(station, error, &refusal, response);
    }
    crypto_wipe(&made, sizeof made);
}

// {"session": …, "face": …}: the offer in the same form as behind the one-time QR.
void issuer_provision(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    struct records_proof proof;
    struct issuer_proof kept;
    json_t *body = NULL;
    if (take_request(issuer, request, "/provision", &kept, &proof, &body, response)) {
        answer_provision(issuer, issuer_station(issuer, request), body, &proof, response);
    }
    json_wipe(body);
    json_decref(body);
}
