// That the holder's face was compared on the phone.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/face_result.h"

enum jumin_error face_result_make(const struct signer *device, const struct face_result *result,
                                  struct writer *out)
{
    const struct jws_header header = {.type = FACE_RESULT_TYPE, .with_key = true};
    json_t *claims = json_pack("{s:s, s:I, s:i, s:b}", "session", result->session, "iat",
                               (json_int_t)result->at, "score", (int)result->score, "live", result->live);
    const enum jumin_error error = jws_sign_claims(device, &header, claims, out);
    json_decref(claims);
    return error;
}

static enum jumin_error check_claims(const json_t *claims, const struct face_rules *rules,
                                     struct detail *detail)
{
    const char *session = jws_text(claims, "session");
    const json_t *score = json_object_get(claims, "score"), *live = json_object_get(claims, "live");
    if (session == NULL || !json_is_integer(score) || !json_is_boolean(live) ||
        json_integer_value(score) < 0 || json_integer_value(score) > FACE_SCORE_MAX) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "the result has no session, no score from 0 to 100, or no live");
    }
    if (strcmp(session, rules->session) != 0) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "the face was compared for another binding");
    }
    if (!json_is_true(live)) {
        return detail_set(detail, JUMIN_ERROR_RULES, "the picture is not of a living face");
    }
    return json_integer_value(score) >= (json_int_t)rules->score
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_RULES, "the face is not alike enough");
}

enum jumin_error face_result_check(struct span text, const struct face_rules *rules, struct detail *detail)
{
    uint8_t thumbprint[JWK_THUMBPRINT];
    struct jws jws;
    enum jumin_error error = jws_read_own_key(text, FACE_RESULT_TYPE, &jws, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!jwk_thumbprint(span_of(jws.key, SIGNER_POINT), thumbprint) ||
        !crypto_equal(thumbprint, rules->thumbprint, sizeof thumbprint)) {
        error = detail_set(detail, JUMIN_ERROR_SIGNATURE,
                           "the result is signed by another key than the bound one");
    }
    if (error == JUMIN_OK) {
        error = jws_check_fresh(jws.claims, rules->now, rules->window, rules->leeway, detail);
    }
    if (error == JUMIN_OK) {
        error = check_claims(jws.claims, rules, detail);
    }
    jws_release(&jws);
    return error;
}
