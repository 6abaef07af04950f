// EF.SOD: the document security object (9303-10 §4.6.2, App. D).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "card/wire/oid.h"
#include "host/pki/der_read.h"
#include "host/reader/lds.h"

enum { VERSION_WITH_LDS_INFO = 1 };

static bool digest_parse(struct span *list, struct lds_sod *sod)
{
    struct span entry, digest;
    uint32_t group = 0;
    if (!der_content(list, DER_SEQUENCE, &entry) || !der_number(&entry, &group) ||
        !der_content(&entry, DER_OCTET_STRING, &digest) || entry.n != 0 || group < 1 ||
        group > LDS_GROUP_MAX || digest.n != crypto_hash_length(sod->hash) ||
        (sod->groups & 1U << group) != 0) {
        return false;
    }
    sod->digests[group] = digest;
    sod->groups |= 1U << group;
    return true;
}

// LDSVersionInfo: LDS version and Unicode version.
static bool version_info_parse(struct span info)
{
    struct span lds_version, unicode_version;
    return der_content(&info, DER_PRINTABLE_STRING, &lds_version) &&
           der_content(&info, DER_PRINTABLE_STRING, &unicode_version) && info.n == 0;
}

// LDSSecurityObject; version 1 adds ldsVersionInfo.
static bool security_object_parse(struct span content, struct lds_sod *sod, const char **why)
{
    struct span object, list, info;
    *why = "EF.SOD: its LDS security object is not as 9303-10 wants it";
    if (!der_only(content, DER_SEQUENCE, &object) || !der_number(&object, &sod->version) ||
        sod->version > VERSION_WITH_LDS_INFO || !digest_algorithm_parse(&object, &sod->hash) ||
        !der_content(&object, DER_SEQUENCE, &list)) {
        return false;
    }
    bool has_info = false;
    if (!der_optional(&object, DER_SEQUENCE, &has_info, &info) || object.n != 0 ||
        has_info != (sod->version == VERSION_WITH_LDS_INFO) || (has_info && !version_info_parse(info))) {
        return false;
    }
    *why = "EF.SOD: a digest has the wrong length, or a data group is unknown or listed twice";
    while (list.n > 0) {
        if (!digest_parse(&list, sod)) {
            return false;
        }
    }
    *why = "EF.SOD lists no data groups";
    return sod->groups != 0;
}

bool lds_sod_parse(struct span file, struct lds_sod *sod, const char **why)
{
    struct tlv template;
    memset(sod, 0, sizeof *sod);
    *why = "EF.SOD is not one template 77";
    if (!tlv_expect(&file, LDS_SOD, &template) || file.n != 0) {
        return false;
    }
    if (!cms_parse(template.value, &sod->signed_data, why)) {
        return false;
    }
    *why = "EF.SOD does not hold an LDS security object";
    return span_equal(sod->signed_data.content_type, OID_LDS_SECURITY_OBJECT) &&
           security_object_parse(sod->signed_data.content, sod, why);
}
