// SD-JWT based verifiable credentials: issued and accepted, and what is refused (draft-ietf-oauth-sd-jwt-vc).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"

#include "host/mobile/base64url.h"
#include "host/mobile/sd_jwt_vc.h"

static struct jose_party issuer, holder;
static uint8_t out[JOSE_TEXT_MAX];
static const uint8_t certificate[] = {0x30, 0x03, 0x02, 0x01, 0x05}; // not looked into here
static struct span chain;

static int make_parties(void **state)
{
    (void)state;
    jose_party_make(&issuer, 7);
    jose_party_make(&holder, 8);
    chain = span_of(certificate, sizeof certificate);
    return 0;
}

static int release_parties(void **state)
{
    (void)state;
    crypto_ec_release(&issuer.key);
    crypto_ec_release(&holder.key);
    return 0;
}

static enum jumin_error issue(const char *claims, struct sd_jwt_vc_order *order, struct writer *w)
{
    const struct crypto_random random = crypto_system_random();
    json_t *object = json_loads(claims, JSON_DECODE_ANY, NULL);
    assert_non_null(object);
    *w = writer_of(out, sizeof out);
    memcpy(order->holder, holder.signer.point, SIGNER_POINT);
    order->claims = object;
    const enum jumin_error error = sd_jwt_vc_issue(order, &random, w);
    json_decref(object);
    return error;
}

static struct sd_jwt_vc_order order_of(void)
{
    return (struct sd_jwt_vc_order){.signer = &issuer.signer,
                                    .chain = &chain,
                                    .chain_count = 1,
                                    .vct = "urn:kr:jumin:resident:1",
                                    .issuer = "https://issuer.example",
                                    .issued_at = JOSE_NOW - 100,
                                    .not_before = JOSE_NOW - 100,
                                    .expires = JOSE_NOW + 100,
                                    .status_uri = "https://issuer.example/status/3",
                                    .status_index = 412,
                                    .decoys = 4};
}

static enum jumin_error check(struct span text, int64_t now, struct detail *detail)
{
    struct sd_jwt_vc vc;
    detail_clear(detail);
    enum jumin_error error = sd_jwt_vc_read(text, &vc, detail);
    if (error == JUMIN_OK) {
        error = sd_jwt_vc_check(&vc, issuer.signer.point, now, 0, detail);
        sd_jwt_vc_release(&vc);
    }
    return error;
}

static void test_issued_credential_is_accepted(void **state)
{
    (void)state;
    struct sd_jwt_vc_order order = order_of();
    struct sd_jwt_vc vc;
    struct writer w;
    struct detail detail = {0};
    assert_int_equal(issue("{\"name_hangul\":\"김\",\"address\":{\"city\":\"Seoul\",\"parts\":[\"a\",\"b\"]},"
                           "\"adult\":true}",
                           &order, &w),
                     JUMIN_OK);
    assert_int_equal(sd_jwt_vc_read(writer_span(&w), &vc, &detail), JUMIN_OK);
    assert_int_equal(vc.sd.issued.chain_count, 1);
    assert_true(span_equal(vc.sd.issued.chain[0], chain));
    assert_int_equal(sd_jwt_vc_check(&vc, issuer.signer.point, JOSE_NOW, 0, &detail), JUMIN_OK);
    assert_string_equal(vc.vct, "urn:kr:jumin:resident:1");
    assert_memory_equal(vc.holder, holder.signer.point, SIGNER_POINT);
    assert_string_equal(vc.status_uri, "https://issuer.example/status/3");
    assert_int_equal(vc.status_index, 412);
    assert_int_equal(vc.issued_at, JOSE_NOW - 100);
    assert_int_equal(vc.not_before, JOSE_NOW - 100);
    assert_int_equal(vc.expires, JOSE_NOW + 100);
    assert_string_equal(jws_text(vc.sd.claims, "iss"), "https://issuer.example");
    assert_string_equal(jws_text(vc.sd.claims, "name_hangul"), "김");
    assert_string_equal(json_string_value(json_array_get(
                            json_object_get(json_object_get(vc.sd.claims, "address"), "parts"), 1)),
                        "b");
    sd_jwt_vc_release(&vc);
}

