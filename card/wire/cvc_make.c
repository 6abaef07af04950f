// CV certificates: written (TR-03110-3 §C.1, §D).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/cvc.h"

static void put_date(struct writer *w, uint32_t tag, cvc_date date)
{
    uint8_t value[CVC_DATE];
    cvc_date_put(date, value);
    tlv_put(w, tag, span_of(value, sizeof value));
}

void cv_certificate_put_body(struct writer *w, const struct cv_certificate *certificate)
{
    uint8_t oid[OID_TA_ECDSA_LENGTH];
    oid_ta_ecdsa(certificate->hash, oid);
    const struct extensions extensions = {
        .rights = certificate->authorization.rights & rights_of_type(certificate->authorization.type),
        .sectors = certificate->sectors,
        .description = certificate->description,
    };

    const size_t body = tlv_open(w, CVC_BODY);
    tlv_put(w, CVC_PROFILE, span_of((const uint8_t[]){CVC_PROFILE_1}, 1));
    tlv_put(w, CVC_AUTHORITY, certificate->authority);
    cvc_public_key_put(w, span_of(oid, sizeof oid), certificate->curve, certificate->point,
                       certificate->has_parameters);
    tlv_put(w, CVC_HOLDER, certificate->holder);
    chat_put(w, &certificate->authorization);
    put_date(w, CVC_EFFECTIVE, certificate->effective);
    put_date(w, CVC_EXPIRATION, certificate->expiration);
    extensions_put(w, &extensions);
    tlv_close(w, body);
}

void cv_certificate_put(struct writer *w, struct span body, struct span signature)
{
    const size_t certificate = tlv_open(w, CVC_CERTIFICATE);
    writer_put(w, body);
    tlv_put(w, CVC_SIGNATURE, signature);
    tlv_close(w, certificate);
}
