// A card that answers what a test wants, and a reader that reads it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/lying_card.h"

#include <stdlib.h>

const struct span nothing = {NULL, 0};

struct issued_card *new_card(issued_card_lie *lie)
{
    struct issued_card *card = malloc(sizeof *card);
    assert_non_null(card);
    issued_card_start(card, &document_usual, 3000, 1);
    card->lie = lie;
    return card;
}

void free_card(struct issued_card *card)
{
    issued_card_stop(card);
    free(card);
}

enum jumin_error read_mapping(struct issued_card *card, enum jumin_pace_mapping mapping,
                              struct jumin_document **document, char detail[256])
{
    struct jumin_reader *reader = issued_card_reader(card);
    const struct jumin_pace_protocol demanded = {.mapping = mapping};
    assert_int_equal(jumin_reader_set_pace(reader, &demanded), JUMIN_OK);
    const enum jumin_error error = jumin_reader_read(reader, document);
    strncpy(detail, jumin_reader_detail(reader), 255);
    detail[255] = '\0';
    jumin_reader_free(reader);
    return error;
}

void assert_read_fails_with(issued_card_lie *lie, enum jumin_pace_mapping mapping, enum jumin_error error)
{
    struct issued_card *card = new_card(lie);
    struct jumin_document *document = NULL;
    char detail[256];
    const enum jumin_error got = read_mapping(card, mapping, &document, detail);
    if (got != error || document != NULL || detail[0] == '\0') {
        fail_msg("%s, not %s: %s", jumin_error_name(got), jumin_error_name(error), detail);
    }
    free_card(card);
}

void assert_read_fails(issued_card_lie *lie, enum jumin_error error)
{
    assert_read_fails_with(lie, JUMIN_PACE_GM, error);
}

void assert_read_works(issued_card_lie *lie)
{
    struct issued_card *card = new_card(lie);
    struct jumin_document *document = NULL;
    char detail[256];
    const enum jumin_error error = read_mapping(card, JUMIN_PACE_GM, &document, detail);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), detail);
    }
    assert_genuine(card, document);
    assert_int_not_equal(card->lies, 0);
    jumin_document_free(document);
    free_card(card);
}

bool protected_command(const struct apdu_command *command)
{
    return (command->cla & CLA_SM_HEADER_AUTHENTICATED) == CLA_SM_HEADER_AUTHENTICATED;
}

bool reads(const struct apdu_command *command, uint8_t p1)
{
    return command->ins == INS_READ_BINARY && command->p1 == p1 && protected_command(command);
}

bool reads_card_access(const struct apdu_command *command)
{
    return command->ins == INS_READ_BINARY && command->p1 == 0x9C;
}
