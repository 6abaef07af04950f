// Lost, found, revoked, issued anew: what an officer, or the call centre, does with a credential that is out.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/credential.h"

#include <stdio.h>

#define STATE(state) (1U << JUMIN_CREDENTIAL_##state)
enum { OUT = STATE(VALID) | STATE(SUSPENDED) };

// The credential that a number means, held with all that its holder has. `card`: in the holder's hands; "":
// none.
static enum jumin_error hold(struct jumin_station *station, const char *number,
                             struct jumin_credential *credential, char card[JUMIN_APPLICATION_NUMBER])
{
    enum jumin_error error = credential_hold_card(station, number, card);
    if (error == JUMIN_OK) {
        error = credential_hold(station, number);
    }
    return error == JUMIN_OK ? credential_read(station, number, credential) : error;
}

static enum jumin_error refuse(struct jumin_station *station, const struct jumin_credential *credential,
                               const char *action)
{
    return detail_set(&station->detail, JUMIN_ERROR_STATUS, "%s: not from the state %s of %s", action,
                      jumin_credential_state_name(credential->state), credential->number);
}

static enum jumin_error set_lost(struct jumin_station *station, const char *number, int64_t lost)
{
    const struct database_value values[] = {database_text(number), database_integer(lost)};
    return credential_run(station, "UPDATE credential SET lost = $2 WHERE number = $1", values, 2, NULL);
}

// --- Lost --------------------------------------------------------------------------------------------------------

// What a phone has begun must not end in a credential that is good: cards that have bound it …
static enum jumin_error end_bindings(struct jumin_station *station, const char *number, size_t *ended)
{
    const struct database_value value = database_text(number);
    return credential_run(station,
                          "DELETE FROM binding WHERE application IN (SELECT number FROM application WHERE"
                          " holder = " CREDENTIAL_HOLDER ")",
                          &value, 1, ended);
}

// … and the holder's open offer.
static enum jumin_error end_offer(struct jumin_station *station, const char *number)
{
    char offered[JUMIN_CREDENTIAL_NUMBER] = "";
    const struct database_value value = database_text(number);
    const enum jumin_error error = credential_find(
        station, "SELECT number FROM credential WHERE state = 0 AND holder = " CREDENTIAL_HOLDER, &value, 1,
        offered);
    return error == JUMIN_OK && offered[0] != '\0'
               ? credential_move(station, offered, STATE(OFFERED), JUMIN_CREDENTIAL_REVOKED, "void-offer",
                                 "the phone is lost")
               : error;
}

// What the holder has instead of a credential that came to its end while it was waited for; `number` "":
// nothing.
static enum jumin_error find_next(struct jumin_station *station, struct jumin_credential *credential)
{
    char next[JUMIN_CREDENTIAL_NUMBER];
    const struct database_value value = database_text(credential->number);
    const enum jumin_error error = credential_find(
        station, "SELECT number FROM credential WHERE state IN (1, 2) AND holder = " CREDENTIAL_HOLDER,
        &value, 1, next);
    credential->number[0] = '\0';
    return error == JUMIN_OK && next[0] != '\0' ? credential_read(station, next, credential) : error;
}

static bool is_open(const struct jumin_credential *credential)
{
    return (1U << credential->state & (OUT | STATE(OFFERED))) != 0;
}

// The phone's credential, held. What was open when the loss was reported may have been redeemed, or replaced,
// before it was held: then it is what came of it.
static enum jumin_error hold_lost(struct jumin_station *station, const char *number,
                                  struct jumin_credential *credential)
{
    char card[JUMIN_APPLICATION_NUMBER];
    enum jumin_error error = credential_read(station, number, credential);
    const bool open = error == JUMIN_OK && is_open(credential);
    if (error == JUMIN_OK) {
        error = hold(station, number, credential, card);
    }
    if (error != JUMIN_OK || is_open(credential)) {
        return error;
    }
    return open ? find_next(station, credential) : refuse(station, credential, "report-loss");
}

static enum jumin_error lose_phone(struct jumin_station *station, const char *number, const char *reason)
{
    struct jumin_credential credential;
    char card[JUMIN_APPLICATION_NUMBER];
    size_t begun = 0;
    enum jumin_error error = credential_hold_card(station, number, card);
    if (error == JUMIN_OK) {
        error = end_bindings(station, number, &begun);
    }
    if (error == JUMIN_OK) {
        error = hold_lost(station, number, &credential);
    }
    if (begun > 0 && (error == JUMIN_ERROR_NO_SUCH_FILE || error == JUMIN_ERROR_STATUS)) {
        return audit_append(station, "report-loss", card[0] != '\0' ? card : number,
                            reason != NULL ? reason : "");
    }
    if (error != JUMIN_OK || credential.number[0] == '\0') {
        return error;
    }
    error = end_offer(station, credential.number);
    if (error != JUMIN_OK || credential.state == JUMIN_CREDENTIAL_OFFERED || credential.phone_lost) {
        return error; // nothing else was out, or it was said before
    }
    error = set_lost(station, credential.number,
                     CREDENTIAL_LOST_PHONE | (credential.card_lost ? CREDENTIAL_LOST_CARD : 0));
    return error == JUMIN_OK ? credential_move(station, credential.number, OUT, JUMIN_CREDENTIAL_SUSPENDED,
                                               "report-loss", reason)
                             : error;
}

