// `jumin station policy show|check`: the scheme's rules, and decisions by them.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/policy_command.h"

#include "tools/jumin/card_show.h"
#include "tools/jumin/day.h"
#include "tools/jumin/files.h"
#include "tools/jumin/terminal.h"
#include <jumin/perso.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEME_FILE_MAX = 16384, PERSON_FILE_MAX = 65536, WON_MAX = 100000000 };

struct jumin_policy *policy_open(const struct cli_arguments *arguments)
{
    const char *path = cli_value(arguments, "scheme");
    struct jumin_policy *policy = NULL;
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (path != NULL && !files_read(arguments, path, SCHEME_FILE_MAX, &bytes, &n)) {
        return NULL;
    }
    enum jumin_error error = jumin_policy_new(&policy);
    if (error == JUMIN_OK && path != NULL) {
        error = jumin_policy_set(policy, (const char *)bytes, n);
    }
    free(bytes);
    if (error != JUMIN_OK) {
        (void)cli_fail(arguments, "%s: %s%s%s", jumin_error_name(error), path != NULL ? path : "",
                       path != NULL ? ": " : "", jumin_policy_detail(policy));
        jumin_policy_free(policy);
        return NULL;
    }
    return policy;
}

// --- show --------------------------------------------------------------------------------------------------

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static void show_regions(const json_t *scheme, bool nationwide)
{
    size_t i = 0;
    const json_t *region = NULL;
    (void)printf("  regions             %s\n", nationwide ? "nationwide" : "of the pilot:");
    json_array_foreach(json_object_get(json_object_get(scheme, "regions"), "pilot"), i, region)
    {
        if (!nationwide) {
            (void)printf("    %-10s        %s, %s\n", text_of(region, "code"), text_of(region, "korean"),
                         text_of(region, "english"));
        }
    }
}

static void show_ages(const json_t *scheme)
{
    size_t i = 0;
    const json_t *age = NULL;
    json_array_foreach(json_object_get(scheme, "legal_ages"), i, age)
    {
        const bool new_year = strcmp(text_of(age, "from"), "new-year") == 0;
        (void)printf("  %-19s %d, from %s\n", text_of(age, "name"),
                     (int)json_integer_value(json_object_get(age, "years")),
                     new_year ? "1 January of that year" : "the birthday");
    }
}

static void show_lock(const struct jumin_policy *policy, const char *lost, enum jumin_subject subject)
{
    const bool card = jumin_policy_locks(policy, subject, JUMIN_SUBJECT_CARD);
    const bool credential = jumin_policy_locks(policy, subject, JUMIN_SUBJECT_CREDENTIAL);
    (void)printf("  a lost %-12s locks %s%s%s\n", lost, card ? "the card" : "",
                 card && credential ? " and " : "", credential ? "the mobile credential" : "");
}

static void show(const struct jumin_policy *policy)
{
    const struct jumin_policy_figures *figures = jumin_policy_figures(policy);
    json_t *scheme = json_loads(jumin_policy_text(policy), 0, NULL);
    (void)printf("%s: %s\n", text_of(scheme, "name"), text_of(scheme, "description"));
    show_regions(scheme, figures->nationwide);
    (void)printf("  minimum age         %u\n", figures->minimum_age);
    (void)printf("  fees                IC card %u won, the first one up to age %u: %u won; QR %u won\n",
                 figures->card_won, figures->first_card_until_age, figures->first_card_won, figures->qr_won);
    (void)printf("  photo               at most %u months old\n", figures->photo_months);
    (void)printf("  validity            card %u years, mobile credential %u years\n", figures->card_years,
                 figures->credential_years);
    (void)printf("  one-time QR         %u minutes\n", figures->qr_minutes);
    if (figures->face_at_tap) {
        (void)printf("  face after a tap    a score of %u or more, by a photo of the last %u years\n",
                     figures->face_score, figures->face_photo_years);
    } else {
        (void)printf("  face after a tap    not compared\n");
    }
    show_lock(policy, "card", JUMIN_SUBJECT_CARD);
    show_lock(policy, "phone", JUMIN_SUBJECT_CREDENTIAL);
    if (figures->lock_minutes == 0) {
        (void)printf("  after a report      locked at once\n");
    } else {
        (void)printf("  after a report      locked within %u minutes\n", figures->lock_minutes);
    }
    show_ages(scheme);
    (void)printf("  erasure             %u days after the hand-over\n", figures->erasure_days);
    (void)printf("  copies              %u a day of a mobile credential\n", figures->copies_a_day);
    (void)printf("  two-person rule     %s\n", figures->two_person ? "on" : "off");
    (void)printf("  specimen mode       %s\n", figures->specimen ? "on" : "off");
    json_decref(scheme);
}

