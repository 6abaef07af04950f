// Object identifiers: their bytes, and the families of PACE, Chip Authentication and plain ECDSA.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/oid.h"

// 0.4.0.127.0.7.2.2: bsi-de protocols smartcard
#define BSI_SMARTCARD 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02

static const uint8_t pk_ecdh[] = {BSI_SMARTCARD, 1, 2};
static const uint8_t ta[] = {BSI_SMARTCARD, 2};
static const uint8_t privileged_terminal[] = {BSI_SMARTCARD, 8};
static const uint8_t active_authentication[] = {0x67, 0x81, 0x08, 1, 1, 5};
static const uint8_t security_object[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 3, 2, 1};
static const uint8_t lds_security_object[] = {0x67, 0x81, 0x08, 1, 1, 1};
static const uint8_t standardized_dp[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 1, 2};

static const uint8_t provisioning[] = {OID_OWN_ARC, 1};
static const uint8_t registration_number[] = {OID_OWN_ARC, 2};

const struct span OID_PROVISIONING = {provisioning, sizeof provisioning};
const struct span OID_REGISTRATION_NUMBER = {registration_number, sizeof registration_number};
const struct span OID_PK_ECDH = {pk_ecdh, sizeof pk_ecdh};
const struct span OID_TA = {ta, sizeof ta};
const struct span OID_PRIVILEGED_TERMINAL = {privileged_terminal, sizeof privileged_terminal};
const struct span OID_ACTIVE_AUTHENTICATION = {active_authentication, sizeof active_authentication};
const struct span OID_SECURITY_OBJECT = {security_object, sizeof security_object};
const struct span OID_LDS_SECURITY_OBJECT = {lds_security_object, sizeof lds_security_object};
const struct span OID_STANDARDIZED_DP = {standardized_dp, sizeof standardized_dp};

static const uint8_t pace_prefix[] = {BSI_SMARTCARD, 4};
static const uint8_t aria_pace_prefix[] = {OID_OWN_ARC, 3};
static const uint8_t aria_ca_prefix[] = {OID_OWN_ARC, 4};
static const uint8_t ca_ecdh_prefix[] = {BSI_SMARTCARD, 3, 2};
static const uint8_t ecdsa_plain_prefix[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 1, 1, 4, 1};
static const uint8_t ta_ecdsa_prefix[] = {BSI_SMARTCARD, 2, 2};
static const uint8_t ri_ecdh_prefix[] = {BSI_SMARTCARD, 5, 2};

// Moves what follows `prefix` in `oid` to `*rest`. False when `oid` is not of this family.
static bool take_prefix(struct span oid, const uint8_t *prefix, size_t n, struct span *rest)
{
    struct span head;
    *rest = oid;
    return span_take(rest, n, &head) && span_equal(head, span_of(prefix, n));
}

// What is added to the last arc where the cipher is ARIA, which has no 192-bit suite.
enum { ARIA_SUITES = SUITE_ARIA_CBC_CMAC_128 - SUITE_AES_CBC_CMAC_128 };

static bool is_aria(enum secure_messaging_suite suite)
{
    return suite == SUITE_ARIA_CBC_CMAC_128 || suite == SUITE_ARIA_CBC_CMAC_256;
}

static bool suite_of_arc(uint8_t arc, enum secure_messaging_suite *suite)
{
    if (arc < SUITE_3DES_CBC_CBC || arc > SUITE_AES_CBC_CMAC_256) {
        return false;
    }
    *suite = (enum secure_messaging_suite)arc;
    return true;
}

static bool aria_suite_of_arc(uint8_t arc, enum secure_messaging_suite *suite)
{
    *suite = (enum secure_messaging_suite)(arc + ARIA_SUITES);
    return is_aria(*suite);
}

// Writes `prefix` and the arcs behind it.
static size_t put_oid(uint8_t *oid, struct span prefix, struct span arcs)
{
    memcpy(oid, prefix.p, prefix.n);
    memcpy(oid + prefix.n, arcs.p, arcs.n);
    return prefix.n + arcs.n;
}

size_t oid_pace(enum pace_mapping mapping, enum secure_messaging_suite suite, uint8_t *oid)
{
    const bool aria = is_aria(suite);
    const uint8_t arcs[] = {(uint8_t)mapping, (uint8_t)(aria ? suite - ARIA_SUITES : suite)};
    const struct span prefix =
        aria ? span_of(aria_pace_prefix, sizeof aria_pace_prefix) : span_of(pace_prefix, sizeof pace_prefix);
    return put_oid(oid, prefix, span_of(arcs, sizeof arcs));
}

