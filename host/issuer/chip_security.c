// Which card it is: the key that EF.ChipSecurity certifies for this chip alone (TR-03110-3 §A.1.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/chip_security.h"

#include "host/reader/ca_key.h"
#include "host/reader/card_security.h"

static bool has_id_of(const struct security_info *info, const struct ca_offer *generation)
{
    return info->has_key_id == generation->has_key_id &&
           (!info->has_key_id || info->key_id == generation->key_id);
}

enum jumin_error chip_security_key(struct detail *detail, struct span file, const struct jumin_trust *trust,
                                   int64_t time, const struct ca_offer *generation, struct span *point)
{
    struct span infos, found;
    struct security_info info;
    enum crypto_curve curve;
    bool repeated = false;
    size_t own = 0;
    *point = span_of(NULL, 0);
    const struct finding finding = card_security_check(file, "EF.ChipSecurity", trust, time, &infos);
    if (finding.verdict != JUMIN_PASSED) {
        return detail_set(detail, finding.error, "passive authentication of EF.ChipSecurity: %s",
                          finding.detail.text);
    }
    while (security_infos_next(&infos, &info) == TLV_OBJECT) {
        if (info.kind != SECURITY_INFO_CHIP_AUTHENTICATION_KEY || !ca_key_of(&info, &curve, &found)) {
            continue;
        }
        const bool same_id = has_id_of(&info, generation), same_point = span_equal(found, generation->point);
        repeated = repeated || (same_id && same_point);
        if (!same_id && !same_point) { // PACE-CAM may give the generation key a second id
            *point = found;
            own++;
        }
    }
    if (repeated && own == 1) {
        return JUMIN_OK;
    }
    *point = span_of(NULL, 0);
    return repeated ? detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                                 "EF.ChipSecurity holds %s key of the card's own",
                                 own == 0 ? "no" : "more than one")
                    : detail_set(detail, JUMIN_ERROR_OTHER_CARD,
                                 "EF.ChipSecurity does not hold the key that the chip has proven");
}
