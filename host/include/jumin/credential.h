// The mobile credential in the station's records: offered at the counter, lost, found, renewed.
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_station_offer(station, &form, &decision, &offer);     // the one-time QR, and the code on the
//     receipt jumin_station_report_loss(station, offer.credential, JUMIN_SUBJECT_CREDENTIAL, "phone left in a
//     taxi");
//
// A person has one phone at a time: the credential that is redeemed last revokes the one before, in the same
// transaction. Its copies on the phone have an entry each in the status lists; what is done here changes all
// of them in the same transaction, and the lists that are published next say so.
#ifndef JUMIN_CREDENTIAL_H
#define JUMIN_CREDENTIAL_H

#include <jumin/station.h>

enum jumin_credential_state {
    JUMIN_CREDENTIAL_OFFERED,   // nobody has redeemed the offer yet
    JUMIN_CREDENTIAL_VALID,     // on a phone
    JUMIN_CREDENTIAL_SUSPENDED, // phone or card is reported lost
    JUMIN_CREDENTIAL_REVOKED,   // for ever: another phone, another card, given back
    JUMIN_CREDENTIAL_EXPIRED,   // its time is over, or that of its offer
    JUMIN_CREDENTIAL_STATES,
};
// "offered", "valid" …; NULL for a number that is none.
JUMIN_EXPORT const char *jumin_credential_state_name(enum jumin_credential_state state);

enum {
    JUMIN_CREDENTIAL_NUMBER = 16, // bytes with the zero byte: "M2026-00000001"
    JUMIN_OFFER_REFERENCE = 44,   // base64url and a zero byte
    JUMIN_TX_CODE = 7,            // six digits and a zero byte
};

// --- The one-time QR -----------------------------------------------------------------------------------------

struct jumin_offer_form {
    // The application whose holder stands at the counter; NULL: the one that `person`, which is given then,
    // has here, if any.
    const char *number;
    // A person file as jumin_station_apply takes it; NULL: that of the application, as long as it is not
    // erased. With both they must be the same person, and `person` is what the credential says (a new
    // address).
    const char *person;
    size_t person_length;
    const uint8_t *photo; // NULL: that of the application, or none
    size_t photo_length;
    bool holds_card;        // seen, of whatever kind; of an application it is known
    bool photo_outdated;    // it does not show the holder any more
    unsigned won_paid;      // with an application alone
    enum jumin_proof proof; // must be JUMIN_PROOF_COUNTER
};

struct jumin_offer {
    char credential[JUMIN_CREDENTIAL_NUMBER];
    // What the QR leads to: whoever has it and the code below gets the credential. Secret; wiped by the
    // caller.
    char reference[JUMIN_OFFER_REFERENCE];
    char tx_code[JUMIN_TX_CODE]; // on the receipt, never beside the QR
    int64_t expires_at;          // seconds since 1970
};

// Takes the role intake. The scheme's rules decide (JUMIN_APPLY_QR), `decision` may be NULL. An offer of the
// same person that was not redeemed is void from now on; the credential on a phone stays valid until this one
// is redeemed. JUMIN_ERROR_RULES: a rule is not met. JUMIN_ERROR_STATUS: the card of the application is lost,
// expired, given back or was never handed over. JUMIN_ERROR_NO_SUCH_FILE: no such application, or its
// personal data is erased and none was given. JUMIN_ERROR_INPUT: the person file, or it is another person's.
JUMIN_EXPORT enum jumin_error jumin_station_offer(struct jumin_station *station,
                                                  const struct jumin_offer_form *form,
                                                  struct jumin_decision *decision, struct jumin_offer *offer);

// The text of the QR: openid-credential-offer://?credential_offer_uri=BASE_URL/offer/REFERENCE
// (OpenID4VCI 1.0 §4.1.3). `base_url` is the server's, without a slash at its end. False: it does not fit
// `capacity` bytes.
JUMIN_EXPORT bool jumin_offer_uri(const char *base_url, const char *reference, char *text, size_t capacity);

// The same with the whole offer in it (§4.1.2), for wallets that fetch nothing: three times as long. It is
// made by any handle of the station that has made the offer.
JUMIN_EXPORT bool jumin_station_offer_uri(const struct jumin_station *station, const char *base_url,
                                          const struct jumin_offer *offer, char *text, size_t capacity);

// --- Lost and found ------------------------------------------------------------------------------------------

// `number` is that of a credential or of an application of the holder. `lost` JUMIN_SUBJECT_CREDENTIAL: the
// phone, which suspends the credential alone; JUMIN_SUBJECT_CARD: as JUMIN_ACTION_REPORT_LOSS, and what the
// scheme says of the credential. What the phone has begun, an offer or a binding of the card, ends, too.
// Takes the role intake. Reported twice is no error, and changes nothing. JUMIN_ERROR_STATUS: nothing to
// suspend, with the state. JUMIN_ERROR_NO_SUCH_FILE: no such number.
JUMIN_EXPORT enum jumin_error jumin_station_report_loss(struct jumin_station *station, const char *number,
                                                        enum jumin_subject lost, const char *reason);
// The phone is found: the scheme's rules decide (JUMIN_UNLOCK_CREDENTIAL). A card that is found
// (JUMIN_ACTION_RESTORE) resumes what its loss alone had suspended; one that takes the place of a lost one
// does not, but then the credential can be unlocked, and hangs on the new card.
JUMIN_EXPORT enum jumin_error jumin_station_unlock(struct jumin_station *station, const char *number,
                                                   const struct jumin_action_form *form,
                                                   struct jumin_decision *decision);
// The holder wants it gone from the phone, or must not have it any more.
JUMIN_EXPORT enum jumin_error jumin_station_revoke(struct jumin_station *station, const char *number,
                                                   const char *reason);
// What the credential says has changed (a new address): copies that are out there are revoked, and the wallet
// fetches new ones with its refresh token; the next offer says it, too. The same person's file.
// JUMIN_ERROR_STATUS: it is neither valid nor suspended.
JUMIN_EXPORT enum jumin_error jumin_station_reissue(struct jumin_station *station, const char *number,
                                                    const char *person, size_t person_length);

// --- What the records say ------------------------------------------------------------------------------------

struct jumin_credential {
    char number[JUMIN_CREDENTIAL_NUMBER];
    char application[JUMIN_APPLICATION_NUMBER]; // "": none
    enum jumin_credential_state state;
    bool phone_lost, card_lost;  // what has suspended it
    char device[44];             // thumbprint of its device key in base64url; "" before it is redeemed
    char expiry_date[JUMIN_DAY]; // its last day; "" before
    int64_t offered_at, changed_at;
    unsigned edition; // 1, and one more with each jumin_station_reissue
};
// By its own number, or by that of an application: its holder's last one. Any officer may ask.
JUMIN_EXPORT enum jumin_error jumin_station_credential(struct jumin_station *station, const char *number,
                                                       struct jumin_credential *credential);

#endif
