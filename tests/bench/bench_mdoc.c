// How often a second mobile credentials are issued, shown and verified; one line an operation: name, rate.
// SPDX-License-Identifier: Apache-2.0
//
//     bench_mdoc FOLDER        writes the certificates and keys for a peer there, then measures
//     bench_mdoc               measures
//     bench_mdoc --only NAME   measures that operation alone, as for a profiler
//
// The processor's time counts, not the clock's: the machine may do other things.
#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include "host/mobile/device_response.h"
#include "host/mobile/mdoc_chain.h"
#include "host/mobile/resident_claims.h"
#include "host/mobile/sd_jwt_vc.h"
#include "host/pki/certificate.h"
#include "host/pki/pem.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PORTRAIT = 4096, DECOYS = 4, DAY = 86400, CREDENTIAL_MAX = 32768, FILE_NAME_MAX = 1024 };

static const double measured_seconds = 0.5;

static struct crypto_random source;

// Who takes part, and what they have made.
struct bench {
    int64_t now;
    struct signing_key root, issuer, jwt_issuer;
    struct crypto_ec_key device;
    struct signer issuer_signer, jwt_issuer_signer, device_signer;
    uint8_t certificates[3][CERTIFICATE_MAX];
    struct span root_der, issuer_der, jwt_issuer_der;
    struct jumin_trust *trust;
    struct x5chain_cache cache;
    struct mdoc_chain chain;
    struct signer_key jwt_key;
    struct resident_claims claims;
    struct resident_mdoc elements;
    uint8_t element_bytes[2 * PORTRAIT];
    uint8_t portrait[PORTRAIT];
    struct sd_jwt_members *jwt_claims;
    struct span transcript;
    uint8_t transcript_bytes[64];
    // issued, and what is shown of it
    uint8_t mdoc_bytes[CREDENTIAL_MAX], response_bytes[CREDENTIAL_MAX], jwt_bytes[CREDENTIAL_MAX],
        presentation_bytes[CREDENTIAL_MAX];
    struct span mdoc, response, jwt, presentation;
    struct issuer_signed credential;
    struct device_response parsed;
    uint8_t scratch[CREDENTIAL_MAX];
};

static void must(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "bench_mdoc: %s fails\n", what);
        exit(EXIT_FAILURE);
    }
}

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

// --- Keys and certificates -----------------------------------------------------------------------------------------

static struct span certify(struct bench *b, uint8_t bytes[CERTIFICATE_MAX], struct signing_key *subject,
                           const char *name, enum certificate_profile profile)
{
    static uint8_t number = 0;
    struct writer der = writer_of(bytes, CERTIFICATE_MAX);
    struct certificate_request request = {
        .profile = profile,
        .issuer = {"KR", "jumin", "Root"},
        .subject = {"KR", "jumin", name},
        .location = "KOR",
        .contact = "https://issuer.example",
        .revocation_list = "https://issuer.example/root.crl",
        .subject_key = &subject->key,
        .not_before = b->now - DAY,
        .not_after = b->now + (int64_t)30 * DAY,
    };
    memset(request.serial, 0x41, sizeof request.serial);
    request.serial[0] = ++number;
    must(certificate_issue(&request, &b->root, &source, &der), name);
    return writer_span(&der);
}

static void make_parties(struct bench *b)
{
    must(crypto_ec_generate(&b->root.key, CRYPTO_P256, &source) &&
             crypto_ec_generate(&b->issuer.key, CRYPTO_P256, &source) &&
             crypto_ec_generate(&b->jwt_issuer.key, CRYPTO_P256, &source) &&
             crypto_ec_generate(&b->device, CRYPTO_P256, &source) &&
             signer_of_key(&b->issuer.key, &b->issuer_signer) &&
             signer_of_key(&b->jwt_issuer.key, &b->jwt_issuer_signer) &&
             signer_of_key(&b->device, &b->device_signer),
         "making keys");
    b->root_der = certify(b, b->certificates[0], &b->root, "Root", CERTIFICATE_IACA);
    b->issuer_der = certify(b, b->certificates[1], &b->issuer, "Signer", CERTIFICATE_MDOC_SIGNER);
    b->jwt_issuer_der =
        certify(b, b->certificates[2], &b->jwt_issuer, "SD-JWT signer", CERTIFICATE_SD_JWT_ISSUER);
    must(jumin_trust_new(&b->trust) == JUMIN_OK &&
             jumin_trust_add_certificate(b->trust, b->root_der.p, b->root_der.n) == JUMIN_OK,
         "trusting the root");
    b->chain = (struct mdoc_chain){.role = X5CHAIN_MDOC_SIGNER, .roots = b->trust, .cache = &b->cache};
}

