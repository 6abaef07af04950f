// An mdoc's response from the other side: what is taken lies within the bytes, each element is found again by
// its name, and nothing is verified that our issuer has not signed.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/device_response.h"

static bool lies_within(struct span part, struct span whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static enum jumin_error trust_none(void *context, const struct span *chain, size_t count, int64_t now,
                                   struct mdoc_signer *signer, struct detail *detail)
{
    (void)signer;
    (void)now;
    require(count >= 1 && count <= COSE_CHAIN_MAX);
    for (size_t i = 0; i < count; i++) {
        require(chain[i].n > 0 && lies_within(chain[i], *(const struct span *)context));
    }
    return detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN, "nobody is trusted");
}

static void look_at(const struct device_document *document, struct span whole)
{
    struct issuer_signed_walk walk;
    struct issuer_signed_item item, found;
    struct span digest;
    issuer_signed_begin(&document->issuer_signed, &walk);
    while (issuer_signed_next(&walk, &item)) {
        require(lies_within(item.whole, whole) && lies_within(item.value, item.whole) &&
                item.random.n >= MDOC_RANDOM_MIN);
        require(issuer_signed_find(&document->issuer_signed, item.name_space, item.identifier, &found));
        require(found.whole.p == item.whole.p);
        if (mdoc_mso_digest(&document->issuer_signed.mso, item.name_space, item.digest_id, &digest)) {
            require(lies_within(digest, whole) &&
                    digest.n == crypto_hash_length(document->issuer_signed.mso.hash));
        }
    }
    require(walk.count == 0);
    const struct mdoc_rules rules = {.issuer = {trust_none, &whole}};
    struct detail detail = {""};
    require(device_document_verify(document, &rules, span_of("\xF6", 1), NULL, &detail) ==
            JUMIN_ERROR_SIGNER_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct device_response response;
    struct issuer_signed credential;
    struct detail detail = {""};
    const struct span whole = span_of(bytes, n);
    if (device_response_parse(whole, &response, &detail) == JUMIN_OK) {
        require(response.count <= MDOC_DOCUMENTS_MAX);
        for (size_t i = 0; i < response.count; i++) {
            look_at(&response.documents[i], whole);
        }
    } else {
        require(detail.text[0] != '\0');
    }
    detail_clear(&detail);
    require(issuer_signed_parse(whole, &credential, &detail) == JUMIN_OK || detail.text[0] != '\0');
    return 0;
}
