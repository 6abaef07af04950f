// Flash content from outside (a card image): opening it ends, and what opens can be read, changed, scrubbed
// and opened again with the same content.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/nvm/store.h"
#include "card/nvm/store_internal.h"

enum { PAGES = STORE_PAGES_MIN, IMAGE = PAGES * STORE_PAGE };

static uint8_t image[IMAGE];

static bool read_image(void *context, uint32_t offset, uint8_t *out, size_t n)
{
    (void)context;
    require(offset <= IMAGE && n <= IMAGE - offset);
    memcpy(out, image + offset, n);
    return true;
}

static bool program_image(void *context, uint32_t offset, const uint8_t *data, size_t n)
{
    (void)context;
    require(offset % STORE_WORD == 0 && n % STORE_WORD == 0 && offset <= IMAGE && n <= IMAGE - offset);
    for (size_t i = 0; i < n; i++) {
        require(image[offset + i] == 0xFF);
        image[offset + i] = data[i];
    }
    return true;
}

static bool erase_image(void *context, uint32_t page)
{
    (void)context;
    require(page < PAGES);
    memset(image + (size_t)page * STORE_PAGE, 0xFF, STORE_PAGE);
    return true;
}

// Gives every page header and every record that follows it the check value it should have, so that a mutation
// comes past it. Done when the input has an odd length.
static void mend_page(uint8_t *page)
{
    struct store_page header;
    (void)store_page_decode(&header, page);
    store_page_encode(&header, page);
    for (size_t at = STORE_PAGE_HEADER; at + STORE_RECORD_MAX <= STORE_PAGE;) {
        struct store_record record;
        if (!store_record_decode(&record, page + at)) {
            break;
        }
        store_record_encode(&record, header.number, page + at);
        at += store_record_size(record.length);
    }
}

static uint32_t read_everything(struct store *store)
{
    static uint8_t bytes[STORE_OBJECT_MAX];
    uint32_t digest = 0;
    for (size_t i = 0; i < store->entries; i++) {
        const uint16_t id = store->index[i].id;
        size_t n = 0;
        if (store->index[i].fragment == 0) {
            require(store_length(store, id, &n) == STORE_OK && n <= STORE_OBJECT_MAX);
            require(store_read(store, id, 0, bytes, n) == STORE_OK);
            digest = digest * 31 + id + (uint32_t)n;
        }
        for (size_t at = 0; at < n; at++) {
            digest = digest * 31 + bytes[at];
        }
    }
    return digest;
}

static void use(struct store *store, const struct store_flash *flash)
{
    const uint32_t digest = read_everything(store);
    require(store_scrub(store) == STORE_OK);
    require(read_everything(store) == digest);
    require(store_open(store, flash) == STORE_OK);
    require(read_everything(store) == digest);
    const enum store_status status = store_write(store, 0, span_of(image, 100));
    require(status == STORE_OK || status == STORE_FULL);
    require(store_open(store, flash) == STORE_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct store store;
    const struct store_flash flash = {
        .read = read_image, .program = program_image, .erase = erase_image, .pages = PAGES};
    memset(image, 0xFF, sizeof image);
    if (n > 0) {
        memcpy(image, bytes, n < sizeof image ? n : sizeof image);
    }
    if (n % 2 == 1) {
        for (size_t page = 0; page < PAGES; page++) {
            mend_page(image + page * STORE_PAGE);
        }
    }
    if (store_open(&store, &flash) == STORE_OK) {
        use(&store, &flash);
    }
    return 0;
}
