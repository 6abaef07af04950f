// JSON Web Keys of P-256 (RFC 7517, RFC 7518 §6.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/jwk.h"

#include "host/mobile/base64url.h"

enum { COORDINATE = 32 };

static void put_text(struct writer *w, const char *text)
{
    writer_put(w, span_of(text, strlen(text)));
}

void jwk_put(struct writer *w, const uint8_t point[SIGNER_POINT])
{
    put_text(w, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"");
    base64url_put(w, span_of(point + 1, COORDINATE));
    put_text(w, "\",\"y\":\"");
    base64url_put(w, span_of(point + 1 + COORDINATE, COORDINATE));
    put_text(w, "\"}");
}

json_t *jwk_make(const uint8_t point[SIGNER_POINT])
{
    uint8_t text[JWK_TEXT_MAX];
    struct writer w = writer_of(text, sizeof text);
    jwk_put(&w, point);
    return w.overflow ? NULL : json_loadb((const char *)text, w.n, 0, NULL);
}

static bool is_text(const json_t *jwk, const char *name, const char *wanted)
{
    const char *text = json_string_value(json_object_get(jwk, name));
    return text != NULL && strcmp(text, wanted) == 0;
}

// RFC 7518 §6.2.1.2: the full length of a coordinate.
static bool read_coordinate(const json_t *jwk, const char *name, uint8_t coordinate[COORDINATE])
{
    const json_t *text = json_object_get(jwk, name);
    struct writer w = writer_of(coordinate, COORDINATE);
    return json_is_string(text) &&
           base64url_decode(span_of(json_string_value(text), json_string_length(text)), &w) &&
           w.n == COORDINATE;
}

static bool is_on_curve(struct span point)
{
    struct crypto_ec_key key = {0};
    const bool good = crypto_ec_load_public(&key, CRYPTO_P256, point);
    crypto_ec_release(&key);
    return good;
}

enum jumin_error jwk_read(const json_t *jwk, uint8_t point[SIGNER_POINT], struct detail *detail)
{
    // RFC 7518 §6.2.2, §6.3.2, §6.4
    static const char *const secret[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    uint8_t read[SIGNER_POINT] = {0x04};
    if (!json_is_object(jwk)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The JSON Web Key is no object.");
    }
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        if (json_object_get(jwk, secret[i]) != NULL) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED,
                              "The JSON Web Key has a secret part (%s): it is no secret any more.",
                              secret[i]);
        }
    }
    if (!is_text(jwk, "kty", "EC") || !is_text(jwk, "crv", "P-256")) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The JSON Web Key is none of P-256.");
    }
    if (!read_coordinate(jwk, "x", read + 1) || !read_coordinate(jwk, "y", read + 1 + COORDINATE)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The JSON Web Key's coordinates are not two times 32 bytes in base64url.");
    }
    if (!is_on_curve(span_of(read, sizeof read))) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The JSON Web Key is no point of P-256.");
    }
    memcpy(point, read, sizeof read);
    return JUMIN_OK;
}
