// The registry: a log, in which nothing can be changed unseen, of what everybody may know about the issuer:
// its certificates, its DID documents, its schemas, and the digest of each status list.
// SPDX-License-Identifier: Apache-2.0
//
// The log signs its head: how many entries it has, and the root of the Merkle tree (RFC 9162) over them. A
// proof file shows that an entry is under such a head. Verifiers keep proofs and the last head they have
// seen, check what they meet against them, and need the log itself to answer only when there is something
// new.
#ifndef JUMIN_REGISTRY_H
#define JUMIN_REGISTRY_H

#include <jumin/token.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JUMIN_REGISTRY_NAME = 257, // bytes of a name with the zero byte at its end
    JUMIN_REGISTRY_HASH = 32,
    JUMIN_REGISTRY_KEY = 65, // uncompressed point of P-256
};

enum jumin_registry_kind {
    JUMIN_REGISTRY_CERTIFICATE =
        1,                       // DER; its name is its subject and serial, or whatever the issuer calls it
    JUMIN_REGISTRY_DID_DOCUMENT, // JSON; its name is the DID
    JUMIN_REGISTRY_SCHEMA,       // JSON; its name is the vct or docType
    JUMIN_REGISTRY_STATUS_LIST,  // the signed token; its name is its URI. Only the digest is kept
};
enum { JUMIN_REGISTRY_KINDS = 4 };

// "certificate", "did-document", "schema", "status-list".
JUMIN_EXPORT const char *jumin_registry_kind_name(enum jumin_registry_kind kind);
// JUMIN_ERROR_ARGUMENT for another name.
JUMIN_EXPORT enum jumin_error jumin_registry_kind_parse(const char *name, enum jumin_registry_kind *kind);

struct jumin_registry_entry {
    uint64_t index; // from 0
    enum jumin_registry_kind kind;
    char name[JUMIN_REGISTRY_NAME];      // UTF-8, without control characters
    uint8_t digest[JUMIN_REGISTRY_HASH]; // SHA-256 of the content
    int64_t at;                          // when it was recorded, seconds since 1970
};

struct jumin_registry_head {
    uint64_t size; // entries
    uint8_t root[JUMIN_REGISTRY_HASH];
    int64_t at; // when it was signed, seconds since 1970
};

// --- For verifiers: no database, no network ------------------------------------------------------------------

// What is wrong, in a sentence.
struct jumin_registry_refusal {
    char text[256];
};

// Checks a head's signature by the registry's key. JUMIN_ERROR_SIGNATURE: of another key;
// JUMIN_ERROR_MALFORMED.
JUMIN_EXPORT enum jumin_error jumin_registry_head_check(const char *token,
                                                        const uint8_t key[JUMIN_REGISTRY_KEY],
                                                        struct jumin_registry_head *head,
                                                        struct jumin_registry_refusal *refusal);
// Checks a proof file: the head's signature, the entry under it, and that the head has grown out of `known`,
// a token that was kept (NULL: the first one ever seen). `content` (NULL: not at hand) must be what the entry
// is about. `head` receives the proof's head; `token` is to be kept in place of `known` (malloc'ed; NULL: not
// wanted): that head's, or `known` where it is younger and over the same entries. JUMIN_ERROR_SIGNATURE,
// JUMIN_ERROR_MALFORMED; JUMIN_ERROR_HASH: not in the registry, about other content, or the registry was
// rewritten; JUMIN_ERROR_STATUS: the proof does not reach from `known` to its head: ask for another.
JUMIN_EXPORT enum jumin_error
jumin_registry_proof_check(const char *json, size_t n, const uint8_t key[JUMIN_REGISTRY_KEY],
                           const char *known, const uint8_t *content, size_t content_length,
                           struct jumin_registry_entry *entry, struct jumin_registry_head *head, char **token,
                           struct jumin_registry_refusal *refusal);

// Checks what a server says of its head, GET /registry/head?known=SIZE, against the token that was kept, of
// SIZE entries (NULL: the first one ever seen). `token` is to be kept in its place (malloc'ed). Errors as
// above.
JUMIN_EXPORT enum jumin_error jumin_registry_head_update(const char *json, size_t n,
                                                         const uint8_t key[JUMIN_REGISTRY_KEY],
                                                         const char *known, struct jumin_registry_head *head,
                                                         char **token,
                                                         struct jumin_registry_refusal *refusal);
