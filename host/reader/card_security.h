// EF.CardSecurity and EF.ChipSecurity: what the issuer has signed of the chip's keys and protocols
// (TR-03110-3 §A.1.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_CARD_SECURITY_H
#define JUMIN_HOST_READER_CARD_SECURITY_H

#include "host/detail.h"
#include "host/reader/report.h"

// Passive authentication: structure, signature, profile and chain of the signer, validity and revocation. The
// content of the SecurityInfos SET is borrowed from `file`; empty unless passed. `name` is the file's.
struct finding card_security_check(struct span file, const char *name, const struct jumin_trust *trust,
                                   int64_t time, struct span *infos);
// Whether EF.CardAccess, which nobody has signed, offers the PACE variants that are signed elsewhere, no more
// and no less. `name` is where.
struct finding card_access_check(struct span card_access, struct span signed_infos, const char *name);

#endif
