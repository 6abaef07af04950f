// The verdict on an SD-JWT VC with key binding: what is good is accepted, and every way of being wrong is
// refused by its own check.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"
#include "tests/mobile/verifier_stage.h"

#include "host/mobile/base64url.h"
#include "host/mobile/sd_jwt_vc.h"
#include "host/pki/pem.h"
#include <stdlib.h>

#define SALT "\"0123456789abcdefghijkl\"" // 22 characters
#define AUDIENCE "x509_san_dns:store.example"
#define NONCE "n-0S6_WzA2Mj"

enum { DISCLOSURES_MAX = 4 };

static struct verifier_stage stage;
static struct jose_party holder, other;
static struct signer issuer;
static char presented[JOSE_TEXT_MAX];

static int setup(void **state)
{
    (void)state;
    verifier_stage_open(&stage);
    jose_party_make(&holder, 7);
    jose_party_make(&other, 8);
    assert_true(signer_of_key(&stage.sd_jwt.key.key, &issuer));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    crypto_ec_release(&holder.key);
    crypto_ec_release(&other.key);
    verifier_stage_close(&stage);
    return 0;
}

// What is wrong with a token. All zero: nothing.
struct flaw {
    const char *type;  // typ; NULL: dc+sd-jwt
    const char *alg;   // NULL: ES256
    const char *extra; // members of the claims, with a comma before
    const char *vct;   // NULL: ours; "": none
    bool no_chain, other_issuer, no_status;
    int64_t expires, not_before;            // 0: in time
    const char *disclosed[DISCLOSURES_MAX]; // contents; NULL: "name" and "birth_date"
    bool orphan, twice;                     // the first disclosure has no digest; comes twice
    bool digest_twice;
    // Key binding
    bool no_binding, other_holder;
    const char *binding_type, *audience, *nonce, *hash;
    int64_t bound_at; // 0: now
};

static void put_digest(struct writer *w, const char *content)
{
    uint8_t text[1024], digest[SIGNER_DIGEST];
    struct writer t = writer_of(text, sizeof text);
    base64url_put(&t, text_span(content));
    const struct span input = writer_span(&t);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &input, 1, digest));
    base64url_put(w, span_of(digest, sizeof digest));
}

static void put(struct writer *w, const char *text)
{
    writer_put(w, text_span(text));
}

static const char *or_else(const char *text, const char *usual)
{
    return text != NULL ? text : usual;
}

static const char *disclosure(const struct flaw *flaw, size_t index)
{
    static const char *const usual[DISCLOSURES_MAX] = {"[" SALT ",\"family_name_unicode\",\"Kim\"]",
                                                       "[" SALT ",\"birth_date\",\"2007-03-01\"]"};
    return flaw->disclosed[0] != NULL ? flaw->disclosed[index] : usual[index];
}

static const char *make_header(const struct flaw *flaw)
{
    static char header[4096];
    struct writer w = writer_of(header, sizeof header - 1);
    put(&w, "{\"alg\":\"");
    put(&w, or_else(flaw->alg, "ES256"));
    put(&w, "\",\"typ\":\"");
    put(&w, or_else(flaw->type, "dc+sd-jwt"));
    if (!flaw->no_chain) {
        put(&w, "\",\"x5c\":[\"");
        base64_put(&w, stage.sd_jwt.der);
        put(&w, "\"]}");
    } else {
        put(&w, "\"}");
    }
    assert_false(w.overflow);
    header[w.n] = '\0';
    return header;
}