static void write_file(const char *folder, const char *name, struct span bytes)
{
    char path[FILE_NAME_MAX];
    must(snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path, "the folder's name");
    FILE *file = fopen(path, "wb");
    must(file != NULL && fwrite(bytes.p, 1, bytes.n, file) == bytes.n && fclose(file) == 0, path);
}

static void write_pem(const char *folder, const char *name, struct span der)
{
    uint8_t text[2 * CERTIFICATE_MAX];
    struct writer w = writer_of(text, sizeof text);
    pem_put(&w, "CERTIFICATE", der);
    write_file(folder, name, writer_span(&w));
}

static void write_jwk(const char *folder, const char *name, const struct crypto_ec_key *key)
{
    uint8_t point[SIGNER_POINT], secret[32], text[512];
    struct writer w = writer_of(text, sizeof text);
    must(crypto_ec_public(key, point) && crypto_ec_secret(key, secret), name);
    jwk_put(&w, point);
    w.n--; // the brace
    writer_put(&w, text_of(",\"d\":\""));
    base64url_put(&w, span_of(secret, sizeof secret));
    writer_put(&w, text_of("\",\"kid\":\"1\"}"));
    write_file(folder, name, writer_span(&w));
}

static void write_peer_files(struct bench *b, const char *folder)
{
    uint8_t bytes[128];
    struct writer wrapped = writer_of(bytes, sizeof bytes);
    cbor_put_tag(&wrapped, CBOR_TAG_EMBEDDED);
    cbor_put_bytes(&wrapped, b->transcript);
    write_pem(folder, "root.pem", b->root_der);
    write_pem(folder, "signer.pem", b->issuer_der);
    write_jwk(folder, "signer.json", &b->issuer.key);
    write_jwk(folder, "device.json", &b->device);
    write_file(folder, "transcript.cbor", writer_span(&wrapped));
    write_file(folder, "portrait.jpg", span_of(b->portrait, sizeof b->portrait));
}

// --- mdoc ----------------------------------------------------------------------------------------------------------

static void make_claims(struct bench *b)
{
    struct writer transcript = writer_of(b->transcript_bytes, sizeof b->transcript_bytes);
    b->portrait[0] = 0xFF; // JPEG
    b->portrait[1] = 0xD8;
    b->claims = (struct resident_claims){
        .family_name = "김",
        .given_name = "하늘",
        .name_hangul = "김하늘",
        .birth_date = "2007-03-01",
        .sex = 2,
        .portrait = {b->portrait, sizeof b->portrait},
        .issue_date = "2026-01-02",
        .expiry_date = "2036-01-01",
        .issuing_country = "KR",
        .issuing_authority = "서울특별시 종로구청장",
        .document_number = "M12345678",
        .address = "서울특별시 종로구 세종대로 209",
        .registration_number = "0703014000000",
        .ages = {{14, true}, {19, false}},
        .age_count = 2,
        .years = {{2026, true}, {2027, true}},
        .year_count = 2,
    };
    struct writer values = writer_of(b->element_bytes, sizeof b->element_bytes);
    must(resident_claims_mdoc(&b->claims, &values, &b->elements), "the claims");
    cbor_put_array(&transcript, 3);
    cbor_put_null(&transcript);
    cbor_put_null(&transcript);
    cbor_put_string(&transcript, "a session");
    b->transcript = writer_span(&transcript);
}

// One of the copies that an issuer makes of the same elements.
static struct span issue(struct bench *b, uint8_t *bytes)
{
    struct writer w = writer_of(bytes, CREDENTIAL_MAX);
    struct issuer_signed_order order = {
        .doc_type = text_of(RESIDENT_DOC_TYPE),
        .namespaces = b->elements.namespaces,
        .namespace_count = b->elements.namespace_count,
        .decoys = DECOYS,
        .validity = {b->now, b->now, b->now + DAY, 0},
        .status = {.index = 412, .uri = text_of("https://issuer.example/status/1")},
        .chain = &b->issuer_der,
        .chain_count = 1,
        .algorithm = COSE_ES256,
    };
    memcpy(order.device_key, b->device_signer.point, SIGNER_POINT);
    must(issuer_signed_make(&order, &b->issuer_signer, &source, &w) == JUMIN_OK, "issuing");
    return writer_span(&w);
}

