// What is checked of a credential before it is kept.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/provision.h"

#include "host/mobile/base64url.h"
#include "host/mobile/issuer_signed.h"
#include "host/mobile/mdoc_chain.h"
#include "host/mobile/resident_claims.h"
#include "host/pki/x509.h"

#include <stdio.h>
#include <stdlib.h>

enum { LEEWAY = 60, CREDENTIAL_MAX = 1 << 20 };

static enum jumin_error say(const struct wallet_exchange *exchange, enum jumin_error error, const char *why)
{
    return detail_set(&exchange->wallet->detail, error, "%s", why);
}

bool receive_is_residents(const char *type)
{
    return strcmp(type, RESIDENT_DOC_TYPE) == 0 || strcmp(type, RESIDENT_VCT) == 0;
}

enum jumin_error receive_can_know(const struct jumin_wallet *wallet, int64_t now, struct detail *detail)
{
    const struct jumin_trust *roots = wallet->trust.roots[TRUST_LIST_ISSUERS];
    if (roots == NULL || jumin_trust_certificates(roots) == 0) {
        return detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN,
                          "the wallet has no trust list to know the issuer by: give it one first");
    }
    return now < wallet->trust.expires
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN,
                            "the wallet's trust list has expired: give it another first");
}

// --- Who has signed --------------------------------------------------------------------------------------------

struct signer_check {
    struct wallet_exchange *exchange;
    struct wallet_credential *credential;
    enum x5chain_role role;
    struct crypto_ec_key key;
    struct x5chain_signer signer; // its point, curve, times and name
};

// Nobody vouches for it: the key is what the certificate says.
static enum jumin_error take_stranger(struct signer_check *check, struct span der)
{
    struct x5chain_signer *signer = &check->signer;
    struct x509_certificate certificate;
    const char *why = "";
    if (!x509_parse(der, &certificate, &why) || certificate.key.kind != PUBLIC_KEY_EC ||
        certificate.key.point.n > sizeof signer->point) {
        return say(check->exchange, JUMIN_ERROR_CERTIFICATE,
                   "the signer's certificate is none that is known here");
    }
    *signer = (struct x5chain_signer){.curve = certificate.key.curve,
                                      .point_length = certificate.key.point.n,
                                      .not_before = certificate.not_before,
                                      .not_after = certificate.not_after};
    memcpy(signer->point, certificate.key.point.p, certificate.key.point.n);
    return JUMIN_OK;
}

// A root counts for the types only that the trust list names for it: another issuer's is no resident card's.
static enum jumin_error check_roots(const struct jumin_wallet *wallet, enum x5chain_role role,
                                    const char *type, const struct span *chain, size_t count, int64_t now,
                                    struct x5chain_signer *signer, struct detail *detail)
{
    struct x5chain given = {.count = 0};
    const struct x5chain_rules rules = {
        .role = role, .roots = wallet->trust.roots[TRUST_LIST_ISSUERS], .now = now};
    enum jumin_error error = receive_can_know(wallet, now, detail);
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        if (!x5chain_add(&given, chain[i])) {
            error = detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the signer's chain is too long");
        }
    }
    error = error == JUMIN_OK ? x5chain_check(&given, &rules, signer, detail) : error;
    if (error == JUMIN_OK && !trust_list_vouches(&wallet->trust, signer->root, span_of(type, strlen(type)))) {
        error = detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN,
                           "the signer's root is trusted, but not for this type");
    }
    return error;
}

static enum jumin_error check_chain(struct signer_check *check, const struct span *chain, size_t count)
{
    struct detail detail = {{0}};
    const enum jumin_error error = check_roots(check->exchange->wallet, check->role, check->credential->type,
                                               chain, count, check->exchange->now, &check->signer, &detail);
    check->credential->trusted = error == JUMIN_OK;
    if (error == JUMIN_OK || error == JUMIN_ERROR_MEMORY) {
        return error;
    }
    if (error == JUMIN_ERROR_REVOKED || receive_is_residents(check->credential->type)) {
        return detail_set(&check->exchange->wallet->detail, error, "the issuer is not trusted: %s",
                          detail.text);
    }
    return count > 0
               ? take_stranger(check, chain[0])
               : say(check->exchange, JUMIN_ERROR_SIGNER_UNKNOWN, "the credential does not name its signer");
}

