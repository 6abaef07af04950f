// Mobile credentials in the records: their states, and what becomes of them with card, phone and holder.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_STATION_CREDENTIAL_H
#define JUMIN_HOST_STATION_CREDENTIAL_H

#include "host/issuer/status_store.h"
#include "host/station/intake.h"
#include <jansson.h>
#include <jumin/binding.h>
#include <jumin/credential.h>

// Transactions lock the application's row first, then the holder's credentials in the order of their numbers
// (credential_hold), then an offer and tokens, then the status lists, then the head of the audit trail.

enum { CREDENTIAL_LOST_CARD = 1, CREDENTIAL_LOST_PHONE = 2 }; // bits of `lost`
enum { CREDENTIAL_SECRET = 32 };                              // bytes of codes, tokens and references

// What a wallet's provider has said of a device key when a card was bound to it: how hard the keys, and what
// unlocks them, are to attack, as ranks of OpenID4VCI 1.0 App. D.2 from 1, the weakest; 0: not said.
struct credential_attested {
    bool there;
    unsigned key_storage, user_authentication;
};
// As columns of these names: both NULL where it is not there.
struct database_value credential_attested_value(const struct credential_attested *attested, unsigned rank);
struct credential_attested credential_attested_of(const struct database_rows *rows, size_t first);

// What an application's new state means for the holder's credential, within its transaction.
enum jumin_error credential_follow(struct jumin_station *station, const char *number,
                                   enum jumin_application_state to);
// Takes a credential to a state with its entry in the audit trail and its status in the lists, within a
// transaction. What has ended (JUMIN_CREDENTIAL_REVOKED, …EXPIRED) loses its personal data, offer and tokens.
// JUMIN_ERROR_STATUS: it is in none of the states of `from` (bits), with the state.
enum jumin_error credential_move(struct jumin_station *station, const char *number, unsigned from,
                                 enum jumin_credential_state to, const char *action, const char *reason);
// jumin_station_credential, whoever asks.
enum jumin_error credential_read(struct jumin_station *station, const char *number,
                                 struct jumin_credential *credential);
// The number that a SELECT gives first; "": it gives none.
enum jumin_error credential_find(struct jumin_station *station, const char *sql,
                                 const struct database_value *values, size_t count,
                                 char number[JUMIN_CREDENTIAL_NUMBER]);
// SQL: the holder of the application, or of the credential, whose number is $1.
#define CREDENTIAL_HOLDER                                                                                    \
    "(SELECT holder FROM application WHERE number = $1 UNION ALL SELECT holder FROM credential WHERE"        \
    " number = $1)"
// The application whose card the holder has in hand; "": none. Its row is held.
enum jumin_error credential_hold_card(struct jumin_station *station, const char *number,
                                      char card[JUMIN_APPLICATION_NUMBER]);
// jumin_station_report_loss, whoever asks.
enum jumin_error credential_report_loss(struct jumin_station *station, const char *number,
                                        enum jumin_subject lost, const char *reason);
// Holds what the holder has, offered, valid or suspended, until the transaction ends; what was read of it
// before may be true no more. `number` is that of an application or of a credential.
enum jumin_error credential_hold(struct jumin_station *station, const char *number);
// The numbers in the lists of a credential's copies are changed with it; within a transaction.
enum jumin_error credential_set_status(struct jumin_station *station, const char *number, enum status status);
// Runs one statement within a transaction.
enum jumin_error credential_run(struct jumin_station *station, const char *sql,
                                const struct database_value *values, size_t count, size_t *changed);

// The place of a column of a credential, for the vault.
struct span credential_place(struct writer *place, const char *column, const char *number);
// Seals a column; of NULL there is none. `sealed` owned. False: no memory, no keys.
bool credential_seal(const struct jumin_station *station, const char *column, const char *number,
                     struct span plain, struct issued_text *sealed);
bool credential_unseal(const struct jumin_station *station, const char *column, const char *number,
                       struct span sealed, struct issued_text *plain);

// --- Offers (offer.c, offer_uri.c) ----------------------------------------------------------------------------------------

// What an offer is made of. Borrowed.
struct offer_content {
    const char *application;      // NULL: none
    const uint8_t *holder;        // VAULT_INDEX bytes
    struct span person, portrait; // portrait: JPEG that offer_portrait has made; empty: none
    struct span device; // thumbprint that alone may redeem it; empty: any, and there is a code on the receipt
    struct credential_attested attested; // of that device's key
};
// Makes the credential and its offer, and voids the offer that the holder had, within a transaction.
// `tx_code` is "" where a device is given.
enum jumin_error offer_make(struct jumin_station *station, const struct offer_content *content,
                            struct jumin_offer *offer);
// The holder of a person file.
enum jumin_error offer_holder(struct jumin_station *station, struct span person, uint8_t holder[VAULT_INDEX]);
// Person and portrait that the records have of an application, or, once these are erased, of the holder's
// last credential. Owned. JUMIN_ERROR_NO_SUCH_FILE: of neither.
enum jumin_error offer_known(struct jumin_station *station, const char *application,
                             struct issued_text *person, struct issued_text *portrait,
                             uint8_t holder[VAULT_INDEX]);
// What the records say of a holder from now on, in an application whose personal data is not erased and in
// the credential that is offered, within a transaction. `application` "": none.
enum jumin_error offer_remember(struct jumin_station *station, const char *application,
                                const uint8_t holder[VAULT_INDEX], struct span person);
// The pre-authorized code that a reference stands for, made from it and from the station's key; base64url.
bool offer_code(const struct jumin_station *station, const char *reference, char code[JUMIN_OFFER_REFERENCE]);
// What a credential offer names (OpenID4VCI 1.0 §4.1.1): both configurations, and the grant.
#define OFFER_MDOC "kr.jumin.resident.1.mdoc"
#define OFFER_SD_JWT "kr.jumin.resident.1.sd-jwt"
#define OFFER_PRE_AUTHORIZED "urn:ietf:params:oauth:grant-type:pre-authorized_code"
// {credential_issuer, …, grants} with that code. NULL: no memory.
json_t *offer_json(const char *base_url, const char *code, bool tx_code);
// The keyed hash of the code on the receipt.
bool offer_tx_hash(const struct jumin_station *station, const char *credential, const char *tx_code,
                   uint8_t hash[VAULT_INDEX]);
// A portrait as the credential has it, of a photo: JPEG of at most OFFER_PORTRAIT_MAX bytes. Owned.
enum { OFFER_PORTRAIT_MAX = 20000 };
enum jumin_error offer_portrait(struct jumin_station *station, struct span photo,
                                struct issued_text *portrait);
// SHA-256 of a text that a client sent, as the records have it.
bool offer_hash(const char *text, uint8_t hash[CREDENTIAL_SECRET]);
// 32 random bytes in base64url.
bool offer_random(const struct jumin_station *station, char text[JUMIN_OFFER_REFERENCE]);

#endif
