// The convenience store: with its certificate everything is tried, and age, or name and birth date, are all
// that comes out.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/eid.h"
#include "card/apps/provisioning.h"
#include "card/core/registry.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"
#include "card/wire/provisioning.h"
#include "tests/apdu/eac.h"
#include "tests/apdu/eid_document.h"
#include <jumin/eac_pki.h>

#include <stdio.h>

enum {
    SERIAL = 0xD7, // fills what the factory has written of this card alone
    MARKS = 6,     // so many bytes of a pattern are no accident
    DATA_MAX = 128,
};

static struct {
    struct card_fixture fixture;
    struct terminal terminal;
    struct document document;
    struct eac_chain chain;
    uint8_t auxiliary[TA_AUXILIARY_MAX];
    rights preset;
    enum pace_password password;
} store;

// --- The card ----------------------------------------------------------------------------------------------

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

static void make_key(uint16_t identifier, uint8_t key_id)
{
    const uint8_t content[] = {key_id, pace_parameter_of_curve(CRYPTO_P256)};
    uint8_t bytes[256];
    struct writer response = writer_of(bytes, sizeof bytes);
    assert_int_equal(
        document_put(&store.fixture, &eid_applet, identifier, span_of(content, sizeof content), &response),
        SW_OK);
}

static void install_provisioning(void)
{
    struct registry registry;
    assert_true(registry_read(&store.fixture.card.store, &registry));
    document_enter(&registry, &provisioning_applet);
    assert_int_equal(registry_write(&store.fixture.card.store, &registry), STORE_OK);
}

// All three kinds; the store has signed them all.
static void put_auxiliary_data(void)
{
    struct writer w = writer_of(store.auxiliary, sizeof store.auxiliary);
    const size_t object = tlv_open(&w, TAG_AUXILIARY_DATA);
    auxiliary_data_put(&w, OID_DATE_OF_BIRTH, text_of("20071231"));
    auxiliary_data_put(&w, OID_DATE_OF_EXPIRY, text_of("20261123"));
    auxiliary_data_put(&w, OID_MUNICIPALITY, text_of("36"));
    tlv_close(&w, object);
    store.chain.auxiliary_data = writer_span(&w);
}

static int start(void **state)
{
    const struct card_factory factory = fixture_factory(SERIAL, 16);
    jumin_rights preset = 0;
    (void)state;
    memset(&store, 0, sizeof store);
    assert_int_equal(jumin_rights_add("store", &preset), JUMIN_OK);
    store.preset = preset;
    eac_chain_make(&store.chain, TERMINAL_AUTHENTICATION);
    store.chain.terminal_plan.authorization.rights = preset;
    put_auxiliary_data();
    fixture_start_as(&store.fixture, &factory);
    eac_personalize(&store.fixture, &store.chain, 1, &store.document);
    eid_personalize(&store.fixture, 0);
    eid_put(&store.fixture, EID_DATE_OF_BIRTH, 0x12, text_of("20070405"));
    eid_put(&store.fixture, EID_DATE_OF_EXPIRY, 0x12, text_of("20361130"));
    eid_put(&store.fixture, EID_MUNICIPALITY, 0x04, text_of("3611010100"));
    make_key(DGI_GENERATE_RESTRICTED_IDENTIFICATION_KEY, 1);
    make_key(DGI_GENERATE_RESTRICTED_IDENTIFICATION_BLOCKING_KEY, 2);
    install_provisioning();
    fixture_advance(&store.fixture, CARD_SECURED);
    store.password = PACE_PASSWORD_CAN;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    eac_chain_release(&store.chain);
    fixture_stop(&store.fixture);
    return 0;
}

// --- The session -------------------------------------------------------------------------------------------

// All that the procedure gives, asking for everything.
static void open_session(void)
{
    fixture_power_cycle(&store.fixture);
    terminal_start(&store.terminal, &store.fixture);
    assert_int_equal(eac_pace(&store.terminal, TERMINAL_AUTHENTICATION, ~(rights)0, store.password), SW_OK);
    assert_int_equal(eac_terminal_authentication(&store.terminal, &store.chain), SW_OK);
    assert_int_equal(eac_chip_authentication(&store.terminal, &store.document), SW_OK);
}

static bool session_lives(void)
{
    const struct security_status *security = &store.fixture.card.security;
    return security->sm.active && security->achieved.terminal_authenticated && store.terminal.sm.active;
}

