// The scheme's rules on an application that is in the records: what is known of it, asked.
// SPDX-License-Identifier: Apache-2.0
#include "host/json_fields.h"
#include "host/station/intake.h"

#include <stdio.h>

#define STATE(state) (1U << JUMIN_##state)

enum jumin_error rules_decide(struct jumin_station *station, enum jumin_question question,
                              const struct jumin_facts *facts, struct jumin_decision *decision)
{
    char today[JUMIN_DAY];
    station_day(station, today);
    const enum jumin_error error = jumin_policy_decide(station->policy, question, facts, today, decision);
    if (error != JUMIN_OK) {
        return detail_set(&station->detail, error, "%s", jumin_policy_detail(station->policy));
    }
    for (size_t i = 0; i < decision->count && !decision->met; i++) {
        if (!decision->rules[i].met) {
            return detail_set(&station->detail, JUMIN_ERROR_RULES, "%s", decision->rules[i].english);
        }
    }
    return JUMIN_OK;
}

// --- What the record says ----------------------------------------------------------------------------------------

struct known {
    enum jumin_application_state state;
    uint8_t holder[VAULT_INDEX];
    char birth_date[JUMIN_DAY], applied_on[JUMIN_DAY], expires_on[JUMIN_DAY]; // "": not known
    bool holds_card, first_issue;
};

// The person file was checked when the application was taken.
static bool take_birth_date(struct jumin_station *station, const char *number, struct span sealed,
                            struct known *known)
{
    struct issued_text plain;
    if (!record_unseal(station, "person", number, sealed, &plain)) {
        return false;
    }
    json_t *person = json_loadb(plain.text, plain.n, 0, NULL);
    const char *birth_date = json_string_value(json_object_get(person, "birth_date"));
    const bool good = birth_date != NULL && strlen(birth_date) < JUMIN_DAY;
    (void)snprintf(known->birth_date, JUMIN_DAY, "%s", good ? birth_date : "");
    json_wipe(person);
    json_decref(person);
    issued_text_free(&plain);
    return good;
}

static bool take_known(struct jumin_station *station, const char *number, const struct database_rows *rows,
                       struct known *known)
{
    const struct span holder = database_column_bytes(rows, 1), person = database_column_bytes(rows, 2);
    *known = (struct known){
        .state = (enum jumin_application_state)database_column_integer(rows, 0),
        .holds_card = database_column_integer(rows, 4) != 0,
        .first_issue = database_column_integer(rows, 5) != 0,
    };
    station_day_at(database_column_integer(rows, 3), known->applied_on);
    (void)snprintf(known->expires_on, JUMIN_DAY, "%s", database_column_text(rows, 6));
    if (holder.n == VAULT_INDEX) {
        memcpy(known->holder, holder.p, VAULT_INDEX);
    }
    return holder.n == VAULT_INDEX &&
           (database_is_null(rows, 2) || take_birth_date(station, number, person, known));
}

static enum jumin_error find_known(struct jumin_station *station, const char *number, struct known *known)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(number);
    enum jumin_error error =
        station_query(station,
                      "SELECT state, holder, person, applied_at, holds_card, first_issue, expires_on"
                      " FROM application WHERE number = $1",
                      &value, 1, &rows);
    const bool found = error == JUMIN_OK && database_next(rows);
    const bool opened = found && take_known(station, number, rows, known);
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error != JUMIN_OK) {
        return station_database(station, error);
    }
    if (!found) {
        return detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE, "there is no application %.20s",
                          number);
    }
    return opened ? JUMIN_OK
                  : detail_set(&station->detail, JUMIN_ERROR_SIGNATURE,
                               "the record of %s was changed, or belongs to another application", number);
}

// Whether the holder has other cards, as the statement says.
static enum jumin_error find_others(struct jumin_station *station, const char *number, const char *sql,
                                    const struct known *known, bool *others)
{
    struct database_rows *rows = NULL;
    const struct database_value values[] = {database_bytes(span_of(known->holder, VAULT_INDEX)),
                                            database_text(number)};
    enum jumin_error error = station_query(station, sql, values, 2, &rows);
    *others = error == JUMIN_OK && database_next(rows) && database_column_integer(rows, 0) > 0;
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

static const char *day_or_null(const char *day)
{
    return day[0] != '\0' ? day : NULL;
}

// --- Hand-over and restoring -------------------------------------------------------------------------------------

static enum jumin_error decide_hand_over(struct jumin_station *station, const char *number,
                                         const struct known *known, const struct jumin_action_form *form,
                                         struct jumin_decision *decision)
{
    bool others = false;
    int64_t taken = 0;
    enum jumin_error error = payment_taken(station, number, &taken);
    if (error == JUMIN_OK) {
        error =
            find_others(station, number,
                        "SELECT COUNT(*) FROM application WHERE holder = $1 AND number <> $2 AND state = 5",
                        known, &others);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    const struct jumin_facts facts = {
        .birth_date = day_or_null(known->birth_date),
        .holds_card = known->holds_card,
        .first_issue = known->first_issue,
        .valid_card = others,
        .won_paid = (unsigned)taken + form->won_paid,
        .applied_on = known->applied_on,
        .verified = known->state == JUMIN_VERIFIED,
        .expiry_date = day_or_null(known->expires_on),
        .proof = form->proof,
    };
    return rules_decide(station, JUMIN_HAND_OVER, &facts, decision);
}

enum jumin_error rules_hand_over(struct jumin_station *station, const char *number,
                                 const struct jumin_action_form *form, struct jumin_decision *decision)
{
    struct known known = {.state = JUMIN_APPLIED};
    enum jumin_error error = find_known(station, number, &known);
    if (error == JUMIN_OK && (1U << known.state & (STATE(WRITTEN) | STATE(VERIFIED))) == 0) {
        error = application_refuse(station, number, "hand-over");
    }
    if (error == JUMIN_OK) {
        error = decide_hand_over(station, number, &known, form, decision);
    }
    crypto_wipe(&known, sizeof known);
    return error;
}

// A card is revoked for ever when another one has been handed over after it.
enum jumin_error rules_restore(struct jumin_station *station, const char *number,
                               const struct jumin_action_form *form, struct jumin_decision *decision)
{
    struct known known = {.state = JUMIN_APPLIED};
    bool replaced = false;
    enum jumin_error error = find_known(station, number, &known);
    if (error == JUMIN_OK && known.state != JUMIN_LOST) {
        error = application_refuse(station, number, "restore");
    }
    if (error == JUMIN_OK) {
        error = find_others(station, number,
                            "SELECT COUNT(*) FROM application WHERE holder = $1 AND number > $2"
                            " AND state IN (5, 9, 10, 11)",
                            &known, &replaced);
    }
    if (error == JUMIN_OK) {
        const struct jumin_facts facts = {
            .revoked = replaced, .proof = form->proof, .expiry_date = day_or_null(known.expires_on)};
        error = rules_decide(station, JUMIN_UNLOCK_CARD, &facts, decision);
    }
    crypto_wipe(&known, sizeof known);
    return error;
}
