// What the files of the store share: the layout in flash, the index, the log and collecting.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_NVM_STORE_INTERNAL_H
#define JUMIN_CARD_NVM_STORE_INTERNAL_H

#include "card/nvm/store.h"

// --- Layout (store_layout.c) -----------------------------------------------------------------------------

enum {
    STORE_PAGE_HEADER = 32,
    STORE_RECORD_HEADER = 12,
    STORE_OBJECT_FRAGMENTS = (STORE_OBJECT_MAX + STORE_FRAGMENT - 1) / STORE_FRAGMENT,
    STORE_RECORD_MIN = 16, // a commit, a deletion, an advance, or data of up to four bytes
    // The end of each page is kept for an advance, so that the live records of any page and the advance
    // that retires it fit into one fresh page.
    STORE_PAGE_LIMIT = STORE_PAGE - STORE_RECORD_MIN,
    // Pages outside the log after every change: one that collecting may open, and one more, so that a first
    // page can be opened after a cut in the middle of collecting.
    STORE_FREE_PAGES = 2,
    // Bytes of records in a page that was left because the next record did not fit.
    STORE_PAGE_LEAST = STORE_PAGE_LIMIT - STORE_PAGE_HEADER - (STORE_RECORD_MAX - STORE_WORD),
};
_Static_assert(STORE_RECORD_MAX == STORE_RECORD_HEADER + STORE_FRAGMENT, "a fragment fills a record");
_Static_assert(STORE_RECORD_MAX % STORE_WORD == 0 && STORE_PAGE % STORE_WORD == 0, "whole words");
_Static_assert(STORE_PAGES_MAX *(STORE_PAGE / STORE_WORD) <= 65536, "a position fits into 16 bits");
_Static_assert(STORE_OBJECT_FRAGMENTS < UINT8_MAX, "a fragment number fits into 8 bits");

// The first words of every page in use. Big-endian, in this order, behind the magic number.
struct store_page {
    uint32_t number;       // rises with every page opened; 0: the page is free
    uint32_t previous;     // number of the page that the log comes from
    uint32_t oldest;       // number of the page where the log begins, when this one was opened
    uint32_t link;         // check value of the last record there
    uint32_t erases;       // of this page, this time included
    uint16_t previous_end; // offset in the previous page where the log leaves it
    uint16_t pages;        // of the whole store
    uint32_t check;        // CRC over all of it
};

enum store_kind {
    STORE_DATA = 1,    // a fragment's new content, pending until its transaction's commit
    STORE_DELETE = 2,  // removes all fragments of the object, pending likewise
    STORE_COMMIT = 3,  // makes all that its transaction wrote effective
    STORE_COPY = 4,    // a committed fragment, moved out of the oldest page
    STORE_ADVANCE = 5, // retires all pages before the one whose number it holds
    STORE_KIND_MASK = 0x0F,
    STORE_COMMITS = 0x80,    // with DATA, DELETE: this record is its transaction's last, and the commit
    STORE_TRUNCATES = 0x40,  // with DATA: removes the object's fragments behind this one
    STORE_SUPERSEDED = 0x20, // with COPY: ends when the transaction commits that the record names
};

struct store_record {
    uint8_t kind; // enum store_kind with its flags
    uint8_t fragment;
    uint16_t id;
    uint16_t length;
    uint16_t transaction;
    uint32_t check; // CRC over the page's number, the fields above and the payload
};

// Bytes that a record with `length` bytes of payload takes in flash.
static inline size_t store_record_size(size_t length)
{
    return (STORE_RECORD_HEADER + length + STORE_WORD - 1) / STORE_WORD * STORE_WORD;
}

