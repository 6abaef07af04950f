// The files of a new holder, written all or none.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_CV_FILES_H
#define JUMIN_HOST_PKI_CV_FILES_H

#include "host/pki/cv_pki.h"

enum { CV_FILE_MAX = 64 * CVC_MAX };

struct cv_file {
    uint8_t bytes[CV_FILE_MAX];
    size_t n; // 0: no file
};

struct cv_files {
    struct cv_file certificate, link, request;
};

// Puts another certificate behind what is there; one that does not fit is left away.
void cv_file_append(struct cv_file *file, const struct cv_entry *entry);
// Whether any file of this reference is there.
bool cv_files_exist(const struct jumin_eac_pki *pki, const char *reference);
// Key, unless NULL, then link certificate, request and certificate as far as there are any: a holder that has
// a certificate has everything. The folder is made with mode 0700, the key with 0600. On failure none of the
// files is left.
enum jumin_error cv_files_write(struct jumin_eac_pki *pki, const char *reference,
                                const struct signing_key *key, const char *passphrase,
                                const struct cv_files *files);
// NAME.key and NAME.sector, likewise.
enum jumin_error cv_files_write_sector(struct jumin_eac_pki *pki, const char *name,
                                       const struct signing_key *key, const char *passphrase,
                                       struct span public_key);

#endif
