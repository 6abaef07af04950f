// Signing with the folder's document signer: EF.SOD and EF.CardSecurity.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"
#include "host/pki/signed_data.h"
#include "host/pki/x509.h"

enum jumin_error pki_sign(const struct jumin_pki *pki, struct span content_type, struct span content,
                          int64_t now, struct writer *der)
{
    const struct crypto_random random = crypto_system_random();
    struct x509_certificate signer;
    const char *why = NULL;
    if (!pki->loaded || !x509_parse(span_of(pki->signer.p, pki->signer.n), &signer, &why)) {
        return JUMIN_ERROR_CERTIFICATE;
    }
    // Nobody would believe it, and the card would be spoiled.
    if (now < signer.not_before || now > signer.not_after) {
        return JUMIN_ERROR_NOT_VALID_NOW;
    }
    const struct signed_data_request request = {
        .content_type = content_type,
        .content = content,
        .certificate = signer.whole,
        .issuer = signer.issuer,
        .serial_number = signer.serial,
        .signing_time = now,
    };
    return signed_data_make(&request, &pki->signer_key, &random, der) ? JUMIN_OK : JUMIN_ERROR_CRYPTO;
}
