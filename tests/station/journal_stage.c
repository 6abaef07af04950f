// Applications that are being written.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/journal_stage.h"

struct workplace workplace, other_workplace;

void expect_from(const struct jumin_station *who, enum jumin_error error, enum jumin_error wanted,
                 const char *says)
{
    if (error != wanted || strstr(jumin_station_detail(who), says) == NULL) {
        fail_msg("%s: \"%s\" does not say %s", jumin_error_name(error), jumin_station_detail(who), says);
    }
}

void expect(enum jumin_error error, enum jumin_error wanted, const char *says)
{
    expect_from(station, error, wanted, says);
}

struct jumin_station *connect_as(const char *officer)
{
    struct jumin_station *other = NULL;
    assert_int_equal(station_connect(&other, 0, 0), JUMIN_OK);
    station_login(other, officer);
    return other;
}

struct jumin_order *prepare(struct jumin_station *who, const char *number)
{
    char taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    expect_from(who, jumin_station_prepare(who, number, &order, taken), JUMIN_OK, "");
    return order;
}

enum jumin_error write_card(struct jumin_station *who, struct workplace *place, const char *number,
                            struct jumin_order *order)
{
    return jumin_station_issue(who, place->perso, number, order, NULL);
}

bool stop_at(void *context, enum jumin_perso_step step, size_t done, size_t total)
{
    (void)done;
    (void)total;
    return step != *(const enum jumin_perso_step *)context;
}

void write_until(enum jumin_perso_step step, const char *number)
{
    struct jumin_order *order = prepare(station, number);
    (void)jumin_perso_set_progress(workplace.perso, stop_at, &step);
    assert_int_equal(write_card(station, &workplace, number, order), JUMIN_ERROR_CANCELLED);
    (void)jumin_perso_set_progress(workplace.perso, NULL, NULL);
    jumin_order_free(order);
}

unsigned start(char number[JUMIN_APPLICATION_NUMBER])
{
    const unsigned card = production_blank_card();
    production_approved("resident", number);
    station_login(station, "produce");
    workplace_open(&workplace, card);
    return card;
}
