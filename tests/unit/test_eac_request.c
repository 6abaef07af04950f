// Requests for CV certificates: a holder keeps its key, its issuer certifies it; what does not prove itself
// is refused and changes nothing.
//
// Linked with --wrap=crypto_pbkdf2: one iteration stands for the many that protect real keys.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/pki/cv_request.h"
#include <dirent.h>
#include <jumin/eac_pki.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW = 1793577600, DAY = 86400 }; // 2026-11-02
enum { FILE_MAX = 16384 };

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
bool __real_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n);
bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n);

bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n)
{
    (void)iterations;
    return __real_crypto_pbkdf2(hash, passphrase, salt, 1, key, n);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// --- Two folders: the authorities', and the applicant's ------------------------------------------------------

static char top[] = "/tmp/jumin-test-req-XXXXXX";

static const char *path_of(const char *folder, const char *name)
{
    static char paths[2][512]; // two are wanted at once to copy
    static unsigned turn;
    char *path = paths[turn++ % 2];
    (void)snprintf(path, sizeof paths[0], "%s/%s/%s", top, folder, name);
    return path;
}

static int make_folders(void **state)
{
    (void)state;
    (void)snprintf(top, sizeof top, "/tmp/jumin-test-req-XXXXXX");
    return mkdtemp(top) == NULL;
}

static size_t files_in(const char *folder, bool remove)
{
    size_t count = 0;
    DIR *listed = opendir(path_of(folder, ""));
    const struct dirent *entry = NULL;
    while (listed != NULL && (entry = readdir(listed)) != NULL) {
        if (entry->d_name[0] != '.') {
            count++;
            (void)(remove && unlink(path_of(folder, entry->d_name)));
        }
    }
    if (listed != NULL) {
        (void)closedir(listed);
    }
    return count;
}

static int remove_folders(void **state)
{
    (void)state;
    static const char *const folders[] = {"authority", "applicant"};
    for (size_t i = 0; i < 2; i++) {
        (void)files_in(folders[i], true);
        (void)rmdir(path_of(folders[i], ""));
    }
    return rmdir(top);
}

static size_t load(const char *folder, const char *name, uint8_t bytes[FILE_MAX])
{
    FILE *stream = fopen(path_of(folder, name), "rb");
    assert_non_null(stream);
    const size_t n = fread(bytes, 1, FILE_MAX, stream);
    (void)fclose(stream);
    return n;
}

static void carry(const char *from, const char *to, const char *name)
{
    uint8_t bytes[FILE_MAX];
    const size_t n = load(from, name, bytes);
    FILE *stream = fopen(path_of(to, name), "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, n, stream), n);
    (void)fclose(stream);
}

static bool exists(const char *folder, const char *name)
{
    return access(path_of(folder, name), F_OK) == 0;
}

static struct jumin_eac_pki *open_pki(const char *folder)
{
    struct jumin_eac_pki *pki = NULL;
    assert_int_equal(jumin_eac_pki_new(&pki, path_of(folder, "")), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_load(pki), JUMIN_OK);
    return pki;
}

static struct jumin_eac_request plain_request(const char *name)
{
    return (struct jumin_eac_request){
        .type = JUMIN_TERMINAL_AUTHENTICATION, .name = name, .rights = JUMIN_RIGHTS_ALL, .now = NOW};
}

static struct jumin_eac_request store_request(void)
{
    struct jumin_eac_request request = plain_request("store");
    request.rights = 0;
    assert_int_equal(jumin_rights_add("store", &request.rights), JUMIN_OK);
    return request;
}

static struct jumin_eac_pki *authority_on(enum jumin_curve curve)
{
    struct jumin_eac_pki *pki = open_pki("authority");
    struct jumin_eac_request request = plain_request(NULL);
    request.curve = curve;
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "cvca"), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_issue_dv(pki, &request, "cvca", NULL), JUMIN_OK);
    return pki;
}

