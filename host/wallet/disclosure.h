// What a request would disclose: who asks, for what purpose, and what is shown of which credential or why
// not; the same for in-person requests (ISO 18013-5 DeviceRequest) and remote ones (OpenID4VP 1.0 DCQL).
// SPDX-License-Identifier: Apache-2.0
//
//     disclosure_of_device_request(wallet, &request, transcript, now, plan);
//     …the holder looks at `plan` and says yes or no…
//     yes: disclosure_take(wallet, plan, now, &detail); then disclosure_device_response(plan, …)
//     no:  disclosure_refuse(wallet, plan, now, "the holder said no");
//     disclosure_release(plan);
#ifndef JUMIN_HOST_WALLET_DISCLOSURE_H
#define JUMIN_HOST_WALLET_DISCLOSURE_H

#include "host/mobile/device_request.h"
#include "host/mobile/device_response.h"
#include "host/mobile/sd_jwt.h"
#include "host/wallet/wallet_internal.h"

enum {
    DISCLOSURE_NAME = 128,
    DISCLOSURE_WHY = 256,
    DISCLOSURE_QUERY = 64, // of DCQL's ids, with the end
    DISCLOSURE_DOCUMENTS_MAX = MDOC_DOCUMENTS_MAX,
};

// Who asks. An anonymous one has no certificate, or one that is not to be believed: `why` says it.
struct disclosure_venue {
    bool authenticated;
    char name[X5CHAIN_NAME_MAX], organization[X5CHAIN_NAME_MAX];
    unsigned purposes; // bits of enum jumin_purpose that its certificate names
    char why[DISCLOSURE_WHY];
};

struct disclosure_element {
    char name_space[DISCLOSURE_NAME]; // of an mdoc; "" in an SD-JWT
    char name[DISCLOSURE_NAME];       // identifier, or path with dots: "address.region"
    char *value;                      // what would be shown, readable; NULL: nothing
    bool missing;                     // the credential has it not
    bool retain;                      // the venue says that it keeps it
    bool refused;
    char why[DISCLOSURE_WHY]; // of a refusal; or that it was not asked for, and is shown with the others
};

// One credential that is asked for.
struct disclosure_document {
    char query[DISCLOSURE_QUERY]; // DCQL: id of the credential query
    enum jumin_wallet_format format;
    char type[JUMIN_WALLET_TEXT];     // docType or vct that was asked for
    char credential[JUMIN_WALLET_ID]; // of the one that would be shown; "": none
    struct disclosure_element *elements;
    size_t count;
    bool refused;
    char why[DISCLOSURE_WHY];
    // After disclosure_take:
    uint8_t *bytes; // the copy
    size_t n;
    struct wallet_key key;
    struct wallet_signer signer_context;
    struct signer signer;
    struct issuer_signed parsed;     // of an mdoc; borrows `bytes`
    struct mdoc_element_name *shown; // borrows `elements`
    size_t shown_count;
    json_t *paths; // of an SD-JWT: an array of the paths that are asked for
    json_t *shows; // of an SD-JWT: what its presentation will say (disclosure_shown)
};

// Large: not for small stacks. All zero: empty.
struct disclosure_plan {
    struct disclosure_venue venue;
    unsigned purposes; // the least set of purposes that covers what is asked of resident's credentials; 0:
                       // none does, or none of these is asked for
    struct disclosure_document documents[DISCLOSURE_DOCUMENTS_MAX];
    size_t count;
    bool refused; // nothing will be shown; documents and elements say why, and the first of it stands here
    char why[DISCLOSURE_WHY];
    bool taken;
};

// Both return JUMIN_OK with a plan, refused or not; JUMIN_ERROR_MALFORMED: no such request; _MEMORY. On error
// the plan is empty. A plan is refused as a whole when one document of it is: a venue asks for what it needs,
// or for something else.
//
// Whether a credential is locked is looked up at its status list first, where there is a network and what is
// known is older than the list's ttl; what is locked, revoked or expired refuses the plan with that reason.
//
// A resident's credential (docType and vct of resident_claims.h) is shown only to a venue whose certificate
// leads to a venues' root of the trust list, has one set of purposes that covers every element, and for
// `adult` in the present calendar year in Korea alone. Credentials of others know no purposes: what the
// holder approves is shown, and the plan says when nobody vouches for who asks. What an SD-JWT shows without
// being asked, since its issuer has left it in the open or put it into one disclosure with what is asked for,
// is among the elements, too; claims that say nothing of the holder (iss, iat, nbf, exp, vct, cnf.jwk,
// status.status_list) are not.
enum jumin_error disclosure_of_device_request(struct jumin_wallet *wallet,
                                              const struct device_request *request, struct span transcript,
                                              int64_t now, struct disclosure_plan *plan,
                                              struct detail *detail);
// `query`: dcql_query (dcql_read). `chain`: x5c of the signed request, whose signature the caller has checked
// under the first certificate; NULL: it is not signed. The chain is checked here. What is chosen to be shown
// is dcql_choose's; a query that cannot be answered refuses the plan.
enum jumin_error disclosure_of_dcql(struct jumin_wallet *wallet, const json_t *query,
                                    const struct x5chain *chain, int64_t now, struct disclosure_plan *plan,
                                    struct detail *detail);
// Whether a plan that is not refused asks for nothing but what these purposes cover of residents'
// credentials, so that a holder who has approved of them need not be asked.
bool disclosure_covered(const struct disclosure_plan *plan, unsigned purposes);
// Wipes it. All zero is allowed, and what it is afterwards.
void disclosure_release(struct disclosure_plan *plan);

// The holder has approved: takes one copy of each credential and writes to the history what is about to be
// shown, before anything is. JUMIN_ERROR_NOT_AUTHORIZED: the plan is refused; _CONFLICT: another copy says
// something else than the plan; those of wallet_take_copy. On error nothing may be shown.
enum jumin_error disclosure_take(struct jumin_wallet *wallet, struct disclosure_plan *plan, int64_t now,
                                 struct detail *detail);
// Writes the refusal to the history; `why` NULL: the plan's own reason.
enum jumin_error disclosure_refuse(struct jumin_wallet *wallet, const struct disclosure_plan *plan,
                                   int64_t now, const char *why);

// Of a plan that was taken. Appends the DeviceResponse of all its mdocs, or of the one document `only` (DCQL
// has one for each query; NULL: all). `reader_key`: for a MAC, where the key agrees; else signature. Errors
// as of device_response_make.
enum jumin_error disclosure_device_response(struct disclosure_plan *plan,
                                            const struct disclosure_document *only, struct span transcript,
                                            struct span reader_key, struct writer *w);
// Appends the presentation of one SD-JWT with its key binding ("…~…~<KB-JWT>"). JUMIN_ERROR_CONFLICT: this
// copy would show something else than the plan has told.
enum jumin_error disclosure_sd_jwt(struct disclosure_plan *plan, const struct disclosure_document *document,
                                   const struct sd_jwt_binding *binding, struct writer *w,
                                   struct detail *detail);
// The plan for people and programs: {"venue", "purposes", "documents": [...], "refused", "why"}. The
// caller's.
json_t *disclosure_json(const struct disclosure_plan *plan);

#endif
