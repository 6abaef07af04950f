// Objects and transactions: the store's functions, on the log and its index.
// SPDX-License-Identifier: Apache-2.0
#include "card/nvm/store.h"

#include "card/nvm/store_internal.h"

enum {
    // Kept for changes that do not make the store fuller, so that a full one can still count tries and
    // delete.
    RESERVED_BYTES = STORE_PAGE_LEAST,
    RESERVED_ENTRIES = STORE_PAGE_LEAST / STORE_RECORD_MAX + 1,
};

// --- Reading ---------------------------------------------------------------------------------------------

enum store_status store_length(struct store *store, uint16_t id, size_t *length)
{
    *length = 0;
    if (store->failure != STORE_OK) {
        return store->failure;
    }
    const struct store_entry *last = store_index_last(store, id);
    if (last == NULL) {
        return STORE_NOT_FOUND;
    }
    *length = (size_t)last->fragment * STORE_FRAGMENT + last->length;
    return STORE_OK;
}

// Reads from one fragment, which has `n` bytes from `from` on.
static bool read_fragment(const struct store *store, const struct store_entry *entry, size_t from,
                          uint8_t *out, size_t n)
{
    const uint32_t payload = (uint32_t)entry->word * STORE_WORD + STORE_RECORD_HEADER;
    return store->flash.read(store->flash.context, payload + (uint32_t)from, out, n);
}

static enum store_status read_object(struct store *store, uint16_t id, size_t offset, uint8_t *out, size_t n)
{
    size_t length = 0;
    const enum store_status status = store_length(store, id, &length);
    if (status != STORE_OK) {
        return status;
    }
    if (offset > length || n > length - offset) {
        return STORE_TOO_LONG;
    }
    for (size_t done = 0; done < n;) {
        const size_t at = offset + done;
        const size_t within = at % STORE_FRAGMENT;
        const struct store_entry *entry = store_index_find(store, id, (uint8_t)(at / STORE_FRAGMENT));
        const size_t left = n - done;
        const size_t part = left < STORE_FRAGMENT - within ? left : STORE_FRAGMENT - within;
        if (entry == NULL || within + part > entry->length) {
            return store_fail(store, STORE_DAMAGED);
        }
        if (!read_fragment(store, entry, within, out + done, part)) {
            return store_fail(store, STORE_FLASH);
        }
        done += part;
    }
    return STORE_OK;
}

enum store_status store_read(struct store *store, uint16_t id, size_t offset, uint8_t *out, size_t n)
{
    const enum store_status status = read_object(store, id, offset, out, n);
    if (status != STORE_OK && n > 0) {
        memset(out, 0, n);
    }
    return status;
}

// --- Transactions ----------------------------------------------------------------------------------------

static void end_transaction(struct store *store)
{
    store->in_transaction = false;
    store->transaction_page = 0;
    store->transaction_bytes = 0;
}

static void forget_changes(struct store *store)
{
    store_index_abort(store);
    end_transaction(store);
}

// Appends a record of the running transaction; its payload stands in store->record, and there is room.
static enum store_status append(struct store *store, struct store_record *record, uint32_t *offset)
{
    if (store->transaction_page == 0) {
        store->transaction++;
        store->transaction_page = store->number[store->log[store->log_pages - 1]];
    }
    record->transaction = store->transaction;
    store->transaction_bytes += (uint32_t)store_record_size(record->length);
    return store_log_append(store, record, offset);
}

// What follows a change outside a transaction: it was the whole one, or it failed and never happened.
static enum store_status finish_change(struct store *store, enum store_status status)
{
    memset(store->record, 0, sizeof store->record);
    if (store->in_transaction) {
        return status == STORE_OK ? STORE_OK : store_fail(store, status);
    }
    if (status != STORE_OK) {
        forget_changes(store);
        return status;
    }
    store_index_commit(store);
    end_transaction(store);
    return STORE_OK;
}

enum store_status store_begin(struct store *store)
{
    if (store->failure != STORE_OK) {
        return store->failure;
    }
    if (store->in_transaction) {
        return STORE_MISUSE;
    }
    store->in_transaction = true;
    return STORE_OK;
}