// Only what every verifier may see is in the open; all else is hidden, at every depth.
static void test_everything_personal_is_hidden(void **state)
{
    (void)state;
    struct sd_jwt_vc_order order = order_of();
    struct sd_jwt_vc vc;
    struct writer w;
    struct detail detail = {0};
    static const char *const open[] = {"_sd", "_sd_alg", "vct", "iat", "nbf", "exp", "cnf", "iss", "status"};
    assert_int_equal(
        issue("{\"name\":\"Kim\",\"address\":{\"city\":\"Seoul\",\"parts\":[\"a\",\"b\"]}}", &order, &w),
        JUMIN_OK);
    assert_int_equal(sd_jwt_vc_read(writer_span(&w), &vc, &detail), JUMIN_OK);
    assert_int_equal(json_object_size(vc.sd.issued.claims), sizeof open / sizeof open[0]);
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        assert_non_null(json_object_get(vc.sd.issued.claims, open[i]));
    }
    assert_int_equal(json_array_size(json_object_get(vc.sd.issued.claims, "_sd")), 2 + 4);
    assert_int_equal(vc.sd.count, 6); // name, address, city, parts, a, b
    sd_jwt_vc_release(&vc);
}

static enum jumin_error issue_shared(const struct sd_jwt_members *members, struct writer *w)
{
    const struct crypto_random random = crypto_system_random();
    struct sd_jwt_vc_order order = order_of();
    memcpy(order.holder, holder.signer.point, SIGNER_POINT);
    order.members = members;
    return sd_jwt_vc_issue(&order, &random, w);
}

// Names and values of all lengths modulo three, and what JSON escapes.
static void test_copies_of_shared_claims_say_what_the_claims_say(void **state)
{
    (void)state;
    static uint8_t second[JOSE_TEXT_MAX];
    json_t *claims = json_pack("{ss,ss,ss,ss,sb,si}", "n", "김\"\\\n", "na", "", "nam", "a", "name", "bc",
                               "adult", 1, "sex", 2);
    struct sd_jwt_members *members = NULL;
    struct detail detail = {0};
    struct sd_jwt_vc vc[2];
    struct writer w[2] = {writer_of(out, sizeof out), writer_of(second, sizeof second)};
    assert_int_equal(sd_jwt_vc_members(&members, claims), JUMIN_OK);
    for (size_t i = 0; i < 2; i++) {
        const char *name = NULL;
        json_t *value = NULL;
        assert_int_equal(issue_shared(members, &w[i]), JUMIN_OK);
        assert_int_equal(sd_jwt_vc_read(writer_span(&w[i]), &vc[i], &detail), JUMIN_OK);
        assert_int_equal(sd_jwt_vc_check(&vc[i], issuer.signer.point, JOSE_NOW, 0, &detail), JUMIN_OK);
        assert_int_equal(vc[i].sd.count, 6);
        assert_int_equal(json_array_size(json_object_get(vc[i].sd.issued.claims, "_sd")), 6 + 4);
        json_object_foreach(claims, name, value)
        {
            assert_true(json_equal(json_object_get(vc[i].sd.claims, name), value));
            assert_null(json_object_get(vc[i].sd.issued.claims, name));
        }
    }
    for (size_t i = 0; i < 6; i++) { // nothing links the copies
        for (size_t k = 0; k < 6; k++) {
            assert_string_not_equal(vc[0].sd.disclosures[i].digest, vc[1].sd.disclosures[k].digest);
            assert_string_not_equal(json_string_value(json_array_get(vc[0].sd.disclosures[i].content, 0)),
                                    json_string_value(json_array_get(vc[1].sd.disclosures[k].content, 0)));
        }
    }
    sd_jwt_vc_release(&vc[0]);
    sd_jwt_vc_release(&vc[1]);
    sd_jwt_members_free(members);
    json_decref(claims);
}

