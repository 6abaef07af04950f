// A private key that signs, wherever it is: in memory, from a file under a passphrase, or in a token.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_SIGNING_KEY_H
#define JUMIN_HOST_PKI_SIGNING_KEY_H

#include "card/crypto/crypto.h"
#include "host/detail.h"

struct jumin_tokens;
struct token_key;

// All zero: no key. Released once, by its owner; not copied.
struct signing_key {
    struct crypto_ec_key key; // the pair, or its public half where a token holds the secret
    struct token_key *token;  // NULL: the secret is in `key`
};

enum {
    SIGNING_KEY_TEXT_MAX = 2048, // of a key's file
};

// Where keys are made, and what opens those that are in tokens.
struct key_place {
    struct jumin_tokens *tokens; // NULL: none
    const char *uri;             // of the token that new keys are made in; NULL: in memory
};

// `what` tells people which key of a token it is: "csca". What fails is said in `detail`.
enum jumin_error signing_key_make(struct signing_key *key, const struct key_place *place, const char *what,
                                  enum crypto_curve curve, const struct crypto_random *random,
                                  struct detail *detail);
// Removes a key that was made and is not wanted after all, and releases it.
void signing_key_discard(struct signing_key *key);
// Wipes what is in memory; a token keeps its key.
void signing_key_release(struct signing_key *key);

// As crypto_ecdsa_sign. What a token answers is verified first: a fault in it would give its key away.
bool signing_key_sign(const struct signing_key *key, const struct crypto_random *random, struct span digest,
                      uint8_t *signature);
// The error of the last failed signature, with its reason where a token gave one.
enum jumin_error signing_key_failure(const struct signing_key *key, struct detail *detail);

// The content of a key's file: PKCS#8 in PEM, encrypted under the passphrase, or the key's URI in a line.
bool signing_key_put(const struct signing_key *key, struct span passphrase,
                     const struct crypto_random *random, struct writer *text);
// JUMIN_ERROR_INPUT: another passphrase, or damaged. A key in a token is looked for there.
enum jumin_error signing_key_take(struct signing_key *key, struct span text, struct span passphrase,
                                  struct jumin_tokens *tokens, const struct crypto_random *random,
                                  struct detail *detail);

#endif