static enum cli_exit run_show(const struct cli_arguments *arguments)
{
    struct jumin_policy *policy = policy_open(arguments);
    if (policy == NULL) {
        return CLI_FAILED;
    }
    if (cli_has(arguments, "json")) {
        (void)fputs(jumin_policy_text(policy), stdout);
    } else {
        show(policy);
    }
    jumin_policy_free(policy);
    return CLI_OK;
}

static const struct cli_option show_options[] = {
    SCHEME_OPTION,
    {"json", NULL, "as the file is written"},
};

const struct cli_command station_policy_show_command = {
    .name = "station policy show",
    .summary = "Check the scheme's rules and print them",
    .options = show_options,
    .option_count = sizeof show_options / sizeof *show_options,
    .notes = "A scheme of one's own begins as a copy: jumin station policy show --json >own.json",
    .run = run_show,
};

// --- check -------------------------------------------------------------------------------------------------

static const struct cli_option check_options[] = {
    SCHEME_OPTION,
    {"date", "YYYY-MM-DD", "the day of the decision; today in Korea unless given"},
    {"person", "FILE",
     "has birth date, sex, registration number, municipality and date of expiry (person.schema.json)"},
    {"birth-date", "YYYY-MM-DD", "in place of the person's"},
    {"registration-number", "NUMBER", "in place of the person's; for everybody to see who lists processes"},
    {"municipality", "DIGITS", "the ten digits of the registered address, in place of the person's"},
    {"holds-card", NULL, "the person holds a resident card"},
    {"first-issue", NULL, "it is the person's first resident card"},
    {"valid-card", NULL, "an IC card of the person is valid, neither reported lost nor given back"},
    {"photo-date", "YYYY-MM-DD", "when the photo was taken"},
    {"photo-outdated", NULL, "the registered photo does not show the person any more"},
    {"paid", "WON", "what was paid; 0 unless given"},
    {"applied-on", "YYYY-MM-DD",
     "the day of the application, whose fee it is; that of the decision unless given"},
    {"approved-by", "OFFICER", "who approved the application"},
    {"officer", "OFFICER", "who is about to produce the card"},
    {"verified", NULL, "the card was read back"},
    {"expiry", "YYYY-MM-DD", "of what is handed over or unlocked, in place of the person's"},
    {"proof", "WAY", "how the holder was identified: counter or card"},
    {"revoked", NULL, "what is to be unlocked is revoked"},
    {"card-lost", NULL, "the card is reported lost"},
    {"legal-age", "NAME", "which one `age` asks about; adult unless given"},
    {"json", NULL, "answer in JSON"},
};

static bool take_question(const struct cli_arguments *arguments, enum jumin_question *question)
{
    const char *name = NULL;
    for (size_t i = 0; arguments->operand_count > 0 && (name = jumin_question_name(i)) != NULL; i++) {
        if (strcmp(arguments->operands[0], name) == 0) {
            *question = (enum jumin_question)i;
            return true;
        }
    }
    return cli_misused(arguments,
                       "a question is needed: apply-card, apply-qr, produce, hand-over, unlock-card, "
                       "unlock-credential or age");
}

