// An issuer's folder under custody, the people of its ceremonies, and what they do.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_CEREMONY_STAGE_H
#define JUMIN_TESTS_UNIT_CEREMONY_STAGE_H

#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"
#include <jumin/ceremony.h>

enum { NOW = 1793577600, DAY = 86400, SHARES = 5, THRESHOLD = 3 }; // 2026-11-02

// --- The folder ---------------------------------------------------------------------------------------------

// In the issuer's folder, which is "pki" in the temporary one.
const char *ceremony_path(const char *name);
size_t ceremony_read(const char *name, uint8_t *bytes, size_t capacity);
void ceremony_write(const char *name, const void *bytes, size_t n);
struct jumin_pki *ceremony_pki(void);

// --- The people ---------------------------------------------------------------------------------------------

// With a witness.
struct jumin_ceremony ceremony_at(int64_t now);
// Shares lie beside the issuer's folder as SETn, since a program that ends keeps nothing.
struct jumin_deal ceremony_deal(const char *set);
bool ceremony_give(void *context, const struct jumin_share *share, const char *text);
size_t ceremony_share(const char *set, unsigned number, char text[JUMIN_SHARE_TEXT]);
struct jumin_quorum *ceremony_quorum(const char *set, const unsigned *numbers, size_t count);

// --- What they do -------------------------------------------------------------------------------------------

// Deals the set "first"; the station's passphrase is "station".
void ceremony_begin(int64_t now);
// With shares 5, 2 and 4; with these and the station's passphrase.
enum jumin_error ceremony_try(struct jumin_pki *pki, const char *set);
struct jumin_pki *ceremony_opened(const char *set);
// By the set "first".
void ceremony_rotate(int64_t now);
void ceremony_issue_list(const char *serial, int64_t now); // NULL: nobody is revoked
// At most 8; the newest first.
size_t ceremony_signers(struct jumin_signer *signers);
enum jumin_error ceremony_verified(char head[JUMIN_RECORD_HASH]);

#endif
