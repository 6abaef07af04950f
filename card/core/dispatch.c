// The one way of a command through the card (ISO 7816-4 §5, 9303-11 §9.8, GPC v2.3.1 §10): parse, take off
// the protection, find the row, gather the chain, check the rules, handle, protect, hand out.
// SPDX-License-Identifier: Apache-2.0
//
// Secure messaging ends with an error in its own objects, or with a command that comes in plain, and with
// nothing else; every other answer is protected, errors included. Bytes that are no command are plain. GET
// RESPONSE for the rest of a protected answer is transport and ends nothing. The channel of SCP03 ends with a
// wrong MAC; a plain command in it achieves nothing and leaves it alone (GP Amd D §6.2.4 protects the
// order of the commands that count).
#include "card/core/dispatch.h"

#include "card/apps/isd.h"
#include "card/core/get_response.h"
#include "card/core/life_cycle.h"
#include "card/core/security_environment.h"

enum {
    CLA_INTERINDUSTRY_FURTHER = 0x40, // channels 4 to 19 (ISO 7816-4 §5.4.1, table 3)
    CLA_CHANNEL = 0x03,
    CLA_KNOWN = CLA_GLOBALPLATFORM | CLA_CHAINING | CLA_SM_MASK | CLA_CHANNEL,
    INS_GENERAL_AUTHENTICATE = 0x86,
    SW_FIRST_ERROR = 0x6400,
};

// How a command came.
enum protection { PROTECTION_NONE, PROTECTION_SM, PROTECTION_SCP03 };

static bool is_success_or_warning(uint16_t status)
{
    return status == SW_OK || (status >= SW_BYTES_REMAINING && status < SW_FIRST_ERROR);
}

void dispatch_forget(struct card *card)
{
    crypto_wipe(card->chain.data, card->chain.n);
    card->chain.row = NULL;
    card->chain.n = 0;
    card->remainder.n = 0;
}

// --- Protection --------------------------------------------------------------------------------------------

static enum protection protection_of(uint8_t cla)
{
    if ((cla & (uint8_t)~CLA_KNOWN) != 0) {
        return PROTECTION_NONE;
    }
    switch (cla & CLA_SM_MASK) {
    case CLA_SM_HEADER_AUTHENTICATED:
        return PROTECTION_SM;
    case CLA_SM_PROPRIETARY:
        return PROTECTION_SCP03;
    default:
        return PROTECTION_NONE;
    }
}

static void end_session(struct card *card)
{
    if (card->security.sm.active || card->security.next.active) {
        security_end_session(&card->security);
        security_environment_forget(card);
        terminal_authentication_forget(card);
        crypto_wipe(card->command, sizeof card->command);
        crypto_wipe(card->response, sizeof card->response);
    }
}

static uint16_t open_sm(struct card *card, const struct apdu_command *outer, struct apdu_command *plain)
{
    if (!card->security.sm.active) {
        return SW_SM_OBJECTS_INCORRECT;
    }
    const enum sm_result result = sm_open_command(&card->security.sm, outer, card->command, plain);
    if (result != SM_OK) {
        end_session(card);
        return result == SM_OBJECTS_MISSING ? SW_SM_OBJECTS_MISSING : SW_SM_OBJECTS_INCORRECT;
    }
    card->security.command_protected = true;
    return SW_OK;
}

