// SecurityInfos (TR-03110-3 §A.1, 9303-11 §9.2): reading and writing them one by one.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/security_infos.h"

// ASN.1 (X.690 §8).
enum asn1_tag {
    ASN1_BOOLEAN = 0x01,
    ASN1_INTEGER = 0x02,
    ASN1_BIT_STRING = 0x03,
    ASN1_OID = 0x06,
    ASN1_SEQUENCE = 0x30,
    ASN1_SET = 0x31,
};

enum {
    PACE_VERSION = 2,
    ACTIVE_AUTHENTICATION_VERSION = 1,
    RESTRICTED_IDENTIFICATION_VERSION = 1,
    POINT_UNCOMPRESSED = 0x04,
};

// --- Reading ---------------------------------------------------------------------------------------------

bool security_infos_open(struct span set, struct span *content)
{
    struct tlv object;
    struct span cursor = set;
    if (!tlv_expect(&cursor, ASN1_SET, &object) || cursor.n != 0) {
        return false;
    }
    *content = object.value;
    return true;
}

// An INTEGER from 0 to `max`.
static bool take_integer(struct span *cursor, uint32_t max, uint32_t *value)
{
    struct tlv object;
    if (!tlv_expect(cursor, ASN1_INTEGER, &object) || object.value.n == 0 ||
        (object.value.p[0] & 0x80) != 0) {
        return false;
    }
    uint64_t number = 0;
    for (size_t i = 0; i < object.value.n; i++) {
        number = number << 8 | object.value.p[i];
        if (number > max) {
            return false;
        }
    }
    *value = (uint32_t)number;
    return true;
}

// INTEGER OPTIONAL at the end of an info.
static bool take_last_integer(struct span *cursor, uint32_t max, bool *present, uint32_t *value)
{
    *present = cursor->n > 0;
    return cursor->n == 0 || (take_integer(cursor, max, value) && cursor->n == 0);
}

static bool take_version(struct span *cursor, struct security_info *info)
{
    uint32_t version;
    if (!take_integer(cursor, INT16_MAX, &version)) {
        return false;
    }
    info->version = (int)version;
    return true;
}

static bool parse_pace(struct span content, struct security_info *info)
{
    uint32_t parameter = 0;
    if (!take_version(&content, info) ||
        !take_last_integer(&content, UINT8_MAX, &info->has_parameter, &parameter)) {
        return false;
    }
    info->kind = SECURITY_INFO_PACE;
    info->parameter = (uint8_t)parameter;
    if (!oid_pace_parse(info->oid, &info->mapping, &info->suite)) {
        info->mapping = PACE_MAPPING_NONE;
    }
    return true;
}

static bool parse_chip_authentication(struct span content, struct security_info *info)
{
    info->kind = SECURITY_INFO_CHIP_AUTHENTICATION;
    return oid_ca_ecdh_parse(info->oid, &info->suite) && take_version(&content, info) &&
           take_last_integer(&content, UINT32_MAX, &info->has_key_id, &info->key_id);
}

// AlgorithmIdentifier by standardized domain parameters (9303-11 §9.5.1); others leave the curve unknown.
static bool parse_curve(struct span algorithm, enum crypto_curve *curve)
{
    struct tlv oid;
    uint32_t parameter;
    return tlv_expect(&algorithm, ASN1_OID, &oid) && span_equal(oid.value, OID_STANDARDIZED_DP) &&
           take_integer(&algorithm, UINT8_MAX, &parameter) && algorithm.n == 0 &&
           pace_curve_of_parameter((uint8_t)parameter, curve);
}

// SubjectPublicKeyInfo (RFC 5480 §2): algorithm, and the point as a BIT STRING of whole bytes.
static bool parse_subject_public_key(struct span content, struct security_info *info)
{
    struct tlv algorithm;
    struct tlv bits;
    struct span unused_bits;
    if (!tlv_expect(&content, ASN1_SEQUENCE, &algorithm) || !tlv_expect(&content, ASN1_BIT_STRING, &bits) ||
        content.n != 0 || !span_take(&bits.value, 1, &unused_bits) || unused_bits.p[0] != 0) {
        return false;
    }
    info->point = bits.value;
    info->curve_known = parse_curve(algorithm.value, &info->curve);
    return !info->curve_known || (info->point.n == crypto_curve_point_length(info->curve) &&
                                  info->point.p[0] == POINT_UNCOMPRESSED);
}

