// The transactional store: numbered objects in flash that survive a power cut at any moment.
// SPDX-License-Identifier: Apache-2.0
//
// Log-structured: every change appends, nothing is changed in place. What it promises:
//   - After a power cut at any program or erase step, store_open finds either everything of the last
//     transaction or nothing of it, whatever the torn word or the half-erased page contains.
//   - Outside a transaction store_write, store_write_at and store_delete are transactions of their own.
//   - A transaction that returned STORE_OK is never lost; one that returned anything else never happened.
//   - Wear is spread: pages are erased in turn, also those whose content never changes.
// What it needs from the flash: programming a word once after an erase; a cut may leave any bits in the word
// being programmed (also all of them erased, though the word must not be programmed again) and in the page
// being erased, and nothing else changes. What a torn word reads as stays the same until its page is erased.
//
// An object has an id and 0 to STORE_OBJECT_MAX bytes. It is kept in fragments, so that a long object is
// written piece by piece and a change of a few bytes copies one fragment only.
//
// What it costs: the first change after store_open erases a page, because no word of an older page can be
// known to be unprogrammed. A changed object of up to four bytes then takes two words.
//
// The store knows no secrets. What is overwritten or deleted stays readable in flash until its page comes up
// for erasing; store_scrub erases it now.
#ifndef JUMIN_CARD_NVM_STORE_H
#define JUMIN_CARD_NVM_STORE_H

#include "card/wire/span.h"

enum {
    STORE_WORD = 8,        // bytes programmed at once, aligned
    STORE_PAGE = 4096,     // bytes erased at once
    STORE_PAGES_MAX = 128, // 512 KiB
    STORE_PAGES_MIN = 8,
    STORE_RECORD_MAX = 504,    // eight of the longest records fill a page
    STORE_FRAGMENT = 492,      // bytes of an object in one record
    STORE_OBJECT_MAX = 40960,  // a 32 KiB photo and its headers
    STORE_FRAGMENTS_MAX = 768, // fragments of all objects together, a transaction's new ones included
};

// The flash port: three functions and the number of pages. Each returns false when the hardware reports a
// failure; the store then refuses further work until it is opened again.
struct store_flash {
    bool (*read)(void *context, uint32_t offset, uint8_t *out, size_t n);
    // `offset` and `n` are multiples of STORE_WORD; the words were erased before. Words are programmed from
    // the lowest to the highest.
    bool (*program)(void *context, uint32_t offset, const uint8_t *data, size_t n);
    bool (*erase)(void *context, uint32_t page);
    void *context;
    uint32_t pages;
};

enum store_status {
    STORE_OK,
    STORE_NOT_FOUND,
    STORE_FULL,     // no room even after collecting; nothing was changed
    STORE_TOO_LONG, // over STORE_OBJECT_MAX, or a read or write that starts or ends behind the end
    STORE_DAMAGED,  // the flash does not hold a store of this format, or holds one that no power cut explains
    STORE_FLASH,    // the port reported a failure
    STORE_MISUSE,   // commit without begin, begin or scrub within a transaction, pages out of range
};

// Caller-owned; its content is private to card/nvm. No pointer into it is ever given out.
struct store;

// Formats blank or unwanted flash: the factory step. Erases every page; erase counts are kept. When it is
// interrupted, the flash holds the former store or none: run it again.
enum store_status store_format(const struct store_flash *flash);
// Finds the last consistent state. Reads only: what a power cut left behind is cleared away by later changes.
// Accepts only what store_format and the functions below have written, cut at any point. On anything but
// STORE_OK every function below returns that status.
enum store_status store_open(struct store *store, const struct store_flash *flash);

// Length of an object in bytes.
enum store_status store_length(struct store *store, uint16_t id, size_t *length);
// Reads exactly `n` bytes at `offset`. Within a transaction it sees what the transaction wrote. On anything
// but STORE_OK `out` is zeroed.
enum store_status store_read(struct store *store, uint16_t id, size_t offset, uint8_t *out, size_t n);

// One transaction at a time. Everything between begin and commit takes effect together, at commit. An
// operation that fails within it leaves it open and as it was before that operation.
enum store_status store_begin(struct store *store);
// Never STORE_FULL.
enum store_status store_commit(struct store *store);
// Forgets the transaction, if there is one.
void store_abort(struct store *store);
bool store_in_transaction(const struct store *store);

// Replaces the whole object, or creates it.
enum store_status store_write(struct store *store, uint16_t id, struct span data);
// Overwrites from `offset` (at most the object's length; 0 creates it) and extends the object where needed.
enum store_status store_write_at(struct store *store, uint16_t id, size_t offset, struct span data);
// Deleting what is not there is STORE_OK.
enum store_status store_delete(struct store *store, uint16_t id);

// Erases every trace of what was overwritten, deleted or aborted. Rewrites the whole store: for the end of
// personalization, key rotation and termination. Tear-safe; when it is interrupted, run it again.
enum store_status store_scrub(struct store *store);

// An object of this many bytes (at most STORE_OBJECT_MAX) can be created. Replacing up to 3 KB by as many
// bytes or fewer, and deleting, work also at 0.
size_t store_free_bytes(const struct store *store);
// The lowest and the highest erase count of a page. A power cut between an erase and the next program can
// lose the count of that page, which is then taken as the highest of all.
void store_wear(const struct store *store, uint32_t *lowest, uint32_t *highest);

#include "card/nvm/store_state.h" // the complete type, so that the caller can own one

#endif
