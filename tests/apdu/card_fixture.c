// A card in memory and what a test does with it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/card_fixture.h"

#include <stdio.h>

enum { COMMAND_MAX = CARD_COMMAND_MAX };

static bool fill(void *context, uint8_t *out, size_t n)
{
    struct card_fixture *fixture = context;
    if (fixture->random_calls == 0) {
        return false;
    }
    fixture->random_calls--;
    for (size_t i = 0; i < n; i++) {
        struct span byte;
        out[i] =
            span_take(&fixture->next_random, 1, &byte) ? byte.p[0] : (uint8_t)test_random(&fixture->random);
    }
    return true;
}

static void add_delay(void *context, uint32_t milliseconds)
{
    struct card_fixture *fixture = context;
    fixture->delay += milliseconds;
}

struct scp03_keys fixture_keys(size_t length)
{
    struct scp03_keys keys = {.length = length};
    for (size_t i = 0; i < length; i++) {
        keys.enc[i] = (uint8_t)(0x00 + i % 16);
        keys.mac[i] = (uint8_t)(0x10 + i % 16);
        keys.dek[i] = (uint8_t)(0x20 + i % 16);
    }
    return keys;
}

struct card_factory fixture_factory(uint8_t serial, size_t key_length)
{
    struct card_factory factory = {.key_version = FIXTURE_KEY_VERSION};
    factory.transport_keys = fixture_keys(key_length);
    memset(factory.production, 0x41, sizeof factory.production);
    memset(factory.production + 10, serial, 8);
    memset(factory.diversification, serial, sizeof factory.diversification);
    memset(factory.batch, 0xBA, sizeof factory.batch);
    return factory;
}

void fixture_start_as(struct card_fixture *fixture, const struct card_factory *factory)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->random = factory->diversification[0];
    fixture->keys = factory->transport_keys;
    flash_simulator_create(&fixture->flash, FIXTURE_PAGES, 1);
    fixture->port.flash = flash_simulator_port(&fixture->flash);
    fixture->port.random = (struct crypto_random){fill, fixture};
    fixture->port.io = (struct card_io){add_delay, fixture};
    fixture->random_calls = SIZE_MAX;
    assert_int_equal(card_manufacture(&fixture->port, factory), STORE_OK);
    assert_int_equal(card_power_on(&fixture->card, &fixture->port), STORE_OK);
}

void fixture_start(struct card_fixture *fixture)
{
    const struct card_factory factory = fixture_factory(1, 16);
    fixture_start_as(fixture, &factory);
}

void fixture_stop(struct card_fixture *fixture)
{
    scp03_end(&fixture->channel);
    sm_end(&fixture->session);
    card_reset(&fixture->card);
    flash_simulator_release(&fixture->flash);
}

void fixture_power_cycle(struct card_fixture *fixture)
{
    scp03_end(&fixture->channel);
    sm_end(&fixture->session);
    card_reset(&fixture->card);
    assert_int_equal(card_power_on(&fixture->card, &fixture->port), STORE_OK);
}

uint16_t fixture_transmit(struct card_fixture *fixture, struct span command)
{
    const size_t n =
        card_transmit(&fixture->card, command.p, command.n, fixture->response, CARD_RESPONSE_MAX);
    assert_true(apdu_response_parse(span_of(fixture->response, n), &fixture->data, &fixture->status));
    return fixture->status;
}

uint16_t fixture_send(struct card_fixture *fixture, const char *command)
{
    uint8_t bytes[COMMAND_MAX];
    return fixture_transmit(fixture, unhex(command, bytes, sizeof bytes));
}

static struct apdu_command parse(struct span bytes)
{
    struct apdu_command command;
    assert_true(apdu_parse(bytes, &command));
    return command;
}

// --- SCP03 -----------------------------------------------------------------------------------------------

static uint16_t initialize_update(struct card_fixture *fixture, struct span host_challenge)
{
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    const struct apdu_command command = {
        .cla = 0x80, .ins = 0x50, .data = host_challenge, .ne = APDU_SHORT_LE_MAX};
    apdu_put(&w, &command);
    return fixture_transmit(fixture, writer_span(&w));
}