// The applicant's key and request for a terminal, on the curve that it was told; its folder is empty before.
static struct jumin_eac_pki *applicant_on(enum jumin_curve curve)
{
    struct jumin_eac_pki *pki = open_pki("applicant");
    struct jumin_eac_request request = plain_request("store");
    request.curve = curve;
    request.issuer = "KRDVAT00001";
    assert_int_equal(jumin_eac_pki_request(pki, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    return pki;
}

static enum jumin_error certify(struct jumin_eac_pki *authority, const char *name,
                                const struct jumin_eac_request *request)
{
    uint8_t bytes[FILE_MAX];
    const size_t n = load("applicant", name, bytes);
    return jumin_eac_pki_certify(authority, JUMIN_EAC_TERMINAL, request, bytes, n, "cvca");
}

// Certified, and what comes back is where it belongs.
static void certify_store(struct jumin_eac_pki *authority, struct jumin_eac_pki *applicant)
{
    const struct jumin_eac_request request = store_request();
    assert_int_equal(certify(authority, "KRSTORE00001.req", &request), JUMIN_OK);
    carry("authority", "applicant", "KRSTORE00001.cvc");
    carry("authority", "applicant", "KRDVAT00001.cvc");
    carry("authority", "applicant", "KRCVCAAT00001.cvc");
    assert_int_equal(jumin_eac_pki_load(applicant), JUMIN_OK);
}

static struct jumin_eac_certificate_request parsed(const char *name)
{
    uint8_t bytes[FILE_MAX];
    struct jumin_eac_certificate_request request;
    const size_t n = load("applicant", name, bytes);
    assert_int_equal(jumin_eac_certificate_request_parse(bytes, n, &request), JUMIN_OK);
    return request;
}

static struct jumin_eac_certificate newest(const struct jumin_eac_pki *pki, const char *holder)
{
    struct jumin_eac_certificate certificate = {0};
    for (size_t i = 0; i < jumin_eac_pki_count(pki); i++) {
        assert_int_equal(jumin_eac_pki_at(pki, i, &certificate), JUMIN_OK);
        if (strcmp(certificate.holder, holder) == 0) {
            return certificate;
        }
    }
    fail_msg("there is no certificate of %s", holder);
    return certificate;
}

// Whether the terminal of a folder leads from the CVCA's first key to one that it holds.
static void assert_terminal_works(struct jumin_eac_pki *pki, const char *trust_point, size_t certificates)
{
    struct jumin_terminal *terminal = NULL;
    const uint8_t *chain = NULL;
    size_t n = 0, count = 0;
    struct tlv object;
    assert_int_equal(jumin_eac_pki_terminal(pki, "store", "own", &terminal), JUMIN_OK);
    assert_int_equal(jumin_terminal_chain(terminal, trust_point, &chain, &n), JUMIN_OK);
    struct span rest = span_of(chain, n);
    while (tlv_expect(&rest, CVC_CERTIFICATE, &object)) {
        count++;
    }
    assert_int_equal(count, certificates);
    jumin_terminal_free(terminal);
}

// --- The way ---------------------------------------------------------------------------------------------------

static void test_terminal_keeps_its_key_and_is_certified_on_every_curve(void **state)
{
    for (int curve = JUMIN_CURVE_P256; curve <= JUMIN_CURVE_BRAINPOOL_P384R1; curve++) {
        struct jumin_eac_pki *authority = authority_on((enum jumin_curve)curve);
        struct jumin_eac_pki *applicant = applicant_on((enum jumin_curve)curve);
        const struct jumin_eac_certificate_request request = parsed("KRSTORE00001.req");
        assert_string_equal(request.holder, "KRSTORE00001");
        assert_string_equal(request.authority, "KRDVAT00001");
        assert_string_equal(request.signer, "");
        assert_string_equal(request.curve, jumin_curve_name((enum jumin_curve)curve));
        certify_store(authority, applicant);
        assert_false(exists("authority", "KRSTORE00001.key"));
        assert_string_equal(jumin_eac_pki_issued(authority), "KRSTORE00001");
        const struct jumin_eac_certificate certificate = newest(applicant, "KRSTORE00001");
        assert_int_equal(certificate.rights, store_request().rights);
        assert_string_equal(certificate.expiration, "20261202");
        assert_terminal_works(applicant, "KRCVCAAT00001", 2);
        jumin_eac_pki_free(applicant);
        jumin_eac_pki_free(authority);
        assert_int_equal(remove_folders(state), 0);
        assert_int_equal(make_folders(state), 0);
    }
}

static void test_verifier_keeps_its_key_and_certifies_terminals(void **state)
{
    (void)state;
    struct jumin_eac_pki *authority = open_pki("authority");
    struct jumin_eac_request request = plain_request(NULL);
    uint8_t bytes[FILE_MAX];
    assert_int_equal(jumin_eac_pki_issue_cvca(authority, &request, "cvca"), JUMIN_OK);
    assert_int_equal(mkdir(path_of("applicant", ""), 0700), 0);
    carry("authority", "applicant", "KRCVCAAT00001.cvc");
    struct jumin_eac_pki *applicant = open_pki("applicant");
    request.curve = JUMIN_CURVE_P384; // is the CVCA's where that is in the folder
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_DV_DOMESTIC, &request, "own", NULL),
                     JUMIN_OK);
    assert_string_equal(parsed("KRDVAT00001.req").authority, "KRCVCAAT00001");
    assert_string_equal(parsed("KRDVAT00001.req").curve, "P-256");
    const size_t n = load("applicant", "KRDVAT00001.req", bytes);
    assert_int_equal(jumin_eac_pki_certify(authority, JUMIN_EAC_DV_FOREIGN, &request, bytes, n, "cvca"),
                     JUMIN_OK);
    carry("authority", "applicant", "KRDVAT00001.cvc");
    assert_int_equal(jumin_eac_pki_load(applicant), JUMIN_OK);
    assert_int_equal(newest(applicant, "KRDVAT00001").role, JUMIN_EAC_DV_FOREIGN);
    const struct jumin_eac_request store = store_request();
    assert_int_equal(jumin_eac_pki_issue_terminal(applicant, &store, "own", NULL), JUMIN_OK);
    assert_terminal_works(applicant, "KRCVCAAT00001", 2);
    jumin_eac_pki_free(applicant);
    jumin_eac_pki_free(authority);
}

