// What the issuer's server tells of the registry: the signed head, proofs, and the issuer's DID document.
// SPDX-License-Identifier: Apache-2.0
//
//     GET /registry/head?known=SIZE          {"size": …, "head": token}, and how it has grown out of a head
//                                            over that many entries (may be left out): "from", "consistency"
//     GET /registry/proof/DIGEST?known=SIZE  a proof file for the last entry about that SHA-256, in 64
//                                            hexadecimal digits; `known` as above
//     GET /registry/entries/KIND             what it holds of that kind, but not of status lists:
//                                            {"entries": [{"index", "name", "sha256"} …]}
//     GET /.well-known/did.json              where the base URL has no path
//     GET /PATH/did.json                     where it has one of a single part
//     GET /schema/vct                        type metadata of the vct (SD-JWT VC), which is a URN and says no
//                                            place of its own
//     GET /schema/doctype                    the same of the docType
#ifndef JUMIN_HOST_REGISTRY_ROUTES_H
#define JUMIN_HOST_REGISTRY_ROUTES_H

#include "host/http/http.h"
#include <jumin/registry.h>

enum { REGISTRY_SCHEMAS = 4 };

struct registry_schema {
    const char *path; // "vct", "doctype"
    const char *name; // which it is of
    char *json;
};

struct registry_service {
    struct jumin_registry *const *registries; // with their keys, one for each worker of the server
    size_t count;
    // Whether it does not answer, as somebody else knows who asks it: then no worker waits for it. NULL:
    // nobody knows.
    bool (*is_away)(void *context);
    void *context;
    const char *did_path; // did_web_path of the base URL
    const char *did;      // the document; NULL: there is none
    struct registry_schema schemas[REGISTRY_SCHEMAS];
    size_t schema_count;
};

// Nothing is copied: `service` must outlive the server.
struct http_routes registry_routes(struct registry_service *service);

#endif
