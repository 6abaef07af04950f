// The key of a phone that keeps it in a file: PKCS#8, encrypted (RFC 5958, RFC 8018), in PEM (RFC 7468).
// SPDX-License-Identifier: Apache-2.0
#include "host/file.h"
#include "host/pki/pem.h"
#include "host/pki/private_key.h"
#include <jumin/binding.h>

static const char label[] = "ENCRYPTED PRIVATE KEY";

enum { KEY_FILE_MAX = 2 * PRIVATE_KEY_DER_MAX };

static bool put_public(const struct crypto_ec_key *device, uint8_t key[JUMIN_DEVICE_KEY])
{
    uint8_t point[CRYPTO_POINT_MAX];
    if (crypto_ec_curve(device) != CRYPTO_P256 || !crypto_ec_public(device, point)) {
        return false;
    }
    memcpy(key, point, JUMIN_DEVICE_KEY);
    return true;
}

enum jumin_error jumin_device_key_load(const char *path, const char *passphrase,
                                       uint8_t key[JUMIN_DEVICE_KEY])
{
    if (path == NULL || passphrase == NULL || key == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key device = {0};
    uint8_t text[KEY_FILE_MAX], bytes[PRIVATE_KEY_DER_MAX];
    struct writer der = writer_of(bytes, sizeof bytes);
    struct span name;
    size_t n = 0;
    enum jumin_error error = disk_read(path, text, sizeof text, &n);
    struct span rest = span_of(text, n);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!pem_next(&rest, &name, &der) || !span_equal(name, span_of(label, strlen(label)))) {
        return JUMIN_ERROR_INPUT;
    }
    error = private_key_decrypt(writer_span(&der), span_of(passphrase, strlen(passphrase)), &random, &device);
    if (error == JUMIN_OK && !put_public(&device, key)) {
        error = JUMIN_ERROR_INPUT;
    }
    crypto_ec_release(&device);
    return error;
}

static enum jumin_error save(const char *path, const struct crypto_ec_key *device, const char *passphrase,
                             const struct crypto_random *random)
{
    uint8_t text[KEY_FILE_MAX], bytes[PRIVATE_KEY_DER_MAX];
    struct writer der = writer_of(bytes, sizeof bytes), pem = writer_of(text, sizeof text);
    const enum jumin_error error = private_key_encrypt(device, span_of(passphrase, strlen(passphrase)),
                                                       PRIVATE_KEY_ITERATIONS, random, &der);
    if (error != JUMIN_OK) {
        return error;
    }
    pem_put(&pem, label, writer_span(&der));
    return pem.overflow ? JUMIN_ERROR_TOO_LONG : disk_create(path, 0600, writer_span(&pem));
}

enum jumin_error jumin_device_key_make(const char *path, const char *passphrase,
                                       uint8_t key[JUMIN_DEVICE_KEY])
{
    if (path == NULL || passphrase == NULL || key == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key device = {0};
    enum jumin_error error = JUMIN_ERROR_CRYPTO;
    if (crypto_ec_generate(&device, CRYPTO_P256, &random)) {
        error = save(path, &device, passphrase, &random);
    }
    if (error == JUMIN_OK && !put_public(&device, key)) {
        error = JUMIN_ERROR_CRYPTO;
    }
    crypto_ec_release(&device);
    return error;
}
