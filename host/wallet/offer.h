// A credential offer as a wallet reads it (OpenID4VCI 1.0 §4), and the issuer's metadata (§12.2, RFC 8414).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_WALLET_OFFER_H
#define JUMIN_HOST_WALLET_OFFER_H

#include "host/wallet/exchange.h"

enum { OFFER_CONFIGURATIONS = 16, OFFER_TEXT_MAX = 16384 };

// Wiped by its owner: the code is a secret.
struct offer {
    char issuer[WALLET_URL]; // without a slash at its end
    char server[WALLET_URL]; // authorization_server of the grant; "": the issuer's first
    char code[WALLET_TOKEN];
    char configurations[OFFER_CONFIGURATIONS][JUMIN_WALLET_TEXT];
    size_t count;
    bool tx_code, tx_code_numeric;
    unsigned tx_code_length;
    char tx_code_hint[JUMIN_WALLET_TEXT];
};

// By value, or fetched from where the URI says. JUMIN_ERROR_INPUT: no offer; JUMIN_ERROR_NOT_SUPPORTED:
// without a pre-authorized code; JUMIN_ERROR_ACCESS_DENIED: the issuer says why it has no such offer.
enum jumin_error offer_take(struct wallet_exchange *exchange, const char *text, struct offer *offer);
// From JSON that has come another way.
enum jumin_error offer_parse(struct wallet_exchange *exchange, const json_t *json, struct offer *offer);

// One of what an issuer can issue, and a wallet can keep.
struct offer_configuration {
    enum jumin_wallet_format format;
    char format_name[32];
    char type[JUMIN_WALLET_TEXT], name[JUMIN_WALLET_TEXT];
    bool final;    // it says so of itself, see metadata.c
    bool attested; // proofs take a key attestation
};
// The issuer's metadata: `*json` is the caller's. Members of `issuer` that concern the authorization server
// are filled in by metadata_take_server.
enum jumin_error metadata_take(struct wallet_exchange *exchange, const char *identifier,
                               struct wallet_issuer *issuer, json_t **json);
// `wanted`: the server that the offer names; "": any.
enum jumin_error metadata_take_server(struct wallet_exchange *exchange, const json_t *metadata,
                                      const char *wanted, struct wallet_issuer *issuer);
// False: there is no such configuration, or none that is known here.
bool metadata_configuration(const json_t *metadata, const char *id, struct offer_configuration *found);

#endif
