// Managing PIN and CAN (TR-03110-2 §2.4, TR-03110-3 §B.14.11 to §B.14.13).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/pin_management.h"

#include "card/core/card.h"
#include "card/core/erasure.h"
#include "card/core/password.h"

static bool by_holder(const struct card *card, enum pace_password password)
{
    const struct achieved *achieved = &card->security.achieved;
    return !achieved->terminal_authenticated && achieved->password == password;
}

static bool by_office(const struct card *card)
{
    return security_allows(&card->security, SECURITY_TERMINAL_AUTHENTICATED | SECURITY_CHIP_AUTHENTICATED,
                           right_of(RIGHT_PIN_MANAGEMENT));
}

// Ends the transaction in which a command has changed something.
static uint16_t end_change(struct card *card, uint16_t changed)
{
    if (changed != SW_OK) {
        store_abort(&card->store);
        return changed;
    }
    return erasure_commit(&card->store) == STORE_OK ? SW_OK : SW_MEMORY_FAILURE;
}

static uint16_t replace_and_mark(struct card *card, enum pace_password password, struct span characters)
{
    uint16_t status = password_replace(card, password, characters);
    if (status == SW_OK && password == PACE_PASSWORD_PIN && by_office(card)) {
        status = password_restore_resets(card);
    }
    if (status == SW_OK && erasure_mark(&card->store) != STORE_OK) {
        status = SW_MEMORY_FAILURE;
    }
    return status;
}

static uint16_t change(struct card *card, enum pace_password password, struct span characters)
{
    if (password_status(card, password) == SW_REFERENCED_DATA_NOT_FOUND) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    if (store_begin(&card->store) != STORE_OK) {
        return SW_MEMORY_FAILURE;
    }
    return end_change(card, replace_and_mark(card, password, characters));
}

uint16_t change_pin_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    (void)response;
    if (!by_holder(card, PACE_PASSWORD_PIN) && !by_office(card)) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    // Only whoever has just proved to know it learns that it is the same.
    if (by_holder(card, PACE_PASSWORD_PIN) && password_is_transport_pin(card) &&
        password_equals(card, PACE_PASSWORD_PIN, command->data)) {
        return SW_WRONG_DATA;
    }
    return change(card, PACE_PASSWORD_PIN, command->data);
}

uint16_t change_can_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    (void)response;
    return by_office(card) ? change(card, PACE_PASSWORD_CAN, command->data)
                           : SW_SECURITY_STATUS_NOT_SATISFIED;
}

uint16_t unblock_pin_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    (void)command;
    (void)response;
    const bool counted = by_holder(card, PACE_PASSWORD_PUK);
    if (!counted && !by_office(card)) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    const uint16_t status = password_tries_status(card);
    if (status == SW_OK || status == SW_REFERENCED_DATA_NOT_FOUND) {
        return status;
    }
    if (store_begin(&card->store) != STORE_OK) {
        return SW_MEMORY_FAILURE;
    }
    return end_change(card, password_unblock_pin(card, counted));
}

static uint16_t set_activated(struct card *card, bool activated)
{
    if (!by_office(card)) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    const uint16_t status = password_status(card, PACE_PASSWORD_PIN);
    if (status == SW_REFERENCED_DATA_NOT_FOUND || (status != SW_FILE_DEACTIVATED) == activated) {
        return status == SW_REFERENCED_DATA_NOT_FOUND ? status : SW_OK;
    }
    return password_activate_pin(card, activated);
}

uint16_t activate_pin_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    (void)command;
    (void)response;
    return set_activated(card, true);
}

uint16_t deactivate_pin_handler(struct card *card, const struct apdu_command *command,
                                struct writer *response)
{
    (void)command;
    (void)response;
    return set_activated(card, false);
}

uint16_t get_pin_status_handler(struct card *card, const struct apdu_command *command,
                                struct writer *response)
{
    (void)command;
    (void)response;
    const uint16_t status = password_status(card, PACE_PASSWORD_PIN);
    return status != SW_REFERENCED_DATA_NOT_FOUND && password_is_transport_pin(card) ? SW_TRANSPORT_PIN
                                                                                     : status;
}
