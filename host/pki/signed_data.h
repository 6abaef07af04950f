// Making CMS SignedData (RFC 5652) as EF.SOD and EF.CardSecurity have it (9303-10 §4.6.2, TR-03110-3
// §A.1.2.5).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_SIGNED_DATA_H
#define JUMIN_HOST_PKI_SIGNED_DATA_H

#include "host/pki/signing_key.h"

struct signed_data_request {
    struct span content_type; // object identifier, value bytes
    struct span content;
    struct span certificate;   // of the signer, DER; stands in the result
    struct span issuer;        // Name of the certificate's issuer, DER
    struct span serial_number; // of the certificate, without sign byte
    int64_t signing_time;      // seconds since 1970, UTC
    bool detached;             // the content does not stand in the result
};

// ContentInfo in DER. The digest fits the key's curve (certificate_hash).
bool signed_data_make(const struct signed_data_request *request, const struct signing_key *key,
                      const struct crypto_random *random, struct writer *der);

#endif