static struct span present(struct bench *b, uint8_t *bytes)
{
    const struct span common = text_of(RESIDENT_COMMON_NAMESPACE);
    const struct mdoc_element_name elements[] = {{common, text_of("family_name_unicode"), false},
                                                 {common, text_of("birth_date"), false},
                                                 {common, text_of("portrait"), false}};
    const struct device_presentation presentation = {.credential = &b->credential,
                                                     .elements = elements,
                                                     .element_count = COUNT(elements),
                                                     .device = &b->device_signer,
                                                     .method = DEVICE_AUTH_SIGNATURE};
    struct writer w = writer_of(bytes, CREDENTIAL_MAX);
    must(device_response_make(b->transcript, DEVICE_RESPONSE_OK, &presentation, 1, &w) == JUMIN_OK,
         "presenting");
    return writer_span(&w);
}

static void verify(struct bench *b, struct mdoc_chain *chain)
{
    struct detail detail = {""};
    const struct mdoc_rules rules = {.now = b->now, .issuer = mdoc_chain_check_of(chain)};
    must(device_response_parse(b->response, &b->parsed, &detail) == JUMIN_OK && b->parsed.count == 1 &&
             device_document_verify(&b->parsed.documents[0], &rules, b->transcript, NULL, &detail) ==
                 JUMIN_OK,
         detail.text);
}

static void run_issue(struct bench *b)
{
    (void)issue(b, b->scratch);
}

static void run_present(struct bench *b)
{
    (void)present(b, b->scratch);
}

static void run_verify(struct bench *b)
{
    struct mdoc_chain chain = {.role = X5CHAIN_MDOC_SIGNER, .roots = b->trust};
    verify(b, &chain);
    mdoc_chain_release(&chain);
}

static void run_verify_cached(struct bench *b)
{
    verify(b, &b->chain);
}

// --- SD-JWT --------------------------------------------------------------------------------------------------------

// The same claims.
static void make_jwt_claims(struct bench *b)
{
    struct resident_claim list[RESIDENT_CLAIMS_MAX];
    size_t count = 0;
    json_t *claims = json_object();
    must(resident_claims_list(&b->claims, list, &count), "the claims");
    for (size_t i = 0; i < count; i++) {
        char text[2 * PORTRAIT];
        struct writer w = writer_of(text, sizeof text);
        json_t *value = NULL;
        if (list[i].kind == RESIDENT_BYTES) {
            base64url_put(&w, list[i].bytes);
        } else {
            writer_put(&w, list[i].bytes);
        }
        value = list[i].kind == RESIDENT_BOOLEAN  ? json_boolean(list[i].number != 0)
                : list[i].kind == RESIDENT_NUMBER ? json_integer(list[i].number)
                                                  : json_stringn(text, w.n);
        must(json_object_set_new(claims, list[i].name, value) == 0, list[i].name);
    }
    must(sd_jwt_vc_members(&b->jwt_claims, claims) == JUMIN_OK, "sharing the claims");
    json_decref(claims);
}

static struct span issue_jwt(struct bench *b, uint8_t *bytes)
{
    struct writer w = writer_of(bytes, CREDENTIAL_MAX);
    struct sd_jwt_vc_order order = {
        .signer = &b->jwt_issuer_signer,
        .chain = &b->jwt_issuer_der,
        .chain_count = 1,
        .vct = RESIDENT_VCT,
        .issued_at = b->now,
        .not_before = b->now,
        .expires = b->now + DAY,
        .status_uri = "https://issuer.example/status/2",
        .status_index = 412,
        .members = b->jwt_claims,
        .decoys = DECOYS,
    };
    memcpy(order.holder, b->device_signer.point, SIGNER_POINT);
    must(sd_jwt_vc_issue(&order, &source, &w) == JUMIN_OK, "issuing an SD-JWT");
    return writer_span(&w);
}

static const struct x5chain_rules *jwt_rules(const struct bench *b)
{
    static struct x5chain_rules rules;
    rules = (struct x5chain_rules){X5CHAIN_SD_JWT_ISSUER, b->trust, b->now, false};
    return &rules;
}

// Reads a token as far as its signer, who is asked about; without a cache as if for the first time.
static void read_jwt(struct bench *b, struct span text, struct x5chain_cache *cache, struct sd_jwt_vc *vc)
{
    struct signer_key once = {.uses = 0}, *kept = cache != NULL ? &b->jwt_key : &once;
    struct detail detail = {""};
    struct x5chain given = {.count = 0};
    struct x5chain_signer signer;
    must(sd_jwt_vc_read(text, vc, &detail) == JUMIN_OK, detail.text);
    must(x5chain_add(&given, vc->sd.issued.chain[0]) &&
             x5chain_check_cached(cache, &given, jwt_rules(b), &signer, &detail) == JUMIN_OK &&
             sd_jwt_vc_check_by(vc, signer_key_of(kept, &signer), b->now, 0, &detail) == JUMIN_OK,
         detail.text);
    signer_key_release(&once);
}

