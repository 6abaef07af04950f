// JSON Web Encryption, the recipient's side (RFC 7516 §5.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/jwe.h"

#include "host/mobile/base64url.h"
#include <stdlib.h>

enum { PARTY_MAX = 512 }; // bytes of apu or apv

// RFC 7516 §3.1
struct parts {
    struct span header, encrypted_key, nonce, ciphertext, tag;
};

struct read_header {
    enum jwe_encryption encryption;
    uint8_t ephemeral[SIGNER_POINT];
    uint8_t apu_bytes[PARTY_MAX], apv_bytes[PARTY_MAX];
    struct span apu, apv; // in the above
};

// --- Parts --------------------------------------------------------------------------------------------------

static bool split(struct span text, struct parts *parts)
{
    struct span *const to[] = {&parts->header, &parts->encrypted_key, &parts->nonce, &parts->ciphertext,
                               &parts->tag};
    const size_t count = sizeof to / sizeof to[0];
    for (size_t i = 0; i < count; i++) {
        const uint8_t *dot = text.n == 0 ? NULL : memchr(text.p, '.', text.n);
        const size_t n = dot == NULL ? text.n : (size_t)(dot - text.p);
        if ((dot == NULL) != (i + 1 == count)) {
            return false;
        }
        *to[i] = span_first(text, n);
        text = span_from(text, n + 1);
    }
    return true;
}

static json_t *read_object(struct span part)
{
    json_t *object = NULL;
    struct writer text = writer_of(malloc(part.n + 1), part.n + 1);
    if (text.p != NULL && base64url_decode(part, &text)) {
        object = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    }
    free(text.p);
    return object;
}

// --- Header -------------------------------------------------------------------------------------------------

static const char *text_of(const json_t *header, const char *name)
{
    return json_string_value(json_object_get(header, name));
}

static bool is_text(const json_t *header, const char *name, const char *wanted)
{
    const char *text = text_of(header, name);
    return text != NULL && strcmp(text, wanted) == 0;
}

static bool read_party(const json_t *header, const char *name, uint8_t bytes[PARTY_MAX], struct span *party)
{
    const json_t *text = json_object_get(header, name);
    struct writer w = writer_of(bytes, PARTY_MAX);
    if (text != NULL && (!json_is_string(text) ||
                         !base64url_decode(span_of(json_string_value(text), json_string_length(text)), &w))) {
        return false;
    }
    *party = writer_span(&w);
    return true;
}

static enum jumin_error read_header(const json_t *header, const char *key_id, struct read_header *read,
                                    struct detail *detail)
{
    const char *encryption = text_of(header, "enc");
    if (!is_text(header, "alg", "ECDH-ES")) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The encrypted token's key is not agreed by ECDH-ES (alg).");
    }
    if (encryption == NULL || !jwe_encryption_of(encryption, &read->encryption)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The token is not encrypted with A128GCM or A256GCM (enc).");
    }
    if (json_object_get(header, "crit") != NULL || json_object_get(header, "zip") != NULL) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The encrypted token is compressed, or has critical extensions (zip, crit).");
    }
    if (key_id != NULL && json_object_get(header, "kid") != NULL && !is_text(header, "kid", key_id)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token is encrypted to another key (kid).");
    }
    if (!read_party(header, "apu", read->apu_bytes, &read->apu) ||
        !read_party(header, "apv", read->apv_bytes, &read->apv)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The encrypted token's parties are not in base64url, or too long (apu, apv).");
    }
    return jwk_read(json_object_get(header, "epk"), read->ephemeral, detail);
}

// --- Content ------------------------------------------------------------------------------------------------

static enum jumin_error derive(const struct signer *signer, const struct read_header *header,
                               uint8_t key[JWE_KEY_MAX])
{
    uint8_t shared[SIGNER_SHARED];
    const bool good = signer->agree(signer->context, span_of(header->ephemeral, SIGNER_POINT), shared) &&
                      jwe_derive(shared, header->encryption, header->apu, header->apv, key);
    crypto_wipe(shared, sizeof shared);
    return good ? JUMIN_OK : JUMIN_ERROR_CRYPTO;
}

static enum jumin_error open_content(const struct parts *parts, const struct read_header *header,
                                     const uint8_t key[JWE_KEY_MAX], struct writer *plain,
                                     struct detail *detail)
{
    uint8_t nonce[CRYPTO_GCM_NONCE];
    const size_t room = parts->ciphertext.n + parts->tag.n;
    struct writer w = writer_of(nonce, sizeof nonce), sealed = writer_of(malloc(room), room);
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    if (sealed.p == NULL) {
        return error;
    }
    bool good = base64url_decode(parts->nonce, &w) && w.n == sizeof nonce &&
                base64url_decode(parts->ciphertext, &sealed);
    const size_t n = sealed.n;
    good = good && base64url_decode(parts->tag, &sealed) && sealed.n - n == CRYPTO_GCM_TAG;
    if (!good) {
        error = detail_set(
            detail, JUMIN_ERROR_MALFORMED,
            "The encrypted token's nonce, content or tag is of a wrong length, or not in base64url.");
    } else if (plain->overflow || n > plain->capacity - plain->n) {
        error = JUMIN_ERROR_ARGUMENT;
    } else if (!crypto_gcm_open(span_of(key, jwe_key_length(header->encryption)), nonce, parts->header,
                                writer_span(&sealed), plain->p + plain->n)) {
        error = detail_set(detail, JUMIN_ERROR_SIGNATURE,
                           "The token is not encrypted to this key, or was changed.");
    } else {
        plain->n += n;
        error = JUMIN_OK;
    }
    free(sealed.p);
    return error;
}

enum jumin_error jwe_decrypt(struct span text, const struct signer *key, const char *key_id,
                             struct writer *plain, enum jwe_encryption *encryption, struct detail *detail)
{
    struct parts parts;
    struct read_header read = {0};
    uint8_t content_key[JWE_KEY_MAX];
    if (key->agree == NULL) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "The key signs only.");
    }
    if (text.n > JWE_MAX || !split(text, &parts) || parts.encrypted_key.n > 0) {
        return detail_set(
            detail, JUMIN_ERROR_MALFORMED,
            "The encrypted token has not five parts, of which the second is empty, or is too long.");
    }
    json_t *header = read_object(parts.header);
    enum jumin_error error = read_header(header, key_id, &read, detail);
    json_decref(header);
    if (error == JUMIN_OK) {
        error = derive(key, &read, content_key);
    }
    if (error == JUMIN_OK) {
        error = open_content(&parts, &read, content_key, plain, detail);
    }
    crypto_wipe(content_key, sizeof content_key);
    if (error == JUMIN_OK && encryption != NULL) {
        *encryption = read.encryption;
    }
    return error;
}