static void test_second_request_is_signed_by_the_key_before(void **state)
{
    (void)state;
    struct jumin_eac_pki *authority = authority_on(JUMIN_CURVE_BRAINPOOL_P256R1);
    struct jumin_eac_pki *applicant = applicant_on(JUMIN_CURVE_BRAINPOOL_P256R1);
    certify_store(authority, applicant);
    struct jumin_eac_request request = plain_request("store");
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    assert_string_equal(parsed("KRSTORE00002.req").signer, "KRSTORE00001");
    assert_string_equal(parsed("KRSTORE00002.req").authority, "KRDVAT00001");
    // Rights stay where none is named.
    request.rights = 0;
    request.now = NOW + 10 * DAY;
    assert_int_equal(certify(authority, "KRSTORE00002.req", &request), JUMIN_OK);
    carry("authority", "applicant", "KRSTORE00002.cvc");
    assert_int_equal(jumin_eac_pki_load(applicant), JUMIN_OK);
    assert_int_equal(newest(applicant, "KRSTORE00002").rights, store_request().rights);
    assert_terminal_works(applicant, "KRCVCAAT00001", 2);
    jumin_eac_pki_free(applicant);
    jumin_eac_pki_free(authority);
}

static void test_newest_key_of_the_authority_certifies_a_second_request(void **state)
{
    (void)state;
    struct jumin_eac_pki *authority = authority_on(JUMIN_CURVE_P256);
    struct jumin_eac_pki *applicant = applicant_on(JUMIN_CURVE_P256);
    certify_store(authority, applicant);
    const struct jumin_eac_renewal renewal = {JUMIN_EAC_DV_DOMESTIC, "dvat", NOW + DAY, 0, NULL};
    assert_int_equal(jumin_eac_pki_renew(authority, &renewal, "cvca", NULL), JUMIN_OK);
    struct jumin_eac_request request = plain_request("store");
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    request = store_request();
    request.now = NOW + 2 * DAY;
    assert_int_equal(certify(authority, "KRSTORE00002.req", &request), JUMIN_OK);
    assert_string_equal(newest(authority, "KRSTORE00002").authority, "KRDVAT00002");
    jumin_eac_pki_free(applicant);
    jumin_eac_pki_free(authority);
}

