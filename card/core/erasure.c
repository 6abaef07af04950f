// Erasing from flash what a command has replaced or removed.
// SPDX-License-Identifier: Apache-2.0
#include "card/core/erasure.h"

#include "card/core/objects.h"

enum erasure_state { ERASURE_NONE = 0, ERASURE_DUE = 1 };

// One byte that is always there: replacing it needs no room.
static enum store_status write_state(struct store *store, enum erasure_state state)
{
    const uint8_t byte = (uint8_t)state;
    return store_write(store, OBJECT_ERASURE, span_of(&byte, sizeof byte));
}

enum store_status erasure_write_initial(struct store *store)
{
    return write_state(store, ERASURE_NONE);
}

enum store_status erasure_mark(struct store *store)
{
    return write_state(store, ERASURE_DUE);
}

enum store_status erasure_finish(struct store *store)
{
    uint8_t state = ERASURE_NONE;
    enum store_status status = store_read(store, OBJECT_ERASURE, 0, &state, sizeof state);
    if (status == STORE_NOT_FOUND || (status == STORE_OK && state == ERASURE_NONE)) {
        return STORE_OK;
    }
    if (status == STORE_OK) {
        status = store_scrub(store);
    }
    return status == STORE_OK ? write_state(store, ERASURE_NONE) : status;
}

enum store_status erasure_commit(struct store *store)
{
    const enum store_status status = store_commit(store);
    return status == STORE_OK ? erasure_finish(store) : status;
}