static bool no_random(void *context, uint8_t *bytes, size_t n)
{
    (void)context;
    (void)bytes;
    (void)n;
    return false;
}

// More of them than salts are drawn at once.
static void test_every_shared_claim_has_a_salt_of_its_own(void **state)
{
    (void)state;
    enum { CLAIMS = 70 };
    const struct crypto_random none = {.fill = no_random};
    struct sd_jwt_vc_order order = order_of();
    struct sd_jwt_members *members = NULL;
    struct detail detail = {0};
    struct sd_jwt_vc vc;
    struct writer w = writer_of(out, sizeof out);
    json_t *claims = json_object(), *met = json_object();
    for (int i = 0; i < CLAIMS; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "c%d", i);
        assert_int_equal(json_object_set_new(claims, name, json_true()), 0);
    }
    assert_int_equal(sd_jwt_vc_members(&members, claims), JUMIN_OK);
    assert_int_equal(issue_shared(members, &w), JUMIN_OK);
    assert_int_equal(sd_jwt_vc_read(writer_span(&w), &vc, &detail), JUMIN_OK);
    assert_int_equal(vc.sd.count, CLAIMS);
    for (size_t i = 0; i < CLAIMS; i++) {
        json_t *salt = json_array_get(vc.sd.disclosures[i].content, 0);
        assert_int_equal(json_object_set(met, json_string_value(salt), salt), 0);
    }
    assert_int_equal(json_object_size(met), CLAIMS);
    sd_jwt_vc_release(&vc);
    memcpy(order.holder, holder.signer.point, SIGNER_POINT);
    order.members = members;
    order.decoys = 0;
    assert_int_equal(sd_jwt_vc_issue(&order, &none, &w), JUMIN_ERROR_CRYPTO);
    sd_jwt_members_free(members);
    json_decref(claims);
    json_decref(met);
}

static void test_claims_that_cannot_be_shared_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {"{\"exp\": 1}", "{\"iat\": 1}", "{\"_sd\": 1}", "{\"...\": \"\"}",
                                          "{\"a\": {}}",  "{\"a\": []}",  "[]",           "{\"status\": 1}"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct sd_jwt_members *members = NULL;
        json_t *claims = json_loads(refused[i], 0, NULL);
        assert_non_null(claims);
        assert_int_equal(sd_jwt_vc_members(&members, claims), JUMIN_ERROR_INPUT);
        assert_null(members);
        json_decref(claims);
    }
}

static void test_no_copy_of_shared_claims_fits_a_small_room(void **state)
{
    (void)state;
    json_t *claims = json_pack("{ss}", "portrait", "0123456789012345678901234567890123456789");
    struct sd_jwt_members *members = NULL;
    struct writer w = writer_of(out, sizeof out);
    assert_int_equal(sd_jwt_vc_members(&members, claims), JUMIN_OK);
    assert_int_equal(issue_shared(members, &w), JUMIN_OK);
    struct writer small = writer_of(out, w.n - 1);
    assert_int_equal(issue_shared(members, &small), JUMIN_ERROR_ARGUMENT);
    sd_jwt_members_free(members);
    json_decref(claims);
}

static void test_large_and_small_claims_find_room(void **state)
{
    (void)state;
    static char claims[24000];
    struct sd_jwt_vc_order order = order_of();
    struct writer w;
    struct detail detail;
    struct writer text = writer_of(claims, sizeof claims);
    writer_put(&text, text_span("{\"portrait\":\""));
    memset(writer_reserve(&text, 20000), 'A', 20000);
    writer_put(&text, text_span("\",\"l\":["));
    for (int i = 0; i < 100; i++) {
        writer_put(&text, text_span(i == 0 ? "1" : ",1"));
    }
    writer_put(&text, span_of("]}", 3));
    assert_int_equal(issue(claims, &order, &w), JUMIN_OK);
    assert_int_equal(check(writer_span(&w), JOSE_NOW, &detail), JUMIN_OK);
}

