// The registry of installed applications as one object of the store (GPC v2.3.1 §6.4).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/registry.h"

#include "card/core/objects.h"
#include "card/wire/lds.h"
#include "card/wire/tlv.h"

// An entry in the store: application bit, state, privileges, AID's length and bytes.
enum { ENTRY = 1 + 1 + REGISTRY_PRIVILEGES + 1 + CARD_AID_MAX };

enum {
    TAG_APPLICATION_TEMPLATE = 0x61, // ISO 7816-4 §12.2.1
    TAG_AID = 0x4F,
};

static size_t applet_index(const struct applet *applet)
{
    size_t i = 0;
    while (i < applet_count && applet_table[i] != applet) {
        i++;
    }
    return i;
}

static const struct applet *applet_of(uint8_t application)
{
    for (size_t i = 0; i < applet_count; i++) {
        if (applet_table[i]->application == application) {
            return applet_table[i];
        }
    }
    return NULL;
}

static bool entry_parse(const uint8_t *bytes, struct registry_entry *entry)
{
    entry->applet = applet_of(bytes[0]);
    entry->state = bytes[1];
    memcpy(entry->privileges, bytes + 2, REGISTRY_PRIVILEGES);
    entry->aid_length = bytes[2 + REGISTRY_PRIVILEGES];
    memcpy(entry->aid, bytes + 3 + REGISTRY_PRIVILEGES, CARD_AID_MAX);
    return entry->applet != NULL && entry->aid_length <= CARD_AID_MAX;
}

bool registry_read(struct store *store, struct registry *registry)
{
    size_t length = 0;
    registry->count = 0;
    if (store_length(store, OBJECT_REGISTRY, &length) != STORE_OK || length % ENTRY != 0 ||
        length / ENTRY > CARD_APPLICATIONS_MAX) {
        return false;
    }
    for (size_t i = 0; i < length / ENTRY; i++) {
        uint8_t bytes[ENTRY];
        if (store_read(store, OBJECT_REGISTRY, i * ENTRY, bytes, ENTRY) != STORE_OK ||
            !entry_parse(bytes, &registry->entries[i])) {
            return false;
        }
        registry->count++;
    }
    return true;
}

static enum store_status write_directory(struct store *store, const struct registry *registry)
{
    uint8_t bytes[CARD_APPLICATIONS_MAX * (4 + CARD_AID_MAX)];
    struct writer w = writer_of(bytes, sizeof bytes);
    for (size_t i = 0; i < registry->count; i++) {
        const struct registry_entry *entry = &registry->entries[i];
        if (entry->applet->application != IN_MF) {
            const size_t opened = tlv_open(&w, TAG_APPLICATION_TEMPLATE);
            tlv_put(&w, TAG_AID, registry_aid(entry));
            tlv_close(&w, opened);
        }
    }
    return store_write(store, OBJECT_DIRECTORY, writer_span(&w));
}

enum store_status registry_write(struct store *store, const struct registry *registry)
{
    uint8_t bytes[CARD_APPLICATIONS_MAX * ENTRY] = {0};
    for (size_t i = 0; i < registry->count; i++) {
        const struct registry_entry *entry = &registry->entries[i];
        struct writer w = writer_of(bytes + i * ENTRY, ENTRY);
        writer_put_u8(&w, entry->applet->application);
        writer_put_u8(&w, entry->state);
        writer_put(&w, span_of(entry->privileges, REGISTRY_PRIVILEGES));
        writer_put_u8(&w, entry->aid_length);
        writer_put(&w, span_of(entry->aid, CARD_AID_MAX));
    }
    const enum store_status status =
        store_write(store, OBJECT_REGISTRY, span_of(bytes, registry->count * ENTRY));
    return status == STORE_OK ? write_directory(store, registry) : status;
}

struct span registry_aid(const struct registry_entry *entry)
{
    return span_of(entry->aid, entry->aid_length);
}

struct registry_entry *registry_find(struct registry *registry, struct span aid)
{
    for (size_t i = 0; i < registry->count; i++) {
        if (span_equal(registry_aid(&registry->entries[i]), aid)) {
            return &registry->entries[i];
        }
    }
    return NULL;
}

struct registry_entry *registry_find_applet(struct registry *registry, const struct applet *applet)
{
    for (size_t i = 0; i < registry->count; i++) {
        if (registry->entries[i].applet == applet) {
            return &registry->entries[i];
        }
    }
    return NULL;
}

void registry_remove(struct registry *registry, const struct registry_entry *entry)
{
    const size_t i = (size_t)(entry - registry->entries);
    registry->count--;
    memmove(&registry->entries[i], &registry->entries[i + 1],
            (registry->count - i) * sizeof registry->entries[0]);
}

bool registry_put(struct registry *registry, const struct registry_entry *entry)
{
    const struct registry_entry *old = registry_find_applet(registry, entry->applet);
    if (old != NULL) {
        registry_remove(registry, old);
    }
    if (registry->count == CARD_APPLICATIONS_MAX) {
        return false;
    }
    size_t i = registry->count;
    while (i > 0 && applet_index(registry->entries[i - 1].applet) > applet_index(entry->applet)) {
        registry->entries[i] = registry->entries[i - 1];
        i--;
    }
    registry->entries[i] = *entry;
    registry->count++;
    return true;
}
