// The holder as print shows them.
// SPDX-License-Identifier: Apache-2.0
#include "host/print/holder.h"

#include "host/policy/registration_number.h"
#include <stdio.h>

enum { STARS_MAX = 4 }; // how long a long name is stays hidden

static bool is_ascii(char byte)
{
    return (uint8_t)byte < 0x80;
}

// Bytes of the character in UTF-8 at `text`; at the end 0.
static size_t character_length(const char *text)
{
    size_t n = text[0] == '\0' ? 0 : 1;
    while (n > 0 && ((uint8_t)text[n] & 0xC0) == 0x80) {
        n++;
    }
    return n;
}

void holder_name(const struct person *person, char name[HOLDER_NAME])
{
    const char *surname = person->surname_hangul;
    const size_t n = strlen(surname);
    const bool spaced = n > 0 && is_ascii(surname[n - 1]);
    (void)snprintf(name, HOLDER_NAME, "%s%s%s", surname, spaced ? " " : "", person->given_names_hangul);
}

void holder_latin_name(const struct person *person, char name[HOLDER_NAME])
{
    const char *comma = person->given_names[0] != '\0' ? ", " : "";
    (void)snprintf(name, HOLDER_NAME, "%s%s%s", person->surname, comma, person->given_names);
}

void holder_hanja_name(const struct person *person, char name[HOLDER_NAME])
{
    const char *hanja = person->name_hanja, *parting = strstr(hanja, "<<");
    name[0] = '\0';
    if (parting != NULL) {
        (void)snprintf(name, HOLDER_NAME, "%.*s%s", (int)(parting - hanja), hanja, parting + 2);
    }
}

void holder_masked_name(const struct person *person, char name[HOLDER_NAME])
{
    const char *surname = person->surname_hangul, *given = person->given_names_hangul, *last = given;
    size_t hidden = 0;
    for (const char *at = given; *at != '\0'; at += character_length(at)) {
        last = at;
        hidden++;
    }
    hidden = hidden > 1 ? hidden - 1 : 1;
    (void)snprintf(name, HOLDER_NAME, "%.*s%.*s%s", (int)character_length(surname), surname,
                   (int)(hidden < STARS_MAX ? hidden : STARS_MAX), "****", last != given ? last : "");
}

void holder_date(const char date[PERSON_DATE + 1], char text[HOLDER_DATE])
{
    (void)snprintf(text, HOLDER_DATE, "%.4s.%.2s.%.2s", date, date + 4, date + 6);
}

bool holder_is_specimen(const struct jumin_order *order)
{
    struct registration_number number;
    const bool real = order->has_person &&
                      registration_number_parse(order->person.registration_number, false, &number) == NULL;
    crypto_wipe(&number, sizeof number);
    return !real;
}
