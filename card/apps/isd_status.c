// GET STATUS and SET STATUS (GPC v2.3.1 §11.4, §11.10).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/isd.h"

#include "card/core/card.h"
#include "card/core/channel_keys.h"
#include "card/core/erasure.h"
#include "card/core/life_cycle.h"
#include "card/core/registry.h"
#include "card/wire/lds.h"
#include "card/wire/tlv.h"

// P1 (GPC v2.3.1 §11.4.2.1, §11.10.2.1).
enum subset {
    SUBSET_ISD = 0x80,
    SUBSET_APPLICATIONS = 0x40,
    SUBSET_LOAD_FILES = 0x20,
    SUBSET_LOAD_FILES_AND_MODULES = 0x10,
};

enum {
    P2_NEXT_OCCURRENCE = 0x01,
    P2_TLV = 0x02,
    LOADED = 0x01, // life cycle of a load file (GPC v2.3.1 §11.1.1, table 11-3)
    SW_MORE_DATA = 0x6310,
    TAG_AID = 0x4F,
    TAG_TAG_LIST = 0x5C,
    TAG_MODULE = 0x84,
    TAG_LOAD_FILE = 0xC4,
    TAG_PRIVILEGES = 0xC5,
    TAG_SECURITY_DOMAIN = 0xCC,
    TAG_REGISTRY_ENTRY = 0xE3,
    TAG_LIFE_CYCLE = 0x9F70,
    ENTRY_MAX = 160,
};

// Security domain, card lock, card terminate; authorized management, global delete, lock and registry, final
// application (GPC v2.3.1 §11.1.2, tables 11-7 ff.).
static const uint8_t ISD_PRIVILEGES[REGISTRY_PRIVILEGES] = {0x98, 0x5E, 0x00};

// One line of the answer.
struct line {
    struct span aid;
    uint8_t state;
    const uint8_t *privileges; // NULL: of a load file
    bool modules;
};

// What the host asked for.
struct query {
    uint8_t subset;
    bool tlv;
    struct span aid;  // lines whose AID begins with it
    struct span tags; // to be answered; empty: all
};

static bool parse_query(const struct apdu_command *command, struct query *query)
{
    struct span data = command->data;
    struct tlv object;
    enum tlv_result result;
    *query = (struct query){.subset = command->p1, .tlv = (command->p2 & P2_TLV) != 0};
    while ((result = tlv_next(&data, &object)) == TLV_OBJECT) {
        if (object.tag == TAG_AID) {
            query->aid = object.value;
        } else if (object.tag == TAG_TAG_LIST) {
            query->tags = object.value;
        }
    }
    return result == TLV_END;
}

static bool line_at(struct card *card, const struct registry *registry, enum subset subset, size_t i,
                    struct line *line)
{
    switch (subset) {
    case SUBSET_ISD:
        *line = (struct line){AID_ISD, (uint8_t)life_cycle(card), ISD_PRIVILEGES, false};
        return i == 0;
    case SUBSET_APPLICATIONS:
        if (i < registry->count) {
            const struct registry_entry *entry = &registry->entries[i];
            *line = (struct line){registry_aid(entry), entry->state, entry->privileges, false};
        }
        return i < registry->count;
    default:
        *line = (struct line){AID_PACKAGE, LOADED, NULL, subset == SUBSET_LOAD_FILES_AND_MODULES};
        return i == 0;
    }
}

static bool wants_tag(const struct query *query, uint32_t tag)
{
    struct span list = query->tags;
    uint32_t listed = 0;
    bool found = list.n == 0;
    while (!found && isd_take_tag(&list, &listed)) {
        found = listed == tag;
    }
    return found;
}

static void put_wanted(struct writer *w, const struct query *query, uint32_t tag, struct span value)
{
    if (wants_tag(query, tag)) {
        tlv_put(w, tag, value);
    }
}

// GPC v2.3.1 §11.4.3.1, table 11-36.
static void put_tlv_line(struct writer *w, const struct query *query, const struct line *line)
{
    const size_t opened = tlv_open(w, TAG_REGISTRY_ENTRY);
    put_wanted(w, query, TAG_AID, line->aid);
    put_wanted(w, query, TAG_LIFE_CYCLE, span_of(&line->state, 1));
    if (line->privileges != NULL) {
        put_wanted(w, query, TAG_PRIVILEGES, span_of(line->privileges, REGISTRY_PRIVILEGES));
        put_wanted(w, query, TAG_LOAD_FILE, AID_PACKAGE);
    }
    for (size_t i = 1; i < applet_count && line->modules; i++) {
        put_wanted(w, query, TAG_MODULE, *applet_table[i]->aid);
    }
    put_wanted(w, query, TAG_SECURITY_DOMAIN, AID_ISD);
    tlv_close(w, opened);
}

static void put_counted(struct writer *w, struct span bytes)
{
    writer_put_u8(w, (uint8_t)bytes.n);
    writer_put(w, bytes);
}

// GPC v2.3.1 §11.4.3.1, tables 11-34 and 11-35: the older form, still asked for.
static void put_plain_line(struct writer *w, const struct line *line)
{
    put_counted(w, line->aid);
    writer_put_u8(w, line->state);
    writer_put_u8(w, line->privileges != NULL ? line->privileges[0] : 0);
    if (line->modules) {
        writer_put_u8(w, (uint8_t)(applet_count - 1));
        for (size_t i = 1; i < applet_count; i++) {
            put_counted(w, *applet_table[i]->aid);
        }
    }
}

