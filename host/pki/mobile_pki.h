// The inside of struct jumin_mobile_pki, for those who sign with its keys.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_MOBILE_PKI_H
#define JUMIN_HOST_PKI_MOBILE_PKI_H

#include "host/detail.h"
#include "host/mobile/signer.h"
#include "host/pki/certificate.h"
#include "host/token/token.h"
#include <jumin/mobile_pki.h>

enum { MOBILE_FOLDER_MAX = 1024 };

struct mobile_key {
    bool loaded;
    struct signing_key key;
    uint8_t certificate[CERTIFICATE_MAX]; // DER
    size_t certificate_length;
};

struct jumin_mobile_pki {
    char folder[MOBILE_FOLDER_MAX];
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

#endif
