// Our side of check_mdl.py: makes responses for another implementation, and verifies the ones that it made.
// SPDX-License-Identifier: Apache-2.0
//
//     mdl_peer make FOLDER NOW        writes transcript.cbor, ours-signature.cbor and ours-mac.cbor
//     mdl_peer verify FOLDER NOW FILE exits with 0 when it verifies and shows what was asked for
#include "host/mobile/device_response.h"
#include "host/mobile/resident_claims.h"
#include "host/pki/x509.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 65536 };

static const char *folder;

static void demand(bool holds, const char *sentence)
{
    if (!holds) {
        (void)fprintf(stderr, "mdl_peer: %s\n", sentence);
        exit(1);
    }
}

static FILE *open_file(const char *name, const char *mode)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, mode);
    demand(file != NULL, path);
    return file;
}

static struct span read_file(const char *name, uint8_t bytes[FILE_MAX])
{
    FILE *file = open_file(name, "rb");
    const size_t n = fread(bytes, 1, FILE_MAX, file);
    demand(n > 0 && fclose(file) == 0, name);
    return span_of(bytes, n);
}

static void write_file(const char *name, struct span bytes)
{
    FILE *file = open_file(name, "wb");
    demand(fwrite(bytes.p, 1, bytes.n, file) == bytes.n && fclose(file) == 0, name);
}

static void load_key(const char *name, struct crypto_ec_key *key, struct signer *signer)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[FILE_MAX];
    demand(crypto_ec_load_secret(key, CRYPTO_P256, read_file(name, bytes), &random) &&
               signer_of_key(key, signer),
           name);
}

// [null, null, "a session"]
static struct span transcript_of(uint8_t *bytes, size_t capacity)
{
    struct writer w = writer_of(bytes, capacity);
    cbor_put_array(&w, 3);
    cbor_put_null(&w);
    cbor_put_null(&w);
    cbor_put_string(&w, "a session");
    return writer_span(&w);
}

// --- Making --------------------------------------------------------------------------------------------------

static const uint8_t portrait[3000] = {0xFF, 0xD8, 0xFF};

static void issue(int64_t now, const uint8_t device_point[SIGNER_POINT], struct writer *w)
{
    static struct resident_mdoc mdoc;
    static uint8_t value_bytes[8192], certificate_bytes[FILE_MAX];
    struct crypto_ec_key key = {0};
    struct signer signer;
    struct writer values = writer_of(value_bytes, sizeof value_bytes);
    const struct crypto_random random = crypto_system_random();
    const struct resident_claims claims = {
        .family_name = "김",
        .given_name = "하늘",
        .birth_date = "2007-03-01",
        .portrait = {portrait, sizeof portrait},
        .registration_number = "0723014000000",
        .ages = {{17, true}, {19, false}},
        .age_count = 2,
        .years = {{2026, true}},
        .year_count = 1,
    };
    load_key("signer.secret", &key, &signer);
    demand(resident_claims_mdoc(&claims, &values, &mdoc), "the claims are none");
    const struct span certificate = read_file("signer.der", certificate_bytes);
    struct issuer_signed_order order = {
        .doc_type = span_of(RESIDENT_DOC_TYPE, strlen(RESIDENT_DOC_TYPE)),
        .namespaces = mdoc.namespaces,
        .namespace_count = mdoc.namespace_count,
        .decoys = 4,
        .validity = {now, now, now + 86400, 0},
        .status = {.index = 7, .uri = span_of("https://issuer.example/status/1", 31)},
        .chain = &certificate,
        .chain_count = 1,
        .algorithm = COSE_ES256,
    };
    memcpy(order.device_key, device_point, SIGNER_POINT);
    demand(issuer_signed_make(&order, &signer, &random, w) == JUMIN_OK, "no credential was made");
    crypto_ec_release(&key);
}

