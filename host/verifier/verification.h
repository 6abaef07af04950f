// How a verification comes to be: checks are noted in it, and what was learned, and then it is closed.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_VERIFIER_VERIFICATION_H
#define JUMIN_HOST_VERIFIER_VERIFICATION_H

#include "host/detail.h"
#include "host/mobile/mdoc.h"
#include <jansson.h>
#include <jumin/verifier.h>

enum { VERIFICATION_LEARNED_MAX = MDOC_NAMESPACES_MAX * MDOC_ELEMENTS_MAX, VERIFICATION_TEXT = 256 };

struct jumin_verification {
    bool there[JUMIN_VERIFICATION_KINDS];
    struct jumin_verification_check checks[JUMIN_VERIFICATION_KINDS]; // by kind
    struct detail sentences[JUMIN_VERIFICATION_KINDS];
    struct jumin_learned learned[VERIFICATION_LEARNED_MAX]; // what they point to is from malloc
    size_t learned_count;
    bool no_memory;
    const char *format;
    char type[VERIFICATION_TEXT], issuer[VERIFICATION_TEXT];
    int64_t now, valid_until, status_issued_at, trust_issued_at;
};

// All from calloc. NULL: no memory.
struct jumin_verification *verification_new(void);

// Control characters, and what is no UTF-8 since it was cut, become "?".
void verification_clean(char *text);
// Notes a check, in place of what was noted of that kind before.
__attribute__((format(printf, 5, 6))) void verification_note(struct jumin_verification *verification,
                                                             enum jumin_verification_kind kind,
                                                             enum jumin_finding finding,
                                                             enum jumin_error error, const char *format, ...);
// FAILED with the sentence of `detail`, or PASSED with `good` when there is no error.
void verification_result(struct jumin_verification *verification, enum jumin_verification_kind kind,
                         enum jumin_error error, const struct detail *detail, const char *good);

// What one element says; NULL or no memory: `no_memory` is set. Texts lose their control characters.
void verification_learn(struct jumin_verification *verification, struct span name_space, struct span name,
                        enum jumin_learned_kind kind, struct span content);
void verification_learn_boolean(struct jumin_verification *verification, struct span name_space,
                                struct span name, bool truth);
// An element of an mdoc, a claim of an SD-JWT.
void verification_learn_cbor(struct jumin_verification *verification, struct span name_space,
                             struct span name, struct span value);
void verification_learn_json(struct jumin_verification *verification, const char *name, json_t *value);

void verification_forget_one(struct jumin_verification *verification, size_t index);
void verification_forget(struct jumin_verification *verification);

// Of what was learned, keeps what the purpose asks for (0: all), and notes PURPOSE.
void verification_judge_purpose(struct jumin_verification *verification, unsigned purpose, int64_t now);
// Says of what was not looked at that it was not done; then, when everything that was shown is true, judges
// it by the purpose, and else forgets it.
void verification_close(struct jumin_verification *verification, unsigned purpose, int64_t now);

// For people and programs: {"result", "format", "type", "issuer", …, "checks": [...], "learned": [...]}. The
// caller's; NULL: no memory.
json_t *verification_json(const struct jumin_verification *verification);

#endif
