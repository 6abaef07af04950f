// What a verifier checks of every credential, whatever its format.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/checks.h"

#include <string.h>

#include "card/wire/calendar.h"
#include "host/calendar.h"
#include "host/mobile/age_text.h"

enum { DAY_SECONDS = 86400 };

// --- Trust list ----------------------------------------------------------------------------------------------------

static const struct trust_list *trust_list_of(const struct jumin_verifier *verifier)
{
    const bool used =
        verifier->issuers != NULL && verifier->issuers == verifier->list.roots[TRUST_LIST_ISSUERS];
    return used ? &verifier->list : NULL; // else the caller answers for the roots
}

void verifier_check_trust(struct jumin_verifier *verifier, struct jumin_verification *verification,
                          int64_t now)
{
    const struct jumin_freshness *rule = &verifier->options.trust;
    const struct trust_list *list = trust_list_of(verifier);
    if (verifier->issuers == NULL) {
        verification_note(verification, JUMIN_VERIFICATION_TRUST_LIST, JUMIN_FINDING_FAILED,
                          JUMIN_ERROR_SIGNER_UNKNOWN, "there is no trust list, and nobody is trusted");
        return;
    }
    if (list == NULL) {
        return; // the caller answers for the roots
    }
    const int64_t age = trust_list_age(list, now);
    const bool expired = now > list->expires;
    verification->trust_issued_at = list->issued;
    enum jumin_finding finding = JUMIN_FINDING_PASSED;
    const char *judged = "recent enough for the venue's rule";
    char text[AGE_TEXT];
    if (age > rule->warn) {
        finding = JUMIN_FINDING_FAILED;
        judged = "older than the venue's rule accepts";
    } else if (expired) {
        finding = JUMIN_FINDING_WARNED;
        judged = "and has expired, which the venue's rule allows for now";
    } else if (age > rule->accept) {
        finding = JUMIN_FINDING_WARNED;
        judged = "older than the venue's rule accepts without a warning";
    }
    age_text(age, text);
    verification_note(verification, JUMIN_VERIFICATION_TRUST_LIST, finding,
                      finding == JUMIN_FINDING_FAILED ? JUMIN_ERROR_NOT_VALID_NOW : JUMIN_OK,
                      "the trust list is %s old, %s", text, judged);
}

// --- Signer --------------------------------------------------------------------------------------------------------

static void check_registry(const struct jumin_verifier *verifier, struct jumin_verification *verification,
                           struct span certificate)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    if (!verifier->has_registry && !verifier->options.registry_required) {
        return;
    }
    const bool digested = crypto_hash_parts(CRYPTO_SHA256, &certificate, 1, digest);
    for (size_t i = 0; digested && i < verifier->proof_count; i++) {
        const struct jumin_registry_entry *entry = &verifier->proofs[i];
        if (entry->kind == JUMIN_REGISTRY_CERTIFICATE &&
            memcmp(entry->digest, digest, sizeof entry->digest) == 0) {
            verification_note(verification, JUMIN_VERIFICATION_REGISTRY, JUMIN_FINDING_PASSED, JUMIN_OK,
                              "the signer's certificate is entry %llu of the registry",
                              (unsigned long long)entry->index);
            return;
        }
    }
    const bool required = verifier->options.registry_required;
    verification_note(verification, JUMIN_VERIFICATION_REGISTRY,
                      required ? JUMIN_FINDING_FAILED : JUMIN_FINDING_WARNED,
                      required ? JUMIN_ERROR_HASH : JUMIN_OK,
                      "no proof is at hand that the signer's certificate is in the registry");
}

