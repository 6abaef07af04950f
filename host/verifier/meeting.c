// A verifier's side of one session in person (ISO 18013-5 §8.3, §9.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/meeting.h"

#include <stdlib.h>

#include "host/mobile/device_request.h"
#include "host/mobile/device_response.h"
#include "host/mobile/resident_claims.h"
#include "host/mobile/session_transcript.h"

enum { REQUEST_MAX = 16384 };

// --- Request -------------------------------------------------------------------------------------------------------

static enum jumin_error check_purpose(struct jumin_verifier *verifier, enum jumin_purpose purpose)
{
    const char *name = jumin_purpose_name(purpose);
    if (name == NULL) {
        return detail_set(&verifier->detail, JUMIN_ERROR_ARGUMENT, "there is no such purpose");
    }
    if (!verifier->has_key) {
        return detail_set(&verifier->detail, JUMIN_ERROR_ARGUMENT,
                          "a venue without key and certificate cannot ask");
    }
    if ((verifier->purposes & purpose) == 0) {
        return detail_set(&verifier->detail, JUMIN_ERROR_NOT_AUTHORIZED,
                          "the venue's certificate does not let it ask for %s", name);
    }
    return JUMIN_OK;
}

// Our key for this session, and what both sides know of it.
static enum jumin_error open_session(struct meeting *meeting, struct span engagement, struct span select)
{
    const struct crypto_random random = crypto_system_random();
    struct detail *detail = &meeting->verifier->detail;
    struct device_engagement phone;
    uint8_t key_bytes[EPHEMERAL_KEY_BYTES], salt[SESSION_SALT];
    struct writer key = writer_of(key_bytes, sizeof key_bytes);
    struct writer transcript = writer_of(meeting->transcript_bytes, sizeof meeting->transcript_bytes);
    const enum jumin_error error = engagement_read(engagement, &phone, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!crypto_ec_generate(&meeting->key, CRYPTO_P256, &random) ||
        !signer_of_key(&meeting->key, &meeting->reader)) {
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "a key for the session cannot be made");
    }
    ephemeral_key_put(&key, meeting->reader.point);
    if (select.n > 0) {
        session_transcript_put_nfc(&transcript, engagement, writer_span(&key), select, span_of(NULL, 0));
    } else {
        session_transcript_put_qr(&transcript, engagement, writer_span(&key));
    }
    meeting->transcript = writer_span(&transcript);
    if (transcript.overflow) {
        return detail_set(detail, JUMIN_ERROR_TOO_LONG, "the phone's engagement is longer than is looked at");
    }
    const bool started = session_transcript_salt(meeting->transcript, salt) &&
                         session_start(&meeting->session, SESSION_READER, &meeting->key,
                                       span_of(phone.point, sizeof phone.point), salt, &random);
    crypto_wipe(salt, sizeof salt);
    return started ? JUMIN_OK
                   : detail_set(detail, JUMIN_ERROR_CRYPTO,
                                "the phone's key for the session is no point of P-256");
}

static enum jumin_error put_request(struct meeting *meeting, struct writer *establishment)
{
    struct jumin_verifier *verifier = meeting->verifier;
    struct resident_purpose_elements asked;
    uint8_t bytes[REQUEST_MAX];
    struct writer request = writer_of(bytes, sizeof bytes);
    if (!resident_purpose_ask(meeting->purpose, verifier_year(meeting->now), &asked)) {
        return detail_set(&verifier->detail, JUMIN_ERROR_ARGUMENT, "there is no such purpose");
    }
    const struct document_request_order order = {
        .doc_type = span_of(RESIDENT_DOC_TYPE, sizeof RESIDENT_DOC_TYPE - 1),
        .elements = asked.elements,
        .element_count = asked.count,
    };
    const struct device_request_reader reader = {&verifier->signer, verifier->chain, verifier->chain_count};
    const enum jumin_error error = device_request_make(meeting->transcript, &order, 1, &reader, &request);
    if (error != JUMIN_OK) {
        return detail_set(&verifier->detail, error, "the request cannot be made: %s",
                          jumin_error_text(error));
    }
    session_put_establishment(establishment, &meeting->session, meeting->reader.point, writer_span(&request));
    return establishment->overflow
               ? detail_set(&verifier->detail, JUMIN_ERROR_TOO_LONG, "the request is longer than a message")
               : JUMIN_OK;
}