static const char *make_claims(const struct flaw *flaw)
{
    static char claims[8192];
    char times[128], *key = NULL;
    json_t *jwk = jwk_make(holder.signer.point);
    struct writer w = writer_of(claims, sizeof claims - 1);
    put(&w, "{\"_sd\":[");
    for (size_t i = flaw->orphan ? 1 : 0; i < DISCLOSURES_MAX && disclosure(flaw, i) != NULL; i++) {
        put(&w, w.n > 8 ? ",\"" : "\"");
        put_digest(&w, disclosure(flaw, i));
        put(&w, "\"");
        if (flaw->digest_twice) {
            put(&w, ",\"");
            put_digest(&w, disclosure(flaw, i));
            put(&w, "\"");
        }
    }
    (void)snprintf(times, sizeof times, "],\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld",
                   (long long)STAGE_NOW - 100,
                   (long long)(flaw->not_before != 0 ? flaw->not_before : STAGE_NOW - 100),
                   (long long)(flaw->expires != 0 ? flaw->expires : STAGE_NOW + 1000));
    put(&w, times);
    if (flaw->vct == NULL || flaw->vct[0] != '\0') {
        put(&w, ",\"vct\":\"");
        put(&w, or_else(flaw->vct, "urn:kr:jumin:resident:1"));
        put(&w, "\"");
    }
    if (!flaw->no_status) {
        put(&w, ",\"status\":{\"status_list\":{\"idx\":412,\"uri\":\"" STAGE_STATUS_URI "\"}}");
    }
    key = json_dumps(jwk, JSON_COMPACT);
    put(&w, ",\"cnf\":{\"jwk\":");
    put(&w, key);
    put(&w, "}");
    put(&w, or_else(flaw->extra, ""));
    put(&w, "}");
    free(key);
    json_decref(jwk);
    assert_false(w.overflow);
    claims[w.n] = '\0';
    return claims;
}

static void put_binding(const struct flaw *flaw, struct writer *w)
{
    char header[128], claims[512], hash[SD_JWT_DIGEST_TEXT + 1] = "";
    uint8_t digest[SIGNER_DIGEST];
    const struct span shown = writer_span(w);
    struct writer h = writer_of(hash, SD_JWT_DIGEST_TEXT);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &shown, 1, digest));
    base64url_put(&h, span_of(digest, sizeof digest));
    (void)snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"typ\":\"%s\"}",
                   or_else(flaw->binding_type, "kb+jwt"));
    (void)snprintf(claims, sizeof claims, "{\"iat\":%lld,\"aud\":\"%s\",\"nonce\":\"%s\",\"sd_hash\":\"%s\"}",
                   (long long)(flaw->bound_at != 0 ? flaw->bound_at : STAGE_NOW),
                   or_else(flaw->audience, AUDIENCE), or_else(flaw->nonce, NONCE), or_else(flaw->hash, hash));
    writer_put(w, jose_token(flaw->other_holder ? &other.signer : &holder.signer, header, claims));
}

static struct span make(const struct flaw *flaw)
{
    struct writer w = writer_of(presented, sizeof presented);
    writer_put(
        &w, jose_token(flaw->other_issuer ? &other.signer : &issuer, make_header(flaw), make_claims(flaw)));
    writer_put_u8(&w, '~');
    for (size_t i = 0; i < DISCLOSURES_MAX && disclosure(flaw, i) != NULL; i++) {
        for (unsigned k = 0; k < (flaw->twice ? 2U : 1U); k++) {
            base64url_put(&w, text_span(disclosure(flaw, i)));
            writer_put_u8(&w, '~');
        }
    }
    if (!flaw->no_binding) {
        put_binding(flaw, &w);
    }
    assert_false(w.overflow);
    return writer_span(&w);
}

static void check(struct flaw flaw, unsigned purpose)
{
    const struct span text = make(&flaw);
    const struct jumin_expected expected = {
        .now = STAGE_NOW, .purpose = purpose, .audience = AUDIENCE, .nonce = NONCE};
    jumin_verification_free(stage.verification);
    assert_int_equal(jumin_verifier_check_sd_jwt(stage.verifier, (const char *)text.p, text.n, &expected,
                                                 &stage.verification),
                     JUMIN_OK);
}

static void refuse(struct flaw flaw, enum jumin_verification_kind kind, enum jumin_error error)
{
    check(flaw, 0);
    assert_result(&stage, JUMIN_FINDING_FAILED);
    assert_found(&stage, kind, JUMIN_FINDING_FAILED, error);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 0);
}

// --- Good ----------------------------------------------------------------------------------------------------------

