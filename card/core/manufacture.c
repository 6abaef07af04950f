// The factory's step: blank flash becomes a card that a station can address.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"
#include "card/apps/ndef.h"
#include "card/core/card.h"
#include "card/core/channel_keys.h"
#include "card/core/erasure.h"
#include "card/core/life_cycle.h"
#include "card/core/registry.h"

static bool put_application(struct registry *registry, const struct applet *applet)
{
    struct registry_entry entry = {.applet = applet, .state = APPLICATION_SELECTABLE};
    entry.aid_length = (uint8_t)applet->aid->n;
    memcpy(entry.aid, applet->aid->p, applet->aid->n);
    return registry_put(registry, &entry);
}

static enum store_status write_registry(struct store *store)
{
    struct registry registry = {.count = 0};
    if (!put_application(&registry, &mf_applet) || !put_application(&registry, &ndef_applet)) {
        return STORE_FULL;
    }
    return registry_write(store, &registry);
}

static enum store_status write_all(struct store *store, const struct card_factory *factory)
{
    const uint8_t state = CARD_OP_READY;
    const struct {
        uint16_t object;
        struct span data;
    } objects[] = {
        {OBJECT_LIFE_CYCLE, span_of(&state, sizeof state)},
        {OBJECT_PRODUCTION, span_of(factory->production, sizeof factory->production)},
        {OBJECT_DIVERSIFICATION, span_of(factory->diversification, sizeof factory->diversification)},
        {OBJECT_BATCH, span_of(factory->batch, sizeof factory->batch)},
    };
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        const enum store_status status = store_write(store, objects[i].object, objects[i].data);
        if (status != STORE_OK) {
            return status;
        }
    }
    enum store_status status = channel_keys_write(store, factory->key_version, &factory->transport_keys);
    if (status == STORE_OK) {
        status = erasure_write_initial(store);
    }
    return status == STORE_OK ? write_registry(store) : status;
}

static enum store_status write_card(struct store *store, const struct card_factory *factory)
{
    const enum store_status status = store_begin(store);
    const enum store_status written = status == STORE_OK ? write_all(store, factory) : status;
    return written == STORE_OK ? store_commit(store) : written;
}

enum store_status card_manufacture(const struct card_port *port, const struct card_factory *factory)
{
    if (!channel_keys_valid(factory->key_version, factory->transport_keys.length)) {
        return STORE_MISUSE;
    }
    struct store store;
    enum store_status status = store_format(&port->flash);
    if (status == STORE_OK) {
        status = store_open(&store, &port->flash);
    }
    if (status == STORE_OK) {
        status = write_card(&store, factory);
        crypto_wipe(&store, sizeof store); // it has seen the keys
    }
    return status;
}