// --- Refusals --------------------------------------------------------------------------------------------------

struct stage {
    struct jumin_eac_pki *authority, *applicant;
    uint8_t bytes[FILE_MAX];
    size_t n, files;
};

// A first request in `bytes`, not certified yet.
static void open_stage(struct stage *stage)
{
    stage->authority = authority_on(JUMIN_CURVE_P256);
    stage->applicant = applicant_on(JUMIN_CURVE_P256);
    stage->n = load("applicant", "KRSTORE00001.req", stage->bytes);
    stage->files = files_in("authority", false);
}

// A second one, of a holder that has a certificate.
static void open_second_stage(struct stage *stage)
{
    open_stage(stage);
    certify_store(stage->authority, stage->applicant);
    const struct jumin_eac_request request = plain_request("store");
    assert_int_equal(jumin_eac_pki_request(stage->applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL),
                     JUMIN_OK);
    stage->n = load("applicant", "KRSTORE00002.req", stage->bytes);
    stage->files = files_in("authority", false);
}

static void close_stage(struct stage *stage)
{
    jumin_eac_pki_free(stage->applicant);
    jumin_eac_pki_free(stage->authority);
}

static enum jumin_error ask(struct stage *stage, enum jumin_eac_role role,
                            const struct jumin_eac_request *request)
{
    return jumin_eac_pki_certify(stage->authority, role, request, stage->bytes, stage->n, "cvca");
}

static void assert_refused(struct stage *stage, enum jumin_error expected)
{
    const struct jumin_eac_request request = store_request();
    assert_int_equal(ask(stage, JUMIN_EAC_TERMINAL, &request), expected);
    assert_true(strlen(jumin_eac_pki_detail(stage->authority)) > 0);
    assert_int_equal(files_in("authority", false), stage->files);
}

static void test_request_is_refused_whose_bits_were_changed(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage);
    for (size_t i = 0; i < stage.n; i++) {
        stage.bytes[i] ^= 0x01;
        assert_refused(&stage, JUMIN_ERROR_INPUT);
        stage.bytes[i] ^= 0x01;
    }
    while (stage.n-- > 0) {
        assert_refused(&stage, JUMIN_ERROR_INPUT);
    }
    close_stage(&stage);
}

static void test_changed_outer_signature_is_refused(void **state)
{
    (void)state;
    struct stage stage;
    open_second_stage(&stage);
    stage.bytes[stage.n - 1] ^= 0x01;
    assert_refused(&stage, JUMIN_ERROR_SIGNATURE);
    close_stage(&stage);
}

// `inner`, signed once more by `key` in the name of `signer`; a new key when NULL.
static void sign_outside(struct stage *stage, struct span inner, const char *signer,
                         const struct crypto_ec_key *key)
{
    static uint8_t bytes[FILE_MAX];
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key fresh = {0};
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(crypto_ec_generate(&fresh, CRYPTO_P256, &random));
    assert_true(cv_request_put_signed(&w, inner, span_of(signer, strlen(signer)), key != NULL ? key : &fresh,
                                      CRYPTO_SHA256));
    crypto_ec_release(&fresh);
    memcpy(stage->bytes, bytes, w.n);
    stage->n = w.n;
}

// The 7F21 in the stage's 67, copied.
static struct span inner_of(const struct stage *stage, uint8_t copy[FILE_MAX])
{
    memcpy(copy, stage->bytes, stage->n);
    struct span file = span_of(copy, stage->n);
    struct tlv outer, inner;
    assert_true(tlv_expect(&file, 0x67, &outer));
    assert_true(tlv_expect(&outer.value, CVC_CERTIFICATE, &inner));
    return inner.whole;
}

