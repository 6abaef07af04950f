// `jumin station approve`, `cancel`, `handover`, `report-loss` …: what an officer does with an application.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/credential_command.h"
#include "tools/jumin/secret.h"
#include <jumin/credential.h>
#include <string.h>

// What each command does.
static const struct {
    const struct cli_command *command;
    enum jumin_station_action action;
} actions[] = {
    {&station_approve_command, JUMIN_ACTION_APPROVE},
    {&station_handover_command, JUMIN_ACTION_HAND_OVER},
    {&station_spoil_command, JUMIN_ACTION_SPOIL},
    {&station_cancel_command, JUMIN_ACTION_CANCEL},
    {&station_refund_command, JUMIN_ACTION_REFUND},
    {&station_report_loss_command, JUMIN_ACTION_REPORT_LOSS},
    {&station_restore_command, JUMIN_ACTION_RESTORE},
    {&station_give_back_command, JUMIN_ACTION_GIVE_BACK},
};

static enum jumin_station_action action_of(const struct cli_command *command)
{
    size_t i = 0;
    while (actions[i].command != command) {
        i++;
    }
    return actions[i].action;
}

// --- What the officer says ---------------------------------------------------------------------------------------

static bool take_proof(const struct cli_arguments *arguments, enum jumin_proof *proof)
{
    const char *name = cli_value(arguments, "proof");
    *proof = name == NULL                   ? JUMIN_PROOF_NONE
             : strcmp(name, "counter") == 0 ? JUMIN_PROOF_COUNTER
                                            : JUMIN_PROOF_CARD;
    return name == NULL || *proof == JUMIN_PROOF_COUNTER || strcmp(name, "card") == 0 ||
           cli_misused(arguments, "--proof takes counter or card");
}

static bool take_form(const struct cli_arguments *arguments, struct jumin_action_form *form)
{
    long paid = 0;
    *form = (struct jumin_action_form){.reason = cli_value(arguments, "reason")};
    if (!take_proof(arguments, &form->proof) || !cli_number(arguments, "paid", 0, JUMIN_WON_MAX, 0, &paid)) {
        return false;
    }
    form->won_paid = (unsigned)paid;
    return true;
}

static bool check_action(const struct cli_arguments *arguments)
{
    struct jumin_action_form form;
    const bool by_number = arguments->operand_count > 0;
    const bool by_person = cli_has(arguments, "registration-number-file");
    if (cli_has(arguments, "phone") && cli_has(arguments, "card")) {
        return cli_misused(arguments, "--phone and --card: one is meant");
    }
    if (by_number && by_person) {
        return cli_misused(arguments, "give the application's number or --registration-number-file");
    }
    return (by_number || by_person || cli_misused(arguments, "the application's number is needed")) &&
           take_form(arguments, &form);
}

static const struct secret_source registration_number = {NULL, "registration-number-file", NULL, NULL,
                                                         "the registration number is needed"};

// Who calls and has no number at hand is found by the registration number, which is shown with stars alone.
// NULL: said so on stderr.
static const char *find_number(const struct cli_arguments *arguments, const struct records *records,
                               char found[JUMIN_APPLICATION_NUMBER], char masked[JUMIN_MASKED_NUMBER])
{
    char given[SECRET_MAX];
    masked[0] = '\0';
    if (arguments->operand_count > 0) {
        return arguments->operands[0];
    }
    if (!secret_get(arguments, &registration_number, given)) {
        return NULL;
    }
    const enum jumin_error error = jumin_station_find_holder(records->station, given, found);
    jumin_registration_number_mask(given, masked);
    secret_wipe(given);
    return records_end(arguments, records->station, error) == CLI_OK ? found : NULL;
}

// --- What came of it ---------------------------------------------------------------------------------------------

// What a loss locks is the scheme's.
static const char *const subjects[] = {
    [JUMIN_SUBJECT_CARD] = "card", [JUMIN_SUBJECT_CREDENTIAL] = "credential"};

static void answer_json(const struct records *records, enum jumin_station_action action,
                        const struct jumin_application *application, const char *masked, json_t *answer)
{
    (void)json_object_set_new(answer, "number", json_string(application->number));
    (void)json_object_set_new(answer, "state", json_string(jumin_application_state_name(application->state)));
    if (masked[0] != '\0') {
        (void)json_object_set_new(answer, "registration_number", json_string(masked));
    }
    if (action == JUMIN_ACTION_REFUND) {
        (void)json_object_set_new(answer, "won_paid_back", json_integer(application->won_paid_back));
    }
    if (action == JUMIN_ACTION_REPORT_LOSS) {
        json_t *locks = json_array();
        for (unsigned i = 0; i < sizeof subjects / sizeof *subjects; i++) {
            if (jumin_policy_locks(records->policy, JUMIN_SUBJECT_CARD, (enum jumin_subject)i)) {
                (void)json_array_append_new(locks, json_string(subjects[i]));
            }
        }
        (void)json_object_set_new(answer, "locks", locks);
    }
}

