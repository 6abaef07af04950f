// A data group of the eID application from a card: texts end inside their room, and what can be written comes
// back the same (TR-03110-4 §2.2.3.1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/wire/eid.h"
#include "host/reader/eid_value.h"

#include <stdlib.h>

static void require_text(const char *text, size_t room)
{
    require(text != NULL && strlen(text) < room);
}

static void require_parts(const struct jumin_eid_value *value, size_t room)
{
    require(value->count <= JUMIN_EID_PLACES_MAX);
    for (size_t i = 0; value->kind == JUMIN_EID_PLACE && i < value->count; i++) {
        const struct jumin_eid_place *place = &value->places[i];
        const char *const texts[] = {place->street,  place->city,    place->state,
                                     place->country, place->zipcode, place->text};
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
            require_text(texts[k], room);
        }
    }
    for (size_t i = 0; value->kind == JUMIN_EID_OPTIONAL && i < value->count; i++) {
        require_text(value->optional[i].identifier, room);
        require_text(value->optional[i].text, room);
    }
}

// What is put together from a value says the same again.
static void require_round_trip(unsigned group, const struct jumin_eid_value *value)
{
    static uint8_t file[16384], room[4 * sizeof file + 64];
    struct writer w = writer_of(file, sizeof file), arena = writer_of(room, sizeof room);
    struct jumin_eid_value again;
    const char *why = NULL;
    if (!eid_value_put(&w, group, value, &why)) {
        require(why[0] != '\0');
        return;
    }
    require(eid_value_parse(group, writer_span(&w), &arena, &again, &why));
    require(again.count == value->count && again.kind == value->kind);
    require(value->kind != JUMIN_EID_TEXT || value->n > 0 || strcmp(again.text, value->text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct jumin_eid_value value;
    const char *why = NULL;
    if (n == 0 || n > EID_FILE_MAX) {
        return 0;
    }
    const unsigned group = (unsigned)(bytes[0] - 0x60) & 0x1F;
    const size_t room = eid_value_arena(n);
    uint8_t *memory = malloc(room);
    require(memory != NULL);
    struct writer arena = writer_of(memory, room);
    if (!eid_value_parse(group, span_of(bytes, n), &arena, &value, &why)) {
        require(why != NULL && value.count == 0 && value.text == NULL);
        free(memory);
        return 0;
    }
    require(!arena.overflow && value.file == bytes && value.file_length == n);
    if (value.kind == JUMIN_EID_TEXT || value.kind == JUMIN_EID_DATE) {
        require_text(value.text, room);
    }
    require_parts(&value, room);
    require_round_trip(group, &value);
    free(memory);
    return 0;
}
