// The folder of the PKI of terminals, orders to it, and what a card would check of what it issues.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_EAC_PKI_STAGE_H
#define JUMIN_TESTS_UNIT_EAC_PKI_STAGE_H

#include "card/wire/cvc.h"
#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"
#include <jumin/eac_pki.h>

enum { NOW = 1793577600, DAY = 86400 }; // 2026-11-02

// In the folder, which is "eac" in the temporary one; hidden files do not count.
const char *path_of(const char *name);
bool exists(const char *name);
size_t files_in_folder(void);
struct jumin_eac_pki *open_pki(void);

jumin_rights rights_of(const char *name);
// With all rights.
struct jumin_eac_request request_for(enum jumin_terminal_type type, const char *name);
// Under the passphrase "cvca"; a terminal's own key under "own".
void issue_cvca(struct jumin_eac_pki *pki, enum jumin_terminal_type type, enum jumin_curve curve);
void issue_dv(struct jumin_eac_pki *pki, enum jumin_terminal_type type);
enum jumin_error issue_terminal(struct jumin_eac_pki *pki, const char *name, const char *rights_name);
// CVCA, DV and a store's terminal for authentication.
struct jumin_eac_pki *store_pki(enum jumin_curve curve);
struct jumin_eac_certificate certificate_at(const struct jumin_eac_pki *pki, size_t i);
struct jumin_eac_certificate certificate_of(const struct jumin_eac_pki *pki, const char *holder, bool link);

// Verifies `chain`, one certificate after the other, from a trust point down; returns how many they are.
size_t verify_chain(const struct jumin_eac_certificate *trust_point, const uint8_t *chain, size_t n);
size_t verify_from(struct jumin_terminal *terminal, const struct jumin_eac_certificate *trust_point);
struct jumin_terminal *terminal_of(struct jumin_eac_pki *pki, const char *name);

#endif
