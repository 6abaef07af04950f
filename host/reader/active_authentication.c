// Active Authentication as the terminal plays it (9303-11 §6.1): the challenge. The answer is judged when the
// document is verified, with the signed key.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/public_key.h"
#include "host/reader/lds.h"
#include "host/reader/reader_internal.h"

enum { INS_INTERNAL_AUTHENTICATE = 0x88 };

// Bytes of a signature by the key in DG15; 0 when that cannot be told.
static size_t signature_length(const struct jumin_document *document)
{
    const struct span file = document_span(document, JUMIN_FILE_DG15);
    struct span info;
    struct public_key key;
    const char *why = "";
    if (!lds_dg15_parse(file, &info, &why) || !public_key_parse(info, &key)) {
        return 0;
    }
    return key.kind == PUBLIC_KEY_RSA ? key.rsa.modulus.n : 2 * crypto_curve_length(key.curve);
}

enum jumin_error reader_active_authentication(struct jumin_reader *reader)
{
    struct document_evidence *evidence = &reader->document->evidence;
    channel_enter(&reader->channel, JUMIN_STEP_ACTIVE_AUTHENTICATION, "active authentication");
    if (!reader->random.fill(reader->random.context, evidence->challenge, sizeof evidence->challenge)) {
        return detail_set(&reader->detail, JUMIN_ERROR_CRYPTO, "active authentication: no random bytes");
    }
    // Documents with such keys take extended length here, whether they announce it or not.
    const size_t expected = signature_length(reader->document);
    const bool extended =
        reader->channel.link.extended && expected > channel_response_data_max(&reader->channel, false);
    const struct apdu_command command = {.ins = INS_INTERNAL_AUTHENTICATE,
                                         .data = span_of(evidence->challenge, sizeof evidence->challenge),
                                         .ne = extended ? (uint32_t)expected : APDU_SHORT_LE_MAX,
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
