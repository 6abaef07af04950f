// Passive authentication: what is to be believed of a document (9303-11 §5.1, 9303-12).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/oids.h"
#include "host/reader/country.h"
#include "host/reader/report.h"

#include <stdlib.h>

static void add(struct verification *v, enum jumin_check_kind kind, struct finding finding)
{
    report_add(v->report, kind, 0, &finding);
}

// --- EF.SOD and its signer --------------------------------------------------------------------------------

static struct finding check_sod(struct verification *v)
{
    const struct document_file *file = &v->document->files[JUMIN_FILE_SOD];
    const char *why = "";
    if (file->state != FILE_COMPLETE) {
        return file->state == FILE_UNREAD
                   ? finding_not_done("EF.SOD was not read")
                   : finding_failed(JUMIN_ERROR_NO_SUCH_FILE, "the card gives no EF.SOD");
    }
    v->has_sod = lds_sod_parse(document_span(v->document, JUMIN_FILE_SOD), &v->sod, &why);
    return v->has_sod ? finding_passed("EF.SOD is well-formed")
                      : finding_failed(JUMIN_ERROR_MALFORMED, "%s", why);
}

// Two letters, upper or lower case, as text.
static bool country_code(struct span name, char code[3])
{
    struct span value;
    if (!x509_name_attribute(name, OID_COUNTRY, &value) || value.n != 2) {
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        code[i] = (char)(value.p[i] & ~0x20); // letters differ in this bit only
        if (code[i] < 'A' || code[i] > 'Z') {
            return false;
        }
    }
    code[2] = '\0';
    return true;
}

// The signer's country against its issuer's (9303-12 §7.1) and against the issuing state of the MRZ.
static struct finding check_country(const struct verification *v, const struct signer *signer)
{
    char country[3], issuer[3];
    struct span text;
    struct jumin_mrz mrz;
    const char *why = "";
    if (!signer->found) {
        return finding_not_done("the signer's certificate is not known");
    }
    if (!country_code(signer->certificate.subject, country) ||
        !country_code(signer->certificate.issuer, issuer)) {
        return finding_failed(JUMIN_ERROR_CERTIFICATE, "the signer's certificate names no country");
    }
    if (strcmp(country, issuer) != 0) {
        return finding_failed(JUMIN_ERROR_CERTIFICATE, "signer and authority are of different countries");
    }
    const struct span file = document_span(v->document, JUMIN_FILE_DG1);
    if (file.n == 0 || !lds_dg1_parse(file, &text, &why) || !mrz_parse(text, &mrz, &why)) {
        return finding_not_done("there is no readable DG1");
    }
    if (!country_equal(span_of(country, 2), span_of(mrz.issuing_state, strlen(mrz.issuing_state)))) {
        return finding_failed(JUMIN_ERROR_CERTIFICATE, "a signer of %s signed a document of %s", country,
                              mrz.issuing_state);
    }
    return finding_passed("a signer of %s signed a document of %s", country, mrz.issuing_state);
}

static void verify_sod(struct verification *v)
{
    struct signer signer = {.found = false, .why = "there is no EF.SOD that can be read"};
    add(v, JUMIN_CHECK_SOD, check_sod(v));
    if (!v->has_sod) {
        const struct finding not_done = finding_not_done("there is no EF.SOD that can be read");
        for (unsigned kind = JUMIN_CHECK_SOD_SIGNATURE; kind <= JUMIN_CHECK_SIGNER_COUNTRY; kind++) {
            add(v, (enum jumin_check_kind)kind, not_done);
        }
        return;
    }
    signer_find(v, &v->sod.signed_data, &signer);
    add(v, JUMIN_CHECK_SOD_SIGNATURE, check_signature(&v->sod.signed_data, &signer, "EF.SOD"));
    add(v, JUMIN_CHECK_SIGNER_PROFILE, check_profile(&signer));
    add(v, JUMIN_CHECK_SIGNER_CHAIN, check_chain(v, &signer));
    add(v, JUMIN_CHECK_SIGNER_VALIDITY, check_validity(v, &v->sod.signed_data, &signer));
    add(v, JUMIN_CHECK_SIGNER_REVOCATION, check_revocation(v, &signer));
    add(v, JUMIN_CHECK_SIGNER_COUNTRY, check_country(v, &signer));
}

