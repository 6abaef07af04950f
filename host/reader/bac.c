// Basic Access Control as the terminal plays it (9303-11 §4.3), for documents of others.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/sm_3des.h"
#include "host/reader/reader_internal.h"

enum {
    INS_GET_CHALLENGE = 0x84,
    INS_MUTUAL_AUTHENTICATE = 0x82,
    BAC_RANDOM = 8,        // RND.IC, RND.IFD
    BAC_KEY_MATERIAL = 16, // K.IFD, K.IC, and Kseed
    BAC_MESSAGE = 2 * BAC_RANDOM + BAC_KEY_MATERIAL,
    BAC_CRYPTOGRAM = BAC_MESSAGE + CRYPTO_MAC,
};

// One run; wiped at its end.
struct run {
    struct crypto_cipher_key encryption, mac; // K_Enc and K_MAC of the MRZ
    uint8_t chip_random[BAC_RANDOM];          // RND.IC
    uint8_t own_random[BAC_RANDOM];           // RND.IFD
    uint8_t own_material[BAC_KEY_MATERIAL];   // K.IFD
    uint8_t seed[BAC_KEY_MATERIAL];           // K.IFD xor K.IC
};

static const uint8_t zero_iv[CRYPTO_3DES_BLOCK];

static enum jumin_error crypto_failed(struct jumin_reader *reader)
{
    return detail_set(&reader->detail, JUMIN_ERROR_CRYPTO, "BAC: the crypto library failed");
}

// Kseed is the first half of the MRZ's hash; K_Enc and K_MAC come from it (9303-11 §9.7.2).
static bool load_keys(const struct jumin_reader *reader, struct run *run)
{
    const struct span seed = span_of(reader->secret, BAC_KEY_MATERIAL);
    uint8_t key[CRYPTO_3DES_KEY];
    const bool ok = kdf_derive_3des(seed, KDF_ENCRYPTION, key) &&
                    crypto_3des_load(&run->encryption, span_of(key, sizeof key)) &&
                    kdf_derive_3des(seed, KDF_MAC, key) &&
                    crypto_3des_load(&run->mac, span_of(key, sizeof key));
    crypto_wipe(key, sizeof key);
    return ok;
}

// Documents that know only PACE refuse with 6A88; a wrong MRZ is any other refusal of MUTUAL AUTHENTICATE.
static enum jumin_error refused(struct jumin_reader *reader, const struct apdu_command *command,
                                uint16_t status)
{
    switch (status) {
    case SW_REFERENCED_DATA_NOT_FOUND:
    case SW_INS_NOT_SUPPORTED:
    case SW_CLA_NOT_SUPPORTED:
    case SW_FUNCTION_NOT_SUPPORTED:
        return detail_set(&reader->detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "BAC: the document does not know it (%04X); PACE is the way in", (unsigned)status);
    default:
        break;
    }
    if (command->ins != INS_MUTUAL_AUTHENTICATE || status == SW_WRONG_LENGTH ||
        (status & 0xFF00) == SW_WRONG_LE) {
        return channel_refused(&reader->channel, command, status);
    }
    return detail_set(&reader->detail, JUMIN_ERROR_WRONG_PASSWORD, "BAC: wrong MRZ (%04X)", (unsigned)status);
}

static enum jumin_error transmit(struct jumin_reader *reader, const struct apdu_command *command,
                                 size_t expected, struct span *answer)
{
    uint16_t status = 0;
    const enum jumin_error error = channel_transmit(&reader->channel, command, answer, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    if (status != SW_OK) {
        return refused(reader, command, status);
    }
    return answer->n == expected ? JUMIN_OK
                                 : detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                                              "BAC: the card answered with %zu bytes", answer->n);
}

static enum jumin_error get_challenge(struct jumin_reader *reader, struct run *run)
{
    const struct apdu_command command = {.ins = INS_GET_CHALLENGE, .ne = BAC_RANDOM};
    struct span answer;
    const enum jumin_error error = transmit(reader, &command, BAC_RANDOM, &answer);
    if (error == JUMIN_OK) {
        memcpy(run->chip_random, answer.p, BAC_RANDOM);
    }
    return error;
}

