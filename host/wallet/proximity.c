// The holder's side of one session in person (ISO 18013-5 §8.3, §9.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/proximity.h"

#include <stdlib.h>

#include "host/mobile/session_encryption.h"
#include "host/mobile/session_transcript.h"

enum { NOTHING_MAX = 256 }; // bytes of a DeviceResponse without documents

struct proximity {
    struct crypto_ec_key key; // EDeviceKey
    uint8_t engagement_bytes[ENGAGEMENT_MAX];
    struct span engagement;
    struct session session;
    bool established;
    uint8_t reader_key[EPHEMERAL_POINT];
    uint8_t transcript_bytes[MDOC_TRANSCRIPT_MAX];
    struct span transcript;
    struct device_request *request; // that waits for its answer; NULL: none does
    uint8_t *plain;                 // that it borrows from
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

// A request is no secret.
static void forget_request(struct proximity *proximity)
{
    free(proximity->request);
    free(proximity->plain);
    proximity->request = NULL;
    proximity->plain = NULL;
}

void proximity_free(struct proximity *proximity)
{
    if (proximity == NULL) {
        return;
    }
    session_end(&proximity->session);
    crypto_ec_release(&proximity->key);
    forget_request(proximity);
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

const struct device_request *proximity_request(const struct proximity *proximity)
{
    return proximity->request;
}

struct span proximity_transcript(const struct proximity *proximity)
{
    return proximity->transcript;
}

struct span proximity_reader_key(const struct proximity *proximity)
{
    return span_of(proximity->reader_key, sizeof proximity->reader_key);
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

// --- Request -----------------------------------------------------------------------------------------------------------

// What shows nothing, with that status.
static enum jumin_error send_nothing(struct proximity *proximity, enum device_response_status status,
                                     struct writer *answer)
{
    uint8_t bytes[NOTHING_MAX];
    struct writer response = writer_of(bytes, sizeof bytes);
    const enum jumin_error error = device_response_make(proximity->transcript, status, NULL, 0, &response);
    if (error == JUMIN_OK) {
        session_put_data(answer, &proximity->session, writer_span(&response), SESSION_NO_STATUS);
    }
    return error;
}

static enum jumin_error read_request(struct proximity *proximity, struct span sealed, struct writer *answer)
{
    proximity->plain = malloc(sealed.n + 1);
    proximity->request = malloc(sizeof *proximity->request);
    if (proximity->plain == NULL || proximity->request == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    if (sealed.n < SESSION_TAG ||
        session_open(&proximity->session, sealed, proximity->plain, &proximity->detail) != JUMIN_OK) {
        return refuse(proximity, answer, SESSION_ENCRYPTION_ERROR, JUMIN_ERROR_CRYPTO,
                      "the verifier's message does not decrypt");
    }
    const enum jumin_error error = device_request_parse(span_of(proximity->plain, sealed.n - SESSION_TAG),
                                                        proximity->request, &proximity->detail);
    if (error == JUMIN_OK) {
        return JUMIN_OK;
    }
    const enum jumin_error sent = send_nothing(proximity, DEVICE_RESPONSE_CBOR_DECODING_ERROR, answer);
    return sent == JUMIN_OK ? error : sent;
}

enum jumin_error proximity_receive(struct proximity *proximity, struct span message, struct span handover,
                                   struct writer *answer)
{
    struct span sealed = span_of(NULL, 0);
    detail_clear(&proximity->detail);
    forget_request(proximity);
    enum jumin_error error = take_message(proximity, message, handover, &sealed, answer);
    if (error == JUMIN_OK) {
        error = read_request(proximity, sealed, answer);
    }
    if (error != JUMIN_OK) {
        forget_request(proximity);
    }
    return error;
}

// --- Answer ----------------------------------------------------------------------------------------------------------

enum jumin_error proximity_send(struct proximity *proximity, struct span response, struct writer *answer)
{
    enum jumin_error error = JUMIN_OK;
    if (proximity->request == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    forget_request(proximity);
    if (response.n > 0) {
        session_put_data(answer, &proximity->session, response, SESSION_NO_STATUS);
    } else {
        error = send_nothing(proximity, DEVICE_RESPONSE_OK, answer);
    }
    if (error == JUMIN_OK && answer->overflow) {
        error = detail_set(&proximity->detail, JUMIN_ERROR_TOO_LONG, "the answer does not fit");
    }
    return error;
}

enum jumin_error proximity_answer(struct proximity *proximity, struct span message, struct span handover,
                                  const struct proximity_holder *holder, struct writer *answer)
{
    enum jumin_error error = proximity_receive(proximity, message, handover, answer);
    if (error != JUMIN_OK) {
        return error;
    }
    uint8_t *bytes = malloc(PROXIMITY_RESPONSE_MAX);
    struct writer response = writer_of(bytes, bytes != NULL ? PROXIMITY_RESPONSE_MAX : 0);
    error = bytes != NULL ? holder->respond(holder->context, proximity->request, proximity->transcript,
                                            proximity_reader_key(proximity), &response, &proximity->detail)
                          : JUMIN_ERROR_MEMORY;
    if (error == JUMIN_OK && response.overflow) {
        error = detail_set(&proximity->detail, JUMIN_ERROR_TOO_LONG,
                           "what would be shown is longer than a message");
    }
    const enum jumin_error sent =
        proximity_send(proximity, error == JUMIN_OK ? writer_span(&response) : span_of(NULL, 0), answer);
    if (bytes != NULL) {
        crypto_wipe(bytes, PROXIMITY_RESPONSE_MAX);
    }
    free(bytes);
    return error != JUMIN_OK ? error : sent;
}
