// DeviceRequest (ISO 18013-5 §8.3.2.1.2.1, §9.1.4): what a reader asks for, and its signature under it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_DEVICE_REQUEST_H
#define JUMIN_HOST_MOBILE_DEVICE_REQUEST_H

#include "host/mobile/cose.h"
#include "host/mobile/mdoc.h"

// --- Making -------------------------------------------------------------------------------------------------

struct document_request_order {
    struct span doc_type;
    const struct mdoc_element_name *elements; // those of a namespace stand together
    size_t element_count;                     // 1 to MDOC_ELEMENTS_MAX
};

// Who signs it. Borrowed.
struct device_request_reader {
    const struct signer *signer;
    const struct span *chain; // DER, leaf first, without the root
    size_t chain_count;
};

// Appends a request. `reader` NULL: not signed. JUMIN_ERROR_ARGUMENT, CRYPTO, TOO_LONG; on error what was
// appended is undefined.
enum jumin_error device_request_make(struct span transcript, const struct document_request_order *orders,
                                     size_t count, const struct device_request_reader *reader,
                                     struct writer *w);

enum { READER_AUTHENTICATION_MAX = MDOC_TRANSCRIPT_MAX + 8192 };
// ReaderAuthenticationBytes, the detached payload of readerAuth (§9.1.4.5).
void reader_authentication_put(struct writer *w, struct span transcript, struct span items_bytes);

// --- Reading ------------------------------------------------------------------------------------------------

struct document_request {
    struct span items_bytes; // ItemsRequestBytes, with tag 24: what is signed
    struct span doc_type;
    struct span name_spaces;  // map, whole; checked
    struct span request_info; // map, whole; empty: none
    bool has_reader_auth;
    struct cose_message reader_auth;
};

struct device_request {
    struct document_request documents[MDOC_DOCUMENTS_MAX];
    size_t count;
};

// One that fills `bytes`. Nothing is verified. JUMIN_ERROR_MALFORMED, NOT_SUPPORTED (a version that is
// not 1.x).
enum jumin_error device_request_parse(struct span bytes, struct device_request *request,
                                      struct detail *detail);

// A walk over the elements that are asked for.
struct document_request_walk {
    struct cbor_map namespaces, elements;
    struct span name_space;
};
void document_request_begin(const struct document_request *request, struct document_request_walk *walk);
// False behind the last.
bool document_request_next(struct document_request_walk *walk, struct mdoc_element_name *element);

// Reader authentication: the chain as `check` wants it, then the signature over `transcript` and the items.
// What the venue may ask for is the wallet's question. NOT_AUTHORIZED: it is not signed; SIGNER_UNKNOWN,
// CERTIFICATE, REVOKED, NOT_VALID_NOW, SIGNATURE.
enum jumin_error document_request_verify(const struct document_request *request, struct span transcript,
                                         const struct mdoc_chain_check *check, int64_t now,
                                         struct detail *detail);

#endif
