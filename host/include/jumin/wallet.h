// A wallet: the credentials of a phone, how they come to it (OpenID4VCI 1.0) and what became of them.
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_wallet_create(&wallet, "wallet", passphrase, NULL); // or jumin_wallet_open
//     jumin_wallet_use_http(wallet, &http);                     // or jumin_http_for_wallet
//     jumin_wallet_add(wallet, "openid-credential-offer://?…", "123456", now);
//     …
//     jumin_wallet_free(wallet);
//
// All of a wallet is in one file under the passphrase: keys, credentials, and the history of what was shown,
// which is nowhere else. Whatever changes it writes the file before it returns, by a rename: after a power
// cut the wallet is as before or as after. One thread at a time, and one program at a time.
#ifndef JUMIN_WALLET_H
#define JUMIN_WALLET_H

#include <jumin/binding.h>
#include <jumin/purpose.h>

enum {
    JUMIN_WALLET_ID = 17,         // of a credential: 16 hexadecimal digits
    JUMIN_WALLET_TEXT = 256,      // of names, bytes with the end
    JUMIN_WALLET_KEY_HANDLE = 64, // most bytes by which a key store knows a key
    JUMIN_WALLET_BATCH = 10,      // copies that are asked for at once, where the issuer gives as many
    JUMIN_WALLET_FEW = 3,         // unused copies at which it is time for others
};

struct jumin_wallet;

// --- Where keys are kept -------------------------------------------------------------------------------------

// A phone's key store: keys of P-256 that do not leave it. Its handles are kept in the wallet's file.
struct jumin_wallet_keys {
    // Makes a key: `*n` bytes of handle, and its public key, 04 || x || y.
    enum jumin_error (*make)(void *context, uint8_t handle[JUMIN_WALLET_KEY_HANDLE], size_t *n,
                             uint8_t key[JUMIN_DEVICE_KEY]);
    // ECDSA of a SHA-256 digest: r || s. False: the store refuses, or the holder does.
    bool (*sign)(void *context, const uint8_t *handle, size_t n, const uint8_t digest[32],
                 uint8_t signature[64]);
    // ECDH with 04 || x || y: the x coordinate. NULL: keys sign only.
    bool (*agree)(void *context, const uint8_t *handle, size_t n, const uint8_t key[JUMIN_DEVICE_KEY],
                  uint8_t shared[32]);
    // The key is of no more use, and the wallet's file says so already; or it was never of use. May be called
    // for one that is gone. NULL: nothing is to be done.
    void (*remove)(void *context, const uint8_t *handle, size_t n);
    void *context;
};

struct jumin_tokens;
struct jumin_wallet_options {
    const struct jumin_wallet_keys *keys; // copied; NULL: keys are in the wallet's file, or in a token
    // Opens the token that keys are in (<jumin/token.h>); it must outlive the wallet. NULL: none is opened.
    struct jumin_tokens *tokens;
    const char *token; // URI of the token that a new wallet makes its keys in, and keeps; NULL: in none
    char *why;         // JUMIN_WALLET_TEXT bytes for a sentence when it fails; NULL: not wanted
};

// Makes the file, mode 0600, with a new device key. JUMIN_ERROR_FILE: errno says why, EEXIST when there is
// such a file; JUMIN_ERROR_INPUT: an empty passphrase, or a URI that names no token; JUMIN_ERROR_TOKEN,
// _TOKEN_PIN: the token makes no key; JUMIN_ERROR_NOT_SUPPORTED: libjumin was built without tokens. `options`
// may be NULL, here and below.
JUMIN_EXPORT enum jumin_error jumin_wallet_create(struct jumin_wallet **wallet, const char *path,
                                                  const char *passphrase,
                                                  const struct jumin_wallet_options *options);
// JUMIN_ERROR_FILE: not readable; JUMIN_ERROR_INPUT: no wallet, a damaged one, or another passphrase (none of
// these can be told from the others); JUMIN_ERROR_CONFLICT: another program has it open; JUMIN_ERROR_TOKEN:
// its keys are in a token, and `tokens` is NULL. A token is opened when one of its keys is used.
JUMIN_EXPORT enum jumin_error jumin_wallet_open(struct jumin_wallet **wallet, const char *path,
                                                const char *passphrase,
                                                const struct jumin_wallet_options *options);
