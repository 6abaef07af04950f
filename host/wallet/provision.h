// How a credential comes to the wallet: token, copies, and what is told to the issuer afterwards.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_WALLET_PROVISION_H
#define JUMIN_HOST_WALLET_PROVISION_H

#include "host/mobile/sd_jwt_vc.h"
#include "host/wallet/offer.h"

// --- token.c -----------------------------------------------------------------------------------------------------

// Redeems the code of an offer (§6); `*answer` is what the token's end has answered, of the caller's
// (authorization_details).
enum jumin_error token_redeem(struct wallet_exchange *exchange, const struct wallet_issuer *issuer,
                              const struct offer *offer, const char *tx_code, struct wallet_grant *grant,
                              json_t **answer);
// Another access token by the refresh token (RFC 6749 §6), for all credentials of that grant; saved.
enum jumin_error token_refresh(struct wallet_exchange *exchange, struct wallet_credential *credential);
// Posts with the access token, which is renewed before where it has expired, and once where the server does
// not take it. Takes `body`.
enum jumin_error token_post(struct wallet_exchange *exchange, struct wallet_credential *credential,
                            const char *url, json_t *body, struct exchange_answer *answer);

// --- request.c ---------------------------------------------------------------------------------------------------

// Asks for a batch of copies with new keys, which take the place of the present ones; or for the one that was
// deferred. Saved. JUMIN_OK with `credential->deferred` set: the issuer wants time.
enum jumin_error request_copies(struct wallet_exchange *exchange, struct wallet_credential *credential);
// Tells the issuer what became of the last batch (§11), where it wants to know. Failures are no failure.
void request_notify(struct wallet_exchange *exchange, struct wallet_credential *credential,
                    const char *event);

// --- receive.c ---------------------------------------------------------------------------------------------------

// Checks a credential as it came and makes a copy of it, with that one of `keys` that it names: signature,
// chain, times, type. A resident's must be by an issuer of a trust list that has not expired; of others the
// list decides whether they are called trusted. Sets what the credential says in `credential`.
enum jumin_error receive_copy(struct wallet_exchange *exchange, struct wallet_credential *credential,
                              const char *text, const struct wallet_key *keys, size_t key_count,
                              struct wallet_copy *copy);
bool receive_is_residents(const char *type);
// Whether the wallet has a trust list to know issuers by. JUMIN_ERROR_SIGNER_UNKNOWN, with the reason: none,
// or one that has expired.
enum jumin_error receive_can_know(const struct jumin_wallet *wallet, int64_t now, struct detail *detail);
// Whether an issuer of the trust list has signed what is kept, as of now.
bool receive_is_trusted(struct jumin_wallet *wallet, const struct wallet_credential *credential, int64_t now);
// receive_batch.c: JUMIN_ERROR_MALFORMED: copies differ by more than times, key, salts and status.
enum jumin_error receive_copies_agree(struct wallet_exchange *exchange,
                                      const struct wallet_credential *credential,
                                      const struct wallet_copy *copies, size_t count);
// Takes apart an SD-JWT VC as sd_jwt_vc_read does; where the issuer calls the format vc+sd-jwt, as drafts do,
// the token may do so, too.
enum jumin_error receive_read_sd_jwt(struct span text, const char *format_name, struct sd_jwt_vc *vc,
                                     struct detail *detail);

// --- provision.c -------------------------------------------------------------------------------------------------

enum jumin_error provision_offer(struct wallet_exchange *exchange, const struct offer *offer,
                                 const char *tx_code);

// --- status.c ----------------------------------------------------------------------------------------------------

// What the status list says of the credential, by its first copy; saved. Without trust list or status nothing
// is asked. Errors: the list is not to be had, not good, or older than the one before, and those of
// wallet_save; nothing has changed.
enum jumin_error status_ask(struct wallet_exchange *exchange, struct wallet_credential *credential);
// Before a credential is shown: asks as above where what is known is older than the list's ttl. Without a
// network, or where no good list is to be had, what is known stands. JUMIN_ERROR_FILE, _MEMORY: nothing has
// changed.
enum jumin_error status_look(struct jumin_wallet *wallet, struct wallet_credential *credential, int64_t now);

#endif