static uint16_t open_scp03(struct card *card, const struct apdu_command *outer, struct apdu_command *plain)
{
    if (!card->security.scp03.active) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    const bool authenticated = card->security.scp03_authenticated;
    if (!scp03_unwrap_command(&card->security.scp03, outer, card->command, plain)) {
        isd_end_channel(card);
        // Wrong keys show here first, as the MAC comes before the cryptogram (GP Amd D §7.1.2.3).
        return !authenticated && outer->ins == ISD_EXTERNAL_AUTHENTICATE ? SW_AUTHENTICATION_FAILED
                                                                         : SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    card->security.command_scp03 = true;
    return SW_OK;
}

// Takes off the protection. On success `plain` is the command that its sender meant.
static uint16_t open_command(struct card *card, const struct apdu_command *outer, struct apdu_command *plain)
{
    const enum protection protection = protection_of(outer->cla);
    *plain = *outer;
    card->security.command_protected = false;
    card->security.command_scp03 = false;
    if (protection != PROTECTION_SM) {
        end_session(card);
    }
    uint16_t status = SW_OK;
    if (protection == PROTECTION_SM) {
        status = open_sm(card, outer, plain);
    } else if (protection == PROTECTION_SCP03) {
        status = open_scp03(card, outer, plain);
    }
    if (status == SW_OK && protection != PROTECTION_NONE) {
        plain->cla = (uint8_t)(outer->cla & ~CLA_SM_MASK);
    }
    return status;
}

// Puts the protection on that the command had; `status` is the one that leaves the card. False: there is no
// answer that may leave.
static bool protect_response(struct card *card, const struct apdu_command *plain, struct span data,
                             uint16_t status)
{
    struct security_status *security = &card->security;
    struct writer w = writer_of(card->response, sizeof card->response);
    bool done = true;
    if (security->command_protected) {
        done = sm_protect_response(&security->sm, data, status, (plain->ins & 1) != 0, &w);
    } else if (security->command_scp03 && security->scp03.active) { // SELECT may have ended it
        done = scp03_wrap_response(&security->scp03, data, status, &w);
    } else {
        writer_put(&w, data);
    }
    card->remainder.offset = 0;
    card->remainder.n = w.n;
    card->remainder.status = status;
    return done && !w.overflow;
}

// --- The row and its rules ---------------------------------------------------------------------------------

static uint16_t check_class(uint8_t cla)
{
    if ((cla & 0xC0) == CLA_INTERINDUSTRY_FURTHER) {
        return SW_CHANNEL_NOT_SUPPORTED;
    }
    const bool chained_proprietary = (cla & CLA_GLOBALPLATFORM) != 0 && (cla & CLA_CHAINING) != 0;
    if ((cla & (uint8_t)~CLA_KNOWN) != 0 || chained_proprietary) {
        return SW_CLA_NOT_SUPPORTED;
    }
    if ((cla & CLA_CHANNEL) != 0) {
        return SW_CHANNEL_NOT_SUPPORTED;
    }
    return (cla & CLA_SM_MASK) != 0 ? SW_SECURE_MESSAGING_NOT_SUPPORTED : SW_OK;
}

// The row of a command. The status tells how near the nearest row was: instruction, class, application, P1
// P2.
static uint16_t find_row(const struct card *card, const struct apdu_command *command,
                         const struct command_row **found)
{
    const uint8_t cla = command->cla & CLA_GLOBALPLATFORM;
    const uint16_t p1p2 = (uint16_t)(command->p1 << 8 | command->p2);
    bool instruction = false, application = false, known = false, other_class = false;
    for (size_t i = 0; i < command_count; i++) {
        const struct command_row *row = &command_table[i];
        if (row->ins != command->ins) {
            continue;
        }
        instruction = true;
        const bool here = (row->applications & card->selected->application) != 0;
        if ((cla & row->cla_mask) != row->cla) {
            other_class = other_class || here;
            continue;
        }
        known = true;
        if (!here) {
            continue;
        }
        application = true;
        if ((p1p2 & row->p1p2_mask) == row->p1p2) {
            *found = row;
            return SW_OK;
        }
    }
    if (application) {
        return SW_WRONG_P1_P2;
    }
    return other_class || (instruction && !known) ? SW_CLA_NOT_SUPPORTED : SW_INS_NOT_SUPPORTED;
}

static unsigned case_of(size_t data, uint32_t ne)
{
    if (data == 0) {
        return ne == 0 ? CASE_1 : CASE_2;
    }
    return ne == 0 ? CASE_3 : CASE_4;
}

static uint16_t check_rules(struct card *card, const struct command_row *row)
{
    if ((row->states & life_cycle_state_set(card)) == 0) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    if (row->messaging == MESSAGING_PLAIN && card->security.command_protected) {
        return SW_SECURE_MESSAGING_NOT_SUPPORTED;
    }
    return security_satisfied(&card->security, row->condition) ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED;
}

// --- Chaining ----------------------------------------------------------------------------------------------

// A chain that another command interrupts is dropped, and that command counts (ISO 7816-4 §5.3.3 leaves this
// open).
static bool continues_chain(const struct card *card, const struct command_row *row,
                            const struct apdu_command *command)
{
    const struct card_chain *chain = &card->chain;
    return chain->row == row && chain->p1 == command->p1 && chain->p2 == command->p2 &&
           chain->protected == card->security.command_protected &&
           chain->scp03 == card->security.command_scp03;
}

// Joins the data of a chain's commands. With the last one, `command` carries all of it.
static uint16_t gather(struct card *card, const struct command_row *row, struct apdu_command *command)
{
    struct card_chain *chain = &card->chain;
    if (chain->row == NULL) {
        chain->row = row;
        chain->p1 = command->p1;
        chain->p2 = command->p2;
        chain->protected = card->security.command_protected;
        chain->scp03 = card->security.command_scp03;
    }
    if (command->data.n > sizeof chain->data - chain->n) {
        return SW_WRONG_LENGTH;
    }
    if (command->data.n > 0) {
        memcpy(chain->data + chain->n, command->data.p, command->data.n);
        chain->n += command->data.n;
    }
    command->data = span_of(chain->data, chain->n);
    return SW_OK;
}

// --- The pipeline ------------------------------------------------------------------------------------------

// Finds the row and checks all that it says. SW_OK with a row: its handler is next. SW_OK without: one more
// part of a chain was gathered, which is all that this command wanted.
static uint16_t admit(struct card *card, struct apdu_command *command, const struct command_row **admitted)
{
    const struct command_row *row = NULL;
    uint16_t status = check_class(command->cla);
    if (status == SW_OK) {
        status = find_row(card, command, &row);
    }
    if (status != SW_OK) {
        return status;
    }
    if (!continues_chain(card, row, command)) {
        dispatch_forget(card);
    }
    const bool more = (command->cla & CLA_CHAINING) != 0;
    if (more && row->chaining == CHAINING_REFUSED) {
        return SW_CHAINING_NOT_SUPPORTED;
    }
    const bool gathered = row->chaining == CHAINING_GATHERED && (more || card->chain.row != NULL);
    const bool complete = !(gathered && more);
    if (complete && (row->cases & case_of(card->chain.n + command->data.n, command->ne)) == 0) {
        return SW_WRONG_LENGTH;
    }
    status = check_rules(card, row);
    if (status == SW_OK && gathered) {
        status = gather(card, row, command);
        command->cla &= (uint8_t)~CLA_CHAINING;
    }
    *admitted = complete ? row : NULL;
    return status;
}

// What Le says about response data that is longer. Under protection there is no GET RESPONSE for the inner
// answer, and a plain command that only reads can be repeated (6Cxx); the answer of one that has worked waits
// for GET RESPONSE.
static uint16_t check_expected_length(const struct card *card, const struct apdu_command *command,
                                      struct writer *data, uint16_t status)
{
    const bool secure_messaging = card->security.command_protected;
    const bool only_reads = command->data.n == 0 && command->ne > 0 && data->n <= APDU_SHORT_LE_MAX;
    if (command->ne == 0 || data->n <= command->ne || (!secure_messaging && !only_reads)) {
        return status;
    }
    const uint16_t exact = (uint16_t)(SW_WRONG_LE | (data->n & 0xFF));
    const bool fits_short = data->n <= APDU_SHORT_LE_MAX;
    data->n = 0;
    return fits_short ? exact : SW_WRONG_LENGTH;
}

static uint16_t run(struct card *card, struct apdu_command *command, struct writer *data)
{
    if (command->ins != INS_GENERAL_AUTHENTICATE && command->ins != INS_GET_RESPONSE) {
        security_environment_forget(card);
    }
    const struct command_row *row = NULL;
    uint16_t status = admit(card, command, &row);
    const struct card_observer *observer = &card->port.observer;
    if (observer->command != NULL) {
        observer->command(observer->context, status == SW_OK ? row : NULL, command);
    }
    if (status != SW_OK) {
        dispatch_forget(card);
        security_environment_forget(card); // also by a GENERAL AUTHENTICATE that is refused
    } else if (row != NULL) {
        status = row->handler(card, command, data);
        dispatch_forget(card);
    }
    if (data->overflow) {
        status = SW_NO_PRECISE_DIAGNOSIS;
    }
    if (!is_success_or_warning(status)) {
        data->n = 0;
    }
    status = check_expected_length(card, command, data, status);
    if (!is_success_or_warning(status)) {
        security_drop_next(&card->security);
    }
    if (observer->response != NULL) {
        observer->response(observer->context, writer_span(data), status);
    }
    return status;
}

// A host that leaves Le out of a protected command still needs the MAC of its answer.
static size_t transport_limit(const struct card *card, const struct apdu_command *outer)
{
    if (outer->ne > 0) {
        return outer->ne;
    }
    if (!card->security.command_protected && !card->security.command_scp03) {
        return 0;
    }
    return outer->extended ? APDU_EXTENDED_LE_MAX : APDU_SHORT_LE_MAX;
}

static void refuse(struct card *card, uint16_t status, struct writer *response)
{
    dispatch_forget(card);
    security_environment_forget(card);
    writer_put_u16(response, status);
}

void dispatch(struct card *card, struct span bytes, struct writer *response)
{
    struct apdu_command outer, plain;
    if (bytes.n > CARD_COMMAND_MAX || !apdu_parse(bytes, &outer) || outer.data.n > CARD_COMMAND_DATA_MAX) {
        end_session(card);
        refuse(card, SW_WRONG_LENGTH, response);
        return;
    }
    if (card->remainder.n > 0 && get_response_is_transport(&outer)) {
        get_response(card, &outer, response);
        return;
    }
    card->remainder.n = 0;

    uint16_t status = open_command(card, &outer, &plain);
    if (status != SW_OK) {
        refuse(card, status, response);
        return;
    }
    struct writer data = writer_of(card->response + SM_OVERHEAD, CARD_RESPONSE_DATA_MAX);
    status = run(card, &plain, &data);
    if (!protect_response(card, &plain, writer_span(&data), status)) {
        end_session(card);
        isd_end_channel(card);
        refuse(card, SW_NO_PRECISE_DIAGNOSIS, response);
        return;
    }
    if (security_take_over(&card->security)) {
        terminal_authentication_forget(card);
    }
    crypto_wipe(card->command, plain.data.n);
    get_response_first(card, transport_limit(card, &outer), response);
}
