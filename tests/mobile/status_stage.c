// What the tests of status lists share: who signs them, who is trusted, and tokens of any content.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/status_stage.h"

#include <stdlib.h>

static const uint8_t certificate[] = {0x30, 0x03, 0x02, 0x01, 0x01};
static const struct span chain = {certificate, sizeof certificate};

struct jose_party status_issuer;
struct status_signer status_signer;
unsigned status_trust_asked;
bool status_trust_refuses, status_trust_refuses_once;

static enum jumin_error judge(void *context, const struct span *certificates, size_t count, int64_t now,
                              uint8_t point[SIGNER_POINT], struct detail *detail)
{
    (void)context;
    status_trust_asked++;
    assert_in_range(now, STATUS_NOW - 1000000, STATUS_NOW + 1000000);
    const bool refuses = status_trust_refuses || status_trust_refuses_once;
    status_trust_refuses_once = false;
    if (refuses || count != 1 || !span_equal(certificates[0], chain)) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "not the certificate of a signer of status lists");
    }
    memcpy(point, status_issuer.signer.point, SIGNER_POINT);
    return JUMIN_OK;
}

struct status_trust status_trust = {judge, NULL};

int status_stage_open(void **state)
{
    (void)state;
    jose_party_make(&status_issuer, 9);
    status_signer = (struct status_signer){status_issuer.signer, &chain, 1};
    return 0;
}

int status_stage_close(void **state)
{
    (void)state;
    crypto_ec_release(&status_issuer.key);
    return 0;
}

struct status_claims status_stage_claims(enum status_format format, int64_t age)
{
    return (struct status_claims){.uri = STATUS_URI,
                                  .issued_at = STATUS_NOW - age,
                                  .expires_at = STATUS_NOW - age + 86400,
                                  .time_to_live = 30,
                                  .bits = format == STATUS_CWT ? 1 : 2};
}

struct span status_stage_sign(enum status_format format, const struct status_claims *claims)
{
    static uint8_t kept[2][4096];
    uint8_t packed[64] = {0}, *token = NULL;
    size_t n = 0;
    assert_true(status_list_set(packed, sizeof packed, claims->bits, 3, STATUS_INVALID));
    assert_true(status_list_set(packed, sizeof packed, claims->bits, 5,
                                claims->bits == 1 ? STATUS_INVALID : STATUS_SUSPENDED));
    assert_int_equal(
        status_token_make(format, claims, span_of(packed, 8U * claims->bits), &status_signer, &token, &n),
        JUMIN_OK);
    assert_true(n <= sizeof kept[0]);
    memcpy(kept[format], token, n);
    free(token);
    return span_of(kept[format], n);
}

struct span status_stage_token(enum status_format format, int64_t age)
{
    const struct status_claims claims = status_stage_claims(format, age);
    return status_stage_sign(format, &claims);
}
