// Reading a card back through the public reader and comparing it with its order.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/read_back.h"

#include "host/pki/cv_date.h"
#include "host/reader/terminal.h"
#include <jumin/eid.h>
#include <stdio.h>

enum {
    TAG_EXTENDED_LENGTH = 0x7F66, // ISO 7816-4 §12.1.1: two INTEGERs, command and response
    COMMAND_HEADERS = 9,          // header, extended Lc and Le
};

struct progress {
    security_domain_progress *tell;
    void *context;
};

static bool pass_on(void *context, enum jumin_step step, const char *name, size_t done, size_t total)
{
    const struct progress *progress = context;
    (void)step;
    (void)name;
    return progress->tell == NULL || progress->tell(progress->context, done, total);
}

static enum jumin_error explain(char detail[READ_BACK_DETAIL_MAX], enum jumin_error error, const char *what,
                                const char *why)
{
    (void)snprintf(detail, READ_BACK_DETAIL_MAX, "%s: %s", what, why);
    return error;
}

static enum jumin_error compare_file(const struct jumin_document *document, enum jumin_file file,
                                     const struct order_bytes *ordered, char detail[READ_BACK_DETAIL_MAX])
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    const enum jumin_error error = jumin_document_file(document, file, &bytes, &n);
    if (error != JUMIN_OK) {
        return explain(detail, JUMIN_ERROR_READ_BACK, jumin_file_name(file), "cannot be read back");
    }
    if (!span_equal(span_of(bytes, n), span_of(ordered->p, ordered->n))) {
        return explain(detail, JUMIN_ERROR_READ_BACK, jumin_file_name(file), "differs from what was ordered");
    }
    return JUMIN_OK;
}

static enum jumin_error compare_card(const struct jumin_document *document, const struct jumin_order *order,
                                     char detail[READ_BACK_DETAIL_MAX])
{
    const enum jumin_error error =
        compare_file(document, JUMIN_FILE_CARD_ACCESS, &order->card_access, detail);
    return error == JUMIN_OK ? compare_file(document, JUMIN_FILE_CARD_SECURITY, &order->card_security, detail)
                             : error;
}

static enum jumin_error compare_emrtd(const struct jumin_document *document, const struct jumin_order *order,
                                      char detail[READ_BACK_DETAIL_MAX])
{
    enum jumin_error error = compare_file(document, JUMIN_FILE_COM, &order->com, detail);
    if (error == JUMIN_OK) {
        error = compare_file(document, JUMIN_FILE_SOD, &order->sod, detail);
    }
    for (unsigned group = 1; group < ORDER_FILES && error == JUMIN_OK; group++) {
        if (order->groups[group].n > 0) {
            error = compare_file(document, JUMIN_FILE_DG1 + (enum jumin_file)group - 1, &order->groups[group],
                                 detail);
        }
    }
    return error;
}

// Every check that applies must have passed: here the issuer's own card is verified.
static enum jumin_error judge(const struct jumin_report *report, char detail[READ_BACK_DETAIL_MAX])
{
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        if (check->verdict == JUMIN_FAILED) {
            return explain(detail, JUMIN_ERROR_READ_BACK, jumin_check_name(check->kind), check->detail);
        }
    }
    return jumin_report_verdict(report) == JUMIN_PASSED
               ? JUMIN_OK
               : explain(detail, JUMIN_ERROR_READ_BACK, "verification", "not every check could be done");
}

// The same of a card without a travel document: its own files, and what the chip proves in PACE.
static enum jumin_error judge_card(const struct jumin_report *report, char detail[READ_BACK_DETAIL_MAX])
{
    static const enum jumin_check_kind needed[] = {JUMIN_CHECK_CARD_SECURITY, JUMIN_CHECK_CARD_ACCESS,
                                                   JUMIN_CHECK_PACE};
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        bool is_needed = false;
        for (size_t k = 0; k < sizeof needed / sizeof *needed; k++) {
            is_needed = is_needed || check->kind == needed[k];
        }
        const bool is_wrong = check->kind == JUMIN_CHECK_PACE_CHIP && check->verdict == JUMIN_FAILED;
        if (is_wrong || (is_needed && check->verdict != JUMIN_PASSED)) {
            return explain(detail, JUMIN_ERROR_READ_BACK, jumin_check_name(check->kind), check->detail);
        }
    }
    return JUMIN_OK;
}

