// Prints what the C code makes of chosen inputs, with the inputs, for wire_vectors.py to compute again.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "card/wire/pace.h"
#include "card/wire/scp03.h"
#include "tests/unit/crypto_random.h"

static uint8_t content[2000];
static uint8_t wire[4000];
static struct crypto_random source;

static void require(bool ok)
{
    if (!ok) {
        (void)fprintf(stderr, "wire_vectors: a computation failed\n");
        exit(1);
    }
}

static void put_name(const char *name)
{
    (void)printf(" %s=", name);
}

static void put_bytes(const char *name, struct span bytes)
{
    put_name(name);
    for (size_t i = 0; i < bytes.n; i++) {
        (void)printf("%02x", bytes.p[i]);
    }
}

static void put_number(const char *name, unsigned long number)
{
    put_name(name);
    (void)printf("%lu", number);
}

static void put_command(const struct apdu_command *command)
{
    put_number("cla", command->cla);
    put_number("ins", command->ins);
    put_number("p1", command->p1);
    put_number("p2", command->p2);
    put_bytes("data", command->data);
    put_number("ne", command->ne);
    put_number("extended", command->extended ? 1 : 0);
}

static const size_t lengths[] = {0, 1, 15, 16, 17, 223, 224, 239, 240, 255, 256, 1000};
static const uint32_t nes[] = {0, 1, 255, 256, 257, 65536};
enum { LENGTHS = sizeof lengths / sizeof lengths[0], NES = sizeof nes / sizeof nes[0] };

static const enum secure_messaging_suite suites[] = {SUITE_AES_CBC_CMAC_128, SUITE_AES_CBC_CMAC_192,
                                                     SUITE_AES_CBC_CMAC_256, SUITE_ARIA_CBC_CMAC_128,
                                                     SUITE_ARIA_CBC_CMAC_256};

static void put_cipher(enum secure_messaging_suite suite)
{
    put_name("cipher");
    (void)printf("%s", suite_cipher(suite) == CRYPTO_ARIA ? "ARIA" : "AES");
}

static void print_secure_messaging(enum secure_messaging_suite suite)
{
    const size_t key_length = suite_key_length(suite);
    struct sm_session session = {0};
    const struct span keys[2] = {span_of(content, key_length), span_of(content + 50, key_length)};
    require(sm_start(&session, suite, keys[0], keys[1]));
    unsigned long ssc = 0;
    for (size_t i = 0; i < (size_t)LENGTHS * NES * 4; i++) {
        const struct apdu_command plain = {.cla = i % 3 == 0 ? CLA_CHAINING : 0,
                                           .ins = (uint8_t)(0xB0 + i % 2),
                                           .p1 = (uint8_t)i,
                                           .p2 = 0x5A,
                                           .data = span_of(content + i % 7, lengths[i / 4 / NES]),
                                           .ne = nes[i / 4 % NES],
                                           .extended = i / 2 % 2 == 1};
        (void)printf("sm");
        put_cipher(suite);
        put_bytes("enc", keys[0]);
        put_bytes("mac", keys[1]);
        put_number("ssc", ++ssc);
        put_command(&plain);
        struct writer w = writer_of(wire, sizeof wire);
        require(sm_protect_command(&session, &plain, &w));
        put_bytes("command", writer_span(&w));
        w = writer_of(wire, sizeof wire);
        require(sm_protect_response(&session, plain.data, SW_END_OF_FILE, i % 2 == 1, &w));
        ssc++;
        put_number("status", SW_END_OF_FILE);
        put_bytes("response", writer_span(&w));
        (void)printf("\n");
    }
    sm_end(&session);
}

static void print_scp03_messages(struct scp03_session *session)
{
    for (size_t i = 0; i < (size_t)LENGTHS * NES; i++) {
        const struct apdu_command plain = {.cla = CLA_GLOBALPLATFORM,
                                           .ins = 0xE2,
                                           .p1 = (uint8_t)i,
                                           .data = span_of(content, lengths[i / NES]),
                                           .ne = nes[i % NES],
                                           .extended = i % 5 == 0};
        const uint16_t status = i % 4 == 0 ? 0x6310 : SW_OK;
        (void)printf("scp03-message");
        put_command(&plain);
        struct writer w = writer_of(wire, sizeof wire);
        require(scp03_wrap_command(session, &plain, &w));
        put_bytes("command", writer_span(&w));
        w = writer_of(wire, sizeof wire);
        require(scp03_wrap_response(session, plain.data, status, &w));
        put_number("status", status);
        put_bytes("response", writer_span(&w));
        (void)printf("\n");
    }
}

static void print_scp03(enum scp03_mode mode, size_t key_length, uint8_t level)
{
    struct scp03_keys keys = {.length = key_length};
    memcpy(keys.enc, content, key_length);
    memcpy(keys.mac, content + 100, key_length);
    static const uint8_t counter[3] = {0x01, 0x02, 0x03};
    const struct span aid = span_of(content, 5 + key_length / 8);
    const struct span host = span_of(content + 200, (size_t)mode);
    uint8_t challenge[SCP03_CHALLENGE_MAX];
    uint8_t cryptograms[2][SCP03_CHALLENGE_MAX];
    struct scp03_session session = {0};
    require(scp03_card_challenge(&keys, mode, counter, aid, challenge));
    const struct span card = span_of(challenge, (size_t)mode);
    require(scp03_start(&session, &keys, mode, host, card));
    require(scp03_cryptograms(&session, host, card, cryptograms[0], cryptograms[1]));
    (void)printf("scp03");
    put_number("mode", (unsigned long)mode);
    put_number("level", level);
    put_bytes("enc", span_of(keys.enc, key_length));
    put_bytes("mac", span_of(keys.mac, key_length));
    put_bytes("counter", span_of(counter, sizeof counter));
    put_bytes("aid", aid);
    put_bytes("host", host);
    put_bytes("card", card);
    put_bytes("card_cryptogram", span_of(cryptograms[0], (size_t)mode));
    put_bytes("host_cryptogram", span_of(cryptograms[1], (size_t)mode));
    (void)printf("\n");
    require(scp03_set_level(&session, level));
    print_scp03_messages(&session);
    scp03_end(&session);
}

