// What the tests of Status List Tokens share: tokens of any content, made by hand, and what becomes of them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/status_token_stage.h"

const enum status_format formats[2] = {STATUS_JWT, STATUS_CWT};
struct detail detail;

enum jumin_error open_at(enum status_format format, struct span bytes, int64_t now)
{
    struct status_token token;
    detail_clear(&detail);
    const enum jumin_error error =
        status_token_open(format, bytes, STATUS_URI, now, &status_trust, &token, &detail);
    if (error != JUMIN_OK) {
        assert_null(token.packed);
        assert_int_equal(token.claims.uri[0], '\0');
    }
    status_token_release(&token);
    return error;
}

void assert_opens(enum status_format format, struct span bytes)
{
    const enum jumin_error error = open_at(format, bytes, STATUS_NOW);
    if (error != JUMIN_OK) {
        fail_msg("refused: %s", detail.text);
    }
}

void assert_opens_not(enum status_format format, struct span bytes, enum jumin_error expected,
                      const char *words)
{
    assert_refused(open_at(format, bytes, STATUS_NOW), expected, &detail, words);
}

struct span bytes_of(const char *hex)
{
    static uint8_t buffer[512];
    return unhex(hex, buffer, sizeof buffer);
}

struct span good_payload(void)
{
    return bytes_of("a4" CWT_SUB CWT_EXP CWT_IAT CWT_LIST);
}

struct span cwt(void (*change)(struct cose_header *header), struct span payload)
{
    static uint8_t out[8192];
    struct cose_header header = {.tagged = COSE_TAGGED,
                                 .algorithm = COSE_ES256,
                                 .type = "application/statuslist+cwt",
                                 .chain = status_signer.chain,
                                 .chain_count = 1,
                                 .chain_protected = true};
    struct writer w = writer_of(out, sizeof out);
    if (change != NULL) {
        change(&header);
    }
    assert_true(cose_sign1_put(&w, &header, payload, &status_issuer.signer));
    return writer_span(&w);
}
