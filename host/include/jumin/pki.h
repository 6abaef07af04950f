// The issuer's public key infrastructure: country signing certificate authority (CSCA), document signer (DS),
// certificate revocation list (9303-12), kept in a folder.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_PKI_H
#define JUMIN_PKI_H

#include <jumin/token.h>
#include <stddef.h>
#include <stdint.h>

// Curves of keys and documents; P-256 unless there is a reason.
enum jumin_curve {
    JUMIN_CURVE_P256,
    JUMIN_CURVE_P384,
    JUMIN_CURVE_BRAINPOOL_P256R1,
    JUMIN_CURVE_BRAINPOOL_P384R1,
};

// "P-256", "P-384", "brainpoolP256r1", "brainpoolP384r1". JUMIN_ERROR_ARGUMENT for another name.
JUMIN_EXPORT enum jumin_error jumin_curve_parse(const char *name, enum jumin_curve *curve);
JUMIN_EXPORT const char *jumin_curve_name(enum jumin_curve curve);

// One folder with keys and certificates: csca.crt, csca.key, csca.crl, ds.crt, ds.key, generation.key. Keys
// are PKCS#8, encrypted under a passphrase (PBES2: PBKDF2 with HMAC-SHA-256, AES-256-CBC); certificates are
// PEM. ds.key holds the document signer's certificate beside the key, and what stands there is in force:
// ds.crt is a copy. The folder signers holds the certificates of earlier signers, the folder ceremonies the
// record of what was done with the CSCA's key (<jumin/ceremony.h>).
struct jumin_pki;

struct jumin_pki_options {
    const char *country;         // ISO 3166-1 alpha-2, upper case; "KR" when NULL
    const char *state;           // ICAO code of the issuing state, three letters (9303-3 §5); "KOR" when NULL
    const char *organization;    // "jumin specimen" when NULL
    const char *revocation_list; // URI where the CRL will be found; an example address when NULL
    enum jumin_curve curve;
    int64_t now; // seconds since 1970, UTC
};

JUMIN_EXPORT enum jumin_error jumin_pki_new(struct jumin_pki **pki, const char *folder);
// Wipes the keys. NULL is allowed.
JUMIN_EXPORT void jumin_pki_free(struct jumin_pki *pki);
JUMIN_EXPORT const char *jumin_pki_detail(const struct jumin_pki *pki);

// The keys of CSCA and DS may be in `tokens` from now on, which must outlive the handle: csca.key and ds.key
// are then the key's URI in a line. With `uri`, a token's without object, jumin_pki_init makes them there;
// with NULL in files. The generation key goes into every chip and stays in its file.
JUMIN_EXPORT enum jumin_error jumin_pki_use_tokens(struct jumin_pki *pki, struct jumin_tokens *tokens,
                                                   const char *uri);

// Makes CSCA, DS, an empty CRL and the Chip Authentication generation key, and writes all files or none.
// Refuses a folder that holds a CSCA already. The folder is made with mode 0700, keys with 0600.
JUMIN_EXPORT enum jumin_error jumin_pki_init(struct jumin_pki *pki, const char *passphrase,
                                             const struct jumin_pki_options *options);
// Reads what daily work needs: certificates, the document signer's key and the generation key. The CSCA's key
// is not touched, and need not be there. A wrong passphrase is JUMIN_ERROR_INPUT, and so is a certificate
// that does not fit its key. JUMIN_ERROR_TOKEN, JUMIN_ERROR_TOKEN_PIN: of the DS.
JUMIN_EXPORT enum jumin_error jumin_pki_load(struct jumin_pki *pki, const char *passphrase);
// Reads the certificates and the CSCA's key, and holds the folder against other programs that would change
// it. The passphrase is the folder's, or the one that a ceremony has split among custodians.
JUMIN_EXPORT enum jumin_error jumin_pki_load_authority(struct jumin_pki *pki, const char *passphrase);

enum jumin_pki_item { JUMIN_PKI_CSCA, JUMIN_PKI_DOCUMENT_SIGNER, JUMIN_PKI_CRL };
// DER, owned by `pki`, until the next call that loads or makes.
JUMIN_EXPORT enum jumin_error jumin_pki_item(const struct jumin_pki *pki, enum jumin_pki_item item,
                                             const uint8_t **der, size_t *n);

#endif
