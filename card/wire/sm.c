// Secure messaging of eMRTD and eID (9303-11 §9.8, TR-03110-3 §F): the session, and what protects.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/sm_session.h"

enum {
    STATUS_OBJECT = 2 + 2,
    MAC_OBJECT = 2 + SM_MAC,
};

bool sm_start(struct sm_session *session, enum secure_messaging_suite suite, struct span encryption_key,
              struct span mac_key)
{
    sm_end(session);
    const size_t key_length = suite_key_length(suite);
    if (key_length == 0 || encryption_key.n != key_length || mac_key.n != key_length) {
        return false;
    }
    if (!crypto_cipher_load(&session->encryption, suite_cipher(suite), encryption_key) ||
        !crypto_cipher_load(&session->mac, suite_cipher(suite), mac_key)) {
        sm_end(session);
        return false;
    }
    session->active = true;
    return true;
}

void sm_end(struct sm_session *session)
{
    crypto_cipher_release(&session->encryption);
    crypto_cipher_release(&session->mac);
    crypto_wipe(session, sizeof *session);
}

void sm_move(struct sm_session *to, struct sm_session *from)
{
    sm_end(to);
    memcpy(to, from, sizeof *to);
    crypto_wipe(from, sizeof *from); // not released: the handles live on in `to`
}

// --- SSC, IV, MAC ----------------------------------------------------------------------------------------

void sm_next_ssc(const struct sm_session *session, uint8_t ssc[CRYPTO_BLOCK])
{
    memcpy(ssc, session->ssc, CRYPTO_BLOCK);
    for (size_t i = sm_block(session); i-- > 0;) {
        if (++ssc[i] != 0) {
            break;
        }
    }
}

void sm_set_ssc(struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK])
{
    memcpy(session->ssc, ssc, CRYPTO_BLOCK);
}

bool sm_iv(const struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK], uint8_t iv[CRYPTO_BLOCK])
{
    if (sm_block(session) != CRYPTO_BLOCK) {
        memset(iv, 0, CRYPTO_BLOCK);
        return true;
    }
    return crypto_cipher_encrypt_block(&session->encryption, ssc, iv);
}

bool sm_compute_mac(const struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK], struct span header,
                    struct span objects, uint8_t mac[SM_MAC])
{
    static const uint8_t padding[CRYPTO_BLOCK] = {0x80};
    const size_t block = sm_block(session);
    struct span parts[5];
    size_t count = 0;
    parts[count++] = span_of(ssc, block);
    if (header.n > 0) {
        parts[count++] = header;
        parts[count++] = span_of(padding, block - header.n);
    }
    if (objects.n > 0) {
        parts[count++] = objects;
    }
    if (objects.n > 0 && block == CRYPTO_BLOCK) {
        parts[count++] = span_of(padding, block - objects.n % block);
    }
    return crypto_mac(&session->mac, parts, count, mac);
}

// --- Writing ---------------------------------------------------------------------------------------------

static size_t cryptogram_value_length(const struct sm_session *session, size_t data_length,
                                      bool odd_instruction)
{
    return padded_length(data_length, sm_block(session)) + (odd_instruction ? 0 : 1);
}

// Bytes of DO85 or DO87; none without data.
static size_t cryptogram_length(const struct sm_session *session, size_t data_length, bool odd_instruction)
{
    if (data_length == 0) {
        return 0;
    }
    const size_t value = cryptogram_value_length(session, data_length, odd_instruction);
    return tlv_header_length(DO_CRYPTOGRAM, value) + value;
}

// The caller has made sure that there is room.
static bool put_cryptogram(const struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK],
                           struct span data, bool odd_instruction, struct writer *w)
{
    if (data.n == 0) {
        return true;
    }
    const size_t total = cryptogram_length(session, data.n, odd_instruction);
    uint8_t *place = w->p + w->n + total - padded_length(data.n, sm_block(session));
    memmove(place, data.p, data.n); // before the header, which may be written over it
    const uint32_t tag = odd_instruction ? DO_CRYPTOGRAM_BER : DO_CRYPTOGRAM;
    tlv_put_header(w, tag, cryptogram_value_length(session, data.n, odd_instruction));
    if (!odd_instruction) {
        writer_put_u8(w, SM_PADDING_INDICATOR);
    }
    uint8_t iv[CRYPTO_BLOCK];
    return sm_iv(session, ssc, iv) && padded_cbc_encrypt(&session->encryption, iv, span_of(place, data.n), w);
}

static bool put_mac(const struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK], struct span header,
                    struct span objects, struct writer *w)
{
    uint8_t mac[SM_MAC];
    if (!sm_compute_mac(session, ssc, header, objects, mac)) {
        return false;
    }
    tlv_put(w, DO_MAC, span_of(mac, SM_MAC));
    return true;
}

