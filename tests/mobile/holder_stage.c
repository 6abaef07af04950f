// A holder for tests of meetings.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/holder_stage.h"

#include "host/mobile/mdoc_chain.h"

static uint8_t portrait[HOLDER_PORTRAIT];

void holder_stage_open(struct holder_stage *holder, struct stage_holder *issuer,
                       const struct jumin_trust *venues, int64_t now, bool minor, bool status)
{
    const struct crypto_random random = crypto_system_random();
    const struct resident_claims claims = {
        .family_name = "김",
        .given_name = "하늘",
        .birth_date = minor ? "2009-03-01" : "2007-03-01",
        .portrait = {portrait, sizeof portrait},
        .issuing_country = "KR",
        .address = "서울특별시 종로구 세종대로 209",
        .registration_number = "0723014000000",
        .years = {{2026, false}, {2027, !minor}},
        .year_count = 2,
    };
    static uint8_t values_bytes[HOLDER_PORTRAIT + 2048];
    struct writer values = writer_of(values_bytes, sizeof values_bytes);
    struct writer w = writer_of(holder->bytes, sizeof holder->bytes);
    struct resident_mdoc mdoc;
    struct signer signer;
    struct detail detail;
    *holder = (struct holder_stage){.venues = venues, .now = now};
    assert_true(crypto_ec_generate(&holder->key, CRYPTO_P256, &random));
    assert_true(signer_of_key(&holder->key, &holder->device));
    assert_true(signer_of_key(&issuer->key.key, &signer));
    assert_true(resident_claims_mdoc(&claims, &values, &mdoc));
    struct issuer_signed_order order = {
        .doc_type = span_of(RESIDENT_DOC_TYPE, sizeof RESIDENT_DOC_TYPE - 1),
        .namespaces = mdoc.namespaces,
        .namespace_count = mdoc.namespace_count,
        .decoys = 2,
        .validity = {.signed_at = now - 100, .valid_from = now - 100, .valid_until = now + 80000},
        .chain = &issuer->der,
        .chain_count = 1,
        .algorithm = COSE_ES256,
    };
    memcpy(order.device_key, holder->device.point, SIGNER_POINT);
    if (status) {
        order.status = (struct mdoc_status){.index = STAGE_STATUS_INDEX,
                                            .uri = span_of(STAGE_STATUS_URI, sizeof STAGE_STATUS_URI - 1)};
    }
    assert_int_equal(issuer_signed_make(&order, &signer, &random, &w), JUMIN_OK);
    assert_int_equal(issuer_signed_parse(writer_span(&w), &holder->credential, &detail), JUMIN_OK);
}

void holder_stage_close(struct holder_stage *holder)
{
    crypto_ec_release(&holder->key);
}

// Whom it is about, and what is asked.
static void look(struct holder_stage *holder, const struct document_request *request, struct span transcript,
                 struct mdoc_element_name *names, size_t *count, struct detail *detail)
{
    struct mdoc_chain chain = {.role = X5CHAIN_READER, .roots = holder->venues};
    const struct mdoc_chain_check check = mdoc_chain_check_of(&chain);
    struct document_request_walk walk;
    holder->asked++;
    holder->reader_error = document_request_verify(request, transcript, &check, holder->now, detail);
    (void)snprintf(holder->reader_name, sizeof holder->reader_name, "%s", chain.signer.name);
    holder->purposes = chain.signer.purposes;
    holder->covered = true;
    document_request_begin(request, &walk);
    for (*count = 0; *count < RESIDENT_PURPOSE_ELEMENTS_MAX && document_request_next(&walk, &names[*count]);
         (*count)++) {
        const struct mdoc_element_name *name = &names[*count];
        holder->covered =
            holder->covered && resident_purpose_covers(holder->purposes, name->name_space, name->identifier);
    }
    holder->element_count = *count;
    (void)snprintf(holder->element, sizeof holder->element, "%.*s",
                   *count > 0 ? (int)names[0].identifier.n : 0,
                   *count > 0 ? (const char *)names[0].identifier.p : "");
    mdoc_chain_release(&chain);
}

static enum jumin_error respond(void *context, const struct device_request *request, struct span transcript,
                                struct span reader_key, struct writer *response, struct detail *detail)
{
    struct holder_stage *holder = context;
    struct mdoc_element_name names[RESIDENT_PURPOSE_ELEMENTS_MAX];
    size_t count = 0;
    look(holder, &request->documents[0], transcript, names, &count, detail);
    if (holder->reader_error != JUMIN_OK) {
        return holder->reader_error;
    }
    if (!holder->covered) {
        return detail_set(detail, JUMIN_ERROR_NOT_AUTHORIZED, "the venue asks for more than its purposes");
    }
    if (holder->declines) {
        return detail_set(detail, JUMIN_ERROR_ACCESS_DENIED, "the holder said no");
    }
    struct issuer_signed credential = holder->credential;
    if (holder->answers != NULL) { // so that the response is made in spite of the key
        memcpy(credential.mso.device_key, holder->answers->point, SIGNER_POINT);
    }
    const struct device_presentation presentation = {.credential = &credential,
                                                     .elements = names,
                                                     .element_count = count,
                                                     .device = holder->answers != NULL ? holder->answers
                                                                                       : &holder->device,
                                                     .method = holder->method,
                                                     .reader_key = reader_key};
    return device_response_make(transcript, DEVICE_RESPONSE_OK, &presentation, 1, response);
}

struct proximity_holder holder_stage_of(struct holder_stage *holder)
{
    return (struct proximity_holder){respond, holder};
}
