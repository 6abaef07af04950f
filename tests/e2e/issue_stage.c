// A station that issues one card.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/issue_stage.h"
#include <stdio.h>

struct issue_stage station;

int issue_stage_open(void **state)
{
    (void)state;
    card_link_start(&station.link, 1);
    station.transport = card_link_open(&station.link);
    station.pki = specimen_pki(JUMIN_CURVE_P256);
    station.order = specimen_order();
    station.perso = specimen_perso(station.transport, station.pki);
    return 0;
}

int issue_stage_close(void **state)
{
    (void)state;
    jumin_perso_free(station.perso);
    jumin_order_free(station.order);
    jumin_pki_free(station.pki);
    jumin_transport_free(station.transport);
    card_link_stop(&station.link);
    return 0;
}

void next_card(uint8_t serial)
{
    jumin_transport_disconnect(station.transport);
    card_link_stop(&station.link);
    card_link_start(&station.link, serial);
    jumin_order_free(station.order);
    station.order = specimen_order();
}

void set_changed_profile(const char *name, const char *from, const char *to)
{
    char text[4096];
    const char *shipped = jumin_profile_text(name);
    const char *at = strstr(shipped, from);
    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - shipped), shipped, to, at + strlen(from));
    assert_int_equal(jumin_order_set_profile(station.order, text, strlen(text)), JUMIN_OK);
}

void set_profile(const char *name)
{
    set_changed_profile(name, "", "");
}

void expect_issued(void)
{
    const enum jumin_error error = jumin_perso_issue(station.perso, station.order, SPECIMEN_NOW);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_perso_detail(station.perso));
    }
}

void expect_refused(enum jumin_error wanted, const char *named)
{
    card_link_count_from_here(&station.link, 0, false);
    assert_int_equal(jumin_perso_issue(station.perso, station.order, SPECIMEN_NOW), wanted);
    if (strstr(jumin_perso_detail(station.perso), named) == NULL) {
        fail_msg("\"%s\" does not name %s", jumin_perso_detail(station.perso), named);
    }
    assert_int_equal(station.link.commands, 0); // the card was not touched
}
