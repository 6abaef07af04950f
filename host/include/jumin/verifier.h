// The verifier of mobile credentials: whom it trusts, how old what it has kept may be, and a verdict in which
// every check stands with its sentence.
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_verifier_new(&verifier, &options);
//     jumin_verifier_set_anchor(verifier, anchor, anchor_length);
//     jumin_verifier_load_trust_list(verifier, list, list_length, now);
//     jumin_verifier_use_key(verifier, key_file, key_file_length, passphrase);
//     jumin_verifier_meet(verifier, transport, &meeting, &verification);   // a phone lies on the reader
//     if (jumin_verification_result(verification) == JUMIN_FINDING_PASSED) …
//     jumin_verification_free(verification);
//
// Nothing here looks at a clock: `now` is always an argument, in seconds since 1970 UTC.
#ifndef JUMIN_VERIFIER_H
#define JUMIN_VERIFIER_H

#include <jumin/purpose.h>
#include <jumin/transport.h>
#include <jumin/verify.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Used by one thread at a time.
struct jumin_verifier;

// A venue's rule on how old something that was kept may be, in seconds since it was signed: up to `accept` it
// is good, up to `warn` with a warning, beyond it is refused. 0 <= accept <= warn.
struct jumin_freshness {
    int64_t accept, warn;
};

enum {
    JUMIN_VERIFIER_STATUS_ACCEPT = 3600, // what to take for want of a rule of one's own
    JUMIN_VERIFIER_STATUS_WARN = 86400,
    JUMIN_VERIFIER_TRUST_ACCEPT = 7 * 86400,
    JUMIN_VERIFIER_TRUST_WARN = 30 * 86400,
};

struct jumin_verifier_options {
    const char *cache; // a folder that exists, where status lists stay, and which trust list was the newest;
                       // NULL: in memory only
    struct jumin_freshness statuses; // of status lists
    struct jumin_freshness trust;    // of the trust list
    bool revocation_required;        // refuse where a revocation list is missing or out of date
    bool registry_required; // refuse signers whose certificate no proof of the registry is about, and
                            // lists, where there are proofs about others of their address
};

// JUMIN_ERROR_ARGUMENT: a rule that is none.
JUMIN_EXPORT enum jumin_error jumin_verifier_new(struct jumin_verifier **verifier,
                                                 const struct jumin_verifier_options *options);
// Wipes the key. NULL is allowed.
JUMIN_EXPORT void jumin_verifier_free(struct jumin_verifier *verifier);
// A sentence on the last failure.
JUMIN_EXPORT const char *jumin_verifier_detail(const struct jumin_verifier *verifier);

// --- Whom it trusts --------------------------------------------------------------------------------------------

// The root that signs trust lists, in DER or PEM.
JUMIN_EXPORT enum jumin_error jumin_verifier_set_anchor(struct jumin_verifier *verifier,
                                                        const uint8_t *certificate, size_t n);
// A signed trust list (a JWS), in place of the one before: needs the anchor. One that has expired is taken,
// and judged by the rule. JUMIN_ERROR_MALFORMED, SIGNATURE, SIGNER_UNKNOWN, CERTIFICATE, REVOKED,
// NOT_VALID_NOW (from the future), CONFLICT (an older list than one that was loaded before, in this run or,
// by the folder, in another).
JUMIN_EXPORT enum jumin_error jumin_verifier_load_trust_list(struct jumin_verifier *verifier,
                                                             const uint8_t *jws, size_t n, int64_t now);
// Issuers' roots with their revocation lists, in place of a trust list's. Borrowed until the verifier is
// freed.
JUMIN_EXPORT void jumin_verifier_trust_issuers(struct jumin_verifier *verifier,
                                               const struct jumin_trust *issuers);

// The key that signs the registry's heads; then proofs are kept with jumin_verifier_add_proof, and the
// certificates of signers looked up in them, without asking the registry; status lists, too, of whose address
// there is a proof.
JUMIN_EXPORT enum jumin_error jumin_verifier_use_registry(struct jumin_verifier *verifier, const uint8_t *key,
                                                          size_t n);
// A proof file about a certificate or a status list. JUMIN_ERROR_ARGUMENT: no registry is known, or there are
// too many proofs; others as jumin_registry_proof_check.
JUMIN_EXPORT enum jumin_error jumin_verifier_add_proof(struct jumin_verifier *verifier, const char *json,
                                                       size_t n);

// --- Network -----------------------------------------------------------------------------------------------------

// Gets what lies at an address, by GET, with that Accept; `*body` is malloc'ed. Any error: it is not to be
// had now. (jumin_http_get of <jumin/http.h> does it.)
struct jumin_verifier_network {
    enum jumin_error (*get)(void *context, const char *uri, const char *accept, uint8_t **body, size_t *n);
    void *context;
};
// Without it the verifier is offline, and has what its folder holds. `network` NULL: offline again.
JUMIN_EXPORT void jumin_verifier_use_network(struct jumin_verifier *verifier,
                                             const struct jumin_verifier_network *network);

