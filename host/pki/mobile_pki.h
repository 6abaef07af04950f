// The inside of struct jumin_mobile_pki, for those who sign with its keys.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_MOBILE_PKI_H
#define JUMIN_HOST_PKI_MOBILE_PKI_H

#include "host/mobile/signer.h"
#include "host/pki/pki.h"
#include "host/pki/signers.h"
#include <jumin/mobile_pki.h>

// A key and what certifies it. All zero: not loaded.
struct mobile_key {
    struct signing_key key;
    struct pki_bytes certificate; // DER
};

struct jumin_mobile_pki {
    char folder[PKI_FOLDER_MAX];
    struct detail detail;
    struct jumin_tokens *tokens; // that its keys may be in; NULL: none
    char token[TOKEN_URI_MAX];   // that new keys are made in; empty: in files
    int lock;                    // descriptor of the folder, held alone, plus one; 0: not held
    struct mobile_key keys[JUMIN_MOBILE_KEYS];
};

// Loads the key of a signer, once, and gives what signs with it, and its certificate in DER: the whole chain
// below the root. Both live as long as the handle. JUMIN_ERROR_INPUT: another passphrase, or a key that does
// not fit its certificate.
enum jumin_error mobile_pki_signer(struct jumin_mobile_pki *pki, enum jumin_mobile_key which,
                                   const char *passphrase, struct signer *signer, struct span *certificate);
// The same for a venue's key; the caller releases `*key`, which must outlive the signer, by
// signing_key_release. `certificate` has room for CERTIFICATE_MAX bytes.
enum jumin_error mobile_pki_venue_signer(struct jumin_mobile_pki *pki, const char *name,
                                         const char *passphrase, struct signing_key *key,
                                         struct signer *signer, struct writer *certificate);

// --- The folder (mobile_folder.c) -----------------------------------------------------------------------------

enum { MOBILE_NAME_MAX = 160, VENUES_MAX = 10000 };

// Makes the folder and holds it against other programs that change it, until the handle is released.
enum jumin_error mobile_lock(struct jumin_mobile_pki *pki);
// The name with `suffix` as a path; `path` has room for PATH_MAX bytes.
enum jumin_error mobile_path(struct jumin_mobile_pki *pki, const char *name, const char *suffix, char *path);
// Makes a folder in the folder.
enum jumin_error mobile_make_folder(struct jumin_mobile_pki *pki, const char *name);
// NAME.key with one rename, then NAME.crt.
enum jumin_error mobile_save_key(struct jumin_mobile_pki *pki, const char *name, const struct mobile_key *key,
                                 const char *passphrase);
enum jumin_error mobile_save_certificate(struct jumin_mobile_pki *pki, const char *name, struct span der);
// The certificate of NAME.key, and the key, too, unless `passphrase` is NULL.
enum jumin_error mobile_load_key(struct jumin_mobile_pki *pki, const char *name, const char *passphrase,
                                 struct mobile_key *key);
// The certificate of NAME + suffix, ".key" or ".crt".
enum jumin_error mobile_load_certificate(struct jumin_mobile_pki *pki, const char *name, const char *suffix,
                                         struct pki_bytes *der);
// NAME.crl of a root.
enum jumin_error mobile_save_list(struct jumin_mobile_pki *pki, const char *name, struct span der);
enum jumin_error mobile_load_list(struct jumin_mobile_pki *pki, const char *name, struct pki_bytes *der,
                                  struct x509_crl *list);

// --- What the roots have issued (mobile_archive.c) ------------------------------------------------------------

// Keeps the certificate of what is replaced: signers/NAME-SERIAL.crt, venues/former/NAME-SERIAL.crt.
enum jumin_error mobile_archive(struct jumin_mobile_pki *pki, enum jumin_mobile_key root, const char *name,
                                const struct pki_bytes *certificate);
// The names of the files NAME + suffix in a folder of the folder, sorted; the caller's (free).
enum jumin_error mobile_list_names(struct jumin_mobile_pki *pki, const char *folder, const char *suffix,
                                   char (**names)[JUMIN_MOBILE_NAME], size_t *count);
// All that a root has issued and the folder knows, with its file's name.
enum jumin_error mobile_each_certificate(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                         void (*each)(void *context, const char *name,
                                                      const struct x509_certificate *certificate),
                                         void *context);
void mobile_describe(const char *name, const struct x509_certificate *parsed, const struct x509_crl *list,
                     struct jumin_mobile_certificate *certificate);

// --- Certificates (mobile_issue.c) --------------------------------------------------------------------------------

// The root that certifies that key: the key itself where it is one.
enum jumin_mobile_key mobile_root_of(enum jumin_mobile_key which);
// Loads a root with its key. `texts`: what its certificates have in common.
enum jumin_error mobile_load_root(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                  const char *passphrase, struct issuer_texts *texts);
// Certifies the key of `made` by the loaded root: profile, subject, host, purposes and times are the
// caller's, and never end after the root's own.
enum jumin_error mobile_certify(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                const struct issuer_texts *texts, struct certificate_request *request,
                                struct mobile_key *made);
// An empty list, the root's first one.
enum jumin_error mobile_first_list(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                   const struct certificate_name *name, int64_t now);

#endif
