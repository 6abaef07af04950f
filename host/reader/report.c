// The report of a verification: its checks, and what they amount to.
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void put_detail(struct finding *finding, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void put_detail(struct finding *finding, const char *format, va_list arguments)
{
    (void)vsnprintf(finding->detail.text, sizeof finding->detail.text, format, arguments);
}

struct finding finding_passed(const char *format, ...)
{
    struct finding finding = {.verdict = JUMIN_PASSED};
    va_list arguments;
    va_start(arguments, format);
    put_detail(&finding, format, arguments);
    va_end(arguments);
    return finding;
}

struct finding finding_not_done(const char *format, ...)
{
    struct finding finding = {.verdict = JUMIN_NOT_DONE};
    va_list arguments;
    va_start(arguments, format);
    put_detail(&finding, format, arguments);
    va_end(arguments);
    return finding;
}

struct finding finding_failed(enum jumin_error error, const char *format, ...)
{
    struct finding finding = {.verdict = JUMIN_FAILED, .error = error};
    va_list arguments;
    va_start(arguments, format);
    put_detail(&finding, format, arguments);
    va_end(arguments);
    return finding;
}

void report_add(struct jumin_report *report, enum jumin_check_kind kind, unsigned group,
                const struct finding *finding)
{
    if (report->count == REPORT_CHECKS_MAX) {
        return; // there are no more kinds and groups than places
    }
    report->details[report->count] = finding->detail;
    report->checks[report->count] = (struct jumin_check){.kind = kind,
                                                         .group = group,
                                                         .verdict = finding->verdict,
                                                         .error = finding->error,
                                                         .detail = report->details[report->count].text};
    report->count++;
}

enum jumin_verdict report_verdict_of(const struct jumin_report *report, enum jumin_check_kind kind,
                                     unsigned group)
{
    for (size_t i = 0; i < report->count; i++) {
        if (report->checks[i].kind == kind && report->checks[i].group == group) {
            return report->checks[i].verdict;
        }
    }
    return JUMIN_NOT_DONE;
}

void jumin_report_free(struct jumin_report *report)
{
    free(report);
}

enum jumin_verdict jumin_report_verdict(const struct jumin_report *report)
{
    static const enum jumin_check_kind needed[] = {
        JUMIN_CHECK_SOD,          JUMIN_CHECK_SOD_SIGNATURE,   JUMIN_CHECK_SIGNER_PROFILE,
        JUMIN_CHECK_SIGNER_CHAIN, JUMIN_CHECK_SIGNER_VALIDITY,
    };
    if (report == NULL) {
        return JUMIN_NOT_DONE;
    }
    for (size_t i = 0; i < report->count; i++) {
        if (report->checks[i].verdict == JUMIN_FAILED) {
            return JUMIN_FAILED;
        }
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (report_verdict_of(report, needed[i], 0) != JUMIN_PASSED) {
            return JUMIN_NOT_DONE;
        }
    }
    return report_verdict_of(report, JUMIN_CHECK_GROUP_HASH, 1);
}

enum jumin_verdict jumin_report_chip(const struct jumin_report *report)
{
    static const enum jumin_check_kind proofs[] = {JUMIN_CHECK_PACE_CHIP, JUMIN_CHECK_CHIP_AUTHENTICATION,
                                                   JUMIN_CHECK_ACTIVE_AUTHENTICATION};
    enum jumin_verdict verdict = JUMIN_NOT_DONE;
    for (size_t i = 0; report != NULL && i < sizeof proofs / sizeof *proofs; i++) {
        const enum jumin_verdict proof = report_verdict_of(report, proofs[i], 0);
        if (proof == JUMIN_FAILED) {
            return JUMIN_FAILED;
        }
        verdict = proof == JUMIN_PASSED ? JUMIN_PASSED : verdict;
    }
    return verdict;
}

size_t jumin_report_count(const struct jumin_report *report)
{
    return report != NULL ? report->count : 0;
}

const struct jumin_check *jumin_report_check(const struct jumin_report *report, size_t index)
{
    return report != NULL && index < report->count ? &report->checks[index] : NULL;
}

const char *jumin_check_name(enum jumin_check_kind kind)
{
    static const char *const names[JUMIN_CHECK_COUNT] = {
        [JUMIN_CHECK_SOD] = "sod",
        [JUMIN_CHECK_SOD_SIGNATURE] = "sod-signature",
        [JUMIN_CHECK_SIGNER_PROFILE] = "signer-profile",
        [JUMIN_CHECK_SIGNER_CHAIN] = "signer-chain",
        [JUMIN_CHECK_SIGNER_VALIDITY] = "signer-validity",
        [JUMIN_CHECK_SIGNER_REVOCATION] = "signer-revocation",
        [JUMIN_CHECK_SIGNER_COUNTRY] = "signer-country",
        [JUMIN_CHECK_GROUP_HASH] = "group-hash",
        [JUMIN_CHECK_COM] = "com",
        [JUMIN_CHECK_MRZ] = "mrz",
        [JUMIN_CHECK_CARD_ACCESS] = "card-access",
        [JUMIN_CHECK_CARD_SECURITY] = "card-security",
        [JUMIN_CHECK_PACE] = "pace",
        [JUMIN_CHECK_PACE_CHIP] = "pace-chip",
        [JUMIN_CHECK_CHIP_AUTHENTICATION] = "chip-authentication",
        [JUMIN_CHECK_ACTIVE_AUTHENTICATION] = "active-authentication",
    };
    return (unsigned)kind < JUMIN_CHECK_COUNT ? names[kind] : NULL;
}

const char *jumin_verdict_name(enum jumin_verdict verdict)
{
    switch (verdict) {
    case JUMIN_PASSED:
        return "passed";
    case JUMIN_FAILED:
        return "failed";
    default:
        return "not-done";
    }
}
