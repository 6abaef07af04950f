// Object identifiers of card and terminal, as the value bytes of DER (without tag and length).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_OID_H
#define JUMIN_CARD_WIRE_OID_H

#include "card/crypto/crypto.h"

// bsi-de protocols smartcard: 0.4.0.127.0.7.2.2 (TR-03110-3 §A.1); with ARIA under our own arc
enum {
    OID_PACE_LENGTH = 10, // of the standard's
    OID_CA_LENGTH = 10,
    OID_PACE_MAX = 23, // of ours
    OID_CA_MAX = 22,
};

// PACE mapping, second to last arc under id-PACE (TR-03110-3 §A.1.1.1, 9303-11 §9.2.3).
enum pace_mapping {
    PACE_MAPPING_NONE = 0,
    PACE_ECDH_GM = 2,
    PACE_ECDH_IM = 4,
    PACE_ECDH_CAM = 6,
};

// Cipher and key length: the last arc under id-PACE and id-CA; with 10 added, those under our own arc.
enum secure_messaging_suite {
    SUITE_3DES_CBC_CBC = 1, // documents of others only
    SUITE_AES_CBC_CMAC_128 = 2,
    SUITE_AES_CBC_CMAC_192 = 3,
    SUITE_AES_CBC_CMAC_256 = 4,
    SUITE_ARIA_CBC_CMAC_128 = 0x12, // RFC 5794 in place of AES
    SUITE_ARIA_CBC_CMAC_256 = 0x14,
};

// Writes 04 00 7F 00 07 02 02 04 m c, or with ARIA that of our own arc; returns its length.
size_t oid_pace(enum pace_mapping mapping, enum secure_messaging_suite suite, uint8_t *oid);
// True for every id-PACE-…-…, also of mappings and ciphers that are none of ours.
bool oid_is_pace_protocol(struct span oid);
// False when `oid` is not an id-PACE-ECDH-… of the suites above.
bool oid_pace_parse(struct span oid, enum pace_mapping *mapping, enum secure_messaging_suite *suite);
// id-CA-ECDH-<suite>: 04 00 7F 00 07 02 02 03 02 c (TR-03110-3 §A.1.1.2), or that of our own arc.
size_t oid_ca_ecdh(enum secure_messaging_suite suite, uint8_t *oid);
bool oid_ca_ecdh_parse(struct span oid, enum secure_messaging_suite *suite);

extern const struct span OID_PK_ECDH;               // 0.4.0.127.0.7.2.2.1.2
extern const struct span OID_TA;                    // 0.4.0.127.0.7.2.2.2
extern const struct span OID_PRIVILEGED_TERMINAL;   // 0.4.0.127.0.7.2.2.8, id-PT
extern const struct span OID_ACTIVE_AUTHENTICATION; // 2.23.136.1.1.5, icao-mrtd-security-aaProtocolObject
extern const struct span OID_SECURITY_OBJECT;     // 0.4.0.127.0.7.3.2.1, id-SecurityObject (EF.CardSecurity)
extern const struct span OID_LDS_SECURITY_OBJECT; // 2.23.136.1.1.1, id-icao-mrtd-security-ldsSecurityObject
extern const struct span OID_STANDARDIZED_DP;     // 0.4.0.127.0.7.1.2, standardizedDomainParameters

// Ours, all under one arc 2.25.166465673534553502314912385932192144019 (a UUID, X.667 §6.3):
//   .1    authorization extension: provisioning        .2    OptionalData: registration number
//   .3.m.c  PACE with ARIA: m and c as under id-PACE   .4.c  Chip Authentication with ARIA: c as under
//   id-CA-ECDH                                        .5, .6  certificates: host/pki/oids.h
#define OID_OWN_ARC                                                                                          \
    0x69, 0x81, 0xFA, 0xBC, 0x8F, 0xD7, 0xD3, 0xA6, 0xA2, 0xAC, 0xCF, 0x8E, 0x86, 0xDB, 0xE8, 0xAB, 0x8E,    \
        0xA1, 0xB5, 0x13
extern const struct span OID_PROVISIONING;
extern const struct span OID_REGISTRATION_NUMBER;

// Families whose last arc tells the hash: 1 SHA-1, 2 SHA-224, 3 SHA-256, 4 SHA-384, 5 SHA-512.
enum { OID_ECDSA_PLAIN_LENGTH = 10, OID_TA_ECDSA_LENGTH = 10, OID_RI_ECDH_LENGTH = 10 };
// ecdsa-plain-SHA… of TR-03111 §5.2.1.1: 0.4.0.127.0.7.1.1.4.1.x, used by ActiveAuthenticationInfo.
void oid_ecdsa_plain(enum crypto_hash hash, uint8_t oid[OID_ECDSA_PLAIN_LENGTH]);
bool oid_ecdsa_plain_parse(struct span oid, enum crypto_hash *hash);
// id-TA-ECDSA-SHA-…: 0.4.0.127.0.7.2.2.2.2.x (TR-03110-3 §A.7.3.2).
void oid_ta_ecdsa(enum crypto_hash hash, uint8_t oid[OID_TA_ECDSA_LENGTH]);
bool oid_ta_ecdsa_parse(struct span oid, enum crypto_hash *hash);
// id-RI-ECDH-SHA-…: 0.4.0.127.0.7.2.2.5.2.x (TR-03110-3 §A.5).
void oid_ri_ecdh(enum crypto_hash hash, uint8_t oid[OID_RI_ECDH_LENGTH]);
bool oid_ri_ecdh_parse(struct span oid, enum crypto_hash *hash);

#endif
