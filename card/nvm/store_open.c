// Opening: from the bytes in flash back to the last consistent state, reading only.
// SPDX-License-Identifier: Apache-2.0
#include "card/nvm/store_internal.h"

// What the records of one page amount to.
struct page_scan {
    uint32_t end; // behind the last intact record
    uint32_t link;
    uint32_t effective_end; // behind the last commit or advance; 0: the page has none
    uint32_t effective_link;
    uint32_t oldest; // from the last advance; 0: the page has none
};

static void join_transaction(struct store *store, uint16_t transaction)
{
    if (store->transaction != transaction) {
        store_index_abort(store); // a number that is no longer used was never committed
        store->transaction = transaction;
    }
}

// False when the index overflows, which no store of ours does.
static bool replay(struct store *store, const struct store_record *record, uint32_t offset)
{
    bool fits = true;
    switch (record->kind & STORE_KIND_MASK) {
    case STORE_DATA:
        join_transaction(store, record->transaction);
        fits = store_index_put_pending(store, record, offset);
        if ((record->kind & STORE_TRUNCATES) != 0) {
            store_index_remove(store, record->id, record->fragment + 1U);
        }
        break;
    case STORE_DELETE:
        join_transaction(store, record->transaction);
        store_index_remove(store, record->id, 0);
        break;
    case STORE_COMMIT:
        join_transaction(store, record->transaction);
        break;
    case STORE_COPY:
        if ((record->kind & STORE_SUPERSEDED) != 0) {
            join_transaction(store, record->transaction);
        }
        fits = store_index_put_committed(store, record, offset);
        break;
    default:
        break;
    }
    if ((record->kind & STORE_COMMITS) != 0 || record->kind == STORE_COMMIT) {
        store_index_commit(store);
    }
    return fits;
}

static bool is_effective(const struct store_record *record)
{
    return (record->kind & STORE_COMMITS) != 0 || record->kind == STORE_COMMIT ||
           record->kind == STORE_ADVANCE;
}

// Reads the records of `page` up to `limit` or the first that is not intact, and replays them where asked.
static enum store_status scan_page(struct store *store, uint8_t page, uint32_t link, uint32_t limit,
                                   bool replaying, struct page_scan *scan)
{
    *scan = (struct page_scan){.end = STORE_PAGE_HEADER, .link = link};
    for (;;) {
        struct store_record record;
        bool found = false;
        const enum store_status status = store_log_read(store, page, scan->end, limit, &record, &found);
        if (status != STORE_OK || !found) {
            return status;
        }
        if (replaying && !replay(store, &record, (uint32_t)page * STORE_PAGE + scan->end)) {
            return store_fail(store, STORE_DAMAGED);
        }
        scan->end += (uint32_t)store_record_size(record.length);
        scan->link = record.check;
        if (is_effective(&record)) {
            scan->effective_end = scan->end;
            scan->effective_link = scan->link;
        }
        if (record.kind == STORE_ADVANCE) {
            scan->oldest = store_get32(store->record + STORE_RECORD_HEADER);
        }
    }
}

// The offset behind the last word of the page that does not read as erased; `from` when there is none.
static enum store_status find_last_word(struct store *store, uint8_t page, uint32_t from, uint32_t *behind)
{
    *behind = from;
    for (uint32_t at = from; at < STORE_PAGE; at += STORE_WORD) {
        uint8_t word[STORE_WORD];
        if (!store->flash.read(store->flash.context, (uint32_t)page * STORE_PAGE + at, word, sizeof word)) {
            return store_fail(store, STORE_FLASH);
        }
        for (size_t i = 0; i < sizeof word; i++) {
            if (word[i] != 0xFF) {
                *behind = at + STORE_WORD;
            }
        }
    }
    return STORE_OK;
}

// Whether an intact record begins in `page` at one of the words from `from` to `to`.
static enum store_status find_record(struct store *store, uint8_t page, uint32_t from, uint32_t to,
                                     bool *found)
{
    *found = false;
    for (uint32_t at = from; at < to && !*found; at += STORE_WORD) {
        struct store_record record;
        const enum store_status status = store_log_read(store, page, at, STORE_PAGE, &record, found);
        if (status != STORE_OK) {
            return status;
        }
    }
    return STORE_OK;
}

