// The transactional store: numbered objects in flash that survive a power cut at any moment.
// SPDX-License-Identifier: Apache-2.0
//
// Log-structured: every change appends, nothing is changed in place. What it promises:
//   - After a power cut at any program or erase step, store_open finds either everything of the last
//     transaction or nothing of it, whatever the torn word or the half-erased page contains.
//   - Outside a transaction store_write and store_delete are transactions of their own.
//   - Wear is spread: pages are erased in turn.
// What it needs from the flash: programming a word once after an erase; a cut may leave any bits in the word
// being programmed and in the page being erased, and nothing else changes.
//
// An object has an id and 0 to STORE_OBJECT_MAX bytes. It is kept in fragments, so that a long object is
// written piece by piece and a change of a few bytes copies one fragment only.
#ifndef JUMIN_CARD_NVM_STORE_H
#define JUMIN_CARD_NVM_STORE_H

#include "card/wire/span.h"

enum {
    STORE_WORD = 8,        // bytes programmed at once, aligned
    STORE_PAGE = 4096,     // bytes erased at once
    STORE_PAGES_MAX = 128, // 512 KiB
    STORE_PAGES_MIN = 8,
    STORE_FRAGMENT = 512,      // bytes of an object in one record
    STORE_OBJECT_MAX = 40960,  // a 32 KiB photo and its headers
    STORE_FRAGMENTS_MAX = 768, // fragments of all objects together
};

// The flash port: three functions and the number of pages. Each returns false when the hardware reports a
// failure; the store then refuses further work until it is opened again.
struct store_flash {
    bool (*read)(void *context, uint32_t offset, uint8_t *out, size_t n);
    // `offset` and `n` are multiples of STORE_WORD; the words were erased before.
    bool (*program)(void *context, uint32_t offset, const uint8_t *data, size_t n);
    bool (*erase)(void *context, uint32_t page);
    void *context;
    uint32_t pages;
};

enum store_status {
    STORE_OK,
    STORE_NOT_FOUND,
    STORE_FULL,     // no room even after collecting; nothing was changed
    STORE_TOO_LONG, // over STORE_OBJECT_MAX, or a read behind the end
    STORE_DAMAGED,  // the flash does not hold a store of this format, or holds one that no power cut explains
    STORE_FLASH,    // the port reported a failure
    STORE_MISUSE,   // commit without begin, begin within a transaction
};

// Caller-owned; its content is private to store.c. No pointer into it is ever given out.
struct store;

// Formats blank or unwanted flash: the factory step. Erases every page.
enum store_status store_format(const struct store_flash *flash);
// Finds the last consistent state, finishing what a power cut interrupted. Accepts only what store_format and
// the functions below have written.
enum store_status store_open(struct store *store, const struct store_flash *flash);

// Length of an object in bytes.
enum store_status store_length(struct store *store, uint16_t id, size_t *length);
// Reads exactly `n` bytes at `offset`. Within a transaction it sees what the transaction wrote.
enum store_status store_read(struct store *store, uint16_t id, size_t offset, uint8_t *out, size_t n);

// One transaction at a time. Everything between begin and commit takes effect together, at commit.
enum store_status store_begin(struct store *store);
enum store_status store_commit(struct store *store);
void store_abort(struct store *store);
bool store_in_transaction(const struct store *store);

// Replaces the whole object, or creates it.
enum store_status store_write(struct store *store, uint16_t id, struct span data);
// Overwrites from `offset` (at most the object's length; 0 creates it) and extends the object where needed.
enum store_status store_write_at(struct store *store, uint16_t id, size_t offset, struct span data);
// Deleting what is not there is STORE_OK.
enum store_status store_delete(struct store *store, uint16_t id);

// For tests and the factory: bytes still free for objects, and the highest and lowest erase count of a page.
size_t store_free_bytes(const struct store *store);
void store_wear(const struct store *store, uint32_t *lowest, uint32_t *highest);

#include "card/nvm/store_state.h" // the complete type, so that the caller can own one

#endif
