// Flash in memory whose power can be cut at any step, for tests of what survives; strict about how it is
// used.
// SPDX-License-Identifier: Apache-2.0
//
// A step is one word programmed or one page erased. A word may be programmed once after an erase of its page,
// also when it was torn and reads as erased: whoever breaks this, or leaves the alignment or the flash, ends
// the program with a message. A cut during a step leaves a pattern behind; then every call fails until
// flash_simulator_power_on.
#ifndef JUMIN_TESTS_TEAR_FLASH_SIMULATOR_H
#define JUMIN_TESTS_TEAR_FLASH_SIMULATOR_H

#include "card/nvm/store.h"

// What the word or the page holds after a cut.
enum flash_tear {
    FLASH_TEAR_NONE,    // as before; a word is used up, a page is not usable, all the same
    FLASH_TEAR_ALL,     // as if complete; a page is not usable all the same
    FLASH_TEAR_SOME,    // some of the bits that were to change have changed
    FLASH_TEAR_GARBAGE, // anything
    FLASH_TEAR_HALF,    // the first half is complete, the second as before
    FLASH_TEARS,
};

struct flash_simulator {
    uint8_t *bytes;
    bool *used; // of each word: programmed, or torn, since its page was erased
    uint32_t pages;
    bool powered;
    uint64_t words_programmed; // since flash_simulator_count_from_zero
    uint64_t pages_erased;
    uint64_t bytes_read;
    uint64_t steps_left; // before the cut; only while `cutting`
    bool cutting;
    enum flash_tear tear;
    uint64_t random;
};

// New flash full of garbage, as an unformatted chip may be.
void flash_simulator_create(struct flash_simulator *flash, uint32_t pages, uint64_t seed);
void flash_simulator_release(struct flash_simulator *flash);
// Makes `to`, which has as many pages, equal to `from`.
void flash_simulator_copy(struct flash_simulator *to, const struct flash_simulator *from);
// Replaces the content by `n` bytes from a file, the rest erased; every word counts as used.
void flash_simulator_load(struct flash_simulator *flash, const uint8_t *bytes, size_t n);
// The port. Lives as long as `flash` does.
struct store_flash flash_simulator_port(struct flash_simulator *flash);
// Lets `steps` more steps happen and cuts the power during the one that follows.
void flash_simulator_cut_after(struct flash_simulator *flash, uint64_t steps, enum flash_tear tear,
                               uint64_t seed);
// Ends a planned cut, or the darkness after one. True when the power had been cut.
bool flash_simulator_power_on(struct flash_simulator *flash);
void flash_simulator_count_from_zero(struct flash_simulator *flash);
static inline uint64_t flash_simulator_steps(const struct flash_simulator *flash)
{
    return flash->words_programmed + flash->pages_erased;
}
// Whether the bytes occur anywhere in the flash.
bool flash_simulator_contains(const struct flash_simulator *flash, struct span bytes);

// A sequence that is the same in every run (splitmix64). Returns the next number.
uint64_t test_random(uint64_t *state);

#endif