// The newest page was written in one power-on, word after word, so behind its last intact record there is at
// most the beginning of one more.
static enum store_status check_torn_end(struct store *store, uint8_t page, uint32_t end)
{
    uint32_t behind = 0;
    enum store_status status = find_last_word(store, page, end, &behind);
    if (status != STORE_OK) {
        return status;
    }
    bool followed = false;
    status = find_record(store, page, end, behind, &followed);
    if (status != STORE_OK) {
        return status;
    }
    if (behind <= end + STORE_RECORD_MIN) { // the torn word may be in the record's header
        return followed ? store_fail(store, STORE_DAMAGED) : STORE_OK;
    }
    struct store_record record;
    if (!store->flash.read(store->flash.context, (uint32_t)page * STORE_PAGE + end, store->record,
                           STORE_RECORD_HEADER)) {
        return store_fail(store, STORE_FLASH);
    }
    if (followed || !store_record_decode(&record, store->record) ||
        behind > end + store_record_size(record.length)) {
        return store_fail(store, STORE_DAMAGED);
    }
    return STORE_OK;
}

// A page is not erased before a newer one has its header. So one without a header whose records belong to a
// newer page than any with a header was not left by a cut.
static enum store_status check_newest(struct store *store)
{
    bool found = false;
    for (uint32_t page = 0; page < store->flash.pages && !found; page++) {
        if (store->number[page] == 0) {
            store->number[page] = store->last_number + 1;
            const enum store_status status =
                find_record(store, (uint8_t)page, STORE_PAGE_HEADER, STORE_PAGE_HEADER + STORE_WORD, &found);
            store->number[page] = 0;
            if (status != STORE_OK) {
                return status;
            }
        }
    }
    return found ? store_fail(store, STORE_DAMAGED) : STORE_OK;
}

static bool find_page(const struct store *store, uint32_t number, uint8_t *page)
{
    for (uint32_t i = 0; i < store->flash.pages; i++) {
        if (store->number[i] == number) {
            *page = (uint8_t)i;
            return true;
        }
    }
    return false;
}

// No number is given twice.
static bool numbers_differ(const struct store *store)
{
    for (uint32_t page = 0; page < store->flash.pages; page++) {
        uint8_t first = 0;
        if (store->number[page] != 0 && find_page(store, store->number[page], &first) && first != page) {
            return false;
        }
    }
    return true;
}

// Numbers and erase counts of all pages, and which page is the newest.
static enum store_status read_page_headers(struct store *store, uint8_t *newest)
{
    uint32_t most_erases = 0;
    bool known[STORE_PAGES_MAX] = {false};
    for (uint32_t page = 0; page < store->flash.pages; page++) {
        struct store_page header;
        if (!store_page_read(&store->flash, page, &header)) {
            return store_fail(store, STORE_FLASH);
        }
        known[page] = header.pages != 0;
        if (known[page] && header.pages != store->flash.pages) {
            return store_fail(store, STORE_DAMAGED);
        }
        store->number[page] = header.number;
        store->erases[page] = header.erases;
        most_erases = header.erases > most_erases ? header.erases : most_erases;
        if (header.number > store->last_number) {
            store->last_number = header.number;
            *newest = (uint8_t)page;
        }
    }
    for (uint32_t page = 0; page < store->flash.pages; page++) {
        store->erases[page] = known[page] ? store->erases[page] : most_erases;
    }
    if (store->last_number == 0 || store->last_number == UINT32_MAX || !numbers_differ(store)) {
        return store_fail(store, STORE_DAMAGED);
    }
    return STORE_OK;
}

// Follows the pages' headers from the newest back to the one numbered `oldest`.
static enum store_status trace_log(struct store *store, uint8_t newest, uint32_t oldest)
{
    size_t first = STORE_PAGES_MAX;
    uint8_t page = newest;
    for (;;) {
        store->log[--first] = page;
        if (store->number[page] == oldest) {
            break;
        }
        struct store_page header;
        if (!store_page_read(&store->flash, page, &header)) {
            return store_fail(store, STORE_FLASH);
        }
        if (header.previous < oldest || header.previous >= header.number || first == 0 ||
            !find_page(store, header.previous, &page)) {
            return store_fail(store, STORE_DAMAGED);
        }
    }
    store->log_pages = (uint8_t)(STORE_PAGES_MAX - first);
    memmove(store->log, store->log + first, store->log_pages);
    return STORE_OK;
}

