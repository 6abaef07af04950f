// DG11 from a card: texts end inside their room (9303-10 §4.7.11).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/reader/lds.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t room[4096];
    struct writer arena = writer_of(room, sizeof room);
    struct jumin_person person;
    const char *why = NULL;
    if (!lds_dg11_parse(span_of(bytes, n), &arena, &person, &why)) {
        require(why != NULL);
        return 0;
    }
    require(!arena.overflow);
    require(strlen(person.full_name) < sizeof room && strlen(person.address) < sizeof room);
    require(person.other_name_count <= sizeof person.other_names / sizeof *person.other_names);
    for (size_t i = 0; i < person.other_name_count; i++) {
        require(strlen(person.other_names[i]) < sizeof room);
    }
    return 0;
}