void verifier_note_chain(struct jumin_verifier *verifier, struct jumin_verification *verification,
                         enum jumin_error error, const struct detail *detail,
                         const struct x5chain_signer *signer, struct span certificate)
{
    if (error == JUMIN_ERROR_REVOKED) { // looked at last
        verification_note(verification, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_PASSED, JUMIN_OK,
                          "the signer's certificate leads to a root that is trusted");
        verification_result(verification, JUMIN_VERIFICATION_REVOCATION, error, detail, "");
        return;
    }
    if (error != JUMIN_OK) {
        verification_result(verification, JUMIN_VERIFICATION_CHAIN, error, detail, "");
        return;
    }
    (void)snprintf(verification->issuer, sizeof verification->issuer, "%s", signer->name);
    verification_clean(verification->issuer);
    verification_note(verification, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_PASSED, JUMIN_OK,
                      "the certificate of %s leads to a root that is trusted, and is made for this",
                      signer->name[0] != '\0' ? signer->name : "the signer");
    if (signer->revocation_checked) {
        verification_note(verification, JUMIN_VERIFICATION_REVOCATION, JUMIN_FINDING_PASSED, JUMIN_OK,
                          "no revocation list has it, and all are in date");
    } else {
        verification_note(verification, JUMIN_VERIFICATION_REVOCATION, JUMIN_FINDING_WARNED, JUMIN_OK,
                          "no revocation list in date is at hand to look into");
    }
    check_registry(verifier, verification, certificate);
}

bool verifier_check_vouched(const struct jumin_verifier *verifier, struct jumin_verification *verification,
                            const struct x5chain_signer *signer, struct span type)
{
    const struct trust_list *list = trust_list_of(verifier);
    if (list == NULL || trust_list_vouches(list, signer->root, type)) {
        return true;
    }
    verification_note(verification, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_FAILED, JUMIN_ERROR_CERTIFICATE,
                      "the root of %s is trusted, but not for a %.*s",
                      signer->name[0] != '\0' ? signer->name : "the signer",
                      (int)(type.n < VERIFICATION_TEXT ? type.n : VERIFICATION_TEXT), (const char *)type.p);
    return false;
}

// --- Status --------------------------------------------------------------------------------------------------------

// What the proofs of the registry that are kept say of the list, when one is about a list of that address.
static const char *look_into_registry(const struct jumin_verifier *verifier, const char *uri,
                                      const struct status_answer *answer, enum jumin_finding *finding)
{
    bool known = false;
    for (size_t i = 0; i < verifier->proof_count; i++) {
        const struct jumin_registry_entry *entry = &verifier->proofs[i];
        if (entry->kind == JUMIN_REGISTRY_STATUS_LIST && strcmp(entry->name, uri) == 0) {
            known = true;
            if (memcmp(entry->digest, answer->digest, sizeof answer->digest) == 0) {
                return "; it is in the registry";
            }
        }
    }
    if (!known) {
        return "";
    }
    if (verifier->options.registry_required) {
        *finding = JUMIN_FINDING_FAILED;
    } else if (*finding == JUMIN_FINDING_PASSED) {
        *finding = JUMIN_FINDING_WARNED;
    }
    return "; the proofs of the registry at hand are about other lists of its address";
}

static void judge_status(const struct jumin_verifier *verifier, struct jumin_verification *verification,
                         enum status_format format, const char *uri, const struct status_answer *answer)
{
    const char *registry = "";
    enum jumin_finding finding = JUMIN_FINDING_FAILED;
    enum jumin_error error = JUMIN_ERROR_REVOKED;
    const char *says = NULL;
    char other[64];
    verification->status_issued_at = answer->issued_at;
    if (answer->status == STATUS_VALID) {
        says = "neither revoked nor locked";
        finding = answer->verdict == STATUS_ACCEPTED ? JUMIN_FINDING_PASSED
                  : answer->verdict == STATUS_WARNED ? JUMIN_FINDING_WARNED
                                                     : JUMIN_FINDING_FAILED;
        error = finding == JUMIN_FINDING_FAILED ? JUMIN_ERROR_NOT_VALID_NOW : JUMIN_OK;
        registry = look_into_registry(verifier, uri, answer, &finding);
        error = finding == JUMIN_FINDING_FAILED && error == JUMIN_OK ? JUMIN_ERROR_HASH : error;
    } else if (answer->status == STATUS_SUSPENDED) {
        says = "the credential is locked";
    } else if (answer->status == STATUS_INVALID) {
        // A list in CWT knows nothing between the two (ISO 18013-5, second edition).
        says = format == STATUS_CWT ? "the credential is revoked or locked" : "the credential is revoked";
    } else {
        (void)snprintf(other, sizeof other, "the credential's status is %u, and not valid", answer->status);
        says = other;
    }
    verification_note(verification, JUMIN_VERIFICATION_STATUS, finding, error, "%s; %s%s%s", says,
                      answer->text, answer->fetched ? "; it was fetched just now" : "", registry);
}