enum jumin_error meeting_begin(struct meeting *meeting, struct jumin_verifier *verifier,
                               struct span engagement, struct span select, enum jumin_purpose purpose,
                               int64_t now, struct writer *establishment)
{
    *meeting = (struct meeting){.verifier = verifier, .purpose = purpose, .now = now};
    detail_clear(&verifier->detail);
    enum jumin_error error = check_purpose(verifier, purpose);
    if (error == JUMIN_OK) {
        error = open_session(meeting, engagement, select);
    }
    return error == JUMIN_OK ? put_request(meeting, establishment) : error;
}

// --- Response --------------------------------------------------------------------------------------------------------

static enum jumin_error ended(struct meeting *meeting, uint64_t status)
{
    struct detail *detail = &meeting->verifier->detail;
    switch (status) {
    case SESSION_TERMINATION:
        return detail_set(detail, JUMIN_ERROR_ACCESS_DENIED, "the phone has ended the session");
    case SESSION_ENCRYPTION_ERROR:
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "the phone could not decrypt the request");
    case SESSION_CBOR_ERROR:
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the phone could not read the request");
    default:
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the phone answers with the unknown status %llu",
                          (unsigned long long)status);
    }
}

// A response without documents is a refusal, and nothing to be verified.
static enum jumin_error check_shown(struct meeting *meeting, struct span plain)
{
    struct detail *detail = &meeting->verifier->detail, unread;
    struct device_response *response = malloc(sizeof *response);
    if (response == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = JUMIN_OK;
    if (device_response_parse(plain, response, &unread) == JUMIN_OK && response->count == 0) {
        error = response->status == DEVICE_RESPONSE_CBOR_DECODING_ERROR ||
                        response->status == DEVICE_RESPONSE_CBOR_VALIDATION_ERROR
                    ? detail_set(detail, JUMIN_ERROR_MALFORMED, "the phone could not read the request")
                    : detail_set(detail, JUMIN_ERROR_ACCESS_DENIED, "the holder shows nothing");
    }
    free(response);
    return error;
}

static enum jumin_error verify(struct meeting *meeting, struct span plain,
                               struct jumin_verification **verification)
{
    const struct jumin_expected expected = {.now = meeting->now,
                                            .purpose = meeting->purpose,
                                            .transcript = meeting->transcript.p,
                                            .transcript_length = meeting->transcript.n};
    const enum jumin_error error = check_shown(meeting, plain);
    return error == JUMIN_OK
               ? verifier_check_mdoc(meeting->verifier, plain, &meeting->reader, &expected, verification)
               : error;
}

enum jumin_error meeting_answer(struct meeting *meeting, struct span message,
                                struct jumin_verification **verification)
{
    struct detail *detail = &meeting->verifier->detail;
    struct session_data data;
    *verification = NULL;
    detail_clear(detail);
    if (!session_read_data(message, &data)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the phone's answer is no message of a session");
    }
    if (!data.has_data) {
        return ended(meeting, data.status);
    }
    if (data.data.n <= SESSION_TAG) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the phone's answer holds nothing");
    }
    const size_t n = data.data.n - SESSION_TAG;
    uint8_t *plain = malloc(n);
    if (plain == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = session_open(&meeting->session, data.data, plain, detail);
    if (error == JUMIN_OK) {
        error = verify(meeting, span_of(plain, n), verification);
    }
    crypto_wipe(plain, n);
    free(plain);
    return error;
}

void meeting_end(struct meeting *meeting)
{
    session_end(&meeting->session);
    crypto_ec_release(&meeting->key);
    crypto_wipe(meeting, sizeof *meeting);
}
