// Collecting: the oldest page's live records move to the log's end, then the page leaves the log.
// SPDX-License-Identifier: Apache-2.0
#include "card/nvm/store_internal.h"

enum {
    // Collecting starts early, a page at a time, below this share of free pages: no single change then has
    // to wait for a long row of pages.
    EARLY_SHARE = 4,
    PAGES_LOST_AT_MOST = 5, // of the capacity: see README.md, "Room to collect"
};

static enum store_status room_for_collecting(struct store *store, size_t size, size_t limit)
{
    return store_log_fits(store, size, limit) ? STORE_OK : store_log_open_page(store);
}

static enum store_status copy_forward(struct store *store, struct store_entry *entry)
{
    const uint8_t page = (uint8_t)store_entry_page(entry);
    struct store_record record;
    bool found = false;
    enum store_status status = store_log_read(store, page, (uint32_t)entry->word * STORE_WORD % STORE_PAGE,
                                              STORE_PAGE, &record, &found);
    if (status != STORE_OK) {
        return status;
    }
    if (!found || record.id != entry->id || record.fragment != entry->fragment) {
        return store_fail(store, STORE_DAMAGED);
    }
    status = room_for_collecting(store, store_record_size(record.length), STORE_PAGE_LIMIT);
    if (status != STORE_OK) {
        return status;
    }
    const bool superseded = (entry->state & STORE_ENTRY_HIDDEN) != 0;
    record.kind = superseded ? STORE_COPY | STORE_SUPERSEDED : STORE_COPY;
    record.transaction = superseded ? store->transaction : 0;
    uint32_t offset = 0;
    status = store_log_append(store, &record, &offset);
    if (status == STORE_OK) {
        entry->word = (uint16_t)(offset / STORE_WORD);
    }
    return status;
}

// Retires the oldest page. From the moment this record is complete, nothing in that page counts.
static enum store_status advance(struct store *store)
{
    enum store_status status = room_for_collecting(store, STORE_RECORD_MIN, STORE_PAGE);
    if (status != STORE_OK) {
        return status;
    }
    struct store_record record = {.kind = STORE_ADVANCE, .length = 4};
    store_put32(store->record + STORE_RECORD_HEADER, store->number[store->log[1]]);
    uint32_t offset = 0;
    status = store_log_append(store, &record, &offset);
    if (status != STORE_OK) {
        return status;
    }
    store->log_pages--;
    memmove(store->log, store->log + 1, store->log_pages);
    return STORE_OK;
}

// A running transaction's pages stay: its records have no index that would survive being moved.
static bool may_collect(const struct store *store)
{
    if (store->writing && store->log_pages == 1) {
        return false;
    }
    return store->transaction_page == 0 || store->number[store->log[0]] < store->transaction_page;
}

static enum store_status collect_oldest(struct store *store)
{
    if (!may_collect(store)) {
        return STORE_FULL;
    }
    const uint8_t oldest = store->log[0];
    for (size_t i = 0; i < store->entries; i++) {
        struct store_entry *entry = &store->index[i];
        if (store_entry_page(entry) == oldest) {
            const enum store_status status = copy_forward(store, entry);
            if (status != STORE_OK) {
                return status;
            }
        }
    }
    return advance(store);
}

enum store_status store_make_room(struct store *store, size_t size)
{
    bool early = store_log_free_pages(store) < store->flash.pages / EARLY_SHARE + STORE_FREE_PAGES;
    while (!store_log_fits(store, size, STORE_PAGE_LIMIT)) {
        const bool enough = store_log_free_pages(store) > STORE_FREE_PAGES;
        if (enough && !early) {
            return store_log_open_page(store);
        }
        const enum store_status status = collect_oldest(store);
        if (status != STORE_OK && !(status == STORE_FULL && enough)) {
            return status;
        }
        early = false;
    }
    return STORE_OK;
}

uint32_t store_capacity(const struct store *store)
{
    const uint32_t pages = store->flash.pages;
    return (pages - PAGES_LOST_AT_MOST) * STORE_PAGE_LEAST - pages * STORE_RECORD_MIN;
}

static enum store_status is_blank(struct store *store, uint8_t page, bool *blank)
{
    *blank = true;
    for (uint32_t at = STORE_PAGE_HEADER; at < STORE_PAGE && *blank; at += STORE_WORD) {
        uint8_t word[STORE_WORD];
        if (!store->flash.read(store->flash.context, (uint32_t)page * STORE_PAGE + at, word, sizeof word)) {
            return store_fail(store, STORE_FLASH);
        }
        for (size_t i = 0; i < sizeof word; i++) {
            *blank = *blank && word[i] == 0xFF;
        }
    }
    return STORE_OK;
}

// Erases what lies outside the log, and writes the erase count back.
static enum store_status erase_free_page(struct store *store, uint8_t page)
{
    bool blank = false;
    const enum store_status status = is_blank(store, page, &blank);
    if (status != STORE_OK || blank) {
        return status;
    }
    store->number[page] = 0;
    store->erases[page]++;
    return store_page_format(&store->flash, page, 0, store->erases[page]) ? STORE_OK
                                                                          : store_fail(store, STORE_FLASH);
}

enum store_status store_scrub(struct store *store)
{
    if (store->failure != STORE_OK) {
        return store->failure;
    }
    if (store->in_transaction) {
        return STORE_MISUSE;
    }
    enum store_status status = store_log_open_page(store);
    const uint32_t first_kept = store->last_number;
    while (status == STORE_OK && store->number[store->log[0]] < first_kept) {
        status = collect_oldest(store);
    }
    for (uint32_t page = 0; status == STORE_OK && page < store->flash.pages; page++) {
        if (!store_log_contains(store, page)) {
            status = erase_free_page(store, (uint8_t)page);
        }
    }
    memset(store->record, 0, sizeof store->record);
    return status;
}
