// The personalization station's records: officers, applications from the counter to the handed-over card, and
// the audit trail, in a database.
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_station_open(&station, &options);
//     jumin_station_login(station, "kim", passphrase);
//     jumin_station_apply(station, &application, number);
//
// Every call that changes something is one transaction: it is in the records whole or not at all, with its
// entry in the audit trail. Personal data is encrypted before it reaches the database and stands in no error
// but JUMIN_ERROR_RULES, whose reason can tell a birth date or where somebody lives: for the counter alone.
// A handle is used by one thread at a time; several stations may share one database.
#ifndef JUMIN_STATION_H
#define JUMIN_STATION_H

#include <jumin/perso.h>
#include <jumin/policy.h>

struct jumin_station;

struct jumin_station_options {
    const char *database; // path of a SQLite file, or postgresql://…
    // Both JUMIN_MASTER_KEY bytes, copied, and in no database: what the personal data is encrypted under, and
    // the secret that signs the audit trail (P-256).
    const uint8_t *data_key, *audit_key;
    struct jumin_policy *policy; // the scheme's rules; stays the caller's and must outlive the station
    // Seconds since 1970, UTC; NULL: the machine's clock.
    int64_t (*clock)(void *context);
    void *context; // of `clock` and `waiting`
    // For how many seconds a call waits for a database that does not answer; 0: it fails at once. `waiting`
    // is told how many seconds are left, at first all of them, and ends the wait by returning false
    // (JUMIN_ERROR_CANCELLED); NULL: nobody is told.
    unsigned wait_seconds;
    bool (*waiting)(void *context, unsigned seconds);
};

// A connection that is lost later is made anew by the next call. What was begun when it was lost is done
// again from the start, since nothing of it is in the records; where the answer alone was lost it is not done
// twice. Without `wait_seconds`, and when the database stays away, a call returns JUMIN_ERROR_DATABASE:
// nothing was done; or JUMIN_ERROR_UNCERTAIN: the database went away when it was to say that it was done.
//
// JUMIN_ERROR_DATABASE: the database does not answer or refuses; the handle is made all the same, for its
// detail. JUMIN_ERROR_KEYS_REFUSED: the records were written under other keys.
JUMIN_EXPORT enum jumin_error jumin_station_open(struct jumin_station **station,
                                                 const struct jumin_station_options *options);
// Wipes the keys. NULL is allowed.
JUMIN_EXPORT void jumin_station_close(struct jumin_station *station);
JUMIN_EXPORT const char *jumin_station_detail(const struct jumin_station *station);

// --- Officers ------------------------------------------------------------------------------------------------

enum { JUMIN_OFFICER_NAME = 33 }; // bytes with the zero byte: small letters, digits, hyphen, point

// Bits of a set.
enum jumin_officer_role {
    JUMIN_ROLE_INTAKE = 1,  // takes applications and money, cancels, hands over, takes loss reports
    JUMIN_ROLE_APPROVE = 2, // approves
    JUMIN_ROLE_PRODUCE = 4, // has cards written
    JUMIN_ROLE_AUDIT = 8,   // reads the audit trail
    JUMIN_ROLE_ADMIN = 16,  // makes officers
};
// "intake", "approve", "produce", "audit", "admin"; NULL for anything but one of them.
JUMIN_EXPORT const char *jumin_officer_role_name(unsigned role);

// The first officer of a database needs nobody, and gets JUMIN_ROLE_ADMIN beside `roles`; the others are made
// by an administrator who has logged in. An officer who is there already gets roles and passphrase anew, and
// keeps the old roles where logged in, until that handle's next login. The passphrase has 8 bytes or more.
JUMIN_EXPORT enum jumin_error jumin_station_set_officer(struct jumin_station *station, const char *name,
                                                        unsigned roles, const char *passphrase);
