// A code that a phone shows at a counter without a radio, checked.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/counter_code.h"

#include "host/mobile/device_response.h"
#include "host/mobile/resident_claims.h"
#include "host/verifier/checks.h"

#include <stdlib.h>

// Whether an element of that response is all that it says. Whether it is the one that is wanted is the
// purpose's matter.
static bool shows_one_element(const struct device_response *response)
{
    struct issuer_signed_walk walk;
    struct issuer_signed_item item;
    size_t count = 0;
    bool adult = false;
    issuer_signed_begin(&response->documents[0].issuer_signed, &walk);
    while (issuer_signed_next(&walk, &item)) {
        count++;
        adult = resident_purpose_covers(JUMIN_PURPOSE_ADULT, item.name_space, item.identifier);
    }
    return count == 1 && adult && response->documents[0].device_elements.n == 1; // the empty map
}

// By what the holder's key has signed, not by the signature: of that there are two for each.
static bool identify(const struct counter_code *code, const struct device_response *response,
                     uint8_t id[COUNTER_ID])
{
    uint8_t bytes[128], digest[CRYPTO_HASH_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    counter_code_put_transcript(&w, code->issued, code->expires);
    const uint8_t *point = response->documents[0].issuer_signed.mso.device_key;
    const struct span parts[] = {writer_span(&w), span_of(point, SIGNER_POINT)};
    const bool good = crypto_hash_parts(CRYPTO_SHA256, parts, 2, digest);
    memcpy(id, digest, COUNTER_ID);
    return good && !w.overflow;
}

// Of a code whose signature holds.
static enum jumin_error check_session(struct jumin_verifier *verifier, const struct counter_code *code,
                                      const struct device_response *response, int64_t now,
                                      struct detail *detail)
{
    uint8_t id[COUNTER_ID];
    if (now >= code->expires) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "the code is %lld seconds old, and over",
                          (long long)(now - code->issued));
    }
    if (code->issued > now + COUNTER_CODE_LEEWAY) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW,
                          "the code is from the future: the phone's clock or this one is wrong");
    }
    return identify(code, response, id)
               ? counter_memory_take(&verifier->counters, id, code->expires, now, detail)
               : JUMIN_ERROR_CRYPTO;
}

static void look(struct jumin_verifier *verifier, const struct counter_code *code, int64_t now,
                 struct device_response *response, struct jumin_verification *verification)
{
    uint8_t bytes[128];
    struct writer transcript = writer_of(bytes, sizeof bytes);
    struct detail detail = {""};
    counter_code_put_transcript(&transcript, code->issued, code->expires);
    const struct jumin_expected expected = {.now = now,
                                            .purpose = JUMIN_PURPOSE_ADULT,
                                            .transcript = transcript.p,
                                            .transcript_length = transcript.n};
    verifier_look_at_mdoc(verifier, code->response, response, NULL, &expected, verification);
    const struct jumin_verification_check *format =
        jumin_verification_find(verification, JUMIN_VERIFICATION_FORMAT);
    const struct jumin_verification_check *holder =
        jumin_verification_find(verification, JUMIN_VERIFICATION_HOLDER);
    if (format == NULL || format->finding != JUMIN_FINDING_PASSED) {
        return;
    }
    if (!shows_one_element(response)) {
        verification_note(
            verification, JUMIN_VERIFICATION_FORMAT, JUMIN_FINDING_FAILED, JUMIN_ERROR_MALFORMED,
            "a code for counters says whether its holder is an adult, and this one something else");
        return;
    }
    if (holder != NULL && holder->finding == JUMIN_FINDING_PASSED) {
        const enum jumin_error error = check_session(verifier, code, response, now, &detail);
        verification_result(verification, JUMIN_VERIFICATION_HOLDER, error, &detail,
                            "the holder's key has answered for counters, within this minute");
    }
}

enum jumin_error jumin_verifier_check_counter_code(struct jumin_verifier *verifier, const char *text,
                                                   size_t n, int64_t now,
                                                   struct jumin_verification **verification)
{
    struct counter_code code;
    struct detail detail = {""};
    if (verifier == NULL || text == NULL || verification == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_verification *made = verification_new();
    struct device_response *response = malloc(sizeof *response);
    uint8_t *bytes = malloc(COUNTER_CODE_BYTES_MAX);
    bool good = made != NULL && response != NULL && bytes != NULL;
    if (good) {
        const enum jumin_error error = counter_code_read(span_of(text, n), bytes, &code, &detail);
        if (error == JUMIN_OK) {
            look(verifier, &code, now, response, made);
        } else {
            verification_result(made, JUMIN_VERIFICATION_FORMAT, error, &detail, "");
        }
        verification_close(made, JUMIN_PURPOSE_ADULT, now);
        good = !made->no_memory;
    }
    if (!good) {
        jumin_verification_free(made);
    }
    free(response);
    free(bytes);
    *verification = good ? made : NULL;
    return good ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}