// --- Data groups -------------------------------------------------------------------------------------------

static bool digest_of(const struct document_file *file, enum crypto_hash hash, uint8_t *digest)
{
    if (file->hashed && file->hash == hash) {
        memcpy(digest, file->digest, crypto_hash_length(hash));
        return true;
    }
    const struct span content = span_of(file->bytes, file->n);
    return crypto_hash_parts(hash, &content, 1, digest);
}

static struct finding check_group(const struct verification *v, unsigned group)
{
    const struct document_file *file = &v->document->files[JUMIN_FILE_DG1 + group - 1];
    uint8_t digest[CRYPTO_HASH_MAX];
    switch (file->state) {
    case FILE_COMPLETE:
        break;
    case FILE_ABSENT:
        return finding_failed(JUMIN_ERROR_NO_SUCH_FILE, "DG%u is signed, but the card does not have it",
                              group);
    case FILE_DENIED:
        return finding_not_done("the card does not give DG%u to this terminal", group);
    default:
        return finding_not_done("DG%u was not read", group);
    }
    if ((v->sod.groups & 1U << group) == 0) {
        return finding_failed(JUMIN_ERROR_HASH, "DG%u is there, but not signed", group);
    }
    const bool same = digest_of(file, v->sod.hash, digest) &&
                      span_equal(v->sod.digests[group], span_of(digest, crypto_hash_length(v->sod.hash)));
    return same ? finding_passed("DG%u is the one that was signed", group)
                : finding_failed(JUMIN_ERROR_HASH, "DG%u is not the one that was signed", group);
}

static void verify_groups(struct verification *v)
{
    for (unsigned group = 1; group <= LDS_GROUP_MAX; group++) {
        const bool there = v->document->files[JUMIN_FILE_DG1 + group - 1].state == FILE_COMPLETE;
        const bool signed_here = (v->sod.groups & 1U << group) != 0;
        if (!there && !signed_here) {
            continue;
        }
        const struct finding finding =
            v->has_sod ? check_group(v, group) : finding_not_done("there is no EF.SOD that can be read");
        report_add(v->report, JUMIN_CHECK_GROUP_HASH, group, &finding);
    }
}

static struct finding check_com(const struct verification *v)
{
    const struct span file = document_span(v->document, JUMIN_FILE_COM);
    uint32_t groups = 0;
    const char *why = "";
    if (file.n == 0) {
        return finding_not_done("there is no EF.COM");
    }
    if (!lds_com_parse(file, &groups, &why)) {
        return finding_failed(JUMIN_ERROR_MALFORMED, "%s", why);
    }
    if (!v->has_sod) {
        return finding_not_done("there is no EF.SOD that can be read");
    }
    return groups == v->sod.groups
               ? finding_passed("EF.COM lists the groups that are signed")
               : finding_failed(JUMIN_ERROR_HASH, "EF.COM lists other groups than EF.SOD signs");
}

static struct finding check_mrz(const struct verification *v)
{
    const struct span file = document_span(v->document, JUMIN_FILE_DG1);
    struct span text;
    struct jumin_mrz mrz;
    const char *why = "";
    if (file.n == 0) {
        return finding_not_done("DG1 was not read");
    }
    if (!lds_dg1_parse(file, &text, &why) || !mrz_parse(text, &mrz, &why)) {
        return finding_failed(JUMIN_ERROR_MALFORMED, "%s", why);
    }
    return mrz.wrong_check_digits == 0 ? finding_passed("the check digits are right")
                                       : finding_failed(JUMIN_ERROR_MALFORMED, "a check digit is wrong");
}

enum jumin_error jumin_document_verify(struct jumin_document *document, const struct jumin_trust *trust,
                                       int64_t time, struct jumin_report **report)
{
    if (document == NULL || report == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *report = calloc(1, sizeof **report);
    if (*report == NULL) {
        return detail_set(&document->detail, JUMIN_ERROR_MEMORY, "no memory for the report");
    }
    struct verification v = {.document = document, .trust = trust, .time = time, .report = *report};
    verify_sod(&v);
    verify_groups(&v);
    add(&v, JUMIN_CHECK_COM, check_com(&v));
    add(&v, JUMIN_CHECK_MRZ, check_mrz(&v));
    verify_chip(&v);
    return JUMIN_OK;
}