static const struct {
    enum crypto_curve curve;
    const char *name;
} curves[] = {{CRYPTO_P256, "P256"},
              {CRYPTO_P384, "P384"},
              {CRYPTO_BRAINPOOL_P256R1, "BRAINPOOL_P256R1"},
              {CRYPTO_BRAINPOOL_P384R1, "BRAINPOOL_P384R1"}};

static void put_curve(size_t i)
{
    put_name("curve");
    (void)printf("%s", curves[i].name);
}

static void print_integrated(size_t i, enum secure_messaging_suite suite)
{
    const struct pace_protocol protocol = {PACE_ECDH_IM, suite, curves[i].curve};
    uint8_t nonces[2][PACE_NONCE_MAX];
    uint8_t generator[CRYPTO_POINT_MAX];
    require(source.fill(source.context, nonces[0], sizeof nonces));
    const struct span s = span_of(nonces[0], pace_nonce_length(&protocol));
    const struct span t = span_of(nonces[1], pace_terminal_nonce_length(&protocol));
    require(pace_map_integrated(&protocol, s, t, generator));
    (void)printf("integrated");
    put_cipher(suite);
    put_curve(i);
    put_bytes("s", s);
    put_bytes("t", t);
    put_bytes("generator", span_of(generator, crypto_curve_point_length(protocol.curve)));
    (void)printf("\n");
}

static void print_generic(size_t i, size_t nonce_length)
{
    const struct pace_protocol protocol = {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_256, curves[i].curve};
    const size_t n = crypto_curve_point_length(protocol.curve);
    struct crypto_ec_key own = {0};
    struct crypto_ec_key other = {0};
    uint8_t nonce[PACE_NONCE_MAX];
    uint8_t secret[CRYPTO_FIELD_MAX];
    uint8_t point[CRYPTO_POINT_MAX];
    uint8_t generator[CRYPTO_POINT_MAX];
    require(source.fill(source.context, nonce, sizeof nonce) &&
            crypto_ec_generate(&own, protocol.curve, &source) &&
            crypto_ec_generate(&other, protocol.curve, &source) && crypto_ec_secret(&own, secret) &&
            crypto_ec_public(&other, point));
    require(pace_map_generic(&protocol, &source, &own, span_of(point, n), span_of(nonce, nonce_length),
                             generator));
    (void)printf("generic");
    put_curve(i);
    put_bytes("secret", span_of(secret, crypto_curve_length(protocol.curve)));
    put_bytes("point", span_of(point, n));
    put_bytes("nonce", span_of(nonce, nonce_length));
    put_bytes("generator", span_of(generator, n));
    (void)printf("\n");
    crypto_ec_release(&own);
    crypto_ec_release(&other);
}

static void print_token(size_t i, enum secure_messaging_suite suite)
{
    const size_t key_length = suite_key_length(suite);
    const size_t n = crypto_curve_length(curves[i].curve);
    struct crypto_cipher_key key = {0};
    uint8_t oid[OID_PACE_MAX];
    uint8_t token[PACE_TOKEN];
    uint8_t bytes[2][CRYPTO_CIPHER_KEY_MAX];
    uint8_t chip_data[PACE_ENCRYPTED_CHIP_DATA_MAX];
    struct writer w = writer_of(chip_data, sizeof chip_data);
    const size_t oid_length = oid_pace(PACE_ECDH_CAM, suite, oid);
    require(kdf_derive(suite, span_of(content, n), span_of(content, i), KDF_MAC, bytes[0]) &&
            crypto_cipher_load(&key, suite_cipher(suite), span_of(bytes[0], key_length)) &&
            pace_token(&key, span_of(oid, oid_length), span_of(content, 1 + 2 * n), token) &&
            pace_encrypt_chip_data(&key, span_of(content, n), &w));
    (void)printf("token");
    put_cipher(suite);
    put_number("key_length", key_length);
    put_bytes("secret", span_of(content, n));
    put_bytes("nonce", span_of(content, i));
    put_bytes("key", span_of(bytes[0], key_length));
    put_bytes("oid", span_of(oid, oid_length));
    put_bytes("point", span_of(content, 1 + 2 * n));
    put_bytes("token", span_of(token, sizeof token));
    put_bytes("chip_data", writer_span(&w));
    (void)printf("\n");
    crypto_cipher_release(&key);
}

int main(void)
{
    static const uint8_t levels[] = {0x00, 0x01, 0x03, 0x11, 0x13, 0x33};
    static struct counting_random state; // for as long as `source` refers to it
    source = counting_random(&state);
    require(source.fill(source.context, content, sizeof content));
    for (size_t key_length = 16; key_length <= 32; key_length += 8) {
        for (size_t i = 0; i < sizeof levels; i++) {
            print_scp03(SCP03_S8, key_length, levels[i]);
            print_scp03(SCP03_S16, key_length, levels[i]);
        }
    }
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        print_secure_messaging(suites[i]);
        for (size_t j = 0; j < sizeof curves / sizeof curves[0]; j++) {
            print_integrated(j, suites[i]);
            print_token(j, suites[i]);
        }
    }
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        print_generic(i, 16);
        print_generic(i, 32);
    }
    return 0;
}
