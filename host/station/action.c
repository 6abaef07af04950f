// What an officer does with an application: the role it takes, the states it leads from, and what else it
// asks.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/station_internal.h"

#include <jansson.h>
#include <stdio.h>

enum { DETAIL_MAX = JUMIN_REASON + 32 };

#define FROM(state) (1U << JUMIN_##state)

struct action {
    const char *name;
    unsigned from; // bits
    enum jumin_application_state to;
    unsigned role;
};

static const struct action actions[JUMIN_STATION_ACTIONS] = {
    [JUMIN_ACTION_APPROVE] = {"approve", FROM(APPLIED), JUMIN_APPROVED, JUMIN_ROLE_APPROVE},
    [JUMIN_ACTION_CANCEL] = {"cancel", FROM(APPLIED) | FROM(APPROVED) | FROM(SPOILED), JUMIN_CANCELLED,
                             JUMIN_ROLE_INTAKE},
    [JUMIN_ACTION_REFUND] = {"refund", FROM(CANCELLED), JUMIN_REFUNDED, JUMIN_ROLE_INTAKE},
    [JUMIN_ACTION_SPOIL] = {"spoil", FROM(PREPARED) | FROM(WRITTEN) | FROM(VERIFIED), JUMIN_SPOILED,
                            JUMIN_ROLE_PRODUCE},
    [JUMIN_ACTION_HAND_OVER] = {"hand-over", FROM(VERIFIED), JUMIN_HANDED_OVER, JUMIN_ROLE_INTAKE},
    [JUMIN_ACTION_REPORT_LOSS] = {"report-loss", FROM(HANDED_OVER), JUMIN_LOST, JUMIN_ROLE_INTAKE},
    [JUMIN_ACTION_RESTORE] = {"restore", FROM(LOST), JUMIN_HANDED_OVER, JUMIN_ROLE_INTAKE},
    [JUMIN_ACTION_GIVE_BACK] = {"give-back", FROM(HANDED_OVER), JUMIN_GIVEN_BACK, JUMIN_ROLE_INTAKE},
};

// --- The step ----------------------------------------------------------------------------------------------------

// What was paid stands in the trail too, which is signed.
static enum jumin_error move(struct jumin_station *station, const struct action *action, const char *number,
                             const struct jumin_action_form *form, int64_t won)
{
    char detail[DETAIL_MAX] = "";
    const char *reason = form->reason != NULL ? form->reason : "";
    if (won > 0) {
        (void)snprintf(detail, sizeof detail, "%lld won%s%s", (long long)won, reason[0] != '\0' ? "; " : "",
                       reason);
    }
    return application_move(station, number, action->from, action->to, action->name,
                            won > 0 ? detail : reason);
}

static enum jumin_error run(struct jumin_station *station, const char *sql, const char *number,
                            struct database_value value)
{
    const struct database_value values[] = {database_text(number), value};
    return station_database(station, database_run(station->database, sql, values, 2, NULL));
}

// From now on the time runs after which personal data is erased. Loss and restoring do not begin it anew.
static enum jumin_error note_end(struct jumin_station *station, const char *number)
{
    return run(station, "UPDATE application SET ended_at = $2 WHERE number = $1", number,
               database_integer(station_now(station)));
}

static enum jumin_error hand_over(struct jumin_station *station, const char *number,
                                  const struct jumin_action_form *form, struct jumin_decision *decision)
{
    enum jumin_error error = rules_hand_over(station, number, form, decision);
    if (error == JUMIN_OK) {
        error = payment_take(station, number, form->won_paid);
    }
    if (error == JUMIN_OK) {
        error = move(station, &actions[JUMIN_ACTION_HAND_OVER], number, form, form->won_paid);
    }
    return error == JUMIN_OK ? note_end(station, number) : error;
}

static enum jumin_error refund(struct jumin_station *station, const char *number,
                               const struct jumin_action_form *form)
{
    int64_t won = 0;
    enum jumin_error error = payment_taken(station, number, &won);
    if (error == JUMIN_OK) {
        error = move(station, &actions[JUMIN_ACTION_REFUND], number, form, won);
    }
    return error == JUMIN_OK ? payment_give_back(station, number, &won) : error;
}