// The request inside is whole: whoever takes it out of its signature does not get a certificate by it.
static void test_known_holder_must_sign_with_the_key_before(void **state)
{
    (void)state;
    struct stage stage;
    open_second_stage(&stage);
    uint8_t copy[FILE_MAX];
    const struct span inner = inner_of(&stage, copy);
    memcpy(stage.bytes, inner.p, inner.n);
    stage.n = inner.n;
    assert_refused(&stage, JUMIN_ERROR_INPUT);
    close_stage(&stage);
}

static void test_signer_must_be_the_holder_and_known(void **state)
{
    (void)state;
    struct stage stage;
    open_second_stage(&stage);
    uint8_t copy[FILE_MAX];
    const struct span inner = inner_of(&stage, copy);
    sign_outside(&stage, inner, "KRSTORE00001", NULL);
    assert_refused(&stage, JUMIN_ERROR_SIGNATURE);
    sign_outside(&stage, inner, "KRSTORE00009", NULL);
    assert_refused(&stage, JUMIN_ERROR_SIGNER_UNKNOWN);
    sign_outside(&stage, inner, "KRDVAT00001", NULL);
    assert_refused(&stage, JUMIN_ERROR_SIGNER_UNKNOWN);
    close_stage(&stage);
}

static void test_signer_whose_certificate_has_expired_is_refused(void **state)
{
    (void)state;
    struct stage stage;
    open_second_stage(&stage);
    struct jumin_eac_request request = store_request();
    request.now = NOW + 31 * DAY;
    assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_ERROR_NOT_VALID_NOW);
    request.now = NOW + 30 * DAY;
    assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    close_stage(&stage);
}

static void test_signer_whose_certificate_is_of_a_later_day_is_refused(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage);
    struct jumin_eac_request request = store_request();
    request.now = NOW + 5 * DAY;
    assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    carry("authority", "applicant", "KRSTORE00001.cvc");
    carry("authority", "applicant", "KRDVAT00001.cvc");
    carry("authority", "applicant", "KRCVCAAT00001.cvc");
    assert_int_equal(jumin_eac_pki_load(stage.applicant), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_request(stage.applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL),
                     JUMIN_OK);
    stage.n = load("applicant", "KRSTORE00002.req", stage.bytes);
    request.now = NOW + 4 * DAY;
    assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_ERROR_NOT_VALID_NOW);
    request.now = NOW + 5 * DAY;
    assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    close_stage(&stage);
}

static void test_unknown_holder_cannot_be_vouched_for(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage);
    uint8_t copy[FILE_MAX];
    memcpy(copy, stage.bytes, stage.n);
    sign_outside(&stage, span_of(copy, stage.n), "KRDVAT00001", NULL);
    assert_refused(&stage, JUMIN_ERROR_SIGNER_UNKNOWN);
    close_stage(&stage);
}

static void test_same_request_is_certified_once(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage);
    const struct jumin_eac_request request = store_request();
    assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    stage.files = files_in("authority", false);
    assert_refused(&stage, JUMIN_ERROR_INPUT);
    close_stage(&stage);
}

static void test_key_on_another_curve_than_the_cvcas_is_refused(void **state)
{
    (void)state;
    struct stage stage;
    stage.authority = authority_on(JUMIN_CURVE_P256);
    stage.applicant = applicant_on(JUMIN_CURVE_BRAINPOOL_P256R1);
    stage.n = load("applicant", "KRSTORE00001.req", stage.bytes);
    stage.files = files_in("authority", false);
    assert_refused(&stage, JUMIN_ERROR_INPUT);
    close_stage(&stage);
}

static void test_first_request_gets_no_rights_that_nobody_named(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage);
    struct jumin_eac_request request = store_request();
    request.rights = 0;
    assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(files_in("authority", false), stage.files);
    close_stage(&stage);
}