// The holder's card, by a credential: the one in hand, or the one that is lost already.
static enum jumin_error find_card(struct jumin_station *station, const char *credential,
                                  struct jumin_application *application)
{
    struct jumin_credential known;
    char card[JUMIN_APPLICATION_NUMBER];
    enum jumin_error error = credential_read(station, credential, &known);
    const struct database_value value = database_text(credential);
    if (error == JUMIN_OK) {
        error = credential_find(station,
                                "SELECT number FROM application WHERE state IN (5, 9) AND holder ="
                                " (SELECT holder FROM credential WHERE number = $1) ORDER BY state, number"
                                " DESC LIMIT 1",
                                &value, 1, card);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    return card[0] != '\0' ? application_find(station, card, application)
                           : detail_set(&station->detail, JUMIN_ERROR_STATUS,
                                        "report-loss: the holder of %s has no card", known.number);
}

static enum jumin_error lose_card(struct jumin_station *station, const char *number, const char *reason)
{
    struct jumin_application application;
    enum jumin_error error = application_find(station, number, &application);
    if (error == JUMIN_ERROR_NO_SUCH_FILE) {
        error = find_card(station, number, &application);
    }
    if (error != JUMIN_OK || application.state == JUMIN_LOST) {
        return error;
    }
    return application_move(station, application.number, 1U << JUMIN_HANDED_OVER, JUMIN_LOST, "report-loss",
                            reason);
}

enum jumin_error credential_report_loss(struct jumin_station *station, const char *number,
                                        enum jumin_subject lost, const char *reason)
{
    enum jumin_error error = reason != NULL ? station_reason(station, reason) : JUMIN_OK;
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(station);
        if (error == JUMIN_OK) {
            error = station_end(station, lost == JUMIN_SUBJECT_CARD ? lose_card(station, number, reason)
                                                                    : lose_phone(station, number, reason));
        }
    } while (station_again(station, error));
    return error;
}

enum jumin_error jumin_station_report_loss(struct jumin_station *station, const char *number,
                                           enum jumin_subject lost, const char *reason)
{
    if (station == NULL || number == NULL || (unsigned)lost > JUMIN_SUBJECT_CREDENTIAL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = station_need(station, JUMIN_ROLE_INTAKE);
    return error == JUMIN_OK ? credential_report_loss(station, number, lost, reason) : error;
}

// --- Found -------------------------------------------------------------------------------------------------------

// Found with another card than it came with: that one vouches for it from now on.
static enum jumin_error hang_on(struct jumin_station *station, const struct jumin_credential *credential,
                                const char *card)
{
    const struct database_value values[] = {database_text(credential->number), database_text(card)};
    return credential->application[0] != '\0' && card[0] != '\0'
               ? credential_run(station, "UPDATE credential SET application = $2 WHERE number = $1", values,
                                2, NULL)
               : JUMIN_OK;
}

static enum jumin_error unlock(struct jumin_station *station, const char *number,
                               const struct jumin_action_form *form, struct jumin_decision *decision)
{
    struct jumin_credential credential;
    char card[JUMIN_APPLICATION_NUMBER];
    enum jumin_error error = hold(station, number, &credential, card);
    if (error != JUMIN_OK) {
        return error;
    }
    if (credential.state != JUMIN_CREDENTIAL_SUSPENDED && credential.state != JUMIN_CREDENTIAL_REVOKED) {
        return refuse(station, &credential, "unlock");
    }
    const struct jumin_facts facts = {
        .expiry_date = credential.expiry_date,
        .proof = form->proof,
        .revoked = credential.state == JUMIN_CREDENTIAL_REVOKED,
        .card_lost = credential.card_lost && card[0] == '\0', // neither found nor replaced
    };
    error = rules_decide(station, JUMIN_UNLOCK_CREDENTIAL, &facts, decision);
    if (error == JUMIN_OK) {
        error = set_lost(station, credential.number, 0);
    }
    if (error == JUMIN_OK) {
        error = hang_on(station, &credential, card);
    }
    return error == JUMIN_OK ? credential_move(station, credential.number, STATE(SUSPENDED),
                                               JUMIN_CREDENTIAL_VALID, "unlock", form->reason)
                             : error;
}

enum jumin_error jumin_station_unlock(struct jumin_station *station, const char *number,
                                      const struct jumin_action_form *form, struct jumin_decision *decision)
{
    struct jumin_decision own;
    if (station == NULL || number == NULL || form == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    decision = decision != NULL ? decision : &own;
    *decision = (struct jumin_decision){0};
    enum jumin_error error = station_need(station, JUMIN_ROLE_INTAKE);
    if (error == JUMIN_OK && form->reason != NULL) {
        error = station_reason(station, form->reason);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, unlock(station, number, form, decision)) : error;
    } while (station_again(station, error));
    return error;
}

// --- Gone --------------------------------------------------------------------------------------------------------

static enum jumin_error revoke(struct jumin_station *station, const char *number, const char *reason)
{
    struct jumin_credential credential;
    char card[JUMIN_APPLICATION_NUMBER];
    const enum jumin_error error = hold(station, number, &credential, card);
    return error == JUMIN_OK ? credential_move(station, credential.number, OUT | STATE(OFFERED),
                                               JUMIN_CREDENTIAL_REVOKED, "revoke", reason)
                             : error;
}

enum jumin_error jumin_station_revoke(struct jumin_station *station, const char *number, const char *reason)
{
    if (station == NULL || number == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, JUMIN_ROLE_INTAKE);
    if (error == JUMIN_OK && reason != NULL) {
        error = station_reason(station, reason);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, revoke(station, number, reason)) : error;
    } while (station_again(station, error));
    return error;
}