uint16_t fixture_try_open(struct card_fixture *fixture, enum scp03_mode mode, uint8_t level)
{
    static const uint8_t host_challenge[SCP03_CHALLENGE_MAX] = "host challenge!";
    uint8_t bytes[64], card_cryptogram[SCP03_CHALLENGE_MAX], host_cryptogram[SCP03_CHALLENGE_MAX];
    const struct span host = span_of(host_challenge, (size_t)mode);
    scp03_end(&fixture->channel);
    if (initialize_update(fixture, host) != SW_OK) {
        return fixture->status;
    }
    const struct span card = span_of(fixture->data.p + 13, (size_t)mode);
    assert_true(scp03_start(&fixture->channel, &fixture->keys, mode, host, card));
    assert_true(scp03_cryptograms(&fixture->channel, host, card, card_cryptogram, host_cryptogram));
    const struct apdu_command command = {
        .cla = 0x80, .ins = 0x82, .p1 = level, .data = span_of(host_cryptogram, (size_t)mode)};
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(scp03_wrap_command(&fixture->channel, &command, &w));
    fixture_transmit(fixture, writer_span(&w));
    fixture->channel.level = level;
    return fixture->status;
}

void fixture_open(struct card_fixture *fixture)
{
    fixture_send(fixture, "00A4040000");
    assert_int_equal(fixture_try_open(fixture, SCP03_S8, SCP03_LEVEL_FULL), SW_OK);
}

uint16_t fixture_secure_bytes(struct card_fixture *fixture, struct span command)
{
    uint8_t bytes[COMMAND_MAX];
    const struct apdu_command plain = parse(command);
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(scp03_wrap_command(&fixture->channel, &plain, &w));
    fixture_transmit(fixture, writer_span(&w));
    struct writer opened = writer_of(fixture->plain, sizeof fixture->plain);
    if (fixture->card.security.scp03.active) { // SELECT may have ended it
        assert_true(scp03_unwrap_response(&fixture->channel, fixture->data, fixture->status, &opened));
        fixture->data = writer_span(&opened);
    }
    return fixture->status;
}

uint16_t fixture_secure(struct card_fixture *fixture, const char *command)
{
    uint8_t bytes[COMMAND_MAX];
    return fixture_secure_bytes(fixture, unhex(command, bytes, sizeof bytes));
}

void fixture_advance(struct card_fixture *fixture, enum card_life_cycle state)
{
    static const char *const steps[] = {"80F08007", "80F0800F", "80F0807F"};
    static const enum card_life_cycle states[] = {CARD_INITIALIZED, CARD_SECURED, CARD_LOCKED};
    fixture_open(fixture);
    for (size_t i = 0; i < sizeof states / sizeof states[0] && states[i] <= state; i++) {
        assert_int_equal(fixture_secure(fixture, steps[i]), SW_OK);
    }
}

// --- Secure messaging ------------------------------------------------------------------------------------

void fixture_begin_session(struct card_fixture *fixture)
{
    static const uint8_t encryption_key[16] = "encryption key.", mac_key[16] = "mac key........";
    const struct span encryption = span_of(encryption_key, 16), mac = span_of(mac_key, 16);
    assert_true(sm_start(&fixture->session, SUITE_AES_CBC_CMAC_128, encryption, mac));
    assert_true(sm_start(&fixture->card.security.sm, SUITE_AES_CBC_CMAC_128, encryption, mac));
    fixture->card.security.achieved.password = PACE_PASSWORD_CAN;
}

uint16_t fixture_protect(struct card_fixture *fixture, const char *command)
{
    uint8_t bytes[COMMAND_MAX], protected[COMMAND_MAX];
    const struct apdu_command plain = parse(unhex(command, bytes, sizeof bytes));
    struct writer w = writer_of(protected, sizeof protected);
    assert_true(sm_protect_command(&fixture->session, &plain, &w));
    fixture_transmit(fixture, writer_span(&w));
    struct writer opened = writer_of(fixture->plain, sizeof fixture->plain);
    const uint16_t outer = fixture->status;
    fixture->was_protected = fixture->data.n > 0;
    if (fixture->was_protected) {
        assert_int_equal(sm_open_response(&fixture->session, fixture->data, &opened, &fixture->status),
                         SM_OK);
        assert_int_equal(fixture->status, outer);
        fixture->data = writer_span(&opened);
    }
    return fixture->status;
}

// --- Assertions ------------------------------------------------------------------------------------------

void fixture_assert(struct card_fixture *fixture, uint16_t status, const char *answer, const char *file,
                    int line)
{
    uint8_t bytes[CARD_RESPONSE_MAX];
    const struct span wanted = unhex(answer, bytes, sizeof bytes);
    struct span data;
    uint16_t wanted_status;
    assert_true(apdu_response_parse(wanted, &data, &wanted_status));
    if (status != wanted_status || !span_equal(data, fixture->data)) {
        print_error("answer ");
        for (size_t i = 0; i < fixture->data.n; i++) {
            print_error("%02X", fixture->data.p[i]);
        }
        print_error("%04X, wanted %s\n", status, answer);
        _fail(file, line);
    }
}
