// The registry of installed applications (GPC v2.3.1 §6.4), and EF.DIR, which lists them (ISO 7816-4
// §12.2.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_REGISTRY_H
#define JUMIN_CARD_CORE_REGISTRY_H

#include "card/core/limits.h"
#include "card/vm/applet.h"

// GPC v2.3.1 §11.1.1, table 11-4. LOCKED is a bit beside the state that unlocking restores.
enum application_state {
    APPLICATION_SELECTABLE = 0x07,
    APPLICATION_PERSONALIZED = 0x0F,
    APPLICATION_LOCKED = 0x80,
};

enum { REGISTRY_PRIVILEGES = 3 };

struct registry_entry {
    const struct applet *applet;
    uint8_t state; // enum application_state
    uint8_t privileges[REGISTRY_PRIVILEGES];
    uint8_t aid[CARD_AID_MAX];
    uint8_t aid_length;
};

// Without the ISD, which is always there and whose life cycle is the card's. In the order of applet_table; at
// most one instance of each.
struct registry {
    struct registry_entry entries[CARD_APPLICATIONS_MAX];
    size_t count;
};

// False when the store fails or what it holds is no registry.
bool registry_read(struct store *store, struct registry *registry);
// Stores the registry and EF.DIR. Within a transaction.
enum store_status registry_write(struct store *store, const struct registry *registry);

struct span registry_aid(const struct registry_entry *entry);
// By the AID of the instance; NULL when there is none.
struct registry_entry *registry_find(struct registry *registry, struct span aid);
struct registry_entry *registry_find_applet(struct registry *registry, const struct applet *applet);
// Puts in a new entry or replaces the applet's old one. False when the registry is full.
bool registry_put(struct registry *registry, const struct registry_entry *entry);
void registry_remove(struct registry *registry, const struct registry_entry *entry);

#endif
