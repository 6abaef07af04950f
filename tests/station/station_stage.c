// A station on an empty database, with officers and a clock that tests set.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include "card/crypto/crypto.h"
#include "host/calendar.h"
#include "host/pki/private_key.h"
#include "host/station/station_internal.h"
#include <stdio.h>

struct jumin_station *station;
struct jumin_policy *station_policy;
struct span station_photo;
int64_t station_clock;
unsigned station_wait_seconds;
bool (*station_waiting)(void *context, unsigned seconds);
void (*station_during_login)(void);

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
bool __real_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n);
bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n);

bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n)
{
    void (*meanwhile)(void) = station_during_login;
    assert_true(iterations >= PRIVATE_KEY_ITERATIONS / 3);
    station_during_login = NULL;
    if (meanwhile != NULL) {
        meanwhile();
    }
    return __real_crypto_pbkdf2(hash, passphrase, salt, 1, key, n);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static int64_t tell_time(void *context)
{
    (void)context;
    return station_clock;
}

enum jumin_error station_connect(struct jumin_station **other, uint8_t data, uint8_t audit)
{
    uint8_t data_key[JUMIN_MASTER_KEY] = {1}, audit_key[JUMIN_MASTER_KEY] = {2};
    data_key[1] = data;
    audit_key[1] = audit;
    const struct jumin_station_options options = {.database = stage_url,
                                                  .data_key = data_key,
                                                  .audit_key = audit_key,
                                                  .policy = station_policy,
                                                  .clock = tell_time,
                                                  .wait_seconds = station_wait_seconds,
                                                  .waiting = station_waiting};
    return jumin_station_open(other, &options);
}

void station_login(struct jumin_station *who, const char *name)
{
    assert_int_equal(jumin_station_login(who, name, PASSPHRASE), JUMIN_OK);
}

int station_stage_open(void **state)
{
    static const struct {
        const char *name;
        unsigned roles;
    } officers[] = {{"root", JUMIN_ROLE_AUDIT},
                    {"intake", JUMIN_ROLE_INTAKE},
                    {"approve", JUMIN_ROLE_APPROVE},
                    {"produce", JUMIN_ROLE_PRODUCE}};
    if (stage_open(state) != 0) {
        return -1;
    }
    station_clock = STATION_NOW;
    station_photo = span_of(NULL, 0);
    station_wait_seconds = 0;
    station_waiting = NULL;
    assert_int_equal(jumin_policy_new(&station_policy), JUMIN_OK);
    assert_int_equal(station_connect(&station, 0, 0), JUMIN_OK);
    for (size_t i = 0; i < sizeof officers / sizeof officers[0]; i++) {
        assert_int_equal(jumin_station_set_officer(station, officers[i].name, officers[i].roles, PASSPHRASE),
                         JUMIN_OK);
        station_login(station, "root");
    }
    return 0;
}

int station_stage_close(void **state)
{
    jumin_station_close(station);
    station = NULL;
    jumin_policy_free(station_policy);
    return stage_close(state);
}

const char *station_person_born(const char *birth_date, unsigned person)
{
    static char json[1024];
    const int month = (birth_date[5] - '0') * 10 + birth_date[6] - '0';
    (void)snprintf(json, sizeof json,
                   "{\"surname\":{\"hangul\":\"홍\"},\"given_names\":{\"hangul\":\"길순\"},"
                   "\"birth_date\":\"%s\",\"sex\":\"F\",\"nationality\":\"KOR\","
                   "\"issuing_state\":\"KOR\",\"issuing_authority\":\"견본시장\","
                   "\"municipality_code\":\"3611010100\",\"registration_number\":\"%.2s%02d%.2s-400%04u\"}",
                   birth_date, birth_date + 2, month + 20, birth_date + 8, person);
    return json;
}

const char *station_person(unsigned person)
{
    return station_person_born("2001-03-14", person);
}

struct jumin_application_form station_form(const char *json)
{
    return (struct jumin_application_form){.person = json,
                                           .person_length = strlen(json),
                                           .profile = "key-only",
                                           .holds_card = true,
                                           .photo = station_photo.p,
                                           .photo_length = station_photo.n,
                                           .photo_date = "2026-10-01",
                                           .won_paid = 10000};
}

void station_apply(unsigned person, char number[JUMIN_APPLICATION_NUMBER])
{
    const struct jumin_application_form form = station_form(station_person(person));
    station_login(station, "intake");
    const enum jumin_error error = jumin_station_apply(station, &form, NULL, number);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_station_detail(station));
    }
}

