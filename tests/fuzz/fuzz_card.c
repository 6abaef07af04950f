// A card with an application that is half personalized, and any sequence of commands: plain, under the secure
// channel, under secure messaging. It answers every one, and leaves no transaction open.
// SPDX-License-Identifier: Apache-2.0
//
// An input is records of three bytes and a command: how the command comes (see `enum coming`), and its length
// in two bytes. The protection is put on here, as no fuzzer finds a MAC.
#include "card/core/life_cycle.h"
#include "card/core/registry.h"
#include "tests/fuzz/card_machine.h"
#include "tests/fuzz/fuzz.h"

enum {
    RECORDS_MAX = 24, // keeps one input short
    FILE_LENGTH = 700,
};

enum coming { COMES_PLAIN, COMES_SCP03, COMES_SM, COMES_AFTER_RESET, COMINGS };

static const uint8_t session_key[16] = "session key....";

// Too large for the stack; every input begins them anew.
static struct card_machine machine;
static struct scp03_session channel; // the host's side of SCP03
static struct sm_session session;    // the terminal's side of secure messaging
static uint8_t manufactured[CARD_MACHINE_FLASH];

static void write_object(struct store *store, uint16_t object, uint8_t mark, size_t n)
{
    uint8_t bytes[FILE_LENGTH];
    memset(bytes, mark, n);
    require(store_write(store, object, span_of(bytes, n)) == STORE_OK);
}

// Once: a card with an eMRTD application, some of its files and a CAN.
static void manufacture(void)
{
    card_machine_manufacture(&machine);
    struct store *store = &machine.card.store;
    write_object(store, OBJECT_PASSWORD + PACE_PASSWORD_CAN, '5', 6);
    write_object(store, OBJECT_EMRTD_FILES + 1, 0x61, 90);
    write_object(store, OBJECT_EMRTD_FILES + 2, 0x75, FILE_LENGTH);
    // PACE-GM with AES-128 on P-256.
    static const uint8_t card_access[] = {0x31, 0x14, 0x30, 0x12, 0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07,
                                          0x02, 0x02, 0x04, 0x02, 0x02, 0x02, 0x01, 0x02, 0x02, 0x01, 0x0C};
    require(store_write(store, OBJECT_MF_FILES + 0x1C, span_of(card_access, sizeof card_access)) == STORE_OK);
    memcpy(manufactured, machine.flash, sizeof manufactured);
}

static void begin(void)
{
    card_machine_restore(&machine, manufactured);
    require(card_machine_power_on(&machine) == STORE_OK);
}

// The channel of the host, made from the same state as the card's.
static void open_channel(void)
{
    static const uint8_t select[] = {0x00, 0xA4, 0x04, 0x0C};
    static const uint8_t challenge[8] = {0};
    const struct scp03_keys keys = {.length = 16};
    struct security_status *security = &machine.card.security;
    uint8_t response[CARD_RESPONSE_MAX];
    const struct span c = span_of(challenge, sizeof challenge);
    (void)card_machine_transmit(&machine, span_of(select, sizeof select), response);
    if (machine.card.selected->application != IN_ISD || life_cycle(&machine.card) == CARD_TERMINATED) {
        return;
    }
    scp03_end(&channel);
    require(scp03_start(&channel, &keys, SCP03_S8, c, c));
    scp03_end(&security->scp03);
    require(scp03_start(&security->scp03, &keys, SCP03_S8, c, c));
    security->scp03_keys = keys;
    security->scp03_authenticated = true;
}

static struct span protect(enum coming coming, struct span bytes, uint8_t *buffer)
{
    struct apdu_command command;
    struct writer w = writer_of(buffer, CARD_COMMAND_MAX);
    if (!apdu_parse(bytes, &command)) {
        return bytes;
    }
    if (coming == COMES_SCP03) {
        if (!machine.card.security.scp03.active) {
            open_channel();
        }
        return scp03_wrap_command(&channel, &command, &w) ? writer_span(&w) : bytes;
    }
    if (!machine.card.security.sm.active) {
        const struct span key = span_of(session_key, sizeof session_key);
        require(sm_start(&session, SUITE_AES_CBC_CMAC_128, key, key));
        require(sm_start(&machine.card.security.sm, SUITE_AES_CBC_CMAC_128, key, key));
        machine.card.security.achieved.password = PACE_PASSWORD_CAN;
    }
    return sm_protect_command(&session, &command, &w) ? writer_span(&w) : bytes;
}

static void run(enum coming coming, struct span bytes)
{
    uint8_t buffer[CARD_COMMAND_MAX], response[CARD_RESPONSE_MAX];
    struct span command = bytes;
    if (coming == COMES_AFTER_RESET) {
        card_reset(&machine.card);
    } else if (coming != COMES_PLAIN) {
        command = protect(coming, bytes, buffer);
    }
    const enum card_life_cycle before = life_cycle(&machine.card);
    (void)card_machine_transmit(&machine, command, response);
    const enum card_life_cycle after = life_cycle(&machine.card);
    require(after >= before || (before == CARD_LOCKED && after == CARD_SECURED));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static bool ready; // made once, the same for every input
    if (!ready) {
        manufacture();
        ready = true;
    }
    begin();
    struct span input = span_of(bytes, n);
    struct span head, command;
    for (size_t i = 0; i < RECORDS_MAX && span_take(&input, 3, &head); i++) {
        const size_t wanted = (size_t)(head.p[1] << 8 | head.p[2]);
        require(span_take(&input, wanted < input.n ? wanted : input.n, &command));
        run((enum coming)(head.p[0] % COMINGS), command);
    }
    struct registry registry;
    require(registry_read(&machine.card.store, &registry));
    scp03_end(&channel);
    sm_end(&session);
    card_reset(&machine.card);
    return 0;
}