// SHA-256 of a content, in lower case: by which a server is asked for its proof, and a proof file named.
enum { JUMIN_REGISTRY_DIGEST = 65 };
JUMIN_EXPORT enum jumin_error jumin_registry_digest(const uint8_t *content, size_t n,
                                                    char digest[JUMIN_REGISTRY_DIGEST]);

// --- For the issuer (not in builds without a station) -------------------------------------------------------

// The log in a database of its own. Used by one thread at a time.
struct jumin_registry;

// `url` as in <jumin/station.h>: a file, or postgresql://… The handle is made also when the database does not
// answer, for the detail; where it is a server that is away, each later call asks it once more.
JUMIN_EXPORT enum jumin_error jumin_registry_open(struct jumin_registry **registry, const char *url);
// Whether the last failure was that the database's server does not answer: it may later.
JUMIN_EXPORT bool jumin_registry_is_away(const struct jumin_registry *registry);
// Wipes the key. NULL is allowed.
JUMIN_EXPORT void jumin_registry_free(struct jumin_registry *registry);
JUMIN_EXPORT const char *jumin_registry_detail(const struct jumin_registry *registry);

// The key that signs heads, from a file under a passphrase, or in a token that `tokens` opens (may be NULL).
// With `make` it is made where there is no such file, in the token `uri` or (NULL) in the file.
JUMIN_EXPORT enum jumin_error jumin_registry_use_key(struct jumin_registry *registry, const char *path,
                                                     const char *passphrase, struct jumin_tokens *tokens,
                                                     const char *uri, bool make);
JUMIN_EXPORT enum jumin_error jumin_registry_key(const struct jumin_registry *registry,
                                                 uint8_t key[JUMIN_REGISTRY_KEY]);

// Keeps the last signed head in this file, too, which no change of the database reaches: from now on a log
// that does not begin with it gets no entry and no head (JUMIN_ERROR_HASH). Who has restored a log from a
// backup knowingly removes the file.
JUMIN_EXPORT enum jumin_error jumin_registry_keep_head(struct jumin_registry *registry, const char *path);

// Records it, unless the last entry of that kind and name is about the same content. `index`: where it
// stands.
JUMIN_EXPORT enum jumin_error jumin_registry_add(struct jumin_registry *registry,
                                                 enum jumin_registry_kind kind, const char *name,
                                                 const uint8_t *content, size_t n, int64_t now,
                                                 uint64_t *index);
// The entries from `first` on, until `each` returns false. `content` is NULL where only the digest is kept.
JUMIN_EXPORT enum jumin_error jumin_registry_list(struct jumin_registry *registry, uint64_t first,
                                                  bool (*each)(void *context,
                                                               const struct jumin_registry_entry *entry,
                                                               const uint8_t *content, size_t n),
                                                  void *context);
// The last entry of that kind and name; the last about this content. JUMIN_ERROR_INPUT: there is none.
JUMIN_EXPORT enum jumin_error jumin_registry_find(struct jumin_registry *registry,
                                                  enum jumin_registry_kind kind, const char *name,
                                                  uint64_t *index);
JUMIN_EXPORT enum jumin_error jumin_registry_find_content(struct jumin_registry *registry,
                                                          const uint8_t *content, size_t n, uint64_t *index);
// Signs a head over all entries and remembers it. JUMIN_ERROR_HASH: the log no longer contains what the last
// signed head said; nothing is signed then. `token`: malloc'ed.
JUMIN_EXPORT enum jumin_error jumin_registry_head(struct jumin_registry *registry, int64_t now, char **token,
                                                  struct jumin_registry_head *head);
// A proof file for the entry under a head that is signed for it, with the way from a head of `known` entries
// (0: none). `json`: malloc'ed.
JUMIN_EXPORT enum jumin_error jumin_registry_proof(struct jumin_registry *registry, uint64_t index,
                                                   uint64_t known, int64_t now, char **json);