static void test_holder_stays_in_its_role(void **state)
{
    (void)state;
    struct stage stage;
    open_second_stage(&stage);
    const struct jumin_eac_request request = store_request();
    assert_int_equal(ask(&stage, JUMIN_EAC_DV_DOMESTIC, &request), JUMIN_ERROR_INPUT);
    assert_int_equal(ask(&stage, JUMIN_EAC_CVCA, &request), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(files_in("authority", false), stage.files);
    const struct jumin_eac_request verifier = plain_request("store");
    assert_int_equal(jumin_eac_pki_request(stage.applicant, JUMIN_EAC_DV_DOMESTIC, &verifier, "own", NULL),
                     JUMIN_ERROR_INPUT);
    close_stage(&stage);
}

// A request of `holder` for a new key, with this hash. The key is released unless it is wanted.
static void request_of(struct stage *stage, const char *holder, enum crypto_hash hash,
                       struct crypto_ec_key *wanted)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t point[CRYPTO_POINT_MAX];
    struct crypto_ec_key key = {0};
    struct writer w = writer_of(stage->bytes, sizeof stage->bytes);
    assert_true(crypto_ec_generate(&key, CRYPTO_P256, &random));
    assert_true(crypto_ec_public(&key, point));
    const struct cv_certificate plan = {.holder = span_of(holder, strlen(holder)),
                                        .curve = CRYPTO_P256,
                                        .hash = hash,
                                        .point = span_of(point, crypto_curve_point_length(CRYPTO_P256))};
    assert_true(cv_request_put(&w, &plan, &key));
    if (wanted != NULL) {
        *wanted = key;
    } else {
        crypto_ec_release(&key);
    }
    stage->n = w.n;
}

static void test_reference_from_outside_becomes_no_path(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage);
    request_of(&stage, "KR/../X00001", CRYPTO_SHA256, NULL);
    assert_refused(&stage, JUMIN_ERROR_INPUT);
    request_of(&stage, "KR.00001", CRYPTO_SHA256, NULL);
    assert_refused(&stage, JUMIN_ERROR_INPUT);
    close_stage(&stage);
}

static void test_key_that_signs_with_sha_1_is_refused(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage);
    request_of(&stage, "KRSTORE00001", CRYPTO_SHA1, NULL);
    assert_refused(&stage, JUMIN_ERROR_INPUT);
    request_of(&stage, "KRSTORE00001", CRYPTO_SHA256, NULL);
    const struct jumin_eac_request request = store_request();
    assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    close_stage(&stage);
}

// Though its key is certified and the signature right: nobody vouches for another.
static void test_another_holder_of_the_folder_cannot_sign(void **state)
{
    (void)state;
    struct stage stage;
    struct crypto_ec_key key = {0};
    uint8_t second[FILE_MAX], copy[FILE_MAX];
    open_second_stage(&stage);
    const size_t n = stage.n;
    memcpy(second, stage.bytes, n);
    const struct jumin_eac_request request = store_request();
    request_of(&stage, "KROTHER00001", CRYPTO_SHA256, &key);
    assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    stage.files = files_in("authority", false);
    memcpy(stage.bytes, second, n);
    stage.n = n;
    sign_outside(&stage, inner_of(&stage, copy), "KROTHER00001", &key);
    crypto_ec_release(&key);
    assert_refused(&stage, JUMIN_ERROR_SIGNER_UNKNOWN);
    close_stage(&stage);
}

// Its key would be one on P-256 to whoever does not ask (TR-03110-3 §D.3).
static void test_request_without_domain_parameters_is_refused(void **state)
{
    (void)state;
    struct stage stage;
    struct crypto_ec_key key = {0};
    uint8_t oid[OID_TA_ECDSA_LENGTH], point[CRYPTO_POINT_MAX], bytes[CVC_MAX], digest[CRYPTO_HASH_MAX];
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    const struct crypto_random random = crypto_system_random();
    open_stage(&stage);
    assert_true(crypto_ec_generate(&key, CRYPTO_P256, &random));
    assert_true(crypto_ec_public(&key, point));
    oid_ta_ecdsa(CRYPTO_SHA256, oid);
    for (int with = 0; with < 2; with++) {
        struct writer body = writer_of(bytes, sizeof bytes);
        const size_t opened = tlv_open(&body, CVC_BODY);
        tlv_put(&body, CVC_PROFILE, span_of((const uint8_t[]){CVC_PROFILE_1}, 1));
        cvc_public_key_put(&body, span_of(oid, sizeof oid), CRYPTO_P256, span_of(point, 65), with != 0);
        tlv_put(&body, CVC_HOLDER, span_of("KRSTORE00001", 12));
        tlv_close(&body, opened);
        const struct span part = writer_span(&body);
        assert_true(crypto_hash_parts(CRYPTO_SHA256, &part, 1, digest));
        assert_true(crypto_ecdsa_sign(&key, &random, span_of(digest, 32), signature));
        struct writer w = writer_of(stage.bytes, sizeof stage.bytes);
        cv_certificate_put(&w, part, span_of(signature, 64));
        stage.n = w.n;
        struct cv_request request;
        assert_int_equal(cv_request_parse(writer_span(&w), &request), with != 0);
    }
    crypto_ec_release(&key);
    close_stage(&stage);
}

