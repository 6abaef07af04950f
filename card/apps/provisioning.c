// The provisioning application: binds one phone to the card. Ours.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/provisioning.h"

#include "card/core/card.h"
#include "card/wire/lds.h"
#include "card/wire/provisioning.h"

// OBJECT_BINDING: the counter, and behind it the thumbprint while a phone is bound. Without the object no
// phone was ever bound.
struct binding {
    uint32_t counter;
    uint8_t thumbprint[BINDING_THUMBPRINT];
    bool bound;
};

static uint16_t read_binding(struct card *card, struct binding *binding)
{
    uint8_t bytes[BINDING_COUNTER + BINDING_THUMBPRINT];
    size_t length = 0;
    *binding = (struct binding){0};
    const enum store_status status = store_length(&card->store, OBJECT_BINDING, &length);
    if (status == STORE_NOT_FOUND) {
        return SW_OK;
    }
    if (status != STORE_OK || (length != BINDING_COUNTER && length != sizeof bytes) ||
        store_read(&card->store, OBJECT_BINDING, 0, bytes, length) != STORE_OK) {
        return SW_MEMORY_FAILURE;
    }
    for (size_t i = 0; i < BINDING_COUNTER; i++) {
        binding->counter = binding->counter << 8 | bytes[i];
    }
    binding->bound = length == sizeof bytes;
    if (binding->bound) {
        memcpy(binding->thumbprint, bytes + BINDING_COUNTER, sizeof binding->thumbprint);
    }
    return SW_OK;
}

static void put_counter(struct writer *w, uint32_t counter)
{
    writer_put_u16(w, (uint16_t)(counter >> 16));
    writer_put_u16(w, (uint16_t)counter);
}

// One object, so one transaction.
static uint16_t write_binding(struct card *card, const struct binding *binding)
{
    uint8_t bytes[BINDING_COUNTER + BINDING_THUMBPRINT];
    struct writer w = writer_of(bytes, sizeof bytes);
    put_counter(&w, binding->counter);
    if (binding->bound) {
        writer_put(&w, span_of(binding->thumbprint, sizeof binding->thumbprint));
    }
    return store_write(&card->store, OBJECT_BINDING, writer_span(&w)) == STORE_OK ? SW_OK : SW_MEMORY_FAILURE;
}

static void put_binding(struct writer *response, const struct binding *binding)
{
    writer_put(response, span_of(binding->thumbprint, sizeof binding->thumbprint));
    put_counter(response, binding->counter);
}

// The row has asked for the protocols; here, for the right, and that the holder gave the PIN: who only reads
// the CAN from the card's face binds no phone.
static uint16_t admit(const struct card *card)
{
    const struct security_status *security = &card->security;
    const bool admitted =
        security_allows(security, PROVISIONING_AUTHENTICATED, right_of(RIGHT_PROVISION_PHONE)) &&
        security->achieved.password == PACE_PASSWORD_PIN;
    return admitted ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED;
}

uint16_t bind_device_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    struct binding binding;
    uint16_t status = admit(card);
    if (status != SW_OK) {
        return status;
    }
    if (command->data.n != BINDING_THUMBPRINT) {
        return SW_WRONG_DATA;
    }
    status = read_binding(card, &binding);
    if (status != SW_OK) {
        return status;
    }
    if (!binding.bound ||
        !span_equal(span_of(binding.thumbprint, sizeof binding.thumbprint), command->data)) {
        if (binding.counter == UINT32_MAX) {
            return SW_NOT_ENOUGH_MEMORY;
        }
        binding.counter++;
        binding.bound = true;
        memcpy(binding.thumbprint, command->data.p, sizeof binding.thumbprint);
        status = write_binding(card, &binding);
    }
    if (status == SW_OK) {
        put_binding(response, &binding);
    }
    return status;
}

uint16_t read_binding_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    (void)command;
    struct binding binding;
    uint16_t status = admit(card);
    if (status == SW_OK) {
        status = read_binding(card, &binding);
    }
    if (status != SW_OK) {
        return status;
    }
    if (!binding.bound) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    put_binding(response, &binding);
    return SW_OK;
}

uint16_t unbind_device_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    (void)command;
    (void)response;
    struct binding binding;
    uint16_t status = admit(card);
    if (status == SW_OK) {
        status = read_binding(card, &binding);
    }
    if (status != SW_OK || !binding.bound) {
        return status;
    }
    binding.bound = false;
    return write_binding(card, &binding);
}

// The application may come again: the phone is gone, the counter goes on.
static uint16_t remove_all(struct card *card)
{
    struct binding binding;
    const uint16_t status = read_binding(card, &binding);
    if (status != SW_OK || !binding.bound) {
        return status;
    }
    binding.bound = false;
    return write_binding(card, &binding);
}

const struct applet provisioning_applet = {
    .name = "provisioning",
    .aid = &AID_PROVISIONING,
    .application = IN_PROVISIONING,
    .remove = remove_all,
};