static void answer_text(const struct records *records, enum jumin_station_action action,
                        const struct jumin_application *application, const char *masked)
{
    char won[RECORDS_WON];
    (void)printf("%s: %s", application->number, jumin_application_state_name(application->state));
    if (masked[0] != '\0') {
        (void)printf(", card of %s", masked);
    }
    if (action == JUMIN_ACTION_REFUND) {
        (void)printf(", %s won to be paid back", records_won(application->won_paid_back, won));
    }
    for (unsigned i = 0; i < sizeof subjects / sizeof *subjects && action == JUMIN_ACTION_REPORT_LOSS; i++) {
        if (jumin_policy_locks(records->policy, JUMIN_SUBJECT_CARD, (enum jumin_subject)i)) {
            (void)printf(", %s locked", subjects[i]);
        }
    }
    (void)printf("\n");
}

static enum cli_exit run_on(const struct cli_arguments *arguments, const struct records *records,
                            const char *number, const char *masked)
{
    const enum jumin_station_action action = action_of(arguments->command);
    struct jumin_application application = {0};
    struct jumin_decision decision;
    struct jumin_action_form form;
    if (!take_form(arguments, &form)) {
        return CLI_USAGE;
    }
    enum jumin_error error = jumin_station_act(records->station, action, number, &form, &decision);
    const bool done = error == JUMIN_OK, json = cli_has(arguments, "json");
    if (done) {
        error = jumin_station_application(records->station, number, &application);
    }
    if (json && (error == JUMIN_OK || error == JUMIN_ERROR_RULES)) {
        json_t *answer = decision.count > 0 ? policy_decision_json(&decision) : json_object();
        if (done) {
            answer_json(records, action, &application, masked, answer);
        }
        records_print_json(answer);
    } else if (error == JUMIN_OK) {
        answer_text(records, action, &application, masked);
    } else if (error == JUMIN_ERROR_RULES) {
        policy_show_decision(&decision);
    }
    return records_end(arguments, records->station, error);
}

// The card had bound the phone, which had fetched nothing yet.
static bool has_none(const struct records *records, const char *number)
{
    struct jumin_credential credential;
    return jumin_station_credential(records->station, number, &credential) == JUMIN_ERROR_NO_SUCH_FILE;
}

// --phone: the credential alone, which is on it. Else the holder's card, by the credential's number.
static enum cli_exit run_on_credential(const struct cli_arguments *arguments, const struct records *records,
                                       const char *number, enum jumin_subject subject)
{
    const bool loss = action_of(arguments->command) == JUMIN_ACTION_REPORT_LOSS;
    struct jumin_decision decision = {0};
    struct jumin_action_form form;
    if (!take_form(arguments, &form)) {
        return CLI_USAGE;
    }
    const enum jumin_error error =
        loss ? jumin_station_report_loss(records->station, number, subject, form.reason)
             : jumin_station_unlock(records->station, number, &form, &decision);
    if (error == JUMIN_OK && loss && has_none(records, number)) {
        if (cli_has(arguments, "json")) {
            records_print_json(json_pack("{s:n}", "credential"));
        } else {
            (void)puts("What the phone has begun has ended.");
        }
        return CLI_OK;
    }
    if (error == JUMIN_OK) {
        return credential_show(arguments, records, number);
    }
    if (error == JUMIN_ERROR_RULES && cli_has(arguments, "json")) {
        records_print_json(policy_decision_json(&decision));
    } else if (error == JUMIN_ERROR_RULES) {
        policy_show_decision(&decision);
    }
    return records_end(arguments, records->station, error);
}

static enum cli_exit run_action(const struct cli_arguments *arguments)
{
    struct records records = {0};
    char found[JUMIN_APPLICATION_NUMBER], masked[JUMIN_MASKED_NUMBER];
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records)) {
        records_keep_up(&records);
        const char *number = find_number(arguments, &records, found, masked);
        if (number != NULL) {
            const bool phone = cli_has(arguments, "phone");
            const bool by_credential =
                number[0] == 'M' && action_of(arguments->command) == JUMIN_ACTION_REPORT_LOSS;
            result = phone || by_credential
                         ? run_on_credential(arguments, &records, number,
                                             phone ? JUMIN_SUBJECT_CREDENTIAL : JUMIN_SUBJECT_CARD)
                         : run_on(arguments, &records, number, masked);
        }
    }
    records_close(&records);
    return result;
}

