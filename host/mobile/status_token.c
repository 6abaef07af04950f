// Status List Tokens: signed status lists as JWT (for SD-JWT VC) and as CWT (for mdoc), Token Status List §5.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/status_token.h"

#include "host/mobile/base64url.h"
#include "host/mobile/cose.h"
#include "host/mobile/jws.h"

#include <stdlib.h>

// typ of a JWT leaves "application/" out (RFC 7515 §4.1.9), header 16 of a CWT does not (RFC 9596 §2).
static const char jwt_type[] = "statuslist+jwt";
static const char jwt_media_type[] = "application/statuslist+jwt";
static const char cwt_media_type[] = "application/statuslist+cwt";

enum { TOKEN_EXTRA = 1024 }; // headers, signature

const char *status_media_type(enum status_format format)
{
    return format == STATUS_JWT ? jwt_media_type : cwt_media_type;
}

// --- Making ----------------------------------------------------------------------------------------------------

// Bytes that a token takes at most. Base64 of base64 where it is a JWT, certificates too.
static size_t capacity_of(enum status_format format, size_t compressed, const struct status_signer *signer)
{
    size_t chain = 0;
    for (size_t i = 0; i < signer->count; i++) {
        chain += signer->chain[i].n + 16;
    }
    const size_t binary = compressed + chain + STATUS_CLAIMS_EXTRA + TOKEN_EXTRA;
    return format == STATUS_JWT ? 2 * binary : binary;
}

static enum jumin_error make_jwt(const struct status_claims *claims, struct span compressed,
                                 const struct status_signer *signer, struct writer *out)
{
    const struct jws_header header = {.type = jwt_type, .chain = signer->chain, .chain_count = signer->count};
    json_t *object = status_claims_json(claims, compressed);
    const enum jumin_error error = jws_sign_claims(&signer->signer, &header, object, out);
    json_decref(object);
    return error;
}