static void test_good_credential_is_accepted_and_says_what_was_learned(void **state)
{
    (void)state;
    struct jumin_verification_facts facts;
    check((struct flaw){0}, 0);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct jumin_learned *learned = jumin_verification_learned(stage.verification, i);
        const bool date = strcmp(learned->name, "birth_date") == 0;
        assert_string_equal(learned->name, date ? "birth_date" : "family_name_unicode");
        assert_string_equal(learned->text, date ? "2007-03-01" : "Kim");
        assert_int_equal(learned->kind, date ? JUMIN_LEARNED_DATE : JUMIN_LEARNED_TEXT);
        assert_string_equal(learned->name_space, "");
    }
    jumin_verification_facts(stage.verification, &facts);
    assert_string_equal(facts.format, "dc+sd-jwt");
    assert_string_equal(facts.type, "urn:kr:jumin:resident:1");
    assert_string_equal(facts.issuer, "Signer");
    assert_int_equal(facts.valid_until, STAGE_NOW + 1000);
    assert_int_equal(stage.fetches, 1);
}

static void test_all_kinds_of_values_are_learned(void **state)
{
    (void)state;
    check((struct flaw){.disclosed = {"[" SALT ",\"a\",true]", "[" SALT ",\"b\",17]",
                                      "[" SALT ",\"c\",{\"19\":true}]", "[" SALT ",\"d\",\"x\\ny\"]"}},
          0);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 4);
    for (size_t i = 0; i < 4; i++) {
        static const char *const texts[] = {"true", "17", "{\"19\":true}", "x y"};
        static const enum jumin_learned_kind kinds[] = {JUMIN_LEARNED_BOOLEAN, JUMIN_LEARNED_NUMBER,
                                                        JUMIN_LEARNED_OTHER, JUMIN_LEARNED_TEXT};
        const struct jumin_learned *learned = jumin_verification_learned(stage.verification, i);
        const size_t which = (size_t)(learned->name[0] - 'a');
        assert_string_equal(learned->text, texts[which]);
        assert_int_equal(learned->kind, kinds[which]);
    }
}

// --- Refused -------------------------------------------------------------------------------------------------------

static void test_wrong_form_is_refused(void **state)
{
    (void)state;
    refuse((struct flaw){.type = "JWT"}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED);
    refuse((struct flaw){.type = "vc+sd-jwt"}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED);
    refuse((struct flaw){.alg = "none"}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED);
    refuse((struct flaw){.no_chain = true}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED);
    refuse((struct flaw){.disclosed = {"[\"0123456789abcdefghijk\",\"a\",1]"}}, JUMIN_VERIFICATION_FORMAT,
           JUMIN_ERROR_MALFORMED); // a salt below 128 bits
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_NOT_DONE, JUMIN_OK);
}

static void test_reserved_claims_are_not_disclosed(void **state)
{
    (void)state;
    static const char *const reserved[] = {"[" SALT ",\"exp\",9999999999]",
                                           "[" SALT ",\"iss\",\"https://other.example\"]",
                                           "[" SALT ",\"status\",{}]", "[" SALT ",\"vct#integrity\",\"x\"]"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        refuse((struct flaw){.disclosed = {reserved[i]}}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED);
        assert_found(&stage, JUMIN_VERIFICATION_SIGNATURE, JUMIN_FINDING_PASSED, JUMIN_OK);
    }
    refuse((struct flaw){.disclosed = {"[" SALT ",\"_sd_alg\",\"x\"]"}}, JUMIN_VERIFICATION_FORMAT,
           JUMIN_ERROR_MALFORMED);
}

static void test_orphans_and_doubles_are_refused(void **state)
{
    (void)state;
    refuse((struct flaw){.orphan = true}, JUMIN_VERIFICATION_DIGESTS, JUMIN_ERROR_HASH);
    refuse((struct flaw){.twice = true}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_HASH);
    refuse((struct flaw){.digest_twice = true}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED);
}

