// The inside of struct jumin_pki, for those who sign with it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_PKI_H
#define JUMIN_HOST_PKI_PKI_H

#include "host/pki/certificate.h"
#include "host/token/token.h"
#include <jumin/pki.h>

#include <limits.h>
#include <stdbool.h>

enum { PKI_DETAIL_MAX = 512, PKI_FOLDER_MAX = 1024 };

// A certificate signs for a while, and outlives the documents that were signed by then, here 10 years.
enum {
    PKI_DAY = 86400,
    PKI_SIGNER_KEY_DAYS = 90, // up to 3 months (9303-12 §5)
    PKI_DOCUMENT_DAYS = 10 * 366,
    PKI_CRL_DAYS = 90, // 9303-12 §7.1.4
};

struct pki_bytes {
    uint8_t p[REVOCATION_LIST_MAX];
    size_t n;
};

struct jumin_pki {
    char folder[PKI_FOLDER_MAX];
    char detail[PKI_DETAIL_MAX];
    bool loaded;                    // certificates, the document signer's key and the generation key
    bool in_folder;                 // what is loaded stands there, too
    bool authority;                 // certificates and the CSCA's key
    int lock;                       // descriptor of the folder, held alone, plus one; 0: not held
    uint8_t sharing[4], quorum[16]; // whose shares opened the CSCA's key, by number
    size_t quorum_count;            // 0: a passphrase did
    struct jumin_tokens *tokens;    // that its keys may be in; NULL: none
    char token[TOKEN_URI_MAX];      // that new keys are made in; empty: in files
    struct signing_key csca_key;
    struct signing_key signer_key;
    struct crypto_ec_key generation_key;            // Chip Authentication and PACE-CAM of a production batch
    struct pki_bytes csca, signer, revocation_list; // DER
};

enum pki_key { PKI_CSCA_KEY, PKI_SIGNER_KEY, PKI_GENERATION_KEY, PKI_KEYS };

__attribute__((format(printf, 3, 4))) enum jumin_error pki_fail(struct jumin_pki *pki, enum jumin_error error,
                                                                const char *format, ...);
// Of the folder, on failure none; one of the two that sign, in `token` or, where that is empty, in memory.
enum jumin_error pki_make_keys(struct jumin_pki *pki, enum crypto_curve curve);
enum jumin_error pki_make_signing_key(struct jumin_pki *pki, enum pki_key which, const char *token,
                                      enum crypto_curve curve);
// "what: why" of a signature with the CSCA's key that was not made.
enum jumin_error pki_fail_to_sign(struct jumin_pki *pki, const char *what);
void pki_release_keys(struct jumin_pki *pki);
// Those that were made in a token are removed from it.
void pki_discard_keys(struct jumin_pki *pki);
// What a certificate certifies must be the key beside it.
enum jumin_error pki_match(struct jumin_pki *pki, enum pki_key which);
// `path` has room for PATH_MAX bytes.
enum jumin_error pki_path_of(struct jumin_pki *pki, const char *name, char *path);
extern const char pki_certificate_label[]; // in PEM
enum { PKI_NAME_MAX = 16 };                // of a key's file
// Writes a file of the folder, with one rename.
enum jumin_error pki_save_file(struct jumin_pki *pki, const char *name, bool secret,
                               const struct writer *text);
enum jumin_error pki_read_file(struct jumin_pki *pki, const char *name, uint8_t *text, size_t capacity,
                               size_t *n);
enum jumin_error pki_load_key(struct jumin_pki *pki, enum pki_key which, struct span passphrase);
// Writes the key under the passphrase, with one rename. The document signer's certificate stands in the same
// file, so that both change at once; ds.crt is a copy for people and programs.
enum jumin_error pki_save_key(struct jumin_pki *pki, enum pki_key which, struct span passphrase);
enum jumin_error pki_save_item(struct jumin_pki *pki, enum jumin_pki_item item);
// What pki_save_key writes, for who must know it before: at most PKI_KEY_FILE_MAX bytes.
enum { PKI_KEY_FILE_MAX = 8192 };
enum jumin_error pki_put_key(struct jumin_pki *pki, enum pki_key which, struct span passphrase,
                             struct writer *pem);
enum jumin_error pki_save_key_file(struct jumin_pki *pki, enum pki_key which, const struct writer *pem);
// The digest of what stands in the key's file.
enum jumin_error pki_key_file_digest(struct jumin_pki *pki, enum pki_key which,
                                     uint8_t digest[CRYPTO_HASH_MAX]);
// Writes a certificate in PEM to the folder, under another name.
enum jumin_error pki_save_certificate(struct jumin_pki *pki, const char *name, struct span der);
// Reads the certificates and the CRL of the folder.
enum jumin_error pki_load_items(struct jumin_pki *pki);
// Makes and locks the folder; refuses one that holds a CSCA already, or the record of one, and wrong options.
enum jumin_error pki_begin(struct jumin_pki *pki, const struct jumin_pki_options *options);
// A certificate under a new random serial number.
bool pki_certify(struct certificate_request *request, const struct signing_key *issuer_key,
                 const struct crypto_random *random, struct pki_bytes *certificate);
// Holds the folder against other programs that change it, until the handle is released. JUMIN_ERROR_CONFLICT:
// another one does.
enum jumin_error pki_lock(struct jumin_pki *pki);
// Makes keys, certificates and CRL; no file is written. Fails without any key left.
enum jumin_error pki_make(struct jumin_pki *pki, const struct jumin_pki_options *options);
// CMS SignedData over `content`, signed by the document signer at `now`. JUMIN_ERROR_NOT_VALID_NOW outside
// the time in which its key may be used, JUMIN_ERROR_REVOKED when it is on the revocation list.
enum jumin_error pki_sign(const struct jumin_pki *pki, struct span content_type, struct span content,
                          int64_t now, struct writer *der);
// The same for what all cards of a batch carry alike, byte for byte, since a signature of its own would tell
// one card from another: made once for this content and signer, and kept in the folder.
enum jumin_error pki_sign_for_batch(const struct jumin_pki *pki, struct span content_type,
                                    struct span content, int64_t now, struct writer *der);

#endif