enum store_status store_commit(struct store *store)
{
    if (store->failure != STORE_OK) {
        return store->failure;
    }
    if (!store->in_transaction) {
        return STORE_MISUSE;
    }
    if (store->transaction_page == 0) { // nothing was changed
        end_transaction(store);
        return STORE_OK;
    }
    enum store_status status = store_make_room(store, STORE_RECORD_MIN);
    if (status == STORE_OK) {
        struct store_record record = {.kind = STORE_COMMIT};
        uint32_t offset = 0;
        status = append(store, &record, &offset);
    }
    store->in_transaction = false;
    return finish_change(store, status);
}

void store_abort(struct store *store)
{
    if (store->in_transaction) {
        forget_changes(store);
    }
}

bool store_in_transaction(const struct store *store)
{
    return store->in_transaction;
}

// --- Changing --------------------------------------------------------------------------------------------

// One change of one object: bytes from `offset` on; with `whole` they are all that remains of it.
struct change {
    uint16_t id;
    bool whole;
    size_t offset;
    struct span data;
};

static unsigned first_fragment(const struct change *change)
{
    return (unsigned)(change->offset / STORE_FRAGMENT);
}

static unsigned last_fragment(const struct change *change)
{
    const size_t end = change->offset + change->data.n;
    return (unsigned)((end > change->offset ? end - 1 : end) / STORE_FRAGMENT);
}

// The fragment that the change keeps bytes of, or NULL.
static const struct store_entry *former(const struct store *store, const struct change *change,
                                        unsigned fragment)
{
    return change->whole ? NULL : store_index_find(store, change->id, (uint8_t)fragment);
}

// Length of the fragment after the change.
static size_t new_length(const struct store *store, const struct change *change, unsigned fragment)
{
    const size_t start = (size_t)fragment * STORE_FRAGMENT;
    const size_t end = change->offset + change->data.n - start;
    const struct store_entry *old = former(store, change, fragment);
    const size_t written = end < STORE_FRAGMENT ? end : STORE_FRAGMENT;
    return old != NULL && old->length > written ? old->length : written;
}

// STORE_FULL when the records do not fit beside what is live, or their entries into the index.
static enum store_status check_room(const struct store *store, size_t bytes, size_t entries, bool grows)
{
    const size_t in_use = (size_t)store->live_bytes + store->transaction_bytes + STORE_RECORD_MIN;
    const size_t reserved_bytes = grows ? RESERVED_BYTES : 0;
    const size_t reserved_entries = grows ? RESERVED_ENTRIES : 0;
    const bool fits = in_use + bytes + reserved_bytes <= store_capacity(store) &&
                      store->entries + entries + reserved_entries <= STORE_FRAGMENTS_MAX;
    return fits ? STORE_OK : STORE_FULL;
}

static enum store_status check_change(const struct store *store, const struct change *change)
{
    size_t bytes = 0;
    size_t replaced = 0;
    size_t entries = 0;
    for (unsigned i = first_fragment(change); i <= last_fragment(change); i++) {
        bytes += store_record_size(new_length(store, change, i));
        entries += store_index_is_pending(store, change->id, (uint8_t)i) ? 0 : 1;
        const struct store_entry *old = store_index_find(store, change->id, (uint8_t)i);
        replaced += old != NULL ? store_record_size(old->length) : 0;
    }
    return check_room(store, bytes, entries, bytes > replaced);
}

static enum store_status write_fragment(struct store *store, const struct change *change, unsigned fragment)
{
    const size_t length = new_length(store, change, fragment);
    enum store_status status = store_make_room(store, store_record_size(length));
    if (status != STORE_OK) {
        return status;
    }
    uint8_t *payload = store->record + STORE_RECORD_HEADER;
    const struct store_entry *old = former(store, change, fragment); // only now: making room may move it
    if (old != NULL && !read_fragment(store, old, 0, payload, old->length)) {
        return store_fail(store, STORE_FLASH);
    }
    const size_t start = (size_t)fragment * STORE_FRAGMENT;
    const size_t from = change->offset > start ? change->offset - start : 0;
    const struct span rest = span_from(change->data, start + from - change->offset);
    const struct span part = span_first(rest, STORE_FRAGMENT - from);
    if (part.n > 0) {
        memcpy(payload + from, part.p, part.n);
    }
    const bool last = fragment == last_fragment(change);
    struct store_record record = {
        .kind = (uint8_t)(STORE_DATA | (last && change->whole ? STORE_TRUNCATES : 0) |
                          (last && !store->in_transaction ? STORE_COMMITS : 0)),
        .fragment = (uint8_t)fragment,
        .id = change->id,
        .length = (uint16_t)length,
    };
    uint32_t offset = 0;
    status = append(store, &record, &offset);
    if (status == STORE_OK && !store_index_put_pending(store, &record, offset)) {
        status = store_fail(store, STORE_DAMAGED);
    }
    return status;
}