// The issuer's own CSCA and CRL. jumin_trust_free in every case.
static enum jumin_error open_trust(const struct jumin_pki *pki, struct jumin_trust **trust,
                                   char detail[READ_BACK_DETAIL_MAX])
{
    enum jumin_error error = jumin_trust_new(trust);
    if (error == JUMIN_OK) {
        error = jumin_trust_add_certificate(*trust, pki->csca.p, pki->csca.n);
    }
    if (error == JUMIN_OK) {
        error = jumin_trust_add_crl(*trust, pki->revocation_list.p, pki->revocation_list.n);
    }
    return error == JUMIN_OK ? JUMIN_OK : explain(detail, error, "trust store", jumin_trust_detail(*trust));
}

typedef enum jumin_error judgement(const struct jumin_report *report, char detail[READ_BACK_DETAIL_MAX]);

static enum jumin_error verify(struct jumin_document *document, const struct jumin_pki *pki, int64_t now,
                               judgement *decide, char detail[READ_BACK_DETAIL_MAX])
{
    struct jumin_trust *trust = NULL;
    struct jumin_report *report = NULL;
    enum jumin_error error = open_trust(pki, &trust, detail);
    if (error != JUMIN_OK) {
        goto out;
    }
    error = jumin_document_verify(document, trust, now, &report);
    error = error == JUMIN_OK ? decide(report, detail)
                              : explain(detail, error, "verification", jumin_error_text(error));
out:
    jumin_report_free(report);
    jumin_trust_free(trust);
    return error;
}

// EF.CardAccess and EF.CardSecurity.
static enum jumin_error read_back_card(struct jumin_reader *reader, const struct jumin_order *order,
                                       const struct jumin_pki *pki, int64_t now,
                                       char detail[READ_BACK_DETAIL_MAX])
{
    struct jumin_document *document = NULL;
    enum jumin_error error = jumin_reader_read_card(reader, &document);
    if (error != JUMIN_OK) {
        return explain(detail, error, "reading", jumin_reader_detail(reader));
    }
    error = compare_card(document, order, detail);
    error = error == JUMIN_OK ? verify(document, pki, now, judge_card, detail) : error;
    jumin_document_free(document);
    return error;
}

static enum jumin_error read_back_emrtd(struct jumin_reader *reader, const struct jumin_order *order,
                                        const struct jumin_pki *pki, int64_t now,
                                        char detail[READ_BACK_DETAIL_MAX])
{
    struct jumin_document *document = NULL;
    enum jumin_error error = jumin_reader_read(reader, &document);
    if (error != JUMIN_OK) {
        return explain(detail, error, "reading", jumin_reader_detail(reader));
    }
    error = compare_emrtd(document, order, detail);
    error = error == JUMIN_OK ? verify(document, pki, now, judge, detail) : error;
    jumin_document_free(document);
    return error;
}

// --- eID -------------------------------------------------------------------------------------------------------

static const char terminal_subject[] = "the station's terminal";

static enum jumin_error check_date(const struct cv_certificate *certificate, cvc_date today,
                                   char detail[READ_BACK_DETAIL_MAX])
{
    const cvc_date from = certificate->effective, until = certificate->expiration;
    if (today >= from && today <= until) {
        return JUMIN_OK;
    }
    (void)snprintf(
        detail, READ_BACK_DETAIL_MAX,
        "%s: the certificate of %.*s is valid from 20%02u-%02u-%02u to 20%02u-%02u-%02u: `jumin pki "
        "terminal renew` makes the next one",
        terminal_subject, (int)certificate->holder.n, (const char *)certificate->holder.p, from / 10000,
        from / 100 % 100, from % 100, until / 10000, until / 100 % 100, until % 100);
    return JUMIN_ERROR_NOT_VALID_NOW;
}

enum jumin_error read_back_check_terminal(const struct jumin_order *order, struct jumin_terminal *terminal,
                                          struct span trust_point, int64_t now,
                                          char detail[READ_BACK_DETAIL_MAX])
{
    struct cv_certificate certificate;
    struct span chain;
    struct tlv object;
    cvc_date today = 0;
    if (order->profile.eid_groups == 0 || terminal == NULL) {
        return JUMIN_OK;
    }
    if (!cv_date_of(now, &today) || !cv_certificate_parse_file(trust_point, &certificate)) {
        return explain(detail, JUMIN_ERROR_ARGUMENT, terminal_subject,
                       "neither day nor trust point is known");
    }
    enum jumin_error error = terminal_chain(terminal, certificate.holder, &chain);
    if (error == JUMIN_ERROR_SIGNER_UNKNOWN) {
        (void)snprintf(
            detail, READ_BACK_DETAIL_MAX,
            "%s: no certificate leads to %.*s, which the card will trust: `jumin pki terminal renew` "
            "makes one",
            terminal_subject, (int)certificate.holder.n, (const char *)certificate.holder.p);
        return error;
    }
    if (error != JUMIN_OK) {
        return explain(detail, error, terminal_subject, jumin_terminal_detail(terminal));
    }
    while (error == JUMIN_OK && chain.n > 0) {
        error = tlv_expect(&chain, CVC_CERTIFICATE, &object) &&
                        cv_certificate_parse_file(object.whole, &certificate)
                    ? check_date(&certificate, today, detail)
                    : explain(detail, JUMIN_ERROR_INPUT, terminal_subject, "its certificates are malformed");
    }
    return error;
}

