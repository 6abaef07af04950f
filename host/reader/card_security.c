// EF.CardSecurity and EF.ChipSecurity: what the issuer has signed of the chip's keys and protocols
// (TR-03110-3 §A.1.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/card_security.h"

#include "card/wire/oid.h"
#include "card/wire/security_infos.h"

struct finding card_security_check(struct span file, const char *name, const struct jumin_trust *trust,
                                   int64_t time, struct span *infos)
{
    const struct verification v = {.trust = trust, .time = time};
    struct cms_signed_data data;
    struct signer signer;
    struct span content;
    const char *why = "";
    *infos = span_of(NULL, 0);
    if (!cms_parse(file, &data, &why)) {
        return finding_failed(JUMIN_ERROR_MALFORMED, "%s: %s", name, why);
    }
    if (!span_equal(data.content_type, OID_SECURITY_OBJECT) || !security_infos_open(data.content, &content)) {
        return finding_failed(JUMIN_ERROR_MALFORMED, "%s does not hold SecurityInfos", name);
    }
    signer_find(&v, &data, &signer);
    const struct finding findings[] = {
        check_profile(&signer),        check_signature(&data, &signer, name),
        check_chain(&v, &signer),      check_validity(&v, &data, &signer),
        check_revocation(&v, &signer),
    };
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        if (findings[i].verdict == JUMIN_FAILED) {
            return findings[i];
        }
    }
    *infos = content;
    return finding_passed("%s is signed by a trusted signer", name);
}

// Whether each PACE info of `a` stands in `b`, byte for byte. `*count`: how many there are.
static bool pace_infos_within(struct span a, struct span b, size_t *count)
{
    struct security_info info, other;
    *count = 0;
    while (security_infos_next(&a, &info) == TLV_OBJECT) {
        if (info.kind != SECURITY_INFO_PACE) {
            continue;
        }
        ++*count;
        bool found = false;
        struct span rest = b;
        while (!found && security_infos_next(&rest, &other) == TLV_OBJECT) {
            found = span_equal(info.whole, other.whole);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

// Somebody between card and reader could strike the stronger variants from EF.CardAccess.
struct finding card_access_check(struct span card_access, struct span signed_infos, const char *name)
{
    struct span offered;
    size_t offered_count = 0, signed_count = 0;
    if (!security_infos_open(card_access, &offered)) {
        return finding_not_done("there is no EF.CardAccess");
    }
    const bool backward = pace_infos_within(signed_infos, offered, &signed_count);
    if (signed_count == 0) {
        return finding_not_done("%s does not repeat what EF.CardAccess offers", name);
    }
    return backward && pace_infos_within(offered, signed_infos, &offered_count)
               ? finding_passed("EF.CardAccess offers what %s says", name)
               : finding_failed(JUMIN_ERROR_HASH, "EF.CardAccess offers other PACE variants than %s", name);
}