static enum store_status apply(struct store *store, const struct change *change)
{
    enum store_status status = check_change(store, change);
    if (status != STORE_OK) {
        return status;
    }
    for (unsigned i = first_fragment(change); status == STORE_OK && i <= last_fragment(change); i++) {
        status = write_fragment(store, change, i);
    }
    if (status == STORE_OK && change->whole) {
        store_index_remove(store, change->id, last_fragment(change) + 1);
    }
    return finish_change(store, status);
}

enum store_status store_write(struct store *store, uint16_t id, struct span data)
{
    if (store->failure != STORE_OK) {
        return store->failure;
    }
    if (data.n > STORE_OBJECT_MAX) {
        return STORE_TOO_LONG;
    }
    const struct change change = {.id = id, .whole = true, .data = data};
    return apply(store, &change);
}

enum store_status store_write_at(struct store *store, uint16_t id, size_t offset, struct span data)
{
    size_t length = 0;
    const enum store_status status = store_length(store, id, &length);
    if (status != STORE_OK && (status != STORE_NOT_FOUND || offset != 0)) {
        return status;
    }
    if (offset > length || data.n > STORE_OBJECT_MAX - offset) {
        return STORE_TOO_LONG;
    }
    if (status == STORE_OK && data.n == 0) {
        return STORE_OK;
    }
    const struct change change = {.id = id, .whole = false, .offset = offset, .data = data};
    return apply(store, &change);
}

enum store_status store_delete(struct store *store, uint16_t id)
{
    if (store->failure != STORE_OK) {
        return store->failure;
    }
    if (store_index_last(store, id) == NULL) {
        return STORE_OK;
    }
    enum store_status status = check_room(store, STORE_RECORD_MIN, 0, false);
    if (status != STORE_OK) {
        return status;
    }
    status = store_make_room(store, STORE_RECORD_MIN);
    if (status == STORE_OK) {
        struct store_record record = {
            .kind = (uint8_t)(STORE_DELETE | (store->in_transaction ? 0 : STORE_COMMITS)),
            .id = id,
        };
        uint32_t offset = 0;
        status = append(store, &record, &offset);
    }
    if (status == STORE_OK) {
        store_index_remove(store, id, 0);
    }
    return finish_change(store, status);
}

// --- Figures ---------------------------------------------------------------------------------------------

size_t store_free_bytes(const struct store *store)
{
    const size_t used =
        (size_t)store->live_bytes + store->transaction_bytes + STORE_RECORD_MIN + RESERVED_BYTES;
    const size_t used_entries = store->entries + (size_t)RESERVED_ENTRIES;
    if (store->failure != STORE_OK || used >= store_capacity(store) || used_entries >= STORE_FRAGMENTS_MAX) {
        return 0;
    }
    const size_t by_bytes = (store_capacity(store) - used) / STORE_RECORD_MAX;
    const size_t by_entries = STORE_FRAGMENTS_MAX - used_entries;
    return (by_bytes < by_entries ? by_bytes : by_entries) * STORE_FRAGMENT;
}

void store_wear(const struct store *store, uint32_t *lowest, uint32_t *highest)
{
    *lowest = store->flash.pages > 0 ? UINT32_MAX : 0;
    *highest = 0;
    for (uint32_t page = 0; page < store->flash.pages; page++) {
        const uint32_t erases = store->erases[page];
        *lowest = erases < *lowest ? erases : *lowest;
        *highest = erases > *highest ? erases : *highest;
    }
}
