// A card with its flash in memory.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/card_machine.h"

#include "card/core/registry.h"
#include "card/wire/lds.h"
#include "tests/fuzz/fuzz.h"

static bool flash_read(void *context, uint32_t offset, uint8_t *out, size_t n)
{
    struct card_machine *m = context;
    require(offset <= sizeof m->flash && n <= sizeof m->flash - offset);
    memcpy(out, m->flash + offset, n);
    return true;
}

static bool flash_program(void *context, uint32_t offset, const uint8_t *data, size_t n)
{
    struct card_machine *m = context;
    require(offset % STORE_WORD == 0 && n % STORE_WORD == 0 && offset <= sizeof m->flash &&
            n <= sizeof m->flash - offset);
    memcpy(m->flash + offset, data, n);
    return true;
}

static bool flash_erase(void *context, uint32_t page)
{
    struct card_machine *m = context;
    require(page < CARD_MACHINE_PAGES);
    memset(m->flash + (size_t)page * STORE_PAGE, 0xFF, STORE_PAGE);
    return true;
}

static bool fill(void *context, uint8_t *out, size_t n)
{
    struct card_machine *m = context;
    for (size_t i = 0; i < n; i++) {
        m->random = m->random * 6364136223846793005u + 1442695040888963407u;
        out[i] = (uint8_t)(m->random >> 56);
    }
    return true;
}

static struct card_port port_of(struct card_machine *machine)
{
    return (struct card_port){.flash = {flash_read, flash_program, flash_erase, machine, CARD_MACHINE_PAGES},
                              .random = {fill, machine}};
}

static void install_emrtd(struct store *store)
{
    struct registry registry;
    require(registry_read(store, &registry));
    struct registry_entry entry = {.state = APPLICATION_SELECTABLE, .aid_length = (uint8_t)AID_EMRTD.n};
    memcpy(entry.aid, AID_EMRTD.p, AID_EMRTD.n);
    for (size_t i = 0; i < applet_count; i++) {
        if (applet_table[i]->application == IN_EMRTD) {
            entry.applet = applet_table[i];
        }
    }
    require(registry_put(&registry, &entry) && registry_write(store, &registry) == STORE_OK);
}

void card_machine_manufacture(struct card_machine *machine)
{
    struct card_factory factory = {.transport_keys = {.length = 16}, .key_version = 0xFF};
    memset(machine, 0, sizeof *machine);
    const struct card_port port = port_of(machine);
    require(card_manufacture(&port, &factory) == STORE_OK);
    require(card_machine_power_on(machine) == STORE_OK);
    install_emrtd(&machine->card.store);
}

void card_machine_restore(struct card_machine *machine, const uint8_t flash[CARD_MACHINE_FLASH])
{
    memset(machine, 0, sizeof *machine);
    memcpy(machine->flash, flash, sizeof machine->flash);
}

enum store_status card_machine_power_on(struct card_machine *machine)
{
    const struct card_port port = port_of(machine);
    return card_power_on(&machine->card, &port);
}

size_t card_machine_transmit(struct card_machine *machine, struct span command,
                             uint8_t response[CARD_RESPONSE_MAX])
{
    const size_t n = card_transmit(&machine->card, command.p, command.n, response, CARD_RESPONSE_MAX);
    require(n >= 2 && n <= CARD_RESPONSE_MAX);
    require(!store_in_transaction(&machine->card.store));
    return n;
}