// Bytes that fit one answer, with what R-ENC and R-MAC add.
static size_t room_of(const struct card *card, const struct apdu_command *command)
{
    size_t room = command->ne > 0 ? command->ne : APDU_SHORT_LE_MAX;
    room = room < CARD_RESPONSE_DATA_MAX ? room : CARD_RESPONSE_DATA_MAX;
    size_t overhead = 0;
    if ((card->security.scp03.level & SCP03_R_MAC) != 0) {
        overhead += card->security.scp03.mode;
    }
    if ((card->security.scp03.level & SCP03_R_ENCRYPTION) != 0) {
        overhead += CRYPTO_BLOCK;
    }
    return room > overhead ? room - overhead : 0;
}

static bool is_subset(uint8_t p1)
{
    return p1 == SUBSET_ISD || p1 == SUBSET_APPLICATIONS || p1 == SUBSET_LOAD_FILES ||
           p1 == SUBSET_LOAD_FILES_AND_MODULES;
}

// Writes lines from `first` on. Returns the line that did not fit any more, or 0.
static size_t put_lines(struct card *card, const struct registry *registry, const struct query *query,
                        size_t first, size_t room, struct writer *response)
{
    struct line line;
    for (size_t i = first; line_at(card, registry, (enum subset)query->subset, i, &line); i++) {
        uint8_t bytes[ENTRY_MAX];
        struct writer entry = writer_of(bytes, sizeof bytes);
        if (!span_equal(span_first(line.aid, query->aid.n), query->aid)) {
            continue;
        }
        if (query->tlv) {
            put_tlv_line(&entry, query, &line);
        } else {
            put_plain_line(&entry, &line);
        }
        if (response->n > 0 && response->n + entry.n > room) {
            return i;
        }
        response->overflow = response->overflow || entry.overflow;
        writer_put(response, writer_span(&entry));
    }
    return 0;
}

uint16_t isd_get_status_handler(struct card *card, const struct apdu_command *command,
                                struct writer *response)
{
    struct registry registry;
    struct query query;
    if (!is_subset(command->p1)) {
        return SW_WRONG_P1_P2;
    }
    if (!parse_query(command, &query)) {
        return SW_WRONG_DATA;
    }
    const bool next = (command->p2 & P2_NEXT_OCCURRENCE) != 0;
    if (next && card->status_next == 0) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    if (!registry_read(&card->store, &registry)) {
        return SW_MEMORY_FAILURE;
    }
    const size_t first = next ? card->status_next : 0;
    card->status_next = (uint8_t)put_lines(card, &registry, &query, first, room_of(card, command), response);
    if (card->status_next != 0) {
        return SW_MORE_DATA;
    }
    return response->n > 0 ? SW_OK : SW_REFERENCED_DATA_NOT_FOUND;
}

// An application is locked, or gets back the state that it had (GPC v2.3.1 §5.3.1.3).
static uint16_t set_application_status(struct card *card, struct span aid, uint8_t state)
{
    struct registry registry;
    if (!registry_read(&card->store, &registry)) {
        return SW_MEMORY_FAILURE;
    }
    struct registry_entry *entry = registry_find(&registry, aid);
    if (entry == NULL) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    const uint8_t own = entry->state & (uint8_t)~APPLICATION_LOCKED;
    const bool lock = (state & APPLICATION_LOCKED) != 0;
    if (lock && entry->applet->application == IN_MF) {
        return SW_CONDITIONS_NOT_SATISFIED; // it is always selected; the whole card can be locked
    }
    if (!lock && (entry->state & APPLICATION_LOCKED) == 0 && state != own) {
        return SW_CONDITIONS_NOT_SATISFIED; // the other states are for the application to reach
    }
    entry->state = lock ? own | APPLICATION_LOCKED : own;
    const uint16_t status = isd_store_status(store_begin(&card->store));
    return status == SW_OK
               ? isd_end_transaction(card, isd_store_status(registry_write(&card->store, &registry)))
               : status;
}

// What applications and channel hold. The production data stays. Within one transaction.
static uint16_t remove_everything(struct card *card)
{
    for (size_t i = 0; i < applet_count; i++) {
        const uint16_t status = applet_table[i]->remove != NULL ? applet_table[i]->remove(card) : SW_OK;
        if (status != SW_OK) {
            return status;
        }
    }
    const enum store_status status = channel_keys_delete(&card->store);
    return isd_store_status(status == STORE_OK ? erasure_mark(&card->store) : status);
}

// A card that is TERMINATED has no use for keys, passwords or a person's data any more.
static uint16_t set_card_status(struct card *card, uint8_t state)
{
    uint16_t status = isd_store_status(store_begin(&card->store));
    if (status != SW_OK) {
        return status;
    }
    status = life_cycle_change(card, state);
    if (status == SW_OK && state == CARD_TERMINATED) {
        status = remove_everything(card);
    }
    return isd_end_transaction(card, status);
}

uint16_t isd_set_status_handler(struct card *card, const struct apdu_command *command,
                                struct writer *response)
{
    (void)response;
    switch (command->p1) {
    case SUBSET_ISD:
        return set_card_status(card, command->p2);
    case SUBSET_APPLICATIONS:
        return life_cycle_state_set(card) == STATE_OPERATIONAL
                   ? set_application_status(card, command->data, command->p2)
                   : SW_CONDITIONS_NOT_SATISFIED;
    default:
        return SW_WRONG_P1_P2;
    }
}
