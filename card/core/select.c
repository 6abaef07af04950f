// SELECT: an application by its AID, the MF, or an EF of the current DF (ISO 7816-4 §11.2.2, GPC v2.3.1
// §11.9).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/select.h"

#include "card/apps/isd.h"
#include "card/apps/mf.h"
#include "card/core/card.h"
#include "card/core/life_cycle.h"
#include "card/core/registry.h"
#include "card/wire/lds.h"
#include "card/wire/tlv.h"

// ISO 7816-4 §11.2.2, tables 62 and 63.
enum {
    P1_BY_IDENTIFIER = 0x00,
    P1_EF_UNDER_DF = 0x02,
    P1_PARENT = 0x03,
    P1_BY_NAME = 0x04,
    P2_NEXT = 0x02,
    P2_RESPONSE = 0x0C,
    P2_FCI = 0x00,
    P2_FCP = 0x04,
    P2_NONE = 0x0C,
};

enum {
    TAG_FCP = 0x62,
    TAG_FCI = 0x6F,
    TAG_FILE_SIZE = 0x80,
    TAG_FILE_DESCRIPTOR = 0x82,
    TAG_FILE_IDENTIFIER = 0x83,
    TAG_DF_NAME = 0x84,
    TRANSPARENT_EF = 0x01,
};

void select_application(struct card *card, const struct applet *applet)
{
    if (card->selected != NULL && card->selected->deselect != NULL) {
        card->selected->deselect(card);
    }
    card->selected = applet;
    card->file = NULL;
}

const struct applet *select_initial(struct card *card)
{
    return life_cycle_state_set(card) == STATE_OPERATIONAL ? &mf_applet : &isd_applet;
}

static bool wants_template(const struct apdu_command *command)
{
    return command->ne > 0 && (command->p2 & P2_RESPONSE) != P2_NONE;
}

static uint32_t template_tag(const struct apdu_command *command)
{
    return (command->p2 & P2_RESPONSE) == P2_FCP ? TAG_FCP : TAG_FCI;
}

static uint16_t selected_application(struct card *card, const struct applet *applet, struct span name,
                                     const struct apdu_command *command, struct writer *response)
{
    select_application(card, applet);
    if (wants_template(command)) {
        const size_t opened = tlv_open(response, template_tag(command));
        tlv_put(response, TAG_DF_NAME, name);
        if (applet->select != NULL) {
            applet->select(card, response);
        }
        tlv_close(response, opened);
    }
    return applet->application == IN_ISD && life_cycle(card) == CARD_LOCKED ? SW_FILE_DEACTIVATED : SW_OK;
}

// --- Applications by name ----------------------------------------------------------------------------------

static bool name_begins_with(struct span name, struct span prefix)
{
    return prefix.n >= CARD_AID_MIN && prefix.n <= name.n && span_equal(span_first(name, prefix.n), prefix);
}

// The applications that can be selected, in their order: the ISD, then the registry's. `name` is borrowed
// from `registry`. False behind the last.
static bool application_at(const struct registry *registry, size_t i, const struct applet **applet,
                           struct span *name)
{
    if (i == 0) {
        *applet = &isd_applet;
        *name = AID_ISD;
        return true;
    }
    if (i > registry->count) {
        return false;
    }
    *applet = registry->entries[i - 1].applet;
    *name = registry_aid(&registry->entries[i - 1]);
    if ((registry->entries[i - 1].state & APPLICATION_LOCKED) != 0) {
        *name = span_of(NULL, 0); // matches nothing
    }
    return true;
}

// The exact name wins, else the first that begins with it; `after`: only those behind the current one.
static bool find_application(const struct card *card, const struct registry *registry, struct span wanted,
                             bool after, const struct applet **found, struct span *found_name)
{
    const struct applet *applet;
    struct span name;
    bool reached = !after;
    bool matched = false;
    for (size_t i = 0; application_at(registry, i, &applet, &name); i++) {
        if (reached && !matched && name_begins_with(name, wanted)) {
            *found = applet;
            *found_name = name;
            matched = true;
        }
        if (!after && name.n > 0 && span_equal(name, wanted)) {
            *found = applet;
            *found_name = name;
            return true;
        }
        reached = reached || applet == card->selected;
    }
    return matched;
}