// --- Who asks ----------------------------------------------------------------------------------------------------

// The venue's key and certificate: the content of venues/NAME.key (PEM), and the passphrase of its key.
// JUMIN_ERROR_INPUT: not such a file, or another passphrase; JUMIN_ERROR_CERTIFICATE: the certificate is not
// the key's.
JUMIN_EXPORT enum jumin_error jumin_verifier_use_key(struct jumin_verifier *verifier, const char *pem,
                                                     size_t n, const char *passphrase);

// --- What was found ----------------------------------------------------------------------------------------------

enum jumin_finding {
    JUMIN_FINDING_PASSED,
    JUMIN_FINDING_WARNED, // good, by a rule of the venue that wants somebody to know
    JUMIN_FINDING_FAILED,
    JUMIN_FINDING_NOT_DONE, // could not be done; the sentence says why
};
// "passed", "warned", "failed", "not-done".
JUMIN_EXPORT const char *jumin_finding_name(enum jumin_finding finding);

enum jumin_verification_kind {
    JUMIN_VERIFICATION_TRUST_LIST, // its age; not there where roots were given in its place
    JUMIN_VERIFICATION_FORMAT,     // what was shown is what its standard says
    JUMIN_VERIFICATION_TYPE,       // docType or vct: the signed one, and the one that was asked for
    JUMIN_VERIFICATION_CHAIN,      // the signer's certificate leads to a root, is valid, and made for this
    JUMIN_VERIFICATION_REVOCATION, // … and is on no revocation list
    JUMIN_VERIFICATION_REGISTRY,   // … and is in the registry; only where one is known
    JUMIN_VERIFICATION_SIGNATURE,  // of the issuer
    JUMIN_VERIFICATION_DIGESTS,    // what is shown is what the issuer has signed
    JUMIN_VERIFICATION_VALIDITY,   // of the credential
    JUMIN_VERIFICATION_HOLDER,     // the holder's key has answered for this session, and now
    JUMIN_VERIFICATION_STATUS,     // neither revoked nor locked, by a list as recent as the venue wants
    JUMIN_VERIFICATION_PURPOSE,    // what was asked for is there; for `adult`, that it is true
};
enum { JUMIN_VERIFICATION_KINDS = JUMIN_VERIFICATION_PURPOSE + 1 };
// "trust-list", "format", …; NULL when out of range.
JUMIN_EXPORT const char *jumin_verification_kind_name(enum jumin_verification_kind kind);

struct jumin_verification_check {
    enum jumin_verification_kind kind;
    enum jumin_finding finding;
    enum jumin_error error; // what failed; JUMIN_OK unless FAILED
    const char *detail;     // a sentence: what was found
};

enum jumin_learned_kind {
    JUMIN_LEARNED_TEXT,
    JUMIN_LEARNED_DATE, // YYYY-MM-DD
    JUMIN_LEARNED_BOOLEAN,
    JUMIN_LEARNED_NUMBER,
    JUMIN_LEARNED_BYTES, // a portrait
    JUMIN_LEARNED_OTHER, // JSON, or CBOR in hexadecimal
};

// A data element.
struct jumin_learned {
    const char *name_space; // of an mdoc; "" of an SD-JWT
    const char *name;
    enum jumin_learned_kind kind;
    const char *text;     // what it says, in UTF-8 without control characters; "" for BYTES
    bool truth;           // BOOLEAN
    const uint8_t *bytes; // BYTES
    size_t n;
};

// Everything about what was shown; owns all that its functions return.
struct jumin_verification;
// Wipes it. NULL is allowed.
JUMIN_EXPORT void jumin_verification_free(struct jumin_verification *verification);

// FAILED when a check failed; else NOT_DONE when one could not be done; else WARNED when one warns. What is
// not PASSED or WARNED is to be refused.
JUMIN_EXPORT enum jumin_finding jumin_verification_result(const struct jumin_verification *verification);
JUMIN_EXPORT size_t jumin_verification_count(const struct jumin_verification *verification);
// In the order of the kinds, each at most once; NULL behind the last.
JUMIN_EXPORT const struct jumin_verification_check *
jumin_verification_check(const struct jumin_verification *verification, size_t index);
// Of that kind; NULL: it does not apply.
JUMIN_EXPORT const struct jumin_verification_check *
jumin_verification_find(const struct jumin_verification *verification, enum jumin_verification_kind kind);

