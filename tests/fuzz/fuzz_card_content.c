// A card whose store holds what nobody wrote there: objects of any content and length. It stays mute, or
// answers every command (a card image that was tampered with).
// SPDX-License-Identifier: Apache-2.0
//
// An input is records of an object's identifier and its length, two bytes each, and its content.
#include "tests/fuzz/card_machine.h"
#include "tests/fuzz/fuzz.h"

#include "card/core/life_cycle.h"

enum { RECORDS_MAX = 24, KEY_POINT = 65 };

static struct card_machine machine; // too large for the stack
static uint8_t manufactured[CARD_MACHINE_FLASH];

static const uint8_t session_key[16] = "session key....";
static struct sm_session session;

// What a reader asks: plain, …
static const struct {
    uint8_t bytes[24];
    size_t n;
} plain_commands[] = {
    {"\x00\xA4\x00\x0C\x02\x3F\x00", 7},
    {"\x00\xB0\x9C\x00\x00", 5},
    {"\x00\xB0\x9D\x00\x00\x00\x00", 7},
    {"\x00\xB0\x9E\x00\x00", 5},
    {"\x00\xB0\x81\x00\x00", 5},
    {"\x00\xA4\x04\x00\x07\xD2\x76\x00\x00\x85\x01\x01\x00", 13},
    {"\x00\xA4\x00\x0C\x02\xE1\x03", 7},
    {"\x00\xB0\x00\x00\x0F", 5},
    {"\x00\xA4\x00\x0C\x02\xE1\x04", 7},
    {"\x00\xB0\x00\x00\x00", 5},
    {"\x00\xA4\x04\x00\x00", 5},
    {"\x00\xCA\x00\x66\x00", 5},
    {"\x00\xCA\x00\xCF\x00", 5},
    {"\x00\xCA\x9F\x7F\x00", 5},
    {"\x00\xCA\x00\xE0\x00", 5},
    {"\x80\xF2\x80\x02\x02\x4F\x00\x00", 8},
    {"\x80\xF2\x40\x02\x02\x4F\x00\x00", 8},
    {"\x80\x50\x00\x00\x08\x01\x02\x03\x04\x05\x06\x07\x08\x00", 14},
    {"\x00\x22\xC1\xA4\x0F\x80\x0A\x04\x00\x7F\x00\x07\x02\x02\x04\x02\x02\x83\x01\x02", 20},
    {"\x10\x86\x00\x00\x02\x7C\x00\x00", 8},
    {"\x00\x22\xC1\xA4\x0F\x80\x0A\x04\x00\x7F\x00\x07\x02\x02\x04\x02\x02\x83\x01\x03", 20},
    {"\x10\x86\x00\x00\x02\x7C\x00\x00", 8},
};

// … and after PACE.
static const struct apdu_command protected_commands[] = {
    {.ins = 0xA4, .p1 = 4, .p2 = 0x0C, .data = {(const uint8_t *)"\xA0\x00\x00\x02\x47\x10\x01", 7}},
    {.ins = 0xB0, .p1 = 0x9E, .ne = 256},
    {.ins = 0xB0, .p1 = 0x81, .ne = 256},
    {.ins = 0xB0, .p1 = 0x82, .ne = 4096, .extended = true},
    {.ins = 0xB1, .p2 = 2, .data = {(const uint8_t *)"\x54\x02\x01\x00", 4}, .ne = 256},
    {.ins = 0xB0, .p1 = 0x8E, .ne = 256},
    {.ins = 0x88, .data = {(const uint8_t *)"challeng", 8}, .ne = 256},
    {.ins = 0x22,
     .p1 = 0x41,
     .p2 = 0xA4,
     .data = {(const uint8_t *)"\x80\x0A\x04\x00\x7F\x00\x07\x02\x02\x03\x02\x02\x84\x01\x01", 15}},
};

static void write_objects(struct span input)
{
    struct span head;
    for (size_t i = 0; i < RECORDS_MAX && span_take(&input, 4, &head); i++) {
        const struct span content = span_first(input, (size_t)(head.p[2] << 8 | head.p[3]));
        input = span_from(input, content.n);
        (void)store_write(&machine.card.store, (uint16_t)(head.p[0] << 8 | head.p[1]), content);
    }
}

static void transmit_protected(const struct apdu_command *command)
{
    static uint8_t buffer[CARD_COMMAND_MAX], response[CARD_RESPONSE_MAX];
    struct writer w = writer_of(buffer, sizeof buffer);
    if (!machine.card.security.sm.active) {
        const struct span key = span_of(session_key, sizeof session_key);
        require(sm_start(&session, SUITE_AES_CBC_CMAC_128, key, key));
        require(sm_start(&machine.card.security.sm, SUITE_AES_CBC_CMAC_128, key, key));
        machine.card.security.achieved.password = PACE_PASSWORD_CAN;
    }
    require(sm_protect_command(&session, command, &w));
    (void)card_machine_transmit(&machine, writer_span(&w), response);
}

// GENERAL AUTHENTICATE with a public key that lies on P-256: its base point (FIPS 186-4 §D.1.2.3).
static void authenticate_chip(void)
{
    static const uint8_t data[] = {0x7C, 0x43, 0x80, 0x41, 0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42,
                                   0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D,
                                   0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2,
                                   0x96, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB,
                                   0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33, 0x57, 0x6B, 0x31, 0x5E,
                                   0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5};
    _Static_assert(sizeof data == 4 + KEY_POINT, "one uncompressed point");
    const struct apdu_command command = {.ins = 0x86, .data = span_of(data, sizeof data), .ne = 256};
    transmit_protected(&command);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t response[CARD_RESPONSE_MAX];
    static bool ready; // made once, the same for every input
    if (!ready) {
        card_machine_manufacture(&machine);
        memcpy(manufactured, machine.flash, sizeof manufactured);
        ready = true;
    }
    card_machine_restore(&machine, manufactured);
    require(card_machine_power_on(&machine) == STORE_OK);
    write_objects(span_of(bytes, n));
    card_reset(&machine.card);
    if (card_machine_power_on(&machine) != STORE_OK) {
        return 0;
    }
    for (size_t i = 0; i < sizeof plain_commands / sizeof *plain_commands; i++) {
        (void)card_machine_transmit(&machine, span_of(plain_commands[i].bytes, plain_commands[i].n),
                                    response);
    }
    for (size_t i = 0; i < sizeof protected_commands / sizeof *protected_commands; i++) {
        transmit_protected(&protected_commands[i]);
    }
    authenticate_chip();
    sm_end(&session);
    card_reset(&machine.card);
    return 0;
}
