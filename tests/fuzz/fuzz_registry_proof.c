// Proof files and entries from anybody: what is taken is written again alike, and checking it harms nothing.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/registry/proof.h"

#include <stdlib.h>

static void require_same_entry(struct span bytes)
{
    struct jumin_registry_entry entry = {.index = 3};
    uint8_t again[REGISTRY_ENTRY_MAX];
    struct writer w = writer_of(again, sizeof again);
    if (registry_entry_take(bytes, &entry)) {
        registry_entry_put(&w, &entry);
        require(span_equal(writer_span(&w), bytes));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct registry_proof proof, again;
    static const uint8_t point[SIGNER_POINT] = {0x04};
    struct detail detail;
    struct jumin_registry_entry entry;
    struct registry_head head;
    require_same_entry(span_of(bytes, n));
    if (registry_proof_read(span_of(bytes, n), &proof, &detail) != JUMIN_OK) {
        return 0;
    }
    char *text = registry_proof_write(&proof);
    require(text != NULL);
    require(registry_proof_read(span_of(text, strlen(text)), &again, &detail) == JUMIN_OK);
    require(again.index == proof.index && again.inclusion.count == proof.inclusion.count &&
            again.entry_length == proof.entry_length && strcmp(again.head, proof.head) == 0);
    free(text);
    require_same_entry(span_of(proof.entry, proof.entry_length));
    // Nobody has this key.
    require(registry_proof_check(&proof, span_of(point, sizeof point), NULL, &entry, &head, &detail) !=
            JUMIN_OK);
    return 0;
}
