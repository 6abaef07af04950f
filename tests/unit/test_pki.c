// The issuer's folder: made once, loaded with its passphrase, never half there.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"

#include "card/wire/oid.h"
#include "host/pki/pki.h"
#include "host/pki/private_key.h"
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW = 1793577600 }; // 2026-11-02

static const char *path_of(const char *name)
{
    return temporary_path("pki/%s", name);
}

static struct jumin_pki *new_pki(void)
{
    struct jumin_pki *pki = NULL;
    assert_int_equal(jumin_pki_new(&pki, path_of("")), JUMIN_OK);
    return pki;
}

static struct jumin_pki *initialized_pki(void)
{
    const struct jumin_pki_options options = {.now = NOW};
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_init(pki, "correct horse", &options), JUMIN_OK);
    return pki;
}

static void test_what_was_made_can_be_loaded(void **state)
{
    (void)state;
    struct jumin_pki *made = initialized_pki(), *loaded = new_pki();
    assert_int_equal(jumin_pki_load(loaded, "correct horse"), JUMIN_OK);
    for (int item = JUMIN_PKI_CSCA; item <= JUMIN_PKI_CRL; item++) {
        const uint8_t *a = NULL, *b = NULL;
        size_t n = 0, m = 0;
        assert_int_equal(jumin_pki_item(made, (enum jumin_pki_item)item, &a, &n), JUMIN_OK);
        assert_int_equal(jumin_pki_item(loaded, (enum jumin_pki_item)item, &b, &m), JUMIN_OK);
        assert_int_equal(n, m);
        assert_memory_equal(a, b, n);
    }
    uint8_t secret[2][CRYPTO_FIELD_MAX];
    assert_true(crypto_ec_secret(&made->signer_key.key, secret[0]));
    assert_true(crypto_ec_secret(&loaded->signer_key.key, secret[1]));
    assert_memory_equal(secret[0], secret[1], 32);
    jumin_pki_free(made);
    jumin_pki_free(loaded);
}

static void test_keys_are_for_their_owner_only(void **state)
{
    (void)state;
    jumin_pki_free(initialized_pki());
    const char *const keys[] = {"csca.key", "ds.key", "generation.key"};
    struct stat status;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(stat(path_of(keys[i]), &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
    assert_int_equal(stat(path_of(""), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
}

static void test_wrong_passphrase_is_refused(void **state)
{
    (void)state;
    jumin_pki_free(initialized_pki());
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_load(pki, "wrong horse"), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_pki_detail(pki), "generation.key"));
    const uint8_t *der = NULL;
    size_t n = 0;
    assert_int_equal(jumin_pki_item(pki, JUMIN_PKI_CSCA, &der, &n), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pki_load_authority(pki, "wrong horse"), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_pki_detail(pki), "csca.key"));
    jumin_pki_free(pki);
}

// Daily work is done without it: it may lie in a safe, or under a secret that custodians share.
static void test_daily_work_does_not_touch_the_csca_key(void **state)
{
    (void)state;
    jumin_pki_free(initialized_pki());
    assert_int_equal(unlink(path_of("csca.key")), 0);
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_load(pki, "correct horse"), JUMIN_OK);
    jumin_pki_free(pki);
}

// The certificate beside the key is in force; the other one is a copy, which a power cut may have left
// behind.
static void test_signer_is_the_one_beside_its_key(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    jumin_pki_free(initialized_pki());
    assert_int_equal(unlink(path_of("ds.crt")), 0);
    assert_int_equal(link(path_of("csca.crt"), path_of("ds.crt")), 0);
    struct jumin_pki *pki = new_pki();
    struct writer der = writer_of(bytes, sizeof bytes);
    assert_int_equal(jumin_pki_load(pki, "correct horse"), JUMIN_OK);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, span_of("content", 7), NOW, &der), JUMIN_OK);
    jumin_pki_free(pki);
}

static void test_one_program_at_a_time_holds_the_csca_key(void **state)
{
    (void)state;
    jumin_pki_free(initialized_pki());
    struct jumin_pki *first = new_pki(), *second = new_pki();
    assert_int_equal(jumin_pki_load_authority(first, "correct horse"), JUMIN_OK);
    assert_int_equal(jumin_pki_load_authority(second, "correct horse"), JUMIN_ERROR_CONFLICT);
    assert_int_equal(jumin_pki_load(second, "correct horse"), JUMIN_OK);
    jumin_pki_free(first);
    assert_int_equal(jumin_pki_load_authority(second, "correct horse"), JUMIN_OK);
    jumin_pki_free(second);
}

static void test_a_folder_with_a_ca_is_left_alone(void **state)
{
    (void)state;
    const struct jumin_pki_options options = {.now = NOW};
    struct jumin_pki *pki = initialized_pki();
    assert_int_equal(jumin_pki_init(pki, "another", &options), JUMIN_ERROR_INPUT);
    jumin_pki_free(pki);
    pki = new_pki();
    assert_int_equal(jumin_pki_load(pki, "correct horse"), JUMIN_OK);
    jumin_pki_free(pki);
}

