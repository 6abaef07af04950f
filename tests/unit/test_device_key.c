// A phone's key in a file, and its thumbprint (RFC 5958, RFC 7638, RFC 9449).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"

#include "host/file.h"
#include "host/pki/pem.h"
#include "host/pki/private_key.h"
#include <errno.h>
#include <jumin/binding.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path;

static int make_folder(void **state)
{
    const int made = temporary_folder_make(state);
    path = temporary_path("phone.key");
    return made;
}

static int remove_folder(void **state)
{
    (void)unlink(path);
    return temporary_folder_remove_empty(state);
}

// The key of RFC 9449 §4.1 and the jkt of §6.1.
static void test_thumbprint_is_spelled_as_in_tokens(void **state)
{
    (void)state;
    uint8_t key[JUMIN_DEVICE_KEY], thumbprint[JUMIN_DEVICE_THUMBPRINT];
    char text[JUMIN_DEVICE_JKT];
    unhex("0497CB45AE1C7EDF8B55DE14480910D8F730A40E5A41845E3651051F5950"
          "16045BF551388DFFCE93FA3AE336D34E572E3496A31E6B7ABFD4C356B53409DBC64430",
          key, sizeof key);
    assert_int_equal(jumin_device_thumbprint(key, thumbprint), JUMIN_OK);
    jumin_device_jkt(thumbprint, text);
    assert_string_equal(text, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
}

static void test_key_is_made_for_its_owner_alone_and_found_again(void **state)
{
    (void)state;
    uint8_t made[JUMIN_DEVICE_KEY] = {0}, loaded[JUMIN_DEVICE_KEY] = {0};
    struct stat file;
    assert_int_equal(jumin_device_key_make(path, "open", made), JUMIN_OK);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(jumin_device_key_load(path, "open", loaded), JUMIN_OK);
    assert_memory_equal(loaded, made, sizeof made);
    uint8_t thumbprint[JUMIN_DEVICE_THUMBPRINT];
    assert_int_equal(jumin_device_thumbprint(made, thumbprint), JUMIN_OK); // a point of the curve
}

static void test_key_is_never_overwritten(void **state)
{
    (void)state;
    uint8_t first[JUMIN_DEVICE_KEY], second[JUMIN_DEVICE_KEY] = {0}, nothing[JUMIN_DEVICE_KEY] = {0};
    assert_int_equal(jumin_device_key_make(path, "open", first), JUMIN_OK);
    assert_int_equal(jumin_device_key_make(path, "open", second), JUMIN_ERROR_FILE);
    assert_int_equal(errno, EEXIST);
    assert_memory_equal(second, nothing, sizeof nothing);
    assert_int_equal(jumin_device_key_load(path, "open", second), JUMIN_OK);
    assert_memory_equal(second, first, sizeof first);
}

static void assert_refused(const char *passphrase, enum jumin_error error)
{
    uint8_t key[JUMIN_DEVICE_KEY] = {0}, nothing[JUMIN_DEVICE_KEY] = {0};
    assert_int_equal(jumin_device_key_load(path, passphrase, key), error);
    assert_memory_equal(key, nothing, sizeof nothing);
}

static void test_wrong_passphrase_opens_nothing(void **state)
{
    (void)state;
    uint8_t key[JUMIN_DEVICE_KEY];
    assert_int_equal(jumin_device_key_make(path, "open", key), JUMIN_OK);
    assert_refused("Open", JUMIN_ERROR_INPUT);
}

static void test_missing_file_is_told(void **state)
{
    (void)state;
    assert_refused("open", JUMIN_ERROR_FILE);
    assert_int_equal(errno, ENOENT);
}

// Writes a key of a curve under a label.
static void write_key(enum crypto_curve curve, const char *label)
{
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key key = {0};
    uint8_t bytes[PRIVATE_KEY_DER_MAX], text[2 * PRIVATE_KEY_DER_MAX];
    struct writer der = writer_of(bytes, sizeof bytes), pem = writer_of(text, sizeof text);
    assert_true(crypto_ec_generate(&key, curve, &random));
    assert_int_equal(private_key_encrypt(&key, span_of("open", 4), PRIVATE_KEY_ITERATIONS, &random, &der),
                     JUMIN_OK);
    pem_put(&pem, label, writer_span(&der));
    assert_int_equal(disk_write(path, 0600, writer_span(&pem)), JUMIN_OK);
    crypto_ec_release(&key);
}

static void test_key_of_another_curve_is_refused(void **state)
{
    (void)state;
    write_key(CRYPTO_P256, "ENCRYPTED PRIVATE KEY");
    uint8_t key[JUMIN_DEVICE_KEY];
    assert_int_equal(jumin_device_key_load(path, "open", key), JUMIN_OK);
    write_key(CRYPTO_BRAINPOOL_P256R1, "ENCRYPTED PRIVATE KEY");
    assert_refused("open", JUMIN_ERROR_INPUT);
    write_key(CRYPTO_P384, "ENCRYPTED PRIVATE KEY");
    assert_refused("open", JUMIN_ERROR_INPUT);
}

static void test_file_of_something_else_is_refused(void **state)
{
    (void)state;
    write_key(CRYPTO_P256, "CERTIFICATE");
    assert_refused("open", JUMIN_ERROR_INPUT);
    assert_int_equal(disk_write(path, 0600, span_of("hello", 5)), JUMIN_OK);
    assert_refused("open", JUMIN_ERROR_INPUT);
    assert_int_equal(disk_write(path, 0600, span_of("", 0)), JUMIN_OK);
    assert_refused("open", JUMIN_ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thumbprint_is_spelled_as_in_tokens),
        cmocka_unit_test_setup_teardown(test_key_is_made_for_its_owner_alone_and_found_again, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_key_is_never_overwritten, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_wrong_passphrase_opens_nothing, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_missing_file_is_told, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_key_of_another_curve_is_refused, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_file_of_something_else_is_refused, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