static bool parse_chip_authentication_key(struct span content, struct security_info *info)
{
    struct tlv key;
    info->kind = SECURITY_INFO_CHIP_AUTHENTICATION_KEY;
    return tlv_expect(&content, ASN1_SEQUENCE, &key) && parse_subject_public_key(key.value, info) &&
           take_last_integer(&content, UINT32_MAX, &info->has_key_id, &info->key_id);
}

static bool parse_terminal_authentication(struct span content, struct security_info *info)
{
    info->kind = SECURITY_INFO_TERMINAL_AUTHENTICATION; // version 1 may name EF.CVCA behind the version
    return take_version(&content, info);
}

static bool parse_active_authentication(struct span content, struct security_info *info)
{
    struct tlv algorithm;
    info->kind = SECURITY_INFO_ACTIVE_AUTHENTICATION;
    return take_version(&content, info) && tlv_expect(&content, ASN1_OID, &algorithm) && content.n == 0 &&
           oid_ecdsa_plain_parse(algorithm.value, &info->hash);
}

static bool parse_privileged_terminal(struct span content, struct security_info *info)
{
    struct tlv set;
    info->kind = SECURITY_INFO_PRIVILEGED_TERMINAL;
    if (!tlv_expect(&content, ASN1_SET, &set) || content.n != 0) {
        return false;
    }
    info->infos = set.value;
    return true;
}

static bool parse_known(struct span content, struct security_info *info)
{
    enum secure_messaging_suite suite;
    if (oid_is_pace_protocol(info->oid)) {
        return parse_pace(content, info);
    }
    if (oid_ca_ecdh_parse(info->oid, &suite)) {
        return parse_chip_authentication(content, info);
    }
    if (span_equal(info->oid, OID_PK_ECDH)) {
        return parse_chip_authentication_key(content, info);
    }
    if (span_equal(info->oid, OID_TA)) {
        return parse_terminal_authentication(content, info);
    }
    if (span_equal(info->oid, OID_ACTIVE_AUTHENTICATION)) {
        return parse_active_authentication(content, info);
    }
    if (span_equal(info->oid, OID_PRIVILEGED_TERMINAL)) {
        return parse_privileged_terminal(content, info);
    }
    return false;
}

enum tlv_result security_infos_next(struct span *content, struct security_info *info)
{
    struct span rest = *content;
    struct tlv sequence;
    struct tlv oid;
    const enum tlv_result result = tlv_next(&rest, &sequence);
    if (result != TLV_OBJECT) {
        return result;
    }
    struct span fields = sequence.value;
    if (sequence.tag != ASN1_SEQUENCE || !tlv_expect(&fields, ASN1_OID, &oid)) {
        return TLV_MALFORMED;
    }
    const struct security_info unknown = {
        .kind = SECURITY_INFO_UNKNOWN, .oid = oid.value, .whole = sequence.whole};
    *info = unknown;
    if (!parse_known(fields, info)) {
        *info = unknown;
    }
    *content = rest;
    return TLV_OBJECT;
}

// --- Writing ---------------------------------------------------------------------------------------------

