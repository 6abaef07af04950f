// DeviceResponse (ISO 18013-5 §8.3.2.1.2.2): what a wallet shows and a verifier checks.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_DEVICE_RESPONSE_H
#define JUMIN_HOST_MOBILE_DEVICE_RESPONSE_H

#include "host/mobile/device_auth.h"
#include "host/mobile/issuer_signed.h"

// ISO 18013-5 Table 8
enum device_response_status {
    DEVICE_RESPONSE_OK = 0,
    DEVICE_RESPONSE_GENERAL_ERROR = 10,
    DEVICE_RESPONSE_CBOR_DECODING_ERROR = 11,
    DEVICE_RESPONSE_CBOR_VALIDATION_ERROR = 12,
};

// --- Making -------------------------------------------------------------------------------------------------

enum device_auth_method { DEVICE_AUTH_SIGNATURE, DEVICE_AUTH_MAC };

// One document to be shown.
struct device_presentation {
    const struct issuer_signed *credential;   // as it was issued; its bytes are copied, never encoded again
    const struct mdoc_element_name *elements; // what is shown of it; what it has not is passed over
    size_t element_count;
    struct span name_spaces;     // DeviceNameSpaces, encoded; empty: the empty map
    const struct signer *device; // the key of the credential
    enum device_auth_method method;
    struct span reader_key; // for a MAC: EReaderKey, 04 || x || y
};

// Appends a response. No presentations: a status, and nothing shown. JUMIN_ERROR_ARGUMENT (not the key of the
// credential, a MAC without reader key), CRYPTO, TOO_LONG. On error what was appended is undefined.
enum jumin_error device_response_make(struct span transcript, enum device_response_status status,
                                      const struct device_presentation *presentations, size_t count,
                                      struct writer *w);

// --- Reading ------------------------------------------------------------------------------------------------

struct device_document {
    struct span doc_type;
    struct issuer_signed issuer_signed;
    struct span name_spaces;     // DeviceNameSpacesBytes, with tag 24
    struct span device_elements; // the map in it, whole
    enum device_auth_method method;
    struct cose_message device_auth;
    struct span errors; // map, whole; empty: none
};

struct device_response {
    uint64_t status;
    struct device_document documents[MDOC_DOCUMENTS_MAX];
    size_t count;
    struct span document_errors; // array, whole; empty: none
};

// One that fills `bytes`. Nothing is verified. `response` is large: not for small stacks.
// JUMIN_ERROR_MALFORMED, NOT_SUPPORTED (a version that is not 1.x).
enum jumin_error device_response_parse(struct span bytes, struct device_response *response,
                                       struct detail *detail);
// All of §9.3.1 and §9.1.3 for one document: issuer_signed_verify, then the device's signature or MAC over
// `transcript`, and that the device's key may sign what it adds (key authorizations). `reader`: EReaderKey,
// for MACs; NULL: MACs are refused. Errors as of issuer_signed_verify; CLONED: the answer is not by the
// credential's key, or for another session.
enum jumin_error device_document_verify(const struct device_document *document,
                                        const struct mdoc_rules *rules, struct span transcript,
                                        const struct signer *reader, struct detail *detail);
// The second half of it, for verifiers that say the result of each step.
enum jumin_error device_document_authenticate(const struct device_document *document, struct span transcript,
                                              const struct signer *reader, struct detail *detail);

#endif
