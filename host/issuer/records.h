// What the issuer's server does with the records: each call is one transaction of the station, so that
// whoever kills the server finds it done or not done. What changes a credential, or is delivered, has its
// entry in the audit trail; what a wallet may do over and over has none, so that no holder alone makes the
// trail long.
// SPDX-License-Identifier: Apache-2.0
//
// Codes, tokens and identifiers are 32 random bytes in base64url. The database has their SHA-256 alone:
// whoever reads it can redeem nothing. A call that refuses what a client brought returns an error and sets
// `refusal->oauth` to the name that its protocol has for it (RFC 6749 §5.2, OpenID4VCI 1.0 §8.3.1); the
// sentence is jumin_station_detail, without personal data. `oauth` NULL: the fault is here.
#ifndef JUMIN_HOST_ISSUER_RECORDS_H
#define JUMIN_HOST_ISSUER_RECORDS_H

#include "host/station/credential.h"
#include <jumin/binding.h>

enum {
    RECORDS_SECRET = 44,          // base64url of 32 bytes, and a zero byte
    RECORDS_TX_TRIES = 5,         // wrong codes after which an offer is void
    RECORDS_ACCESS_SECONDS = 600, // an access token
    RECORDS_PROOF_SECONDS =
        600, // how long an identifier of a DPoP proof is remembered: longer than one is taken
};

struct records_refusal {
    const char *oauth; // static
};

// Who the server is in the audit trail; no officer can have that name.
#define RECORDS_OFFICER "@issuer"
// Makes the handle, on which nobody has logged in, the server's. What it does takes no role.
void records_serve(struct jumin_station *station);

// A proof of possession that was checked (RFC 9449): the key, and the identifier that must not come twice.
struct records_proof {
    uint8_t thumbprint[JUMIN_DEVICE_THUMBPRINT];
    struct span jti; // as it was sent
};

// --- Offers --------------------------------------------------------------------------------------------------

struct records_offer {
    char code[RECORDS_SECRET]; // pre-authorized; wiped by the caller
    bool tx_code;              // whether the receipt's code is asked for
};
// What the reference of the one-time QR stands for. Changes nothing, so that a wallet may ask twice.
// JUMIN_ERROR_NO_SUCH_FILE: no such offer. JUMIN_ERROR_STATUS: it was redeemed, or is void.
// JUMIN_ERROR_NOT_VALID_NOW: its time is over.
enum jumin_error records_offer(struct jumin_station *station, const char *reference,
                               struct records_offer *offer);

struct records_tokens {
    char credential[JUMIN_CREDENTIAL_NUMBER];
    char access[RECORDS_SECRET], refresh[RECORDS_SECRET]; // wiped by the caller
    unsigned expires_in;                                  // seconds, of `access`
};
// Redeems a code: the credential is valid from now on, bound to the proof's key; the one that the holder had
// is revoked with all of its copies, and the tokens are made, in one transaction. `tx_code` NULL: none was
// sent. "invalid_grant": no such code, redeemed, over, void, a wrong code of the receipt (counted), another
// key than the one that the card has bound. "invalid_request": the receipt's code is missing, or not
// expected. "invalid_dpop_proof": the proof came before.
enum jumin_error records_redeem(struct jumin_station *station, const char *code, const char *tx_code,
                                const struct records_proof *proof, struct records_tokens *tokens,
                                struct records_refusal *refusal);
// Another access token for the same key; the refresh token stays what it is, since the key alone can use it.
// No entry in the audit trail: a wallet may do it as often as it likes, and no credential changes by it.
// "invalid_grant": no such token, another key, or the credential is not valid any more.
enum jumin_error records_refresh(struct jumin_station *station, const char *refresh,
                                 const struct records_proof *proof, struct records_tokens *tokens,
                                 struct records_refusal *refusal);

// --- A binding of the card ------------------------------------------------------------------------------------

// The card has answered that this phone is bound (<jumin/binding.h>). The card is found by its own chip key.
// `session` receives what the phone names the binding by afterwards, and nobody else knows. `attested`: of
// the device key; it goes into the offer, and so into the credential. JUMIN_ERROR_NO_SUCH_FILE: no card of
// these records has that key. JUMIN_ERROR_STATUS: it is lost, expired or given back. JUMIN_ERROR_REVOKED: the
// card has bound another phone after this one.
enum jumin_error records_bound(struct jumin_station *station, const struct jumin_binding *binding,
                               const struct credential_attested *attested, char session[RECORDS_SECRET]);
// The offer for a phone that was bound, without a code on a receipt, and for that key alone. Once a binding.
// `face`: that the holder's face was compared; else "face_required", where the scheme asks for it.
// "access_denied": the card's photo is too old to compare a face with.
enum jumin_error records_offer_bound(struct jumin_station *station, const char *session,
                                     const struct records_proof *proof, bool face,
                                     struct records_offer *offer, struct records_refusal *refusal);
// The holder's portrait, a JPEG, for a phone that was bound and is to compare the face: once a binding, where
// the scheme asks for it. Owned, wiped by issued_text_free. Refuses as records_offer_bound does;
// "invalid_request": it was given before, or nobody asks for it.
enum jumin_error records_portrait(struct jumin_station *station, const char *session,
                                  const struct records_proof *proof, struct issued_text *portrait,
                                  struct records_refusal *refusal);