static void test_lower_number_than_the_newest_is_refused(void **state)
{
    (void)state;
    struct stage stage;
    struct crypto_ec_key key = {0};
    uint8_t copy[FILE_MAX];
    open_stage(&stage);
    const struct jumin_eac_request request = store_request();
    request_of(&stage, "KRSTORE00007", CRYPTO_SHA256, &key);
    assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    stage.files = files_in("authority", false);
    static const char *const references[] = {"KRSTORE00006", "KRSTORE00008"};
    for (size_t i = 0; i < 2; i++) {
        request_of(&stage, references[i], CRYPTO_SHA256, NULL);
        memcpy(copy, stage.bytes, stage.n);
        sign_outside(&stage, span_of(copy, stage.n), "KRSTORE00007", &key);
        assert_int_equal(ask(&stage, JUMIN_EAC_TERMINAL, &request), i == 0 ? JUMIN_ERROR_INPUT : JUMIN_OK);
    }
    assert_int_equal(files_in("authority", false), stage.files + 1);
    crypto_ec_release(&key);
    close_stage(&stage);
}

static void test_wrong_passphrases_make_and_certify_nothing(void **state)
{
    (void)state;
    struct stage stage;
    open_second_stage(&stage);
    const struct jumin_eac_request request = store_request();
    const size_t files = files_in("applicant", false);
    assert_int_equal(
        jumin_eac_pki_certify(stage.authority, JUMIN_EAC_TERMINAL, &request, stage.bytes, stage.n, "wrong"),
        JUMIN_ERROR_INPUT);
    assert_int_equal(files_in("authority", false), stage.files);
    assert_int_equal(jumin_eac_pki_request(stage.applicant, JUMIN_EAC_TERMINAL, &request, "wrong", NULL),
                     JUMIN_ERROR_INPUT);
    assert_int_equal(files_in("applicant", false), files);
    close_stage(&stage);
}

static void test_holder_whose_key_is_elsewhere_is_not_renewed_here(void **state)
{
    (void)state;
    struct stage stage;
    open_second_stage(&stage);
    const struct jumin_eac_renewal renewal = {JUMIN_EAC_TERMINAL, "store", NOW, 0, NULL};
    assert_int_equal(jumin_eac_pki_renew(stage.authority, &renewal, "cvca", NULL), JUMIN_ERROR_INPUT);
    assert_int_equal(files_in("authority", false), stage.files);
    close_stage(&stage);
}

static void test_issuer_that_is_not_in_the_folder_takes_its_whole_reference(void **state)
{
    (void)state;
    struct jumin_eac_pki *applicant = open_pki("applicant");
    struct jumin_eac_request request = plain_request("store");
    request.issuer = "dvat";
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL),
                     JUMIN_ERROR_ARGUMENT);
    request.issuer = NULL;
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_CVCA, &request, "own", NULL),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(files_in("applicant", false), 0);
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    assert_string_equal(parsed("KRSTORE00001.req").authority, "");
    jumin_eac_pki_free(applicant);
}