static enum jumin_error make_cwt(const struct status_claims *claims, struct span compressed,
                                 const struct status_signer *signer, struct writer *out)
{
    const struct cose_header header = {.tagged = COSE_TAGGED,
                                       .algorithm = COSE_ES256,
                                       .type = cwt_media_type,
                                       .chain = signer->chain,
                                       .chain_count = signer->count,
                                       .chain_protected = true};
    const size_t capacity = compressed.n + STATUS_CLAIMS_EXTRA;
    uint8_t *bytes = malloc(capacity);
    if (bytes == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    struct writer payload = writer_of(bytes, capacity);
    status_claims_put_cbor(claims, compressed, &payload);
    const bool made =
        !payload.overflow && cose_sign1_put(out, &header, writer_span(&payload), &signer->signer);
    free(bytes);
    return made ? JUMIN_OK : JUMIN_ERROR_CRYPTO;
}

// ISO 18013-5, second edition, wants exp in a CWT.
static bool are_possible(enum status_format format, const struct status_claims *claims,
                         const struct status_signer *signer)
{
    const size_t length = strnlen(claims->uri, sizeof claims->uri);
    return length > 0 && length < sizeof claims->uri && claims->issued_at >= 0 &&
           (claims->expires_at > claims->issued_at || (claims->expires_at == 0 && format == STATUS_JWT)) &&
           claims->time_to_live >= 0 && status_list_bits_are_possible(claims->bits) && signer->count > 0 &&
           signer->count <= STATUS_CHAIN_MAX;
}

enum jumin_error status_token_make(enum status_format format, const struct status_claims *claims,
                                   struct span packed, const struct status_signer *signer, uint8_t **token,
                                   size_t *n)
{
    uint8_t *list = NULL, *bytes = NULL;
    size_t list_length = 0;
    *token = NULL;
    *n = 0;
    if (!are_possible(format, claims, signer)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = status_list_compress(packed, &list, &list_length);
    if (error != JUMIN_OK) {
        return error;
    }
    const struct span compressed = {list, list_length};
    const size_t capacity = capacity_of(format, list_length, signer);
    bytes = malloc(capacity);
    struct writer out = writer_of(bytes, capacity);
    error = bytes == NULL          ? JUMIN_ERROR_MEMORY
            : format == STATUS_JWT ? make_jwt(claims, compressed, signer, &out)
                                   : make_cwt(claims, compressed, signer, &out);
    if (error == JUMIN_OK && (out.overflow || out.n > STATUS_TOKEN_MAX)) {
        error = JUMIN_ERROR_ARGUMENT;
    }
    free(list);
    if (error != JUMIN_OK) {
        free(bytes);
        return error;
    }
    *token = bytes;
    *n = out.n;
    return JUMIN_OK;
}

// --- Opening ---------------------------------------------------------------------------------------------------

// What a token says, once its signature is good; owned.
struct content {
    struct status_claims claims;
    uint8_t *compressed;
    size_t n;
};

// Copies the chain, so that it can be judged again.
static enum jumin_error keep_chain(const struct span *chain, size_t count, struct status_token *token,
                                   struct detail *detail)
{
    size_t n = 0;
    if (count > STATUS_CHAIN_MAX) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "the status list token has more than %d certificates", STATUS_CHAIN_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        n += chain[i].n;
    }
    token->certificates = malloc(n + 1);
    if (token->certificates == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    struct writer w = writer_of(token->certificates, n);
    for (token->chain_count = 0; token->chain_count < count; token->chain_count++) {
        token->chain[token->chain_count] = span_of(w.p + w.n, chain[token->chain_count].n);
        writer_put(&w, chain[token->chain_count]);
    }
    return JUMIN_OK;
}

static enum jumin_error signer_key(const struct status_trust *trust, const struct span *chain, size_t count,
                                   int64_t now, uint8_t point[SIGNER_POINT], struct detail *detail)
{
    return count == 0 ? detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN,
                                   "the status list token does not say whose it is: it has no certificate")
                      : trust->key(trust->context, chain, count, now, point, detail);
}

static enum jumin_error open_jwt(struct span bytes, int64_t now, const struct status_trust *trust,
                                 struct status_token *token, struct content *content, struct detail *detail)
{
    struct jws jws;
    uint8_t point[SIGNER_POINT];
    enum jumin_error error = jws_read(bytes, jwt_type, &jws, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = signer_key(trust, jws.chain, jws.chain_count, now, point, detail);
    error = error == JUMIN_OK ? jws_verify(&jws, point, detail) : error;
    if (error == JUMIN_OK) {
        error =
            status_claims_parse_json(jws.claims, &content->claims, &content->compressed, &content->n, detail);
    }
    error = error == JUMIN_OK ? keep_chain(jws.chain, jws.chain_count, token, detail) : error;
    jws_release(&jws);
    return error;
}

static bool has_signature_of(const struct cose_message *message, const uint8_t point[SIGNER_POINT])
{
    struct crypto_ec_key key = {0};
    const bool good = crypto_ec_load_public(&key, CRYPTO_P256, span_of(point, SIGNER_POINT)) &&
                      cose_sign1_verify(message, &key, span_of(NULL, 0), span_of(NULL, 0));
    crypto_ec_release(&key);
    return good;
}

static enum jumin_error open_cwt(struct span bytes, int64_t now, const struct status_trust *trust,
                                 struct status_token *token, struct content *content, struct detail *detail)
{
    struct cose_message message;
    struct span compressed;
    uint8_t point[SIGNER_POINT];
    const char *why = "";
    if (!cose_sign1_parse(bytes, COSE_TAGGED, &message, &why)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the status list token is no COSE_Sign1: it %s",
                          why);
    }
    if (!span_equal(message.type, span_of(cwt_media_type, strlen(cwt_media_type)))) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the token is of another type than %s",
                          cwt_media_type);
    }
    if (message.detached) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the status list token has no payload");
    }
    if (message.chain_count > 0 && !message.chain_protected) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "the status list token's certificates are not in the protected header");
    }
    enum jumin_error error = signer_key(trust, message.chain, message.chain_count, now, point, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!has_signature_of(&message, point)) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "the status list token's signature is wrong");
    }
    error = status_claims_parse_cbor(message.payload, &content->claims, &compressed, detail);
    if (error == JUMIN_OK && content->claims.expires_at == 0) {
        error = detail_set(detail, JUMIN_ERROR_MALFORMED, "the status list token has no exp");
    }
    if (error == JUMIN_OK) {
        content->compressed = malloc(compressed.n);
        error = content->compressed == NULL ? JUMIN_ERROR_MEMORY : JUMIN_OK;
    }
    if (error == JUMIN_OK) {
        memcpy(content->compressed, compressed.p, compressed.n);
        content->n = compressed.n;
    }
    return error == JUMIN_OK ? keep_chain(message.chain, message.chain_count, token, detail) : error;
}

