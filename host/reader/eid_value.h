// Data groups of the eID application, taken apart and put together (TR-03110-4 §2.2.3.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_EID_VALUE_H
#define JUMIN_HOST_READER_EID_VALUE_H

#include "card/wire/tlv.h"
#include <jumin/eid.h>

// Bytes of texts that eid_value_parse needs at most for a file of `n` bytes.
size_t eid_value_arena(size_t n);
// Takes the group's file apart. Texts are written to `arena`, which must outlive the value, and so must the
// file. False: `*why` says what is not as it should be; then only the value's `file` is set.
bool eid_value_parse(unsigned group, struct span file, struct writer *arena, struct jumin_eid_value *value,
                     const char **why);
// Writes the whole group. False, and `*why`: the value has not what the group needs.
bool eid_value_put(struct writer *w, unsigned group, const struct jumin_eid_value *value, const char **why);

#endif