// --- Issued anew -----------------------------------------------------------------------------------------------

static enum jumin_error same_holder(struct jumin_station *station, const char *number, struct span person,
                                    uint8_t holder[VAULT_INDEX])
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(number);
    enum jumin_error error = offer_holder(station, person, holder);
    if (error == JUMIN_OK) {
        error = station_query(station, "SELECT holder FROM credential WHERE number = $1", &value, 1, &rows);
    }
    const bool same = error == JUMIN_OK && database_next(rows) &&
                      span_equal(database_column_bytes(rows, 0), span_of(holder, VAULT_INDEX));
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? station_database(station, ended) : error;
    return error != JUMIN_OK || same
               ? error
               : detail_set(&station->detail, JUMIN_ERROR_INPUT, "person file: it is another person's");
}

// The old edition's copies are invalid for ever; those of the next have a number of their own in the lists.
static enum jumin_error next_edition(struct jumin_station *station, const struct jumin_credential *credential,
                                     struct span person)
{
    struct issued_text sealed;
    int64_t copies = 0;
    enum jumin_error error = credential_set_status(station, credential->number, STATUS_INVALID);
    if (error == JUMIN_OK) {
        error = station_next_number(station, "copies", &copies);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (!credential_seal(station, "person", credential->number, person, &sealed)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    }
    const struct database_value values[] = {database_text(credential->number),
                                            database_bytes(span_of(sealed.text, sealed.n)),
                                            database_integer(copies), database_integer(station_now(station))};
    error = credential_run(station,
                           "UPDATE credential SET person = $2, copies = $3, edition = edition + 1,"
                           " changed_at = $4, delivered = 0 WHERE number = $1",
                           values, 4, NULL);
    issued_text_free(&sealed);
    return error == JUMIN_OK ? audit_append(station, "reissue", credential->number, "") : error;
}

static enum jumin_error reissue(struct jumin_station *station, const char *number, struct span person)
{
    struct jumin_credential credential;
    char card[JUMIN_APPLICATION_NUMBER];
    uint8_t holder[VAULT_INDEX];
    enum jumin_error error = hold(station, number, &credential, card);
    if (error == JUMIN_OK && (1U << credential.state & OUT) == 0) {
        error = refuse(station, &credential, "reissue");
    }
    if (error == JUMIN_OK) {
        error = same_holder(station, credential.number, person, holder);
    }
    if (error == JUMIN_OK) {
        error = offer_remember(station, card, holder, person);
    }
    return error == JUMIN_OK ? next_edition(station, &credential, person) : error;
}

enum jumin_error jumin_station_reissue(struct jumin_station *station, const char *number, const char *person,
                                       size_t person_length)
{
    if (station == NULL || number == NULL || person == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, JUMIN_ROLE_INTAKE);
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(station);
        if (error == JUMIN_OK) {
            error = station_end(station, reissue(station, number, span_of(person, person_length)));
        }
    } while (station_again(station, error));
    return error;
}