// --- Commands ----------------------------------------------------------------------------------------------------

#define ACTION_OPTIONS                                                                                       \
    {"reason", "TEXT", "stands in the audit trail; nothing personal"}, RECORDS_OPTIONS,                      \
        {"json", NULL, "answer in JSON"}
#define PROOF_OPTION                                                                                         \
    {"proof", "HOW", "how the holder was identified: counter (face to face) or card (the card and its PIN)"}
#define HOLDER_OPTION                                                                                        \
    {"registration-number-file", "FILE",                                                                     \
     "holds the holder's registration number in its first line, instead of NUMBER; - is standard "           \
     "input"}

static const struct cli_option action_options[] = {ACTION_OPTIONS};
static const struct cli_option handover_options[] = {
    PROOF_OPTION,
    {"paid", "WON", "what is paid only now, beside what was paid before; 0 unless given"},
    ACTION_OPTIONS};
static const struct cli_option loss_options[] = {
    {"phone", NULL, "the phone, not the card: the mobile credential is suspended, the card stays valid"},
    {"card", NULL, "the card, as without either"},
    HOLDER_OPTION,
    ACTION_OPTIONS};
static const struct cli_option give_back_options[] = {HOLDER_OPTION, ACTION_OPTIONS};
static const struct cli_option restore_options[] = {
    PROOF_OPTION,
    {"phone", NULL, "the phone, not the card: the mobile credential is valid again"},
    HOLDER_OPTION,
    ACTION_OPTIONS};

#define COUNT(options) options, .option_count = sizeof(options) / sizeof *(options)

const struct cli_command station_approve_command = {
    .name = "station approve",
    .summary = "Approve an application",
    .operands = "NUMBER",
    .options = COUNT(action_options),
    .notes = "Takes the role approve.",
    .check = check_action,
    .run = run_action,
};

const struct cli_command station_handover_command = {
    .name = "station handover",
    .summary = "Hand the card over to its holder, where the rules allow it",
    .operands = "NUMBER",
    .options = COUNT(handover_options),
    .notes =
        "The scheme's rules decide: the fee is paid, the card was read back and is valid, no other one is, "
        "and the holder is\n"
        "identified face to face. Where one is not met all are told, and nothing is noted, no payment "
        "either. "
        "Takes the role\n"
        "intake.",
    .check = check_action,
    .run = run_action,
};

const struct cli_command station_spoil_command = {
    .name = "station spoil",
    .summary = "Note that a card is spoiled; another one can be produced",
    .operands = "NUMBER",
    .options = COUNT(action_options),
    .notes = "Takes the role produce.",
    .check = check_action,
    .run = run_action,
};

const struct cli_command station_cancel_command = {
    .name = "station cancel",
    .summary = "Cancel an application that has no card",
    .operands = "NUMBER",
    .options = COUNT(action_options),
    .notes = "Takes the role intake.",
    .check = check_action,
    .run = run_action,
};

const struct cli_command station_refund_command = {
    .name = "station refund",
    .summary = "Pay back all that was paid for a cancelled application, once",
    .operands = "NUMBER",
    .options = COUNT(action_options),
    .notes = "Takes the role intake.",
    .check = check_action,
    .run = run_action,
};

const struct cli_command station_report_loss_command = {
    .name = "station report-loss",
    .summary = "Note that a card was reported lost, and say what that locks",
    .operands = "[NUMBER]",
    .options = COUNT(loss_options),
    .notes =
        "By the number of the application or of the mobile credential. Who does not know it is found by the "
        "registration\n"
        "number, which is shown with stars. Takes the role intake.",
    .check = check_action,
    .run = run_action,
};

const struct cli_command station_restore_command = {
    .name = "station restore",
    .summary = "Unlock a lost card that was found again, where the rules allow it",
    .operands = "[NUMBER]",
    .options = COUNT(restore_options),
    .notes = "The scheme's rules decide: the holder is identified, the card is valid, and no other one has "
             "replaced it.\n"
             "Takes the role intake.",
    .check = check_action,
    .run = run_action,
};

const struct cli_command station_give_back_command = {
    .name = "station give-back",
    .summary = "Take a card back from its holder, who may then apply for another one",
    .operands = "[NUMBER]",
    .options = COUNT(give_back_options),
    .notes = "A card that was given back is never handed over again. Takes the role intake.",
    .check = check_action,
    .run = run_action,
};
