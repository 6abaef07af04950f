// Debian's libeac (OpenPACE) as the terminal in the eID application: PACE with a CHAT, passive
// authentication, Terminal and Chip Authentication version 2, data groups read and written, age verified
// (TR-03110-2 §3). What the terminal computes, libeac computes, with OpenSSL behind it.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "card/wire/oid.h"
#include "host/pki/trust.h"
#include "tests/e2e/eid_card.h"
#include "tests/interop/libeac_terminal.h"

#include <eac/ca.h>
#include <eac/cv_cert.h>
#include <eac/ta.h>
#include <openssl/x509.h>

static struct libeac_terminal terminal;
static struct span csca;      // in DER
static X509_STORE *stores[8]; // libeac does not free what it was given; kept here, they are no leak
static size_t store_count;

// id-DateOfBirth 20071231 (TR-03110-3 §A.6.5)
static const char auxiliary_data[] = "67177315060904007F0007030104015308"
                                     "3230303731323331";

// --- Keys and certificates -----------------------------------------------------------------------------------

// ECPrivateKey (RFC 5915) on P-256.
static struct span private_key(const struct test_holder *holder, struct writer *w)
{
    uint8_t secret[CRYPTO_FIELD_MAX];
    assert_true(crypto_ec_secret(&holder->key, secret));
    const size_t key = tlv_open(w, 0x30);
    writer_put(w, span_of("\x02\x01\x01", 3));
    tlv_put(w, 0x04, span_of(secret, 32));
    const size_t parameters = tlv_open(w, 0xA0);
    writer_put(w, span_of("\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07", 10));
    tlv_close(w, parameters);
    tlv_close(w, key);
    return writer_span(w);
}

// The certificates as two objects 7F21.
static void split(struct span chain, struct tlv *verifier, struct tlv *own)
{
    assert_true(tlv_expect(&chain, CVC_CERTIFICATE, verifier));
    assert_true(tlv_expect(&chain, CVC_CERTIFICATE, own));
}

// What the terminal's certificate may do is what it asks for.
static struct span chat_of(struct span certificate, uint8_t buffer[64])
{
    const unsigned char *from = certificate.p;
    CVC_CERT *parsed = CVC_d2i_CVC_CERT(NULL, &from, (long)certificate.n);
    assert_non_null(parsed);
    unsigned char *to = buffer;
    const int n = i2d_CVC_CHAT(cvc_get_chat(parsed), &to);
    assert_in_range(n, 1, 64);
    CVC_CERT_free(parsed);
    return span_of(buffer, (size_t)n);
}

// Certificates of documents spell their curves out (9303-12 §4), which OpenSSL minds by itself.
static int allow_explicit_curves(int passed, X509_STORE_CTX *context)
{
    return passed != 0 || X509_STORE_CTX_get_error(context) == X509_V_ERR_EC_KEY_EXPLICIT_PARAMS;
}

static X509_STORE *find_csca(unsigned long issuer)
{
    (void)issuer;
    const unsigned char *from = csca.p;
    X509 *root = d2i_X509(NULL, &from, (long)csca.n);
    X509_STORE *store = X509_STORE_new();
    X509_VERIFY_PARAM *parameters = X509_VERIFY_PARAM_new();
    assert_non_null(root);
    X509_VERIFY_PARAM_set_time(parameters, ISSUED_NOW);
    assert_int_equal(X509_STORE_add_cert(store, root), 1);
    assert_int_equal(X509_STORE_set1_param(store, parameters), 1);
    X509_STORE_set_verify_cb(store, allow_explicit_curves);
    X509_VERIFY_PARAM_free(parameters);
    X509_free(root);
    assert_in_range(store_count, 0, sizeof stores / sizeof stores[0] - 1);
    stores[store_count++] = store;
    return store;
}

// --- Steps ---------------------------------------------------------------------------------------------------

static uint16_t send(uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2, struct span data, uint32_t ne)
{
    const struct apdu_command command = {.cla = cla, .ins = ins, .p1 = p1, .p2 = p2, .data = data, .ne = ne};
    return libeac_send(&terminal, &command);
}

static uint16_t set_reference(uint8_t p2, uint8_t tag, struct span value)
{
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, tag, value);
    return send(0x00, 0x22, 0x81, p2, writer_span(&w), 0);
}

static uint16_t import_certificate(struct span authority, const struct tlv *certificate)
{
    const uint16_t status = set_reference(0xB6, 0x83, authority);
    return status == SW_OK ? send(0x00, 0x2A, 0x00, 0xBE, certificate->value, 0) : status;
}

