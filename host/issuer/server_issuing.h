// The part of the server that issues: signers, issuer, status lists and registry behind their routes.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_SERVER_ISSUING_H
#define JUMIN_HOST_ISSUER_SERVER_ISSUING_H

#include "host/detail.h"
#include "host/http/http.h"
#include <jumin/server.h>

struct issuing;

enum { ISSUING_TABLES = 3 };

// Loads the signers, publishes the status lists and begins to keep them so. `workers`: of the server;
// `binds`: whether phones are bound to cards. JUMIN_ERROR_RULES  the scheme asks for the holder's face after
// a tap, and nothing says which wallets are
//                    believed
enum jumin_error issuing_start(struct issuing **issuing, const struct jumin_server_issuing *options,
                               unsigned workers, bool binds, struct detail *detail);
// Ends its thread; no request is under way. NULL is allowed.
void issuing_stop(struct issuing *issuing);
// Returns how many tables there are.
size_t issuing_tables(struct issuing *issuing, struct http_routes tables[ISSUING_TABLES]);
// A card has bound a phone: the answer names the binding in the header Jumin-Session, which the phone sends
// to /provision; or is a refusal, where the card is none that counts here.
void issuing_bound(struct issuing *issuing, const struct http_request *request,
                   const struct jumin_binding *binding, struct http_response *response);
// Whether the wallets' providers vouch for a device key that is to be bound: where attestation is required,
// or there is one. False: `why`, a sentence. From any thread.
bool issuing_attested(const struct issuing *issuing, const uint8_t key[JUMIN_DEVICE_KEY],
                      struct span attestation, char why[JUMIN_ATTESTATION_WHY]);
// For /health and /metrics.
bool issuing_is_well(const struct issuing *issuing, char why[128]);
void issuing_metrics(const struct issuing *issuing, struct writer *text);

#endif
