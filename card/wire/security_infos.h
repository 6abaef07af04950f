// SecurityInfos (TR-03110-3 §A.1, 9303-11 §9.2): what EF.CardAccess, EF.CardSecurity and DG14 announce.
// SPDX-License-Identifier: Apache-2.0
//
// The reader walks the SET in its own order and keeps every info's bytes; nothing is ever re-encoded.
#ifndef JUMIN_CARD_WIRE_SECURITY_INFOS_H
#define JUMIN_CARD_WIRE_SECURITY_INFOS_H

#include "card/wire/pace.h"
#include "card/wire/tlv.h"

enum security_info_kind {
    SECURITY_INFO_PACE,                    // PACEInfo
    SECURITY_INFO_CHIP_AUTHENTICATION,     // ChipAuthenticationInfo
    SECURITY_INFO_CHIP_AUTHENTICATION_KEY, // ChipAuthenticationPublicKeyInfo
    SECURITY_INFO_TERMINAL_AUTHENTICATION,
    SECURITY_INFO_ACTIVE_AUTHENTICATION,
    SECURITY_INFO_PRIVILEGED_TERMINAL, // PrivilegedTerminalInfo
    // Not of ours, or of ours with a content that is not as the standard writes it: to be passed over, never
    // an error, so that a card with unusual entries can be read.
    SECURITY_INFO_UNKNOWN,
};

struct security_info {
    enum security_info_kind kind;
    struct span oid;                   // value bytes
    struct span whole;                 // the whole SecurityInfo
    int version;                       // PACE, CA, TA, AA; 0 otherwise
    enum pace_mapping mapping;         // PACE, PACE_MAPPING_NONE when the mapping or suite is none of ours
    enum secure_messaging_suite suite; // PACE, CA
    bool has_parameter;                // PACE: parameterId present
    uint8_t parameter;                 // PACE: standardized domain parameters
    bool has_key_id;                   // CA and its key
    uint32_t key_id;
    bool curve_known; // CA key: by standardized domain parameters, one of our curves; else look at `whole`
    enum crypto_curve curve;
    struct span point;     // CA key: uncompressed point, its length checked when the curve is known
    enum crypto_hash hash; // AA: of its ECDSA signature
    struct span infos;     // privileged terminal: what is for it alone, for security_infos_next
};

// Opens the SET; `content` is what security_infos_next walks. False when it is not one SET.
bool security_infos_open(struct span set, struct span *content);
// The next SecurityInfo. TLV_MALFORMED: no SEQUENCE that begins with an OBJECT IDENTIFIER.
enum tlv_result security_infos_next(struct span *content, struct security_info *info);

// Writers, each one SecurityInfo.
void put_pace_info(struct writer *w, const struct pace_protocol *protocol);
// `key_id` < 0: left out.
void put_chip_authentication_info(struct writer *w, enum secure_messaging_suite suite, int version,
                                  int key_id);
// The key as SubjectPublicKeyInfo with standardizedDomainParameters (TR-03110-3 §A.1.1.2).
void put_chip_authentication_key_info(struct writer *w, enum crypto_curve curve, struct span point,
                                      int key_id);
// What the ephemeral key of Chip Authentication version 2 must be on.
void put_chip_authentication_domain_parameter_info(struct writer *w, enum crypto_curve curve, int key_id);
// TerminalAuthenticationInfo without efCVCA (TR-03110-3 §A.1.1.3).
void put_terminal_authentication_info(struct writer *w, int version);
// RestrictedIdentificationInfo: `authorized_only`: for terminals with the right alone; and what sector keys
// must be on (TR-03110-3 §A.1.1.5).
void put_restricted_identification_info(struct writer *w, enum crypto_hash hash, int key_id,
                                        bool authorized_only);
void put_restricted_identification_domain_parameter_info(struct writer *w, enum crypto_curve curve);
// Around the infos that EF.CardAccess has for privileged terminals alone (TR-03110-3 §A.1.1). Close with
// put_privileged_terminal_info_end.
struct privileged_terminal_info {
    size_t info, set;
};
struct privileged_terminal_info put_privileged_terminal_info_begin(struct writer *w);
void put_privileged_terminal_info_end(struct writer *w, struct privileged_terminal_info opened);
// ActiveAuthenticationInfo with ecdsa-plain-SHA… (9303-11 §9.2.4)
void put_active_authentication_info(struct writer *w, enum crypto_hash hash);

#endif