static void test_reserved_claims_are_never_hidden(void **state)
{
    (void)state;
    static const char *const names[] = {"iss",      "nbf",    "exp", "cnf", "vct", "vct#integrity",
                                        "aka_vcts", "status", "iat", "_sd", "...", "_sd_alg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char claims[64];
        struct sd_jwt_vc_order order = order_of();
        struct writer w;
        (void)snprintf(claims, sizeof claims, "{\"%s\":1}", names[i]);
        assert_int_equal(issue(claims, &order, &w), JUMIN_ERROR_INPUT);
        assert_true(sd_jwt_vc_is_reserved(names[i]) || strcmp(names[i], "iat") == 0);
    }
    assert_false(sd_jwt_vc_is_reserved("name"));
    struct sd_jwt_vc_order order = order_of();
    struct writer w;
    assert_int_equal(issue("{\"a\":{\"_sd\":[]}}", &order, &w), JUMIN_ERROR_INPUT);
    assert_int_equal(issue("[]", &order, &w), JUMIN_ERROR_INPUT);
}

static void test_times_are_kept(void **state)
{
    (void)state;
    struct sd_jwt_vc_order order = order_of();
    struct detail detail;
    struct writer w;
    assert_int_equal(issue("{}", &order, &w), JUMIN_OK);
    assert_refused(check(writer_span(&w), JOSE_NOW + 100, &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail,
                   "expired");
    assert_refused(check(writer_span(&w), JOSE_NOW - 101, &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail,
                   "not valid yet");
    assert_int_equal(check(writer_span(&w), JOSE_NOW + 99, &detail), JUMIN_OK);
}

// --- Made by hand ----------------------------------------------------------------------------------------------

#define HEADER "{\"alg\":\"ES256\",\"typ\":\"dc+sd-jwt\",\"x5c\":[\"MAMCAQU=\"]}"
#define CNF                                                                                                  \
    "\"cnf\":{\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"                                              \
    "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                                                       \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}}"

static struct span by_hand(const char *header, const char *claims, const char *disclosure)
{
    struct writer w = writer_of(out, sizeof out);
    writer_put(&w, jose_token(&issuer.signer, header, claims));
    writer_put_u8(&w, '~');
    if (disclosure != NULL) {
        base64url_put(&w, text_span(disclosure));
        writer_put_u8(&w, '~');
    }
    return writer_span(&w);
}

static void refuse(const char *header, const char *claims, const char *words)
{
    struct detail detail;
    assert_refused(check(by_hand(header, claims, NULL), JOSE_NOW, &detail), JUMIN_ERROR_MALFORMED, &detail,
                   words);
}

static void test_credential_of_another_form_is_refused(void **state)
{
    (void)state;
    struct detail detail;
    assert_int_equal(check(by_hand(HEADER, "{\"vct\":\"a\"," CNF "}", NULL), JOSE_NOW, &detail), JUMIN_OK);
    refuse("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"x5c\":[\"MAMCAQU=\"]}", "{\"vct\":\"a\"," CNF "}",
           "no dc+sd-jwt");
    refuse("{\"alg\":\"ES256\",\"typ\":\"vc+sd-jwt\",\"x5c\":[\"MAMCAQU=\"]}", "{\"vct\":\"a\"," CNF "}",
           "no dc+sd-jwt");
    refuse("{\"alg\":\"ES256\",\"typ\":\"dc+sd-jwt\"}", "{\"vct\":\"a\"," CNF "}", "x5c");
    refuse(HEADER, "{" CNF "}", "vct");
    refuse(HEADER, "{\"vct\":1," CNF "}", "vct");
    refuse(HEADER, "{\"vct\":\"a\"}", "cnf");
    refuse(HEADER, "{\"vct\":\"a\",\"cnf\":{\"kid\":\"1\"}}", "cnf");
    refuse(HEADER, "{\"vct\":\"a\",\"exp\":\"soon\"," CNF "}", "whole numbers");
}

static void test_status_of_another_form_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"{}",
                                        "1",
                                        "{\"status_list\":{\"idx\":1}}",
                                        "{\"status_list\":{\"uri\":\"u\"}}",
                                        "{\"status_list\":{\"idx\":-1,\"uri\":\"u\"}}",
                                        "{\"status_list\":{\"idx\":\"1\",\"uri\":\"u\"}}",
                                        "{\"status_list\":{\"idx\":1,\"uri\":2}}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char claims[512];
        (void)snprintf(claims, sizeof claims, "{\"vct\":\"a\",\"status\":%s," CNF "}", wrong[i]);
        refuse(HEADER, claims, "status");
    }
}

