// The inside of struct jumin_perso, and the steps of writing a card.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_PERSO_INTERNAL_H
#define JUMIN_HOST_PERSO_PERSO_INTERNAL_H

#include "host/perso/master_key.h"
#include "host/perso/order.h"
#include "host/perso/security_domain.h"

enum { PERSO_DETAIL_MAX = 512 };

struct jumin_perso {
    struct jumin_transport *transport;
    const struct jumin_pki *pki;
    const struct jumin_master_key *transport_key, *issuer_key;
    enum jumin_error key_error; // why the keys of a card could not be derived, with its reason
    struct detail key_detail;
    struct order_bytes trust_points[TERMINAL_TYPES + 1]; // by terminal type; empty: not given
    struct jumin_terminal *terminal;                     // reads the eID application back; owned; NULL: none
    jumin_perso_progress *progress;
    void *progress_context;
    struct jumin_perso_journal journal;
    struct jumin_order *order; // that is being written
    char detail[PERSO_DETAIL_MAX];
    struct security_domain domain;
    struct order_points points; // of the keys that the chip has made
    enum jumin_perso_step step;
};

// Says which step failed and why; returns `error`.
enum jumin_error perso_fail(struct jumin_perso *perso, enum jumin_error error, const char *why);
// Passes on what the security domain has said.
enum jumin_error perso_domain_result(struct jumin_perso *perso, enum jumin_error error);
// Progress within a step; false: the caller wants to stop.
bool perso_tell(void *perso, size_t done, size_t total);
enum jumin_error perso_begin(struct jumin_perso *perso, enum jumin_perso_step step);

// Everything from the secure channel to the lock. The transport is connected, `perso->order` set.
enum jumin_error perso_write_card(struct jumin_perso *perso, int64_t now);
// The answer to the lock may have been lost: makes sure that it was carried out.
enum jumin_error perso_finish_lock(struct jumin_perso *perso);

#endif
