// Selective disclosure for JSON Web Tokens: made, shown in part, and checked (RFC 9901).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_SD_JWT_H
#define JUMIN_HOST_MOBILE_SD_JWT_H

#include "host/mobile/jws.h"

#define SD_JWT_BINDING_TYPE "kb+jwt" // §4.3

enum {
    SD_JWT_SALT = 16,             // bytes (RFC 9901 §9.3)
    SD_JWT_DIGEST_TEXT = 43,      // SHA-256 in base64url
    SD_JWT_DISCLOSURES_MAX = 256, // of one token that is read
    SD_JWT_DEPTH_MAX = 16,        // objects and arrays within one another
    SD_JWT_MAX = 1 << 20,         // bytes of one that is read, disclosures and all
};

// --- Issuer -------------------------------------------------------------------------------------------------

// Claims are hidden one by one, the inner before the outer; digests stand sorted, so that their order says
// nothing. A function that has failed leaves `error` set, and all later ones do nothing: one check at the
// end.
struct sd_jwt_maker {
    const struct crypto_random *random;
    struct writer disclosures; // "WyJ…~WyJ…~", personal
    enum jumin_error error;
};

// `room` takes the disclosures (base64url of salt, name and value, each) and is the caller's to wipe.
void sd_jwt_begin(struct sd_jwt_maker *maker, const struct crypto_random *random, void *room,
                  size_t capacity);
// Replaces a member of `object` by a digest in its `_sd` (§4.2.1). JUMIN_ERROR_INPUT: no such member, or a
// name that the format itself uses.
void sd_jwt_hide(struct sd_jwt_maker *maker, json_t *object, const char *name);
// Replaces an item of `array` by {"...": digest} (§4.2.2).
void sd_jwt_hide_item(struct sd_jwt_maker *maker, json_t *array, size_t index);
// Adds digests that belong to nothing (§4.2.5), so that their number says nothing.
void sd_jwt_decoys(struct sd_jwt_maker *maker, json_t *object, size_t count);
// Signs what is left of `claims`, which gets `_sd_alg`, and appends token and disclosures to `out`.
// Returns the first error of all; JUMIN_ERROR_ARGUMENT: `room` or `out` is too small.
enum jumin_error sd_jwt_finish(struct sd_jwt_maker *maker, const struct signer *signer,
                               const struct jws_header *header, json_t *claims, struct writer *out);

// What all copies of the same claims share, written once: for each copy salts and digests are left to be
// made. Personal.
struct sd_jwt_members;
// All members of `object`. JUMIN_ERROR_INPUT: no object, a member that is an object or an array (what lies in
// it has salts of its own), or a name that the format itself uses.
enum jumin_error sd_jwt_members_new(struct sd_jwt_members **members, const json_t *object);
// Wipes; NULL is allowed.
void sd_jwt_members_free(struct sd_jwt_members *members);
// Bytes that their disclosures take of a maker's room.
size_t sd_jwt_members_room(const struct sd_jwt_members *members);
// As sd_jwt_hide with each of them; `object` gets the digests, and need not have the members.
void sd_jwt_hide_members(struct sd_jwt_maker *maker, json_t *object, const struct sd_jwt_members *members);

// --- Reading ------------------------------------------------------------------------------------------------

struct sd_jwt_disclosure {
    struct span text; // base64url, without ~
    char digest[SD_JWT_DIGEST_TEXT + 1];
    json_t *content; // the array of two or three
    json_t *path;    // where it stands in the claims: array of names and indexes; set by sd_jwt_open
};

// A token taken apart. Release it with sd_jwt_release; the text must outlive it.
struct sd_jwt {
    struct jws issued;       // the issuer's part; its claims still hold digests
    struct span presented;   // what sd_hash covers: everything up to and including the last ~
    struct span key_binding; // the JWT behind it; empty: none
    struct sd_jwt_disclosure *disclosures;
    size_t count;
    json_t *claims; // with what was disclosed in its places, and without digests; NULL before sd_jwt_open
};

// Takes apart `<JWT>~<disclosure>~…~[<key binding>]` (§4). The issuer's JWT is read by jws_read with `type`;
// disclosures are strict base64url of a JSON array of two or three, whose salt has 22 characters (128 bits)
// or more. JUMIN_ERROR_MALFORMED, JUMIN_ERROR_MEMORY; on error nothing is to be released.
enum jumin_error sd_jwt_read(struct span text, const char *type, struct sd_jwt *sd, struct detail *detail);
void sd_jwt_release(struct sd_jwt *sd);
// Checks the issuer's signature and puts the disclosures in their places (§7.1). Once for each token.
// JUMIN_ERROR_SIGNATURE; JUMIN_ERROR_HASH: a disclosure that no digest stands for, or that came twice;
// JUMIN_ERROR_MALFORMED: a digest twice, another hash algorithm, a disclosed name that is there already or
// that the format uses itself, a disclosure of the wrong kind. Times and what the claims mean are checked by
// the caller.
enum jumin_error sd_jwt_open(struct sd_jwt *sd, const uint8_t issuer[SIGNER_POINT], struct detail *detail);
// The same by a key of P-256 that is kept.
enum jumin_error sd_jwt_open_by(struct sd_jwt *sd, const struct crypto_ec_key *issuer, struct detail *detail);

// --- Holder -------------------------------------------------------------------------------------------------

// Marks in `selected` (sd->count entries, others stay) what must be disclosed to show the claim at `path`, an
// array of names, indexes, and null for every item (OpenID4VP 1.0 §7): that claim, what it lies in, and what
// lies in it. False: no such claim. `sd` is open.
bool sd_jwt_select(const struct sd_jwt *sd, const json_t *path, bool *selected);
// Whether there is a claim at `path`; the first one of several. Borrowed; NULL: none.
const json_t *sd_jwt_claim(const json_t *claims, const json_t *path);
// Appends the issuer's JWT and the selected disclosures: "…~…~". JUMIN_ERROR_INPUT: a disclosure is selected,
// and not the one it lies in; JUMIN_ERROR_ARGUMENT: `out` is too small.
enum jumin_error sd_jwt_present(const struct sd_jwt *sd, const bool *selected, struct writer *out);

// What the holder's key signs, and what a verifier expects (§4.3).
struct sd_jwt_binding {
    const char *audience; // aud: the verifier's full client_id
    const char *nonce;
    int64_t now;
    int64_t window; // a verifier's: seconds that iat may be old
    int64_t leeway; // a verifier's: seconds that iat may lie ahead
};
// Appends the key binding to `presentation`, which holds what sd_jwt_present has written from `start` on.
enum jumin_error sd_jwt_bind(const struct signer *holder, const struct sd_jwt_binding *binding, size_t start,
                             struct writer *presentation);
// The holder's key: cnf.jwk of the claims (RFC 7800 §3.2). JUMIN_ERROR_MALFORMED: none.
enum jumin_error sd_jwt_holder(const json_t *claims, uint8_t point[SIGNER_POINT], struct detail *detail);
// Checks the key binding of an open token (§7.3): there, typ kb+jwt, signed by the holder's key, fresh, for
// this audience and nonce, over what was presented. JUMIN_ERROR_SIGNATURE, _NOT_VALID_NOW, _MALFORMED, _HASH.
enum jumin_error sd_jwt_check_binding(const struct sd_jwt *sd, const struct sd_jwt_binding *expected,
                                      struct detail *detail);

#endif
