// Secure channel protocol '03' (GP Amd D): what card and host compute alike.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_SCP03_H
#define JUMIN_CARD_WIRE_SCP03_H

#include "card/crypto/crypto.h"
#include "card/wire/apdu.h"

enum scp03_mode {
    SCP03_S8 = 8,   // challenges, cryptograms and MACs of 8 bytes
    SCP03_S16 = 16, // … of 16 bytes
};

// Security level of EXTERNAL AUTHENTICATE, P1 (GP Amd D §7.1.2.1, table 7-2).
enum scp03_level {
    SCP03_NO_SECURITY = 0x00,
    SCP03_C_MAC = 0x01,
    SCP03_C_DECRYPTION = 0x02,
    SCP03_R_MAC = 0x10,
    SCP03_R_ENCRYPTION = 0x20,
    SCP03_LEVEL_FULL = SCP03_C_MAC | SCP03_C_DECRYPTION | SCP03_R_MAC | SCP03_R_ENCRYPTION,
};

// Parameter i (GP Amd D §5.1, table 5-1).
enum scp03_i {
    SCP03_I_S16 = 0x01,
    SCP03_I_PSEUDO_RANDOM = 0x10,
    SCP03_I_R_MAC = 0x20,
    SCP03_I_R_ENCRYPTION = 0x40,
};

enum { SCP03_CHALLENGE_MAX = 16, SCP03_KEY_MAX = 32, SCP03_SEQUENCE_COUNTER = 3, SCP03_DIVERSIFICATION = 10 };

// A static key set; the three keys have the same length: 16, 24 or 32.
struct scp03_keys {
    uint8_t enc[SCP03_KEY_MAX], mac[SCP03_KEY_MAX], dek[SCP03_KEY_MAX];
    size_t length;
};

// A secure channel session, of either side. All zero is an inactive session.
struct scp03_session {
    struct crypto_cipher_key enc, mac, rmac;
    uint8_t mac_chaining[CRYPTO_BLOCK];
    uint8_t counter[CRYPTO_BLOCK]; // encryption counter
    enum scp03_mode mode;
    uint8_t level;
    uint8_t response_level; // of the command that is being answered
    bool active;
};

// The pseudo-random card challenge (GP Amd D §6.2.2.1), `mode` bytes.
bool scp03_card_challenge(const struct scp03_keys *keys, enum scp03_mode mode,
                          const uint8_t sequence_counter[SCP03_SEQUENCE_COUNTER], struct span application,
                          uint8_t *challenge);
// Derives the session keys from both challenges (`mode` bytes each); a session that was active there is
// ended. The level is SCP03_C_MAC until EXTERNAL AUTHENTICATE has been checked. False: inactive and wiped.
bool scp03_start(struct scp03_session *session, const struct scp03_keys *keys, enum scp03_mode mode,
                 struct span host_challenge, struct span card_challenge);
// The level that EXTERNAL AUTHENTICATE has agreed on, from the next command on: its own response is not
// protected yet. False, and nothing changed, for what is none of the six levels.
bool scp03_set_level(struct scp03_session *session, uint8_t level);
void scp03_end(struct scp03_session *session);
// `mode` bytes each (GP Amd D §6.2.2.2, §6.2.2.3).
bool scp03_cryptograms(const struct scp03_session *session, struct span host_challenge,
                       struct span card_challenge, uint8_t *card_cryptogram, uint8_t *host_cryptogram);

// Host: C-ENC (when the level has it) and C-MAC over a plain command, whose data lies outside of the writer.
// Extended when `plain` is, or when data and MAC do not fit a short Lc. False, with session and writer as
// before (but for `overflow`): inactive session, class that cannot say secure messaging or says it already,
// too long, cryptography failed.
bool scp03_wrap_command(struct scp03_session *session, const struct apdu_command *plain,
                        struct writer *wrapped);
// Card: checks C-MAC, decrypts. `plain->data` lies in `buffer` when it was encrypted (command->data.n bytes;
// may be where command->data lies), else in command->data. plain->cla has no secure messaging bits. False:
// the session is over and wiped, `*plain` all zero.
bool scp03_unwrap_command(struct scp03_session *session, const struct apdu_command *command, uint8_t *buffer,
                          struct apdu_command *plain);
// Card: R-ENC and R-MAC as the level wants, without the status word at the end. SW 9000, 62xx and 63xx are
// protected; errors carry neither data nor protection (GP Amd D §6.2.5). `data` may lie in the writer's
// buffer from its first free byte on.
bool scp03_wrap_response(struct scp03_session *session, struct span data, uint16_t status,
                         struct writer *wrapped);
// Host: the counterpart; the writer's buffer may be where `wrapped` lies. False: the session is over and
// wiped.
bool scp03_unwrap_response(struct scp03_session *session, struct span wrapped, uint16_t status,
                           struct writer *plain);

// Sensitive data under the static DEK (GP Amd D §6.2.8): CBC, IV 0; `data.n` a multiple of 16.
bool scp03_encrypt_key_data(const struct scp03_keys *keys, struct span data, uint8_t *encrypted);
bool scp03_decrypt_key_data(const struct scp03_keys *keys, struct span encrypted, uint8_t *data);
// Key check value (GP Amd D §7.2.2.3.1): first 3 bytes of AES(key, 01 × 16).
enum { SCP03_CHECK_VALUE = 3 };
bool scp03_check_value(struct span key, uint8_t check_value[SCP03_CHECK_VALUE]);

// SP 800-108 counter mode with CMAC as GP Amd D §4.1.5 lays it out: also diversifies key sets from a master
// (`context` = diversification data). Up to 8191 bytes, as the length field has it in bits.
bool scp03_kdf(const struct crypto_cipher_key *key, uint8_t constant, struct span context, uint8_t *out,
               size_t n);
// The same with a CMAC that somebody else computes, who has the key.
typedef bool scp03_cmac(const void *owner, const struct span *parts, size_t count, uint8_t mac[CRYPTO_BLOCK]);
bool scp03_kdf_by(scp03_cmac *cmac, const void *owner, uint8_t constant, struct span context, uint8_t *out,
                  size_t n);
// By a key that is here: `owner` is its struct crypto_cipher_key.
scp03_cmac scp03_cmac_here;

#endif
