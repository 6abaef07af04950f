// Selective disclosure, the issuer's side: claims are replaced by digests (RFC 9901 §4.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/sd_jwt_parts.h"

#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include <stdlib.h>

void sd_jwt_begin(struct sd_jwt_maker *maker, const struct crypto_random *random, void *room, size_t capacity)
{
    *maker = (struct sd_jwt_maker){.random = random, .disclosures = writer_of(room, capacity)};
}

bool sd_jwt_is_format_name(const char *name)
{
    return strcmp(name, "_sd") == 0 || strcmp(name, "...") == 0 || strcmp(name, "_sd_alg") == 0;
}

bool sd_jwt_digest(struct span text, char digest[SD_JWT_DIGEST_TEXT + 1])
{
    uint8_t bytes[SIGNER_DIGEST];
    struct writer w = writer_of(digest, SD_JWT_DIGEST_TEXT);
    const bool good = crypto_hash_parts(CRYPTO_SHA256, &text, 1, bytes);
    base64url_put(&w, span_of(bytes, sizeof bytes));
    digest[SD_JWT_DIGEST_TEXT] = '\0';
    return good;
}

// --- Disclosures --------------------------------------------------------------------------------------------

// A new salt in base64url, without a zero byte behind it.
static bool put_salt(struct sd_jwt_maker *maker, char text[SD_JWT_SALT_TEXT])
{
    uint8_t bytes[SD_JWT_SALT];
    struct writer w = writer_of(text, SD_JWT_SALT_TEXT);
    if (!maker->random->fill(maker->random->context, bytes, sizeof bytes)) {
        maker->error = JUMIN_ERROR_CRYPTO;
        return false;
    }
    base64url_put(&w, span_of(bytes, sizeof bytes));
    return true;
}

void sd_jwt_end_disclosure(struct sd_jwt_maker *maker, size_t start, char digest[SD_JWT_DIGEST_TEXT + 1])
{
    if (maker->disclosures.overflow) {
        maker->error = JUMIN_ERROR_ARGUMENT;
    } else if (!sd_jwt_digest(span_from(writer_span(&maker->disclosures), start), digest)) {
        maker->error = JUMIN_ERROR_CRYPTO;
    }
    writer_put_u8(&maker->disclosures, '~');
}

// Writes the disclosure and gives its digest. `name` NULL: an item of an array.
static void disclose(struct sd_jwt_maker *maker, const char *name, json_t *value,
                     char digest[SD_JWT_DIGEST_TEXT + 1])
{
    const size_t start = maker->disclosures.n;
    char salt[SD_JWT_SALT_TEXT + 1] = "";
    if (!put_salt(maker, salt)) {
        return;
    }
    json_t *content = name == NULL ? json_pack("[sO]", salt, value) : json_pack("[ssO]", salt, name, value);
    char *text = json_text(content, JSON_COMPACT);
    json_decref(content);
    if (text == NULL) {
        maker->error = JUMIN_ERROR_MEMORY;
        return;
    }
    base64url_put(&maker->disclosures, span_of(text, strlen(text)));
    crypto_wipe(text, strlen(text));
    free(text);
    sd_jwt_end_disclosure(maker, start, digest);
}

// --- Digests ------------------------------------------------------------------------------------------------

void sd_jwt_add_digest(struct sd_jwt_maker *maker, json_t *object, const char *digest)
{
    json_t *list = json_object_get(object, "_sd");
    size_t at = 0;
    if (list == NULL) {
        list = json_array();
        (void)json_object_set_new(object, "_sd", list); // NULL is refused, and below
    }
    while (at < json_array_size(list) && strcmp(json_string_value(json_array_get(list, at)), digest) < 0) {
        at++;
    }
    if (json_array_insert_new(list, at, json_string(digest)) != 0) {
        maker->error = JUMIN_ERROR_MEMORY;
    }
}

// What is hidden stands nowhere else, unless somebody holds on to it.
static void wipe_last(json_t *value)
{
    if (value->refcount == 1) {
        json_wipe(value);
    }
}

void sd_jwt_hide(struct sd_jwt_maker *maker, json_t *object, const char *name)
{
    char digest[SD_JWT_DIGEST_TEXT + 1];
    json_t *value = json_object_get(object, name);
    if (maker->error != JUMIN_OK) {
        return;
    }
    if (value == NULL || sd_jwt_is_format_name(name)) {
        maker->error = JUMIN_ERROR_INPUT;
        return;
    }
    disclose(maker, name, value, digest);
    if (maker->error == JUMIN_OK) {
        wipe_last(value);
        (void)json_object_del(object, name);
        sd_jwt_add_digest(maker, object, digest);
    }
}

void sd_jwt_hide_item(struct sd_jwt_maker *maker, json_t *array, size_t index)
{
    char digest[SD_JWT_DIGEST_TEXT + 1];
    json_t *value = json_array_get(array, index);
    if (maker->error != JUMIN_OK) {
        return;
    }
    if (value == NULL) {
        maker->error = JUMIN_ERROR_INPUT;
        return;
    }
    disclose(maker, NULL, value, digest);
    if (maker->error == JUMIN_OK) {
        wipe_last(value);
    }
    if (maker->error == JUMIN_OK && json_array_set_new(array, index, json_pack("{ss}", "...", digest)) != 0) {
        maker->error = JUMIN_ERROR_MEMORY;
    }
}

void sd_jwt_decoys(struct sd_jwt_maker *maker, json_t *object, size_t count)
{
    for (size_t i = 0; i < count && maker->error == JUMIN_OK; i++) {
        uint8_t bytes[SIGNER_DIGEST];
        char digest[SD_JWT_DIGEST_TEXT + 1];
        if (!maker->random->fill(maker->random->context, bytes, sizeof bytes) ||
            !sd_jwt_digest(span_of(bytes, sizeof bytes), digest)) {
            maker->error = JUMIN_ERROR_CRYPTO;
            return;
        }
        sd_jwt_add_digest(maker, object, digest);
    }
}

enum jumin_error sd_jwt_finish(struct sd_jwt_maker *maker, const struct signer *signer,
                               const struct jws_header *header, json_t *claims, struct writer *out)
{
    if (maker->error == JUMIN_OK && json_object_set_new(claims, "_sd_alg", json_string("sha-256")) != 0) {
        maker->error = JUMIN_ERROR_MEMORY;
    }
    if (maker->error == JUMIN_OK) {
        maker->error = jws_sign_claims(signer, header, claims, out);
    }
    writer_put_u8(out, '~');
    writer_put(out, writer_span(&maker->disclosures));
    if (maker->error == JUMIN_OK && (out->overflow || maker->disclosures.overflow)) {
        maker->error = JUMIN_ERROR_ARGUMENT;
    }
    return maker->error;
}
