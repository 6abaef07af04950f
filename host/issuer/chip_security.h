// Which card it is: the key that EF.ChipSecurity certifies for this chip alone (TR-03110-3 §A.1.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_CHIP_SECURITY_H
#define JUMIN_HOST_ISSUER_CHIP_SECURITY_H

#include "host/detail.h"
#include "host/reader/ca.h"
#include <jumin/verify.h>

// Passive authentication of the file, and the chip's own key in it: an uncompressed point, borrowed from
// `file`. `generation` is the key that the chip has proven to hold, which the file must repeat.
// JUMIN_ERROR_SIGNER_UNKNOWN, …SIGNATURE, …REVOKED, …NOT_VALID_NOW, …CERTIFICATE   it is not to be believed
// JUMIN_ERROR_MALFORMED      it is none, or not the whole of it
// JUMIN_ERROR_OTHER_CARD     it does not repeat the key that the chip has proven
// JUMIN_ERROR_NOT_SUPPORTED  it holds no other key, or several
enum jumin_error chip_security_key(struct detail *detail, struct span file, const struct jumin_trust *trust,
                                   int64_t time, const struct ca_offer *generation, struct span *point);

#endif
