// Master keys in files: 64 hexadecimal digits, mode 0600.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"
#include "host/file.h"
#include <jumin/perso.h>

#include <unistd.h>

enum { DIGITS = 2 * JUMIN_MASTER_KEY };

static int nibble(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (uint8_t)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse(const uint8_t *text, size_t n, uint8_t *key)
{
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r' || text[n - 1] == ' ')) {
        n--;
    }
    if (n != DIGITS) {
        return false;
    }
    for (size_t i = 0; i < JUMIN_MASTER_KEY; i++) {
        const int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        key[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static enum jumin_error create_file(const char *path, uint8_t *key)
{
    static const char digits[] = "0123456789abcdef";
    const struct crypto_random random = crypto_system_random();
    uint8_t text[DIGITS + 1];
    if (!random.fill(random.context, key, JUMIN_MASTER_KEY)) {
        return JUMIN_ERROR_CRYPTO;
    }
    for (size_t i = 0; i < JUMIN_MASTER_KEY; i++) {
        text[2 * i] = (uint8_t)digits[key[i] >> 4];
        text[2 * i + 1] = (uint8_t)digits[key[i] & 15];
    }
    text[DIGITS] = '\n';
    const enum jumin_error error = disk_create(path, 0600, span_of(text, sizeof text));
    crypto_wipe(text, sizeof text);
    return error;
}

enum jumin_error jumin_master_key_load(const char *path, bool create, uint8_t *key)
{
    uint8_t text[DIGITS + 16];
    size_t n = 0;
    if (path == NULL || key == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = JUMIN_OK;
    bool exists = !create || access(path, F_OK) == 0;
    if (!exists) {
        error = create_file(path, key);
        // Made meanwhile by another: all take the same key.
        exists = error == JUMIN_ERROR_FILE && access(path, F_OK) == 0;
    }
    if (exists) {
        error = disk_read(path, text, sizeof text, &n);
        error = error == JUMIN_OK && !parse(text, n, key) ? JUMIN_ERROR_INPUT : error;
    }
    crypto_wipe(text, sizeof text);
    if (error != JUMIN_OK) {
        crypto_wipe(key, JUMIN_MASTER_KEY);
    }
    return error;
}

void jumin_master_key_wipe(uint8_t *key)
{
    if (key != NULL) {
        crypto_wipe(key, JUMIN_MASTER_KEY);
    }
}
