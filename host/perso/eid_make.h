// Making the data groups of the eID application (TR-03110-4 §2.2, TR-03110-3 §E).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_EID_MAKE_H
#define JUMIN_HOST_PERSO_EID_MAKE_H

#include "card/wire/eid.h"
#include "host/perso/person.h"

// The field of a person file that a group is made of. NULL: every person has what it needs, or there is no
// such group.
const char *eid_group_field(unsigned group);
// Whether the person has it.
bool eid_has_group(const struct person *person, unsigned group);
// Writes the whole group. Of what terminals may write, the text is empty when the person has none; of the
// others nothing is written then.
void put_eid_group(struct writer *w, const struct person *person, unsigned group);

#endif
