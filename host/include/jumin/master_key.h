// Master keys of a station: what the keys of single cards are derived from, and what its records are kept
// under.
// SPDX-License-Identifier: Apache-2.0
//
// A key's file has mode 0600 and holds one line of text: the key in 64 hexadecimal digits; or the key
// encrypted under a passphrase,
//     jumin-key 1 pbkdf2-sha256 ITERATIONS SALT aes-256-gcm NONCE CIPHERTEXT-AND-TAG
// (RFC 8018 §5.2, SP 800-38D; all before the ciphertext is authenticated, too); or the URI of a key in a
// token
// (<jumin/token.h>), with a second line that tells it from another key of the same name:
//     check-value DIGITS
// (the first 8 bytes of its CMAC over "jumin master key"). A token derives by CMAC, and its key never leaves
// it.
#ifndef JUMIN_MASTER_KEY_H
#define JUMIN_MASTER_KEY_H

#include <jumin/token.h>
#include <stddef.h>
#include <stdint.h>

enum { JUMIN_MASTER_KEY = 32 }; // bytes

struct jumin_master_key;

// The handle of a file, which need not be there yet.
JUMIN_EXPORT enum jumin_error jumin_master_key_new(struct jumin_master_key **key, const char *path);
// Wipes the key. NULL is allowed.
JUMIN_EXPORT void jumin_master_key_free(struct jumin_master_key *key);
JUMIN_EXPORT const char *jumin_master_key_detail(const struct jumin_master_key *key);

enum jumin_master_key_kind {
    JUMIN_MASTER_KEY_MISSING, // there is no file
    JUMIN_MASTER_KEY_PLAIN,
    JUMIN_MASTER_KEY_SEALED,   // a passphrase opens it
    JUMIN_MASTER_KEY_IN_TOKEN, // a PIN does
};
// Looks at the file. JUMIN_ERROR_INPUT: it is none of these. JUMIN_ERROR_FILE: it cannot be read.
JUMIN_EXPORT enum jumin_error jumin_master_key_look(struct jumin_master_key *key,
                                                    enum jumin_master_key_kind *kind);

// Opens the key in the file. `passphrase` and `tokens` may be NULL where the kind does not need them;
// `tokens` must outlive the handle. JUMIN_ERROR_INPUT: damaged, the wrong passphrase, or another key in the
// token.
JUMIN_EXPORT enum jumin_error jumin_master_key_open(struct jumin_master_key *key, const char *passphrase,
                                                    struct jumin_tokens *tokens);
// Makes a key and its file, encrypted unless `passphrase` is NULL. Where another one makes it at the same
// time, that one is opened.
JUMIN_EXPORT enum jumin_error jumin_master_key_make(struct jumin_master_key *key, const char *passphrase);
// Writes the file of an open key anew, under another passphrase; the key stays the same.
JUMIN_EXPORT enum jumin_error jumin_master_key_seal(struct jumin_master_key *key, const char *passphrase);
// Puts an open key into the token that `uri` names, or, where there is no file, has the token make one; the
// file then holds its URI. `what` begins the key's name in the token.
JUMIN_EXPORT enum jumin_error jumin_master_key_move(struct jumin_master_key *key, struct jumin_tokens *tokens,
                                                    const char *uri, const char *what);
// Copies an open key out, JUMIN_MASTER_KEY bytes; the caller wipes them (jumin_master_key_wipe).
// JUMIN_ERROR_TOKEN: a token gives no key away.
JUMIN_EXPORT enum jumin_error jumin_master_key_bytes(const struct jumin_master_key *key, uint8_t *bytes);

// For the factory of the simulator: reads 64 hexadecimal digits into `key`, JUMIN_MASTER_KEY bytes, or makes
// the file where `create` allows it and there is none. The caller wipes the key.
JUMIN_EXPORT enum jumin_error jumin_master_key_load(const char *path, bool create, uint8_t *key);
JUMIN_EXPORT void jumin_master_key_wipe(uint8_t *key);

#endif
