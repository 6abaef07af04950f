// The holder's side of one session in person (ISO 18013-5 §8.3, §9.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/proximity.h"

#include <stdlib.h>

#include "host/mobile/session_encryption.h"
#include "host/mobile/session_transcript.h"

struct proximity {
    struct crypto_ec_key key; // EDeviceKey
    uint8_t engagement_bytes[ENGAGEMENT_MAX];
    struct span engagement;
    struct session session;
    bool established;
    uint8_t reader_key[EPHEMERAL_POINT];
    uint8_t transcript_bytes[MDOC_TRANSCRIPT_MAX];
    struct span transcript;
    struct detail detail;
};

// --- Beginning and end -----------------------------------------------------------------------------------------

enum jumin_error proximity_new(struct proximity **proximity, const struct engagement_nfc *nfc)
{
    const struct crypto_random random = crypto_system_random();
    struct signer signer;
    *proximity = NULL;
    struct proximity *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    if (!crypto_ec_generate(&made->key, CRYPTO_P256, &random) || !signer_of_key(&made->key, &signer)) {
        proximity_free(made);
        return JUMIN_ERROR_CRYPTO;
    }
    struct writer w = writer_of(made->engagement_bytes, sizeof made->engagement_bytes);
    engagement_put(&w, signer.point, nfc);
    made->engagement = writer_span(&w);
    *proximity = made;
    return JUMIN_OK;
}

void proximity_free(struct proximity *proximity)
{
    if (proximity == NULL) {
        return;
    }
    session_end(&proximity->session);
    crypto_ec_release(&proximity->key);
    crypto_wipe(proximity, sizeof *proximity);
    free(proximity);
}

const char *proximity_detail(const struct proximity *proximity)
{
    return proximity->detail.text;
}

struct span proximity_engagement(const struct proximity *proximity)
{
    return proximity->engagement;
}

// --- Messages --------------------------------------------------------------------------------------------------------

// The session ends with a status in place of an answer.
static enum jumin_error refuse(struct proximity *proximity, struct writer *answer, enum session_status status,
                               enum jumin_error error, const char *why)
{
    session_end(&proximity->session);
    session_put_status(answer, status);
    return detail_set(&proximity->detail, error, "%s", why);
}

static enum jumin_error establish(struct proximity *proximity, struct span message, struct span handover,
                                  struct span *sealed, struct writer *answer)
{
    const struct crypto_random random = crypto_system_random();
    struct session_establishment establishment;
    uint8_t salt[SESSION_SALT];
    struct writer transcript = writer_of(proximity->transcript_bytes, sizeof proximity->transcript_bytes);
    if (!session_read_establishment(message, &establishment)) {
        return refuse(proximity, answer, SESSION_CBOR_ERROR, JUMIN_ERROR_MALFORMED,
                      "the verifier's message does not open a session");
    }
    if (handover.n > 0) {
        session_transcript_put_nfc(&transcript, proximity->engagement, establishment.key_bytes, handover,
                                   span_of(NULL, 0));
    } else {
        session_transcript_put_qr(&transcript, proximity->engagement, establishment.key_bytes);
    }
    proximity->transcript = writer_span(&transcript);
    memcpy(proximity->reader_key, establishment.point, sizeof proximity->reader_key);
    proximity->established =
        !transcript.overflow && session_transcript_salt(proximity->transcript, salt) &&
        session_start(&proximity->session, SESSION_DEVICE, &proximity->key,
                      span_of(establishment.point, sizeof establishment.point), salt, &random);
    crypto_wipe(salt, sizeof salt);
    if (!proximity->established) {
        return refuse(proximity, answer, SESSION_ENCRYPTION_ERROR, JUMIN_ERROR_CRYPTO,
                      "the verifier's key for the session is no point of P-256");
    }
    *sealed = establishment.data;
    return JUMIN_OK;
}

static enum jumin_error take_message(struct proximity *proximity, struct span message, struct span handover,
                                     struct span *sealed, struct writer *answer)
{
    struct session_data data;
    if (!proximity->established) {
        return establish(proximity, message, handover, sealed, answer);
    }
    if (!session_read_data(message, &data)) {
        return refuse(proximity, answer, SESSION_CBOR_ERROR, JUMIN_ERROR_MALFORMED,
                      "the verifier's message is none of a session");
    }
    if (!data.has_data) {
        session_end(&proximity->session);
        return detail_set(&proximity->detail, JUMIN_ERROR_CANCELLED, "the verifier has ended the session");
    }
    *sealed = data.data;
    return JUMIN_OK;
}

// --- Answer ----------------------------------------------------------------------------------------------------------

// The holder's response, or one that shows nothing.
static enum jumin_error respond(struct proximity *proximity, struct span plain,
                                const struct proximity_holder *holder, struct writer *response)
{
    enum device_response_status status = DEVICE_RESPONSE_OK;
    struct device_request *request = malloc(sizeof *request);
    if (request == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = device_request_parse(plain, request, &proximity->detail);
    if (error != JUMIN_OK) {
        status = DEVICE_RESPONSE_CBOR_DECODING_ERROR;
    } else {
        error = holder->respond(holder->context, request, proximity->transcript,
                                span_of(proximity->reader_key, sizeof proximity->reader_key), response,
                                &proximity->detail);
        if (error == JUMIN_OK && response->overflow) {
            error = detail_set(&proximity->detail, JUMIN_ERROR_TOO_LONG,
                               "what would be shown is longer than a message");
        }
    }
    free(request);
    if (error != JUMIN_OK) {
        crypto_wipe(response->p, response->capacity);
        *response = writer_of(response->p, response->capacity);
        const enum jumin_error made = device_response_make(proximity->transcript, status, NULL, 0, response);
        error = made == JUMIN_OK ? error : made;
    }
    return error;
}

static enum jumin_error answer_sealed(struct proximity *proximity, struct span sealed,
                                      const struct proximity_holder *holder, struct writer *answer)
{
    uint8_t *plain = malloc(sealed.n + 1), *bytes = malloc(PROXIMITY_RESPONSE_MAX);
    enum jumin_error error = plain != NULL && bytes != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    if (error == JUMIN_OK && (sealed.n < SESSION_TAG || session_open(&proximity->session, sealed, plain,
                                                                     &proximity->detail) != JUMIN_OK)) {
        error = refuse(proximity, answer, SESSION_ENCRYPTION_ERROR, JUMIN_ERROR_CRYPTO,
                       "the verifier's message does not decrypt");
    } else if (error == JUMIN_OK) {
        struct writer response = writer_of(bytes, PROXIMITY_RESPONSE_MAX);
        error = respond(proximity, span_of(plain, sealed.n - SESSION_TAG), holder, &response);
        session_put_data(answer, &proximity->session, writer_span(&response), SESSION_NO_STATUS);
        crypto_wipe(bytes, PROXIMITY_RESPONSE_MAX);
        if (answer->overflow) {
            error = detail_set(&proximity->detail, JUMIN_ERROR_TOO_LONG, "the answer does not fit");
        }
    }
    free(plain); // the request is no secret
    free(bytes);
    return error;
}

enum jumin_error proximity_answer(struct proximity *proximity, struct span message, struct span handover,
                                  const struct proximity_holder *holder, struct writer *answer)
{
    struct span sealed = span_of(NULL, 0);
    detail_clear(&proximity->detail);
    const enum jumin_error error = take_message(proximity, message, handover, &sealed, answer);
    return error == JUMIN_OK ? answer_sealed(proximity, sealed, holder, answer) : error;
}
