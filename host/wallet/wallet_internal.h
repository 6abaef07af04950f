// The inside of struct jumin_wallet: what its file holds, and how presentations take copies and write
// history.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_WALLET_WALLET_INTERNAL_H
#define JUMIN_HOST_WALLET_WALLET_INTERNAL_H

#include "host/mobile/http_client.h"
#include "host/mobile/signer.h"
#include "host/mobile/trust_list.h"
#include <jansson.h>
#include <jumin/wallet.h>

enum {
    WALLET_URL = 512,
    WALLET_TOKEN = 4096,
    WALLET_CREDENTIALS_MAX = 64,
    WALLET_COPIES_MAX = 100,   // of a credential
    WALLET_EVENTS_MAX = 10000, // then the oldest are forgotten
    WALLET_FILE_MAX = 64 << 20,
    WALLET_STORE_KEY = 32,
};

// A key by its store's handle, wiped with the wallet.
struct wallet_key {
    uint8_t handle[JUMIN_WALLET_KEY_HANDLE];
    size_t n;
    uint8_t point[SIGNER_POINT];
};

// A key of the store that the file does not need any more, or not yet: it is removed once the file says so,
// and at the latest when the wallet is opened again.
struct wallet_spare {
    struct wallet_key key;
    bool in_use; // by a request that is under way
};

// One of a batch: each has a key of its own. An mdoc is IssuerSigned in CBOR, an SD-JWT its text.
struct wallet_copy {
    struct wallet_key key;
    uint8_t *bytes; // from malloc
    size_t n;
    bool used;
};

// A batch that the issuer has not made yet (OpenID4VCI 1.0 §9).
struct wallet_deferred {
    char transaction[JUMIN_WALLET_TEXT]; // "": nothing is deferred
    struct wallet_key *keys;
    size_t count;
    int64_t not_before; // when to ask again
};

// Where and how an issuer is asked (OpenID4VCI 1.0 §12.2, RFC 8414); "" where it has no such end.
struct wallet_issuer {
    char identifier[WALLET_URL], name[JUMIN_WALLET_TEXT];
    char server[WALLET_URL]; // of the authorization server, issuer
    char token[WALLET_URL], nonce[WALLET_URL], credential[WALLET_URL], deferred[WALLET_URL],
        notification[WALLET_URL];
    unsigned batch; // most copies of a request; 1: no batches
    bool dpop;      // the token's end takes DPoP
    bool final;     // OpenID4VCI 1.0; else a draft
    bool attested;  // takes proofs with a key attestation alone: the device key vouches for the others
};

// What a redeemed code has led to, for one or several credentials.
struct wallet_grant {
    char access[WALLET_TOKEN], refresh[WALLET_TOKEN];
    char scheme[8];                // "DPoP" or "Bearer"
    int64_t expires;               // of the access token; 0: not said
    char nonce[JUMIN_WALLET_TEXT]; // c_nonce of a draft, for the next request alone
};

struct wallet_credential {
    char id[JUMIN_WALLET_ID];
    enum jumin_wallet_format format;
    char configuration[JUMIN_WALLET_TEXT]; // credential_configuration_id
    char identifier[JUMIN_WALLET_TEXT];    // credential_identifier of the token's answer; "": none
    char format_name[32];                  // as the issuer spells it: "mso_mdoc", "vc+sd-jwt"
    char type[JUMIN_WALLET_TEXT], name[JUMIN_WALLET_TEXT], signer[JUMIN_WALLET_TEXT];
    struct wallet_issuer issuer;
    struct wallet_grant grant;
    struct wallet_deferred deferred;
    char notification[JUMIN_WALLET_TEXT]; // notification_id of the last batch
    bool trusted, single_use;
    enum jumin_wallet_state status; // USABLE, LOCKED or REVOKED: as the status list said last
    int64_t status_checked;
    int64_t status_issued, status_due; // of that list: when it was signed, and when to ask again
    int64_t issued, expires;
    struct wallet_copy *copies;
    size_t copy_count;
};

// One line of the history. Texts from malloc.
struct wallet_event {
    int64_t time;
    char *kind, *who, *purpose, *elements, *reason;
};

struct jumin_wallet {
    struct detail detail;
    char *path;
    int lock; // descriptor that is held, plus one; 0: none
    uint8_t store_key[WALLET_STORE_KEY], salt[16];
    uint32_t iterations;
    struct jumin_wallet_keys keys;
    struct detail keys_detail;     // why a token's key was not made, or did not sign
    struct jumin_tokens *tokens;   // NULL: none are opened
    char *token_uri;               // of the token that has the keys; NULL: none
    struct jumin_wallet_http http; // what `client` asks, unless a client was given as such
    struct http_client client;     // ask NULL: offline
    struct wallet_key device;
    struct wallet_spare *spares; // of key stores that remove keys
    size_t spare_count;
    bool unsure; // the last writing of the file failed, and may be on the disk all the same
    struct wallet_credential *credentials; // WALLET_CREDENTIALS_MAX of them
    size_t count;
    struct wallet_event *events;
    size_t event_count;
    uint8_t *trust_text, *trust_root; // the signed list, and the certificate of its root; NULL: none
    size_t trust_text_length, trust_root_length;
    char trust_url[WALLET_URL]; // where the list is fetched; "": nowhere
    int64_t trust_taken;        // when the list was taken
    struct trust_list trust;    // read from these; expired ones too: who uses it looks at `expires`
};