static size_t read_file(uint8_t short_identifier, uint8_t *file, size_t capacity)
{
    size_t n = 0;
    uint16_t status = send(0x00, 0xB0, (uint8_t)(0x80 | short_identifier), 0, span_of(NULL, 0), 128);
    while ((status == SW_OK || status == SW_END_OF_FILE) && terminal.data.n > 0) {
        assert_true(n + terminal.data.n <= capacity);
        memcpy(file + n, terminal.data.p, terminal.data.n);
        n += terminal.data.n;
        if (terminal.data.n < 128) {
            return n;
        }
        status = send(0x00, 0xB0, (uint8_t)(n >> 8), (uint8_t)n, span_of(NULL, 0), 128);
    }
    return status == SW_WRONG_OFFSET ? n : 0;
}

static void read_card_security(BUF_MEM **chip_key)
{
    static uint8_t file[4096];
    const size_t n = read_file(0x1D, file, sizeof file);
    assert_int_not_equal(n, 0);
    terminal.ctx->ca_ctx->lookup_csca_cert = find_csca; // EAC_CTX_set_csca_lookup_cert is not exported
    assert_int_equal(EAC_CTX_init_ef_cardsecurity(file, n, terminal.ctx), 1);
    assert_int_not_equal(store_count, 0); // passive authentication has asked for it
    *chip_key = CA_get_pubkey(terminal.ctx, file, n);
    assert_non_null(*chip_key);
}

static uint16_t authenticate_terminal(const struct eid_card *card, const struct tlv *own)
{
    uint8_t bytes[512], key_bytes[128];
    struct writer key = writer_of(key_bytes, sizeof key_bytes), w = writer_of(bytes, sizeof bytes);
    const struct span secret = private_key(&card->chain.terminal, &key);
    assert_int_equal(EAC_CTX_init_ta(terminal.ctx, secret.p, secret.n, own->whole.p, own->whole.n), 1);
    TA_disable_checks(terminal.ctx);
    BUF_MEM *compressed = TA_STEP3_generate_ephemeral_key(terminal.ctx);
    assert_non_null(compressed);
    uint8_t auxiliary[64];
    const struct span brought = unhex(auxiliary_data, auxiliary, sizeof auxiliary);
    tlv_put(&w, 0x80, span_of("\x04\x00\x7F\x00\x07\x02\x02\x02\x02\x03", 10)); // id-TA-ECDSA-SHA-256
    tlv_put(&w, 0x83, card->chain.terminal_plan.holder);
    writer_put(&w, brought);
    tlv_put(&w, 0x91, span_of(compressed->data, compressed->length));
    assert_int_equal(send(0x00, 0x22, 0x81, 0xA4, writer_span(&w), 0), SW_OK);
    assert_int_equal(send(0x00, 0x84, 0x00, 0x00, span_of(NULL, 0), 8), SW_OK);
    BUF_MEM *identifier = EAC_Comp(terminal.ctx, EAC_ID_PACE, terminal.pace_key);
    assert_non_null(identifier);
    BUF_MEM *nonce = libeac_buffer(terminal.data), *data = libeac_buffer(brought);
    assert_int_equal(TA_STEP4_set_nonce(terminal.ctx, nonce), 1);
    BUF_MEM *signature = TA_STEP5_sign(terminal.ctx, compressed, identifier, data);
    assert_non_null(signature);
    const uint16_t status = send(0x00, 0x82, 0x00, 0x00, span_of(signature->data, signature->length), 0);
    BUF_MEM *const buffers[] = {compressed, identifier, nonce, data, signature};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        BUF_MEM_free(buffers[i]);
    }
    return status;
}

static void authenticate_chip(const BUF_MEM *chip_key)
{
    uint8_t bytes[128];
    const uint8_t key_id = DOCUMENT_KEY_ID;
    struct writer w = writer_of(bytes, sizeof bytes);
    BUF_MEM *ephemeral = CA_STEP2_get_eph_pubkey(terminal.ctx);
    assert_non_null(ephemeral);
    tlv_put(&w, 0x80, span_of("\x04\x00\x7F\x00\x07\x02\x02\x03\x02\x02", 10)); // id-CA-ECDH-AES-CBC-CMAC-128
    tlv_put(&w, 0x84, span_of(&key_id, 1));
    assert_int_equal(send(0x00, 0x22, 0x41, 0xA4, writer_span(&w), 0), SW_OK);
    w = writer_of(bytes, sizeof bytes);
    const size_t template = tlv_open(&w, 0x7C);
    tlv_put(&w, 0x80, span_of(ephemeral->data, ephemeral->length));
    tlv_close(&w, template);
    assert_int_equal(send(0x00, 0x86, 0x00, 0x00, writer_span(&w), APDU_SHORT_LE_MAX), SW_OK);
    struct span rest = terminal.data;
    struct tlv object, nonce, token;
    assert_true(tlv_expect(&rest, 0x7C, &object));
    assert_true(tlv_expect(&object.value, 0x81, &nonce));
    assert_true(tlv_expect(&object.value, 0x82, &token));
    BUF_MEM *r = libeac_buffer(nonce.value), *t = libeac_buffer(token.value);
    assert_int_equal(CA_STEP4_compute_shared_secret(terminal.ctx, chip_key), 1);
    assert_int_equal(CA_STEP6_derive_keys(terminal.ctx, r, t), 1);
    assert_int_equal(EAC_CTX_set_encryption_ctx(terminal.ctx, EAC_ID_CA), 1);
    BUF_MEM_free(ephemeral);
    BUF_MEM_free(r);
    BUF_MEM_free(t);
}

