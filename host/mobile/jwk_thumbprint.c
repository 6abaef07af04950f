// The thumbprint of a device key (RFC 7638).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/jwk_thumbprint.h"

#include <jumin/binding.h>

enum { COORDINATE = 32, JWK_MAX = 160 };

// base64url without padding (RFC 7515 §2).
static void put_base64url(struct writer *w, struct span bytes)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    unsigned pending = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        bits = bits << 8 | bytes.p[i];
        for (pending += 8; pending >= 6; pending -= 6) {
            writer_put_u8(w, (uint8_t)alphabet[bits >> (pending - 6) & 0x3F]);
        }
    }
    if (pending > 0) {
        writer_put_u8(w, (uint8_t)alphabet[bits << (6 - pending) & 0x3F]);
    }
}

static void put_text(struct writer *w, const char *text)
{
    writer_put(w, span_of(text, strlen(text)));
}

static bool is_point(struct span point)
{
    struct crypto_ec_key key = {0};
    const bool good =
        point.n == crypto_curve_point_length(CRYPTO_P256) && crypto_ec_load_public(&key, CRYPTO_P256, point);
    crypto_ec_release(&key);
    return good;
}

bool jwk_thumbprint(struct span point, uint8_t thumbprint[JWK_THUMBPRINT])
{
    uint8_t bytes[JWK_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    if (!is_point(point)) {
        return false;
    }
    // The required members in the order of their names, without white space (RFC 7638 §3.2, §3.3).
    put_text(&w, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"");
    put_base64url(&w, span_of(point.p + 1, COORDINATE));
    put_text(&w, "\",\"y\":\"");
    put_base64url(&w, span_of(point.p + 1 + COORDINATE, COORDINATE));
    put_text(&w, "\"}");
    const struct span jwk = writer_span(&w);
    return !w.overflow && crypto_hash_parts(CRYPTO_SHA256, &jwk, 1, thumbprint);
}

enum jumin_error jumin_device_thumbprint(const uint8_t key[JUMIN_DEVICE_KEY],
                                         uint8_t thumbprint[JUMIN_DEVICE_THUMBPRINT])
{
    if (key == NULL || thumbprint == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    return jwk_thumbprint(span_of(key, JUMIN_DEVICE_KEY), thumbprint) ? JUMIN_OK : JUMIN_ERROR_INPUT;
}

void jumin_device_jkt(const uint8_t thumbprint[JUMIN_DEVICE_THUMBPRINT], char text[JUMIN_DEVICE_JKT])
{
    struct writer w = writer_of((uint8_t *)text, JUMIN_DEVICE_JKT);
    put_base64url(&w, span_of(thumbprint, JUMIN_DEVICE_THUMBPRINT));
    writer_put_u8(&w, '\0');
}
