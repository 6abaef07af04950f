// The stage of the tests over PC/SC.
// SPDX-License-Identifier: Apache-2.0
#include "tests/pcsc/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int stage_main(int argc, char **argv, int (*run_all)(void))
{
    const bool ordinary = argc > 1 && strcmp(argv[1], "--ordinary") == 0;
    if (ordinary && geteuid() == 0) {
        pcscd_become_ordinary(argv);
        return EXIT_FAILURE;
    }
    const char *reason = "";
    if (!pcscd_isolate(&reason)) {
        fprintf(stderr, "skipped: %s\n", reason);
        return STAGE_SKIPPED;
    }
    return run_all();
}

int stage_set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    *state = stage;
    if (stage == NULL || !pcscd_start(&stage->pcscd, STAGE_READERS, 0) ||
        jumin_pcsc_new(&stage->pcsc) != JUMIN_OK) {
        return 1;
    }
    return 0;
}

int stage_tear_down(void **state)
{
    struct stage *stage = *state;
    jumin_transport_free(stage->transport);
    jumin_pcsc_free(stage->pcsc);
    pcscd_stop(&stage->pcscd);
    free(stage);
    return 0;
}

static const char *reader_name(unsigned reader)
{
    return reader == 0 ? READER_0 : READER_1;
}

struct fake_card *stage_insert(unsigned reader)
{
    char path[PCSCD_PATH_MAX];
    pcscd_socket(reader, path);
    struct fake_card *card = fake_card_insert(path);
    assert_non_null(card);
    return card;
}

struct fake_card *stage_insert_and_connect(struct stage *stage, unsigned reader, enum jumin_pcsc_mode mode)
{
    struct fake_card *card = stage_insert(reader);
    const char *name = reader_name(reader);
    assert_int_equal(jumin_pcsc_wait_card(stage->pcsc, name, STAGE_PATIENCE_MS, NULL, 0), JUMIN_OK);
    assert_int_equal(jumin_pcsc_open(stage->pcsc, name, mode, &stage->transport), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(stage->transport), JUMIN_OK);
    return card;
}

void stage_clear(struct stage *stage, unsigned reader, struct fake_card *card)
{
    jumin_transport_free(stage->transport);
    stage->transport = NULL;
    fake_card_remove(card);
    assert_int_equal(jumin_pcsc_wait_removal(stage->pcsc, reader_name(reader), STAGE_PATIENCE_MS), JUMIN_OK);
}

enum jumin_error stage_command(struct stage *stage, uint8_t ins, uint8_t p1, uint8_t p2)
{
    const uint8_t command[] = {0x00, ins, p1, p2};
    return jumin_transport_transmit(stage->transport, command, sizeof command, stage->response,
                                    sizeof stage->response, &stage->length);
}