// --- Credentials -----------------------------------------------------------------------------------------------

// A c_nonce: nothing is kept of it until it is used, since it carries its time and a keyed hash; for
// RECORDS_NONCE_SECONDS, and from a server whose clock is ahead of this one's by RECORDS_NONCE_LEEWAY at
// most.
enum { RECORDS_NONCE_SECONDS = 300, RECORDS_NONCE_LEEWAY = 10 };
bool records_nonce(const struct jumin_station *station, char nonce[RECORDS_SECRET]);
bool records_nonce_is_fresh(const struct jumin_station *station, const char *nonce);

// Nonces of one request, each once. All zero: none.
struct records_nonces {
    uint8_t ids[STATUS_BATCH_MAX][CREDENTIAL_SECRET];
    size_t count;
};
// False: too many, or nothing can be hashed.
bool records_nonces_add(struct records_nonces *nonces, const char *nonce);

// What an access token stands for.
struct records_grant {
    char credential[JUMIN_CREDENTIAL_NUMBER];
    uint8_t device[JUMIN_DEVICE_THUMBPRINT];
    char issued_on[JUMIN_DAY], expires_on[JUMIN_DAY];
    unsigned edition;
    struct credential_attested attested;         // of the device key, when a card was bound to it
    char document_number[JUMIN_DOCUMENT_NUMBER]; // of the card it came with; "": none
    // What the credential says; owned, wiped by records_grant_release. A person file, without what the
    // station gives.
    struct issued_text person, portrait; // portrait: JPEG; text NULL: none
    // What the request's proofs carry; set by the caller, borrowed. What is delivered or deferred uses them
    // up: "invalid_nonce": one was used before. NULL: none.
    const struct records_nonces *nonces;
};
void records_grant_release(struct records_grant *grant);
// "invalid_token": no such token, its time is over, another key, or the credential is suspended, revoked or
// over. "invalid_dpop_proof": the proof came before.
enum jumin_error records_authorize(struct jumin_station *station, const char *access,
                                   const struct records_proof *proof, struct records_grant *grant,
                                   struct records_refusal *refusal);

// Gives each of `count` copies its place in a status list and notes the delivery, before anything of it
// leaves. `notification` receives its name. JUMIN_ERROR_RULES: more than the scheme has for a day
// ("credential_request_denied"). JUMIN_ERROR_STATUS: the credential was suspended, revoked or
// issued anew since records_authorize ("invalid_token"); or there is no status list yet (`oauth` NULL).
enum jumin_error records_deliver(struct jumin_station *station, const struct records_grant *grant,
                                 enum status_format format, size_t count, struct status_reference *references,
                                 char notification[RECORDS_SECRET], struct records_refusal *refusal);
// Notes what the wallet says of a delivery: "credential_failure", "credential_accepted",
// "credential_deleted", each of which replaces those before it in this row. Any other order, and the same
// again, is no error and changes nothing. "invalid_notification_id", "invalid_notification_request".
enum jumin_error records_notify(struct jumin_station *station, const struct records_grant *grant,
                                const char *notification, const char *event, struct records_refusal *refusal);

// A request that is answered later: what it asked for, sealed until then.
enum jumin_error records_defer(struct jumin_station *station, const struct records_grant *grant,
                               struct span request, char transaction[RECORDS_SECRET],
                               struct records_refusal *refusal);
// What was deferred; `request` owned. It is the caller's to answer for RECORDS_DEFERRED_SECONDS, and
// JUMIN_ERROR_CONFLICT for others, with `oauth` NULL. "invalid_transaction_id": no such one, or another
// credential's.
enum { RECORDS_DEFERRED_SECONDS = 60 };
enum jumin_error records_deferred(struct jumin_station *station, const struct records_grant *grant,
                                  const char *transaction, struct issued_text *request,
                                  struct records_refusal *refusal);

// It was not answered: others may ask for it at once.
enum jumin_error records_deferred_put_back(struct jumin_station *station, const char *transaction);
// It was answered: forgotten.
enum jumin_error records_deferred_done(struct jumin_station *station, const char *transaction);

// What is over is ended and deleted, in small transactions. `done`: how many offers, credentials and cards
// became expired. An offer's reason is said for seven days after its end; a notification is taken for thirty.
enum jumin_error records_upkeep(struct jumin_station *station, size_t *done);

// --- Within a transaction, for these files -------------------------------------------------------------------

// Refuses as the protocol names it; returns `error`.
__attribute__((format(printf, 5, 6))) enum jumin_error
records_refuse(struct jumin_station *station, struct records_refusal *refusal, enum jumin_error error,
               const char *oauth, const char *format, ...);
// Uses up the nonces of a request. "invalid_nonce": one was used before.
enum jumin_error records_use_nonces(struct jumin_station *station, const struct records_nonces *nonces,
                                    struct records_refusal *refusal);
// Notes the identifier of a proof. "invalid_dpop_proof": it came before.
enum jumin_error records_remember(struct jumin_station *station, const struct records_proof *proof,
                                  struct records_refusal *refusal);

#endif