// One page of the log, which the next page says where to leave and with which record.
static enum store_status scan_log_page(struct store *store, unsigned i, bool replaying,
                                       struct page_scan *scan)
{
    struct store_page header;
    struct store_page next;
    if (!store_page_read(&store->flash, store->log[i], &header) ||
        !store_page_read(&store->flash, store->log[i + 1], &next)) {
        return store_fail(store, STORE_FLASH);
    }
    const enum store_status status =
        scan_page(store, store->log[i], header.check, next.previous_end, replaying, scan);
    if (status != STORE_OK) {
        return status;
    }
    if (scan->end != next.previous_end || scan->link != next.link) {
        return store_fail(store, STORE_DAMAGED);
    }
    return STORE_OK;
}

// Finds the last effective record, from the newest page backwards; what comes behind it never happened.
static enum store_status find_end(struct store *store, struct page_scan scan)
{
    while (scan.effective_end == 0 && store->log_pages > 1) {
        store->log_pages--;
        store->dropped_pages++;
        const enum store_status status = scan_log_page(store, store->log_pages - 1U, false, &scan);
        if (status != STORE_OK) {
            return status;
        }
    }
    if (scan.effective_end != 0) {
        store->end = (uint16_t)scan.effective_end;
        store->link = scan.effective_link;
        return STORE_OK;
    }
    struct store_page header;
    if (!store_page_read(&store->flash, store->log[0], &header)) {
        return store_fail(store, STORE_FLASH);
    }
    store->end = STORE_PAGE_HEADER;
    store->link = header.check;
    return STORE_OK;
}

static enum store_status replay_log(struct store *store)
{
    struct page_scan scan;
    for (unsigned i = 0; i + 1U < store->log_pages; i++) {
        const enum store_status status = scan_log_page(store, i, true, &scan);
        if (status != STORE_OK) {
            return status;
        }
    }
    const enum store_status status =
        scan_page(store, store->log[store->log_pages - 1], 0, store->end, true, &scan);
    store_index_abort(store);
    return status;
}

// Every object has all its fragments, and all but the last are full.
static bool objects_are_whole(const struct store *store)
{
    for (size_t i = 0; i < store->entries; i++) {
        const struct store_entry *entry = &store->index[i];
        const struct store_entry *before = i > 0 ? entry - 1 : NULL;
        if (before == NULL || before->id != entry->id) {
            if (entry->fragment != 0) {
                return false;
            }
        } else if (before->fragment + 1 != entry->fragment || before->length != STORE_FRAGMENT) {
            return false;
        }
    }
    return true;
}

static bool keeps_reserve(const struct store *store)
{
    return store_log_free_pages(store) >= STORE_FREE_PAGES &&
           store_log_free_pages(store) > store->dropped_pages && store->live_bytes <= store_capacity(store);
}

static enum store_status recover(struct store *store)
{
    uint8_t newest = 0;
    enum store_status status = read_page_headers(store, &newest);
    if (status != STORE_OK) {
        return status;
    }
    status = check_newest(store);
    if (status != STORE_OK) {
        return status;
    }
    struct store_page header;
    if (!store_page_read(&store->flash, newest, &header)) {
        return store_fail(store, STORE_FLASH);
    }
    struct page_scan scan;
    status = scan_page(store, newest, header.check, STORE_PAGE, false, &scan);
    if (status == STORE_OK) {
        status = check_torn_end(store, newest, scan.end);
    }
    if (status == STORE_OK) {
        status = trace_log(store, newest, scan.oldest != 0 ? scan.oldest : header.oldest);
    }
    if (status == STORE_OK) {
        status = find_end(store, scan);
    }
    if (status == STORE_OK) {
        status = replay_log(store);
    }
    if (status != STORE_OK) {
        return status;
    }
    return objects_are_whole(store) && keeps_reserve(store) ? STORE_OK : store_fail(store, STORE_DAMAGED);
}

enum store_status store_open(struct store *store, const struct store_flash *flash)
{
    memset(store, 0, sizeof *store);
    if (!store_pages_in_range(flash)) {
        return store_fail(store, STORE_MISUSE);
    }
    store->flash = *flash;
    const enum store_status status = recover(store);
    memset(store->record, 0, sizeof store->record);
    return status;
}