// What was learned, of what the purpose asks for. Nothing unless everything that says whether it is true has
// passed (all checks but PURPOSE).
JUMIN_EXPORT size_t jumin_verification_learned_count(const struct jumin_verification *verification);
JUMIN_EXPORT const struct jumin_learned *
jumin_verification_learned(const struct jumin_verification *verification, size_t index);

struct jumin_verification_facts {
    const char *format;       // "mso_mdoc", "dc+sd-jwt"; "" where it is neither
    const char *type;         // docType, vct; "" where it is not known
    const char *issuer;       // common name of the signer's certificate; "" unless its chain is trusted
    int64_t valid_until;      // of the credential; 0: not known
    int64_t status_issued_at; // of the status list; 0: none was looked at
    int64_t trust_issued_at;  // of the trust list; 0: none
};
JUMIN_EXPORT void jumin_verification_facts(const struct jumin_verification *verification,
                                           struct jumin_verification_facts *facts);

// The same for programs: JSON text of the caller's (free), which may be personal.
// {"result", "format", "type", "issuer", "valid_until", "status_issued_at", "status_age", "trust_issued_at",
//  "trust_age", "checks": [{"check", "result", "detail"}], "learned": [{"namespace", "name", "value"}]};
//  times
// and ages (of the status list and the trust list, where they were looked at) in seconds, times since 1970,
// bytes in base64.
JUMIN_EXPORT enum jumin_error jumin_verification_json(const struct jumin_verification *verification,
                                                      char **json);

// --- Checking ----------------------------------------------------------------------------------------------------

// What the verifier knows of the session, and what it has asked for.
struct jumin_expected {
    int64_t now;
    unsigned purpose; // an enum jumin_purpose; 0: whatever was shown
    // mdoc: SessionTranscript (ISO 18013-5 §9.1.5.1), CBOR, not wrapped. NULL: not known, and HOLDER is not
    // done
    const uint8_t *transcript;
    size_t transcript_length;
    // SD-JWT: aud and nonce of the key binding. NULL: not known, and HOLDER is not done
    const char *audience, *nonce;
    int64_t binding_age; // seconds that a key binding may be old; 0: 300
};

// Both fail for want of memory or on a null pointer only: what is wrong with what was shown stands in the
// verification.
// A DeviceResponse with one document. A MAC needs the reader's key: jumin_verifier_meet has it, this has not.
JUMIN_EXPORT enum jumin_error jumin_verifier_check_mdoc(struct jumin_verifier *verifier,
                                                        const uint8_t *response, size_t n,
                                                        const struct jumin_expected *expected,
                                                        struct jumin_verification **verification);
// An SD-JWT VC with key binding.
JUMIN_EXPORT enum jumin_error jumin_verifier_check_sd_jwt(struct jumin_verifier *verifier, const char *text,
                                                          size_t n, const struct jumin_expected *expected,
                                                          struct jumin_verification **verification);

// --- In person ---------------------------------------------------------------------------------------------------

struct jumin_meeting {
    enum jumin_purpose purpose;
    const char *engagement; // what the phone's QR code says ("mdoc:…"); NULL: engagement by NFC
    int64_t now;
};

// A phone on a reader (ISO 18013-5): engagement, session encryption, request with reader authentication for
// the purpose, and what the phone answers. `transport` is connected and stays the caller's. Needs a key.
// JUMIN_ERROR_ARGUMENT       no key, or no such purpose
// JUMIN_ERROR_NOT_AUTHORIZED the venue's certificate does not name the purpose
// JUMIN_ERROR_ACCESS_DENIED  the holder shows nothing, or the phone ends the session
// JUMIN_ERROR_NOT_SUPPORTED  no phone lies there that offers a document
// JUMIN_ERROR_CRYPTO         the session's encryption failed
// JUMIN_ERROR_MALFORMED and the transport's errors
JUMIN_EXPORT enum jumin_error jumin_verifier_meet(struct jumin_verifier *verifier,
                                                  struct jumin_transport *transport,
                                                  const struct jumin_meeting *meeting,
                                                  struct jumin_verification **verification);

// --- At counters without a radio -----------------------------------------------------------------------------------

// What a phone shows as a QR code there (jumin_wallet_counter_code), as text: whether its holder is an adult
// this year, and nothing else. No key of the venue's is needed, and no network: the trust list, and a status
// list that is recent enough.
//
// The code lives for a minute and names no counter, so that it needs no question: whoever has taken a picture
// of it can show it within that minute, but not twice to one verifier, nor to others that have the same
// `cache` folder, which holds what was seen. HOLDER fails when it is too old, from the future, or was shown
// before; FORMAT when it says anything else.
JUMIN_EXPORT enum jumin_error jumin_verifier_check_counter_code(struct jumin_verifier *verifier,
                                                                const char *text, size_t n, int64_t now,
                                                                struct jumin_verification **verification);

#endif
