// What the issuer's server tells of the registry: the signed head, proofs, and the issuer's DID document.
// SPDX-License-Identifier: Apache-2.0
//
//     GET /registry/head                     {"size": …, "head": token}
//     GET /registry/proof/DIGEST?known=SIZE  a proof file for the last entry about the content with that
//     SHA-256, in
//                                            64 hexadecimal digits, from a head over that many entries (may
//                                            be left out)
//     GET /.well-known/did.json              where the base URL has no path
//     GET /PATH/did.json                     where it has one of a single part
#ifndef JUMIN_HOST_REGISTRY_ROUTES_H
#define JUMIN_HOST_REGISTRY_ROUTES_H

#include "host/http/http.h"
#include <jumin/registry.h>

struct registry_service {
    struct jumin_registry *const *registries; // with their keys, one for each worker of the server
    size_t count;
    const char *did_path; // did_web_path of the base URL
    const char *did;      // the document; NULL: there is none
};

// Nothing is copied: `service` must outlive the server.
struct http_routes registry_routes(struct registry_service *service);

#endif
