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

// disclosure_dcql.c: the element's namespace and name. False: too long.
bool disclosure_put_path(const struct disclosure_document *document, const json_t *path,
                         struct disclosure_element *element);

// --- disclosure_beyond.c -----------------------------------------------------------------------------------------

// Which disclosures show the claims at `paths`. False: one of these is not there. `sd` is open, here and
// below.
bool disclosure_select(const struct sd_jwt *sd, const json_t *paths, bool selected[SD_JWT_DISCLOSURES_MAX]);
// What they show: {"asked": [[value, …], …], "beyond": [[path, value], …]}, the latter without being asked
// for. New, personal; NULL: a claim is not there, or no memory.
json_t *disclosure_shown(const struct sd_jwt *sd, const json_t *paths);
// The elements of `document->shows` that were not asked for. JUMIN_ERROR_MALFORMED: a name is too long.
enum jumin_error disclosure_add_beyond(struct disclosure_document *document, struct detail *detail);

#endif
