// A stage for tests of certificate requests: two folders, an authority's and an applicant's ("authority",
// "applicant"), and what passes between them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_EAC_REQUEST_STAGE_H
#define JUMIN_TESTS_UNIT_EAC_REQUEST_STAGE_H

#include "host/pki/cv_request.h"
#include <jumin/eac_pki.h>

enum { REQUEST_NOW = 1793577600, REQUEST_DAY = 86400 }; // 2026-11-02
enum { REQUEST_FILE_MAX = 16384 };

// In one of them, in one of four static buffers.
const char *request_path_of(const char *folder, const char *name);
// How many files there are, hidden ones aside.
size_t request_files_in(const char *folder);
size_t request_load(const char *folder, const char *name, uint8_t bytes[REQUEST_FILE_MAX]);
void request_carry(const char *from, const char *to, const char *name);
bool request_exists(const char *folder, const char *name);

struct jumin_eac_pki *request_open_pki(const char *folder);
// With all rights; with a store's.
struct jumin_eac_request request_plain(const char *name);
struct jumin_eac_request request_for_store(void);
// CVCA and DV.
struct jumin_eac_pki *request_authority_on(enum jumin_curve curve);
// The applicant's key and request for a terminal, on the curve that it was told; its folder is empty before.
struct jumin_eac_pki *request_applicant_on(enum jumin_curve curve);
enum jumin_error request_certify(struct jumin_eac_pki *authority, const char *name,
                                 const struct jumin_eac_request *request);
// Certified, and what comes back is where it belongs.
void request_certify_store(struct jumin_eac_pki *authority, struct jumin_eac_pki *applicant);
struct jumin_eac_certificate_request request_parsed(const char *name);
struct jumin_eac_certificate request_newest(const struct jumin_eac_pki *pki, const char *holder);
// Whether the terminal of a folder leads from the CVCA's first key to one that it holds.
void request_assert_terminal_works(struct jumin_eac_pki *pki, const char *trust_point, size_t certificates);

struct request_stage {
    struct jumin_eac_pki *authority, *applicant;
    uint8_t bytes[REQUEST_FILE_MAX];
    size_t n, files;
};

// A first request in `bytes`, not certified yet; a second one, of a holder that has a certificate.
void request_open_stage(struct request_stage *stage);
void request_open_second_stage(struct request_stage *stage);
void request_close_stage(struct request_stage *stage);
enum jumin_error request_ask(struct request_stage *stage, enum jumin_eac_role role,
                             const struct jumin_eac_request *request);
// … is refused with that error and a sentence, and no file is written.
void request_assert_refused(struct request_stage *stage, enum jumin_error expected);

#endif
