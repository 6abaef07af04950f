// A card with the eID application, a terminal before it, and the session that comes about or does not.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_E2E_EID_SCENE_H
#define JUMIN_TESTS_E2E_EID_SCENE_H

#include "tests/e2e/eid_card.h"

struct scene {
    struct eid_card *card;
    struct jumin_terminal *terminal;
    struct jumin_reader *reader;
    struct jumin_eid_request request;
};

struct scene scene_begin(void);
void scene_end(struct scene *scene);

void assert_open_fails(struct scene *scene, enum jumin_error error);
void assert_open_works(struct scene *scene);
// With the lie the session does not come about; without it, it does.
void assert_lie_is_found(issued_card_lie *lie, enum jumin_error error);

#endif