static enum jumin_error restore(struct jumin_station *station, const char *number,
                                const struct jumin_action_form *form, struct jumin_decision *decision)
{
    enum jumin_error error = rules_restore(station, number, form, decision);
    if (error == JUMIN_OK) {
        error = move(station, &actions[JUMIN_ACTION_RESTORE], number, form, 0);
    }
    return error == JUMIN_ERROR_CONFLICT
               ? detail_set(&station->detail, error,
                            "restore: the holder of %s has applied for another card meanwhile", number)
               : error;
}

static enum jumin_error act(struct jumin_station *station, enum jumin_station_action which,
                            const char *number, const struct jumin_action_form *form,
                            struct jumin_decision *decision)
{
    if (which == JUMIN_ACTION_HAND_OVER) {
        return hand_over(station, number, form, decision);
    }
    if (which == JUMIN_ACTION_REFUND) {
        return refund(station, number, form);
    }
    if (which == JUMIN_ACTION_RESTORE) {
        return restore(station, number, form, decision);
    }
    const enum jumin_error error = move(station, &actions[which], number, form, 0);
    if (error == JUMIN_OK && which == JUMIN_ACTION_APPROVE) {
        // Who has approved may not produce alone, so it stands in the record.
        return run(station, "UPDATE application SET approved_by = $2 WHERE number = $1", number,
                   database_text(station->officer));
    }
    return error == JUMIN_OK && which == JUMIN_ACTION_CANCEL ? note_end(station, number) : error;
}

// --- What the officer says ---------------------------------------------------------------------------------------

// One line of UTF-8 without control characters (C0, DEL, C1), which would forge lines where the trail is
// shown.
static bool reason_is_good(const char *reason)
{
    const size_t n = strlen(reason);
    bool good = n < JUMIN_REASON;
    for (size_t i = 0; i < n && good; i++) {
        const unsigned char c = (unsigned char)reason[i], next = (unsigned char)reason[i + 1];
        good = c >= 0x20 && c != 0x7f && (c != 0xc2 || next >= 0xa0);
    }
    json_t *text = good ? json_string(reason) : NULL; // which takes UTF-8 alone
    json_decref(text);
    return text != NULL;
}

enum jumin_error station_reason(struct jumin_station *station, const char *reason)
{
    return reason_is_good(reason) ? JUMIN_OK
                                  : detail_set(&station->detail, JUMIN_ERROR_ARGUMENT,
                                               "a reason is one line of up to 200 bytes in UTF-8");
}

static enum jumin_error check_form(struct jumin_station *station, enum jumin_station_action action,
                                   const struct jumin_action_form *form)
{
    const enum jumin_error error = form->reason != NULL ? station_reason(station, form->reason) : JUMIN_OK;
    if (error != JUMIN_OK) {
        return error;
    }
    if (form->won_paid > 0 && action != JUMIN_ACTION_HAND_OVER) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT, "%s: nothing is paid for it",
                          actions[action].name);
    }
    return form->won_paid <= JUMIN_WON_MAX ? JUMIN_OK
                                           : detail_set(&station->detail, JUMIN_ERROR_ARGUMENT,
                                                        "nobody pays more than %d won", JUMIN_WON_MAX);
}

enum jumin_error jumin_station_act(struct jumin_station *station, enum jumin_station_action action,
                                   const char *number, const struct jumin_action_form *form,
                                   struct jumin_decision *decision)
{
    static const struct jumin_action_form nothing = {.proof = JUMIN_PROOF_NONE};
    struct jumin_decision own;
    if (station == NULL || number == NULL || (unsigned)action >= JUMIN_STATION_ACTIONS) {
        return JUMIN_ERROR_ARGUMENT;
    }
    form = form != NULL ? form : &nothing;
    decision = decision != NULL ? decision : &own;
    *decision = (struct jumin_decision){0};
    enum jumin_error error = station_need(station, actions[action].role);
    if (error == JUMIN_OK) {
        error = check_form(station, action, form);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(station);
        error =
            error == JUMIN_OK ? station_end(station, act(station, action, number, form, decision)) : error;
    } while (station_again(station, error));
    return error;
}