// Without roles, until jumin_station_set_officer. The name stays, for what was done under it.
// JUMIN_ERROR_NO_SUCH_FILE: no such officer. Both refuse to take the last administrator away
// (JUMIN_ERROR_CONFLICT).
JUMIN_EXPORT enum jumin_error jumin_station_disable_officer(struct jumin_station *station, const char *name);
// The passphrase of whoever has logged in. JUMIN_ERROR_WRONG_PASSWORD: the old one is another one; it counts
// as a try to log in.
JUMIN_EXPORT enum jumin_error jumin_station_change_passphrase(struct jumin_station *station,
                                                              const char *passphrase,
                                                              const char *new_passphrase);
struct jumin_officer {
    char name[JUMIN_OFFICER_NAME];
    unsigned roles;
    bool disabled;
};
// Calls `each` for every officer, by name, until it returns false. Takes JUMIN_ROLE_ADMIN or
// JUMIN_ROLE_AUDIT.
JUMIN_EXPORT enum jumin_error
jumin_station_officers(struct jumin_station *station,
                       bool (*each)(void *context, const struct jumin_officer *officer), void *context);
// JUMIN_ERROR_WRONG_PASSWORD: no such officer, or another passphrase. After five failures in a row the name
// is refused for five minutes (JUMIN_ERROR_PASSWORD_SUSPENDED).
JUMIN_EXPORT enum jumin_error jumin_station_login(struct jumin_station *station, const char *name,
                                                  const char *passphrase);

// --- Applications --------------------------------------------------------------------------------------------

enum jumin_application_state {
    JUMIN_APPLIED,
    JUMIN_APPROVED,
    JUMIN_PREPARED, // a card is being written, or was when the station stopped
    JUMIN_WRITTEN,  // locked, not yet read back
    JUMIN_VERIFIED, // read back as ordered
    JUMIN_HANDED_OVER,
    JUMIN_SPOILED, // the card; another one can be written
    JUMIN_CANCELLED,
    JUMIN_REFUNDED,
    JUMIN_LOST,
    JUMIN_EXPIRED,    // handed over, and valid no more
    JUMIN_GIVEN_BACK, // handed over, and taken back at the counter
    JUMIN_APPLICATION_STATES,
};
// "applied" … "handed-over" … ; NULL for a number that is none.
JUMIN_EXPORT const char *jumin_application_state_name(enum jumin_application_state state);

enum { JUMIN_APPLICATION_NUMBER = 16, JUMIN_DOCUMENT_NUMBER = 10 }; // bytes with the zero byte
enum { JUMIN_WON_MAX = 100000000 };                                 // of one payment

struct jumin_application_form {
    // A person file without what the issuer gives: document_number, issue_date and expiry_date are not in it.
    // It must have the registration number.
    const char *person;
    size_t person_length;
    const uint8_t *photo; // NULL where the profile needs none
    size_t photo_length;
    const char *profile; // of those that ship; NULL: the first
    // What the officer has seen: holds a resident card of whatever kind, or applies for the first one; on
    // which day (YYYY-MM-DD) the photo was taken; what was paid.
    bool holds_card, first_issue;
    const char *photo_date;
    unsigned won_paid;
};
// `decision` (may be NULL) receives every rule of the scheme with its reason, whatever comes of it.
// JUMIN_ERROR_INPUT: a field of the person file, named in the detail. JUMIN_ERROR_RULES: a rule is not met;
// the detail is the first one's reason. JUMIN_ERROR_CONFLICT: another station was faster.
JUMIN_EXPORT enum jumin_error jumin_station_apply(struct jumin_station *station,
                                                  const struct jumin_application_form *form,
                                                  struct jumin_decision *decision,
                                                  char number[JUMIN_APPLICATION_NUMBER]);

// What an officer does with an application beside applying and producing.
enum jumin_station_action {
    JUMIN_ACTION_APPROVE,
    JUMIN_ACTION_CANCEL,
    JUMIN_ACTION_REFUND, // all that was taken, once
    JUMIN_ACTION_SPOIL,
    JUMIN_ACTION_HAND_OVER,
    JUMIN_ACTION_REPORT_LOSS,
    JUMIN_ACTION_RESTORE,   // found again
    JUMIN_ACTION_GIVE_BACK, // so that the holder may apply for another one
    JUMIN_STATION_ACTIONS,
};

enum { JUMIN_REASON = 201 }; // bytes with the zero byte: UTF-8 without control characters

