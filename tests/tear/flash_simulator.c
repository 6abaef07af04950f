// Flash in memory whose power can be cut at any step.
// SPDX-License-Identifier: Apache-2.0
#include "tests/tear/flash_simulator.h"

#include <stdio.h>
#include <stdlib.h>

enum { WORDS_PER_PAGE = STORE_PAGE / STORE_WORD };

static void demand(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "flash simulator: %s\n", what);
        abort();
    }
}

uint64_t test_random(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15U;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static size_t size_of(const struct flash_simulator *flash)
{
    return (size_t)flash->pages * STORE_PAGE;
}

void flash_simulator_create(struct flash_simulator *flash, uint32_t pages, uint64_t seed)
{
    *flash = (struct flash_simulator){.pages = pages, .powered = true, .random = seed};
    flash->bytes = malloc(size_of(flash));
    flash->used = malloc((size_t)pages * WORDS_PER_PAGE * sizeof *flash->used);
    demand(flash->bytes != NULL && flash->used != NULL, "out of memory");
    for (size_t i = 0; i < size_of(flash); i++) {
        flash->bytes[i] = (uint8_t)test_random(&flash->random);
    }
    for (size_t i = 0; i < (size_t)pages * WORDS_PER_PAGE; i++) {
        flash->used[i] = true;
    }
}

void flash_simulator_release(struct flash_simulator *flash)
{
    free(flash->bytes);
    free(flash->used);
    *flash = (struct flash_simulator){0};
}

void flash_simulator_copy(struct flash_simulator *to, const struct flash_simulator *from)
{
    demand(to->pages == from->pages, "copy between flashes of different size");
    uint8_t *bytes = to->bytes;
    bool *used = to->used;
    *to = *from;
    to->bytes = bytes;
    to->used = used;
    memcpy(to->bytes, from->bytes, size_of(from));
    memcpy(to->used, from->used, (size_t)from->pages * WORDS_PER_PAGE * sizeof *from->used);
}

void flash_simulator_load(struct flash_simulator *flash, const uint8_t *bytes, size_t n)
{
    const size_t copied = n < size_of(flash) ? n : size_of(flash);
    memset(flash->bytes, 0xFF, size_of(flash));
    if (copied > 0) {
        memcpy(flash->bytes, bytes, copied);
    }
    for (size_t i = 0; i < (size_t)flash->pages * WORDS_PER_PAGE; i++) {
        flash->used[i] = true;
    }
}

// Whether the step happens; if not, this is the step that tears.
static bool step_happens(struct flash_simulator *flash)
{
    if (!flash->cutting || flash->steps_left > 0) {
        flash->steps_left -= flash->cutting ? 1 : 0;
        return true;
    }
    flash->powered = false;
    return false;
}

// Leaves `n` bytes somewhere between what they are and what they were to become, or at neither.
static void tear(struct flash_simulator *flash, uint8_t *bytes, const uint8_t *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t noise = (uint8_t)test_random(&flash->random);
        const uint8_t changing = bytes[i] ^ wanted[i];
        switch (flash->tear) {
        case FLASH_TEAR_ALL:
            bytes[i] = wanted[i];
            break;
        case FLASH_TEAR_SOME:
            bytes[i] ^= changing & noise;
            break;
        case FLASH_TEAR_GARBAGE:
            bytes[i] = noise;
            break;
        case FLASH_TEAR_HALF:
            bytes[i] = i < n / 2 ? wanted[i] : bytes[i];
            break;
        default:
            break;
        }
    }
}

static bool simulated_read(void *context, uint32_t offset, uint8_t *out, size_t n)
{
    struct flash_simulator *flash = context;
    demand(offset <= size_of(flash) && n <= size_of(flash) - offset, "read behind the end");
    if (!flash->powered) {
        return false;
    }
    flash->bytes_read += n;
    memcpy(out, flash->bytes + offset, n);
    return true;
}

static bool simulated_program(void *context, uint32_t offset, const uint8_t *data, size_t n)
{
    struct flash_simulator *flash = context;
    demand(offset % STORE_WORD == 0 && n % STORE_WORD == 0, "program not aligned");
    demand(offset <= size_of(flash) && n <= size_of(flash) - offset, "program behind the end");
    for (size_t done = 0; done < n && flash->powered; done += STORE_WORD) {
        bool *used = &flash->used[(offset + done) / STORE_WORD];
        demand(!*used, "word programmed twice");
        *used = true;
        if (!step_happens(flash)) {
            tear(flash, flash->bytes + offset + done, data + done, STORE_WORD);
            break;
        }
        memcpy(flash->bytes + offset + done, data + done, STORE_WORD);
        flash->words_programmed++;
    }
    return flash->powered;
}

static bool simulated_erase(void *context, uint32_t page)
{
    struct flash_simulator *flash = context;
    demand(page < flash->pages, "erase behind the end");
    if (!flash->powered) {
        return false;
    }
    uint8_t wanted[STORE_PAGE];
    memset(wanted, 0xFF, sizeof wanted);
    uint8_t *bytes = flash->bytes + (size_t)page * STORE_PAGE;
    bool *used = flash->used + (size_t)page * WORDS_PER_PAGE;
    const bool happens = step_happens(flash);
    for (size_t i = 0; i < WORDS_PER_PAGE; i++) {
        used[i] = !happens;
    }
    if (!happens) {
        tear(flash, bytes, wanted, STORE_PAGE);
        return false;
    }
    memcpy(bytes, wanted, STORE_PAGE);
    flash->pages_erased++;
    return true;
}

struct store_flash flash_simulator_port(struct flash_simulator *flash)
{
    return (struct store_flash){
        .read = simulated_read,
        .program = simulated_program,
        .erase = simulated_erase,
        .context = flash,
        .pages = flash->pages,
    };
}

void flash_simulator_cut_after(struct flash_simulator *flash, uint64_t steps, enum flash_tear tear,
                               uint64_t seed)
{
    flash->cutting = true;
    flash->steps_left = steps;
    flash->tear = tear;
    flash->random = seed;
}

bool flash_simulator_power_on(struct flash_simulator *flash)
{
    const bool was_cut = !flash->powered;
    flash->powered = true;
    flash->cutting = false;
    return was_cut;
}

void flash_simulator_count_from_zero(struct flash_simulator *flash)
{
    flash->words_programmed = 0;
    flash->pages_erased = 0;
    flash->bytes_read = 0;
}

bool flash_simulator_contains(const struct flash_simulator *flash, struct span bytes)
{
    for (size_t i = 0; i + bytes.n <= size_of(flash); i++) {
        if (memcmp(flash->bytes + i, bytes.p, bytes.n) == 0) {
            return true;
        }
    }
    return false;
}