// Wipes it. NULL is allowed.
JUMIN_EXPORT void jumin_wallet_free(struct jumin_wallet *wallet);
JUMIN_EXPORT const char *jumin_wallet_detail(const struct jumin_wallet *wallet);
// The key that cards are bound to, and that proves who sends a request (DPoP).
JUMIN_EXPORT void jumin_wallet_device_key(const struct jumin_wallet *wallet, uint8_t key[JUMIN_DEVICE_KEY]);

// --- The network ---------------------------------------------------------------------------------------------

struct jumin_wallet_header {
    const char *name, *value;
};
struct jumin_wallet_request {
    const char *method; // "GET", "POST"
    const char *url;
    const char *type; // Content-Type of the body; NULL without one
    const struct jumin_wallet_header *headers;
    size_t header_count;
    const uint8_t *body;
    size_t n;
    size_t answer_max; // most bytes of the answer's body that are taken
};
struct jumin_wallet_answer;
// Copies what a server has answered; for the function below. False: no memory.
JUMIN_EXPORT bool jumin_wallet_answer_set(struct jumin_wallet_answer *answer, int status, const uint8_t *body,
                                          size_t n);
JUMIN_EXPORT bool jumin_wallet_answer_header(struct jumin_wallet_answer *answer, const char *name,
                                             const char *value);
// A phone's own HTTPS. It follows no redirect. Any error: there was no answer (JUMIN_ERROR_LINK and so on);
// a status like 400 is an answer.
struct jumin_wallet_http {
    enum jumin_error (*ask)(void *context, const struct jumin_wallet_request *request,
                            struct jumin_wallet_answer *answer);
    void *context;
};
// Copied. Without any the wallet is offline; NULL: it is so again.
JUMIN_EXPORT void jumin_wallet_use_http(struct jumin_wallet *wallet, const struct jumin_wallet_http *http);

// --- Whom it trusts ------------------------------------------------------------------------------------------

// Takes a signed trust list, and the root that its signer leads to: a certificate in DER or PEM; NULL: the
// one that is kept already. The roots of issuers and of venues come from it, and whether a credential that is
// kept is trusted. A resident's credential is neither taken nor shown without a list that has its issuer; an
// expired list is as none. JUMIN_ERROR_CONFLICT: older than the list that is kept.
JUMIN_EXPORT enum jumin_error jumin_wallet_trust(struct jumin_wallet *wallet, const uint8_t *list, size_t n,
                                                 const uint8_t *root, size_t root_length, int64_t now);

// Fetches the list from `url` and takes it as above; the URL is kept with it, and jumin_wallet_refresh
// fetches the list again when the one that is kept is a day old. NULL: the URL that is kept.
// JUMIN_ERROR_ARGUMENT: none is; those of the network; on error the list and the URL that are kept stay.
JUMIN_EXPORT enum jumin_error jumin_wallet_fetch_trust(struct jumin_wallet *wallet, const char *url,
                                                       const uint8_t *root, size_t root_length, int64_t now);

struct jumin_wallet_trust_list {
    int64_t issued, expires;
    int64_t taken;          // when it was given or fetched last
    size_t issuers, venues; // how many roots
    const char *url;        // that it is fetched from; "": none. The wallet's, until it changes.
};
// The list that is kept. JUMIN_ERROR_NO_SUCH_FILE: none.
JUMIN_EXPORT enum jumin_error jumin_wallet_trust_list(const struct jumin_wallet *wallet,
                                                      struct jumin_wallet_trust_list *list);

// --- How credentials come to it --------------------------------------------------------------------------------

// What an offer says, before it is taken.
struct jumin_wallet_offer {
    char issuer[JUMIN_WALLET_TEXT]; // its identifier, a URL
    char name[JUMIN_WALLET_TEXT];   // as it calls itself; empty: not at all
    bool tx_code;                   // a code that came another way is asked for
    bool tx_code_numeric;
    unsigned tx_code_length; // 0: not said
    char tx_code_hint[JUMIN_WALLET_TEXT];
    size_t credentials; // how many of those that are offered can be kept here
};
// `text`: a URI openid-credential-offer://?…, haip://?… or https://…?… with credential_offer or
// credential_offer_uri, or an offer in JSON. The code in it is not used up.
JUMIN_EXPORT enum jumin_error jumin_wallet_look_at_offer(struct jumin_wallet *wallet, const char *text,
                                                         int64_t now, struct jumin_wallet_offer *offer);
