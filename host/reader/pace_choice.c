// The choice among the PACE variants that EF.CardAccess offers (9303-11 §4.4.1, §9.2.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/security_infos.h"
#include "host/reader/reader_internal.h"
#include "host/reader/suite.h"

static unsigned mapping_rank(enum pace_mapping mapping)
{
    static const unsigned ranks[] = {[PACE_ECDH_IM] = 1, [PACE_ECDH_GM] = 2, [PACE_ECDH_CAM] = 3};
    return ranks[mapping];
}

// CAM first, for it proves the chip too (last, where something else does that); then the stronger suite, the
// longer curve, and GM, the wider proven.
static bool stronger(const struct pace_protocol *a, const struct pace_protocol *b, bool chip_first)
{
    const bool a_chip = a->mapping == PACE_ECDH_CAM, b_chip = b->mapping == PACE_ECDH_CAM;
    if (a_chip != b_chip) {
        return a_chip == chip_first;
    }
    if (a->suite != b->suite) {
        return suite_stronger(a->suite, b->suite);
    }
    const size_t a_length = crypto_curve_length(a->curve), b_length = crypto_curve_length(b->curve);
    return a_length != b_length ? a_length > b_length : mapping_rank(a->mapping) > mapping_rank(b->mapping);
}

static bool fits(const struct security_info *info, const struct jumin_pace_protocol *demanded,
                 struct pace_protocol *protocol)
{
    if (info->kind != SECURITY_INFO_PACE || info->mapping == PACE_MAPPING_NONE || info->version != 2 ||
        !info->has_parameter || !pace_curve_of_parameter(info->parameter, &protocol->curve)) {
        return false;
    }
    if (info->mapping == PACE_ECDH_IM && protocol->curve == CRYPTO_P224) {
        return false; // no integrated mapping where p is 1 mod 4 (9303-11 App. B.2)
    }
    protocol->mapping = info->mapping;
    protocol->suite = info->suite;
    return (demanded->mapping == JUMIN_PACE_ANY || (unsigned)demanded->mapping == (unsigned)info->mapping) &&
           suite_fits(info->suite, demanded) &&
           (demanded->parameter == 0 || demanded->parameter == info->parameter);
}

bool pace_is_offered(struct span card_access)
{
    struct span content;
    struct security_info info;
    if (!security_infos_open(card_access, &content)) {
        return false;
    }
    while (security_infos_next(&content, &info) == TLV_OBJECT) {
        if (oid_is_pace_protocol(info.oid)) {
            return true;
        }
    }
    return false;
}

bool pace_choose(struct span card_access, const struct jumin_pace_protocol *demanded, bool chip_first,
                 struct pace_protocol *protocol)
{
    struct span content;
    if (!security_infos_open(card_access, &content)) {
        return false;
    }
    bool found = false;
    struct security_info info;
    while (security_infos_next(&content, &info) == TLV_OBJECT) {
        struct pace_protocol offered = {0};
        if (fits(&info, demanded, &offered) && (!found || stronger(&offered, protocol, chip_first))) {
            *protocol = offered;
            found = true;
        }
    }
    return found;
}