static void take_signer(struct signer_check *check)
{
    const struct x5chain_signer *signer = &check->signer;
    (void)snprintf(check->credential->signer, sizeof check->credential->signer, "%s", signer->name);
}

// --- mdoc --------------------------------------------------------------------------------------------------------

static enum jumin_error mdoc_signer(void *context, const struct span *chain, size_t count, int64_t now,
                                    struct mdoc_signer *signer, struct detail *detail)
{
    struct signer_check *check = context;
    (void)now;
    (void)detail; // is the wallet's
    enum jumin_error error = check_chain(check, chain, count);
    if (error == JUMIN_OK &&
        !crypto_ec_load_public(&check->key, check->signer.curve,
                               span_of(check->signer.point, check->signer.point_length))) {
        error = say(check->exchange, JUMIN_ERROR_CERTIFICATE, "the signer's key is none");
    }
    *signer = (struct mdoc_signer){&check->key, check->signer.not_before, check->signer.not_after};
    return error;
}

static enum jumin_error check_mdoc(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                   struct span bytes, uint8_t holder[SIGNER_POINT])
{
    struct signer_check check = {.exchange = exchange, .credential = credential, .role = X5CHAIN_MDOC_SIGNER};
    // The issuer's clock may be ahead; what ends so soon is of no use.
    const struct mdoc_rules rules = {.now = exchange->now + LEEWAY, .issuer = {mdoc_signer, &check}};
    struct issuer_signed parsed;
    struct detail *detail = &exchange->wallet->detail;
    enum jumin_error error = issuer_signed_parse(bytes, &parsed, detail);
    if (error == JUMIN_OK) {
        error = issuer_signed_verify(&parsed, span_of(credential->type, strlen(credential->type)), &rules,
                                     detail);
    }
    if (error == JUMIN_OK) {
        memcpy(holder, parsed.mso.device_key, SIGNER_POINT);
        credential->issued = parsed.mso.validity.signed_at;
        credential->expires = parsed.mso.validity.valid_until;
        take_signer(&check);
    }
    crypto_ec_release(&check.key);
    return error;
}

// --- SD-JWT ------------------------------------------------------------------------------------------------------

enum jumin_error receive_read_sd_jwt(struct span text, const char *format_name, struct sd_jwt_vc *vc,
                                     struct detail *detail)
{
    static const char draft[] = "vc+sd-jwt";
    const enum jumin_error error = sd_jwt_vc_read(text, vc, detail);
    if (error != JUMIN_ERROR_MALFORMED || strcmp(format_name, draft) != 0) {
        return error;
    }
    *vc = (struct sd_jwt_vc){0};
    return sd_jwt_read(text, draft, &vc->sd, detail);
}

