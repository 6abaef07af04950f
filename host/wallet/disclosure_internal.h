// What the plans of both kinds of request share.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_WALLET_DISCLOSURE_INTERNAL_H
#define JUMIN_HOST_WALLET_DISCLOSURE_INTERNAL_H

#include "host/mobile/x5chain.h"
#include "host/wallet/disclosure.h"

// Whom the venue's certificate names, or why it is not to be believed.
void disclosure_check_venue(const struct jumin_wallet *wallet, const struct x5chain *chain, int64_t now,
                            struct disclosure_venue *venue);
// Why no venue can be checked at all; NULL: it can.
const char *disclosure_no_trust(const struct jumin_wallet *wallet, int64_t now);
// A usable credential of that format and type; where there is none the document is refused with the reason.
struct wallet_credential *disclosure_choose(struct jumin_wallet *wallet, int64_t now,
                                            struct disclosure_document *document);
// The calendar year in Korea: the one that `adult` may be asked for.
unsigned disclosure_year(int64_t now);
// One more element; NULL: no memory.
struct disclosure_element *disclosure_add(struct disclosure_document *document);
__attribute__((format(printf, 2, 3))) void disclosure_refuse_document(struct disclosure_document *document,
                                                                      const char *format, ...);
// Purposes and what follows from them, once all documents and elements are there; and whether the whole is
// refused.
void disclosure_judge(struct disclosure_plan *plan, int64_t now);

#endif
