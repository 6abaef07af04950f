// What the chip has proved: PACE, PACE-CAM, Chip Authentication, Active Authentication (9303-11 §4.4, §6),
// each against a key that the issuer has signed.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/oid.h"
#include "card/wire/security_infos.h"
#include "host/pki/public_key.h"
#include "host/reader/ca_key.h"
#include "host/reader/card_security.h"
#include "host/reader/iso9796.h"
#include "host/reader/report.h"
#include "host/reader/suite.h"

static void add(struct verification *v, enum jumin_check_kind kind, struct finding finding)
{
    report_add(v->report, kind, 0, &finding);
}

// Whether a group is the one that was signed, by a signer that is to be trusted or not: that is said
// elsewhere.
static bool group_passed(const struct verification *v, unsigned group)
{
    return report_verdict_of(v->report, JUMIN_CHECK_GROUP_HASH, group) == JUMIN_PASSED;
}

// Files with the chip's keys take no more than PACE: a card that refuses them hides them.
static bool file_hidden(const struct verification *v, enum jumin_file file)
{
    const enum file_state state = v->document->files[file].state;
    return state == FILE_ABSENT || state == FILE_DENIED;
}

static bool group_hidden(const struct verification *v, unsigned group)
{
    return (v->sod.groups & 1U << group) != 0 &&
           file_hidden(v, (enum jumin_file)(JUMIN_FILE_DG1 + group - 1));
}

// The SecurityInfos of DG14; false when it was not read or is malformed.
static bool open_dg14(const struct verification *v, struct span *infos)
{
    const struct span file = document_span(v->document, JUMIN_FILE_DG14);
    struct span set;
    const char *why = "";
    return file.n > 0 && lds_dg14_parse(file, &set, &why) && security_infos_open(set, infos);
}

// --- EF.CardSecurity and EF.CardAccess ---------------------------------------------------------------------

static struct finding check_card_security(struct verification *v)
{
    const struct span file = document_span(v->document, JUMIN_FILE_CARD_SECURITY);
    if (file.n == 0) {
        return finding_not_done("EF.CardSecurity was not read");
    }
    const struct finding finding =
        card_security_check(file, "EF.CardSecurity", v->trust, v->time, &v->card_security_infos);
    v->card_security_passed = finding.verdict == JUMIN_PASSED;
    return finding;
}

// Whether the signed DG14 says that the document knows PACE.
static bool document_offers_pace(const struct verification *v)
{
    struct span infos;
    struct security_info info;
    if (!group_passed(v, 14) || !open_dg14(v, &infos)) {
        return false;
    }
    while (security_infos_next(&infos, &info) == TLV_OBJECT) {
        if (info.kind == SECURITY_INFO_PACE) {
            return true;
        }
    }
    return false;
}

static struct finding check_card_access(const struct verification *v)
{
    struct span offered, repeated;
    const struct span file = document_span(v->document, JUMIN_FILE_CARD_ACCESS);
    if (file.n == 0 || !security_infos_open(file, &offered)) {
        return document_offers_pace(v)
                   ? finding_failed(JUMIN_ERROR_HASH, "DG14 offers PACE, but EF.CardAccess was hidden")
                   : finding_not_done("there is no EF.CardAccess");
    }
    if (group_passed(v, 14) && open_dg14(v, &repeated)) {
        return card_access_check(file, repeated, "DG14");
    }
    return v->card_security_passed
               ? card_access_check(file, v->card_security_infos, "EF.CardSecurity")
               : finding_not_done("neither DG14 nor EF.CardSecurity is there to compare EF.CardAccess with");
}

// --- PACE -------------------------------------------------------------------------------------------------

static struct finding check_pace(const struct verification *v)
{
    static const char *const passwords[] = {"", "MRZ", "CAN", "PIN", "PUK"};
    const struct document_evidence *evidence = &v->document->evidence;
    if (evidence->bac) {
        return finding_passed("card and reader proved the MRZ to each other: BAC, which is weak");
    }
    if (!evidence->pace) {
        return finding_not_done("the document was not read from a card");
    }
    const enum pace_mapping mapping = evidence->protocol.mapping;
    return finding_passed("card and reader proved the %s to each other: PACE-ECDH-%s, %s, %zu bits",
                          passwords[evidence->password],
                          mapping == PACE_ECDH_CAM  ? "CAM"
                          : mapping == PACE_ECDH_IM ? "IM"
                                                    : "GM",
                          suite_name(evidence->protocol.suite),
                          8 * crypto_curve_length(evidence->protocol.curve));
}

// CA_IC * PK_IC = PK_map_IC with a key of EF.CardSecurity on the curve of PACE (9303-11 §4.4.3.5).
static bool chip_data_fits(const struct verification *v)
{
    const struct document_evidence *evidence = &v->document->evidence;
    const enum crypto_curve curve = evidence->protocol.curve;
    const struct crypto_random random = crypto_system_random();
    struct span infos = v->card_security_infos;
    struct security_info info;
    while (security_infos_next(&infos, &info) == TLV_OBJECT) {
        enum crypto_curve key_curve = CRYPTO_P256;
        struct span point;
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION_KEY && ca_key_of(&info, &key_curve, &point) &&
            key_curve == curve &&
            pace_verify_chip_data(curve, &random, span_of(evidence->chip_data, evidence->chip_data_length),
                                  point,
                                  span_of(evidence->mapping_point, crypto_curve_point_length(curve)))) {
            return true;
        }
    }
    return false;
}

