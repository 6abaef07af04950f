// Terminal Authentication as the terminal runs it, both versions (TR-03110-2 §3.3).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_TERMINAL_AUTHENTICATION_H
#define JUMIN_HOST_READER_TERMINAL_AUTHENTICATION_H

#include "host/reader/reader_internal.h"
#include "host/reader/terminal.h"

// What goes into the signature, but for the challenge, which the card gives in between.
struct ta_run {
    unsigned version;
    struct jumin_terminal *terminal;
    struct span identifier;     // ID_PICC
    struct span compressed_key; // Comp(PK_PCD)
    struct span auxiliary_data; // version 2: the whole object 67, or empty
    rights granted;             // out: what every certificate that was presented has
};

// With the trust points in reader->authorities: presents the chain, then signs the card's challenge.
enum jumin_error reader_terminal_authentication(struct jumin_reader *reader, struct ta_run *run);

#endif
