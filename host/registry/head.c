// Signed heads.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/head.h"

#include "host/mobile/base64url.h"
#include "host/mobile/jws.h"

static const char type[] = "jumin-registry-head+jwt";

enum jumin_error registry_head_sign(const struct registry_head *head, const struct signer *signer,
                                    struct writer *token, struct detail *detail)
{
    char root[64];
    struct writer text = writer_of(root, sizeof root);
    base64url_put(&text, span_of(head->root, sizeof head->root));
    writer_put_u8(&text, '\0');
    const struct jws_header header = {.type = type};
    json_t *claims = json_pack("{s:I, s:s, s:I}", "size", (json_int_t)head->size, "root", root, "iat",
                               (json_int_t)head->at);
    const enum jumin_error error = jws_sign_claims(signer, &header, claims, token);
    json_decref(claims);
    return error == JUMIN_OK ? JUMIN_OK : detail_set(detail, error, "the registry's head cannot be signed");
}

static bool take_root(const json_t *claims, uint8_t root[MERKLE_HASH])
{
    const char *text = jws_text(claims, "root");
    struct writer bytes = writer_of(root, MERKLE_HASH);
    return text != NULL && base64url_decode(span_of(text, strlen(text)), &bytes) && bytes.n == MERKLE_HASH;
}

static enum jumin_error take_claims(const json_t *claims, struct registry_head *head, struct detail *detail)
{
    struct registry_head taken = {0};
    int64_t size = 0;
    bool has_size = false, has_time = false;
    // jws_time takes any whole number of JSON that is exact.
    if (!jws_time(claims, "size", &size, &has_size) || !has_size ||
        !jws_time(claims, "iat", &taken.at, &has_time) || !has_time || !take_root(claims, taken.root)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "the registry's head does not say its size, root and time");
    }
    taken.size = (uint64_t)size;
    *head = taken;
    return JUMIN_OK;
}

// `point` without bytes: whoever signed it.
static enum jumin_error take_head(struct span token, struct span point, struct registry_head *head,
                                  struct detail *detail)
{
    struct jws jws;
    if (token.n >= REGISTRY_HEAD_MAX) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the registry's head is too long");
    }
    enum jumin_error error = jws_read(token, type, &jws, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = point.n != 0 ? jws_verify(&jws, point.p, detail) : JUMIN_OK;
    if (error == JUMIN_OK) {
        error = take_claims(jws.claims, head, detail);
    } else {
        (void)detail_set(detail, error, "the registry's head was not signed by this registry's key");
    }
    jws_release(&jws);
    return error;
}

enum jumin_error registry_head_open(struct span token, struct span point, struct registry_head *head,
                                    struct detail *detail)
{
    return point.n == SIGNER_POINT
               ? take_head(token, point, head, detail)
               : detail_set(detail, JUMIN_ERROR_MALFORMED, "the registry's key is no point of P-256");
}

enum jumin_error registry_head_read(struct span token, struct registry_head *head, struct detail *detail)
{
    return take_head(token, span_of(NULL, 0), head, detail);
}