// Fills in page->check, too.
void store_page_encode(struct store_page *page, uint8_t out[STORE_PAGE_HEADER]);
bool store_page_decode(struct store_page *page, const uint8_t in[STORE_PAGE_HEADER]);
// Puts the header in front of the payload that stands in `out` already, pads with FF and fills in
// record->check. `out` has STORE_RECORD_MAX bytes.
void store_record_encode(struct store_record *record, uint32_t page_number, uint8_t *out);
// False when no record of ours begins so. Does not look at the check value.
bool store_record_decode(struct store_record *record, const uint8_t in[STORE_RECORD_HEADER]);
// Whether `in`, a whole record, has the check value that it names.
bool store_record_intact(const struct store_record *record, uint32_t page_number, const uint8_t *in);
void store_put32(uint8_t *out, uint32_t value);
uint32_t store_get32(const uint8_t *in);

// --- Index (store_index.c) -------------------------------------------------------------------------------

enum store_entry_state {
    STORE_ENTRY_PENDING = 1, // written by the running transaction
    STORE_ENTRY_HIDDEN = 2,  // committed, and gone when the running transaction commits
};

static inline uint32_t store_entry_page(const struct store_entry *entry)
{
    return entry->word / (STORE_PAGE / STORE_WORD);
}

// The fragment as the caller of the store sees it now, or NULL.
const struct store_entry *store_index_find(const struct store *store, uint16_t id, uint8_t fragment);
// The object's last fragment as the caller sees it, or NULL when there is no such object.
const struct store_entry *store_index_last(const struct store *store, uint16_t id);
// Whether the transaction has written the fragment already: writing it again takes no further entry.
bool store_index_is_pending(const struct store *store, uint16_t id, uint8_t fragment);
// These two return false when the index is full.
bool store_index_put_pending(struct store *store, const struct store_record *record, uint32_t offset);
bool store_index_put_committed(struct store *store, const struct store_record *record, uint32_t offset);
// Removes the object's fragments from `first` on, effective with the transaction.
void store_index_remove(struct store *store, uint16_t id, unsigned first);
void store_index_commit(struct store *store);
void store_index_abort(struct store *store);

// --- Log (store_log.c) -----------------------------------------------------------------------------------

// Remembers a failure, so that nothing more is changed, and returns it.
enum store_status store_fail(struct store *store, enum store_status status);
// All zero when the page has no header of ours. False when the port fails.
bool store_page_read(const struct store_flash *flash, uint32_t page, struct store_page *header);
// Reads the record at `offset` of `page` into store->record. `*found` is false when no intact record lies
// there that ends at or before `limit`.
enum store_status store_log_read(struct store *store, uint8_t page, uint32_t offset, uint32_t limit,
                                 struct store_record *record, bool *found);
bool store_log_contains(const struct store *store, uint32_t page);
// Pages that are not part of the log.
uint32_t store_log_free_pages(const struct store *store);
// Whether a record of `size` bytes fits into the newest page.
bool store_log_fits(const struct store *store, size_t size, size_t limit);
// Erases a page that is not part of the log and makes it the newest.
enum store_status store_log_open_page(struct store *store);
// Programs the record whose payload stands in store->record behind the header; it fits. `*offset` is where
// in flash.
enum store_status store_log_append(struct store *store, struct store_record *record, uint32_t *offset);

// --- Formatting (store_format.c) -------------------------------------------------------------------------

static inline bool store_pages_in_range(const struct store_flash *flash)
{
    return flash->pages >= STORE_PAGES_MIN && flash->pages <= STORE_PAGES_MAX;
}

// Erases the page and writes the header of a free page, or, with a `number`, of a log that begins there.
bool store_page_format(const struct store_flash *flash, uint32_t page, uint32_t number, uint32_t erases);

// --- Collecting (store_collect.c) ------------------------------------------------------------------------

// Makes room for a record of `size` bytes. Uses store->record. STORE_FULL when that would take pages that
// collecting needs.
enum store_status store_make_room(struct store *store, size_t size);
// Bytes of records that committed objects and a running transaction may take together.
uint32_t store_capacity(const struct store *store);

#endif