static void test_wrong_issuer_is_refused(void **state)
{
    (void)state;
    refuse((struct flaw){.other_issuer = true}, JUMIN_VERIFICATION_SIGNATURE, JUMIN_ERROR_SIGNATURE);
    stage.sd_jwt.der = stage.mdoc.der;
    refuse((struct flaw){0}, JUMIN_VERIFICATION_CHAIN, JUMIN_ERROR_CERTIFICATE);
    stage.sd_jwt.der = stage.venue.der;
    refuse((struct flaw){0}, JUMIN_VERIFICATION_CHAIN, JUMIN_ERROR_CERTIFICATE);
    jumin_verifier_trust_issuers(stage.verifier, NULL);
    refuse((struct flaw){0}, JUMIN_VERIFICATION_CHAIN, JUMIN_ERROR_SIGNER_UNKNOWN);
}

static void test_two_issuers_by_turns_are_told_apart(void **state)
{
    (void)state;
    struct stage_holder second;
    struct crypto_ec_key *const keys[] = {&stage.sd_jwt.key.key, &second.key.key};
    stage_issue(&second, &stage.root, CERTIFICATE_SD_JWT_ISSUER, CRYPTO_P256, NULL);
    const struct span certificates[] = {stage.sd_jwt.der, second.der};
    for (size_t i = 0; i < 6; i++) { // good and wrong by turns, each with the key before
        stage.sd_jwt.der = certificates[i / 2 % 2];
        assert_true(signer_of_key(keys[(i + 1) / 2 % 2], &issuer));
        check((struct flaw){0}, 0);
        assert_result(&stage, i % 2 == 0 ? JUMIN_FINDING_PASSED : JUMIN_FINDING_FAILED);
    }
    stage_release(&second);
}

static void test_revoked_issuer_is_refused(void **state)
{
    (void)state;
    stage_crl(&stage.root, &stage.sd_jwt, 2, STAGE_NOW - 10, STAGE_NOW + STAGE_DAY, stage.issuers);
    refuse((struct flaw){0}, JUMIN_VERIFICATION_REVOCATION, JUMIN_ERROR_REVOKED);
}

static void test_wrong_type_is_refused(void **state)
{
    (void)state;
    refuse((struct flaw){.vct = ""}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED);
    check((struct flaw){.vct = "urn:other"}, JUMIN_PURPOSE_AGE);
    assert_found(&stage, JUMIN_VERIFICATION_TYPE, JUMIN_FINDING_FAILED, JUMIN_ERROR_NOT_SUPPORTED);
}

static void test_wrong_times_are_refused(void **state)
{
    (void)state;
    refuse((struct flaw){.expires = STAGE_NOW - 61}, JUMIN_VERIFICATION_VALIDITY, JUMIN_ERROR_NOT_VALID_NOW);
    refuse((struct flaw){.not_before = STAGE_NOW + 61}, JUMIN_VERIFICATION_VALIDITY,
           JUMIN_ERROR_NOT_VALID_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_PASSED, JUMIN_OK);
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_PASSED, JUMIN_OK);
}

static void test_wrong_key_binding_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct flaw flaw;
        enum jumin_error error;
    } cases[] = {
        {{.no_binding = true}, JUMIN_ERROR_SIGNATURE},
        {{.binding_type = "JWT"}, JUMIN_ERROR_MALFORMED},
        {{.other_holder = true}, JUMIN_ERROR_SIGNATURE},
        {{.audience = "x509_san_dns:other.example"}, JUMIN_ERROR_SIGNATURE},
        {{.nonce = "another"}, JUMIN_ERROR_SIGNATURE},
        {{.hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, JUMIN_ERROR_HASH},
        {{.bound_at = STAGE_NOW - 301}, JUMIN_ERROR_NOT_VALID_NOW},
        {{.bound_at = STAGE_NOW + 61}, JUMIN_ERROR_NOT_VALID_NOW},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        refuse(cases[i].flaw, JUMIN_VERIFICATION_HOLDER, cases[i].error);
        assert_found(&stage, JUMIN_VERIFICATION_SIGNATURE, JUMIN_FINDING_PASSED, JUMIN_OK);
    }
}