// The signed token says nothing of it, and a disclosure does.
static void test_reserved_claim_by_disclosure_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"iss", "nbf",           "exp",      "cnf",
                                        "vct", "vct#integrity", "aka_vcts", "status"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char disclosure[64], claims[512], digest[SD_JWT_DIGEST_TEXT + 1] = {0};
        uint8_t text[128], hash[SIGNER_DIGEST];
        struct writer w = writer_of(text, sizeof text), d = writer_of(digest, SD_JWT_DIGEST_TEXT);
        struct detail detail;
        (void)snprintf(disclosure, sizeof disclosure, "[\"0123456789abcdefghijkl\",\"%s\",1]", names[i]);
        base64url_put(&w, text_span(disclosure));
        const struct span input = writer_span(&w);
        assert_true(crypto_hash_parts(CRYPTO_SHA256, &input, 1, hash));
        base64url_put(&d, span_of(hash, sizeof hash));
        (void)snprintf(claims, sizeof claims, "{%s%s\"_sd\":[\"%s\"]}",
                       strcmp(names[i], "vct") == 0 ? "" : "\"vct\":\"a\",",
                       strcmp(names[i], "cnf") == 0 ? "" : CNF ",", digest);
        assert_refused(check(by_hand(HEADER, claims, disclosure), JOSE_NOW, &detail), JUMIN_ERROR_MALFORMED,
                       &detail, "came by disclosure");
    }
}

// A digest within a reserved claim, for which no disclosure was even given.
static void test_part_of_a_reserved_claim_is_not_hidden(void **state)
{
    (void)state;
    refuse(HEADER,
           "{\"vct\":\"a\",\"status\":{\"_sd\":[\"x\"],\"status_list\":{\"idx\":1,\"uri\":\"u\"}}," CNF "}",
           "came by disclosure");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_issued_credential_is_accepted),
        cmocka_unit_test(test_everything_personal_is_hidden),
        cmocka_unit_test(test_copies_of_shared_claims_say_what_the_claims_say),
        cmocka_unit_test(test_every_shared_claim_has_a_salt_of_its_own),
        cmocka_unit_test(test_claims_that_cannot_be_shared_are_refused),
        cmocka_unit_test(test_no_copy_of_shared_claims_fits_a_small_room),
        cmocka_unit_test(test_large_and_small_claims_find_room),
        cmocka_unit_test(test_reserved_claims_are_never_hidden),
        cmocka_unit_test(test_times_are_kept),
        cmocka_unit_test(test_credential_of_another_form_is_refused),
        cmocka_unit_test(test_status_of_another_form_is_refused),
        cmocka_unit_test(test_reserved_claim_by_disclosure_is_refused),
        cmocka_unit_test(test_part_of_a_reserved_claim_is_not_hidden),
    };
    return cmocka_run_group_tests(tests, make_parties, release_parties);
}
