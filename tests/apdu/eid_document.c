// The eID application on a card of the fixture (TR-03110-4 §2.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/eid_document.h"

#include <stdio.h>

#include "card/apps/eid.h"
#include "card/core/registry.h"
#include "card/core/select.h"
#include "tests/apdu/document.h"
#include "tests/unit/unit.h"

struct span eid_sample(unsigned number, struct writer *w)
{
    char text[16];
    (void)snprintf(text, sizeof text, "group %u", number);
    const size_t group = tlv_open(w, eid_tag_of_group(number));
    tlv_put(w, 0x0C, span_of(text, strlen(text)));
    tlv_close(w, group);
    assert_false(w->overflow);
    return writer_span(w);
}

void eid_personalize(struct card_fixture *fixture, uint32_t missing)
{
    struct store *store = &fixture->card.store;
    struct registry registry;
    assert_int_equal(store_begin(store), STORE_OK);
    for (size_t i = 0; i < eid_applet.file_count; i++) {
        uint8_t bytes[32];
        struct writer w = writer_of(bytes, sizeof bytes);
        const struct file_row *file = &eid_applet.files[i];
        if ((missing >> file->short_identifier & 1) == 0) {
            document_put_file(fixture, &eid_applet, file->identifier, eid_sample(file->short_identifier, &w));
        }
    }
    assert_int_equal(eid_applet.complete(&fixture->card), SW_OK);
    assert_true(registry_read(store, &registry));
    document_enter(&registry, &eid_applet);
    assert_int_equal(registry_write(store, &registry), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
}

void eid_begin(struct card_fixture *fixture, enum eid_progress progress, enum terminal_type type,
               rights effective)
{
    struct security_status *security = &fixture->card.security;
    security_end_session(security);
    terminal_authentication_forget(&fixture->card);
    sm_end(&fixture->session);
    select_application(&fixture->card, &eid_applet);
    if (progress == EID_NOTHING) {
        return;
    }
    fixture_begin_session(fixture);
    security->achieved.password = PACE_PASSWORD_PIN;
    security->achieved.asked = (struct authorization){.type = type, .rights = effective};
    security->achieved.chip_authenticated = progress == EID_CHIP_AUTHENTICATED || progress == EID_COMPLETE;
    if (progress == EID_TERMINAL_AUTHENTICATED || progress == EID_COMPLETE) {
        security->achieved.terminal_authenticated = true;
        security->achieved.effective = effective;
    }
}

void eid_bring(struct card_fixture *fixture, struct span oid, struct span data)
{
    struct terminal_authentication_state *state = &fixture->card.terminal_authentication;
    const struct span before = terminal_auxiliary_data(&fixture->card);
    uint8_t bytes[TA_AUXILIARY_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    const size_t object = tlv_open(&w, TAG_AUXILIARY_DATA);
    writer_put(&w, before);
    auxiliary_data_put(&w, oid, data);
    tlv_close(&w, object);
    assert_false(w.overflow);
    memcpy(state->auxiliary_data, bytes, w.n);
    state->auxiliary_length = w.n;
}

void eid_name_sector(struct card_fixture *fixture, bool second, struct span hash)
{
    struct terminal_authentication_state *state = &fixture->card.terminal_authentication;
    memcpy(state->sector_hashes[second ? 1 : 0], hash.p, hash.n);
    state->sector_lengths[second ? 1 : 0] = hash.n;
}

void eid_put(struct card_fixture *fixture, enum eid_group group, uint8_t tag, struct span value)
{
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    const size_t outer = tlv_open(&w, eid_tag_of_group(group));
    tlv_put(&w, tag, value);
    tlv_close(&w, outer);
    document_put_file(fixture, &eid_applet, (uint16_t)(0x0100 + group), writer_span(&w));
}
