// Document signers: when their keys may be used, and which ones the folder knows.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_SIGNERS_H
#define JUMIN_HOST_PKI_SIGNERS_H

#include "host/pki/pki.h"
#include "host/pki/x509.h"
#include <jumin/ceremony.h>

enum { SIGNERS_MAX = 400 };

// The private key's usage period where the certificate has one (9303-12 §7.1), else its validity; in seconds
// since 1970. False: malformed.
bool signer_key_period(const struct x509_certificate *certificate, int64_t *from, int64_t *until);
void signer_serial_text(struct span serial, char text[JUMIN_SERIAL]);
// Keeps the present signer's certificate in the folder signers.
enum jumin_error signer_archive(struct jumin_pki *pki);

// What the certificates of a CSCA, or of an IACA, have in common, as texts, taken from its own.
struct issuer_texts {
    char country[4], organization[129], common_name[129], revocation_list[257];
    char location[4];             // of a CSCA
    char contact[257];            // of an IACA
    struct certificate_name name; // of the first three
};
// False: the CSCA is of another making.
bool issuer_texts_of(const struct x509_certificate *csca, struct issuer_texts *texts);
// The same of an IACA, or of a root of venues.
bool issuer_texts_of_iaca(const struct x509_certificate *iaca, struct issuer_texts *texts);

#endif
