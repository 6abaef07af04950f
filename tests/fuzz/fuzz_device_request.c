// A reader's request from the other side: what it asks for lies within it, and asking for the same again is
// the same.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/device_request.h"

static bool lies_within(struct span part, struct span whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

// Makes the request again and reads it: the same elements in the same order.
static void ask_again(const struct document_request *request, const struct mdoc_element_name *elements,
                      size_t count)
{
    static uint8_t bytes[1 << 18];
    static struct device_request again;
    struct writer w = writer_of(bytes, sizeof bytes);
    struct detail detail = {""};
    struct document_request_walk walk;
    struct mdoc_element_name element;
    const struct document_request_order order = {request->doc_type, elements, count};
    require(device_request_make(span_of(NULL, 0), &order, 1, NULL, &w) == JUMIN_OK);
    require(device_request_parse(writer_span(&w), &again, &detail) == JUMIN_OK);
    document_request_begin(&again.documents[0], &walk);
    for (size_t i = 0; i < count; i++) {
        require(document_request_next(&walk, &element));
        require(span_equal(element.name_space, elements[i].name_space) &&
                span_equal(element.identifier, elements[i].identifier) &&
                element.retain == elements[i].retain);
    }
    require(!document_request_next(&walk, &element));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct device_request request;
    struct detail detail = {""};
    const struct span whole = span_of(bytes, n);
    if (device_request_parse(whole, &request, &detail) != JUMIN_OK) {
        require(detail.text[0] != '\0');
        return 0;
    }
    require(request.count >= 1 && request.count <= MDOC_DOCUMENTS_MAX);
    for (size_t i = 0; i < request.count; i++) {
        struct mdoc_element_name elements[MDOC_ELEMENTS_MAX];
        struct document_request_walk walk;
        size_t count = 0;
        document_request_begin(&request.documents[i], &walk);
        while (count < MDOC_ELEMENTS_MAX && document_request_next(&walk, &elements[count])) {
            require(lies_within(elements[count].identifier, whole));
            count++;
        }
        require(count > 0);
        if (walk.elements.pairs == 0 && walk.namespaces.pairs == 0) {
            ask_again(&request.documents[i], elements, count);
        }
    }
    return 0;
}