// Redeems an offer and fetches what is offered: mdoc and SD-JWT VC, each in as many copies as one batch may
// have. `tx_code`: NULL when none is asked for. The credential is kept as soon as the code is used up, so
// that copies can be fetched later (jumin_wallet_refresh) when the network fails in between.
// JUMIN_ERROR_INPUT          no offer, or a tx_code that is missing or not asked for
// JUMIN_ERROR_ACCESS_DENIED  the issuer refuses; the detail has its words
// JUMIN_ERROR_NOT_SUPPORTED  no pre-authorized code, or nothing of what is offered is known here
// JUMIN_ERROR_MALFORMED      an answer that the standard does not allow
// JUMIN_ERROR_SIGNATURE, …HASH, …SIGNER_UNKNOWN, …   a credential that is not good: no copy of it is kept
// and the errors of the network
JUMIN_EXPORT enum jumin_error jumin_wallet_add(struct jumin_wallet *wallet, const char *text,
                                               const char *tx_code, int64_t now);

// How alike a living face is to the card's portrait, as whoever compares them says.
struct jumin_wallet_likeness {
    unsigned score;              // 0 to 100, the higher the more alike
    bool live;                   // a living face, no picture of one
    char why[JUMIN_WALLET_TEXT]; // of a failure: a sentence
};
struct jumin_wallet_tap_options {
    // What the wallet's provider says of the device key (key-attestation+jwt, OpenID4VCI 1.0 App. D.1), at
    // most JUMIN_ATTESTATION_MAX bytes; NULL: nothing.
    const char *attestation;
    // Compares the holder's face with the portrait, a JPEG that is lent for the call. Called once the phone
    // is bound, and only where the issuer asks for it. Any error ends the tap with it. NULL: nobody compares.
    enum jumin_error (*compare)(void *context, const uint8_t *portrait, size_t n,
                                struct jumin_wallet_likeness *likeness);
    void *context;
};
// Binds this phone to the card before `reader` (which has its PIN) at the issuer's server, POST
// `issuer`/binding, and takes the credential that follows from it (POST `issuer`/provision). Where the issuer
// wants the holder's face compared, the wallet fetches the portrait (POST `issuer`/portrait), and signs the
// result for this binding with the device key. `options` may be NULL. Errors as of jumin_pipe_next and
// jumin_wallet_add, and
// JUMIN_ERROR_NOT_SUPPORTED  the issuer wants the face compared, and nobody compares; or it gives no
// credential JUMIN_ERROR_RULES          the face is not alike enough, or not that of somebody alive
JUMIN_EXPORT enum jumin_error jumin_wallet_tap(struct jumin_wallet *wallet, struct jumin_reader *reader,
                                               const char *issuer,
                                               const struct jumin_wallet_tap_options *options, int64_t now);

// Fetches the trust list where it is due. For each credential, or the one with that `id` (NULL: all): asks
// its status list, fetches copies where few are left, or little time (or when `refill` says so), and what was
// deferred. A failure with one does not stop the others; the first one is returned.
JUMIN_EXPORT enum jumin_error jumin_wallet_refresh(struct jumin_wallet *wallet, const char *id, bool refill,
                                                   int64_t now);

// --- What is in it ---------------------------------------------------------------------------------------------

enum jumin_wallet_format { JUMIN_WALLET_MDOC, JUMIN_WALLET_SD_JWT };

enum jumin_wallet_state {
    JUMIN_WALLET_USABLE,
    JUMIN_WALLET_PENDING, // deferred by the issuer, or the network failed: refresh
    JUMIN_WALLET_EMPTY,   // all copies were shown: refresh
    JUMIN_WALLET_LOCKED,  // suspended, as after a loss report: nothing is shown until it is unlocked
    JUMIN_WALLET_REVOKED, // for good
    JUMIN_WALLET_EXPIRED,
};

