// What the store keeps in RAM: about 7.9 KiB, of which the index of fragments takes 6 KiB.
// SPDX-License-Identifier: Apache-2.0
//
// Included by store.h, so that a caller can own a struct store. Every field is private to card/nvm.
#ifndef JUMIN_CARD_NVM_STORE_STATE_H
#define JUMIN_CARD_NVM_STORE_STATE_H

#include "card/nvm/store.h"

// Where one fragment of one object lies. Sorted by id, fragment and state, so that an object's fragments
// stand together and a committed one stands before the pending one that would replace it.
struct store_entry {
    uint16_t id;
    uint16_t word;   // position of its record: offset in flash / STORE_WORD
    uint16_t length; // bytes of the object in it
    uint8_t fragment;
    uint8_t state; // enum store_entry_state
};

struct store {
    struct store_flash flash;
    enum store_status failure; // not STORE_OK: nothing works until the store is opened again

    // The log: `log_pages` page numbers from the oldest to the newest, then `dropped_pages` that were found
    // behind the last effective record; those are not erased before a newer page names its predecessor.
    uint8_t log[STORE_PAGES_MAX];
    uint8_t log_pages;
    uint8_t dropped_pages;
    bool writing;         // the newest page was opened since store_open; only then may it be appended to
    uint16_t end;         // offset behind the last record of the newest page
    uint32_t link;        // check value of that record, or of the page's header when it has none
    uint32_t last_number; // highest page number given so far
    uint32_t number[STORE_PAGES_MAX]; // of each page; 0: none
    uint32_t erases[STORE_PAGES_MAX];

    bool in_transaction;        // between store_begin and store_commit
    uint16_t transaction;       // number of the last transaction that has a record
    uint32_t transaction_page;  // page number at its first record; 0: it has no record yet
    uint32_t transaction_bytes; // of its records so far

    uint32_t live_bytes; // of the records of committed fragments
    uint16_t entries;
    struct store_entry index[STORE_FRAGMENTS_MAX];

    uint8_t record[STORE_RECORD_MAX]; // the record that is being read or written
};

#endif
