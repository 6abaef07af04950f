// Keys in tokens, as the rest of libjumin uses them: made, found, signing, deriving.
// SPDX-License-Identifier: Apache-2.0
//
// Every function that fails says why in `detail`: JUMIN_ERROR_TOKEN, JUMIN_ERROR_TOKEN_PIN, or
// JUMIN_ERROR_INPUT for a URI that is none. Keys are used from several threads; what a key belongs to is
// locked while it works.
#ifndef JUMIN_HOST_TOKEN_TOKEN_H
#define JUMIN_HOST_TOKEN_TOKEN_H

#include "card/crypto/crypto.h"
#include "host/detail.h"
#include <jumin/token.h>

enum { TOKEN_URI_MAX = 1024 };

struct token_key;

// Whether a key file holds the URI of a key instead of a key.
bool token_is_uri(struct span text);
// The URI of the token of a key, as keys are made in it: without object and identifier.
bool token_of_key(const char *key_uri, char token_uri[TOKEN_URI_MAX]);

// The identifier (CKA_ID) of a key, and the URI of the key of that identifier in a token. False: none, or it
// does not fit.
bool token_id_of_key(const char *key_uri, uint8_t *id, size_t capacity, size_t *n);
bool token_key_of_id(const char *token_uri, struct span id, char key_uri[TOKEN_URI_MAX]);

// `uri` names the token; object and identifier are chosen here, and `what` begins the label.
enum jumin_error token_ec_make(struct jumin_tokens *tokens, const char *uri, const char *what,
                               enum crypto_curve curve, struct token_key **key,
                               uint8_t point[CRYPTO_POINT_MAX], struct detail *detail);
enum jumin_error token_ec_open(struct jumin_tokens *tokens, const char *uri, struct token_key **key,
                               enum crypto_curve *curve, uint8_t point[CRYPTO_POINT_MAX],
                               struct detail *detail);
// `n` bytes of signature, r || s. What the token answers is not verified here.
enum jumin_error token_ec_sign(struct token_key *key, struct span digest, uint8_t *signature, size_t n);

// AES-256 for CMAC. `bytes` empty: the token makes the key; else it takes this one.
enum jumin_error token_aes_make(struct jumin_tokens *tokens, const char *uri, const char *what,
                                struct span bytes, struct token_key **key, struct detail *detail);
enum jumin_error token_aes_open(struct jumin_tokens *tokens, const char *uri, struct token_key **key,
                                struct detail *detail);
enum jumin_error token_aes_cmac(struct token_key *key, struct span message, uint8_t mac[CRYPTO_BLOCK]);

// The URI that finds the key again.
const char *token_key_uri(const struct token_key *key);
// Why its last use failed.
void token_key_detail(struct token_key *key, struct detail *detail);
// Sets that sentence, as when a signature does not verify.
void token_key_fail(struct token_key *key, const char *why);
// Removes it from the token, for what was made and is not wanted after all.
void token_key_destroy(struct token_key *key);
// The key stays in the token. NULL is allowed.
void token_key_free(struct token_key *key);

#endif
