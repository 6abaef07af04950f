// A station with simulated cards whose flash is in files, so that a card outlives the process that writes it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/production_stage.h"

#include "tests/unit/temporary_folder.h"
#include <stdio.h>
#include <unistd.h>

enum { PHOTO_MAX = 100000 };

static unsigned cards, persons;
static struct jumin_pki *pki; // one for all tests

static const char *path_of(unsigned card)
{
    return temporary_path("%u", card);
}

int production_stage_open(void **state)
{
    cards = persons = 0;
    if (station_stage_open(state) != 0) {
        return -1;
    }
    if (pki == NULL) {
        pki = specimen_pki(JUMIN_CURVE_P256);
    }
    return (int)jumin_station_set_officer(station, "other", JUMIN_ROLE_PRODUCE, PASSPHRASE);
}

// The cards lie beside the database.
int production_stage_close(void **state)
{
    for (unsigned card = 1; card <= cards; card++) {
        (void)unlink(path_of(card));
    }
    return station_stage_close(state);
}

// --- Applications and cards ------------------------------------------------------------------------------------

void production_approved(const char *profile, char number[JUMIN_APPLICATION_NUMBER])
{
    static uint8_t photo[PHOTO_MAX];
    char person[1200];
    (void)snprintf(person, sizeof person, "{\"address\":{\"city\":\"세종특별자치시\"},%s",
                   station_person(persons++) + 1);
    struct jumin_application_form form = station_form(person);
    FILE *file = fopen(SPECIMEN_FOLDER "/portrait.jpg", "rb");
    assert_non_null(file);
    form.profile = profile;
    form.photo = photo;
    form.photo_length = fread(photo, 1, sizeof photo, file);
    (void)fclose(file);
    station_login(station, "intake");
    const enum jumin_error error = jumin_station_apply(station, &form, NULL, number);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_station_detail(station));
    }
    station_act(JUMIN_ACTION_APPROVE, number);
}

unsigned production_blank_card(void)
{
    static struct card_link link;
    struct flash_file flash = {0};
    assert_int_equal(flash_file_create(&flash, path_of(++cards), CARD_LINK_PAGES), FLASH_FILE_OK);
    card_link_start_on(&link, cards, flash_file_port(&flash));
    card_reset(&link.card);
    flash_file_close(&flash);
    return cards;
}

const char *production_serial(unsigned card)
{
    static char text[JUMIN_SERIAL_TEXT];
    uint8_t serial[JUMIN_CARD_SERIAL];
    card_link_serial(card, serial);
    for (size_t i = 0; i < JUMIN_CARD_SERIAL; i++) {
        (void)snprintf(text + 2 * i, 3, "%02X", serial[i]);
    }
    return text;
}

void production_deliver(const char *delivery, unsigned first, unsigned last)
{
    static char list[32768];
    size_t n = 0, count = 0;
    for (unsigned card = first; card <= last; card++) {
        n += (size_t)snprintf(list + n, sizeof list - n, "%s\n", production_serial(card));
        assert_true(n < sizeof list);
    }
    station_login(station, "produce");
    const enum jumin_error error = jumin_station_receive(station, delivery, list, n, &count);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_station_detail(station));
    }
    assert_int_equal(count, last - first + 1);
}

// --- Writing ---------------------------------------------------------------------------------------------------

static void lay_down(struct workplace *place, unsigned card)
{
    static uint64_t random = 1000;
    assert_int_equal(flash_file_open(&place->flash, path_of(card)), FLASH_FILE_OK);
    card_link_resume_on(&place->link, random++, flash_file_port(&place->flash));
}

void workplace_open(struct workplace *place, unsigned card)
{
    memset(place, 0, sizeof *place);
    lay_down(place, card);
    place->transport = card_link_open(&place->link);
    place->perso = specimen_perso(place->transport, pki);
}

void workplace_change_card(struct workplace *place, unsigned card)
{
    jumin_transport_disconnect(place->transport);
    flash_file_close(&place->flash);
    lay_down(place, card);
}

void workplace_close(struct workplace *place)
{
    jumin_perso_free(place->perso);
    jumin_transport_free(place->transport);
    flash_file_close(&place->flash);
}

static bool count_letter(void *context, const char *number, const struct jumin_order *order)
{
    unsigned *count = context;
    ++*count;
    return number[0] != '\0' && jumin_order_pin(order)[0] != '\0' && jumin_order_puk(order)[0] != '\0';
}

struct jumin_station_letter production_letters(unsigned *count)
{
    return (struct jumin_station_letter){count_letter, count};
}

enum jumin_error production_issue(struct jumin_station *who, struct workplace *place, const char *number,
                                  unsigned *letters)
{
    struct jumin_order *order = NULL;
    char taken[JUMIN_APPLICATION_NUMBER];
    const struct jumin_station_letter letter = production_letters(letters);
    enum jumin_error error = jumin_station_prepare(who, number, &order, taken);
    if (error == JUMIN_OK) {
        error = jumin_station_issue(who, place->perso, taken, order, letters != NULL ? &letter : NULL);
    }
    jumin_order_free(order);
    return error;
}

// --- What came of it -------------------------------------------------------------------------------------------

struct sums {
    uint64_t received, cards[JUMIN_CARD_STATES];
};

static bool add_up(void *context, const struct jumin_stock *stock)
{
    struct sums *sums = context;
    uint64_t sum = 0;
    for (int state = 0; state < JUMIN_CARD_STATES; state++) {
        sum += stock->cards[state];
        sums->cards[state] += stock->cards[state];
    }
    assert_int_equal(sum, stock->received);
    sums->received += sum;
    return true;
}

uint64_t production_cards(enum jumin_card_state state)
{
    struct sums sums = {0};
    station_login(station, "produce");
    assert_int_equal(jumin_station_stock(station, add_up, &sums), JUMIN_OK);
    assert_int_equal(sums.received, (uint64_t)stage_integer("SELECT COUNT(*) FROM card"));
    return sums.cards[state];
}

void production_document_number(const char *number, char document_number[JUMIN_DOCUMENT_NUMBER])
{
    struct jumin_application application;
    assert_int_equal(jumin_station_application(station, number, &application), JUMIN_OK);
    (void)snprintf(document_number, JUMIN_DOCUMENT_NUMBER, "%s", application.document_number);
}

struct found {
    const char *number;
    unsigned issued;
};

static bool find_cards(void *context, const struct jumin_card_record *card)
{
    struct found *found = context;
    found->issued += card->state == JUMIN_CARD_ISSUED && strcmp(card->application, found->number) == 0;
    return true;
}

void production_expect_issued(const char *number, const char *document_number)
{
    char now[JUMIN_DOCUMENT_NUMBER], sql[128];
    struct found found = {number, 0};
    station_login(station, "produce");
    assert_int_equal(station_state(number), JUMIN_VERIFIED);
    production_document_number(number, now);
    assert_string_equal(now, document_number);
    assert_int_equal(jumin_station_cards(station, find_cards, &found), JUMIN_OK);
    assert_int_equal(found.issued, 1);
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM journal WHERE application = '%s'", number);
    assert_int_equal(stage_integer(sql), 0);
    (void)production_cards(JUMIN_CARD_ISSUED);
    station_login(station, "root");
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_OK);
}