static void test_age_of_the_key_binding_is_the_callers(void **state)
{
    (void)state;
    const struct flaw flaw = {.bound_at = STAGE_NOW - 61};
    const struct span text = make(&flaw);
    const struct jumin_expected expected = {
        .now = STAGE_NOW, .audience = AUDIENCE, .nonce = NONCE, .binding_age = 60};
    assert_int_equal(jumin_verifier_check_sd_jwt(stage.verifier, (const char *)text.p, text.n, &expected,
                                                 &stage.verification),
                     JUMIN_OK);
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_FAILED, JUMIN_ERROR_NOT_VALID_NOW);
}

static void test_unknown_session_is_not_accepted(void **state)
{
    (void)state;
    const struct flaw flaw = {0};
    const struct span text = make(&flaw);
    const struct jumin_expected expected[] = {{.now = STAGE_NOW, .audience = AUDIENCE},
                                              {.now = STAGE_NOW, .nonce = NONCE}};
    for (size_t i = 0; i < 2; i++) {
        jumin_verification_free(stage.verification);
        assert_int_equal(jumin_verifier_check_sd_jwt(stage.verifier, (const char *)text.p, text.n,
                                                     &expected[i], &stage.verification),
                         JUMIN_OK);
        assert_result(&stage, JUMIN_FINDING_NOT_DONE);
        assert_int_equal(jumin_verification_learned_count(stage.verification), 0);
    }
}

static void refuse_status(enum jumin_error error)
{
    refuse((struct flaw){0}, JUMIN_VERIFICATION_STATUS, error);
}

static void test_wrong_status_is_refused(void **state)
{
    (void)state;
    const struct jumin_verifier_options options = verifier_stage_options();
    stage.value = STATUS_SUSPENDED;
    refuse_status(JUMIN_ERROR_REVOKED);
    assert_non_null(
        strstr(jumin_verification_find(stage.verification, JUMIN_VERIFICATION_STATUS)->detail, "locked"));
    verifier_stage_renew(&stage, &options);
    stage.value = STATUS_INVALID;
    refuse_status(JUMIN_ERROR_REVOKED);
    assert_null(
        strstr(jumin_verification_find(stage.verification, JUMIN_VERIFICATION_STATUS)->detail, "locked"));
    verifier_stage_renew(&stage, &options);
    stage.value = 3; // the application's
    refuse_status(JUMIN_ERROR_REVOKED);
    verifier_stage_renew(&stage, &options);
    stage.value = STATUS_VALID;
    stage.list_uri = "https://issuer.example/status/2";
    refuse_status(JUMIN_ERROR_MALFORMED);
    stage.list_uri = NULL;
    stage.list_signer = &stage.mdoc;
    refuse_status(JUMIN_ERROR_CERTIFICATE);
    stage.list_signer = &stage.status;
    stage.down = true;
    refuse_status(JUMIN_ERROR_NO_SUCH_FILE);
    refuse((struct flaw){.no_status = true, .extra = ",\"status\":{}"}, JUMIN_VERIFICATION_FORMAT,
           JUMIN_ERROR_MALFORMED);
}

static void test_root_vouches_only_for_the_types_of_the_list(void **state)
{
    (void)state;
    static const char *const types[] = {"kr.jumin.resident.1", "urn:kr:jumin:resident:1"};
    static uint8_t text[16384];
    struct trust_list_root root = {
        .kind = TRUST_LIST_ISSUERS, .certificate = stage.root.der, .types = types, .type_count = 2};
    struct stage_holder list_signer;
    struct signer by;
    struct detail detail;
    stage_issue(&list_signer, &stage.root, CERTIFICATE_TRUST_LIST_SIGNER, CRYPTO_P256, NULL);
    const struct x5chain chain = stage_chain(&list_signer);
    assert_true(signer_of_key(&list_signer.key.key, &by));
    assert_int_equal(jumin_verifier_set_anchor(stage.verifier, stage.root.der.p, stage.root.der.n), JUMIN_OK);
    for (int64_t i = 0; i < 2; i++) {
        struct writer w = writer_of(text, sizeof text);
        root.type_count = 2 - (size_t)i; // then without the SD-JWT's
        assert_int_equal(
            trust_list_sign(STAGE_NOW + i, STAGE_NOW + STAGE_DAY, &root, 1, &by, &chain, &w, &detail),
            JUMIN_OK);
        assert_int_equal(jumin_verifier_load_trust_list(stage.verifier, w.p, w.n, STAGE_NOW), JUMIN_OK);
        check((struct flaw){0}, 0);
        assert_result(&stage,
                      i == 0 ? JUMIN_FINDING_WARNED : JUMIN_FINDING_FAILED); // without revocation list
    }
    assert_found(&stage, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_FAILED, JUMIN_ERROR_CERTIFICATE);
    stage_release(&list_signer);
}

