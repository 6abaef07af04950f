// DCQL, the Digital Credentials Query Language: what a verifier asks for, and which credentials answer it
// (OpenID4VP 1.0 §6, §7).
// SPDX-License-Identifier: Apache-2.0
//
// The same code chooses what a wallet shows and checks what a verifier got. Sets of queries and of claims are
// bits, in the order in which the request lists them.
#ifndef JUMIN_HOST_MOBILE_DCQL_H
#define JUMIN_HOST_MOBILE_DCQL_H

#include "host/mobile/issuer_signed.h"
#include "host/mobile/resident_claims.h"
#include "host/mobile/sd_jwt_vc.h"

enum {
    DCQL_CREDENTIALS_MAX = 8, // a query that has more of anything is refused
    DCQL_CLAIMS_MAX = 32,
    DCQL_CLAIM_SETS_MAX = 16,
    DCQL_SETS_MAX = 8,
    DCQL_OPTIONS_MAX = 16,
    DCQL_ID_MAX = 63,
};

enum dcql_format { DCQL_MDOC, DCQL_SD_JWT, DCQL_OTHER }; // mso_mdoc, dc+sd-jwt, one that no credential has

struct dcql_claim {
    const char *id;       // NULL: none
    const json_t *path;   // names, indexes, and null for every item; of an mdoc: namespace and identifier
    const json_t *values; // array of what it may be; NULL: anything
    bool retain;          // intent_to_retain
};

// A Credential Query (§6.1).
struct dcql_credential {
    const char *id;
    enum dcql_format format;
    bool multiple;
    bool binding;              // a proof of the holder's key is asked for
    const char *doc_type;      // of an mdoc
    const json_t *vct_values;  // of an SD-JWT VC
    const json_t *authorities; // trusted_authorities; NULL: any
    struct dcql_claim claims[DCQL_CLAIMS_MAX];
    size_t claim_count; // 0: nothing that can be left out
    uint32_t claim_sets[DCQL_CLAIM_SETS_MAX];
    size_t claim_set_count; // 0: all claims
};

// A Credential Set Query (§6.2).
struct dcql_set {
    uint32_t options[DCQL_OPTIONS_MAX]; // bits of credential queries
    size_t count;
    bool required;
};

// Large: not for small stacks. Released by dcql_release.
struct dcql_query {
    json_t *json; // all texts are borrowed from it
    struct dcql_credential credentials[DCQL_CREDENTIALS_MAX];
    size_t count;
    struct dcql_set sets[DCQL_SETS_MAX];
    size_t set_count; // 0: all credentials
};

// Takes a query apart; `json` is kept by a reference. Members that the standard does not know are passed
// over. JUMIN_ERROR_MALFORMED, with a sentence each; NOT_SUPPORTED: too many of something. On error nothing
// is to be released.
enum jumin_error dcql_read(json_t *json, struct dcql_query *query, struct detail *detail);
void dcql_release(struct dcql_query *query);

// --- Matching -----------------------------------------------------------------------------------------------

// A credential as a wallet has it, or a presentation as a verifier has got it. Borrowed.
struct dcql_held {
    const struct issuer_signed *mdoc; // parsed; or
    const struct sd_jwt_vc *sd_jwt;   // read and checked: its claims are in place
};

// Whether the credential answers the query: format, type, authority and claims (§6.4.1). `*claims`: bits of
// the claims to be shown, those of the first claim set that it can answer; `why` (may be NULL): what is
// missing, in words.
bool dcql_match(const struct dcql_credential *query, const struct dcql_held *held, uint32_t *claims,
                struct detail *why);
// Whether one claim is there, with one of the values asked for.
bool dcql_claim_matches(const struct dcql_claim *claim, const struct dcql_held *held);
// Namespace and identifier of a claim of an mdoc, borrowed from the query.
struct mdoc_element_name dcql_element(const struct dcql_claim *claim);
// §7.1: the values that a path leads to in `claims`, as a new array of the caller's; NULL: none, or the path
// does not fit.
json_t *dcql_select(const json_t *claims, const json_t *path);

// Which credential queries to answer, of those in `available` (bits): all, or of each required set the first
// option there is (§6.4.2). Sets that are not required are not answered: what need not be shown is not.
// False: the query cannot be answered, and nothing may be shown.
bool dcql_choose(const struct dcql_query *query, uint32_t available, uint32_t *chosen);
// Whether just these queries may be answered: all, or of each set one option and of sets that are not
// required one or none. A verifier refuses everything else: too little, and too much.
bool dcql_is_answer(const struct dcql_query *query, uint32_t answered);
// The credential query with that id; NULL: none.
const struct dcql_credential *dcql_find(const struct dcql_query *query, const char *id);

// --- Making -------------------------------------------------------------------------------------------------

// What a purpose asks of a resident's credential, in one of the formats, the mdoc first: a new object of the
// caller's. `year`: as of resident_purpose_ask. `formats`: bits, 1 << DCQL_MDOC and so on; 0: either. NULL:
// no single purpose, no such year or format, or no memory.
json_t *dcql_for_purpose(enum jumin_purpose purpose, unsigned year, unsigned formats);

#endif