// All of it, up to the application.
static void open_application(struct eid_card *card, rights granted)
{
    uint8_t buffer[2 * TEST_CERTIFICATE_MAX], chat[64];
    struct tlv verifier, own;
    BUF_MEM *chip_key = NULL;
    card->chain.terminal_plan.authorization.rights = granted;
    split(eid_card_certificates(&card->chain, buffer), &verifier, &own);
    libeac_begin(&terminal, &card->issued.fixture);
    libeac_set_pace(&terminal, &document_protocols[DOCUMENT_GM], PACE_PASSWORD_PIN, chat_of(own.whole, chat));
    assert_int_equal(libeac_pace(&terminal, PACE_PIN, DOCUMENT_PIN), SW_OK);
    assert_true(span_equal(terminal.trusted, card->chain.cvca_plan.holder));
    read_card_security(&chip_key);
    assert_int_equal(import_certificate(card->chain.cvca_plan.holder, &verifier), SW_OK);
    assert_int_equal(import_certificate(card->chain.dv_plan.holder, &own), SW_OK);
    assert_int_equal(authenticate_terminal(card, &own), SW_OK);
    authenticate_chip(chip_key);
    BUF_MEM_free(chip_key);
    assert_int_equal(send(0x00, 0xA4, 0x04, 0x0C, AID_EID, 0), SW_OK);
}

// --- Tests -----------------------------------------------------------------------------------------------------

static void assert_group(unsigned group, const char *content)
{
    uint8_t file[256];
    const size_t n = read_file((uint8_t)group, file, sizeof file);
    assert_int_not_equal(n, 0);
    assert_span_hex(span_of(file, n), content);
}

static void test_libeac_reads_data_groups_and_verifies_the_age(void **state)
{
    (void)state;
    struct eid_card *card = eid_card_new(1); // libeac reads no EF.CardAccess that offers CAM
    csca = card->issued.trust->certificates[0].parsed.whole;
    open_application(card, rights_of_type(TERMINAL_AUTHENTICATION));
    assert_group(1, "610413024944");
    assert_group(8, "680A12083230303731323331");
    assert_group(18, "720C040A33363131303130313030");
    uint8_t oid[16];
    const struct span date_of_birth = unhex("060904007F000703010401", oid, sizeof oid);
    assert_int_equal(send(0x80, 0x20, 0x80, 0x00, date_of_birth, 0), SW_OK);
    libeac_end(&terminal);
    eid_card_free(card);
}

static void test_libeac_writes_the_address(void **state)
{
    (void)state;
    struct eid_card *card = eid_card_new(1);
    csca = card->issued.trust->certificates[0].parsed.whole;
    open_application(card, rights_of_type(TERMINAL_AUTHENTICATION));
    uint8_t bytes[64];
    const char address[] = "710FA10D0C0B7369782073747265657473";
    const struct span file = unhex(address, bytes, sizeof bytes);
    assert_int_equal(send(0x00, 0xD6, 0x91, 0x00, file, 0), SW_OK);
    assert_group(17, address);
    libeac_end(&terminal);
    eid_card_free(card);
}

static void test_libeac_gets_what_its_certificate_says_and_no_more(void **state)
{
    (void)state;
    struct eid_card *card = eid_card_new(1);
    csca = card->issued.trust->certificates[0].parsed.whole;
    open_application(card, right_to_read(EID_DATE_OF_BIRTH));
    assert_group(8, "680A12083230303731323331");
    assert_int_equal(send(0x00, 0xB0, 0x84, 0x00, span_of(NULL, 0), 1), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(send(0x00, 0xB0, 0x91, 0x00, span_of(NULL, 0), 1), SW_SECURITY_STATUS_NOT_SATISFIED);
    libeac_end(&terminal);
    eid_card_free(card);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_libeac_reads_data_groups_and_verifies_the_age),
        cmocka_unit_test(test_libeac_writes_the_address),
        cmocka_unit_test(test_libeac_gets_what_its_certificate_says_and_no_more),
    };
    return cmocka_run_group_tests(tests, libeac_start, libeac_stop);
}
