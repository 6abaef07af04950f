// What the tests of presentations over the network share: a venue with its certificate, a resident's
// credential in both formats, and requests with one thing changed.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_VP_STAGE_H
#define JUMIN_TESTS_MOBILE_VP_STAGE_H

#include "tests/mobile/jose_stage.h"
#include "tests/mobile/x5chain_stage.h"

#include "host/mobile/vp_response.h"

#define VENUE_HOST "shop.jumin.example"
#define RESPONSE_URI "https://shop.jumin.example/response/1"
#define REQUEST_NONCE "n-0S6_WzA2Mj~nonce"
#define REQUEST_STATE "state-1"
#define REQUEST_KEY_ID "key-1"

struct vp_stage {
    struct jumin_trust *venues, *issuers;
    struct stage_holder venue_root, venue, iaca, mdoc_signer, sd_jwt_issuer;
    struct signer venue_signer;
    struct span venue_chain;
    char client_id[VP_TEXT_MAX]; // x509_hash of the venue
    struct jose_party holder, other, recipient;
    uint8_t mdoc_bytes[8192], sd_jwt_bytes[8192];
    struct issuer_signed mdoc;
    struct sd_jwt_vc sd_jwt;
    struct dcql_held held_mdoc, held_sd_jwt;
};
extern struct vp_stage stage;

// For cmocka: the stage for the whole group.
int vp_stage_open(void **state);
int vp_stage_close(void **state);

// A query in JSON, with ' for ".
json_t *vp_json(const char *text);
// The claims of a request for that query; the caller changes them and gives them to vp_sign.
json_t *vp_request_claims(const char *query);
// Signs by the venue with its certificate, and releases the claims. The next call uses the buffer again.
struct span vp_sign(json_t *claims);
struct span vp_sign_as(const char *type, const struct signer *signer, const struct span *chain,
                       json_t *claims);
struct vp_request_rules vp_rules(void);
// The request for a query, read. Borrows the buffer of vp_sign.
void vp_request_for(const char *query, struct vp_request *request);

#endif