static struct sd_jwt_binding binding_of(const struct bench *b)
{
    return (struct sd_jwt_binding){
        .audience = "x509_san_dns:shop.example", .nonce = "a nonce", .now = b->now, .window = 60};
}

static void present_jwt(struct bench *b)
{
    static const char *const shown[] = {"family_name_unicode", "birth_date", "portrait"};
    struct writer w = writer_of(b->presentation_bytes, sizeof b->presentation_bytes);
    bool selected[SD_JWT_DISCLOSURES_MAX] = {false};
    const struct sd_jwt_binding binding = binding_of(b);
    struct sd_jwt_vc vc;
    read_jwt(b, b->jwt, NULL, &vc);
    for (size_t i = 0; i < COUNT(shown); i++) {
        json_t *path = json_pack("[s]", shown[i]);
        must(sd_jwt_select(&vc.sd, path, selected), shown[i]);
        json_decref(path);
    }
    must(sd_jwt_present(&vc.sd, selected, &w) == JUMIN_OK &&
             sd_jwt_bind(&b->device_signer, &binding, 0, &w) == JUMIN_OK,
         "presenting an SD-JWT");
    b->presentation = writer_span(&w);
    sd_jwt_vc_release(&vc);
}

static void verify_jwt(struct bench *b, struct x5chain_cache *cache)
{
    const struct sd_jwt_binding binding = binding_of(b);
    struct detail detail = {""};
    struct sd_jwt_vc vc;
    read_jwt(b, b->presentation, cache, &vc);
    must(sd_jwt_check_binding(&vc.sd, &binding, &detail) == JUMIN_OK, detail.text);
    sd_jwt_vc_release(&vc);
}

static void run_issue_jwt(struct bench *b)
{
    (void)issue_jwt(b, b->scratch);
}

static void run_verify_jwt(struct bench *b)
{
    verify_jwt(b, NULL);
}

static void run_verify_jwt_cached(struct bench *b)
{
    verify_jwt(b, &b->cache);
}

// --- Measuring -----------------------------------------------------------------------------------------------------

static double processor_seconds(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void measure(const char *name, void (*run)(struct bench *), struct bench *b)
{
    enum { WARM = 700, BATCH = 50 }; // enough for the tables of a key that comes again and again
    uint64_t count = 0;
    for (unsigned i = 0; i < WARM; i++) {
        run(b);
    }
    const double start = processor_seconds();
    double elapsed = 0;
    while (elapsed < measured_seconds) {
        for (unsigned i = 0; i < BATCH; i++) {
            run(b);
        }
        count += BATCH;
        elapsed = processor_seconds() - start;
    }
    printf("%s %.0f\n", name, (double)count / elapsed);
}

int main(int argc, char **argv)
{
    static struct bench b;
    static const struct {
        const char *name;
        void (*run)(struct bench *);
    } operations[] = {
        {"mdoc-issue", run_issue},
        {"mdoc-present", run_present},
        {"mdoc-verify", run_verify},
        {"mdoc-verify-cached", run_verify_cached},
        {"sd-jwt-issue", run_issue_jwt},
        {"sd-jwt-verify", run_verify_jwt},
        {"sd-jwt-verify-cached", run_verify_jwt_cached},
    };
    struct detail detail = {""};
    source = crypto_system_random();
    b.now = (int64_t)time(NULL);
    make_claims(&b);
    make_parties(&b);
    const char *only = argc == 3 && strcmp(argv[1], "--only") == 0 ? argv[2] : NULL;
    if (argc == 2) {
        write_peer_files(&b, argv[1]);
    }
    b.mdoc = issue(&b, b.mdoc_bytes);
    must(issuer_signed_parse(b.mdoc, &b.credential, &detail) == JUMIN_OK, detail.text);
    b.response = present(&b, b.response_bytes);
    make_jwt_claims(&b);
    b.jwt = issue_jwt(&b, b.jwt_bytes);
    present_jwt(&b);
    for (size_t i = 0; i < COUNT(operations); i++) {
        if (only == NULL || strcmp(only, operations[i].name) == 0) {
            measure(operations[i].name, operations[i].run, &b);
        }
    }
    return EXIT_SUCCESS;
}