static struct finding check_pace_chip(const struct verification *v)
{
    const struct document_evidence *evidence = &v->document->evidence;
    if (!evidence->pace || evidence->protocol.mapping != PACE_ECDH_CAM) {
        return finding_not_done(evidence->pace ? "PACE ran without chip authentication mapping"
                                               : "PACE was not run");
    }
    if (file_hidden(v, JUMIN_FILE_CARD_SECURITY)) {
        return finding_failed(JUMIN_ERROR_CLONED,
                              "the card hides EF.CardSecurity, which holds the key that it claims to have");
    }
    if (!v->card_security_passed) {
        return finding_not_done("EF.CardSecurity, which holds the chip's key, did not pass");
    }
    return chip_data_fits(v)
               ? finding_passed("in PACE the chip proved the key of EF.CardSecurity")
               : finding_failed(JUMIN_ERROR_CLONED, "the chip does not hold the key of EF.CardSecurity");
}

// --- Chip Authentication ----------------------------------------------------------------------------------

static bool dg14_has_key(const struct verification *v)
{
    const struct document_evidence *evidence = &v->document->evidence;
    struct span infos;
    struct security_info info;
    if (!open_dg14(v, &infos)) {
        return false;
    }
    while (security_infos_next(&infos, &info) == TLV_OBJECT) {
        enum crypto_curve curve = CRYPTO_P256;
        struct span point;
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION_KEY && ca_key_of(&info, &curve, &point) &&
            span_equal(point, span_of(evidence->chip_point, evidence->chip_point_length))) {
            return true;
        }
    }
    return false;
}

static struct finding check_chip_authentication(const struct verification *v)
{
    const struct document_evidence *evidence = &v->document->evidence;
    if (group_hidden(v, 14)) {
        return finding_failed(JUMIN_ERROR_CLONED, "the card hides DG14, which is signed");
    }
    if (!evidence->chip_answered) {
        return finding_not_done((v->sod.groups & 1U << 14) != 0 ? "chip authentication was not run"
                                                                : "the document has no DG14");
    }
    if (!group_passed(v, 14) || !dg14_has_key(v)) {
        return finding_failed(JUMIN_ERROR_CLONED, "the chip proved a key that is not signed");
    }
    return finding_passed("the chip proved the key of DG14: %s", suite_name(evidence->chip_suite));
}

// --- Active Authentication --------------------------------------------------------------------------------

// The hash that DG14 names for ECDSA; for want of it, the one that fits the curve.
static enum crypto_hash active_authentication_hash(const struct verification *v, enum crypto_curve curve)
{
    struct span infos;
    struct security_info info;
    if (open_dg14(v, &infos)) {
        while (security_infos_next(&infos, &info) == TLV_OBJECT) {
            if (info.kind == SECURITY_INFO_ACTIVE_AUTHENTICATION) {
                return info.hash;
            }
        }
    }
    const size_t length = crypto_curve_length(curve);
    return length <= 32 ? CRYPTO_SHA256 : length <= 48 ? CRYPTO_SHA384 : CRYPTO_SHA512;
}

static bool response_is_right(const struct verification *v, const struct public_key *key)
{
    const struct document_evidence *evidence = &v->document->evidence;
    const struct span challenge = span_of(evidence->challenge, sizeof evidence->challenge);
    const struct span response = span_of(evidence->response, evidence->response_length);
    if (key->kind == PUBLIC_KEY_RSA) {
        return iso9796_verify(&key->rsa, response, challenge);
    }
    return signature_verify_plain(key, active_authentication_hash(v, key->curve), challenge, response);
}

static struct finding check_active_authentication(const struct verification *v)
{
    struct span info;
    struct public_key key;
    const char *why = "";
    if (group_hidden(v, 15)) {
        return finding_failed(JUMIN_ERROR_CLONED, "the card hides DG15, which is signed");
    }
    if (!v->document->evidence.active_authentication) {
        return finding_not_done((v->sod.groups & 1U << 15) != 0 ? "active authentication was not run"
                                                                : "the document has no DG15");
    }
    if (!group_passed(v, 15)) {
        return finding_failed(JUMIN_ERROR_CLONED, "the key in DG15 is not signed");
    }
    if (!lds_dg15_parse(document_span(v->document, JUMIN_FILE_DG15), &info, &why) ||
        !public_key_parse(info, &key)) {
        return finding_failed(JUMIN_ERROR_MALFORMED, "DG15 holds no key that is known here");
    }
    return response_is_right(v, &key)
               ? finding_passed("the chip signed a challenge with the key of DG15")
               : finding_failed(JUMIN_ERROR_CLONED, "the chip does not hold the key of DG15");
}

void verify_chip(struct verification *v)
{
    add(v, JUMIN_CHECK_CARD_SECURITY, check_card_security(v));
    add(v, JUMIN_CHECK_CARD_ACCESS, check_card_access(v));
    add(v, JUMIN_CHECK_PACE, check_pace(v));
    add(v, JUMIN_CHECK_PACE_CHIP, check_pace_chip(v));
    add(v, JUMIN_CHECK_CHIP_AUTHENTICATION, check_chip_authentication(v));
    add(v, JUMIN_CHECK_ACTIVE_AUTHENTICATION, check_active_authentication(v));
}