static const struct {
    const char *name;
    const struct span *aid;
} applications[] = {{"MF", &AID_MF},   {"ISD", &AID_ISD},   {"eMRTD", &AID_EMRTD},
                    {"eID", &AID_EID}, {"NDEF", &AID_NDEF}, {"provisioning", &AID_PROVISIONING}};

enum { APPLICATION_COUNT = sizeof applications / sizeof applications[0] };

static void enter(size_t application)
{
    if (!session_lives()) {
        open_session();
    }
    if (!span_equal(*store.fixture.card.selected->aid, *applications[application].aid)) {
        assert_int_equal(terminal_select(&store.terminal, *applications[application].aid), SW_OK);
    }
}

// --- What must not come out --------------------------------------------------------------------------------

static bool contains(struct span data, struct span wanted)
{
    for (size_t i = 0; i + wanted.n <= data.n; i++) {
        if (memcmp(data.p + i, wanted.p, wanted.n) == 0) {
            return true;
        }
    }
    return false;
}

// Files of the travel document count up in sevens.
static bool counts_in_sevens(struct span data)
{
    size_t run = 1;
    for (size_t i = 1; i < data.n; i++) {
        run = (uint8_t)(data.p[i] - data.p[i - 1]) == 7 ? run + 1 : 1;
        if (run >= MARKS) {
            return true;
        }
    }
    return false;
}

// "group 4" and "group 5" are the names.
static bool names_another_group(struct span data)
{
    static const char mark[] = "group ";
    for (size_t i = 0; i + sizeof mark <= data.n; i++) {
        if (memcmp(data.p + i, mark, sizeof mark - 1) == 0) {
            const uint8_t digit = data.p[i + sizeof mark - 1];
            const bool one_digit = i + sizeof mark == data.n;
            if (!one_digit || (digit != '4' && digit != '5')) {
                return true;
            }
        }
    }
    return false;
}

static void assert_says_nothing_else(struct span data, const char *what)
{
    uint8_t serial[MARKS];
    memset(serial, SERIAL, sizeof serial);
    const struct span forbidden[] = {text_of("20361130"), text_of("361101"), span_of(serial, sizeof serial)};
    bool leaks = counts_in_sevens(data) || names_another_group(data);
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++) {
        leaks = leaks || contains(data, forbidden[i]);
    }
    if (leaks) {
        fail_msg("%s says more than it may", what);
    }
}

// One try in an application; its answer is looked through.
static uint16_t try(size_t application, uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2, struct span data,
                    uint32_t ne)
{
    char what[64];
    enter(application);
    const uint16_t status = terminal_send(&store.terminal, cla, ins, p1, p2, data, ne);
    (void)snprintf(what, sizeof what, "%s: %02X%02X%02X%02X", applications[application].name, cla, ins, p1,
                   p2);
    assert_says_nothing_else(store.terminal.data, what);
    return status;
}

// --- Files -------------------------------------------------------------------------------------------------

static bool is_open_group(size_t application, unsigned identifier)
{
    const unsigned group = identifier & 0xFF;
    return applications[application].aid == &AID_EID &&
           (group == EID_GIVEN_NAMES || group == EID_FAMILY_NAMES || group == EID_DATE_OF_BIRTH);
}

// What anybody may read: it is alike on all cards of a kind.
static bool is_common(size_t application, unsigned identifier)
{
    return applications[application].aid == &AID_NDEF ||
           (applications[application].aid == &AID_MF && identifier != FID_CHIP_SECURITY);
}

static void try_file(size_t application, uint16_t identifier, uint8_t short_identifier)
{
    static const uint8_t offset[] = {0x54, 0x01, 0x00};
    const uint8_t bytes[] = {(uint8_t)(identifier >> 8), (uint8_t)identifier};
    const uint16_t statuses[] = {
        try(application, 0x00, 0xA4, 0x02, 0x00, span_of(bytes, 2), LE_ALL),
        try(application, 0x00, 0xB0, (uint8_t)(0x80 | short_identifier), 0x00, span_of(NULL, 0), LE_ALL),
        try(application, 0x00, 0xB1, bytes[0], bytes[1], span_of(offset, sizeof offset), LE_ALL),
        try(application, 0x00, 0xB1, 0x00, short_identifier, span_of(offset, sizeof offset), LE_ALL),
    };
    const bool open = is_open_group(application, identifier) || is_common(application, identifier);
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        const bool names_none = short_identifier == 0 && (i == 1 || i == 3);
        if (!names_none && statuses[i] != (open ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED)) {
            fail_msg("%s %04X, way %zu: %04X", applications[application].name, identifier, i, statuses[i]);
        }
    }
    assert_int_not_equal(try(application, 0x00, 0xB0, 0x00, 0x00, span_of(NULL, 0), LE_ALL) == SW_OK &&
                             !open && store.fixture.card.file != NULL &&
                             store.fixture.card.file->identifier == identifier,
                         true);
}