static bool take_proof(const struct cli_arguments *arguments, enum jumin_proof *proof)
{
    const char *way = cli_value(arguments, "proof");
    *proof = JUMIN_PROOF_NONE;
    if (way != NULL && strcmp(way, "counter") == 0) {
        *proof = JUMIN_PROOF_COUNTER;
    } else if (way != NULL && strcmp(way, "card") == 0) {
        *proof = JUMIN_PROOF_CARD;
    }
    return way == NULL || *proof != JUMIN_PROOF_NONE ||
           cli_misused(arguments, "--proof takes counter or card");
}

// What the options say; texts are those of the command line.
static bool take_facts(const struct cli_arguments *arguments, struct jumin_facts *facts)
{
    long paid = 0;
    const char *legal_age = cli_value(arguments, "legal-age");
    *facts = (struct jumin_facts){
        .birth_date = cli_value(arguments, "birth-date"),
        .registration_number = cli_value(arguments, "registration-number"),
        .municipality_code = cli_value(arguments, "municipality"),
        .holds_card = cli_has(arguments, "holds-card"),
        .first_issue = cli_has(arguments, "first-issue"),
        .valid_card = cli_has(arguments, "valid-card"),
        .photo_date = cli_value(arguments, "photo-date"),
        .photo_outdated = cli_has(arguments, "photo-outdated"),
        .applied_on = cli_value(arguments, "applied-on"),
        .approved_by = cli_value(arguments, "approved-by"),
        .officer = cli_value(arguments, "officer"),
        .verified = cli_has(arguments, "verified"),
        .expiry_date = cli_value(arguments, "expiry"),
        .revoked = cli_has(arguments, "revoked"),
        .card_lost = cli_has(arguments, "card-lost"),
        .legal_age = legal_age != NULL ? legal_age : "adult",
    };
    if (!take_proof(arguments, &facts->proof) || !cli_number(arguments, "paid", 0, WON_MAX, 0, &paid)) {
        return false;
    }
    facts->won_paid = (unsigned)paid;
    return true;
}

static bool check_check(const struct cli_arguments *arguments)
{
    static const char *const days[] = {"date", "birth-date", "photo-date", "applied-on", "expiry"};
    enum jumin_question question = JUMIN_AGE;
    struct jumin_facts facts;
    int64_t seconds = 0;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        const char *day = cli_value(arguments, days[i]);
        if (day != NULL && !day_parse(day, &seconds)) {
            return cli_misused(arguments, "--%s takes a day as 2026-11-02", days[i]);
        }
    }
    return take_question(arguments, &question) && take_facts(arguments, &facts);
}

// A person file that is sound; its texts stay with `person`, which is the caller's.
static bool load_person(const struct cli_arguments *arguments, json_t **person)
{
    const char *path = cli_value(arguments, "person");
    struct jumin_order *order = NULL;
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (path == NULL) {
        return true;
    }
    if (!files_read(arguments, path, PERSON_FILE_MAX, &bytes, &n)) {
        return false;
    }
    enum jumin_error error = jumin_order_new(&order);
    if (error == JUMIN_OK) {
        error = jumin_order_set_person(order, (const char *)bytes, n);
    }
    if (error == JUMIN_OK) {
        *person = json_loadb((const char *)bytes, n, 0, NULL);
    } else {
        (void)cli_fail(arguments, "%s: %s: %s", jumin_error_name(error), path, jumin_order_detail(order));
    }
    jumin_order_free(order);
    explicit_bzero(bytes, n);
    free(bytes);
    return error == JUMIN_OK && *person != NULL;
}

