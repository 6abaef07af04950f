// The small files of the LDS: EF.COM, DG1, DG14, DG15 (9303-10 §4.6.1, §4.7).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/lds.h"

#include "card/wire/lds.h"
#include "card/wire/tlv.h"

enum {
    TAG_LDS_VERSION = 0x5F01,
    TAG_UNICODE_VERSION = 0x5F36,
    TAG_LIST = 0x5C,
    TAG_MRZ = 0x5F1F,
    LDS_VERSION_LENGTH = 4,
    UNICODE_VERSION_LENGTH = 6,
    TAG_SET = 0x31,
    TAG_SEQUENCE = 0x30,
};

// The one object that fills the file.
static bool open_template(struct span file, uint32_t tag, struct span *content)
{
    struct tlv object;
    if (!tlv_expect(&file, tag, &object) || file.n != 0) {
        return false;
    }
    *content = object.value;
    return true;
}

bool lds_com_parse(struct span file, uint32_t *groups, const char **why)
{
    struct span content;
    struct tlv version, unicode, list;
    *groups = 0;
    *why = "EF.COM is not one template 60 with 5F01, 5F36 and 5C";
    if (!open_template(file, LDS_COM, &content) || !tlv_expect(&content, TAG_LDS_VERSION, &version) ||
        !tlv_expect(&content, TAG_UNICODE_VERSION, &unicode) || !tlv_expect(&content, TAG_LIST, &list) ||
        content.n != 0 || version.value.n != LDS_VERSION_LENGTH ||
        unicode.value.n != UNICODE_VERSION_LENGTH) {
        return false;
    }
    *why = "EF.COM lists a tag that is no data group, or one twice";
    uint32_t found = 0;
    for (size_t i = 0; i < list.value.n; i++) {
        const unsigned group = lds_group_of_tag(list.value.p[i]);
        if (group == 0 || (found & 1U << group) != 0) {
            return false;
        }
        found |= 1U << group;
    }
    *groups = found;
    return true;
}

bool lds_dg1_parse(struct span file, struct span *mrz, const char **why)
{
    struct span content;
    struct tlv text;
    *why = "DG1 is not one template 61 with one 5F1F";
    if (!open_template(file, LDS_DG1, &content) || !tlv_expect(&content, TAG_MRZ, &text) || content.n != 0) {
        return false;
    }
    *mrz = text.value;
    return true;
}

bool lds_dg14_parse(struct span file, struct span *security_infos, const char **why)
{
    struct span content;
    struct tlv set;
    *why = "DG14 is not one template 6E with one SET";
    if (!open_template(file, LDS_DG14, &content) || !tlv_expect(&content, TAG_SET, &set) || content.n != 0) {
        return false;
    }
    *security_infos = set.whole;
    return true;
}

bool lds_dg15_parse(struct span file, struct span *public_key_info, const char **why)
{
    struct span content;
    struct tlv sequence;
    *why = "DG15 is not one template 6F with one SubjectPublicKeyInfo";
    if (!open_template(file, LDS_DG15, &content) || !tlv_expect(&content, TAG_SEQUENCE, &sequence) ||
        content.n != 0) {
        return false;
    }
    *public_key_info = sequence.whole;
    return true;
}
