// A card with the eID application, and a terminal before it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/eid_scene.h"

struct scene scene_begin(void)
{
    struct scene scene = {.card = eid_card_new(1)};
    scene.terminal =
        eid_card_terminal(scene.card, &scene.card->chain, rights_of_type(TERMINAL_AUTHENTICATION));
    scene.reader = eid_card_reader(scene.card, JUMIN_PASSWORD_PIN);
    scene.request = eid_card_request(scene.card, scene.terminal);
    scene.card->issued.commands = 0;
    return scene;
}

void scene_end(struct scene *scene)
{
    jumin_reader_free(scene->reader);
    jumin_terminal_free(scene->terminal);
    eid_card_free(scene->card);
}

void assert_open_fails(struct scene *scene, enum jumin_error error)
{
    struct jumin_eid *eid = NULL;
    const enum jumin_error got = jumin_eid_open(&eid, scene->reader, &scene->request);
    if (got != error || eid != NULL || jumin_reader_detail(scene->reader)[0] == '\0') {
        fail_msg("%s, not %s: %s", jumin_error_name(got), jumin_error_name(error),
                 jumin_reader_detail(scene->reader));
    }
}

void assert_open_works(struct scene *scene)
{
    jumin_eid_free(eid_card_open(scene->card, scene->reader, scene->terminal));
}

void assert_lie_is_found(issued_card_lie *lie, enum jumin_error error)
{
    struct scene scene = scene_begin();
    scene.card->issued.lie = lie;
    assert_open_fails(&scene, error);
    scene.card->issued.lie = NULL;
    assert_open_works(&scene);
    scene_end(&scene);
}
