// The scheme's rules: who gets a card or a mobile credential, what it costs, how long it is valid, what a
// loss locks, and who is old enough. The rules are data (scheme.schema.json); nothing here looks at a clock.
//
//     struct jumin_policy *policy;
//     struct jumin_decision decision;
//     struct jumin_facts facts = {.birth_date = "2008-03-14", .municipality_code = "3611010100", …};
//     jumin_policy_new(&policy);
//     jumin_policy_decide(policy, JUMIN_APPLY_CARD, &facts, "2026-11-02", &decision);
//     for (size_t i = 0; i < decision.count; i++) … decision.rules[i].english …
//     jumin_policy_free(policy);
//
// Days are texts, YYYY-MM-DD; which day it is in Korea is the caller's to say (UTC is behind by nine hours).
// Whatever is counted in months and years is counted as the Civil Act does (articles 157, 158 and 160): the
// day of birth counts, and who was born on 29 February is a year older on 1 March of a common year.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_POLICY_H
#define JUMIN_POLICY_H

#include <jumin/error.h>
#include <stdbool.h>
#include <stddef.h>

enum { JUMIN_DAY = 11 }; // YYYY-MM-DD and its end

struct jumin_policy;

// With the scheme that is built in.
JUMIN_EXPORT enum jumin_error jumin_policy_new(struct jumin_policy **policy);
// NULL is allowed.
JUMIN_EXPORT void jumin_policy_free(struct jumin_policy *policy);
JUMIN_EXPORT const char *jumin_policy_detail(const struct jumin_policy *policy);
// Another scheme, in JSON. What is wrong is named by field; the scheme before stays then.
JUMIN_EXPORT enum jumin_error jumin_policy_set(struct jumin_policy *policy, const char *json, size_t n);
// The scheme as it was written, owned by the policy until the next jumin_policy_set.
JUMIN_EXPORT const char *jumin_policy_text(const struct jumin_policy *policy);

// --- Figures ------------------------------------------------------------------------------------------------

enum jumin_subject {
    JUMIN_SUBJECT_CARD,
    JUMIN_SUBJECT_CREDENTIAL, // on the phone; its loss is the phone's
};

struct jumin_policy_figures {
    bool specimen;   // people are specimens, and only their registration numbers are taken
    bool nationwide; // else the pilot's regions
    bool two_person; // who approved cannot produce
    unsigned minimum_age;
    unsigned card_won, qr_won;
    unsigned first_card_won, first_card_until_age; // of a first issue up to this age
    unsigned photo_months;
    unsigned card_years, credential_years;
    unsigned qr_minutes;
    bool face_at_tap;    // the phone compares the holder's face with the portrait after a tap
    unsigned face_score; // from which it is alike, 1 to 100
    unsigned face_photo_years;
    unsigned lock_minutes; // within which a report must have locked; 0: at once
    unsigned erasure_days;
    unsigned copies_a_day; // that a mobile credential may fetch
};

// Of the scheme; NULL without a policy.
JUMIN_EXPORT const struct jumin_policy_figures *jumin_policy_figures(const struct jumin_policy *policy);
// Whether a report that `lost` is lost suspends `subject`, too.
JUMIN_EXPORT bool jumin_policy_locks(const struct jumin_policy *policy, enum jumin_subject lost,
                                     enum jumin_subject subject);
// The last day on which what is issued on that day is valid.
JUMIN_EXPORT enum jumin_error jumin_policy_expiry(struct jumin_policy *policy, enum jumin_subject subject,
                                                  const char *issue_date, char expiry_date[JUMIN_DAY]);
// The last day on which a face may be compared with the photo of a card that was applied for on that day:
// behind it a new card comes first.
JUMIN_EXPORT enum jumin_error jumin_policy_photo_end(struct jumin_policy *policy, const char *applied_on,
                                                     char day[JUMIN_DAY]);
// The day by which personal data must be gone from the records of a card handed over on that day.
JUMIN_EXPORT enum jumin_error jumin_policy_erasure(struct jumin_policy *policy, const char *handed_over,
                                                   char day[JUMIN_DAY]);

// --- Decisions ----------------------------------------------------------------------------------------------

enum jumin_question {
    JUMIN_APPLY_CARD, // for an IC card
    JUMIN_APPLY_QR,   // for a mobile credential by one-time QR
    JUMIN_PRODUCE,
    JUMIN_HAND_OVER,
    JUMIN_UNLOCK_CARD,
    JUMIN_UNLOCK_CREDENTIAL,
    JUMIN_AGE,
};
// "apply-card", "apply-qr", …; NULL behind the last.
JUMIN_EXPORT const char *jumin_question_name(size_t question);

enum jumin_proof {
    JUMIN_PROOF_NONE,
    JUMIN_PROOF_COUNTER, // in person, face to face
    JUMIN_PROOF_CARD,    // by the card and its PIN
};

