// The inside of struct jumin_pki, for those who sign with it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_PKI_H
#define JUMIN_HOST_PKI_PKI_H

#include "host/pki/certificate.h"
#include "host/token/token.h"
#include <jumin/pki.h>

enum { PKI_DETAIL_MAX = 512, PKI_FOLDER_MAX = 1024 };

struct pki_bytes {
    uint8_t p[CERTIFICATE_MAX];
    size_t n;
};

struct jumin_pki {
    char folder[PKI_FOLDER_MAX];
    char detail[PKI_DETAIL_MAX];
    bool loaded;
    bool in_folder;              // what is loaded stands there, too
    struct jumin_tokens *tokens; // that its keys may be in; NULL: none
    char token[TOKEN_URI_MAX];   // that new keys are made in; empty: in files
    struct signing_key csca_key; // where its token is not there, its public half
    struct signing_key signer_key;
    struct crypto_ec_key generation_key;            // Chip Authentication and PACE-CAM of a production batch
    struct pki_bytes csca, signer, revocation_list; // DER
};

// Makes keys, certificates and CRL; no file is written. False: said so in the detail.
bool pki_make(struct jumin_pki *pki, const struct jumin_pki_options *options);
// Sets the detail, and returns `error`.
__attribute__((format(printf, 3, 4))) enum jumin_error pki_fail(struct jumin_pki *pki, enum jumin_error error,
                                                                const char *format, ...);
// CMS SignedData over `content`, signed by the document signer at `now`. JUMIN_ERROR_NOT_VALID_NOW outside
// the validity of its certificate.
enum jumin_error pki_sign(const struct jumin_pki *pki, struct span content_type, struct span content,
                          int64_t now, struct writer *der);
// The same for what all cards of a batch carry alike, byte for byte, since a signature of its own would tell
// one card from another: made once for this content and signer, and kept in the folder.
enum jumin_error pki_sign_for_batch(const struct jumin_pki *pki, struct span content_type,
                                    struct span content, int64_t now, struct writer *der);

// The keys of the folder. On failure none is left.
enum jumin_error pki_make_keys(struct jumin_pki *pki, enum crypto_curve curve);
enum jumin_error pki_save_keys(struct jumin_pki *pki, struct span passphrase);
// Each must be the one that its certificate, which is loaded, certifies.
enum jumin_error pki_load_keys(struct jumin_pki *pki, struct span passphrase);
void pki_release_keys(struct jumin_pki *pki);
// Those that were made in a token are removed from it.
void pki_discard_keys(struct jumin_pki *pki);

#endif