// The two last arcs of a PACE protocol, of the standard or ours.
static bool take_pace_arcs(struct span oid, struct span *arcs, bool *aria)
{
    *aria = take_prefix(oid, aria_pace_prefix, sizeof aria_pace_prefix, arcs);
    return (*aria || take_prefix(oid, pace_prefix, sizeof pace_prefix, arcs)) && arcs->n == 2;
}

bool oid_is_pace_protocol(struct span oid)
{
    struct span arcs;
    bool aria;
    return take_pace_arcs(oid, &arcs, &aria);
}

bool oid_pace_parse(struct span oid, enum pace_mapping *mapping, enum secure_messaging_suite *suite)
{
    struct span arcs;
    bool aria;
    enum secure_messaging_suite found;
    if (!take_pace_arcs(oid, &arcs, &aria) ||
        !(aria ? aria_suite_of_arc(arcs.p[1], &found) : suite_of_arc(arcs.p[1], &found))) {
        return false;
    }
    switch (arcs.p[0]) {
    case PACE_ECDH_CAM:
        if (found == SUITE_3DES_CBC_CBC) { // not defined (9303-11 §4.4.3.2 table 3)
            return false;
        }
        break;
    case PACE_ECDH_GM:
    case PACE_ECDH_IM:
        break;
    default:
        return false;
    }
    *mapping = (enum pace_mapping)arcs.p[0];
    *suite = found;
    return true;
}

size_t oid_ca_ecdh(enum secure_messaging_suite suite, uint8_t *oid)
{
    const bool aria = is_aria(suite);
    const uint8_t arc = (uint8_t)(aria ? suite - ARIA_SUITES : suite);
    const struct span prefix = aria ? span_of(aria_ca_prefix, sizeof aria_ca_prefix)
                                    : span_of(ca_ecdh_prefix, sizeof ca_ecdh_prefix);
    return put_oid(oid, prefix, span_of(&arc, 1));
}

bool oid_ca_ecdh_parse(struct span oid, enum secure_messaging_suite *suite)
{
    struct span arcs;
    if (take_prefix(oid, aria_ca_prefix, sizeof aria_ca_prefix, &arcs)) {
        return arcs.n == 1 && aria_suite_of_arc(arcs.p[0], suite);
    }
    return take_prefix(oid, ca_ecdh_prefix, sizeof ca_ecdh_prefix, &arcs) && arcs.n == 1 &&
           suite_of_arc(arcs.p[0], suite);
}

// The last arc of families by hash (TR-03111 §5.2.1.1, TR-03110-3 §A.5, §A.7.3.2), in the order of enum
// crypto_hash.
static const uint8_t hash_arcs[] = {
    [CRYPTO_SHA1] = 1, [CRYPTO_SHA224] = 2, [CRYPTO_SHA256] = 3, [CRYPTO_SHA384] = 4, [CRYPTO_SHA512] = 5,
};

static void put_hash_family(const uint8_t *prefix, size_t n, enum crypto_hash hash, uint8_t *oid)
{
    memcpy(oid, prefix, n);
    oid[n] = hash_arcs[hash];
}

static bool parse_hash_family(struct span oid, const uint8_t *prefix, size_t n, enum crypto_hash *hash)
{
    struct span arcs;
    if (!take_prefix(oid, prefix, n, &arcs) || arcs.n != 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof hash_arcs; i++) {
        if (hash_arcs[i] == arcs.p[0]) {
            *hash = (enum crypto_hash)i;
            return true;
        }
    }
    return false;
}

void oid_ecdsa_plain(enum crypto_hash hash, uint8_t oid[OID_ECDSA_PLAIN_LENGTH])
{
    put_hash_family(ecdsa_plain_prefix, sizeof ecdsa_plain_prefix, hash, oid);
}

bool oid_ecdsa_plain_parse(struct span oid, enum crypto_hash *hash)
{
    return parse_hash_family(oid, ecdsa_plain_prefix, sizeof ecdsa_plain_prefix, hash);
}

void oid_ta_ecdsa(enum crypto_hash hash, uint8_t oid[OID_TA_ECDSA_LENGTH])
{
    put_hash_family(ta_ecdsa_prefix, sizeof ta_ecdsa_prefix, hash, oid);
}

bool oid_ta_ecdsa_parse(struct span oid, enum crypto_hash *hash)
{
    return parse_hash_family(oid, ta_ecdsa_prefix, sizeof ta_ecdsa_prefix, hash);
}

void oid_ri_ecdh(enum crypto_hash hash, uint8_t oid[OID_RI_ECDH_LENGTH])
{
    put_hash_family(ri_ecdh_prefix, sizeof ri_ecdh_prefix, hash, oid);
}

bool oid_ri_ecdh_parse(struct span oid, enum crypto_hash *hash)
{
    return parse_hash_family(oid, ri_ecdh_prefix, sizeof ri_ecdh_prefix, hash);
}
