// PACE: the computations that chip and terminal share (9303-11 §4.4, TR-03110-3 §B.1). No roles, no state.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_PACE_H
#define JUMIN_CARD_WIRE_PACE_H

#include "card/wire/sm.h"

enum {
    PACE_NONCE_MAX = 32,
    PACE_TOKEN = CRYPTO_MAC,
};

// Password references in DO83 of MSE:Set AT (TR-03110-3 §B.14.1, table 12).
enum pace_password {
    PACE_PASSWORD_NONE = 0,
    PACE_PASSWORD_MRZ = 1,
    PACE_PASSWORD_CAN = 2,
    PACE_PASSWORD_PIN = 3,
    PACE_PASSWORD_PUK = 4,
};

// Standardized domain parameters (TR-03110-3 §A.2.1.1, table 4): 12 P-256, 13 brainpoolP256r1, 15 P-384,
// 16 brainpoolP384r1 (and 8 to 11, 14, 17 and 18 for documents of others). False for the rest.
bool pace_curve_of_parameter(uint8_t parameter_id, enum crypto_curve *curve);
uint8_t pace_parameter_of_curve(enum crypto_curve curve);

// What was agreed on: one PACEInfo.
struct pace_protocol {
    enum pace_mapping mapping;
    enum secure_messaging_suite suite;
    enum crypto_curve curve;
};

// Bytes of the nonce s that our chip makes: for IM the smallest multiple of the block that is not below the
// key (9303-11 §4.4.3.3): 16 with AES-128, else 32. GM and CAM are free to choose, and take 16.
size_t pace_nonce_length(const struct pace_protocol *protocol);
// Whether a terminal takes a nonce of `n` bytes: GM and CAM 16 and 32, IM the length above.
bool pace_nonce_length_allowed(const struct pace_protocol *protocol, size_t n);
// Bytes of the terminal's nonce t for IM: those of the key, 16, 24 or 32.
size_t pace_terminal_nonce_length(const struct pace_protocol *protocol);
// K_pi = KDF(password, 3). `password`: the characters of CAN, PIN, PUK, or the 20 bytes of mrz_password.
bool pace_password_key(enum secure_messaging_suite suite, struct span password,
                       struct crypto_cipher_key *key);
// z = E(K_pi, s) and back: CBC with IV 0; as many bytes out as in, 16 or 32.
bool pace_encrypt_nonce(const struct crypto_cipher_key *password_key, struct span nonce, uint8_t *encrypted);
bool pace_decrypt_nonce(const struct crypto_cipher_key *password_key, struct span encrypted, uint8_t *nonce);

// Generic mapping (9303-11 §4.4.3.3.1): G' = s*G + H with H = secret * the other side's mapping key.
bool pace_map_generic(const struct pace_protocol *protocol, const struct crypto_random *random,
                      const struct crypto_ec_key *own_mapping_key, struct span other_mapping_point,
                      struct span nonce, uint8_t *generator);
// Integrated mapping (9303-11 §4.4.3.3.2): G' from the nonces s and t, of exactly the lengths above.
bool pace_map_integrated(const struct pace_protocol *protocol, struct span nonce, struct span terminal_nonce,
                         uint8_t *generator);
// The same with the cipher that `load` loads, whose keys are as long as the terminal's nonce: for suites that
// only terminals know.
typedef bool pace_load(struct crypto_cipher_key *key, enum secure_messaging_suite suite, struct span bytes);
bool pace_map_integrated_by(pace_load *load, const struct pace_protocol *protocol, struct span nonce,
                            struct span terminal_nonce, uint8_t *generator);
// Ephemeral key pair on G': secret of crypto_curve_length bytes, and its point.
bool pace_generate_ephemeral(enum crypto_curve curve, const struct crypto_random *random,
                             struct span generator, uint8_t *secret, uint8_t *point);
// K = x coordinate of secret * other point. Refuses equal ephemeral points (9303-11 §4.4.1).
bool pace_agree(enum crypto_curve curve, const struct crypto_random *random, struct span secret,
                struct span own_point, struct span other_point, uint8_t *shared);
// The MAC of 7F49{06 OID, 86 point} under K_mac: T_IFD over the chip's point, T_IC over the terminal's
// (9303-11 §4.4.3.4). Also T_PICC of Chip Authentication version 2 with its own OID.
bool pace_token(const struct crypto_cipher_key *mac_key, struct span oid, struct span point,
                uint8_t token[PACE_TOKEN]);
// The keys of the new session from the shared secret, for PACE (`nonce` empty) and Chip Authentication.
bool pace_start_session(struct sm_session *session, enum secure_messaging_suite suite, struct span shared,
                        struct span nonce);

// Chip Authentication Mapping (9303-11 §4.4.3.5): CA_IC = SK_map / SK_IC mod n (crypto_ec_scalar_divide, the
// field's full length), encrypted with IV E(K_enc, -1) and padding 80 00….
enum { PACE_ENCRYPTED_CHIP_DATA_MAX = CRYPTO_FIELD_MAX + CRYPTO_BLOCK };
bool pace_encrypt_chip_data(const struct crypto_cipher_key *encryption_key, struct span chip_data,
                            struct writer *encrypted);
bool pace_decrypt_chip_data(const struct crypto_cipher_key *encryption_key, struct span encrypted,
                            struct writer *chip_data);
// Terminal's check: CA_IC * PK_IC = PK_map_IC.
bool pace_verify_chip_data(enum crypto_curve curve, const struct crypto_random *random, struct span chip_data,
                           struct span static_point, struct span mapping_point);

#endif