struct jumin_wallet_credential {
    char id[JUMIN_WALLET_ID];
    enum jumin_wallet_format format;
    enum jumin_wallet_state state;
    char type[JUMIN_WALLET_TEXT];   // docType or vct
    char name[JUMIN_WALLET_TEXT];   // as the issuer calls it; the type when it does not
    char issuer[JUMIN_WALLET_TEXT]; // its identifier
    char signer[JUMIN_WALLET_TEXT]; // common name of who has signed
    bool trusted;                   // by an issuer of the trust list
    bool single_use;                // each copy is shown once
    size_t copies, unused;
    int64_t issued, expires; // of the copies; 0: not known
    int64_t status_checked;  // when its status list was looked at last; 0: never
};
JUMIN_EXPORT size_t jumin_wallet_count(const struct jumin_wallet *wallet);
// The credential at `index`, from 0. JUMIN_ERROR_ARGUMENT: there are not that many.
JUMIN_EXPORT enum jumin_error jumin_wallet_credential(const struct jumin_wallet *wallet, size_t index,
                                                      int64_t now,
                                                      struct jumin_wallet_credential *credential);
// What a credential says, as JSON text of the caller's (to be wiped and freed): namespaces (mdoc) or claims;
// pictures as their length. JUMIN_ERROR_NO_SUCH_FILE: no such credential, or no copy of it.
JUMIN_EXPORT enum jumin_error jumin_wallet_claims(struct jumin_wallet *wallet, const char *id, char **json);
// Removes a credential, its keys and tokens, and tells the issuer where it wants to know
// (credential_deleted), if there is a network. JUMIN_ERROR_NO_SUCH_FILE: no such credential.
JUMIN_EXPORT enum jumin_error jumin_wallet_remove(struct jumin_wallet *wallet, const char *id, int64_t now);

// --- Showing ---------------------------------------------------------------------------------------------------

// What a request would disclose, in person (<jumin/wallet_meet.h>) or over the network: who asks, for what,
// and what of which credential would be shown, or why nothing will be. Its texts are its own, in UTF-8, as
// request and credential have them: who writes them to a terminal takes control characters out.
struct jumin_wallet_disclosure;

struct jumin_wallet_venue {
    bool known; // its certificate leads to a venues' root of the trust list
    // Of the certificate; where it is not known, "". Of a code that nobody has asked for, "any counter".
    const char *name;
    const char *organization;
    unsigned purposes; // bits of enum jumin_purpose that its certificate names
    const char *why;   // not known; "" where it is
};
JUMIN_EXPORT void jumin_wallet_disclosure_venue(const struct jumin_wallet_disclosure *what,
                                                struct jumin_wallet_venue *venue);
// The least set of purposes that covers what is asked of a resident's credential; 0: none does, or another
// credential is asked for.
JUMIN_EXPORT unsigned jumin_wallet_disclosure_purposes(const struct jumin_wallet_disclosure *what);
// Whether a known venue asks for nothing but what these purposes cover: for a holder who has approved of them
// beforehand.
JUMIN_EXPORT bool jumin_wallet_disclosure_covered(const struct jumin_wallet_disclosure *what,
                                                  unsigned purposes);
// NULL: the holder may say yes. Otherwise nothing will be shown, whatever the holder says, and this is why.
JUMIN_EXPORT const char *jumin_wallet_disclosure_refused(const struct jumin_wallet_disclosure *what);

// A data element that is asked for.
struct jumin_wallet_element {
    const char *credential; // id of the one that would show it; "": none can
    enum jumin_wallet_format format;
    const char *type;       // docType or vct that was asked for
    const char *name_space; // of an mdoc; "" of an SD-JWT
    const char *name;       // identifier, or path with dots: "address.region"
    const char *value;      // that would be shown, pictures as their length; NULL: it is not there
    bool retain;            // the venue says that it keeps it
    const char *refused;    // NULL; otherwise why it is not shown
};
JUMIN_EXPORT size_t jumin_wallet_disclosure_count(const struct jumin_wallet_disclosure *what);
// From 0, those of one credential together. JUMIN_ERROR_ARGUMENT: there are not that many.
JUMIN_EXPORT enum jumin_error jumin_wallet_disclosure_element(const struct jumin_wallet_disclosure *what,
                                                              size_t index,
                                                              struct jumin_wallet_element *element);
// The same as JSON text of the caller's (free), which is personal: {"venue": {"authenticated", "name",
// "organization", "purposes", "why"}, "purposes", "documents": [{"format", "type", "credential", "elements":
// [{"namespace", "name", "value", "retain", "refused", "why"}], "refused", "why"}], "refused", "why"}.
JUMIN_EXPORT enum jumin_error jumin_wallet_disclosure_json(const struct jumin_wallet_disclosure *what,
                                                           char **json);