// The CVCA's certificate, which would tell the curve, has not been brought along.
static void test_issuer_without_its_cvca_is_asked_by_its_name(void **state)
{
    (void)state;
    struct jumin_eac_pki *authority = authority_on(JUMIN_CURVE_P384);
    assert_int_equal(mkdir(path_of("applicant", ""), 0700), 0);
    carry("authority", "applicant", "KRDVAT00001.cvc");
    struct jumin_eac_pki *applicant = open_pki("applicant");
    struct jumin_eac_request request = plain_request("store");
    request.issuer = "dvat";
    request.curve = JUMIN_CURVE_P384;
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    assert_string_equal(parsed("KRSTORE00001.req").authority, "KRDVAT00001");
    assert_string_equal(parsed("KRSTORE00001.req").curve, "P-384");
    request = store_request();
    assert_int_equal(certify(authority, "KRSTORE00001.req", &request), JUMIN_OK);
    carry("authority", "applicant", "KRSTORE00001.cvc");
    assert_int_equal(jumin_eac_pki_load(applicant), JUMIN_OK);
    request.curve = JUMIN_CURVE_P384;
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    assert_string_equal(parsed("KRSTORE00002.req").signer, "KRSTORE00001");
    assert_int_equal(certify(authority, "KRSTORE00002.req", &request), JUMIN_OK);
    jumin_eac_pki_free(applicant);
    jumin_eac_pki_free(authority);
}

static void test_null_pointers_are_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki("applicant");
    const struct jumin_eac_request request = plain_request("store");
    struct jumin_eac_certificate_request out;
    const uint8_t byte = 0;
    assert_int_equal(jumin_eac_pki_request(NULL, JUMIN_EAC_TERMINAL, &request, "own", NULL),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_request(pki, JUMIN_EAC_TERMINAL, NULL, "own", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_request(pki, JUMIN_EAC_TERMINAL, &request, NULL, NULL),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_certify(pki, JUMIN_EAC_TERMINAL, &request, NULL, 0, "own"),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_certificate_request_parse(NULL, 0, &out), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_certificate_request_parse(&byte, 1, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_certificate_request_parse(&byte, 1, &out), JUMIN_ERROR_INPUT);
    jumin_eac_pki_free(pki);
}

#define IN_FOLDERS(test) cmocka_unit_test_setup_teardown(test, make_folders, remove_folders)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDERS(test_terminal_keeps_its_key_and_is_certified_on_every_curve),
        IN_FOLDERS(test_verifier_keeps_its_key_and_certifies_terminals),
        IN_FOLDERS(test_second_request_is_signed_by_the_key_before),
        IN_FOLDERS(test_newest_key_of_the_authority_certifies_a_second_request),
        IN_FOLDERS(test_request_is_refused_whose_bits_were_changed),
        IN_FOLDERS(test_changed_outer_signature_is_refused),
        IN_FOLDERS(test_known_holder_must_sign_with_the_key_before),
        IN_FOLDERS(test_signer_must_be_the_holder_and_known),
        IN_FOLDERS(test_another_holder_of_the_folder_cannot_sign),
        IN_FOLDERS(test_signer_whose_certificate_has_expired_is_refused),
        IN_FOLDERS(test_unknown_holder_cannot_be_vouched_for),
        IN_FOLDERS(test_same_request_is_certified_once),
        IN_FOLDERS(test_key_on_another_curve_than_the_cvcas_is_refused),
        IN_FOLDERS(test_first_request_gets_no_rights_that_nobody_named),
        IN_FOLDERS(test_holder_stays_in_its_role),
        IN_FOLDERS(test_reference_from_outside_becomes_no_path),
        IN_FOLDERS(test_key_that_signs_with_sha_1_is_refused),
        IN_FOLDERS(test_lower_number_than_the_newest_is_refused),
        IN_FOLDERS(test_request_without_domain_parameters_is_refused),
        IN_FOLDERS(test_signer_whose_certificate_is_of_a_later_day_is_refused),
        IN_FOLDERS(test_wrong_passphrases_make_and_certify_nothing),
        IN_FOLDERS(test_holder_whose_key_is_elsewhere_is_not_renewed_here),
        IN_FOLDERS(test_issuer_that_is_not_in_the_folder_takes_its_whole_reference),
        IN_FOLDERS(test_issuer_without_its_cvca_is_asked_by_its_name),
        IN_FOLDERS(test_null_pointers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