struct jumin_action_form {
    const char *reason;     // stands in the audit trail; without personal data; may be NULL
    enum jumin_proof proof; // how the holder was identified who takes the card, or has found it
    unsigned won_paid;      // at the hand-over: what is paid only now, beside what was paid before
};
// `form` (NULL: nothing of it) is what the officer says. The scheme's rules decide on hand-over
// (JUMIN_HAND_OVER) and restoring (JUMIN_UNLOCK_CARD); `decision` (may be NULL) receives each with its
// reason, and none for the other actions. JUMIN_ERROR_RULES: a rule is not met; the detail is the first one's
// reason, and nothing was changed: no payment was noted. JUMIN_ERROR_STATUS: not from the state in which it
// is, which the detail names; or nothing was paid that could be paid back. JUMIN_ERROR_NOT_AUTHORIZED: not by
// this officer. JUMIN_ERROR_NO_SUCH_FILE: no such application. JUMIN_ERROR_CONFLICT: found again, but the
// person has applied for another one meanwhile. JUMIN_ERROR_ARGUMENT: the reason is no line of text, or money
// is paid at another action, or too much.
JUMIN_EXPORT enum jumin_error jumin_station_act(struct jumin_station *station,
                                                enum jumin_station_action action, const char *number,
                                                const struct jumin_action_form *form,
                                                struct jumin_decision *decision);

// The application of somebody who does not know its number: that of the card which is in the holder's hands,
// else of the one that was reported lost last, else the last one; of who has none the number of the last
// mobile credential (<jumin/credential.h>). Takes the role intake. JUMIN_ERROR_INPUT: no registration number.
// JUMIN_ERROR_NO_SUCH_FILE: nobody with that number has applied here; the detail shows it masked.
JUMIN_EXPORT enum jumin_error jumin_station_find_holder(struct jumin_station *station,
                                                        const char *registration_number,
                                                        char number[JUMIN_APPLICATION_NUMBER]);

struct jumin_application {
    char number[JUMIN_APPLICATION_NUMBER];
    enum jumin_application_state state;
    char document_number[JUMIN_DOCUMENT_NUMBER]; // "" before there is a card
    char expiry_date[JUMIN_DAY];                 // its last day; "" before there is a card
    char profile[33];
    int64_t applied_at, changed_at; // seconds since 1970
    int64_t won_taken, won_paid_back;
    bool erased; // person and photo are gone
    char applied_by[JUMIN_OFFICER_NAME], approved_by[JUMIN_OFFICER_NAME], produced_by[JUMIN_OFFICER_NAME];
};
JUMIN_EXPORT enum jumin_error jumin_station_application(struct jumin_station *station, const char *number,
                                                        struct jumin_application *application);
// Calls `each` for every application, the oldest first, until it returns false.
JUMIN_EXPORT enum jumin_error
jumin_station_applications(struct jumin_station *station,
                           bool (*each)(void *context, const struct jumin_application *application),
                           void *context);

// --- Lists -----------------------------------------------------------------------------------------------------

// Who has logged in, "" for nobody; `roles` (may be NULL) receives the roles.
JUMIN_EXPORT const char *jumin_station_officer(const struct jumin_station *station, unsigned *roles);
// What jumin_station_apply would say of the form, by any officer; nothing is changed.
JUMIN_EXPORT enum jumin_error jumin_station_check(struct jumin_station *station,
                                                  const struct jumin_application_form *form,
                                                  struct jumin_decision *decision);
// The application of the person with that registration number (with the hyphen or without) that stands in the
// way of another one: at most one, neither cancelled nor refunded, whose card is not lost, given back or
// expired. JUMIN_ERROR_NO_SUCH_FILE: there is none. JUMIN_ERROR_INPUT: that is no registration number.
JUMIN_EXPORT enum jumin_error jumin_station_find(struct jumin_station *station,
                                                 const char *registration_number,
                                                 struct jumin_application *application);

// --- Producing -----------------------------------------------------------------------------------------------

