// SCP03 commands and responses from outside, as they come and with a MAC made right, so that decryption is
// reached too (GP Amd D §6.2). The first byte of an input chooses mode and level.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/wire/scp03.h"

enum { INPUT_MAX = 4096 };

static const uint8_t challenges[2][SCP03_S16] = {{1}, {2}};
static const struct scp03_keys keys = {.enc = {3}, .mac = {4}, .length = 16};
static const uint8_t levels[] = {0x00, 0x01, 0x03, 0x11, 0x13, 0x33};

static void start(struct scp03_session *session, uint8_t choice, uint8_t level)
{
    const enum scp03_mode mode = (choice & 1) != 0 ? SCP03_S16 : SCP03_S8;
    require(scp03_start(session, &keys, mode, span_of(challenges[0], (size_t)mode),
                        span_of(challenges[1], (size_t)mode)));
    require(scp03_set_level(session, level));
}

static void check_command(const struct apdu_command *command, uint8_t choice, uint8_t level)
{
    static uint8_t buffer[INPUT_MAX + SCP03_S16];
    struct scp03_session card = {0};
    struct apdu_command plain;
    start(&card, choice, level);
    const bool ok = scp03_unwrap_command(&card, command, buffer, &plain);
    require(ok == card.active);
    require(ok ? plain.data.n <= command->data.n : plain.data.n == 0 && plain.ne == 0);
    scp03_end(&card);
}

// The command that a host without C-ENC sends, to a card that expects it: the MAC is right, the blocks are
// not.
static void check_with_right_mac(struct span data, uint8_t choice)
{
    static uint8_t wire[INPUT_MAX + 64];
    struct scp03_session host = {0};
    struct apdu_command command;
    const struct apdu_command plain = {.cla = CLA_GLOBALPLATFORM, .ins = 0xE2, .data = data};
    struct writer w = writer_of(wire, sizeof wire);
    start(&host, choice, SCP03_C_MAC);
    require(scp03_wrap_command(&host, &plain, &w) && apdu_parse(writer_span(&w), &command));
    check_command(&command, choice, SCP03_C_MAC | SCP03_C_DECRYPTION);
    check_command(&command, choice, SCP03_LEVEL_FULL);
    scp03_end(&host);
}

static void check_response(struct span wrapped, uint8_t choice, uint8_t level, uint16_t status)
{
    static uint8_t wire[64];
    static uint8_t buffer[INPUT_MAX];
    struct scp03_session host = {0};
    const struct apdu_command plain = {.cla = CLA_GLOBALPLATFORM, .ins = 0xF2};
    struct writer sent = writer_of(wire, sizeof wire);
    struct writer received = writer_of(buffer, sizeof buffer);
    start(&host, choice, level);
    require(scp03_wrap_command(&host, &plain, &sent));
    const bool ok = scp03_unwrap_response(&host, wrapped, status, &received);
    require(ok == host.active && received.n <= wrapped.n && (ok || received.n == 0));
    scp03_end(&host);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0 || n > INPUT_MAX) {
        return 0;
    }
    const uint8_t level = levels[(bytes[0] >> 1) % sizeof levels];
    const struct span input = span_of(bytes + 1, n - 1);
    struct apdu_command command;
    if (apdu_parse(input, &command)) {
        check_command(&command, bytes[0], level);
    }
    check_with_right_mac(input, bytes[0]);
    check_response(input, bytes[0], level, SW_OK);
    check_response(input, bytes[0], level, SW_WRONG_DATA);
    return 0;
}
