// Who signed: the document signer's certificate, its chain, validity and revocation (9303-11 §5.1, 9303-12
// §7).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/report.h"

#include <time.h>

static const char *day_of(int64_t seconds, char text[16])
{
    const time_t clock = (time_t)seconds;
    struct tm parts;
    if (gmtime_r(&clock, &parts) == NULL || strftime(text, 16, "%Y-%m-%d", &parts) == 0) {
        text[0] = '\0';
    }
    return text;
}

// Once for all checks: it costs a signature's verification for each authority.
static void find_chain(const struct verification *v, struct signer *signer)
{
    signer->untrusted = JUMIN_ERROR_SIGNER_UNKNOWN;
    signer->chain.count = 0;
    if (signer->found && v->trust != NULL) {
        signer->untrusted = trust_find_chain(v->trust, &signer->certificate, &signer->chain, &signer->why);
    }
    if (signer->untrusted != JUMIN_OK) {
        signer->chain.count = 0;
    }
}

void signer_find(const struct verification *v, const struct cms_signed_data *data, struct signer *signer)
{
    signer->why = "";
    signer->found = cms_signer(data, &signer->certificate, &signer->why);
    // A certificate may also be distributed apart from the documents (9303-12 §5).
    for (size_t i = 0; v->trust != NULL && i < v->trust->certificate_count && !signer->found; i++) {
        if (cms_names_signer(data, &v->trust->certificates[i].parsed)) {
            signer->certificate = v->trust->certificates[i].parsed;
            signer->found = true;
        }
    }
    find_chain(v, signer);
}

struct finding check_signature(const struct cms_signed_data *data, const struct signer *signer,
                               const char *file)
{
    const char *why = "";
    if (!signer->found) {
        return finding_not_done("%s: %s", file, signer->why);
    }
    return cms_verify(data, &signer->certificate.key, &why)
               ? finding_passed("%s is signed by the certificate that it names", file)
               : finding_failed(JUMIN_ERROR_SIGNATURE, "%s: %s", file, why);
}

struct finding check_profile(const struct signer *signer)
{
    const struct x509_certificate *certificate = &signer->certificate;
    if (!signer->found) {
        return finding_failed(JUMIN_ERROR_SIGNER_UNKNOWN, "%s", signer->why);
    }
    if (certificate->is_ca) {
        return finding_failed(JUMIN_ERROR_CERTIFICATE, "the signer is a certification authority");
    }
    if (!certificate->has_key_usage || (certificate->key_usage & KEY_USAGE_DIGITAL_SIGNATURE) == 0) {
        return finding_failed(JUMIN_ERROR_CERTIFICATE, "the signer's key is not meant for signatures");
    }
    if (certificate->has_extended_key_usage) {
        return finding_failed(JUMIN_ERROR_CERTIFICATE, "the signer's key has another purpose than documents");
    }
    return finding_passed("the signer's certificate is that of a document signer");
}

struct finding check_chain(const struct verification *v, const struct signer *signer)
{
    if (!signer->found) {
        return finding_not_done("the signer's certificate is not known");
    }
    if (v->trust == NULL || v->trust->certificate_count == 0) {
        return finding_failed(JUMIN_ERROR_SIGNER_UNKNOWN, "the trust store is empty");
    }
    return signer->untrusted == JUMIN_OK
               ? finding_passed("the signer's certificate leads to a root of the trust store")
               : finding_failed(signer->untrusted, "the signer's certificate is not to be trusted: %s",
                                signer->why);
}

static struct finding valid_at(const struct x509_certificate *certificate, int64_t time, const char *whose)
{
    char day[16];
    if (time < certificate->not_before) {
        return finding_failed(JUMIN_ERROR_NOT_VALID_NOW, "the certificate of the %s is valid only from %s on",
                              whose, day_of(certificate->not_before, day));
    }
    if (time > certificate->not_after) {
        return finding_failed(JUMIN_ERROR_NOT_VALID_NOW, "the certificate of the %s was valid until %s",
                              whose, day_of(certificate->not_after, day));
    }
    return finding_passed("the certificates are valid");
}

// The time that the signer itself has signed, where it did: a key that was used before or after its
// certificate's time is not to be believed.
static struct finding valid_when_signed(const struct cms_signed_data *data,
                                        const struct x509_certificate *certificate)
{
    char day[16];
    int64_t time = 0;
    if (cms_signing_time(data, &time) && (time < certificate->not_before || time > certificate->not_after)) {
        return finding_failed(JUMIN_ERROR_NOT_VALID_NOW,
                              "the certificate of the document signer was not valid when it signed, on %s",
                              day_of(time, day));
    }
    return finding_passed("the certificates are valid");
}

struct finding check_validity(const struct verification *v, const struct cms_signed_data *data,
                              const struct signer *signer)
{
    if (!signer->found) {
        return finding_not_done("the signer's certificate is not known");
    }
    struct finding finding = valid_when_signed(data, &signer->certificate);
    if (finding.verdict == JUMIN_PASSED) {
        finding = valid_at(&signer->certificate, v->time, "document signer");
    }
    for (size_t i = 0; i < signer->chain.count && finding.verdict == JUMIN_PASSED; i++) {
        finding = valid_at(signer->chain.links[i], v->time, "certification authority");
    }
    return finding;
}

static struct finding not_listed(const struct verification *v, const struct x509_certificate *certificate,
                                 const char *whose)
{
    const struct x509_crl *crl = v->trust != NULL ? trust_find_crl(v->trust, certificate) : NULL;
    if (crl == NULL) {
        return finding_not_done("there is no revocation list of the signer's authority");
    }
    char day[16];
    if (x509_crl_lists(crl, certificate->serial)) {
        return finding_failed(JUMIN_ERROR_REVOKED,
                              "the certificate of the %s is on the revocation list of %s", whose,
                              day_of(crl->this_update, day));
    }
    if (crl->has_next_update && v->time > crl->next_update) {
        return finding_not_done("the revocation list is out of date since %s", day_of(crl->next_update, day));
    }
    return finding_passed("the signer's certificate is not on the revocation list of %s",
                          day_of(crl->this_update, day));
}

// An authority, too, may be revoked, by a list that its own key has signed. That there is no list of those
// above the signer's issuer changes nothing.
struct finding check_revocation(const struct verification *v, const struct signer *signer)
{
    if (!signer->found) {
        return finding_not_done("the signer's certificate is not known");
    }
    for (size_t i = 0; i < signer->chain.count; i++) {
        const struct finding finding = not_listed(v, signer->chain.links[i], "certification authority");
        if (finding.verdict == JUMIN_FAILED) {
            return finding;
        }
    }
    return not_listed(v, &signer->certificate, "document signer");
}