// Takes an application that is approved, spoiled, or prepared already, so that no other station does
// (`number` NULL: the oldest that nobody holds), gives it a document number that no card has had, and makes
// the order for jumin_perso_issue, of the caller's to free. JUMIN_ERROR_NO_SUCH_FILE: there is none.
// JUMIN_ERROR_NOT_AUTHORIZED: this officer has approved it. JUMIN_ERROR_SIGNATURE: what is sealed in the
// record was changed. An order that cannot be made leaves the application prepared, and the detail begins
// with its number.
JUMIN_EXPORT enum jumin_error jumin_station_prepare(struct jumin_station *station, const char *number,
                                                    struct jumin_order **order,
                                                    char taken[JUMIN_APPLICATION_NUMBER]);
// Before the lock: prints the PIN letter of `order`; false: nothing was printed, and the card is not locked.
struct jumin_station_letter {
    bool (*print)(void *context, const char *number, const struct jumin_order *order);
    void *context;
};
// Writes, locks and reads back the card of an application that jumin_station_prepare has given, and notes
// each step in the records before and after it. `letter` may be NULL. Called again with the same order after
// JUMIN_ERROR_CARD_REMOVED; after the process died jumin_station_prepare gives an order that goes on.
// After a failure the letter is void unless jumin_order_is_on_card, or JUMIN_ERROR_UNCERTAIN: nobody knows
// then whether the records keep the order, whose card is locked with that PIN when it goes on.
JUMIN_EXPORT enum jumin_error jumin_station_issue(struct jumin_station *station, struct jumin_perso *perso,
                                                  const char *number, struct jumin_order *order,
                                                  const struct jumin_station_letter *letter);

// --- Upkeep --------------------------------------------------------------------------------------------------

struct jumin_upkeep {
    size_t erased;  // applications whose personal data is gone
    size_t expired; // cards that were handed over and are valid no more
};
// Erases person, photo and CAN of each application that was handed over or cancelled as many days ago as the
// scheme says (erasure_days), and notes which cards have expired, each with its entry in the audit trail;
// with `dry_run` it is only counted. To be called once a day; takes the role intake or admin. SQLite: the
// bytes are overwritten in the file and its log is emptied. JUMIN_ERROR_CONFLICT: all that was due is erased,
// but another one is reading the log: call again.
JUMIN_EXPORT enum jumin_error jumin_station_upkeep(struct jumin_station *station, bool dry_run,
                                                   struct jumin_upkeep *upkeep);

// --- Audit trail ---------------------------------------------------------------------------------------------

enum { JUMIN_AUDIT_HASH = 32 };

struct jumin_audit_entry {
    int64_t number, at; // from 1 on without a gap; seconds since 1970
    const char *officer, *action, *subject, *detail;
    uint8_t hash[JUMIN_AUDIT_HASH]; // over this entry and the hash before
};
// Calls `each` (may be NULL) for every entry whose hash and signature are right, in order.
// JUMIN_ERROR_SIGNATURE: the trail was changed; the detail names the first entry that is not right.
JUMIN_EXPORT enum jumin_error
jumin_station_audit(struct jumin_station *station,
                    bool (*each)(void *context, const struct jumin_audit_entry *entry), void *context);

// The trail's end, to be kept elsewhere: an entry with this hash stands in every later trail, or the end was
// cut off. The signature is that of the last entry, over its hash as the digest (r, s), under the public key
// (a point on P-256, uncompressed).
struct jumin_audit_head {
    int64_t number;
    uint8_t hash[JUMIN_AUDIT_HASH], signature[64], public_key[65];
};
// Takes JUMIN_ROLE_AUDIT. JUMIN_ERROR_SIGNATURE: head and last entry do not fit. The entries before are not
// looked at.
JUMIN_EXPORT enum jumin_error jumin_station_audit_head(struct jumin_station *station,
                                                       struct jumin_audit_head *head);
// Whether the trail has an entry with this hash; jumin_station_audit tells whether it is whole up to there.
// JUMIN_ERROR_SIGNATURE: it has none.
JUMIN_EXPORT enum jumin_error jumin_station_audit_has(struct jumin_station *station,
                                                      const uint8_t hash[JUMIN_AUDIT_HASH]);

#endif
