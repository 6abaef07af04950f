// The inside of struct jumin_eac_pki: what is in the folder, and how it is found.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_CV_PKI_H
#define JUMIN_HOST_PKI_CV_PKI_H

#include "card/wire/cvc.h"
#include "host/detail.h"
#include "host/pki/signing_key.h"
#include "host/token/token.h"
#include <jumin/eac_pki.h>

enum {
    CV_FOLDER_MAX = 1024,
    CV_COUNTRY = 2,
    CV_NUMBER = 5,
    CV_NAME_MAX = 9,
    CV_FILE_NAME_MAX = CVC_REFERENCE_MAX + 16,
};

// One certificate of the folder.
struct cv_entry {
    char file[CV_FILE_NAME_MAX];
    bool link;
    uint8_t bytes[CVC_MAX];
    size_t n;
    struct cv_certificate certificate; // borrows `bytes`
};

struct jumin_eac_pki {
    char folder[CV_FOLDER_MAX];
    struct detail detail;
    struct cv_entry **entries; // by file name
    size_t count;
    char issued[CVC_REFERENCE_MAX + 1];
    struct jumin_tokens *tokens; // that keys of the folder may be in; NULL: none
    char token[TOKEN_URI_MAX];   // that new keys are made in; empty: in files
};

// --- References ----------------------------------------------------------------------------------------------

// The part between country and number.
struct span cv_name_of(struct span reference);
// Country and name alike: two keys of one holder.
bool cv_same_holder(struct span a, struct span b);
// Whether `text` is the whole reference, or its name in letters of either case.
bool cv_is_called(struct span reference, const char *text);

// Writes a name of one to nine letters and digits in capitals. False: it is none.
bool cv_name_parse(const char *text, char name[CV_NAME_MAX + 1]);

// The name of a holder that was given none: CVCAIS, CVCAAT, CVCAST; DVIS, DVAT, DVST.
const char *cv_usual_name(enum jumin_terminal_type type, bool dv);
bool cv_type_is_known(enum jumin_terminal_type type);

// --- The folder ----------------------------------------------------------------------------------------------

// Whether a certificate is looked for; `context` is the caller's.
typedef bool cv_wanted(const struct cv_certificate *certificate, const void *context);
// The one with the highest number, link certificates left away. NULL: none. `*several` tells whether there is
// more than one holder.
const struct cv_entry *cv_newest(const struct jumin_eac_pki *pki, cv_wanted *wanted, const void *context,
                                 bool *several);
// The CVCA certificate at the end of the way up from `entry`; NULL where the way is broken.
const struct cv_entry *cv_root_of(const struct jumin_eac_pki *pki, const struct cv_entry *entry);
// The key beside a certificate, which must be the one that it certifies.
enum jumin_error cv_load_key(struct jumin_eac_pki *pki, const struct cv_entry *entry, enum crypto_curve curve,
                             const char *passphrase, struct signing_key *key);
// The token that this key is in; empty: in none.
void cv_token_of_key(const struct jumin_eac_pki *pki, const struct cv_entry *entry,
                     char token[TOKEN_URI_MAX]);
// The path of REFERENCE and `ending` in the folder. False: too long.
bool cv_path(const struct jumin_eac_pki *pki, const char *reference, const char *ending, char *path,
             size_t capacity);

extern const char cv_ending_key[], cv_ending_certificate[], cv_ending_link[], cv_ending_request[],
    cv_ending_sector[];

#endif
