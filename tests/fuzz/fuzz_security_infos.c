// SecurityInfos from outside: every entry lies inside its file, in its order, and what is known of it is in
// range (9303-11 §9.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/wire/security_infos.h"

static bool lies_inside(struct span part, struct span whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_info(const struct security_info *info, struct span content)
{
    require(info->whole.n > 0 && lies_inside(info->whole, content) && lies_inside(info->oid, info->whole));
    require(lies_inside(info->point, info->whole));
    require(info->kind <= SECURITY_INFO_UNKNOWN && info->version >= 0);
    if (info->curve_known) {
        require(info->kind == SECURITY_INFO_CHIP_AUTHENTICATION_KEY);
        require(info->point.n == crypto_curve_point_length(info->curve));
    }
    if (info->kind == SECURITY_INFO_UNKNOWN) {
        require(info->version == 0 && !info->has_key_id && !info->has_parameter && info->point.n == 0);
    }
}

static void walk(struct span content)
{
    const struct span all = content;
    struct security_info info;
    const uint8_t *place = all.p;
    enum tlv_result result;
    while ((result = security_infos_next(&content, &info)) == TLV_OBJECT) {
        check_info(&info, all);
        require(info.whole.p == place);
        place += info.whole.n;
    }
    require(result == TLV_MALFORMED || content.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct span input = span_of(bytes, n);
    struct span content;
    if (security_infos_open(input, &content)) {
        require(lies_inside(content, input));
        walk(content);
    }
    walk(input); // entries without a SET around them
    return 0;
}
