// Active Authentication as the terminal plays it (9303-11 §6.1): the challenge. The answer is judged when the
// document is verified, with the signed key.
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/reader_internal.h"

enum {
    INS_INTERNAL_AUTHENTICATE = 0x88,
    RESPONSE_EXTENDED = ACTIVE_AUTHENTICATION_RESPONSE_MAX, // RSA up to 8192 bits
};

enum jumin_error reader_active_authentication(struct jumin_reader *reader)
{
    struct document_evidence *evidence = &reader->document->evidence;
    channel_enter(&reader->channel, JUMIN_STEP_ACTIVE_AUTHENTICATION, "active authentication");
    if (!reader->random.fill(reader->random.context, evidence->challenge, sizeof evidence->challenge)) {
        return detail_set(&reader->detail, JUMIN_ERROR_CRYPTO, "active authentication: no random bytes");
    }
    const bool extended = reader->channel.limits.extended &&
                          channel_response_data_max(&reader->channel, true) >= RESPONSE_EXTENDED;
    const struct apdu_command command = {.ins = INS_INTERNAL_AUTHENTICATE,
                                         .data = span_of(evidence->challenge, sizeof evidence->challenge),
                                         .ne = extended ? RESPONSE_EXTENDED : APDU_SHORT_LE_MAX,
                                         .extended = extended};
    struct span answer;
    const enum jumin_error error = channel_command(&reader->channel, &command, &answer);
    if (error != JUMIN_OK) {
        return error;
    }
    if (answer.n == 0 || answer.n > sizeof evidence->response) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                          "active authentication: the card answered with %zu bytes", answer.n);
    }
    memcpy(evidence->response, answer.p, answer.n);
    evidence->response_length = answer.n;
    evidence->active_authentication = true;
    return JUMIN_OK;
}