// --- Purposes ------------------------------------------------------------------------------------------------------

static void test_adult_is_what_this_years_element_says(void **state)
{
    (void)state;
    check((struct flaw){.disclosed = {"[" SALT ",\"adult_in_2027\",true]"}}, JUMIN_PURPOSE_ADULT);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 1);
    assert_true(jumin_verification_learned(stage.verification, 0)->truth);
    check((struct flaw){.disclosed = {"[" SALT ",\"adult_in_2027\",false]"}}, JUMIN_PURPOSE_ADULT);
    assert_result(&stage, JUMIN_FINDING_FAILED);
    assert_found(&stage, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_FAILED, JUMIN_ERROR_RULES);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 1); // it is true, after all
    check((struct flaw){.disclosed = {"[" SALT ",\"adult_in_2028\",true]"}}, JUMIN_PURPOSE_ADULT);
    assert_found(&stage, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_FAILED, JUMIN_ERROR_NO_SUCH_FILE);
    check((struct flaw){.disclosed = {"[" SALT ",\"adult_in_2027\",\"true\"]"}}, JUMIN_PURPOSE_ADULT);
    assert_found(&stage, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_FAILED, JUMIN_ERROR_NO_SUCH_FILE);
}

// Asked before midnight of 1 January in Korea, answered behind it: an adult stays one.
static void test_adult_across_the_new_year_is_what_was_asked_before(void **state)
{
    (void)state;
    enum { NEW_YEAR = 1798761600 - 9 * 3600 }; // of 2027
    static const struct {
        const char *name;
        bool truth;
        int64_t now;
        enum jumin_finding finding;
    } cases[] = {
        {"adult_in_2026", true, NEW_YEAR - 1, JUMIN_FINDING_PASSED},
        {"adult_in_2026", true, NEW_YEAR, JUMIN_FINDING_PASSED},
        {"adult_in_2026", true, NEW_YEAR + 3599, JUMIN_FINDING_PASSED},
        {"adult_in_2026", true, NEW_YEAR + 3600, JUMIN_FINDING_FAILED},
        {"adult_in_2026", false, NEW_YEAR, JUMIN_FINDING_FAILED}, // may be one now
        {"adult_in_2027", true, NEW_YEAR, JUMIN_FINDING_PASSED},
        {"adult_in_2027", false, NEW_YEAR, JUMIN_FINDING_FAILED},
        {"adult_in_2027", true, NEW_YEAR - 1, JUMIN_FINDING_FAILED}, // not yet
        {"adult_in_2025", true, NEW_YEAR, JUMIN_FINDING_FAILED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jumin_verification *verification = verification_new();
        verification_learn_boolean(verification, span_of(NULL, 0), text_span(cases[i].name), cases[i].truth);
        verification_judge_purpose(verification, JUMIN_PURPOSE_ADULT, cases[i].now);
        const struct jumin_verification_check *check =
            jumin_verification_find(verification, JUMIN_VERIFICATION_PURPOSE);
        if (check->finding != cases[i].finding) {
            fail_msg("case %zu: %s", i, check->detail);
        }
        if (strcmp(cases[i].name, "adult_in_2026") == 0 && check->finding == JUMIN_FINDING_FAILED) {
            assert_int_equal(check->error, JUMIN_ERROR_NO_SUCH_FILE); // it says nothing of 2027
        }
        jumin_verification_free(verification);
    }
}

static void test_what_nobody_asked_for_is_left_out(void **state)
{
    (void)state;
    check((struct flaw){.disclosed = {"[" SALT ",\"adult_in_2027\",true]",
                                      "[" SALT ",\"registration_number\",\"000101-3000000\"]"}},
          JUMIN_PURPOSE_ADULT);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 1);
    assert_string_equal(jumin_verification_learned(stage.verification, 0)->name, "adult_in_2027");
}