static void test_missing_files_are_named(void **state)
{
    (void)state;
    const char *const files[] = {"csca.crt", "csca.crl", "ds.key", "generation.key"};
    jumin_pki_free(initialized_pki());
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(rename(path_of(files[i]), path_of("away")), 0);
        struct jumin_pki *pki = new_pki();
        assert_int_equal(jumin_pki_load(pki, "correct horse"), JUMIN_ERROR_FILE);
        assert_non_null(strstr(jumin_pki_detail(pki), files[i]));
        jumin_pki_free(pki);
        assert_int_equal(rename(path_of("away"), path_of(files[i])), 0);
    }
}

// Documents signed with the one key would carry the certificate of the other.
static void test_keys_that_are_not_the_certificates_are_refused(void **state)
{
    (void)state;
    const struct {
        const char *key, *certificate;
    } pairs[] = {{"csca.key", "csca.crt"}, {"ds.key", "ds.crt"}};
    jumin_pki_free(initialized_pki());
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_int_equal(rename(path_of(pairs[i].key), path_of("away")), 0);
        assert_int_equal(link(path_of("generation.key"), path_of(pairs[i].key)), 0);
        struct jumin_pki *pki = new_pki();
        assert_int_equal(i == 0 ? jumin_pki_load_authority(pki, "correct horse")
                                : jumin_pki_load(pki, "correct horse"),
                         JUMIN_ERROR_INPUT);
        assert_non_null(strstr(jumin_pki_detail(pki), pairs[i].certificate));
        jumin_pki_free(pki);
        assert_int_equal(rename(path_of("away"), path_of(pairs[i].key)), 0);
    }
}

static void test_nothing_is_signed_outside_the_signers_validity(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    struct jumin_pki *pki = initialized_pki();
    struct writer der = writer_of(bytes, sizeof bytes);
    const struct span content = span_of("content", 7);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, content, NOW - 1, &der), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, content, NOW + 30LL * 365 * 86400, &der),
                     JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(der.n, 0);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, content, NOW, &der), JUMIN_OK);
    jumin_pki_free(pki);
}

static void test_wrong_options_are_refused(void **state)
{
    (void)state;
    struct jumin_pki *pki = new_pki();
    struct jumin_pki_options options = {.country = "kr", .now = NOW};
    assert_int_equal(jumin_pki_init(pki, "x", &options), JUMIN_ERROR_ARGUMENT);
    options = (struct jumin_pki_options){.state = "KO", .now = NOW};
    assert_int_equal(jumin_pki_init(pki, "x", &options), JUMIN_ERROR_ARGUMENT);
    options = (struct jumin_pki_options){.now = -1};
    assert_int_equal(jumin_pki_init(pki, "x", &options), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pki_init(pki, NULL, &options), JUMIN_ERROR_ARGUMENT);
    assert_int_not_equal(access(path_of("csca.crt"), F_OK), 0);
    jumin_pki_free(pki);
}

// Any bit of a key file: refused, or (in the salt's and the ciphertext's first bytes) no key of the curve's.
static void test_flipped_bits_of_a_key_never_give_that_key(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key key = {0}, other = {0};
    uint8_t bytes[PRIVATE_KEY_DER_MAX], secret[CRYPTO_FIELD_MAX], loaded[CRYPTO_FIELD_MAX];
    struct writer der = writer_of(bytes, sizeof bytes);
    const struct span passphrase = span_of("x", 1);
    assert_true(crypto_ec_generate(&key, CRYPTO_P256, &random));
    assert_true(crypto_ec_secret(&key, secret));
    assert_int_equal(private_key_encrypt(&key, passphrase, 1, &random, &der), JUMIN_OK);
    for (size_t n = 0; n < der.n; n += 7) {
        assert_int_not_equal(private_key_decrypt(span_of(bytes, n), passphrase, &random, &other), JUMIN_OK);
        bytes[n] ^= 0x10;
        if (private_key_decrypt(writer_span(&der), passphrase, &random, &other) == JUMIN_OK) {
            assert_true(crypto_ec_secret(&other, loaded));
            assert_memory_equal(loaded, secret, 32); // the flip was in what the key does not depend on
        }
        crypto_ec_release(&other);
        bytes[n] ^= 0x10;
    }
    assert_int_equal(private_key_decrypt(writer_span(&der), passphrase, &random, &other), JUMIN_OK);
    crypto_ec_release(&other);
    crypto_ec_release(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_what_was_made_can_be_loaded),
        IN_TEMPORARY_FOLDER(test_keys_are_for_their_owner_only),
        IN_TEMPORARY_FOLDER(test_wrong_passphrase_is_refused),
        IN_TEMPORARY_FOLDER(test_daily_work_does_not_touch_the_csca_key),
        IN_TEMPORARY_FOLDER(test_signer_is_the_one_beside_its_key),
        IN_TEMPORARY_FOLDER(test_one_program_at_a_time_holds_the_csca_key),
        IN_TEMPORARY_FOLDER(test_a_folder_with_a_ca_is_left_alone),
        IN_TEMPORARY_FOLDER(test_missing_files_are_named),
        IN_TEMPORARY_FOLDER(test_keys_that_are_not_the_certificates_are_refused),
        IN_TEMPORARY_FOLDER(test_nothing_is_signed_outside_the_signers_validity),
        IN_TEMPORARY_FOLDER(test_wrong_options_are_refused),
        cmocka_unit_test(test_flipped_bits_of_a_key_never_give_that_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
