// An mdoc that is shown to a verifier, made by hand with whatever flaw.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/mdoc_shown.h"

struct verifier_stage stage;
struct mdoc_stage papers;
uint8_t response_bytes[STAGE_BYTES];
static uint8_t credential_bytes[STAGE_BYTES], session_bytes[64];

int setup(void **state)
{
    (void)state;
    verifier_stage_open(&stage);
    mdoc_stage_open(&papers);
    assert_true(signer_of_key(&stage.mdoc.key.key, &papers.issuer));
    papers.certificate = stage.mdoc.der;
    return 0;
}

int teardown(void **state)
{
    (void)state;
    mdoc_stage_close(&papers);
    verifier_stage_close(&stage);
    return 0;
}

static struct flaw in_time(struct flaw flaw)
{
    flaw.signed_at = flaw.signed_at != 0 ? flaw.signed_at : STAGE_NOW - 100;
    flaw.valid_from = flaw.valid_from != 0 ? flaw.valid_from : STAGE_NOW - 100;
    flaw.valid_until = flaw.valid_until != 0 ? flaw.valid_until : STAGE_NOW + 1000;
    return flaw;
}

struct span session(void)
{
    return stage_transcript("one", session_bytes, sizeof session_bytes);
}

struct jumin_expected expected(void)
{
    const struct span transcript = session();
    return (struct jumin_expected){
        .now = STAGE_NOW, .transcript = transcript.p, .transcript_length = transcript.n};
}

void check(struct span response, const struct jumin_expected *wanted)
{
    jumin_verification_free(stage.verification);
    assert_int_equal(
        jumin_verifier_check_mdoc(stage.verifier, response.p, response.n, wanted, &stage.verification),
        JUMIN_OK);
}

struct span show(struct span issuer_signed, const char *doc_type, struct span transcript,
                 const struct signer *device)
{
    uint8_t authentication_bytes[1024];
    struct writer w = writer_of(response_bytes, sizeof response_bytes),
                  authentication = writer_of(authentication_bytes, sizeof authentication_bytes);
    const struct cose_header header = {.algorithm = COSE_ES256, .detached = true};
    const uint8_t empty[] = {0xD8, 0x18, 0x41, 0xA0}; // 24(<<{}>>)
    cbor_put_map(&w, 3);
    cbor_put_string(&w, "version");
    cbor_put_string(&w, "1.0");
    cbor_put_string(&w, "documents");
    cbor_put_array(&w, 1);
    cbor_put_map(&w, 3);
    cbor_put_string(&w, "docType");
    cbor_put_string(&w, doc_type);
    cbor_put_string(&w, "issuerSigned");
    writer_put(&w, issuer_signed);
    cbor_put_string(&w, "deviceSigned");
    cbor_put_map(&w, 2);
    cbor_put_string(&w, "nameSpaces");
    writer_put(&w, span_of(empty, sizeof empty));
    cbor_put_string(&w, "deviceAuth");
    cbor_put_map(&w, 1);
    cbor_put_string(&w, "deviceSignature");
    device_authentication_put(&authentication, transcript, span_of(doc_type, strlen(doc_type)),
                              span_of(empty, sizeof empty));
    assert_true(cose_sign1_put(&w, &header, writer_span(&authentication), device));
    cbor_put_string(&w, "status");
    cbor_put_unsigned(&w, 0);
    assert_false(w.overflow || authentication.overflow);
    return writer_span(&w);
}

struct span issue(struct flaw flaw)
{
    const struct flaw timed = in_time(flaw);
    return stage_issuer_signed(&papers, &timed, credential_bytes, sizeof credential_bytes);
}

void check_flaw(struct flaw flaw)
{
    const struct jumin_expected wanted = expected();
    check(show(issue(flaw), "kr.jumin.resident.1", session(), &papers.device), &wanted);
}

void refuse(struct flaw flaw, enum jumin_verification_kind kind, enum jumin_error error)
{
    check_flaw(flaw);
    assert_result(&stage, JUMIN_FINDING_FAILED);
    assert_found(&stage, kind, JUMIN_FINDING_FAILED, error);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 0);
}

void sign_by(const struct stage_holder *holder)
{
    papers.certificate = holder->der;
    union {
        const struct crypto_ec_key *read;
        struct crypto_ec_key *any;
    } key = {.read = &holder->key.key};
    assert_true(signer_of_key(key.any, &papers.issuer));
}