static void make(int64_t now)
{
    static uint8_t credential_bytes[FILE_MAX], response_bytes[FILE_MAX], transcript_bytes[256],
        wrapped_bytes[256];
    struct crypto_ec_key device_key = {0}, reader_key = {0};
    struct signer device, reader;
    struct issuer_signed credential;
    struct detail detail = {""};
    struct writer w = writer_of(credential_bytes, sizeof credential_bytes),
                  wrapped = writer_of(wrapped_bytes, sizeof wrapped_bytes);
    const struct span common = span_of(RESIDENT_COMMON_NAMESPACE, strlen(RESIDENT_COMMON_NAMESPACE));
    const struct mdoc_element_name elements[] = {{common, span_of("birth_date", 10), false},
                                                 {common, span_of("family_name_unicode", 19), false},
                                                 {common, span_of("age_over_19", 11), false}};
    const struct span transcript = transcript_of(transcript_bytes, sizeof transcript_bytes);
    cbor_put_tag(&wrapped, CBOR_TAG_EMBEDDED);
    cbor_put_bytes(&wrapped, transcript);
    write_file("transcript.cbor", writer_span(&wrapped));
    load_key("device.secret", &device_key, &device);
    load_key("reader.secret", &reader_key, &reader);
    issue(now, device.point, &w);
    demand(issuer_signed_parse(writer_span(&w), &credential, &detail) == JUMIN_OK, detail.text);
    const enum device_auth_method methods[] = {DEVICE_AUTH_SIGNATURE, DEVICE_AUTH_MAC};
    for (size_t i = 0; i < 2; i++) {
        const struct device_presentation presentation = {
            .credential = &credential,
            .elements = elements,
            .element_count = 3,
            .device = &device,
            .method = methods[i],
            .reader_key = span_of(reader.point, SIGNER_POINT),
        };
        struct writer response = writer_of(response_bytes, sizeof response_bytes);
        demand(device_response_make(transcript, DEVICE_RESPONSE_OK, &presentation, 1, &response) == JUMIN_OK,
               "no response was made");
        write_file(i == 0 ? "ours-signature.cbor" : "ours-mac.cbor", writer_span(&response));
    }
    crypto_ec_release(&device_key);
    crypto_ec_release(&reader_key);
}

// --- Verifying -----------------------------------------------------------------------------------------------

// The chain is one certificate that the root has signed.
static enum jumin_error check_chain(void *context, const struct span *chain, size_t count, int64_t now,
                                    struct mdoc_signer *signer, struct detail *detail)
{
    static uint8_t root_bytes[FILE_MAX];
    struct crypto_ec_key *key = context;
    struct x509_certificate root, leaf;
    const char *why = NULL;
    (void)now;
    crypto_ec_release(key); // of the document before
    if (count != 1 || !x509_parse(read_file("root.der", root_bytes), &root, &why) ||
        !x509_parse(chain[0], &leaf, &why) || !x509_signed_by(&leaf, &root) ||
        !crypto_ec_load_public(key, CRYPTO_P256, leaf.key.point)) {
        return detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN, "the signer is not known");
    }
    *signer = (struct mdoc_signer){key, leaf.not_before, leaf.not_after};
    return JUMIN_OK;
}

static void verify(int64_t now, const char *name)
{
    static struct device_response response;
    static uint8_t bytes[FILE_MAX], transcript_bytes[256];
    struct crypto_ec_key reader_key = {0}, issuer_key = {0};
    struct signer reader;
    struct issuer_signed_item item;
    struct detail detail = {""};
    const struct mdoc_rules rules = {.now = now, .issuer = {check_chain, &issuer_key}};
    const struct span transcript = transcript_of(transcript_bytes, sizeof transcript_bytes);
    const struct span common = span_of(RESIDENT_COMMON_NAMESPACE, strlen(RESIDENT_COMMON_NAMESPACE));
    load_key("reader.secret", &reader_key, &reader);
    demand(device_response_parse(read_file(name, bytes), &response, &detail) == JUMIN_OK, detail.text);
    const struct device_document *document = &response.documents[0];
    demand(response.count == 1 &&
               device_document_verify(document, &rules, transcript, &reader, &detail) == JUMIN_OK,
           detail.text);
    demand(issuer_signed_find(&document->issuer_signed, common, span_of("document_number", 15), &item) &&
               span_equal(item.value, span_of("\x69M12345678", 10)),
           "the document number is another");
    demand(!issuer_signed_find(&document->issuer_signed, common, span_of("age_over_19", 11), &item),
           "more is shown than was asked for");
    demand(device_document_verify(document, &rules, span_from(transcript, 1), &reader, &detail) ==
               JUMIN_ERROR_CLONED,
           "another session is taken");
    crypto_ec_release(&reader_key);
    crypto_ec_release(&issuer_key);
}

int main(int argc, char **argv)
{
    demand(argc >= 4, "usage: mdl_peer make|verify FOLDER NOW [FILE]");
    folder = argv[2];
    const int64_t now = strtoll(argv[3], NULL, 10);
    if (strcmp(argv[1], "make") == 0) {
        make(now);
    } else {
        demand(argc == 5, "verify wants a file");
        verify(now, argv[4]);
    }
    return 0;
}
