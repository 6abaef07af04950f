// The thumbprint of a device key (RFC 7638).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/base64url.h"
#include "host/mobile/jwk.h"
#include <jumin/binding.h>

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
    uint8_t bytes[JWK_TEXT_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    if (!is_point(point)) {
        return false;
    }
    jwk_put(&w, point.p);
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
    base64url_put(&w, span_of(thumbprint, JUMIN_DEVICE_THUMBPRINT));
    writer_put_u8(&w, '\0');
}
