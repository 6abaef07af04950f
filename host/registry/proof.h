// Proof files: that an entry stands in the registry under a signed head, to be kept by verifiers, who then
// need nobody to answer.
// SPDX-License-Identifier: Apache-2.0
//
// JSON: {"registry_proof": 1, "entry": base64url, "index": n, "inclusion": [base64url …], "head": token},
// and, where it was asked for, that the head has grown out of an earlier one: "from": size, "consistency":
// [base64url …].
#ifndef JUMIN_HOST_REGISTRY_PROOF_H
#define JUMIN_HOST_REGISTRY_PROOF_H

#include "host/registry/entry.h"
#include "host/registry/head.h"

enum { REGISTRY_PROOF_MAX = 32768 }; // bytes of a file

// How a head has grown out of an earlier one.
struct registry_growth {
    bool there;
    uint64_t from; // size of the earlier head
    struct merkle_path path;
};

struct registry_proof {
    uint8_t entry[REGISTRY_ENTRY_MAX];
    size_t entry_length;
    uint64_t index;
    struct merkle_path inclusion;
    char head[REGISTRY_HEAD_MAX];
    struct registry_growth growth;
};

// NULL: no memory. The text is the caller's (free).
char *registry_proof_write(const struct registry_proof *proof);
// JUMIN_ERROR_MALFORMED: no proof file; the detail names the field.
enum jumin_error registry_proof_read(struct span json, struct registry_proof *proof, struct detail *detail);

// What a server tells of its head: {"size": n, "head": token} and, with it, "from" and "consistency" as
// above. NULL: no memory. The text is the caller's (free).
char *registry_head_write(uint64_t size, const char *token, const struct registry_growth *growth);
// JUMIN_ERROR_MALFORMED: not such an answer; the detail names the field.
enum jumin_error registry_head_answer_read(struct span json, char token[REGISTRY_HEAD_MAX],
                                           struct registry_growth *growth, struct detail *detail);

// The head's signature by the key `point`, the entry under it, and, where `known` is not NULL, that the head
// is not older than that one and has grown out of it: an equal size must have an equal root.
// JUMIN_ERROR_SIGNATURE: of another registry; JUMIN_ERROR_HASH: the entry is not in it, or the registry was
// rewritten since `known`; JUMIN_ERROR_STATUS: the proof says nothing on the way from `known` to its head.
enum jumin_error registry_proof_check(const struct registry_proof *proof, struct span point,
                                      const struct registry_head *known, struct jumin_registry_entry *entry,
                                      struct registry_head *head, struct detail *detail);
// That `head` is not older than `known` and has grown out of it; errors as above, and the detail says what
// both are.
enum jumin_error registry_growth_check(const struct registry_growth *growth,
                                       const struct registry_head *known, const struct registry_head *head,
                                       struct detail *detail);

#endif