static void test_missing_elements_refuse_or_warn(void **state)
{
    (void)state;
    check((struct flaw){0}, JUMIN_PURPOSE_AGE); // no given name
    assert_found(&stage, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_FAILED, JUMIN_ERROR_NO_SUCH_FILE);
    const struct flaw whole = {.disclosed = {"[" SALT ",\"family_name_unicode\",\"Kim\"]",
                                             "[" SALT ",\"given_name_unicode\",\"Minji\"]",
                                             "[" SALT ",\"birth_date\",\"2007-03-01\"]"}};
    check(whole, JUMIN_PURPOSE_AGE);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    check(whole, JUMIN_PURPOSE_IDENTITY); // no portrait
    assert_result(&stage, JUMIN_FINDING_WARNED);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 3);
    check(whole, JUMIN_PURPOSE_ADDRESS);
    assert_result(&stage, JUMIN_FINDING_FAILED);
    check(whole, JUMIN_PURPOSE_ADDRESS | JUMIN_PURPOSE_AGE);
    assert_found(&stage, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_FAILED, JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 0);
}

static void test_the_year_is_that_of_korea(void **state)
{
    (void)state;
    enum { NEW_YEAR_2027_UTC = 1798761600 };
    assert_int_equal(verifier_year(NEW_YEAR_2027_UTC - 9 * 3600 - 1), 2026);
    assert_int_equal(verifier_year(NEW_YEAR_2027_UTC - 9 * 3600), 2027);
    assert_int_equal(verifier_year(0), 1970);
}

// --- For programs ----------------------------------------------------------------------------------------------------

static void test_json_says_the_same(void **state)
{
    (void)state;
    char *text = NULL;
    check((struct flaw){0}, 0);
    assert_int_equal(jumin_verification_json(stage.verification, &text), JUMIN_OK);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_string_equal(json_string_value(json_object_get(json, "result")), "passed");
    assert_string_equal(json_string_value(json_object_get(json, "type")), "urn:kr:jumin:resident:1");
    assert_int_equal(json_array_size(json_object_get(json, "learned")), 2);
    assert_int_equal(json_array_size(json_object_get(json, "checks")),
                     jumin_verification_count(stage.verification));
    assert_int_equal(json_integer_value(json_object_get(json, "valid_until")), STAGE_NOW + 1000);
    json_decref(json);
    free(text);
    check((struct flaw){.expires = STAGE_NOW - 61}, 0);
    assert_int_equal(jumin_verification_json(stage.verification, &text), JUMIN_OK);
    assert_non_null(strstr(text, "\"not-valid-now\""));
    assert_null(strstr(text, "Kim"));
    free(text);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_good_credential_is_accepted_and_says_what_was_learned),
        test(test_all_kinds_of_values_are_learned),
        test(test_wrong_form_is_refused),
        test(test_reserved_claims_are_not_disclosed),
        test(test_orphans_and_doubles_are_refused),
        test(test_wrong_issuer_is_refused),
        test(test_two_issuers_by_turns_are_told_apart),
        test(test_revoked_issuer_is_refused),
        test(test_wrong_type_is_refused),
        test(test_wrong_times_are_refused),
        test(test_wrong_key_binding_is_refused),
        test(test_age_of_the_key_binding_is_the_callers),
        test(test_unknown_session_is_not_accepted),
        test(test_wrong_status_is_refused),
        test(test_root_vouches_only_for_the_types_of_the_list),
        test(test_adult_is_what_this_years_element_says),
        test(test_adult_across_the_new_year_is_what_was_asked_before),
        test(test_what_nobody_asked_for_is_left_out),
        test(test_missing_elements_refuse_or_warn),
        test(test_the_year_is_that_of_korea),
        test(test_json_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
