// A phone on a reader: engagement, request and answer over NFC data transfer (ISO 18013-5 §8.2.2,
// §8.3.3.1.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/meeting.h"
#include "host/verifier/nfc_reader.h"

#include <stdlib.h>

enum { ESTABLISHMENT_MAX = 20480 };

struct met {
    struct nfc_reader *reader;
    struct meeting meeting;
    uint8_t engagement_bytes[ENGAGEMENT_MAX];
    uint8_t establishment[ESTABLISHMENT_MAX];
};

static enum jumin_error reader_failed(struct jumin_verifier *verifier, const struct met *met,
                                      enum jumin_error error)
{
    return detail_set(&verifier->detail, error, "%s", nfc_reader_detail(met->reader));
}

// From the QR code, or from the tag that the phone is.
static enum jumin_error engage(struct jumin_verifier *verifier, const struct jumin_meeting *order,
                               struct met *met, struct handover_select *select)
{
    struct device_engagement phone;
    enum jumin_error error = JUMIN_OK;
    *select = (struct handover_select){.message = span_of(NULL, 0)};
    if (order->engagement == NULL) {
        error = nfc_reader_engage(met->reader, select);
    } else {
        if (!engagement_from_text(order->engagement, met->engagement_bytes, &select->engagement)) {
            return detail_set(&verifier->detail, JUMIN_ERROR_MALFORMED,
                              "the text is no device engagement (mdoc:…)");
        }
        error = engagement_read(select->engagement, &phone, &verifier->detail);
        if (error != JUMIN_OK) {
            return error;
        }
        nfc_reader_set_limits(met->reader, &phone.nfc);
    }
    if (error == JUMIN_OK) {
        error = nfc_reader_select(met->reader);
    }
    return error == JUMIN_OK ? JUMIN_OK : reader_failed(verifier, met, error);
}

// The phone knows that nothing more comes. What it says to that is of no interest any more.
static void say_goodbye(struct met *met)
{
    uint8_t bytes[SESSION_OVERHEAD];
    struct writer w = writer_of(bytes, sizeof bytes);
    struct span ignored;
    session_put_status(&w, SESSION_TERMINATION);
    (void)nfc_reader_exchange(met->reader, writer_span(&w), &ignored);
}

static enum jumin_error meet(struct jumin_verifier *verifier, const struct jumin_meeting *order,
                             struct met *met, struct jumin_verification **verification)
{
    struct handover_select select;
    struct writer establishment = writer_of(met->establishment, sizeof met->establishment);
    struct span answer;
    enum jumin_error error = engage(verifier, order, met, &select);
    if (error != JUMIN_OK) {
        return error;
    }
    error = meeting_begin(&met->meeting, verifier, select.engagement, select.message, order->purpose,
                          order->now, &establishment);
    if (error != JUMIN_OK) {
        return error;
    }
    error = nfc_reader_exchange(met->reader, writer_span(&establishment), &answer);
    if (error != JUMIN_OK) {
        return reader_failed(verifier, met, error);
    }
    error = meeting_answer(&met->meeting, answer, verification);
    say_goodbye(met);
    return error;
}

enum jumin_error jumin_verifier_meet(struct jumin_verifier *verifier, struct jumin_transport *transport,
                                     const struct jumin_meeting *meeting,
                                     struct jumin_verification **verification)
{
    if (verifier == NULL || transport == NULL || meeting == NULL || verification == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *verification = NULL;
    detail_clear(&verifier->detail);
    struct met *met = calloc(1, sizeof *met);
    enum jumin_error error = met != NULL ? nfc_reader_new(&met->reader, transport) : JUMIN_ERROR_MEMORY;
    if (error == JUMIN_OK) {
        error = meet(verifier, meeting, met, verification);
    }
    if (met != NULL) {
        meeting_end(&met->meeting);
        nfc_reader_free(met->reader);
        crypto_wipe(met, sizeof *met);
    }
    free(met);
    return error;
}
