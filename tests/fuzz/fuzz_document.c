// Documents that were kept in files: everything that is asked of one, and the verdict on it (9303-11 §5.1).
// SPDX-License-Identifier: Apache-2.0
//
// An input is records of three bytes and a file: which file (FOR_TRUST: for the trust store), and its length
// in two bytes.
#include "tests/fuzz/fuzz.h"

#include "card/wire/span.h"
#include <jumin/verify.h>

enum { RECORDS_MAX = 24, FOR_TRUST = 0xFF };
static const int64_t now = 1793577600; // 2026-11-02

static void fill(struct jumin_document *document, struct jumin_trust *trust, struct span input)
{
    struct span head, file;
    for (size_t i = 0; i < RECORDS_MAX && span_take(&input, 3, &head); i++) {
        file = span_first(input, (size_t)(head.p[1] << 8 | head.p[2]));
        input = span_from(input, file.n);
        if (file.n == 0) {
            continue;
        }
        if (head.p[0] == FOR_TRUST) {
            (void)jumin_trust_add_certificate(trust, file.p, file.n);
            (void)jumin_trust_add_crl(trust, file.p, file.n);
        } else {
            (void)jumin_document_set_file(document, (enum jumin_file)(head.p[0] % JUMIN_FILE_COUNT), file.p,
                                          file.n);
        }
    }
}

static bool explained(const struct jumin_document *document, enum jumin_error error)
{
    return error == JUMIN_OK || error == JUMIN_ERROR_NO_SUCH_FILE ||
           jumin_document_detail(document)[0] != '\0';
}

static void ask(struct jumin_document *document)
{
    struct jumin_mrz mrz;
    struct jumin_portrait portrait;
    struct jumin_person person;
    struct jumin_issue issue;
    struct jumin_pace_protocol protocol;
    uint32_t groups = 0;
    require(explained(document, jumin_document_mrz(document, &mrz)));
    require(explained(document, jumin_document_portrait(document, &portrait)));
    require(explained(document, jumin_document_person(document, &person)));
    require(explained(document, jumin_document_issue(document, &issue)));
    require(explained(document, jumin_document_groups(document, &groups)));
    require(jumin_document_pace(document, &protocol) == JUMIN_ERROR_NO_SUCH_FILE); // no card was there
}

static void judge(struct jumin_document *document, const struct jumin_trust *trust)
{
    struct jumin_report *report = NULL;
    bool failed = false;
    require(jumin_document_verify(document, trust, now, &report) == JUMIN_OK);
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        require(check->detail != NULL && (check->error == JUMIN_OK) == (check->verdict != JUMIN_FAILED));
        failed = failed || check->verdict == JUMIN_FAILED;
    }
    require((jumin_report_verdict(report) == JUMIN_FAILED) == failed);
    require(jumin_report_chip(report) != JUMIN_PASSED);
    require(jumin_trust_certificates(trust) > 0 || jumin_report_verdict(report) != JUMIN_PASSED);
    jumin_report_free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct jumin_document *document = NULL;
    struct jumin_trust *trust = NULL;
    require(jumin_document_new(&document) == JUMIN_OK && jumin_trust_new(&trust) == JUMIN_OK);
    fill(document, trust, span_of(bytes, n));
    ask(document);
    judge(document, trust);
    jumin_trust_free(trust);
    jumin_document_free(document);
    return 0;
}
