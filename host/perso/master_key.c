// Master keys: in files, plain or under a passphrase, and in tokens.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/master_key.h"

#include "host/file.h"
#include "host/perso/key_text.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHECK_VALUE = 8 };

static const char check_label[] = "check-value ", check_text[] = "jumin master key";

// --- The handle ----------------------------------------------------------------------------------------------

enum jumin_error jumin_master_key_new(struct jumin_master_key **key, const char *path)
{
    if (key == NULL || path == NULL || strlen(path) >= MASTER_KEY_PATH_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *key = calloc(1, sizeof **key);
    if (*key == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    memcpy((*key)->path, path, strlen(path) + 1);
    return JUMIN_OK;
}

static void close_key(struct jumin_master_key *key)
{
    crypto_wipe(key->bytes, sizeof key->bytes);
    token_key_free(key->token);
    key->token = NULL;
    key->open = false;
}

void jumin_master_key_free(struct jumin_master_key *key)
{
    if (key != NULL) {
        close_key(key);
        free(key);
    }
}

const char *jumin_master_key_detail(const struct jumin_master_key *key)
{
    return key == NULL ? "" : key->detail.text;
}

enum jumin_error jumin_master_key_bytes(const struct jumin_master_key *key, uint8_t *bytes)
{
    if (key == NULL || bytes == NULL || !key->open) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (key->token != NULL) {
        crypto_wipe(bytes, JUMIN_MASTER_KEY);
        return JUMIN_ERROR_TOKEN;
    }
    memcpy(bytes, key->bytes, JUMIN_MASTER_KEY);
    return JUMIN_OK;
}

void jumin_master_key_wipe(uint8_t *key)
{
    if (key != NULL) {
        crypto_wipe(key, JUMIN_MASTER_KEY);
    }
}

// --- Tokens --------------------------------------------------------------------------------------------------

// Tells one key from another, and nothing about it: no card's data look like this (SP 800-108 §4: the KDF's
// input begins with zeros).
static enum jumin_error check_value(struct token_key *key, uint8_t value[CRYPTO_BLOCK], struct detail *detail)
{
    const enum jumin_error error = token_aes_cmac(key, span_of(check_text, sizeof check_text - 1), value);
    if (error != JUMIN_OK) {
        token_key_detail(key, detail);
    }
    return error;
}

static enum jumin_error open_in_token(struct jumin_master_key *key, struct span text,
                                      struct jumin_tokens *tokens)
{
    char uri[TOKEN_URI_MAX] = "";
    uint8_t wanted[CHECK_VALUE], value[CRYPTO_BLOCK];
    struct detail why;
    size_t n = 0;
    while (n < text.n && text.p[n] != '\n' && text.p[n] != '\r') {
        n++;
    }
    struct span rest = key_text_trim(span_from(text, n + 1));
    if (n >= sizeof uri || !key_text_take(&rest, check_label) ||
        !key_text_take_digits(&rest, sizeof wanted, wanted) || rest.n != 0) {
        return detail_set(&key->detail, JUMIN_ERROR_INPUT,
                          "%s: must hold a key's URI, and its check value in a second line", key->path);
    }
    memcpy(uri, text.p, n);
    if (tokens == NULL) {
        return detail_set(&key->detail, JUMIN_ERROR_ARGUMENT, "%s: the key is in a token, and none is opened",
                          key->path);
    }
    enum jumin_error error = token_aes_open(tokens, uri, &key->token, &why);
    if (error == JUMIN_OK) {
        error = check_value(key->token, value, &why);
    }
    if (error != JUMIN_OK) {
        return detail_set(&key->detail, error, "%s: %s", key->path, why.text);
    }
    return memcmp(value, wanted, sizeof wanted) == 0
               ? JUMIN_OK
               : detail_set(&key->detail, JUMIN_ERROR_INPUT,
                            "%s: the token has another key of this name than the file was made for",
                            key->path);
}

static bool put_uri(struct writer *text, const struct token_key *key, const uint8_t value[CHECK_VALUE])
{
    const char *uri = token_key_uri(key);
    writer_put(text, span_of(uri, strlen(uri)));
    writer_put_u8(text, '\n');
    writer_put(text, span_of(check_label, sizeof check_label - 1));
    key_text_put_digits(text, span_of(value, CHECK_VALUE));
    writer_put_u8(text, '\n');
    return !text->overflow;
}

// --- Opening -------------------------------------------------------------------------------------------------

static bool parse_plain(struct span text, uint8_t key[JUMIN_MASTER_KEY])
{
    text = key_text_trim(text);
    return key_text_take_digits(&text, JUMIN_MASTER_KEY, key) && text.n == 0;
}

static enum jumin_error read_text(struct jumin_master_key *key, uint8_t text[KEY_TEXT_MAX], size_t *n)
{
    const enum jumin_error error = disk_read(key->path, text, KEY_TEXT_MAX, n);
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(&key->detail, error, "%s: cannot be read: %s", key->path,
                                          error == JUMIN_ERROR_FILE ? strerror(errno) : "it is too long");
}

static enum jumin_error classify(struct jumin_master_key *key, struct span text,
                                 enum jumin_master_key_kind *kind)
{
    uint8_t plain[JUMIN_MASTER_KEY];
    enum jumin_error error = JUMIN_OK;
    if (token_is_uri(text)) {
        *kind = JUMIN_MASTER_KEY_IN_TOKEN;
    } else if (key_text_is_sealed(text)) {
        *kind = JUMIN_MASTER_KEY_SEALED;
    } else if (parse_plain(text, plain)) {
        *kind = JUMIN_MASTER_KEY_PLAIN;
    } else {
        error = detail_set(&key->detail, JUMIN_ERROR_INPUT,
                           "%s: must hold 64 hexadecimal digits, a key under a passphrase, or a key's URI",
                           key->path);
    }
    crypto_wipe(plain, sizeof plain); // of one that is damaged, its beginning
    return error;
}

enum jumin_error jumin_master_key_look(struct jumin_master_key *key, enum jumin_master_key_kind *kind)
{
    uint8_t text[KEY_TEXT_MAX];
    size_t n = 0;
    if (key == NULL || kind == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&key->detail);
    *kind = JUMIN_MASTER_KEY_MISSING;
    if (access(key->path, F_OK) != 0 && errno == ENOENT) {
        return JUMIN_OK;
    }
    enum jumin_error error = read_text(key, text, &n);
    error = error == JUMIN_OK ? classify(key, span_of(text, n), kind) : error;
    crypto_wipe(text, sizeof text);
    return error;
}

static enum jumin_error open_text(struct jumin_master_key *key, struct span text, const char *passphrase,
                                  struct jumin_tokens *tokens)
{
    enum jumin_master_key_kind kind = JUMIN_MASTER_KEY_MISSING;
    const enum jumin_error error = classify(key, text, &kind);
    if (error != JUMIN_OK) {
        return error;
    }
    if (kind == JUMIN_MASTER_KEY_IN_TOKEN) {
        return open_in_token(key, text, tokens);
    }
    if (kind == JUMIN_MASTER_KEY_PLAIN) {
        (void)parse_plain(text, key->bytes);
        return JUMIN_OK;
    }
    if (passphrase == NULL) {
        return detail_set(&key->detail, JUMIN_ERROR_ARGUMENT, "%s: its passphrase is needed", key->path);
    }
    return key_text_open(text, span_of(passphrase, strlen(passphrase)), key->bytes)
               ? JUMIN_OK
               : detail_set(&key->detail, JUMIN_ERROR_INPUT, "%s: wrong passphrase, or a damaged file",
                            key->path);
}

enum jumin_error jumin_master_key_open(struct jumin_master_key *key, const char *passphrase,
                                       struct jumin_tokens *tokens)
{
    uint8_t text[KEY_TEXT_MAX];
    size_t n = 0;
    if (key == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&key->detail);
    close_key(key);
    enum jumin_error error = read_text(key, text, &n);
    error = error == JUMIN_OK ? open_text(key, span_of(text, n), passphrase, tokens) : error;
    crypto_wipe(text, sizeof text);
    if (error != JUMIN_OK) {
        close_key(key);
    }
    key->open = error == JUMIN_OK;
    return error;
}

// --- Making and writing --------------------------------------------------------------------------------------

// The file's text; plain where there is no passphrase.
static bool put_key(const struct jumin_master_key *key, const char *passphrase, struct writer *text)
{
    const struct crypto_random random = crypto_system_random();
    if (passphrase != NULL) {
        return key_text_seal(key->bytes, span_of(passphrase, strlen(passphrase)), &random, text);
    }
    key_text_put_digits(text, span_of(key->bytes, sizeof key->bytes));
    writer_put_u8(text, '\n');
    return !text->overflow;
}

// `create`: only where there is no file yet.
static enum jumin_error write_key(struct jumin_master_key *key, const char *passphrase, bool create)
{
    uint8_t bytes[KEY_TEXT_MAX];
    struct writer text = writer_of(bytes, sizeof bytes);
    enum jumin_error error = JUMIN_ERROR_CRYPTO;
    if (put_key(key, passphrase, &text)) {
        error = create ? disk_create(key->path, 0600, writer_span(&text))
                       : disk_write(key->path, 0600, writer_span(&text));
    }
    const int reason = errno;
    crypto_wipe(bytes, sizeof bytes);
    if (error == JUMIN_OK) {
        return JUMIN_OK;
    }
    (void)detail_set(&key->detail, error, "%s: cannot be written: %s", key->path,
                     error == JUMIN_ERROR_FILE ? strerror(reason) : jumin_error_text(error));
    errno = reason;
    return error;
}

enum jumin_error jumin_master_key_make(struct jumin_master_key *key, const char *passphrase)
{
    const struct crypto_random random = crypto_system_random();
    if (key == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&key->detail);
    close_key(key);
    if (!random.fill(random.context, key->bytes, sizeof key->bytes)) {
        return detail_set(&key->detail, JUMIN_ERROR_CRYPTO, "no random bytes");
    }
    const enum jumin_error error = write_key(key, passphrase, true);
    if (error == JUMIN_ERROR_FILE && errno == EEXIST) {
        return jumin_master_key_open(key, passphrase, NULL);
    }
    if (error != JUMIN_OK) {
        close_key(key);
    }
    key->open = error == JUMIN_OK;
    return error;
}

enum jumin_error jumin_master_key_seal(struct jumin_master_key *key, const char *passphrase)
{
    if (key == NULL || passphrase == NULL || !key->open) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&key->detail);
    return key->token == NULL ? write_key(key, passphrase, false)
                              : detail_set(&key->detail, JUMIN_ERROR_TOKEN,
                                           "%s: the key is in a token, which gives no key away", key->path);
}

static enum jumin_error write_uri(struct jumin_master_key *key, struct token_key *made, struct detail *why)
{
    uint8_t bytes[KEY_TEXT_MAX], value[CRYPTO_BLOCK];
    struct writer text = writer_of(bytes, sizeof bytes);
    const enum jumin_error error = check_value(made, value, why);
    if (error != JUMIN_OK) {
        return error;
    }
    // A token that took another key than it was given would make cards that nobody opens.
    if (key->open) {
        struct crypto_cipher_key cipher = {0};
        uint8_t own[CRYPTO_BLOCK];
        const struct span part = span_of(check_text, sizeof check_text - 1);
        const bool same = crypto_cipher_load(&cipher, CRYPTO_AES, span_of(key->bytes, sizeof key->bytes)) &&
                          crypto_cmac(&cipher, &part, 1, own) && memcmp(own, value, sizeof own) == 0;
        crypto_cipher_release(&cipher);
        if (!same) {
            return detail_set(why, JUMIN_ERROR_TOKEN, "the token computes something else with the key");
        }
    }
    if (!put_uri(&text, made, value)) {
        return detail_set(why, JUMIN_ERROR_ARGUMENT, "the URI is too long");
    }
    const enum jumin_error written = key->open ? disk_write(key->path, 0600, writer_span(&text))
                                               : disk_create(key->path, 0600, writer_span(&text));
    return written == JUMIN_OK ? JUMIN_OK
                               : detail_set(why, written, "cannot be written: %s", strerror(errno));
}

enum jumin_error jumin_master_key_move(struct jumin_master_key *key, struct jumin_tokens *tokens,
                                       const char *uri, const char *what)
{
    struct token_key *made = NULL;
    struct detail why;
    if (key == NULL || tokens == NULL || uri == NULL || what == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&key->detail);
    if (key->token != NULL) {
        return detail_set(&key->detail, JUMIN_ERROR_TOKEN, "%s: the key is in a token already", key->path);
    }
    const struct span bytes = span_of(key->bytes, key->open ? sizeof key->bytes : 0);
    enum jumin_error error = token_aes_make(tokens, uri, what, bytes, &made, &why);
    if (error == JUMIN_OK) {
        error = write_uri(key, made, &why);
        if (error != JUMIN_OK) {
            token_key_destroy(made);
            token_key_free(made);
        }
    }
    if (error != JUMIN_OK) {
        return detail_set(&key->detail, error, "%s: %s", key->path, why.text);
    }
    close_key(key);
    key->token = made;
    key->open = true;
    return JUMIN_OK;
}

enum jumin_error jumin_master_key_load(const char *path, bool create, uint8_t *bytes)
{
    struct jumin_master_key *key = NULL;
    if (path == NULL || bytes == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = jumin_master_key_new(&key, path);
    if (error == JUMIN_OK) {
        error = create && access(path, F_OK) != 0 ? jumin_master_key_make(key, NULL)
                                                  : jumin_master_key_open(key, NULL, NULL);
    }
    if (error == JUMIN_OK) {
        error = jumin_master_key_bytes(key, bytes);
    } else {
        crypto_wipe(bytes, JUMIN_MASTER_KEY);
    }
    jumin_master_key_free(key);
    return error;
}
