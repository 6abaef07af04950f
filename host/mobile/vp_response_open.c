// A wallet's answer as a verifier takes it (OpenID4VP 1.0 §8.1, §8.3.1, §8.5, §8.6).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/vp_response.h"

#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include "host/mobile/http_message.h"
#include <stdio.h>
#include <stdlib.h>

static enum jumin_error malformed(struct detail *detail, const char *why)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "The answer %s.", why);
}

static enum jumin_error check_state(const char *state, const struct vp_response_rules *rules,
                                    struct detail *detail)
{
    return state != NULL && strcmp(state, rules->state) == 0
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_CONFLICT, "The answer is to another request (state).");
}

// --- Refusals (§8.5) -----------------------------------------------------------------------------------------

// The word, of printable ASCII (RFC 6749 §4.1.2.1), as far as there is room.
static void keep_error(const char *error, struct vp_response *response)
{
    size_t n = 0;
    while (n + 1 < sizeof response->error && error[n] >= ' ' && error[n] < 0x7F) {
        response->error[n] = error[n];
        n++;
    }
    if (n == 0) {
        (void)snprintf(response->error, sizeof response->error, "error");
    }
}

static enum jumin_error take_refusal(struct span form, const char *error,
                                     const struct vp_response_rules *rules, struct vp_response *response,
                                     struct detail *detail)
{
    char state[VP_TEXT_MAX];
    const bool there = http_form_value(form, "state", state, sizeof state) == HTTP_FORM_ONE;
    const enum jumin_error checked = check_state(there ? state : NULL, rules, detail);
    if (checked == JUMIN_OK) {
        keep_error(error, response);
    }
    return checked;
}

// --- vp_token (§8.1) -----------------------------------------------------------------------------------------

static enum jumin_error take_presentations(const struct dcql_credential *query, const json_t *list,
                                           struct vp_response *response, struct detail *detail)
{
    const json_t *one = NULL;
    size_t i = 0;
    if (json_array_size(list) == 0) {
        return malformed(detail, "has a credential that is no list of presentations, or an empty one");
    }
    if (json_array_size(list) > 1 && !query->multiple) {
        return malformed(detail, "has several presentations where one was asked for");
    }
    json_array_foreach(list, i, one)
    {
        if (!json_is_string(one)) {
            return malformed(detail, "has a presentation that is no text");
        }
        if (response->count == VP_PRESENTATIONS_MAX) {
            return malformed(detail, "has too many presentations");
        }
        response->presentations[response->count++] =
            (struct vp_presentation){query, span_of(json_string_value(one), json_string_length(one))};
    }
    return JUMIN_OK;
}

static enum jumin_error take_token(json_t *token, const struct dcql_query *query,
                                   struct vp_response *response, struct detail *detail)
{
    const char *id = NULL;
    json_t *list = NULL;
    uint32_t answered = 0;
    if (!json_is_object(token)) {
        return malformed(detail, "has no presentations by query (vp_token)");
    }
    json_object_foreach(token, id, list)
    {
        const struct dcql_credential *found = dcql_find(query, id);
        if (found == NULL) {
            return malformed(detail, "has a presentation that was not asked for");
        }
        const enum jumin_error error = take_presentations(found, list, response, detail);
        if (error != JUMIN_OK) {
            return error;
        }
        answered |= UINT32_C(1) << (found - query->credentials);
    }
    return dcql_is_answer(query, answered)
               ? JUMIN_OK
               : malformed(detail, "shows less, or more, than what was asked for together");
}

static enum jumin_error take_answer(const struct vp_response_rules *rules, struct vp_response *response,
                                    struct detail *detail)
{
    json_t *answer = response->answer;
    const char *error = jws_text(answer, "error");
    const enum jumin_error checked = check_state(jws_text(answer, "state"), rules, detail);
    if (checked != JUMIN_OK) {
        return checked;
    }
    if (error != NULL) {
        keep_error(error, response);
        return JUMIN_OK;
    }
    return take_token(json_object_get(answer, "vp_token"), rules->query, response, detail);
}

// --- Whole ---------------------------------------------------------------------------------------------------

static enum jumin_error decrypt(const char *token, const struct vp_response_rules *rules, json_t **answer,
                                struct detail *detail)
{
    const size_t n = strlen(token);
    struct writer plain = writer_of(malloc(n + 1), n + 1);
    if (plain.p == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = jwe_decrypt(span_of(token, n), rules->key, rules->key_id, &plain, NULL, detail);
    if (error == JUMIN_OK) {
        *answer = json_loadb((const char *)plain.p, plain.n, JSON_REJECT_DUPLICATES, NULL);
        error = json_is_object(*answer) ? JUMIN_OK : malformed(detail, "is no JSON object");
    }
    crypto_wipe(plain.p, plain.n);
    free(plain.p);
    return error;
}

// `text` has room for any field of the form.
static enum jumin_error open_form(struct span form, char *text, const struct vp_response_rules *rules,
                                  struct vp_response *response, struct detail *detail)
{
    const size_t room = form.n + 1;
    if (http_form_value(form, "error", text, room) == HTTP_FORM_ONE) {
        return take_refusal(form, text, rules, response, detail);
    }
    if (http_form_value(form, "vp_token", text, room) != HTTP_FORM_NONE) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "The answer came unencrypted, though it was asked for encrypted.");
    }
    if (http_form_value(form, "response", text, room) != HTTP_FORM_ONE) {
        return malformed(detail, "has no response, or several");
    }
    enum jumin_error error = decrypt(text, rules, &response->answer, detail);
    return error == JUMIN_OK ? take_answer(rules, response, detail) : error;
}

enum jumin_error vp_response_open(struct span form, const struct vp_response_rules *rules,
                                  struct vp_response *response, struct detail *detail)
{
    memset(response, 0, sizeof *response);
    if (form.n > VP_RESPONSE_MAX) {
        return malformed(detail, "is too long");
    }
    char *text = malloc(form.n + 1);
    if (text == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const enum jumin_error error = open_form(form, text, rules, response, detail);
    crypto_wipe(text, form.n + 1); // an answer that came unencrypted
    free(text);
    if (error != JUMIN_OK) {
        vp_response_release(response);
    }
    return error;
}

void vp_response_release(struct vp_response *response)
{
    json_wipe(response->answer);
    json_decref(response->answer);
    memset(response, 0, sizeof *response);
}

// --- mdoc (App. B.2.6) ---------------------------------------------------------------------------------------

enum jumin_error vp_mdoc_read(struct span text, struct writer *bytes, struct device_response *response,
                              struct detail *detail)
{
    const size_t start = bytes->n;
    if (!base64url_decode(text, bytes)) {
        return malformed(detail, "has an mdoc that is not in base64url");
    }
    const enum jumin_error error =
        device_response_parse(span_from(writer_span(bytes), start), response, detail);
    if (error == JUMIN_OK &&
        (response->status != DEVICE_RESPONSE_OK || response->count != 1 || response->document_errors.n > 0)) {
        return malformed(detail, "has an mdoc that is not just one document");
    }
    return error;
}
