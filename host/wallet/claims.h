// What a credential of the wallet says, for people and for requests that compare values.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_WALLET_CLAIMS_H
#define JUMIN_HOST_WALLET_CLAIMS_H

#include "host/mobile/issuer_signed.h"
#include "host/mobile/sd_jwt_vc.h"
#include "host/wallet/wallet_internal.h"

// A data element's value in JSON: texts and dates, booleans and numbers; others as what they are ("1234
// bytes"). The caller's; NULL: no memory.
json_t *claims_of_cbor(struct span value);
// The value as a line of text, from malloc; of a long one, as a picture is, the length. NULL: no memory.
char *claims_text(const json_t *value);
// An SD-JWT of the wallet, taken apart and open, by the key that it names: it was checked when it came. On
// error nothing is to be released.
enum jumin_error claims_open_sd_jwt(const struct wallet_credential *credential, struct span text,
                                    struct sd_jwt_vc *vc, struct detail *detail);

#endif