// For programs that have a client, and for tests: in place of jumin_wallet_use_http.
void wallet_use_client(struct jumin_wallet *wallet, const struct http_client *client);

// --- What presentations need ---------------------------------------------------------------------------------

// Whether the credential may be shown at all: usable, or JUMIN_ERROR_REVOKED (revoked, and locked: a locked
// wallet shows nothing), _NOT_VALID_NOW, _NO_SUCH_FILE (no copy is left), _SIGNER_UNKNOWN (a resident's whose
// issuer is not in the trust list), with a sentence for the holder.
enum jumin_error wallet_may_show(const struct wallet_credential *credential, int64_t now,
                                 struct detail *detail);
// An unused copy, marked as used in the file before it is handed out, so that it is shown once whatever
// happens next. Where the issuer gives no batches, the one copy serves again. `*copy` is the wallet's until
// it changes. JUMIN_ERROR_ARGUMENT: not of this wallet; wallet_may_show's errors; JUMIN_ERROR_FILE.
enum jumin_error wallet_take_copy(struct jumin_wallet *wallet, struct wallet_credential *credential,
                                  int64_t now, const struct wallet_copy **copy);
// Signs and agrees with the key of a copy (or of the device), by the wallet's key store. Lives as long as
// both do.
struct wallet_signer {
    const struct jumin_wallet *wallet;
    const struct wallet_key *key;
};
struct signer wallet_signer_of(struct wallet_signer *context, const struct jumin_wallet *wallet,
                               const struct wallet_key *key);
// Appends to the history and writes the file. Texts are copied; NULL is "". On error nothing is appended.
enum jumin_error wallet_remember(struct jumin_wallet *wallet, int64_t time, const char *kind, const char *who,
                                 const char *purpose, const char *elements, const char *reason);

// --- Inside (each in the file of that name) --------------------------------------------------------------------

// store.c: writes the file; JUMIN_ERROR_FILE, and nothing has changed on the disk.
enum jumin_error wallet_save(struct jumin_wallet *wallet);
// store_json.c. NULL: no memory. What is read is checked: false, and the wallet is to be freed.
json_t *wallet_to_json(const struct jumin_wallet *wallet);
bool wallet_from_json(struct jumin_wallet *wallet, const json_t *json);
// trust.c: reads the kept trust list, if there is one.
enum jumin_error wallet_load_trust(struct jumin_wallet *wallet);
// Fetches it once more where there is a URL, a network, and the list is a day old, or expired.
enum jumin_error wallet_refresh_trust(struct jumin_wallet *wallet, int64_t now);
// keys.c
extern const struct jumin_wallet_keys wallet_file_keys; // handles that are the secret itself
enum jumin_error wallet_make_key(struct jumin_wallet *wallet, struct wallet_key *key);
// Makes keys for a request, as spare ones in the file first. On error there are none.
enum jumin_error wallet_make_keys(struct jumin_wallet *wallet, struct wallet_key *keys, size_t count);
// What becomes of a key when the file is written next: it is removed from its store; it stays, since a copy
// has it; it belongs to a request again.
void wallet_spare_key(struct jumin_wallet *wallet, const struct wallet_key *key);
void wallet_keep_key(struct jumin_wallet *wallet, const struct wallet_key *key);
void wallet_use_key(struct jumin_wallet *wallet, const struct wallet_key *key);
// Removes from the store what is spare, for when the file says so; after a writing that has failed, nothing.
void wallet_remove_spares(struct jumin_wallet *wallet);
// Says that a key failed, and why if that is known.
enum jumin_error wallet_key_failed(struct jumin_wallet *wallet, enum jumin_error error, const char *what);
// token_keys.c: keys are in that token. JUMIN_ERROR_INPUT: no URI of one; JUMIN_ERROR_TOKEN: none are opened.
enum jumin_error wallet_use_token(struct jumin_wallet *wallet, const char *uri);
// credentials.c
struct wallet_credential *wallet_find(struct jumin_wallet *wallet, const char *id);
// A new one with an id of its own; NULL: there are too many, or no random bytes.
struct wallet_credential *wallet_new_credential(struct jumin_wallet *wallet);
// Keys of its copies and of what is deferred: spare, or kept after all.
void wallet_spare_keys(struct jumin_wallet *wallet, const struct wallet_credential *credential);
void wallet_keep_keys(struct jumin_wallet *wallet, const struct wallet_credential *credential);
void wallet_wipe_copies(struct wallet_copy *copies, size_t count);
// In memory alone.
void wallet_drop_credential(struct jumin_wallet *wallet, struct wallet_credential *credential);
// Drops those that are marked, and writes the file. On error nothing has changed.
enum jumin_error wallet_drop_marked(struct jumin_wallet *wallet, const bool marked[WALLET_CREDENTIALS_MAX]);
size_t wallet_unused(const struct wallet_credential *credential);
// Appends to the history in memory; false: no memory.
bool wallet_remember_only(struct jumin_wallet *wallet, int64_t time, const char *kind, const char *who,
                          const char *purpose, const char *elements, const char *reason);
// Takes back what was appended since there were `count` events, and was not saved.
void wallet_forget_events(struct jumin_wallet *wallet, size_t count);
// Forgets the oldest events above WALLET_EVENTS_MAX.
void wallet_trim_events(struct jumin_wallet *wallet);

#endif