static enum jumin_error check_sd_jwt(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                     struct span text, uint8_t holder[SIGNER_POINT])
{
    struct signer_check check = {
        .exchange = exchange, .credential = credential, .role = X5CHAIN_SD_JWT_ISSUER};
    struct detail *detail = &exchange->wallet->detail;
    struct sd_jwt_vc vc;
    enum jumin_error error = receive_read_sd_jwt(text, credential->format_name, &vc, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = check_chain(&check, vc.sd.issued.chain, vc.sd.issued.chain_count);
    if (error == JUMIN_OK && check.signer.point_length != SIGNER_POINT) {
        error = say(exchange, JUMIN_ERROR_CERTIFICATE, "the signer's key is not of P-256");
    }
    if (error == JUMIN_OK) {
        error = sd_jwt_vc_check(&vc, check.signer.point, exchange->now, LEEWAY, detail);
    }
    if (error == JUMIN_OK && strcmp(vc.vct, credential->type) != 0) {
        error = say(exchange, JUMIN_ERROR_MALFORMED, "the credential is of another type than was asked for");
    }
    if (error == JUMIN_OK) {
        memcpy(holder, vc.holder, SIGNER_POINT);
        credential->issued = vc.issued_at;
        credential->expires = vc.expires;
        take_signer(&check);
    }
    sd_jwt_vc_release(&vc);
    return error;
}

// --- The call --------------------------------------------------------------------------------------------------

static enum jumin_error decode(const struct wallet_exchange *exchange,
                               const struct wallet_credential *credential, const char *text,
                               struct wallet_copy *copy)
{
    const size_t n = strlen(text);
    copy->bytes = n <= CREDENTIAL_MAX ? malloc(n + 1) : NULL;
    if (copy->bytes == NULL) {
        return say(exchange, n <= CREDENTIAL_MAX ? JUMIN_ERROR_MEMORY : JUMIN_ERROR_TOO_LONG,
                   "the credential is too long");
    }
    struct writer w = writer_of(copy->bytes, n);
    if (credential->format == JUMIN_WALLET_SD_JWT) {
        writer_put(&w, span_of(text, n));
    } else if (!base64url_decode(span_of(text, n), &w)) {
        return say(exchange, JUMIN_ERROR_MALFORMED, "the credential is not in base64url");
    }
    copy->n = w.n;
    return JUMIN_OK;
}

static const struct wallet_key *find_key(const struct wallet_key *keys, size_t count,
                                         const uint8_t holder[SIGNER_POINT])
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(keys[i].point, holder, SIGNER_POINT) == 0) {
            return &keys[i];
        }
    }
    return NULL;
}

enum jumin_error receive_copy(struct wallet_exchange *exchange, struct wallet_credential *credential,
                              const char *text, const struct wallet_key *keys, size_t key_count,
                              struct wallet_copy *copy)
{
    uint8_t holder[SIGNER_POINT];
    *copy = (struct wallet_copy){.used = false};
    enum jumin_error error = decode(exchange, credential, text, copy);
    if (error == JUMIN_OK) {
        const struct span bytes = span_of(copy->bytes, copy->n);
        error = credential->format == JUMIN_WALLET_MDOC ? check_mdoc(exchange, credential, bytes, holder)
                                                        : check_sd_jwt(exchange, credential, bytes, holder);
    }
    const struct wallet_key *found = error == JUMIN_OK ? find_key(keys, key_count, holder) : NULL;
    if (found != NULL) {
        copy->key = *found;
        return JUMIN_OK;
    }
    if (error == JUMIN_OK) {
        error =
            say(exchange, JUMIN_ERROR_MALFORMED, "the credential is for a key that was not proven, or twice");
    }
    if (copy->bytes != NULL) {
        crypto_wipe(copy->bytes, copy->n);
    }
    free(copy->bytes);
    *copy = (struct wallet_copy){.used = false};
    return error;
}

// --- Once more, by another list ------------------------------------------------------------------------------

bool receive_is_trusted(struct jumin_wallet *wallet, const struct wallet_credential *credential, int64_t now)
{
    struct x5chain_signer signer;
    struct issuer_signed parsed;
    struct sd_jwt_vc vc;
    struct detail detail;
    if (credential->copy_count == 0) {
        return false;
    }
    const struct span bytes = span_of(credential->copies[0].bytes, credential->copies[0].n);
    if (credential->format == JUMIN_WALLET_MDOC) {
        return issuer_signed_parse(bytes, &parsed, &detail) == JUMIN_OK &&
               check_roots(wallet, X5CHAIN_MDOC_SIGNER, credential->type, parsed.signature.chain,
                           parsed.signature.chain_count, now, &signer, &detail) == JUMIN_OK;
    }
    if (receive_read_sd_jwt(bytes, credential->format_name, &vc, &detail) != JUMIN_OK) {
        return false;
    }
    const bool trusted = check_roots(wallet, X5CHAIN_SD_JWT_ISSUER, credential->type, vc.sd.issued.chain,
                                     vc.sd.issued.chain_count, now, &signer, &detail) == JUMIN_OK;
    sd_jwt_vc_release(&vc);
    return trusted;
}