enum jumin_error status_token_judge(const struct status_token *token, int64_t now,
                                    const struct status_trust *trust, struct detail *detail)
{
    uint8_t point[SIGNER_POINT];
    return signer_key(trust, token->chain, token->chain_count, now, point, detail);
}

enum jumin_error status_token_check_times(const struct status_token *token, int64_t now,
                                          struct detail *detail)
{
    const struct status_claims *claims = &token->claims;
    if (claims->issued_at > now + STATUS_CLOCK_SKEW) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "the status list was signed in the future");
    }
    if (claims->expires_at != 0 && claims->expires_at <= now) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "the status list has expired");
    }
    return JUMIN_OK;
}

// What follows the signature.
static enum jumin_error accept(const struct content *content, const char *uri, int64_t now,
                               struct status_token *token, struct detail *detail)
{
    token->claims = content->claims;
    if (strcmp(content->claims.uri, uri) != 0) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "the status list is not the one asked for: its sub is another address");
    }
    enum jumin_error error = status_token_check_times(token, now, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = status_list_expand(span_of(content->compressed, content->n), &token->packed, &token->n);
    return error == JUMIN_ERROR_MALFORMED
               ? detail_set(detail, error, "the status list cannot be expanded, or becomes too long")
               : error;
}

enum jumin_error status_token_open(enum status_format format, struct span bytes, const char *uri, int64_t now,
                                   const struct status_trust *trust, struct status_token *token,
                                   struct detail *detail)
{
    struct content content = {0};
    uint8_t digest[CRYPTO_HASH_MAX];
    *token = (struct status_token){0};
    if (bytes.n > STATUS_TOKEN_MAX) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the status list token is too long");
    }
    enum jumin_error error =
        (format == STATUS_JWT ? open_jwt : open_cwt)(bytes, now, trust, token, &content, detail);
    error = error == JUMIN_OK ? accept(&content, uri, now, token, detail) : error;
    if (error == JUMIN_OK && !crypto_hash_parts(CRYPTO_SHA256, &bytes, 1, digest)) {
        error = detail_set(detail, JUMIN_ERROR_CRYPTO, "the status list token could not be hashed");
    }
    free(content.compressed);
    if (error != JUMIN_OK) {
        status_token_release(token);
        return error;
    }
    memcpy(token->digest, digest, sizeof token->digest);
    return JUMIN_OK;
}

enum jumin_error status_token_status(const struct status_token *token, uint64_t index, unsigned *status,
                                     struct detail *detail)
{
    const struct status_list list = {token->claims.bits, {token->packed, token->n}};
    return status_list_get(&list, index, status)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_MALFORMED,
                            "the status list is shorter than the credential says");
}

void status_token_release(struct status_token *token)
{
    free(token->packed);
    free(token->certificates);
    *token = (struct status_token){0};
}