static void test_of_all_files_only_names_and_birth_date_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < APPLICATION_COUNT; i++) {
        enter(i);
        const struct applet *applet = store.fixture.card.selected;
        for (size_t k = 0; k < applet->file_count; k++) {
            try_file(i, applet->files[k].identifier, applet->files[k].short_identifier);
        }
    }
}

static void test_identifiers_that_no_table_has_answer_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < APPLICATION_COUNT; i++) {
        for (unsigned identifier = 0x0100; identifier <= 0x0120; identifier++) {
            const uint8_t bytes[] = {(uint8_t)(identifier >> 8), (uint8_t)identifier};
            (void)try(i, 0x00, 0xA4, 0x02, 0x00, span_of(bytes, 2), LE_ALL);
            (void)try(i, 0x00, 0xB0, 0x00, 0x00, span_of(NULL, 0), LE_ALL);
            (void)try(i, 0x00, 0xB0, (uint8_t)(0x80 | (identifier & 0x1F)), 0, span_of(NULL, 0), LE_ALL);
        }
    }
}

// One object with the file's tag where it has one, in every way there is.
static void try_to_write(size_t application, uint16_t identifier, uint8_t short_identifier)
{
    const uint8_t tag = applications[application].aid == &AID_EID ? eid_tag_of_group(short_identifier) : 0x61;
    const uint8_t plain[] = {tag, 0x02, 0x0C, 0x00};
    const uint8_t odd[] = {0x54, 0x01, 0x00, 0x53, 0x04, tag, 0x02, 0x0C, 0x00};
    const uint8_t bytes[] = {(uint8_t)(identifier >> 8), (uint8_t)identifier};
    const struct span data = span_of(plain, sizeof plain), odd_data = span_of(odd, sizeof odd);
    (void)try(application, 0x00, 0xA4, 0x02, 0x0C, span_of(bytes, sizeof bytes), 0);
    const uint16_t statuses[] = {
        try(application, 0x00, 0xD6, 0x00, 0x00, data, 0),
        try(application, 0x00, 0xD6, (uint8_t)(0x80 | short_identifier), 0x00, data, 0),
        try(application, 0x00, 0xD7, bytes[0], bytes[1], odd_data, 0),
        try(application, 0x00, 0xD7, 0x00, short_identifier, odd_data, 0),
    };
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i] == SW_OK) {
            fail_msg("%s %04X was written, way %zu", applications[application].name, identifier, i);
        }
    }
}

static void test_nothing_is_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < APPLICATION_COUNT; i++) {
        enter(i);
        const struct applet *applet = store.fixture.card.selected;
        for (size_t k = 0; k < applet->file_count; k++) {
            try_to_write(i, applet->files[k].identifier, applet->files[k].short_identifier);
        }
    }
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        const uint8_t tag = eid_tag_of_group(group);
        const uint8_t plain[] = {tag, 0x02, 0x0C, 0x00};
        assert_int_equal(try(3, 0x00, 0xD6, (uint8_t)(0x80 | group), 0x00, span_of(plain, sizeof plain), 0),
                         group == EID_RESERVED ? SW_FILE_NOT_FOUND : SW_SECURITY_STATUS_NOT_SATISFIED);
    }
}

// --- Functions ---------------------------------------------------------------------------------------------

static uint16_t verify(struct span oid)
{
    uint8_t bytes[16];
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, 0x06, oid);
    const uint16_t status = try(3, 0x80, 0x20, 0x80, 0x00, writer_span(&w), 0);
    assert_int_equal(store.terminal.data.n, 0);
    return status;
}

// Whether the document has expired is for every authenticated terminal, as CHAT has no bit for it, and says
// nothing of the holder (TR-03110-4 §2.2.3.2): no more than yes or no, and the expiry date itself stays
// closed.
static void test_of_all_questions_only_age_is_answered(void **state)
{
    (void)state;
    assert_int_equal(verify(OID_DATE_OF_BIRTH), SW_OK);
    assert_int_equal(verify(OID_DATE_OF_EXPIRY), SW_OK);
    assert_int_equal(verify(OID_MUNICIPALITY), SW_SECURITY_STATUS_NOT_SATISFIED);
    eid_put(&store.fixture, EID_DATE_OF_BIRTH, 0x12, text_of("20080101"));
    assert_int_equal(verify(OID_DATE_OF_BIRTH), SW_AUTHENTICATION_FAILED);
}

