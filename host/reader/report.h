// The report of a verification while it is being written.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_REPORT_H
#define JUMIN_HOST_READER_REPORT_H

#include "host/detail.h"
#include "host/pki/trust.h"
#include "host/reader/document_internal.h"
#include "host/reader/lds.h"
#include <jumin/verify.h>

enum { REPORT_CHECKS_MAX = JUMIN_CHECK_COUNT + LDS_GROUP_MAX };

struct jumin_report {
    struct jumin_check checks[REPORT_CHECKS_MAX];
    struct detail details[REPORT_CHECKS_MAX];
    size_t count;
};

// One check's outcome, before it stands in the report.
struct finding {
    enum jumin_verdict verdict;
    enum jumin_error error;
    struct detail detail;
};

__attribute__((format(printf, 1, 2))) struct finding finding_passed(const char *format, ...);
__attribute__((format(printf, 1, 2))) struct finding finding_not_done(const char *format, ...);
__attribute__((format(printf, 2, 3))) struct finding finding_failed(enum jumin_error error,
                                                                    const char *format, ...);
void report_add(struct jumin_report *report, enum jumin_check_kind kind, unsigned group,
                const struct finding *finding);
// The verdict of a check; NOT_DONE when it is not in the report.
enum jumin_verdict report_verdict_of(const struct jumin_report *report, enum jumin_check_kind kind,
                                     unsigned group);

// What the checks of one document share.
struct verification {
    const struct jumin_document *document;
    const struct jumin_trust *trust;
    int64_t time;
    struct jumin_report *report;
    bool has_sod; // parsed
    struct lds_sod sod;
    bool card_security_passed;
    struct span card_security_infos; // signed content of EF.CardSecurity
};

// verify_signer.c: a signer's certificate, its chain, its validity and revocation.
struct signer {
    bool found;
    struct x509_certificate certificate;
    struct trust_chain chain;   // from its issuer to a root; empty: there is none
    enum jumin_error untrusted; // why; JUMIN_OK: there is one
    const char *why;            // when not found, or not to be trusted
};
void signer_find(const struct verification *v, const struct cms_signed_data *data, struct signer *signer);
struct finding check_signature(const struct cms_signed_data *data, const struct signer *signer,
                               const char *file);
struct finding check_profile(const struct signer *signer);
struct finding check_chain(const struct verification *v, const struct signer *signer);
struct finding check_validity(const struct verification *v, const struct cms_signed_data *data,
                              const struct signer *signer);
struct finding check_revocation(const struct verification *v, const struct signer *signer);

// verify_chip.c: EF.CardAccess, EF.CardSecurity, and what the chip has proved.
void verify_chip(struct verification *v);

#endif