static void add_person(const json_t *person, struct jumin_facts *facts)
{
    const struct {
        const char *name;
        const char **fact;
    } texts[] = {{"birth_date", &facts->birth_date},
                 {"registration_number", &facts->registration_number},
                 {"municipality_code", &facts->municipality_code},
                 {"expiry_date", &facts->expiry_date}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (*texts[i].fact == NULL) {
            *texts[i].fact = json_string_value(json_object_get(person, texts[i].name));
        }
    }
    facts->sex = text_of(person, "sex")[0];
}

json_t *policy_decision_json(const struct jumin_decision *decision)
{
    json_t *rules = json_array();
    for (size_t i = 0; i < decision->count; i++) {
        const struct jumin_rule *rule = &decision->rules[i];
        (void)json_array_append_new(rules,
                                    json_pack("{s:s, s:b, s:s, s:s}", "rule", rule->name, "met", rule->met,
                                              "korean", rule->korean, "english", rule->english));
    }
    return json_pack("{s:b, s:o}", "met", decision->met, "rules", rules);
}

static void report_json(const char *question, const char *day, const struct jumin_decision *decision)
{
    json_t *answer = policy_decision_json(decision);
    (void)json_object_set_new(answer, "question", json_string(question));
    (void)json_object_set_new(answer, "date", json_string(day));
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}

void policy_show_decision(const struct jumin_decision *decision)
{
    for (size_t i = 0; i < decision->count; i++) {
        const struct jumin_rule *rule = &decision->rules[i];
        (void)printf("%s %-20s %s\n%*s %s\n", verdict_mark(stdout, rule->met ? JUMIN_PASSED : JUMIN_FAILED),
                     rule->name, rule->english, 29, "", rule->korean);
    }
}

static void report(const char *question, const char *day, const struct jumin_decision *decision)
{
    policy_show_decision(decision);
    (void)printf("%s on %s: %s\n", question, day, decision->met ? "yes, 가능" : "no, 불가");
}

static bool decide(const struct cli_arguments *arguments, struct jumin_policy *policy,
                   const struct jumin_facts *facts, struct jumin_decision *decision)
{
    enum jumin_question question = JUMIN_AGE;
    char day[JUMIN_DAY];
    const char *given = cli_value(arguments, "date");
    if (!take_question(arguments, &question) || (given == NULL && !day_today(day))) {
        return false;
    }
    given = given != NULL ? given : day;
    const enum jumin_error error = jumin_policy_decide(policy, question, facts, given, decision);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_policy_detail(policy));
        return false;
    }
    if (cli_has(arguments, "json")) {
        report_json(jumin_question_name(question), given, decision);
    } else {
        report(jumin_question_name(question), given, decision);
    }
    return decision->met;
}

static enum cli_exit run_check(const struct cli_arguments *arguments)
{
    struct jumin_policy *policy = policy_open(arguments);
    struct jumin_decision decision;
    struct jumin_facts facts;
    json_t *person = NULL;
    enum cli_exit result = CLI_FAILED;
    if (policy != NULL && take_facts(arguments, &facts) && load_person(arguments, &person)) {
        add_person(person, &facts);
        result = decide(arguments, policy, &facts, &decision) ? CLI_OK : CLI_FAILED;
    }
    json_decref(person);
    jumin_policy_free(policy);
    return result;
}

const struct cli_command station_policy_check_command = {
    .name = "station policy check",
    .summary = "Decide by the scheme's rules: who gets a card, who is old enough",
    .operands = "QUESTION",
    .options = check_options,
    .option_count = sizeof check_options / sizeof *check_options,
    .notes =
        "QUESTION is apply-card, apply-qr, produce, hand-over, unlock-card, unlock-credential or age. Every "
        "rule is\n"
        "told, with its reason in English and in Korean. The exit status is 0 only when all are met; nothing "
        "is\n"
        "changed.\n"
        "\n"
        "    jumin station policy check apply-card --person person.json --holds-card \\\n"
        "        --photo-date 2026-10-01 --paid 10000 --date 2026-11-02",
    .check = check_check,
    .run = run_check,
};
