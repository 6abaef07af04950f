// Whom to trust, and what is to be believed of a document: passive authentication (9303-11 §5.1, 9303-12).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_VERIFY_H
#define JUMIN_VERIFY_H

#include <jumin/document.h>

// --- Trust store -------------------------------------------------------------------------------------------
// Self-signed certificates of country signing CAs are roots; link certificates and other CA certificates help
// to reach a root. Revocation lists are believed when a certificate of the store has signed them.

struct jumin_trust;

JUMIN_EXPORT enum jumin_error jumin_trust_new(struct jumin_trust **trust);
JUMIN_EXPORT void jumin_trust_free(struct jumin_trust *trust);
JUMIN_EXPORT const char *jumin_trust_detail(const struct jumin_trust *trust);
// One certificate or revocation list in DER, or any number of them in PEM. What was added before stays; what
// is there already is not added again.
JUMIN_EXPORT enum jumin_error jumin_trust_add_certificate(struct jumin_trust *trust, const uint8_t *bytes,
                                                          size_t n);
JUMIN_EXPORT enum jumin_error jumin_trust_add_crl(struct jumin_trust *trust, const uint8_t *bytes, size_t n);
// A CSCA master list (9303-12 §9), whose certificates become part of the store. Its signature is checked, and
// that its signer's certificate is made for lists and was valid when it signed. Where the store knows the
// publisher's CSCA, it must have issued the signer's certificate, and may not have revoked it. Of a publisher
// that the store does not know, the CSCA must be in the list itself: then the signature says that the list is
// whole, and not who made it; with `known_publisher` such a list is JUMIN_ERROR_SIGNER_UNKNOWN.
JUMIN_EXPORT enum jumin_error jumin_trust_add_master_list(struct jumin_trust *trust, const uint8_t *bytes,
                                                          size_t n, bool known_publisher);
// A file as states and ICAO publish them: one certificate, revocation list or master list in DER, any number
// of certificates and revocation lists in PEM, or LDIF with any of the three. Where there are several, those
// that cannot be taken in are passed over and counted; the call fails when there was nothing else.
JUMIN_EXPORT enum jumin_error jumin_trust_add_file(struct jumin_trust *trust, const char *path);
// Every file of a folder whose name ends in .crt, .cer, .pem, .der, .crl, .ml or .ldif, the lists last. One
// that cannot be read fails the call; what cannot be taken in is passed over and counted.
JUMIN_EXPORT enum jumin_error jumin_trust_add_directory(struct jumin_trust *trust, const char *path);
JUMIN_EXPORT size_t jumin_trust_certificates(const struct jumin_trust *trust);
JUMIN_EXPORT size_t jumin_trust_crls(const struct jumin_trust *trust);
// How many items were passed over, and a sentence on each of the first hundred: where it was, whose it is as
// far as that can be told, what is wrong with it. NULL behind the last.
JUMIN_EXPORT size_t jumin_trust_skipped(const struct jumin_trust *trust);
JUMIN_EXPORT const char *jumin_trust_skipped_reason(const struct jumin_trust *trust, size_t index);

// --- Verdict -----------------------------------------------------------------------------------------------

enum jumin_verdict {
    JUMIN_PASSED,
    JUMIN_FAILED,
    JUMIN_NOT_DONE, // could not be done; the detail says why
};

enum jumin_check_kind {
    JUMIN_CHECK_SOD,                   // EF.SOD has the structure of 9303-10 §4.6.2
    JUMIN_CHECK_SOD_SIGNATURE,         // signed attributes and signature (RFC 5652 §5.4)
    JUMIN_CHECK_SIGNER_PROFILE,        // the document signer's certificate is made for this (9303-12 §7.1)
    JUMIN_CHECK_SIGNER_CHAIN,          // … is signed by a country signing CA of the trust store
    JUMIN_CHECK_SIGNER_VALIDITY,       // … and its chain are valid at the given time
    JUMIN_CHECK_SIGNER_REVOCATION,     // … and its chain are on no revocation list
    JUMIN_CHECK_SIGNER_COUNTRY,        // … belongs to the issuing state of the MRZ
    JUMIN_CHECK_GROUP_HASH,            // a data group is the one that was signed
    JUMIN_CHECK_COM,                   // EF.COM lists the groups that EF.SOD signs
    JUMIN_CHECK_MRZ,                   // check digits of DG1
    JUMIN_CHECK_CARD_ACCESS,           // EF.CardAccess offered what the signed DG14 or EF.CardSecurity says
    JUMIN_CHECK_CARD_SECURITY,         // EF.CardSecurity: structure, signature, chain, validity
    JUMIN_CHECK_PACE,                  // the card knew the password; proved by BAC where that was run
    JUMIN_CHECK_PACE_CHIP,             // PACE-CAM: the chip holds the key of EF.CardSecurity
    JUMIN_CHECK_CHIP_AUTHENTICATION,   // the chip holds the key of the signed DG14
    JUMIN_CHECK_ACTIVE_AUTHENTICATION, // the chip holds the key of the signed DG15
    JUMIN_CHECK_COUNT,
};

struct jumin_check {
    enum jumin_check_kind kind;
    unsigned group; // JUMIN_CHECK_GROUP_HASH: the data group; 0 otherwise
    enum jumin_verdict verdict;
    enum jumin_error error; // what failed; JUMIN_OK unless FAILED
    const char *detail;     // a sentence: what was found
};

struct jumin_report;

// Every check that applies to the document. Fails only for want of memory or on a null pointer: what is wrong
// with the document stands in the report. `time` is in seconds since 1970; document signers stay valid as
// long as their documents (9303-12 §7.1), so it is the time of the check, not that of the signature.
JUMIN_EXPORT enum jumin_error jumin_document_verify(struct jumin_document *document,
                                                    const struct jumin_trust *trust, int64_t time,
                                                    struct jumin_report **report);
JUMIN_EXPORT void jumin_report_free(struct jumin_report *report);

// FAILED when a check failed. PASSED when none failed and EF.SOD, its signature, its signer's profile, chain
// and validity, and the hash of DG1 passed. Otherwise NOT_DONE. That the chip is no copy is said by the
// checks PACE_CHIP, CHIP_AUTHENTICATION and ACTIVE_AUTHENTICATION alone: see jumin_report_chip.
JUMIN_EXPORT enum jumin_verdict jumin_report_verdict(const struct jumin_report *report);
// FAILED when one of the three failed, PASSED when at least one passed, otherwise NOT_DONE.
JUMIN_EXPORT enum jumin_verdict jumin_report_chip(const struct jumin_report *report);
JUMIN_EXPORT size_t jumin_report_count(const struct jumin_report *report);
// In the order of the checks; NULL behind the last.
JUMIN_EXPORT const struct jumin_check *jumin_report_check(const struct jumin_report *report, size_t index);

// "sod-signature", "group-hash"; for logs and JSON. NULL when out of range.
JUMIN_EXPORT const char *jumin_check_name(enum jumin_check_kind kind);
// "passed", "failed", "not-done".
JUMIN_EXPORT const char *jumin_verdict_name(enum jumin_verdict verdict);

#endif
