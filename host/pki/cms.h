// Signed data as EF.SOD and EF.CardSecurity hold it (RFC 5652 §5, 9303-10 §4.6.2): parsing and signature.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_CMS_H
#define JUMIN_HOST_PKI_CMS_H

#include "host/pki/x509.h"

struct cms_signed_data {
    struct span content_type; // object identifier, value bytes
    struct span content;
    struct span digests;      // digestAlgorithms, for who wants nothing else in it than the signer's
    struct span certificates; // one after the other; empty: none
    // The one SignerInfo
    bool by_key_identifier;
    struct span issuer, serial; // sid, or
    struct span key_identifier;
    enum crypto_hash digest;
    bool has_signed_attributes;
    struct span signed_attributes; // whole, with its tag [0]
    struct signature_scheme scheme;
    struct span signature;
};

// Parses a ContentInfo with SignedData that fills `bytes`. False: `*why` says what is not as it should be.
bool cms_parse(struct span bytes, struct cms_signed_data *data, const char **why);
// The same where the signed content lies beside it (RFC 5652 §5.2); inside, there must be none.
bool cms_parse_detached(struct span bytes, struct span content, struct cms_signed_data *data,
                        const char **why);
// The certificate that sid names, among those inside. False: there is none, or it is refused (`*why`).
bool cms_signer(const struct cms_signed_data *data, struct x509_certificate *signer, const char **why);
// Whether sid names this certificate.
bool cms_names_signer(const struct cms_signed_data *data, const struct x509_certificate *certificate);
// When its signer says that it was signed; false when it does not say, or the attribute is malformed.
bool cms_signing_time(const struct cms_signed_data *data, int64_t *seconds);
// The signed attributes (content type and message digest, each once) and the signature over them.
bool cms_verify(const struct cms_signed_data *data, const struct public_key *key, const char **why);

#endif
