// The DGI streams of STORE DATA: files as they are, secrets under the DEK.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_STREAMS_H
#define JUMIN_HOST_PERSO_STREAMS_H

#include "card/wire/cvc.h"
#include "card/wire/scp03.h"
#include "host/perso/order.h"

// The files of the eMRTD application.
void put_emrtd_stream(struct writer *w, const struct jumin_order *order);
// The files of the eID application.
void put_eid_stream(struct writer *w, const struct jumin_order *order);
// The files of the MF, its passwords, the generation key and the trust points. `keys`: those of the open
// channel; `trust_points`: by terminal type; `today`: the day of the personalization. False: a secret cannot
// be protected.
bool put_mf_stream(struct writer *w, const struct jumin_order *order, const struct scp03_keys *keys,
                   const struct crypto_ec_key *generation_key,
                   const struct order_bytes trust_points[TERMINAL_TYPES + 1], cvc_date today);

#endif
