// INSTALL and DELETE of the applications in the image (GPC v2.3.1 §9.3, §11.2, §11.5).
// SPDX-License-Identifier: Apache-2.0
//
// GlobalPlatform lets the issuer delete an application at any time up to CARD_LOCKED, also one that is
// PERSONALIZED, and so does this card: the right lies in the keys of the channel. What is PERSONALIZED is not
// overwritten though: neither by STORE DATA nor by INSTALL. An application that is not yet PERSONALIZED is
// installed anew without being deleted first, so that a station that lost the card begins again at the same
// command.
#include "card/apps/isd.h"

#include "card/core/card.h"
#include "card/core/erasure.h"
#include "card/core/registry.h"
#include "card/wire/lds.h"
#include "card/wire/tlv.h"

enum { TAG_AID = 0x4F };

// The fields of INSTALL, each behind one byte of length (GPC v2.3.1 §11.5.2.3).
struct install_data {
    struct span load_file, module, instance, privileges, parameters, token;
};

static bool take_counted(struct span *data, struct span *field)
{
    struct span length;
    return span_take(data, 1, &length) && span_take(data, length.p[0], field);
}

static bool parse_install(struct span data, struct install_data *install)
{
    return take_counted(&data, &install->load_file) && take_counted(&data, &install->module) &&
           take_counted(&data, &install->instance) && take_counted(&data, &install->privileges) &&
           take_counted(&data, &install->parameters) && take_counted(&data, &install->token) && data.n == 0 &&
           install->token.n == 0;
}

static bool are_objects(struct span data)
{
    struct tlv object;
    enum tlv_result result;
    do {
        result = tlv_next(&data, &object);
    } while (result == TLV_OBJECT);
    return result == TLV_END;
}

// No application here needs a privilege, so none is given.
static bool asks_for_no_privilege(struct span privileges)
{
    static const uint8_t none[REGISTRY_PRIVILEGES] = {0};
    return (privileges.n == 1 || privileges.n == REGISTRY_PRIVILEGES) &&
           span_equal(privileges, span_of(none, privileges.n));
}

static const struct applet *module_of(struct span aid)
{
    for (size_t i = 1; i < applet_count; i++) {
        if (span_equal(*applet_table[i]->aid, aid)) {
            return applet_table[i];
        }
    }
    return NULL;
}

static uint16_t remove_objects(struct card *card, const struct applet *applet)
{
    if (card->personalization.target == applet) {
        crypto_wipe(&card->personalization, sizeof card->personalization);
    }
    const uint16_t status = applet->remove != NULL ? applet->remove(card) : SW_OK;
    return status == SW_OK ? isd_store_status(erasure_mark(&card->store)) : status;
}

static uint16_t replace(struct card *card, struct registry *registry, const struct registry_entry *entry)
{
    const bool anew = registry_find_applet(registry, entry->applet) != NULL;
    const uint16_t status = anew ? remove_objects(card, entry->applet) : SW_OK;
    if (status != SW_OK) {
        return status;
    }
    if (!registry_put(registry, entry)) {
        return SW_NOT_ENOUGH_MEMORY;
    }
    return isd_store_status(registry_write(&card->store, registry));
}

uint16_t isd_install_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    struct install_data install;
    struct registry registry;
    if (!parse_install(command->data, &install) || !asks_for_no_privilege(install.privileges) ||
        !are_objects(install.parameters)) {
        return SW_WRONG_DATA;
    }
    const struct applet *applet = module_of(install.module);
    if (applet == NULL || (install.load_file.n > 0 && !span_equal(install.load_file, AID_PACKAGE))) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    const struct span aid = install.instance.n > 0 ? install.instance : *applet->aid;
    if (!registry_read(&card->store, &registry)) {
        return SW_MEMORY_FAILURE;
    }
    const struct registry_entry *same_aid = registry_find(&registry, aid);
    if (aid.n < CARD_AID_MIN || aid.n > CARD_AID_MAX || span_equal(aid, AID_ISD) ||
        (same_aid != NULL && same_aid->applet != applet)) {
        return SW_WRONG_DATA;
    }
    const struct registry_entry *old = registry_find_applet(&registry, applet);
    if (old != NULL && old->state != APPLICATION_SELECTABLE) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    struct registry_entry entry = {
        .applet = applet, .state = APPLICATION_SELECTABLE, .aid_length = (uint8_t)aid.n};
    memcpy(entry.aid, aid.p, aid.n);
    uint16_t status = isd_store_status(store_begin(&card->store));
    if (status == SW_OK) {
        status = isd_end_transaction(card, replace(card, &registry, &entry));
    }
    writer_put_u8(response, 0); // no confirmation follows (GPC v2.3.1 §11.5.3.1)
    return status;
}

uint16_t isd_install_for_personalization_handler(struct card *card, const struct apdu_command *command,
                                                 struct writer *response)
{
    struct install_data install;
    struct registry registry;
    (void)response; // some clients take no data here, and none needs it
    crypto_wipe(&card->personalization, sizeof card->personalization);
    if (!parse_install(command->data, &install)) {
        return SW_WRONG_DATA;
    }
    if (!registry_read(&card->store, &registry)) {
        return SW_MEMORY_FAILURE;
    }
    const struct registry_entry *entry = registry_find(&registry, install.instance);
    if (entry == NULL) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    if (entry->state != APPLICATION_SELECTABLE) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    card->personalization.target = entry->applet;
    dgi_start(&card->personalization.reader);
    return SW_OK;
}

static uint16_t remove_application(struct card *card, struct registry *registry,
                                   const struct registry_entry *entry)
{
    const uint16_t status = remove_objects(card, entry->applet);
    if (status != SW_OK) {
        return status;
    }
    registry_remove(registry, entry);
    return isd_store_status(registry_write(&card->store, registry));
}

uint16_t isd_delete_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    struct span data = command->data;
    struct registry registry;
    struct tlv name;
    if (!tlv_expect(&data, TAG_AID, &name) || data.n != 0) {
        return SW_WRONG_DATA;
    }
    if (span_equal(name.value, AID_ISD) || span_equal(name.value, AID_PACKAGE)) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    if (!registry_read(&card->store, &registry)) {
        return SW_MEMORY_FAILURE;
    }
    const struct registry_entry *entry = registry_find(&registry, name.value);
    if (entry == NULL) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    uint16_t status = isd_store_status(store_begin(&card->store));
    if (status == SW_OK) {
        status = isd_end_transaction(card, remove_application(card, &registry, entry));
    }
    writer_put_u8(response, 0); // no confirmation follows (GPC v2.3.1 §11.2.3.1)
    return status;
}
