// DeviceRequest (ISO 18013-5 §8.3.2.1.2.1, §9.1.4) taken apart and checked.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/device_request.h"

static enum jumin_error malformed(struct detail *detail, const char *what)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "the request %s", what);
}

// --- Parsing -------------------------------------------------------------------------------------------------

// {namespace: {identifier: intentToRetain}}
static bool namespaces_check(struct span bytes)
{
    struct cbor_map namespaces, elements;
    struct cbor_item key, retain;
    struct span value, flag;
    if (!cbor_take_map(&bytes, &namespaces) || namespaces.pairs == 0) {
        return false;
    }
    while (cbor_next_pair(&namespaces, &key, &value)) {
        if (key.major != CBOR_TEXT || !cbor_take_map(&value, &elements) || elements.pairs == 0) {
            return false;
        }
        while (cbor_next_pair(&elements, &key, &flag)) {
            if (key.major != CBOR_TEXT || !cbor_only(flag, CBOR_SIMPLE, &retain) ||
                retain.number == CBOR_NULL) {
                return false;
            }
        }
        if (elements.pairs != 0) {
            return false;
        }
    }
    return namespaces.pairs == 0;
}

static enum jumin_error items_parse(struct span value, struct document_request *request,
                                    struct detail *detail)
{
    struct cbor_map map;
    struct cbor_item key, text;
    struct span bytes;
    if (!cbor_take_embedded(&value, &request->items_bytes, &bytes) || !cbor_take_map(&bytes, &map)) {
        return malformed(detail, "has items that are not a map wrapped in CBOR (tag 24)");
    }
    while (cbor_next_pair(&map, &key, &value)) {
        if (cbor_key_is(&key, "docType") && cbor_only(value, CBOR_TEXT, &text)) {
            request->doc_type = text.content;
        } else if (cbor_key_is(&key, "nameSpaces")) {
            request->name_spaces = value;
        } else if (cbor_key_is(&key, "requestInfo")) {
            request->request_info = value;
        }
    }
    if (map.pairs != 0 || request->doc_type.n == 0) {
        return malformed(detail, "does not say which document it wants");
    }
    if (!namespaces_check(request->name_spaces)) {
        return malformed(detail, "does not say which elements it wants, and whether to retain them");
    }
    return JUMIN_OK;
}

static enum jumin_error reader_auth_parse(struct span value, struct document_request *request,
                                          struct detail *detail)
{
    const char *why = NULL;
    if (!cose_sign1_parse(value, COSE_UNTAGGED, &request->reader_auth, &why)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the reader's signature %s", why);
    }
    if (!request->reader_auth.detached || request->reader_auth.chain_count == 0) {
        return malformed(detail, "has a signature with a payload, or without its signer's certificate");
    }
    request->has_reader_auth = true;
    return JUMIN_OK;
}

static enum jumin_error document_parse(struct span bytes, struct document_request *request,
                                       struct detail *detail)
{
    struct cbor_map map;
    struct cbor_item key;
    struct span value, items = {0}, reader_auth = {0};
    *request = (struct document_request){0};
    if (!cbor_take_map(&bytes, &map)) {
        return malformed(detail, "has a document that is no map");
    }
    while (cbor_next_pair(&map, &key, &value)) {
        if (cbor_key_is(&key, "itemsRequest")) {
            items = value;
        } else if (cbor_key_is(&key, "readerAuth")) {
            reader_auth = value;
        }
    }
    if (map.pairs != 0) {
        return malformed(detail, "has a document that is malformed");
    }
    const enum jumin_error error = items_parse(items, request, detail);
    return error != JUMIN_OK || reader_auth.n == 0 ? error : reader_auth_parse(reader_auth, request, detail);
}

static enum jumin_error documents_parse(struct span bytes, struct device_request *request,
                                        struct detail *detail)
{
    struct cbor_item head;
    if (!cbor_expect(&bytes, CBOR_ARRAY, &head) || head.number == 0 || head.number > MDOC_DOCUMENTS_MAX) {
        return malformed(detail, "asks for no document, or for too many");
    }
    for (size_t i = 0; i < head.number; i++) {
        struct span document;
        if (!cbor_skip(&bytes, &document)) {
            return malformed(detail, "has documents that are malformed");
        }
        const enum jumin_error error = document_parse(document, &request->documents[i], detail);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    request->count = (size_t)head.number;
    return JUMIN_OK;
}

enum jumin_error device_request_parse(struct span bytes, struct device_request *request,
                                      struct detail *detail)
{
    struct cbor_map map;
    struct cbor_item key, item;
    struct span value, version = {0}, documents = {0};
    request->count = 0;
    if (!cbor_take_map(&bytes, &map) || bytes.n != 0) {
        return malformed(detail, "is no map, or not CBOR in its strict form");
    }
    while (cbor_next_pair(&map, &key, &value)) {
        if (cbor_key_is(&key, "version") && cbor_only(value, CBOR_TEXT, &item)) {
            version = item.content;
        } else if (cbor_key_is(&key, "docRequests")) {
            documents = value;
        }
    }
    if (map.pairs != 0) {
        return malformed(detail, "is malformed");
    }
    if (!span_equal(span_first(version, 2), span_of("1.", 2))) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED, "the request is not of version 1");
    }
    return documents_parse(documents, request, detail);
}

void document_request_begin(const struct document_request *request, struct document_request_walk *walk)
{
    struct span rest = request->name_spaces;
    struct cbor_item head;
    *walk = (struct document_request_walk){0};
    if (cbor_expect(&rest, CBOR_MAP, &head)) {
        walk->namespaces = (struct cbor_map){rest, head.number};
    }
}

bool document_request_next(struct document_request_walk *walk, struct mdoc_element_name *element)
{
    struct cbor_item key, head, retain;
    struct span value;
    while (walk->elements.pairs == 0) {
        if (!cbor_next_pair(&walk->namespaces, &key, &value) || !cbor_expect(&value, CBOR_MAP, &head)) {
            return false;
        }
        walk->name_space = key.content;
        walk->elements = (struct cbor_map){value, head.number};
    }
    if (!cbor_next_pair(&walk->elements, &key, &value) || !cbor_only(value, CBOR_SIMPLE, &retain)) {
        return false;
    }
    *element = (struct mdoc_element_name){walk->name_space, key.content, retain.number == CBOR_TRUE};
    return true;
}

// --- Reader authentication -----------------------------------------------------------------------------------

enum jumin_error document_request_verify(const struct document_request *request, struct span transcript,
                                         const struct mdoc_chain_check *check, int64_t now,
                                         struct detail *detail)
{
    const struct cose_message *signature = &request->reader_auth;
    struct mdoc_signer signer = {0};
    uint8_t bytes[READER_AUTHENTICATION_MAX];
    struct writer authentication = writer_of(bytes, sizeof bytes);
    if (!request->has_reader_auth) {
        return detail_set(detail, JUMIN_ERROR_NOT_AUTHORIZED, "the request is not signed");
    }
    const enum jumin_error error =
        check->check(check->context, signature->chain, signature->chain_count, now, &signer, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    reader_authentication_put(&authentication, transcript, request->items_bytes);
    if (authentication.overflow) {
        return detail_set(detail, JUMIN_ERROR_TOO_LONG, "the request is longer than is looked at");
    }
    if (!cose_sign1_verify(signature, signer.key, span_of(NULL, 0), writer_span(&authentication))) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE,
                          "the request's signature is wrong, or for another session");
    }
    return JUMIN_OK;
}
