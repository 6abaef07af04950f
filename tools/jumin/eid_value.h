// Data groups as the command line writes them: which ones, and what is to stand in them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_EID_VALUE_H
#define JUMIN_TOOLS_EID_VALUE_H

#include "tools/jumin/cli.h"
#include <jumin/eid.h>

enum { EID_TEXT_MAX = 2048 };

// A number, "DG17" or "PlaceOfResidence", `n` characters; 0: none of them.
unsigned eid_group_parse(const char *name, size_t n);
// Numbers and names, separated by commas. Bit n for data group n. False: said so on stderr, here and below.
bool eid_groups_parse(const struct cli_arguments *arguments, const char *list, uint32_t *groups);

// GROUP=VALUE. What the value borrows lies in `text`, or on the heap where it is a file's.
struct eid_write {
    unsigned group;
    struct jumin_eid_value value;
    char text[EID_TEXT_MAX];
    const char *file; // VALUE is @FILE
};
bool eid_write_parse(const struct cli_arguments *arguments, const char *given, struct eid_write *write);

#endif