void verifier_judge_lists(struct jumin_verifier *verifier, const struct verifier_place *place)
{
    verifier->judge = (struct status_judge){.roots = verifier->issuers,
                                            .list = trust_list_of(verifier),
                                            .cache = &verifier->chains,
                                            .revocation_required = verifier->options.revocation_required};
    if (place != NULL) {
        verifier->judge.signer = place->signer;
        verifier->judge.role = place->role;
        verifier->judge.root = place->root;
        verifier->judge.certificate = place->certificate;
    }
}

void verifier_check_status(struct jumin_verifier *verifier, struct jumin_verification *verification,
                           enum status_format format, const struct verifier_place *place, int64_t now)
{
    struct status_reference reference = {.index = place->index};
    struct status_answer answer;
    const struct span uri = place->uri;
    if (uri.n == 0) {
        verification_note(verification, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_PASSED, JUMIN_OK,
                          "the issuer keeps no status for it: it is good until it expires");
        return;
    }
    if (uri.n >= sizeof reference.uri || memchr(uri.p, 0, uri.n) != NULL) {
        verification_note(verification, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED,
                          JUMIN_ERROR_MALFORMED, "the address of its status list is none");
        return;
    }
    memcpy(reference.uri, uri.p, uri.n);
    const struct status_rule rule = {verifier->options.statuses.accept, verifier->options.statuses.warn};
    verifier_judge_lists(verifier, place);
    const enum jumin_error error =
        status_cache_ask(verifier->statuses, format, &reference, &rule, now, &answer);
    verifier_judge_lists(verifier, NULL); // what it pointed to is the caller's
    if (error != JUMIN_OK) {
        verification_note(verification, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED, error,
                          "its status is not known: %s", status_cache_detail(verifier->statuses));
        return;
    }
    judge_status(verifier, verification, format, reference.uri, &answer);
}

// --- Type and validity ---------------------------------------------------------------------------------------------

void verifier_check_type(struct jumin_verification *verification, struct span type, const char *resident,
                         unsigned purpose)
{
    const int length = (int)(type.n < sizeof verification->type ? type.n : sizeof verification->type - 1);
    (void)snprintf(verification->type, sizeof verification->type, "%.*s", length, (const char *)type.p);
    verification_clean(verification->type);
    if (purpose != 0 && !span_equal(type, span_of(resident, strlen(resident)))) {
        verification_note(verification, JUMIN_VERIFICATION_TYPE, JUMIN_FINDING_FAILED,
                          JUMIN_ERROR_NOT_SUPPORTED, "a %s was shown, and not the %s that was asked for",
                          verification->type, resident);
        return;
    }
    verification_note(verification, JUMIN_VERIFICATION_TYPE, JUMIN_FINDING_PASSED, JUMIN_OK, "it is a %s",
                      verification->type);
}

void verifier_note_valid(struct jumin_verification *verification, int64_t valid_until)
{
    char day[CALENDAR_TEXT] = "";
    verification->valid_until = valid_until;
    if (valid_until > 0 && valid_until / DAY_SECONDS < INT32_MAX) {
        calendar_put(calendar_days_later(calendar_of(1970, 1, 1), (unsigned)(valid_until / DAY_SECONDS)),
                     day);
    }
    verification_note(verification, JUMIN_VERIFICATION_VALIDITY, JUMIN_FINDING_PASSED, JUMIN_OK,
                      "it is valid until %s", day[0] != '\0' ? day : "further notice");
}