void station_act(enum jumin_station_action action, const char *number)
{
    static const char *const by[JUMIN_STATION_ACTIONS] = {
        [JUMIN_ACTION_APPROVE] = "approve",  [JUMIN_ACTION_CANCEL] = "intake",
        [JUMIN_ACTION_REFUND] = "intake",    [JUMIN_ACTION_SPOIL] = "produce",
        [JUMIN_ACTION_HAND_OVER] = "intake", [JUMIN_ACTION_REPORT_LOSS] = "intake",
        [JUMIN_ACTION_RESTORE] = "intake",   [JUMIN_ACTION_GIVE_BACK] = "intake",
    };
    const struct jumin_action_form form = {.proof = JUMIN_PROOF_COUNTER};
    station_login(station, by[action]);
    const enum jumin_error error = jumin_station_act(station, action, number, &form, NULL);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_station_detail(station));
    }
}

enum jumin_application_state station_state(const char *number)
{
    struct jumin_application application;
    assert_int_equal(jumin_station_application(station, number, &application), JUMIN_OK);
    return application.state;
}

int64_t station_times(const char *action, const char *number)
{
    char sql[160];
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit WHERE action = '%s' AND subject = '%s'",
                   action, number);
    return stage_integer(sql);
}

static enum jumin_error note(struct jumin_station *who, const char *number, unsigned from,
                             enum jumin_application_state to, const char *action)
{
    enum jumin_error error = station_need(who, JUMIN_ROLE_PRODUCE);
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(who);
        error =
            error == JUMIN_OK ? station_end(who, application_move(who, number, from, to, action, "")) : error;
    } while (station_again(who, error));
    return error;
}

enum jumin_error station_note_written(struct jumin_station *who, const char *number)
{
    return note(who, number, 1U << JUMIN_PREPARED, JUMIN_WRITTEN, "write");
}

enum jumin_error station_note_verified(struct jumin_station *who, const char *number)
{
    return note(who, number, 1U << JUMIN_WRITTEN, JUMIN_VERIFIED, "verify");
}

void station_make_verified(unsigned person, char number[JUMIN_APPLICATION_NUMBER])
{
    char taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    station_apply(person, number);
    station_act(JUMIN_ACTION_APPROVE, number);
    station_login(station, "produce");
    assert_int_equal(jumin_station_prepare(station, number, &order, taken), JUMIN_OK);
    jumin_order_free(order);
    assert_int_equal(station_note_written(station, number), JUMIN_OK);
    assert_int_equal(station_note_verified(station, number), JUMIN_OK);
}

void station_make_handed_over(unsigned person, char number[JUMIN_APPLICATION_NUMBER])
{
    station_make_verified(person, number);
    station_act(JUMIN_ACTION_HAND_OVER, number);
}

int64_t station_midnight(const char *day)
{
    const calendar_day parsed = calendar_parse(day);
    assert_true(parsed != 0);
    return (calendar_since_1970(parsed) * 24 - 9) * 3600;
}

void station_scheme(const char *text, const char *other)
{
    char scheme[16384];
    assert_int_equal(strlen(text), strlen(other));
    assert_true(snprintf(scheme, sizeof scheme, "%s", jumin_policy_text(station_policy)) <
                (int)sizeof scheme);
    char *at = strstr(scheme, text);
    assert_non_null(at);
    memcpy(at, other, strlen(other));
    assert_int_equal(jumin_policy_set(station_policy, scheme, strlen(scheme)), JUMIN_OK);
}

bool station_fails_alone(const struct jumin_decision *decision, const char *rule)
{
    bool alone = decision->count > 0 && !decision->met;
    for (size_t i = 0; i < decision->count; i++) {
        const struct jumin_rule *one = &decision->rules[i];
        if (one->met == (strcmp(one->name, rule) == 0)) {
            print_error("%s: %s: %s\n", rule, one->name, one->english);
            alone = false;
        }
        alone = alone && one->korean[0] != '\0' && one->english[0] != '\0';
    }
    return alone;
}
