// An entry of the registry as bytes.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/entry.h"

#include "host/mobile/cbor.h"

enum { VERSION = 1, MEMBERS = 5 };

static const char *const kind_names[] = {
    [JUMIN_REGISTRY_CERTIFICATE] = "certificate",
    [JUMIN_REGISTRY_DID_DOCUMENT] = "did-document",
    [JUMIN_REGISTRY_SCHEMA] = "schema",
    [JUMIN_REGISTRY_STATUS_LIST] = "status-list",
};

static bool is_kind(uint64_t kind)
{
    return kind >= 1 && kind <= JUMIN_REGISTRY_KINDS;
}

const char *jumin_registry_kind_name(enum jumin_registry_kind kind)
{
    return is_kind((uint64_t)kind) ? kind_names[kind] : "";
}

enum jumin_error jumin_registry_kind_parse(const char *name, enum jumin_registry_kind *kind)
{
    if (name == NULL || kind == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    for (unsigned i = 1; i <= JUMIN_REGISTRY_KINDS; i++) {
        if (strcmp(kind_names[i], name) == 0) {
            *kind = (enum jumin_registry_kind)i;
            return JUMIN_OK;
        }
    }
    return JUMIN_ERROR_ARGUMENT;
}

bool registry_entry_name(const char *name)
{
    const size_t n = strlen(name);
    for (size_t i = 0; i < n; i++) {
        const uint8_t byte = (uint8_t)name[i];
        if (byte < 0x20 || byte == 0x7F) {
            return false;
        }
    }
    return n > 0 && n < JUMIN_REGISTRY_NAME;
}

void registry_entry_put(struct writer *w, const struct jumin_registry_entry *entry)
{
    cbor_put_array(w, MEMBERS);
    cbor_put_unsigned(w, VERSION);
    cbor_put_unsigned(w, (uint64_t)entry->kind);
    cbor_put_text(w, span_of(entry->name, strlen(entry->name)));
    cbor_put_bytes(w, span_of(entry->digest, sizeof entry->digest));
    cbor_put_unsigned(w, (uint64_t)entry->at);
}

// Text that holds a zero byte would be another one as a string.
static bool take_name(struct span text, char name[JUMIN_REGISTRY_NAME])
{
    if (text.n == 0 || text.n >= JUMIN_REGISTRY_NAME || memchr(text.p, 0, text.n) != NULL) {
        return false;
    }
    memcpy(name, text.p, text.n);
    name[text.n] = '\0';
    return registry_entry_name(name);
}

bool registry_entry_take(struct span bytes, struct jumin_registry_entry *entry)
{
    struct cbor_item array, version, kind, name, digest, at;
    struct jumin_registry_entry taken = {.index = entry->index};
    if (bytes.n > REGISTRY_ENTRY_MAX || !cbor_expect(&bytes, CBOR_ARRAY, &array) || array.number != MEMBERS ||
        !cbor_expect(&bytes, CBOR_UNSIGNED, &version) || version.number != VERSION ||
        !cbor_expect(&bytes, CBOR_UNSIGNED, &kind) || !is_kind(kind.number) ||
        !cbor_expect(&bytes, CBOR_TEXT, &name) || !take_name(name.content, taken.name) ||
        !cbor_expect(&bytes, CBOR_BYTES, &digest) || digest.content.n != sizeof taken.digest ||
        !cbor_expect(&bytes, CBOR_UNSIGNED, &at) || at.number > INT64_MAX || bytes.n != 0) {
        return false;
    }
    taken.kind = (enum jumin_registry_kind)kind.number;
    memcpy(taken.digest, digest.content.p, sizeof taken.digest);
    taken.at = (int64_t)at.number;
    *entry = taken;
    return true;
}

const char *jumin_registry_chain_state_name(enum jumin_registry_chain_state state)
{
    static const char *const names[] = {"in-step", "behind",      "stopped", "unreachable",
                                        "forked",  "no-contract", "stuck",   "other-chain"};
    return (unsigned)state < sizeof names / sizeof *names ? names[state] : "";
}
