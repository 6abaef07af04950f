// Person files, and names to be romanized: what is accepted has an MRZ that reads back with right check
// digits (9303-3 §4.9).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/perso/lds_make.h"
#include "host/reader/lds.h"

enum { INPUT_MAX = 4096 };

static void check_romanization(const uint8_t *bytes, size_t n)
{
    static char text[INPUT_MAX + 1];
    char romanized[PERSON_ROMANIZED_MAX];
    memcpy(text, bytes, n);
    text[n] = '\0';
    if (romanize(text, romanized, sizeof romanized)) {
        require(romanized[strspn(romanized, "ABCDEFGHIJKLMNOPQRSTUVWXYZ -")] == '\0');
    }
}

static void check_person(const struct person *person)
{
    char text[TD1_LENGTH];
    struct jumin_mrz mrz;
    const char *why = NULL;
    require(strcmp(person->birth_date, person->issue_date) <= 0);
    require(strcmp(person->issue_date, person->expiry_date) < 0);
    if (mrz_make(person, text)) {
        require(mrz_parse(span_of(text, sizeof text), &mrz, &why) && mrz.wrong_check_digits == 0);
        require(strcmp(mrz.document_number, person->document_number) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct person person;
    char detail[PERSON_DETAIL_MAX] = "";
    if (n > INPUT_MAX) {
        return 0;
    }
    check_romanization(bytes, n);
    if (person_parse(span_of(bytes, n), &person, detail) == JUMIN_OK) {
        check_person(&person);
    } else {
        require(detail[0] != '\0' && person.document_number[0] == '\0');
    }
    return 0;
}