// The certificate names no sector, so there is no pseudonym, not even for blocking.
static void test_no_pseudonym_comes_out(void **state)
{
    (void)state;
    uint8_t oid[OID_RI_ECDH_LENGTH], bytes[512];
    oid_ri_ecdh(CRYPTO_SHA256, oid);
    for (uint8_t key_id = 1; key_id <= 2; key_id++) {
        struct writer w = writer_of(bytes, sizeof bytes);
        tlv_put(&w, 0x80, span_of(oid, sizeof oid));
        tlv_put(&w, 0x84, span_of(&key_id, 1));
        assert_int_equal(try(3, 0x00, 0x22, 0x41, 0xA4, writer_span(&w), 0), SW_OK);
        uint8_t key_bytes[512];
        struct writer key = writer_of(key_bytes, sizeof key_bytes);
        struct tlv object;
        cvc_public_key_put(&key, span_of(oid, sizeof oid), CRYPTO_P256,
                           span_of(store.chain.terminal.point, crypto_curve_point_length(CRYPTO_P256)), true);
        struct span whole = writer_span(&key);
        assert_true(tlv_expect(&whole, CVC_PUBLIC_KEY, &object));
        w = writer_of(bytes, sizeof bytes);
        const size_t template = tlv_open(&w, 0x7C);
        tlv_put(&w, 0xA0, object.value);
        tlv_close(&w, template);
        const uint16_t status = try(3, 0x00, 0x86, 0x00, 0x00, writer_span(&w), LE_ALL);
        assert_int_equal(status, key_id == 1 ? SW_SECURITY_STATUS_NOT_SATISFIED : SW_AUTHENTICATION_FAILED);
        assert_int_equal(store.terminal.data.n, 0);
    }
}

static void test_no_phone_is_bound_or_told(void **state)
{
    (void)state;
    static const uint8_t thumbprint[BINDING_THUMBPRINT] = "some phone";
    const struct span refused = span_of(thumbprint, sizeof thumbprint);
    const uint16_t no = SW_SECURITY_STATUS_NOT_SATISFIED;
    assert_int_equal(try(5, PROVISIONING_CLA, INS_BIND_DEVICE, 0, 0, refused, LE_ALL), no);
    assert_int_equal(try(5, PROVISIONING_CLA, INS_READ_BINDING, 0, 0, span_of(NULL, 0), LE_ALL), no);
    assert_int_equal(try(5, PROVISIONING_CLA, INS_UNBIND_DEVICE, 0, 0, span_of(NULL, 0), 0), no);
}

// --- Every command -----------------------------------------------------------------------------------------

// Commands that may succeed: they choose, ask for random bytes, or read what was tried above.
static bool may_succeed(const struct command_row *row)
{
    static const uint8_t harmless[] = {0xA4, 0xB0, 0xB1, 0x84, 0x22, 0x20, 0x86, 0xCA, 0xCB, 0x50};
    return memchr(harmless, row->ins, sizeof harmless) != NULL;
}

static void try_row(size_t application, const struct command_row *row)
{
    static const char *const contents[] = {"",           "00",     "5C00",
                                           "4F00",       "7C00",   "3132333435363738",
                                           "8000840100", "83015F", "060904007F000703010403"};
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        for (unsigned p = 0; p < 4; p++) {
            uint8_t bytes[DATA_MAX];
            const struct span data = unhex(contents[i], bytes, sizeof bytes);
            const uint16_t free_bits = (uint16_t)~row->p1p2_mask;
            static const uint16_t variants[] = {0x0000, 0x0002, 0x9F7F, 0xFFFF};
            const uint16_t p1p2 = (uint16_t)(row->p1p2 | (variants[p] & free_bits));
            const uint16_t status = try(application, row->cla, row->ins, (uint8_t)(p1p2 >> 8), (uint8_t)p1p2,
                                        data, i % 2 == 0 ? LE_ALL : 0);
            if (status == SW_OK && !may_succeed(row)) {
                fail_msg("%s: %s works", applications[application].name, row->name);
            }
        }
    }
}

