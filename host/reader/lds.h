// The logical data structure's files, taken apart (9303-10 §4). Bytes handed out are borrowed from the file.
// SPDX-License-Identifier: Apache-2.0
//
// Every function takes a whole file. False: `*why` says what is not as its standard wants it.
#ifndef JUMIN_HOST_READER_LDS_H
#define JUMIN_HOST_READER_LDS_H

#include "host/pki/cms.h"
#include <jumin/document.h>

enum { LDS_GROUP_MAX = 16 };

// EF.COM: the groups it lists, bit n for group n.
bool lds_com_parse(struct span file, uint32_t *groups, const char **why);

// EF.SOD: signed data over an LDS security object (9303-10 §4.6.2).
struct lds_sod {
    struct cms_signed_data signed_data;
    uint32_t version; // 0 or 1
    enum crypto_hash hash;
    uint32_t groups;
    struct span digests[LDS_GROUP_MAX + 1]; // by group; empty where it is not listed
};
bool lds_sod_parse(struct span file, struct lds_sod *sod, const char **why);

// DG1: the text of the machine readable zone.
bool lds_dg1_parse(struct span file, struct span *mrz, const char **why);
// The machine readable zone itself: TD1 (90 characters), TD2 (72) and TD3 (88).
bool mrz_parse(struct span text, struct jumin_mrz *mrz, const char **why);
// 9303-3 §4.9: weights 7, 3, 1. Returns the digit, or 0xFF for characters that do not belong into an MRZ.
uint8_t mrz_check_digit(const struct span *parts, size_t count);

// DG2: the first face.
bool lds_dg2_parse(struct span file, struct jumin_portrait *portrait, const char **why);
// The face inside a biometric data block: ISO 19794-5 (5F2E or 7F2E) or ISO 39794-5 (7F2E).
bool face_19794_parse(struct span block, struct jumin_portrait *portrait, const char **why);
bool face_39794_parse(struct span block, struct jumin_portrait *portrait, const char **why);

// RFC 3629: shortest form, no surrogates, nothing beyond U+10FFFF; and no control characters (C0, DEL, C1)
// but line ends: a terminal would obey them.
bool lds_is_text(struct span text);

// DG11 and DG12 into texts, which `arena` takes, each ended by a zero byte.
bool lds_dg11_parse(struct span file, struct writer *arena, struct jumin_person *person, const char **why);
bool lds_dg12_parse(struct span file, struct writer *arena, struct jumin_issue *issue, const char **why);

// DG14: what stands in its template, a SET of SecurityInfos.
bool lds_dg14_parse(struct span file, struct span *security_infos, const char **why);
// DG15: the SubjectPublicKeyInfo.
bool lds_dg15_parse(struct span file, struct span *public_key_info, const char **why);

#endif
