// What a verifier has found, check by check.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/verification.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card/crypto/crypto.h"
#include "host/mobile/utf8.h"

// --- Names -------------------------------------------------------------------------------------------------------

const char *jumin_finding_name(enum jumin_finding finding)
{
    static const char *const names[] = {"passed", "warned", "failed", "not-done"};
    return (unsigned)finding < sizeof names / sizeof *names ? names[finding] : NULL;
}

const char *jumin_verification_kind_name(enum jumin_verification_kind kind)
{
    static const char *const names[JUMIN_VERIFICATION_KINDS] = {
        "trust-list", "format",  "type",     "chain",  "revocation", "registry",
        "signature",  "digests", "validity", "holder", "status",     "purpose"};
    return (unsigned)kind < JUMIN_VERIFICATION_KINDS ? names[kind] : NULL;
}

// --- Beginning and end -----------------------------------------------------------------------------------------

struct jumin_verification *verification_new(void)
{
    struct jumin_verification *made = calloc(1, sizeof *made);
    if (made != NULL) {
        made->format = "";
    }
    return made;
}

void verification_forget(struct jumin_verification *verification)
{
    while (verification->learned_count > 0) {
        verification_forget_one(verification, verification->learned_count - 1);
    }
}

void jumin_verification_free(struct jumin_verification *verification)
{
    if (verification == NULL) {
        return;
    }
    verification_forget(verification);
    crypto_wipe(verification, sizeof *verification);
    free(verification);
}

// --- Checks --------------------------------------------------------------------------------------------------------

// A sentence that others began ("The token is …"), in the shape of ours; and without what a terminal or JSON
// would stumble over, where somebody's name was cut.
void verification_clean(char *text)
{
    struct span rest = span_of(text, strlen(text));
    while (rest.n > 0) {
        const size_t length = utf8_character(rest);
        const bool good = length > 0 && !utf8_is_control(rest);
        if (good) {
            memmove(text, rest.p, length);
        } else {
            *text = '?';
        }
        text += good ? length : 1;
        rest = span_from(rest, length > 0 ? length : 1);
    }
    *text = '\0';
}

static void reshape(char *text)
{
    const size_t n = strlen(text);
    if (n > 1 && text[0] >= 'A' && text[0] <= 'Z' && (text[1] == ' ' || (text[1] >= 'a' && text[1] <= 'z'))) {
        text[0] = (char)(text[0] - 'A' + 'a');
    }
    if (n > 0 && text[n - 1] == '.') {
        text[n - 1] = '\0';
    }
}

void verification_note(struct jumin_verification *verification, enum jumin_verification_kind kind,
                       enum jumin_finding finding, enum jumin_error error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(verification->sentences[kind].text, sizeof verification->sentences[kind].text, format,
                    arguments);
    va_end(arguments);
    verification_clean(verification->sentences[kind].text);
    reshape(verification->sentences[kind].text);
    verification->there[kind] = true;
    verification->checks[kind] =
        (struct jumin_verification_check){kind, finding, error, verification->sentences[kind].text};
}

void verification_result(struct jumin_verification *verification, enum jumin_verification_kind kind,
                         enum jumin_error error, const struct detail *detail, const char *good)
{
    if (error == JUMIN_OK) {
        verification_note(verification, kind, JUMIN_FINDING_PASSED, JUMIN_OK, "%s", good);
        return;
    }
    const char *sentence = detail->text[0] != '\0' ? detail->text : jumin_error_text(error);
    verification_note(verification, kind, JUMIN_FINDING_FAILED, error, "%s", sentence);
}

static bool has(const struct jumin_verification *verification, enum jumin_finding finding)
{
    for (size_t i = 0; i < JUMIN_VERIFICATION_KINDS; i++) {
        if (verification->there[i] && verification->checks[i].finding == finding) {
            return true;
        }
    }
    return false;
}

enum jumin_finding jumin_verification_result(const struct jumin_verification *verification)
{
    static const enum jumin_finding order[] = {JUMIN_FINDING_FAILED, JUMIN_FINDING_NOT_DONE,
                                               JUMIN_FINDING_WARNED};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (has(verification, order[i])) {
            return order[i];
        }
    }
    return JUMIN_FINDING_PASSED;
}

size_t jumin_verification_count(const struct jumin_verification *verification)
{
    size_t count = 0;
    for (size_t i = 0; i < JUMIN_VERIFICATION_KINDS; i++) {
        count += verification->there[i] ? 1 : 0;
    }
    return count;
}

const struct jumin_verification_check *jumin_verification_check(const struct jumin_verification *verification,
                                                                size_t index)
{
    for (size_t i = 0; i < JUMIN_VERIFICATION_KINDS; i++) {
        if (verification->there[i] && index-- == 0) {
            return &verification->checks[i];
        }
    }
    return NULL;
}

const struct jumin_verification_check *jumin_verification_find(const struct jumin_verification *verification,
                                                               enum jumin_verification_kind kind)
{
    return (unsigned)kind < JUMIN_VERIFICATION_KINDS && verification->there[kind]
               ? &verification->checks[kind]
               : NULL;
}

void jumin_verification_facts(const struct jumin_verification *verification,
                              struct jumin_verification_facts *facts)
{
    *facts = (struct jumin_verification_facts){
        .format = verification->format,
        .type = verification->type,
        .issuer = verification->issuer,
        .valid_until = verification->valid_until,
        .status_issued_at = verification->status_issued_at,
        .trust_issued_at = verification->trust_issued_at,
    };
}

size_t jumin_verification_learned_count(const struct jumin_verification *verification)
{
    return verification->learned_count;
}

const struct jumin_learned *jumin_verification_learned(const struct jumin_verification *verification,
                                                       size_t index)
{
    return index < verification->learned_count ? &verification->learned[index] : NULL;
}

// --- Closing -------------------------------------------------------------------------------------------------------

// What has to have been looked at before anything is believed.
static const enum jumin_verification_kind needed[] = {
    JUMIN_VERIFICATION_FORMAT,    JUMIN_VERIFICATION_TYPE,    JUMIN_VERIFICATION_CHAIN,
    JUMIN_VERIFICATION_SIGNATURE, JUMIN_VERIFICATION_DIGESTS, JUMIN_VERIFICATION_VALIDITY,
    JUMIN_VERIFICATION_HOLDER,    JUMIN_VERIFICATION_STATUS,
};

static bool is_believed(const struct jumin_verification *verification)
{
    for (size_t i = 0; i < JUMIN_VERIFICATION_KINDS; i++) {
        const enum jumin_finding finding = verification->checks[i].finding;
        if (i != JUMIN_VERIFICATION_PURPOSE && verification->there[i] && finding != JUMIN_FINDING_PASSED &&
            finding != JUMIN_FINDING_WARNED) {
            return false;
        }
    }
    return true;
}

void verification_close(struct jumin_verification *verification, unsigned purpose, int64_t now)
{
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (!verification->there[needed[i]]) {
            verification_note(verification, needed[i], JUMIN_FINDING_NOT_DONE, JUMIN_OK,
                              "not looked at, since another check failed before it");
        }
    }
    verification->now = now;
    if (is_believed(verification)) {
        verification_judge_purpose(verification, purpose, now);
    } else {
        verification_forget(verification);
    }
}