// Who decides whether it is shown: asks the holder, and may take its time. JUMIN_OK: yes;
// JUMIN_ERROR_CANCELLED: no, and any other error as well. What is refused anyway is told, too, so that the
// holder hears of it; nothing that is returned changes that. `what` lives until the function returns.
struct jumin_wallet_holder {
    enum jumin_error (*decide)(void *context, const struct jumin_wallet_disclosure *what);
    void *context;
};

// --- Over the network --------------------------------------------------------------------------------------------

enum { JUMIN_WALLET_URI = 512 };

// Follows a verifier's link (OpenID4VP 1.0: openid4vp://…, haip-vp://…, as text or out of a QR code) and
// tells `holder` what it would disclose. What that returns is of no interest: nothing is shown or used up,
// and nothing is written to the history; the verifier learns that its request was fetched.
// JUMIN_ERROR_MALFORMED       no such link, or no request behind it; NOT_SUPPORTED: one of another kind
// JUMIN_ERROR_SIGNER_UNKNOWN  nobody vouches for who asks, or the wallet has no trust list in date;
//                             SIGNATURE, CERTIFICATE, REVOKED, CONFLICT: it is not by whom it says
// JUMIN_ERROR_NOT_VALID_NOW   it has expired
// JUMIN_ERROR_LINK            the verifier does not give it (any more), or the wallet is offline
JUMIN_EXPORT enum jumin_error jumin_wallet_look_at_request(struct jumin_wallet *wallet, const char *uri,
                                                           const struct jumin_wallet_holder *holder,
                                                           int64_t now);
// The same, and then shows what the holder approves, or tells the verifier that nothing will come; either
// stands in the history. `*now` is read again once the holder has decided: whose function takes its time
// moves it on. `next` (may be NULL): where the verifier would have the holder go on, a URI; "": nowhere.
// JUMIN_ERROR_NOT_AUTHORIZED  it is refused, whatever the holder says; the detail has the reason
// JUMIN_ERROR_CANCELLED       the holder said no
// JUMIN_ERROR_STATUS          the verifier does not take what is shown; the copies are used up all the same
// and those above
JUMIN_EXPORT enum jumin_error jumin_wallet_respond(struct jumin_wallet *wallet, const char *uri,
                                                   const struct jumin_wallet_holder *holder,
                                                   const int64_t *now, char next[JUMIN_WALLET_URI]);

// --- At counters without a radio -----------------------------------------------------------------------------------

enum { JUMIN_WALLET_COUNTER_SECONDS = 60, JUMIN_WALLET_COUNTER_CODE = 4297 };

// Whether the holder is an adult this year, and nothing else, as a text for a QR code (ended by a zero byte)
// that a counter's scanner reads (jumin_verifier_check_counter_code): "JMC1:" and letters, digits and signs.
// It is for any counter, for a minute: whoever takes a picture of it can show it elsewhere in that time. It
// uses up a copy of the mdoc, and stands in the history as shown to any counter. `*now` is read again once
// the holder has decided. JUMIN_ERROR_NOT_AUTHORIZED  it is refused: locked, expired, no copy left, or the
// credential does not say it JUMIN_ERROR_CANCELLED       the holder said no JUMIN_ERROR_TOO_LONG        the
// credential does not fit a code
JUMIN_EXPORT enum jumin_error
jumin_wallet_counter_code(struct jumin_wallet *wallet, const struct jumin_wallet_holder *holder,
                          const int64_t *now, char text[JUMIN_WALLET_COUNTER_CODE], int64_t *expires);

// --- History ---------------------------------------------------------------------------------------------------

struct jumin_wallet_event {
    int64_t time;
    const char *kind;     // "received", "shown", "refused", "removed", "locked", "unlocked"
    const char *who;      // venue or issuer
    const char *purpose;  // "adult"; "" where there is none
    const char *elements; // what was shown, or asked for, with commas between
    const char *reason;   // of a refusal, or ""
};
JUMIN_EXPORT size_t jumin_wallet_events(const struct jumin_wallet *wallet);
// From the oldest, 0; texts are the wallet's, until it changes.
JUMIN_EXPORT enum jumin_error jumin_wallet_event(const struct jumin_wallet *wallet, size_t index,
                                                 struct jumin_wallet_event *event);

#endif
