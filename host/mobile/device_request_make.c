// DeviceRequest (ISO 18013-5 §8.3.2.1.2.1) as a reader makes it, and what its signature covers.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/device_request.h"

void reader_authentication_put(struct writer *w, struct span transcript, struct span items_bytes)
{
    const size_t opened = cbor_open_embedded(w);
    cbor_put_array(w, 3);
    cbor_put_string(w, "ReaderAuthentication");
    writer_put(w, transcript);
    writer_put(w, items_bytes);
    cbor_close_bytes(w, opened);
}

// How many elements from `first` on have its namespace.
static size_t run_of(const struct document_request_order *order, size_t first)
{
    size_t n = 1;
    while (first + n < order->element_count &&
           span_equal(order->elements[first + n].name_space, order->elements[first].name_space)) {
        n++;
    }
    return n;
}

static void put_items(struct writer *w, const struct document_request_order *order)
{
    size_t namespaces = 0;
    for (size_t i = 0; i < order->element_count; i += run_of(order, i)) {
        namespaces++;
    }
    const size_t opened = cbor_open_embedded(w);
    cbor_put_map(w, 2);
    cbor_put_string(w, "docType");
    cbor_put_text(w, order->doc_type);
    cbor_put_string(w, "nameSpaces");
    cbor_put_map(w, namespaces);
    for (size_t i = 0; i < order->element_count;) {
        const size_t end = i + run_of(order, i);
        cbor_put_text(w, order->elements[i].name_space);
        cbor_put_map(w, end - i);
        for (; i < end; i++) {
            cbor_put_text(w, order->elements[i].identifier);
            cbor_put_bool(w, order->elements[i].retain);
        }
    }
    cbor_close_bytes(w, opened);
}

// No element twice, and no namespace in two places.
static bool is_sound(const struct document_request_order *order)
{
    if (order->doc_type.n == 0 || order->element_count == 0 || order->element_count > MDOC_ELEMENTS_MAX) {
        return false;
    }
    for (size_t i = 0; i < order->element_count; i++) {
        const struct mdoc_element_name *a = &order->elements[i];
        const bool begins = i > 0 && !span_equal(a->name_space, order->elements[i - 1].name_space);
        for (size_t k = 0; k < i; k++) {
            const struct mdoc_element_name *b = &order->elements[k];
            if (span_equal(a->name_space, b->name_space) &&
                (begins || span_equal(a->identifier, b->identifier))) {
                return false;
            }
        }
    }
    return true;
}

static enum jumin_error put_reader_auth(struct writer *w, const struct device_request_reader *reader,
                                        struct span transcript, struct span items_bytes)
{
    const struct cose_header header = {.algorithm = COSE_ES256,
                                       .chain = reader->chain,
                                       .chain_count = reader->chain_count,
                                       .detached = true};
    uint8_t bytes[READER_AUTHENTICATION_MAX];
    struct writer authentication = writer_of(bytes, sizeof bytes);
    reader_authentication_put(&authentication, transcript, items_bytes);
    if (authentication.overflow) {
        return JUMIN_ERROR_TOO_LONG;
    }
    cbor_put_string(w, "readerAuth");
    if (!cose_sign1_put(w, &header, writer_span(&authentication), reader->signer)) {
        return w->overflow ? JUMIN_ERROR_TOO_LONG : JUMIN_ERROR_CRYPTO;
    }
    return JUMIN_OK;
}

static enum jumin_error put_document(struct writer *w, const struct document_request_order *order,
                                     const struct device_request_reader *reader, struct span transcript)
{
    cbor_put_map(w, reader != NULL ? 2 : 1);
    cbor_put_string(w, "itemsRequest");
    const size_t start = w->n;
    put_items(w, order);
    if (w->overflow) {
        return JUMIN_ERROR_TOO_LONG;
    }
    return reader == NULL ? JUMIN_OK
                          : put_reader_auth(w, reader, transcript, span_from(writer_span(w), start));
}

enum jumin_error device_request_make(struct span transcript, const struct document_request_order *orders,
                                     size_t count, const struct device_request_reader *reader,
                                     struct writer *w)
{
    if (count == 0 || count > MDOC_DOCUMENTS_MAX || (reader != NULL && reader->chain_count == 0)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_sound(&orders[i])) {
            return JUMIN_ERROR_ARGUMENT;
        }
    }
    cbor_put_map(w, 2);
    cbor_put_string(w, "version");
    cbor_put_string(w, "1.0");
    cbor_put_string(w, "docRequests");
    cbor_put_array(w, count);
    for (size_t i = 0; i < count; i++) {
        const enum jumin_error error = put_document(w, &orders[i], reader, transcript);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    return JUMIN_OK;
}
