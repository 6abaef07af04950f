// The key of a ChipAuthenticationPublicKeyInfo (9303-11 §9.2.6).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/ca_key.h"

#include "host/pki/der_read.h"
#include "host/pki/public_key.h"

bool ca_key_of(const struct security_info *info, enum crypto_curve *curve, struct span *point)
{
    if (info->curve_known) {
        *curve = info->curve;
        *point = info->point;
        return true;
    }
    // Most documents name the curve, or spell it out, in place of the standardized parameters.
    struct span whole = info->whole, content, oid;
    struct tlv key_info;
    struct public_key key;
    if (!der_content(&whole, DER_SEQUENCE, &content) || !der_oid(&content, &oid) ||
        !der_expect(&content, DER_SEQUENCE, &key_info) || !public_key_parse(key_info.whole, &key) ||
        key.kind != PUBLIC_KEY_EC) {
        return false;
    }
    *curve = key.curve;
    *point = key.point;
    return true;
}
