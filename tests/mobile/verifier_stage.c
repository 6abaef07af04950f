// A verifier's world for tests.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/verifier_stage.h"

#include <stdlib.h>

#include "host/pki/pem.h"
#include "host/pki/private_key.h"

enum { LIST_BYTES = 1024 };

static enum jumin_error serve(void *context, const char *uri, const char *accept, uint8_t **body, size_t *n)
{
    struct verifier_stage *stage = context;
    const bool jwt = strcmp(accept, status_media_type(STATUS_JWT)) == 0;
    const unsigned bits = jwt ? 2 : 1;
    uint8_t packed[LIST_BYTES] = {0};
    struct status_claims claims = {.issued_at = STAGE_NOW - stage->list_age,
                                   .expires_at = STAGE_NOW + (int64_t)10 * STAGE_DAY,
                                   .time_to_live = 60,
                                   .bits = bits};
    struct status_signer signer = {.chain = &stage->list_signer->der, .count = 1};
    union {
        const struct crypto_ec_key *read;
        struct crypto_ec_key *any;
    } key = {.read = &stage->list_signer->key.key};
    stage->fetches++;
    if (stage->down) {
        return JUMIN_ERROR_LINK;
    }
    (void)snprintf(claims.uri, sizeof claims.uri, "%s", stage->list_uri != NULL ? stage->list_uri : uri);
    const unsigned value = jwt || stage->value == STATUS_VALID ? stage->value : STATUS_INVALID;
    assert_true(status_list_set(packed, sizeof packed, bits, STAGE_STATUS_INDEX, value));
    assert_true(signer_of_key(key.any, &signer.signer));
    const enum jumin_error error = status_token_make(jwt ? STATUS_JWT : STATUS_CWT, &claims,
                                                     span_of(packed, sizeof packed), &signer, body, n);
    if (error == JUMIN_OK) {
        assert_true(*n <= sizeof stage->served);
        memcpy(stage->served, *body, *n);
        stage->served_length = *n;
    }
    return error;
}

struct jumin_verifier_options verifier_stage_options(void)
{
    return (struct jumin_verifier_options){.statuses = {3600, 86400}, .trust = {3600, 86400}};
}

void verifier_stage_renew(struct verifier_stage *stage, const struct jumin_verifier_options *options)
{
    const struct jumin_verifier_network network = {serve, stage};
    jumin_verifier_free(stage->verifier);
    assert_int_equal(jumin_verifier_new(&stage->verifier, options), JUMIN_OK);
    jumin_verifier_trust_issuers(stage->verifier, stage->issuers);
    jumin_verifier_use_network(stage->verifier, &network);
}

void verifier_stage_open(struct verifier_stage *stage)
{
    const struct jumin_verifier_options options = verifier_stage_options();
    memset(stage, 0, sizeof *stage);
    assert_int_equal(jumin_trust_new(&stage->issuers), JUMIN_OK);
    assert_int_equal(jumin_trust_new(&stage->venues), JUMIN_OK);
    stage_root(&stage->root, "Root of the mobile credential", stage->issuers);
    stage_root(&stage->venue_root, "Root of venues", stage->venues);
    stage_issue(&stage->mdoc, &stage->root, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    stage_issue(&stage->status, &stage->root, CERTIFICATE_STATUS_SIGNER, CRYPTO_P256, NULL);
    stage_issue(&stage->sd_jwt, &stage->root, CERTIFICATE_SD_JWT_ISSUER, CRYPTO_P256, NULL);
    stage_issue(&stage->venue, &stage->venue_root, CERTIFICATE_READER, CRYPTO_P256, NULL);
    stage_crl(&stage->root, NULL, 1, STAGE_NOW - STAGE_DAY, STAGE_NOW + (int64_t)30 * STAGE_DAY,
              stage->issuers);
    stage->list_signer = &stage->status;
    stage->list_age = 60;
    verifier_stage_renew(stage, &options);
}

void verifier_stage_close(struct verifier_stage *stage)
{
    jumin_verification_free(stage->verification);
    jumin_verifier_free(stage->verifier);
    jumin_trust_free(stage->issuers);
    jumin_trust_free(stage->venues);
    stage_release(&stage->root);
    stage_release(&stage->mdoc);
    stage_release(&stage->status);
    stage_release(&stage->sd_jwt);
    stage_release(&stage->venue_root);
    stage_release(&stage->venue);
}

struct span verifier_stage_key_file(const struct verifier_stage *stage, void *bytes, size_t capacity)
{
    const struct crypto_random random = crypto_system_random();
    struct writer w = writer_of(bytes, capacity);
    assert_true(private_key_put_text(&stage->venue.key.key, span_of("venue", 5), &random, &w));
    pem_put(&w, "CERTIFICATE", stage->venue.der);
    assert_false(w.overflow);
    return writer_span(&w);
}

static void print_all(const struct jumin_verification *verification)
{
    const struct jumin_verification_check *check = NULL;
    for (size_t i = 0; (check = jumin_verification_check(verification, i)) != NULL; i++) {
        print_message("%s: %s: %s (%s)\n", jumin_verification_kind_name(check->kind),
                      jumin_finding_name(check->finding), check->detail, jumin_error_name(check->error));
    }
}

void assert_found(const struct verifier_stage *stage, enum jumin_verification_kind kind,
                  enum jumin_finding finding, enum jumin_error error)
{
    const struct jumin_verification_check *check = jumin_verification_find(stage->verification, kind);
    if (check == NULL || check->finding != finding || check->error != error) {
        print_message("wanted of %s: %s (%s)\n", jumin_verification_kind_name(kind),
                      jumin_finding_name(finding), jumin_error_name(error));
        print_all(stage->verification);
    }
    assert_non_null(check);
    assert_int_equal(check->finding, finding);
    assert_int_equal(check->error, error);
    assert_true(check->detail[0] != '\0');
}

void assert_result(const struct verifier_stage *stage, enum jumin_finding result)
{
    if (jumin_verification_result(stage->verification) != result) {
        print_all(stage->verification);
    }
    assert_int_equal(jumin_verification_result(stage->verification), result);
}
