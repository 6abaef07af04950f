// Data groups of the eID application, for people and for programs.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_EID_SHOW_H
#define JUMIN_TOOLS_EID_SHOW_H

#include <jansson.h>
#include <jumin/eid.h>

// One line, more for several places.
void eid_show_value(unsigned group, const struct jumin_eid_value *value);
// What the card answered where it gave nothing: its status word.
void eid_show_refusal(unsigned group, const char *status);
// A string, an object or an array; the caller's.
json_t *eid_json_value(const struct jumin_eid_value *value);

#endif