// E_IFD || M_IFD, where E_IFD holds RND.IFD || RND.IC || K.IFD.
static bool make_cryptogram(const struct run *run, uint8_t cryptogram[BAC_CRYPTOGRAM])
{
    memcpy(cryptogram, run->own_random, BAC_RANDOM);
    memcpy(cryptogram + BAC_RANDOM, run->chip_random, BAC_RANDOM);
    memcpy(cryptogram + 2 * (size_t)BAC_RANDOM, run->own_material, BAC_KEY_MATERIAL);
    const struct span message = span_of(cryptogram, BAC_MESSAGE);
    return crypto_cbc_encrypt(&run->encryption, zero_iv, message, cryptogram) &&
           crypto_mac(&run->mac, &message, 1, cryptogram + BAC_MESSAGE);
}

// E_IC || M_IC, where E_IC holds RND.IC || RND.IFD || K.IC.
static bool open_cryptogram(struct run *run, struct span cryptogram)
{
    const struct span message = span_first(cryptogram, BAC_MESSAGE);
    uint8_t plain[BAC_MESSAGE], mac[CRYPTO_MAC];
    const bool right = crypto_mac(&run->mac, &message, 1, mac) &&
                       crypto_equal(mac, cryptogram.p + BAC_MESSAGE, CRYPTO_MAC) &&
                       crypto_cbc_decrypt(&run->encryption, zero_iv, message, plain) &&
                       crypto_equal(plain, run->chip_random, BAC_RANDOM) &&
                       crypto_equal(plain + BAC_RANDOM, run->own_random, BAC_RANDOM);
    for (size_t i = 0; right && i < BAC_KEY_MATERIAL; i++) {
        run->seed[i] = run->own_material[i] ^ plain[2 * BAC_RANDOM + i];
    }
    crypto_wipe(plain, sizeof plain);
    return right;
}

static enum jumin_error authenticate(struct jumin_reader *reader, struct run *run)
{
    const struct crypto_random *random = &reader->random;
    uint8_t cryptogram[BAC_CRYPTOGRAM];
    if (!random->fill(random->context, run->own_random, BAC_RANDOM) ||
        !random->fill(random->context, run->own_material, BAC_KEY_MATERIAL) ||
        !make_cryptogram(run, cryptogram)) {
        return crypto_failed(reader);
    }
    const struct apdu_command command = {
        .ins = INS_MUTUAL_AUTHENTICATE, .data = span_of(cryptogram, sizeof cryptogram), .ne = BAC_CRYPTOGRAM};
    struct span answer;
    const enum jumin_error error = transmit(reader, &command, BAC_CRYPTOGRAM, &answer);
    if (error != JUMIN_OK) {
        return error;
    }
    return open_cryptogram(run, answer) ? JUMIN_OK
                                        : detail_set(&reader->detail, JUMIN_ERROR_SECURE_MESSAGING,
                                                     "BAC: the card's answer is not one to this challenge");
}

// SSC: the later halves of RND.IC and RND.IFD (9303-11 §9.8.6.3).
static enum jumin_error start_session(struct jumin_reader *reader, const struct run *run)
{
    const size_t half = BAC_RANDOM / 2;
    uint8_t ssc[CRYPTO_3DES_BLOCK];
    memcpy(ssc, run->chip_random + half, half);
    memcpy(ssc + half, run->own_random + half, half);
    return sm_agree_3des(&reader->channel.sm, span_of(run->seed, sizeof run->seed), span_of(ssc, sizeof ssc))
               ? JUMIN_OK
               : crypto_failed(reader);
}

enum jumin_error reader_bac(struct jumin_reader *reader)
{
    struct run run;
    memset(&run, 0, sizeof run);
    channel_enter(&reader->channel, JUMIN_STEP_BAC, "BAC");
    if (reader->password != PACE_PASSWORD_MRZ) {
        return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT, "BAC: it takes the MRZ as password");
    }
    enum jumin_error error = load_keys(reader, &run) ? get_challenge(reader, &run) : crypto_failed(reader);
    if (error == JUMIN_OK) {
        error = authenticate(reader, &run);
    }
    if (error == JUMIN_OK) {
        error = start_session(reader, &run);
    }
    if (error == JUMIN_OK) {
        reader->document->evidence.bac = true;
        reader->document->evidence.password = PACE_PASSWORD_MRZ;
    }
    crypto_cipher_release(&run.encryption);
    crypto_cipher_release(&run.mac);
    crypto_wipe(&run, sizeof run);
    return error;
}
