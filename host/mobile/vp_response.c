// A wallet's answer, made and encrypted (OpenID4VP 1.0 §8.1, §8.2, §8.3.1, §8.5, App. B.2.6).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/vp_response.h"

#include "host/json_fields.h"
#include "host/mobile/http_message.h"
#include "host/mobile/session_transcript.h"
#include <stdlib.h>

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

struct vp_session vp_request_session(const struct vp_request *request)
{
    return (struct vp_session){request->client_id, request->nonce, request->response_uri,
                               request->thumbprint};
}

bool vp_transcript(const struct vp_session *session, struct writer *w)
{
    return session_transcript_put_openid4vp(w, text_of(session->client_id), text_of(session->nonce),
                                            span_of(session->thumbprint, JWK_THUMBPRINT),
                                            text_of(session->response_uri)) &&
           !w->overflow;
}

static uint32_t bit_of(const struct vp_request *request, const struct dcql_credential *query)
{
    return UINT32_C(1) << (query - request->query.credentials);
}

// Whether these answer the request, one a query but where several are asked for.
static bool is_answer(const struct vp_request *request, const struct vp_presentation *presentations,
                      size_t count)
{
    uint32_t answered = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t bit = bit_of(request, presentations[i].query);
        if ((answered & bit) != 0 && !presentations[i].query->multiple) {
            return false;
        }
        answered |= bit;
    }
    return count <= VP_PRESENTATIONS_MAX && dcql_is_answer(&request->query, answered);
}

static bool add(json_t *token, const struct vp_presentation *presentation)
{
    json_t *list = json_object_get(token, presentation->query->id);
    if (list == NULL) {
        (void)json_object_set_new(token, presentation->query->id, json_array());
        list = json_object_get(token, presentation->query->id);
    }
    const char *text = (const char *)presentation->text.p;
    return json_array_append_new(list, json_stringn(text, presentation->text.n)) == 0;
}

// NULL: no memory.
static json_t *answer_of(const struct vp_request *request, const struct vp_presentation *presentations,
                         size_t count)
{
    json_t *token = json_object();
    bool good = token != NULL;
    for (size_t i = 0; i < count && good; i++) {
        good = add(token, &presentations[i]);
    }
    json_t *answer = json_pack("{s:o}", "vp_token", token);
    if (request->state != NULL) {
        good = good && json_object_set_new(answer, "state", json_string(request->state)) == 0;
    }
    if (!good) {
        json_wipe(answer);
        json_decref(answer);
        return NULL;
    }
    return answer;
}

enum jumin_error vp_response_make(const struct vp_request *request,
                                  const struct vp_presentation *presentations, size_t count,
                                  const struct crypto_random *random, struct writer *out)
{
    static const char field[] = "response=";
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    if (!is_answer(request, presentations, count)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    json_t *answer = answer_of(request, presentations, count);
    char *text = json_text(answer, JSON_COMPACT);
    if (text != NULL) {
        // The token's characters are a form's own.
        writer_put(out, span_of(field, sizeof field - 1));
        error = jwe_encrypt(&request->recipient, random, span_of(text, strlen(text)), out);
        crypto_wipe(text, strlen(text));
    }
    free(text);
    json_wipe(answer);
    json_decref(answer);
    return error;
}

void vp_refusal_put(struct writer *out, const char *error, const char *state)
{
    http_form_put(out, "error", error);
    if (state != NULL) {
        http_form_put(out, "state", state);
    }
}