static enum jumin_error compare_eid(struct jumin_eid *eid, const struct jumin_order *order,
                                    char detail[READ_BACK_DETAIL_MAX])
{
    char name[16];
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        const struct order_bytes *ordered = &order->eid_groups[group];
        struct jumin_eid_value value = {0};
        if (ordered->n == 0) {
            continue;
        }
        (void)snprintf(name, sizeof name, "eID DG%u", group);
        const enum jumin_error error = jumin_eid_read(eid, group, &value);
        // What cannot be taken apart has its bytes all the same.
        if (error != JUMIN_OK && error != JUMIN_ERROR_MALFORMED) {
            return explain(detail, error, name, jumin_eid_detail(eid));
        }
        if (!span_equal(span_of(value.file, value.file_length), span_of(ordered->p, ordered->n))) {
            return explain(detail, JUMIN_ERROR_READ_BACK, name, "differs from what was ordered");
        }
    }
    return JUMIN_OK;
}

static enum jumin_error read_back_eid(struct jumin_reader *reader, const struct jumin_order *order,
                                      const struct jumin_pki *pki, struct jumin_terminal *terminal,
                                      int64_t now, char detail[READ_BACK_DETAIL_MAX])
{
    struct jumin_trust *trust = NULL;
    struct jumin_eid *eid = NULL;
    enum jumin_error error = open_trust(pki, &trust, detail);
    if (error == JUMIN_OK) {
        const struct jumin_eid_request request = {.terminal = terminal, .trust = trust, .time = now};
        error = jumin_eid_open(&eid, reader, &request);
        error = error == JUMIN_OK ? compare_eid(eid, order, detail)
                                  : explain(detail, error, terminal_subject, jumin_reader_detail(reader));
    }
    jumin_eid_free(eid);
    jumin_trust_free(trust);
    return error;
}

enum jumin_error read_back(struct jumin_transport *transport, const struct jumin_order *order,
                           const struct jumin_pki *pki, struct jumin_terminal *terminal, int64_t now,
                           security_domain_progress *progress, void *context,
                           char detail[READ_BACK_DETAIL_MAX])
{
    struct progress bridge = {progress, context};
    struct jumin_reader *reader = NULL;
    enum jumin_error error = jumin_reader_new(&reader, transport);
    if (error != JUMIN_OK) {
        return explain(detail, error, "reader", jumin_error_text(error));
    }
    error = jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, order->can);
    if (error == JUMIN_OK) {
        error = jumin_reader_set_progress(reader, pass_on, &bridge);
    }
    if (error != JUMIN_OK) {
        error = explain(detail, error, "reader", jumin_reader_detail(reader));
        goto out;
    }
    error = read_back_card(reader, order, pki, now, detail);
    if (error == JUMIN_OK && order->profile.emrtd_groups != 0) {
        error = read_back_emrtd(reader, order, pki, now, detail);
    }
    if (error == JUMIN_OK && order->profile.eid_groups != 0 && terminal != NULL) {
        error = read_back_eid(reader, order, pki, terminal, now, detail);
    }
out:
    jumin_reader_free(reader);
    return error;
}

size_t read_back_command_max(const struct jumin_document *document, size_t otherwise)
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    struct tlv lengths, number;
    if (jumin_document_file(document, JUMIN_FILE_ATR_INFO, &bytes, &n) != JUMIN_OK ||
        !tlv_find(span_of(bytes, n), TAG_EXTENDED_LENGTH, &lengths)) {
        return otherwise;
    }
    struct span fields = lengths.value;
    if (!tlv_expect(&fields, 0x02, &number) || number.value.n == 0 || number.value.n > 3) {
        return otherwise;
    }
    size_t command_max = 0;
    for (size_t i = 0; i < number.value.n; i++) {
        command_max = command_max << 8 | number.value.p[i];
    }
    return command_max > COMMAND_HEADERS + otherwise ? command_max - COMMAND_HEADERS : otherwise;
}
