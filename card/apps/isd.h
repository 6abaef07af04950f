// The issuer security domain (GPC v2.3.1 §7, §10, §11; GP Amd D): secure channel, keys, registry, content,
// states.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_APPS_ISD_H
#define JUMIN_CARD_APPS_ISD_H

#include "card/nvm/store.h"
#include "card/vm/applet.h"

enum isd_instruction {
    ISD_INITIALIZE_UPDATE = 0x50,
    ISD_EXTERNAL_AUTHENTICATE = 0x82,
    ISD_GET_DATA = 0xCA,
};

extern const struct applet isd_applet;

// isd.c: the secure channel.
command_handler isd_initialize_update_handler;
command_handler isd_external_authenticate_handler;
// Ends the channel, and with it a personalization that waits for its next block.
void isd_end_channel(struct card *card);
// Parameter i of a channel (GP Amd D §5.1): with a pseudo-random challenge until the card is SECURED.
uint8_t isd_channel_parameter(struct card *card, enum scp03_mode mode);

// isd_data.c
command_handler isd_get_data_handler;
command_handler isd_get_data_odd_handler;
// One tag of a tag list (ISO 7816-4 §8.4.1): one or two bytes. False at the end, and for one that is cut off.
bool isd_take_tag(struct span *list, uint32_t *tag);
// isd_keys.c
command_handler isd_put_key_handler;
// isd_status.c
command_handler isd_get_status_handler;
command_handler isd_set_status_handler;
// isd_content.c
command_handler isd_install_handler;
command_handler isd_install_for_personalization_handler;
command_handler isd_delete_handler;
// isd_store_data.c
command_handler isd_store_data_handler;

// The status word for a failure of the store.
uint16_t isd_store_status(enum store_status status);
// Ends a transaction: commits what `changed` is the outcome of and erases what it has marked (erasure.h), or
// takes it back. Returns the status word of all together.
uint16_t isd_end_transaction(struct card *card, uint16_t changed);

#endif
