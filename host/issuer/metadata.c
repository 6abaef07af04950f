// What the issuer says of itself: OpenID4VCI 1.0 §12.2, and RFC 8414 for its authorization server.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/issuer_internal.h"

#include "host/mobile/resident_claims.h"

#include <stdio.h>

// RFC 9053 §2.1, RFC 9864 §2.1: clients tell by the numbers that this is no draft.
enum { COSE_NUMBER_ES256 = -7, COSE_NUMBER_ESP256 = -9 };

static json_t *url(const struct issuer *issuer, const char *path)
{
    return json_sprintf("%s%s", issuer->options.base_url, path);
}

// What attestations must say at least; {}: anything.
static json_t *attestations(const struct issuer *issuer)
{
    json_t *wanted = json_object();
    if (issuer->options.key_storage != NULL) {
        (void)json_object_set_new(wanted, "key_storage", attack_potential_from(issuer->options.key_storage));
    }
    if (issuer->options.user_authentication != NULL) {
        (void)json_object_set_new(wanted, "user_authentication",
                                  attack_potential_from(issuer->options.user_authentication));
    }
    return wanted;
}

static json_t *proof_types(const struct issuer *issuer)
{
    json_t *types = json_pack("{s:{s:[s]}}", "jwt", "proof_signing_alg_values_supported", "ES256");
    if (issuer->options.wallets != NULL) {
        (void)json_object_set_new(types, "attestation",
                                  json_pack("{s:[s], s:o}", "proof_signing_alg_values_supported", "ES256",
                                            "key_attestations_required", attestations(issuer)));
    }
    if (issuer->options.attestation_required) {
        (void)json_object_set_new(json_object_get(types, "jwt"), "key_attestations_required",
                                  attestations(issuer));
    }
    return types;
}

static json_t *configuration(const struct issuer *issuer, bool mdoc)
{
    json_t *made = json_pack("{s:s, s:s, s:[s], s:o, s:{s:[{s:s, s:s}, {s:s, s:s}]}}", "format",
                             mdoc ? "mso_mdoc" : "dc+sd-jwt", mdoc ? "doctype" : "vct",
                             mdoc ? RESIDENT_DOC_TYPE : RESIDENT_VCT,
                             "cryptographic_binding_methods_supported", mdoc ? "cose_key" : "jwk",
                             "proof_types_supported", proof_types(issuer), "credential_metadata", "display",
                             "name", "Resident card", "locale", "en", "name", "주민등록증", "locale", "ko");
    (void)json_object_set_new(made, "credential_signing_alg_values_supported",
                              mdoc ? json_pack("[i, i]", COSE_NUMBER_ES256, COSE_NUMBER_ESP256)
                                   : json_pack("[s]", "ES256"));
    return made;
}

json_t *issuer_metadata(const struct issuer *issuer)
{
    return json_pack("{s:s, s:[s], s:o, s:o, s:o, s:o, s:{s:i}, s:[{s:s, s:s}], s:{s:o, s:o}}",
                     "credential_issuer", issuer->options.base_url, "authorization_servers",
                     issuer->options.base_url, "credential_endpoint", url(issuer, "/credential"),
                     "nonce_endpoint", url(issuer, "/nonce"), "deferred_credential_endpoint",
                     url(issuer, "/deferred"), "notification_endpoint", url(issuer, "/notification"),
                     "batch_credential_issuance", "batch_size", (int)issuer->options.batch, "display", "name",
                     "jumin", "locale", "en", "credential_configurations_supported", ISSUER_MDOC,
                     configuration(issuer, true), ISSUER_SD_JWT, configuration(issuer, false));
}

json_t *issuer_server_metadata(const struct issuer *issuer)
{
    return json_pack("{s:s, s:o, s:[], s:[s, s], s:[s], s:[s], s:b}", "issuer", issuer->options.base_url,
                     "token_endpoint", url(issuer, "/token"), "response_types_supported",
                     "grant_types_supported", ISSUER_PRE_AUTHORIZED, "refresh_token",
                     "token_endpoint_auth_methods_supported", "none", "dpop_signing_alg_values_supported",
                     "ES256", "pre-authorized_grant_anonymous_access_supported", 1);
}