static void test_no_command_says_or_does_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < APPLICATION_COUNT; i++) {
        for (size_t k = 0; k < command_count; k++) {
            try_row(i, &command_table[k]);
        }
    }
}

// GlobalPlatform's data of this card alone stay closed, as they would tell it from others.
static void test_no_serial_number_comes_out(void **state)
{
    (void)state;
    static const uint16_t tags[] = {0x9F7F, 0x00CF, 0x0045, 0x0042, 0x00C1, 0x0066, 0x00E0};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        const uint16_t status =
            try(1, 0x80, 0xCA, (uint8_t)(tags[i] >> 8), (uint8_t)tags[i], span_of(NULL, 0), LE_ALL);
        const bool common = tags[i] == 0x0066 || tags[i] == 0x00E0;
        assert_int_equal(status == SW_OK, common);
    }
}

// --- Other ways in -----------------------------------------------------------------------------------------

static void expect_closed(uint16_t status)
{
    assert_true(status != SW_OK);
    if (session_lives()) {
        assert_int_equal(store.fixture.card.security.achieved.effective & ~store.preset, 0);
    }
}

// A CHAT or certificate of another type does not fit the chain.
static void test_store_cannot_pass_for_another_type(void **state)
{
    (void)state;
    static const enum terminal_type types[] = {TERMINAL_INSPECTION, TERMINAL_SIGNATURE};
    for (size_t i = 0; i < 2; i++) {
        fixture_power_cycle(&store.fixture);
        terminal_start(&store.terminal, &store.fixture);
        assert_int_equal(eac_pace(&store.terminal, types[i], ~(rights)0, PACE_PASSWORD_CAN), SW_OK);
        expect_closed(eac_terminal_authentication(&store.terminal, &store.chain));
        assert_int_equal(store.fixture.card.security.achieved.effective, 0);
        assert_int_equal(terminal_select(&store.terminal, AID_EID), SW_OK);
        expect_closed(terminal_read(&store.terminal, EID_GIVEN_NAMES, 0, LE_ALL));
    }
}

// The PIN opens nothing more than the certificate says.
static void test_pin_gives_the_store_no_more_than_the_can(void **state)
{
    (void)state;
    store.password = PACE_PASSWORD_PIN;
    open_session();
    assert_int_equal(store.fixture.card.security.achieved.effective, store.preset);
    test_of_all_files_only_names_and_birth_date_are_read(state);
    test_of_all_questions_only_age_is_answered(state);
}

// Asking for less gives less: what it does not ask for is not there.
static void test_store_that_asks_for_age_alone_reads_no_name(void **state)
{
    (void)state;
    fixture_power_cycle(&store.fixture);
    terminal_start(&store.terminal, &store.fixture);
    assert_int_equal(eac_pace(&store.terminal, TERMINAL_AUTHENTICATION,
                              right_of(RIGHT_AGE_VERIFICATION) | right_of(RIGHT_CAN_ALLOWED),
                              PACE_PASSWORD_CAN),
                     SW_OK);
    assert_int_equal(eac_terminal_authentication(&store.terminal, &store.chain), SW_OK);
    assert_int_equal(eac_chip_authentication(&store.terminal, &store.document), SW_OK);
    assert_int_equal(terminal_select(&store.terminal, AID_EID), SW_OK);
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        expect_closed(terminal_read(&store.terminal, (uint8_t)group, 0, LE_ALL));
    }
    assert_int_equal(verify(OID_DATE_OF_BIRTH), SW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_of_all_files_only_names_and_birth_date_are_read, start, stop),
        cmocka_unit_test_setup_teardown(test_identifiers_that_no_table_has_answer_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_nothing_is_written, start, stop),
        cmocka_unit_test_setup_teardown(test_of_all_questions_only_age_is_answered, start, stop),
        cmocka_unit_test_setup_teardown(test_no_pseudonym_comes_out, start, stop),
        cmocka_unit_test_setup_teardown(test_no_phone_is_bound_or_told, start, stop),
        cmocka_unit_test_setup_teardown(test_no_command_says_or_does_more, start, stop),
        cmocka_unit_test_setup_teardown(test_no_serial_number_comes_out, start, stop),
        cmocka_unit_test_setup_teardown(test_store_cannot_pass_for_another_type, start, stop),
        cmocka_unit_test_setup_teardown(test_pin_gives_the_store_no_more_than_the_can, start, stop),
        cmocka_unit_test_setup_teardown(test_store_that_asks_for_age_alone_reads_no_name, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