// A number from 0 on, in the fewest bytes (X.690 §8.3).
static void put_integer(struct writer *w, uint32_t value)
{
    const uint8_t bytes[5] = {0, (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                              (uint8_t)value};
    size_t first = 0;
    while (first < sizeof bytes - 1 && bytes[first] == 0 && (bytes[first + 1] & 0x80) == 0) {
        first++;
    }
    tlv_put(w, ASN1_INTEGER, span_of(bytes + first, sizeof bytes - first));
}

static void put_key_id(struct writer *w, int key_id)
{
    if (key_id >= 0) {
        put_integer(w, (uint32_t)key_id);
    }
}

void put_pace_info(struct writer *w, const struct pace_protocol *protocol)
{
    uint8_t oid[OID_PACE_MAX];
    const size_t n = oid_pace(protocol->mapping, protocol->suite, oid);
    const size_t info = tlv_open(w, ASN1_SEQUENCE);
    tlv_put(w, ASN1_OID, span_of(oid, n));
    put_integer(w, PACE_VERSION);
    put_integer(w, pace_parameter_of_curve(protocol->curve));
    tlv_close(w, info);
}

void put_chip_authentication_info(struct writer *w, enum secure_messaging_suite suite, int version,
                                  int key_id)
{
    uint8_t oid[OID_CA_MAX];
    const size_t n = oid_ca_ecdh(suite, oid);
    const size_t info = tlv_open(w, ASN1_SEQUENCE);
    tlv_put(w, ASN1_OID, span_of(oid, n));
    put_integer(w, (uint32_t)version);
    put_key_id(w, key_id);
    tlv_close(w, info);
}

// AlgorithmIdentifier with standardizedDomainParameters (TR-03110-3 §A.2.1.1).
static void put_domain_parameters(struct writer *w, enum crypto_curve curve)
{
    const size_t algorithm = tlv_open(w, ASN1_SEQUENCE);
    tlv_put(w, ASN1_OID, OID_STANDARDIZED_DP);
    put_integer(w, pace_parameter_of_curve(curve));
    tlv_close(w, algorithm);
}

void put_chip_authentication_key_info(struct writer *w, enum crypto_curve curve, struct span point,
                                      int key_id)
{
    const size_t info = tlv_open(w, ASN1_SEQUENCE);
    tlv_put(w, ASN1_OID, OID_PK_ECDH);
    const size_t key = tlv_open(w, ASN1_SEQUENCE);
    put_domain_parameters(w, curve);
    const size_t bits = tlv_open(w, ASN1_BIT_STRING);
    writer_put_u8(w, 0); // unused bits
    writer_put(w, point);
    tlv_close(w, bits);
    tlv_close(w, key);
    put_key_id(w, key_id);
    tlv_close(w, info);
}

struct privileged_terminal_info put_privileged_terminal_info_begin(struct writer *w)
{
    const size_t info = tlv_open(w, ASN1_SEQUENCE);
    tlv_put(w, ASN1_OID, OID_PRIVILEGED_TERMINAL);
    return (struct privileged_terminal_info){.info = info, .set = tlv_open(w, ASN1_SET)};
}

void put_privileged_terminal_info_end(struct writer *w, struct privileged_terminal_info opened)
{
    tlv_close(w, opened.set);
    tlv_close(w, opened.info);
}

// The family of a protocol's OIDs is all but their last arc.
static void put_family(struct writer *w, struct span oid)
{
    tlv_put(w, ASN1_OID, span_first(oid, oid.n - 1));
}

void put_chip_authentication_domain_parameter_info(struct writer *w, enum crypto_curve curve, int key_id)
{
    uint8_t oid[OID_CA_MAX];
    const size_t n = oid_ca_ecdh(SUITE_AES_CBC_CMAC_128, oid);
    const size_t info = tlv_open(w, ASN1_SEQUENCE);
    put_family(w, span_of(oid, n));
    put_domain_parameters(w, curve);
    put_key_id(w, key_id);
    tlv_close(w, info);
}

void put_terminal_authentication_info(struct writer *w, int version)
{
    const size_t info = tlv_open(w, ASN1_SEQUENCE);
    tlv_put(w, ASN1_OID, OID_TA);
    put_integer(w, (uint32_t)version);
    tlv_close(w, info);
}

void put_restricted_identification_info(struct writer *w, enum crypto_hash hash, int key_id,
                                        bool authorized_only)
{
    uint8_t oid[OID_RI_ECDH_LENGTH];
    const uint8_t flag = authorized_only ? 0xFF : 0x00;
    oid_ri_ecdh(hash, oid);
    const size_t info = tlv_open(w, ASN1_SEQUENCE);
    tlv_put(w, ASN1_OID, span_of(oid, sizeof oid));
    const size_t parameters = tlv_open(w, ASN1_SEQUENCE);
    put_integer(w, RESTRICTED_IDENTIFICATION_VERSION);
    put_key_id(w, key_id);
    tlv_put(w, ASN1_BOOLEAN, span_of(&flag, 1));
    tlv_close(w, parameters);
    tlv_close(w, info);
}

void put_restricted_identification_domain_parameter_info(struct writer *w, enum crypto_curve curve)
{
    uint8_t oid[OID_RI_ECDH_LENGTH];
    oid_ri_ecdh(CRYPTO_SHA256, oid);
    const size_t info = tlv_open(w, ASN1_SEQUENCE);
    put_family(w, span_of(oid, sizeof oid));
    put_domain_parameters(w, curve);
    tlv_close(w, info);
}

void put_active_authentication_info(struct writer *w, enum crypto_hash hash)
{
    uint8_t oid[OID_ECDSA_PLAIN_LENGTH];
    oid_ecdsa_plain(hash, oid);
    const size_t info = tlv_open(w, ASN1_SEQUENCE);
    tlv_put(w, ASN1_OID, OID_ACTIVE_AUTHENTICATION);
    put_integer(w, ACTIVE_AUTHENTICATION_VERSION);
    tlv_put(w, ASN1_OID, span_of(oid, sizeof oid));
    tlv_close(w, info);
}
