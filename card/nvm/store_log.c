// The log: reading a record, opening a page, appending.
// SPDX-License-Identifier: Apache-2.0
#include "card/nvm/store_internal.h"

enum store_status store_fail(struct store *store, enum store_status status)
{
    store->failure = status;
    return status;
}

bool store_page_read(const struct store_flash *flash, uint32_t page, struct store_page *header)
{
    uint8_t bytes[STORE_PAGE_HEADER];
    if (!flash->read(flash->context, page * STORE_PAGE, bytes, sizeof bytes)) {
        return false;
    }
    if (!store_page_decode(header, bytes)) {
        *header = (struct store_page){0};
    }
    return true;
}

static bool read_flash(struct store *store, uint8_t page, uint32_t offset, uint8_t *out, size_t n)
{
    return store->flash.read(store->flash.context, (uint32_t)page * STORE_PAGE + offset, out, n);
}

enum store_status store_log_read(struct store *store, uint8_t page, uint32_t offset, uint32_t limit,
                                 struct store_record *record, bool *found)
{
    *found = false;
    if (offset + STORE_RECORD_MIN > limit) {
        return STORE_OK;
    }
    if (!read_flash(store, page, offset, store->record, STORE_RECORD_HEADER)) {
        return store_fail(store, STORE_FLASH);
    }
    if (!store_record_decode(record, store->record)) {
        return STORE_OK;
    }
    const uint32_t end = offset + (uint32_t)store_record_size(record->length);
    if (end > limit || (end > STORE_PAGE_LIMIT && record->kind != STORE_ADVANCE)) {
        return STORE_OK;
    }
    if (!read_flash(store, page, offset + STORE_RECORD_HEADER, store->record + STORE_RECORD_HEADER,
                    record->length)) {
        return store_fail(store, STORE_FLASH);
    }
    *found = store_record_intact(record, store->number[page], store->record);
    return STORE_OK;
}

uint32_t store_log_free_pages(const struct store *store)
{
    return store->flash.pages - store->log_pages;
}

bool store_log_fits(const struct store *store, size_t size, size_t limit)
{
    return store->writing && store->end + size <= limit;
}

bool store_log_contains(const struct store *store, uint32_t page)
{
    for (unsigned i = 0; i < (unsigned)store->log_pages + store->dropped_pages; i++) {
        if (store->log[i] == page) {
            return true;
        }
    }
    return false;
}

// The page outside the log with the fewest erases. There always is one: see README.md, "Room to collect".
static bool choose_page(const struct store *store, uint8_t *chosen)
{
    bool found = false;
    for (uint32_t page = 0; page < store->flash.pages; page++) {
        if (!store_log_contains(store, page) && (!found || store->erases[page] < store->erases[*chosen])) {
            *chosen = (uint8_t)page;
            found = true;
        }
    }
    return found;
}

enum store_status store_log_open_page(struct store *store)
{
    uint8_t page = 0;
    if (!choose_page(store, &page)) {
        return store_fail(store, STORE_DAMAGED);
    }
    store->number[page] = 0;
    store->erases[page]++;
    if (!store->flash.erase(store->flash.context, page)) {
        return store_fail(store, STORE_FLASH);
    }
    struct store_page header = {
        .number = store->last_number + 1,
        .previous = store->number[store->log[store->log_pages - 1]],
        .oldest = store->number[store->log[0]],
        .link = store->link,
        .erases = store->erases[page],
        .previous_end = store->end,
        .pages = (uint16_t)store->flash.pages,
    };
    uint8_t bytes[STORE_PAGE_HEADER];
    store_page_encode(&header, bytes);
    if (!store->flash.program(store->flash.context, (uint32_t)page * STORE_PAGE, bytes, sizeof bytes)) {
        return store_fail(store, STORE_FLASH);
    }
    store->last_number = header.number;
    store->number[page] = header.number;
    store->log[store->log_pages++] = page;
    store->dropped_pages = 0;
    store->writing = true;
    store->end = STORE_PAGE_HEADER;
    store->link = header.check;
    return STORE_OK;
}

enum store_status store_log_append(struct store *store, struct store_record *record, uint32_t *offset)
{
    const uint8_t page = store->log[store->log_pages - 1];
    const size_t size = store_record_size(record->length);
    *offset = (uint32_t)page * STORE_PAGE + store->end;
    store_record_encode(record, store->number[page], store->record);
    if (!store->flash.program(store->flash.context, *offset, store->record, size)) {
        return store_fail(store, STORE_FLASH);
    }
    store->end = (uint16_t)(store->end + size);
    store->link = record->check;
    return STORE_OK;
}