static uint16_t select_by_name(struct card *card, const struct apdu_command *command, struct writer *response)
{
    struct registry registry;
    const bool next = (command->p2 & ~P2_RESPONSE) == P2_NEXT;
    if (!next && (command->p2 & ~P2_RESPONSE) != 0) {
        return SW_WRONG_P1_P2;
    }
    if (!registry_read(&card->store, &registry)) {
        return SW_MEMORY_FAILURE;
    }
    const struct applet *applet = &isd_applet;
    struct span name = AID_ISD;
    if (command->data.n > 0 && !find_application(card, &registry, command->data, next, &applet, &name)) {
        return SW_FILE_NOT_FOUND;
    }
    if (applet != &isd_applet && life_cycle_state_set(card) != STATE_OPERATIONAL) {
        return SW_FUNCTION_NOT_SUPPORTED;
    }
    return selected_application(card, applet, name, command, response);
}

// --- The MF and EFs by identifier --------------------------------------------------------------------------

static uint16_t select_mf(struct card *card, const struct apdu_command *command, struct writer *response)
{
    if (life_cycle_state_set(card) != STATE_OPERATIONAL) {
        return SW_FUNCTION_NOT_SUPPORTED;
    }
    return selected_application(card, &mf_applet, AID_MF, command, response);
}

static uint16_t select_file(struct card *card, uint16_t identifier, const struct apdu_command *command,
                            struct writer *response)
{
    const struct file_row *file = file_by_identifier(card, identifier);
    size_t length = 0;
    const uint16_t status = file == NULL ? SW_FILE_NOT_FOUND : file_open(card, file, &length);
    if (status != SW_OK) {
        return status;
    }
    card->file = file;
    if (wants_template(command)) {
        const uint8_t descriptor = TRANSPARENT_EF;
        const uint8_t size[] = {(uint8_t)(length >> 8), (uint8_t)length};
        const uint8_t name[] = {(uint8_t)(identifier >> 8), (uint8_t)identifier};
        const size_t opened = tlv_open(response, template_tag(command));
        tlv_put(response, TAG_FILE_SIZE, span_of(size, sizeof size));
        tlv_put(response, TAG_FILE_DESCRIPTOR, span_of(&descriptor, sizeof descriptor));
        tlv_put(response, TAG_FILE_IDENTIFIER, span_of(name, sizeof name));
        tlv_close(response, opened);
    }
    return SW_OK;
}

static uint16_t select_by_identifier(struct card *card, const struct apdu_command *command,
                                     struct writer *response)
{
    const struct span data = command->data;
    if ((command->p2 & ~P2_RESPONSE) != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->p1 == P1_PARENT || (command->p1 == P1_BY_IDENTIFIER && data.n == 0)) {
        return data.n == 0 ? select_mf(card, command, response) : SW_WRONG_LENGTH;
    }
    if (data.n != 2) {
        return SW_WRONG_LENGTH;
    }
    const uint16_t identifier = (uint16_t)(data.p[0] << 8 | data.p[1]);
    if (command->p1 == P1_BY_IDENTIFIER && identifier == FID_MF) {
        return select_mf(card, command, response);
    }
    return select_file(card, identifier, command, response);
}

uint16_t select_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    const uint8_t occurrence_free = command->p2 & P2_RESPONSE;
    if (occurrence_free != P2_FCI && occurrence_free != P2_FCP && occurrence_free != P2_NONE) {
        return SW_WRONG_P1_P2;
    }
    switch (command->p1) {
    case P1_BY_NAME:
        return select_by_name(card, command, response);
    case P1_BY_IDENTIFIER:
    case P1_EF_UNDER_DF:
    case P1_PARENT:
        return select_by_identifier(card, command, response);
    default:
        return SW_WRONG_P1_P2;
    }
}
