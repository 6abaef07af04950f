// The index: which record holds each fragment, committed and pending, sorted for binary search.
// SPDX-License-Identifier: Apache-2.0
#include "card/nvm/store_internal.h"

static uint32_t key_of(uint16_t id, unsigned fragment, bool pending)
{
    return (uint32_t)id << 16 | (uint32_t)fragment << 1 | (pending ? 1U : 0U);
}

static bool is_pending(const struct store_entry *entry)
{
    return (entry->state & STORE_ENTRY_PENDING) != 0;
}

static uint32_t key_of_entry(const struct store_entry *entry)
{
    return key_of(entry->id, entry->fragment, is_pending(entry));
}

// The place of the first entry whose key is not below `key`.
static size_t place_of(const struct store *store, uint32_t key)
{
    size_t low = 0;
    size_t high = store->entries;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (key_of_entry(&store->index[middle]) < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct store_entry *entry_at(struct store *store, size_t place, uint32_t key)
{
    if (place < store->entries && key_of_entry(&store->index[place]) == key) {
        return &store->index[place];
    }
    return NULL;
}

static bool is_visible(const struct store_entry *entry)
{
    return (entry->state & STORE_ENTRY_HIDDEN) == 0;
}

const struct store_entry *store_index_find(const struct store *store, uint16_t id, uint8_t fragment)
{
    for (size_t i = place_of(store, key_of(id, fragment, false)); i < store->entries; i++) {
        const struct store_entry *entry = &store->index[i];
        if (entry->id != id || entry->fragment != fragment) {
            break;
        }
        if (is_visible(entry)) {
            return entry;
        }
    }
    return NULL;
}

const struct store_entry *store_index_last(const struct store *store, uint16_t id)
{
    for (size_t i = place_of(store, key_of(id, UINT8_MAX, true)); i > 0; i--) {
        const struct store_entry *entry = &store->index[i - 1];
        if (entry->id != id) {
            break;
        }
        if (is_visible(entry)) {
            return entry;
        }
    }
    return NULL;
}

bool store_index_is_pending(const struct store *store, uint16_t id, uint8_t fragment)
{
    const uint32_t key = key_of(id, fragment, true);
    const size_t place = place_of(store, key);
    return place < store->entries && key_of_entry(&store->index[place]) == key;
}

static struct store_entry *find_or_insert(struct store *store, const struct store_record *record,
                                          bool pending)
{
    const uint32_t key = key_of(record->id, record->fragment, pending);
    const size_t place = place_of(store, key);
    struct store_entry *entry = entry_at(store, place, key);
    if (entry != NULL) {
        return entry;
    }
    if (store->entries == STORE_FRAGMENTS_MAX) {
        return NULL;
    }
    entry = &store->index[place];
    memmove(entry + 1, entry, (store->entries - place) * sizeof *entry);
    store->entries++;
    *entry = (struct store_entry){
        .id = record->id,
        .fragment = record->fragment,
        .state = pending ? STORE_ENTRY_PENDING : 0,
    };
    return entry;
}

static void remember(struct store_entry *entry, const struct store_record *record, uint32_t offset)
{
    entry->word = (uint16_t)(offset / STORE_WORD);
    entry->length = record->length;
}

bool store_index_put_pending(struct store *store, const struct store_record *record, uint32_t offset)
{
    struct store_entry *entry = find_or_insert(store, record, true);
    if (entry == NULL) {
        return false;
    }
    remember(entry, record, offset);
    const uint32_t key = key_of(record->id, record->fragment, false);
    struct store_entry *committed = entry_at(store, place_of(store, key), key);
    if (committed != NULL) {
        committed->state |= STORE_ENTRY_HIDDEN;
    }
    return true;
}

bool store_index_put_committed(struct store *store, const struct store_record *record, uint32_t offset)
{
    struct store_entry *entry = find_or_insert(store, record, false);
    if (entry == NULL) {
        return false;
    }
    remember(entry, record, offset);
    if ((record->kind & STORE_SUPERSEDED) != 0 ||
        store_index_is_pending(store, record->id, record->fragment)) {
        entry->state |= STORE_ENTRY_HIDDEN;
    }
    return true;
}

void store_index_remove(struct store *store, uint16_t id, unsigned first)
{
    size_t from = place_of(store, key_of(id, first, false));
    size_t to = from;
    for (; from < store->entries && store->index[from].id == id; from++) {
        struct store_entry entry = store->index[from];
        if (!is_pending(&entry)) {
            entry.state |= STORE_ENTRY_HIDDEN;
            store->index[to++] = entry;
        }
    }
    memmove(&store->index[to], &store->index[from], (store->entries - from) * sizeof store->index[0]);
    store->entries = (uint16_t)(store->entries - (from - to));
}

// Keeps the entries without the flag `drop`, clears the flag `clear` of them, and counts the live bytes.
static void settle(struct store *store, uint8_t drop, uint8_t clear)
{
    size_t kept = 0;
    store->live_bytes = 0;
    for (size_t i = 0; i < store->entries; i++) {
        struct store_entry entry = store->index[i];
        if ((entry.state & drop) == 0) {
            entry.state &= (uint8_t)~clear;
            store->live_bytes += (uint32_t)store_record_size(entry.length);
            store->index[kept++] = entry;
        }
    }
    store->entries = (uint16_t)kept;
}

void store_index_commit(struct store *store)
{
    settle(store, STORE_ENTRY_HIDDEN, STORE_ENTRY_PENDING);
}

void store_index_abort(struct store *store)
{
    settle(store, STORE_ENTRY_PENDING, STORE_ENTRY_HIDDEN);
}