// The issuer's DID, from the address at which it stands (did:web), and the document that is to be served
// there: the keys of all certificates of `pem` (X.509 in PEM, P-256), which is what is recorded as
// JUMIN_REGISTRY_DID_DOCUMENT. `did` and `json`: malloc'ed. JUMIN_ERROR_INPUT: no https address, no
// certificate, or one of another curve.
JUMIN_EXPORT enum jumin_error jumin_registry_did(const char *base_url, const char *pem, size_t n, char **did,
                                                 char **json);
// The descriptions of the credentials that this version issues, which are recorded as JUMIN_REGISTRY_SCHEMA:
// the `i`th, from 0. `name`: the vct or docType, static; `json`: malloc'ed. JUMIN_ERROR_INPUT: there is none.
JUMIN_EXPORT enum jumin_error jumin_registry_schema(unsigned i, const char **name, char **json);
// Recomputes everything from the entries, and checks each head's signature by `key` (NULL: the handle's own).
// JUMIN_ERROR_HASH: something was changed; the detail says what.
JUMIN_EXPORT enum jumin_error jumin_registry_audit(struct jumin_registry *registry,
                                                   const uint8_t key[JUMIN_REGISTRY_KEY]);

// --- On a chain ------------------------------------------------------------------------------------------------
// The same tree in a contract on an EVM chain, by a node's JSON-RPC. The log is what counts and goes on
// whatever the chain does; the chain shows to everybody that the log was not rewritten.

enum { JUMIN_REGISTRY_CONTRACT = 43 }; // "0x", 40 digits and a zero byte

struct jumin_registry_chain {
    const char *url;       // of the node
    const char *contract;  // its address; "0x" may be left out
    const char *key_file;  // the account that appends, 64 hexadecimal digits in a file of mode 0600; NULL: it
                           // is only read
    unsigned stop_seconds; // how old the last block may be; 0: any age
    bool allow_http;       // for a node on this machine
    uint64_t chain_id;     // which it must be (EIP-155); 0: the one of the first look at this contract
    uint64_t gas_most;     // units of gas of a transaction; 0: 10 million
    uint64_t fee_most;     // wei a unit of gas, where the chain has fees; 0: 100 thousand million
};

enum jumin_registry_chain_state {
    JUMIN_REGISTRY_CHAIN_IN_STEP,
    JUMIN_REGISTRY_CHAIN_BEHIND,      // it lacks entries
    JUMIN_REGISTRY_CHAIN_STOPPED,     // it makes no blocks, or takes no transactions
    JUMIN_REGISTRY_CHAIN_UNREACHABLE, // its node does not answer, or not as it should
    JUMIN_REGISTRY_CHAIN_FORKED,      // it says something else than the log: nothing is sent
    JUMIN_REGISTRY_CHAIN_NO_CONTRACT, // at that address
    JUMIN_REGISTRY_CHAIN_STUCK, // it goes on, and does not take the transaction: `why` says what it may be
    JUMIN_REGISTRY_CHAIN_OTHER, // the node is of another chain: nothing is sent
};
// "in-step", "behind", "stopped", "unreachable", "forked", "no-contract", "stuck", "other-chain".
JUMIN_EXPORT const char *jumin_registry_chain_state_name(enum jumin_registry_chain_state state);

struct jumin_registry_chain_report {
    enum jumin_registry_chain_state state;
    char why[256];    // a sentence; "" where nothing is to be said
    bool reorganised; // blocks that were seen earlier have been replaced by others; noted once
    uint64_t log_size, chain_size, sent; // entries
    uint64_t block;                      // the last one
    int64_t block_at;                    // seconds since 1970, as the chain says
};

// Puts the contract on the chain; the account is its owner, and it alone can append.
// JUMIN_ERROR_NOT_SUPPORTED: built without chains.
JUMIN_EXPORT enum jumin_error jumin_registry_chain_deploy(struct jumin_registry *registry,
                                                          const struct jumin_registry_chain *chain,
                                                          char contract[JUMIN_REGISTRY_CONTRACT]);
// Holds the chain against the log, and with a key sends what it lacks. The chain's troubles are in the report
// and no error.
JUMIN_EXPORT enum jumin_error jumin_registry_chain_look(struct jumin_registry *registry,
                                                        const struct jumin_registry_chain *chain, int64_t now,
                                                        struct jumin_registry_chain_report *report);

#endif
