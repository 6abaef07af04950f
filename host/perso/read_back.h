// Reading a card back through the public reader and comparing it with its order.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_READ_BACK_H
#define JUMIN_HOST_PERSO_READ_BACK_H

#include "host/perso/order.h"
#include "host/perso/security_domain.h"
#include <jumin/document.h>
#include <jumin/terminal.h>

enum { READ_BACK_DETAIL_MAX = 256 };

// Whether a card that trusts `trust_point`, a CVCA's certificate, will take those of `terminal` today, where
// the eID application is to be read: a card that was locked and refuses them could not be read back any more.
// JUMIN_ERROR_NOT_VALID_NOW, JUMIN_ERROR_SIGNER_UNKNOWN: it will not, and `detail` says what to do.
enum jumin_error read_back_check_terminal(const struct jumin_order *order, struct jumin_terminal *terminal,
                                          struct span trust_point, int64_t now,
                                          char detail[READ_BACK_DETAIL_MAX]);

// Taps the card with the order's CAN, compares every file that the CAN opens byte by byte and verifies card
// and document against the issuer's CSCA and CRL, chip and active authentication included. The eID
// application is read by `terminal`, and not compared where that is NULL. `progress` counts bytes of files.
enum jumin_error read_back(struct jumin_transport *transport, const struct jumin_order *order,
                           const struct jumin_pki *pki, struct jumin_terminal *terminal, int64_t now,
                           security_domain_progress *progress, void *context,
                           char detail[READ_BACK_DETAIL_MAX]);

// The longest command data field that a card takes, from DO 7F66 of EF.ATR/INFO (ISO 7816-4 §12.1.1);
// `otherwise` when it does not say.
size_t read_back_command_max(const struct jumin_document *document, size_t otherwise);

#endif
