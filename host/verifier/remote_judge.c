// A venue's verifier as the judge of what it is shown over the network.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/remote.h"

#include "host/mobile/base64url.h"
#include "host/verifier/verification.h"
#include "host/verifier/verifier.h"
#include <stdlib.h>

static enum jumin_error check_mdoc(struct jumin_verifier *verifier, const struct remote_answer *answer,
                                   const struct vp_presentation *shown, const struct jumin_expected *expected,
                                   struct jumin_verification **verification, struct detail *detail)
{
    struct writer bytes = writer_of(malloc(shown->text.n + 1), shown->text.n + 1);
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    if (bytes.p == NULL) {
        return error;
    }
    error = base64url_decode(shown->text, &bytes)
                ? verifier_check_mdoc(verifier, writer_span(&bytes), answer->key, expected, verification)
                : detail_set(detail, JUMIN_ERROR_MALFORMED, "The mdoc is not in base64url.");
    crypto_wipe(bytes.p, bytes.n);
    free(bytes.p);
    return error;
}

static enum jumin_error check(struct jumin_verifier *verifier, const struct remote_answer *answer,
                              const struct vp_presentation *shown, struct jumin_verification **verification,
                              struct detail *detail)
{
    uint8_t transcript[MDOC_TRANSCRIPT_MAX];
    struct writer w = writer_of(transcript, sizeof transcript);
    if (!vp_transcript(answer->session, &w)) {
        return JUMIN_ERROR_CRYPTO;
    }
    const struct jumin_expected expected = {.now = answer->now,
                                            .purpose = answer->purpose,
                                            .transcript = transcript,
                                            .transcript_length = w.n,
                                            .audience = answer->session->client_id,
                                            .nonce = answer->session->nonce};
    return shown->query->format == DCQL_MDOC
               ? check_mdoc(verifier, answer, shown, &expected, verification, detail)
               : jumin_verifier_check_sd_jwt(verifier, (const char *)shown->text.p, shown->text.n, &expected,
                                             verification);
}

// The first check that failed; JUMIN_ERROR_UNCERTAIN where one could not be done.
static enum jumin_error result_of(const struct jumin_verification *verification, struct detail *detail)
{
    const enum jumin_finding result = jumin_verification_result(verification);
    if (result == JUMIN_FINDING_PASSED || result == JUMIN_FINDING_WARNED) {
        return JUMIN_OK;
    }
    for (size_t i = 0; i < jumin_verification_count(verification); i++) {
        const struct jumin_verification_check *check = jumin_verification_check(verification, i);
        if (check->finding == result) {
            return detail_set(detail, result == JUMIN_FINDING_FAILED ? check->error : JUMIN_ERROR_UNCERTAIN,
                              "%s", check->detail);
        }
    }
    return JUMIN_ERROR_UNCERTAIN;
}

static enum jumin_error judge(void *context, const struct remote_answer *answer, json_t **verdict,
                              struct detail *detail)
{
    struct jumin_verification *verification = NULL;
    if (answer->count != 1) { // a purpose asks for one
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "Not just one credential was shown.");
    }
    enum jumin_error error = check(context, answer, &answer->presentations[0], &verification, detail);
    if (error == JUMIN_OK) {
        error = result_of(verification, detail);
        *verdict = verification_json(verification);
    }
    jumin_verification_free(verification);
    return error;
}

struct remote_judge remote_judge_of(struct jumin_verifier *verifier)
{
    return (struct remote_judge){judge, verifier};
}