// What is known; a question looks at what its rules need. A text that is NULL is not known.
struct jumin_facts {
    const char *birth_date;
    char sex;                        // 'F' or 'M'; anything else: not looked at
    const char *registration_number; // where it is given it must be sound and fit birth date and sex
    const char *municipality_code;   // ten digits, of the registered address
    bool holds_card;                 // a resident card of whatever kind
    bool first_issue;                // the first resident card
    bool valid_card;                 // an IC card that is neither reported lost nor given back here
    const char *photo_date;          // the day on which the photo for the card was taken
    bool photo_outdated;             // the photo that is registered does not show the holder any more
    unsigned won_paid;
    const char *applied_on; // the day of the application, whose fee it is; NULL: the day of the decision
    const char *approved_by, *officer; // who approved, and who is about to produce
    bool verified;                     // the card was read back and compared
    const char *expiry_date;           // of what is handed over or unlocked
    enum jumin_proof proof;            // of the person who takes the card, or unlocks
    bool revoked;                      // what is to be unlocked
    bool card_lost;                    // the card of the credential that is to be unlocked is reported lost
    const char *legal_age;             // which one is asked about, as the scheme names it: "adult"
};

enum { JUMIN_RULES_MAX = 10, JUMIN_REASON_MAX = 256 };

struct jumin_rule {
    const char *name; // "minimum-age"; owned by the policy
    bool met;
    char korean[JUMIN_REASON_MAX], english[JUMIN_REASON_MAX]; // the reason, a sentence in UTF-8
};

// Every rule that the question has, whether or not another one fails. No personal data but dates and ages.
struct jumin_decision {
    bool met; // all of them
    size_t count;
    struct jumin_rule rules[JUMIN_RULES_MAX];
};

// Decides for that day; changes nothing. A fact that is missing or malformed makes its rule fail, and the
// reason says so. JUMIN_ERROR_ARGUMENT for a day that does not exist, or a legal age that the scheme lacks.
//
// apply-card: birth-date, registration-number (where one is given), minimum-age, region, holds-card,
// one-valid-card, photo-age, fee. apply-qr: the same, photo-likeness in place of photo-age and no
// one-valid-card. produce: approved, two-person. hand-over: birth-date, fee, one-valid-card, card-verified,
// identity-proof, validity. unlock-…: not-revoked, card-not-lost (of credentials), identity-proof, validity.
// age: birth-date, and the one that is named.
JUMIN_EXPORT enum jumin_error jumin_policy_decide(struct jumin_policy *policy, enum jumin_question question,
                                                  const struct jumin_facts *facts, const char *day,
                                                  struct jumin_decision *decision);
// What an application costs on that day (or on applied_on), in won, the same when its card is handed over; 0
// for other questions. It depends on birth_date, first_issue and holds_card.
JUMIN_EXPORT enum jumin_error jumin_policy_fee(struct jumin_policy *policy, enum jumin_question question,
                                               const struct jumin_facts *facts, const char *day,
                                               unsigned *won);

// --- Ages that laws name ------------------------------------------------------------------------------------

// The last day of birth that has reached the legal age on that day: what a terminal asks a card.
JUMIN_EXPORT enum jumin_error jumin_policy_born_until(struct jumin_policy *policy, const char *legal_age,
                                                      const char *day, char born_until[JUMIN_DAY]);
// The first day on which somebody born on that day has reached it.
JUMIN_EXPORT enum jumin_error jumin_policy_reached_on(struct jumin_policy *policy, const char *legal_age,
                                                      const char *birth_date, char day[JUMIN_DAY]);
// adult_in_YYYY: whether somebody is adult from 1 January of that year on.
JUMIN_EXPORT enum jumin_error jumin_policy_adult_in(struct jumin_policy *policy, const char *birth_date,
                                                    unsigned year, bool *adult);

// --- Registration numbers -----------------------------------------------------------------------------------

// What the last digit says. Numbers given or changed since 5 October 2020 have none, whenever their holder
// was born: it is a hint, and never a reason to refuse.
enum jumin_check_digit {
    JUMIN_CHECK_DIGIT_MATCHES,        // the rule of numbers given before
    JUMIN_CHECK_DIGIT_DIFFERS,        // … but numbers given since match by chance only
    JUMIN_CHECK_DIGIT_NOT_APPLICABLE, // born since: there is none
};

enum { JUMIN_MASKED_NUMBER = 15 }; // YYMMDD-S****** and its end

struct jumin_registration_number {
    char birth_date[JUMIN_DAY];
    char sex; // 'M' or 'F'
    bool foreigner;
    bool specimen; // 20 is added to its month
    enum jumin_check_digit check_digit;
    char masked[JUMIN_MASKED_NUMBER];
};

// Takes YYMMDD-SNNNNNN apart, with the hyphen or without. In specimen mode only specimen numbers are taken,
// else only others. JUMIN_ERROR_INPUT with what is wrong; `number` is wiped then.
JUMIN_EXPORT enum jumin_error jumin_policy_registration_number(struct jumin_policy *policy, const char *text,
                                                               struct jumin_registration_number *number);
// A number as it may be printed: YYMMDD-S******. Of any other text every character becomes '*', as many as
// fit.
JUMIN_EXPORT void jumin_registration_number_mask(const char *text, char masked[JUMIN_MASKED_NUMBER]);

#endif
