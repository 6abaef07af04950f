// The chip's side of Active Authentication with ECDSA (9303-11 §6.1).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/active_authentication.h"

#include "card/core/card.h"
#include "card/core/private_key.h"
#include "card/core/security_info_file.h"
#include "card/wire/lds.h"

// The hash that DG14 announces (9303-11 §9.2.4), else the one as long as the curve.
static enum crypto_hash signature_hash(struct card *card, enum crypto_curve curve)
{
    struct security_info_file file;
    struct security_info info;
    if (security_info_file_open(&file, &card->store, OBJECT_EMRTD_FILES + 14, LDS_DG14)) {
        while (security_info_file_next(&file, &info) == TLV_OBJECT) {
            if (info.kind == SECURITY_INFO_ACTIVE_AUTHENTICATION) {
                return info.hash;
            }
        }
    }
    return crypto_curve_length(curve) > crypto_hash_length(CRYPTO_SHA256) ? CRYPTO_SHA384 : CRYPTO_SHA256;
}

static uint16_t sign(struct card *card, const struct private_key *secret, struct span challenge,
                     struct writer *response)
{
    const struct crypto_random *random = &card->port.random;
    const size_t n = crypto_curve_length(secret->curve);
    const enum crypto_hash hash = signature_hash(card, secret->curve);
    uint8_t digest[CRYPTO_HASH_MAX];
    struct crypto_ec_key key = {0};
    uint8_t *signature = writer_reserve(response, 2 * n);
    const bool made = signature != NULL && crypto_hash_parts(hash, &challenge, 1, digest) &&
                      crypto_ec_load_secret(&key, secret->curve, span_of(secret->secret, n), random) &&
                      crypto_ecdsa_sign(&key, random, span_of(digest, crypto_hash_length(hash)), signature);
    crypto_ec_release(&key);
    return made ? SW_OK : SW_EXECUTION_ERROR;
}

uint16_t internal_authenticate_handler(struct card *card, const struct apdu_command *command,
                                       struct writer *response)
{
    if (command->data.n != ACTIVE_AUTHENTICATION_CHALLENGE) {
        return SW_WRONG_LENGTH;
    }
    struct private_key key;
    if (!private_key_read(card, OBJECT_EMRTD_ACTIVE_AUTHENTICATION_KEY, &key)) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    const uint16_t status = sign(card, &key, command->data, response);
    crypto_wipe(&key, sizeof key);
    return status;
}
