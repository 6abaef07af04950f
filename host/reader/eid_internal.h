// The inside of a session in the eID application.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_EID_INTERNAL_H
#define JUMIN_HOST_READER_EID_INTERNAL_H

#include "card/wire/eid.h"
#include "host/reader/reader_internal.h"
#include <jumin/eid.h>

enum { EID_IDENTIFIERS = 2, EID_AUXILIARY_MAX = 256 };

// One data group that was read.
struct eid_group_state {
    struct document_file file;
    uint8_t *arena; // behind the value's texts
    size_t arena_length;
};

// A key for Restricted Identification, as EF.CardSecurity announces it.
struct eid_identification {
    bool known;
    uint8_t key_id;
};

struct jumin_eid {
    struct jumin_reader *reader;
    unsigned connection; // the reader's, when the session began
    rights granted;
    bool brought[JUMIN_EID_MUNICIPALITY + 1]; // what the questions ask, in auxiliary data
    struct eid_identification identifications[EID_IDENTIFIERS];
    struct eid_group_state groups[EID_GROUPS + 1];
};

// Before each command: whether the session is still there. Clears the detail.
enum jumin_error eid_check(struct jumin_eid *eid);
// JUMIN_ERROR_NOT_AUTHORIZED without any one of `needed`.
enum jumin_error eid_need(struct jumin_eid *eid, rights needed, const char *what);
// One command named `name`; `answer` may be NULL. A refusal for want of rights is
// JUMIN_ERROR_NOT_AUTHORIZED.
enum jumin_error eid_command(struct jumin_eid *eid, const char *name, const struct apdu_command *command,
                             struct span *answer);

#endif
