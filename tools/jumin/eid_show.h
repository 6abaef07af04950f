// Data groups of the eID application, for people and for programs.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_EID_SHOW_H
#define JUMIN_TOOLS_EID_SHOW_H

#include <jansson.h>
#include <jumin/eid.h>

// One line, more for several places. A registration number (DG12) loses its last six digits unless it is
// asked for `unmasked`, here and below: what is printed is copied on.
void eid_show_value(unsigned group, const struct jumin_eid_value *value, bool unmasked);
// What the card answered where it gave nothing: its status word.
void eid_show_refusal(unsigned group, const char *status);
// A string, an object or an array; the caller's.
json_t *eid_json_value(const struct jumin_eid_value *value, bool unmasked);

#endif