static bool has_room(struct writer *w, size_t n)
{
    if (writer_reserve(w, n) == NULL) {
        return false;
    }
    w->n -= n;
    return true;
}

// Where the parts of a protected command lie.
struct command_plan {
    size_t le_object; // bytes of DO97: 0, 3 or 4
    size_t field;     // bytes of the command data field
    bool extended;
};

static struct command_plan plan_command(const struct sm_session *session, const struct apdu_command *plain)
{
    struct command_plan plan = {.extended = plain->extended || plain->ne > APDU_SHORT_LE_MAX};
    const size_t others = cryptogram_length(session, plain->data.n, sm_is_odd(plain->ins)) + MAC_OBJECT;
    const size_t short_le = plain->ne == 0 ? 0 : 3;
    if (others + short_le > APDU_SHORT_LC_MAX) {
        plan.extended = true;
    }
    plan.le_object = plan.extended && plain->ne > 0 ? short_le + 1 : short_le;
    plan.field = others + plan.le_object;
    return plan;
}

static void put_le_object(uint32_t ne, size_t length, struct writer *w)
{
    if (length == 0) {
        return;
    }
    const uint8_t value[2] = {(uint8_t)(ne >> 8), (uint8_t)ne}; // the largest value of either form becomes 0
    tlv_put(w, DO_LE, length == 3 ? span_of(value + 1, 1) : span_of(value, 2));
}

static bool put_command(const struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK],
                        const struct apdu_command *plain, const struct command_plan *plan, struct writer *w)
{
    const uint8_t header[SM_HEADER] = {plain->cla | CLA_SM_HEADER_AUTHENTICATED, plain->ins, plain->p1,
                                       plain->p2};
    writer_put(w, span_of(header, sizeof header));
    if (plan->extended) {
        writer_put_u8(w, 0);
        writer_put_u16(w, (uint16_t)plan->field);
    } else {
        writer_put_u8(w, (uint8_t)plan->field);
    }
    const size_t objects = w->n;
    if (!put_cryptogram(session, ssc, plain->data, sm_is_odd(plain->ins), w)) {
        return false;
    }
    put_le_object(plain->ne, plan->le_object, w);
    if (!put_mac(session, ssc, span_of(header, sizeof header), span_from(writer_span(w), objects), w)) {
        return false;
    }
    writer_put_u8(w, 0); // Le: as much as there is, for DO99 and DO8E come always
    if (plan->extended) {
        writer_put_u8(w, 0);
    }
    return !w->overflow;
}

bool sm_protect_command(struct sm_session *session, const struct apdu_command *plain,
                        struct writer *protected_command)
{
    if (!session->active ||
        (plain->cla & (CLA_SM_HEADER_AUTHENTICATED | SM_CLA_FURTHER_INTERINDUSTRY)) != 0 ||
        plain->data.n > APDU_EXTENDED_LC_MAX || plain->ne > APDU_EXTENDED_LE_MAX) {
        return false;
    }
    const struct command_plan plan = plan_command(session, plain);
    if (plan.field > APDU_EXTENDED_LC_MAX ||
        !has_room(protected_command, SM_HEADER + plan.field + (plan.extended ? 3 + 2 : 1 + 1))) {
        return false;
    }
    const size_t before = protected_command->n;
    uint8_t ssc[CRYPTO_BLOCK];
    sm_next_ssc(session, ssc);
    if (!put_command(session, ssc, plain, &plan, protected_command)) {
        protected_command->n = before;
        return false;
    }
    sm_set_ssc(session, ssc);
    return true;
}

bool sm_protect_response(struct sm_session *session, struct span data, uint16_t status, bool odd_instruction,
                         struct writer *protected_response)
{
    struct writer *w = protected_response;
    const size_t before = w->n;
    if (!session->active || data.n > APDU_EXTENDED_LE_MAX ||
        !has_room(w, cryptogram_length(session, data.n, odd_instruction) + STATUS_OBJECT + MAC_OBJECT)) {
        return false;
    }
    uint8_t ssc[CRYPTO_BLOCK];
    sm_next_ssc(session, ssc);
    const uint8_t status_bytes[2] = {(uint8_t)(status >> 8), (uint8_t)status};
    const bool put = put_cryptogram(session, ssc, data, odd_instruction, w);
    tlv_put(w, DO_STATUS, span_of(status_bytes, sizeof status_bytes));
    if (!put || !put_mac(session, ssc, span_of(NULL, 0), span_from(writer_span(w), before), w)) {
        w->n = before;
        return false;
    }
    sm_set_ssc(session, ssc);
    return true;
}
