// Secure channel protocol '03' (GP Amd D §6.2.4 to §6.2.7): commands and responses, wrapped and unwrapped.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/padded_cbc.h"
#include "card/wire/scp03.h"

enum {
    CLA_FURTHER_INTERINDUSTRY = 0x40,
    HEADER = 4,
    COUNTER_OF_RESPONSE = 0x80, // first byte of the counter for the IV of a response (GP Amd D §6.2.7)
};

static size_t mac_length(const struct scp03_session *session)
{
    return (size_t)session->mode;
}

// The counter counts every command from the one after EXTERNAL AUTHENTICATE on, also those without data
// (GP Amd D §6.2.6).
static void next_counter(const struct scp03_session *session, uint8_t counter[CRYPTO_BLOCK])
{
    memcpy(counter, session->counter, CRYPTO_BLOCK);
    if ((session->level & SCP03_C_DECRYPTION) == 0) {
        return;
    }
    for (size_t i = CRYPTO_BLOCK; i-- > 0;) {
        if (++counter[i] != 0) {
            break;
        }
    }
}

static bool compute_mac(const struct crypto_cipher_key *key, const struct scp03_session *session,
                        struct span first, struct span second, uint8_t mac[CRYPTO_BLOCK])
{
    const struct span parts[] = {span_of(session->mac_chaining, CRYPTO_BLOCK), first, second};
    return crypto_cmac(key, parts, sizeof parts / sizeof parts[0], mac);
}

static void put_header(struct writer *w, const struct apdu_command *command, size_t lc, bool extended)
{
    const uint8_t header[HEADER] = {command->cla, command->ins, command->p1, command->p2};
    writer_put(w, span_of(header, sizeof header));
    if (extended) {
        writer_put_u8(w, 0);
        writer_put_u16(w, (uint16_t)lc);
    } else {
        writer_put_u8(w, (uint8_t)lc);
    }
}

// --- Commands --------------------------------------------------------------------------------------------

static bool encrypts(const struct scp03_session *session, size_t data_length)
{
    return (session->level & SCP03_C_DECRYPTION) != 0 && data_length > 0;
}

static bool put_command_data(const struct scp03_session *session, const uint8_t counter[CRYPTO_BLOCK],
                             struct span data, struct writer *w)
{
    if (!encrypts(session, data.n)) {
        writer_put(w, data);
        return !w->overflow;
    }
    uint8_t iv[CRYPTO_BLOCK];
    return crypto_cipher_encrypt_block(&session->enc, counter, iv) &&
           padded_cbc_encrypt(&session->enc, iv, data, w);
}

// Header with the Lc that counts the MAC, data, MAC, Le. `chaining` is the whole MAC.
static bool put_command(const struct scp03_session *session, const uint8_t counter[CRYPTO_BLOCK],
                        const struct apdu_command *plain, struct writer *w, uint8_t chaining[CRYPTO_BLOCK])
{
    const size_t data_length =
        encrypts(session, plain->data.n) ? padded_length(plain->data.n, CRYPTO_BLOCK) : plain->data.n;
    const size_t lc = data_length + mac_length(session);
    if (lc > APDU_EXTENDED_LC_MAX) {
        return false;
    }
    const bool extended = plain->extended || lc > APDU_SHORT_LC_MAX || plain->ne > APDU_SHORT_LE_MAX;
    struct apdu_command secure = *plain;
    secure.cla |= CLA_SM_PROPRIETARY;
    const size_t start = w->n;
    put_header(w, &secure, lc, extended);
    if (!put_command_data(session, counter, plain->data, w) ||
        !compute_mac(&session->mac, session, span_from(writer_span(w), start), span_of(NULL, 0), chaining)) {
        return false;
    }
    writer_put(w, span_of(chaining, mac_length(session)));
    if (plain->ne > 0 && extended) {
        writer_put_u16(w, (uint16_t)plain->ne);
    } else if (plain->ne > 0) {
        writer_put_u8(w, (uint8_t)plain->ne);
    }
    return !w->overflow;
}

bool scp03_wrap_command(struct scp03_session *session, const struct apdu_command *plain,
                        struct writer *wrapped)
{
    if (!session->active || (plain->cla & (CLA_SM_MASK | CLA_FURTHER_INTERINDUSTRY)) != 0 ||
        plain->data.n > APDU_EXTENDED_LC_MAX || plain->ne > APDU_EXTENDED_LE_MAX) {
        return false;
    }
    const size_t start = wrapped->n;
    if (session->level == SCP03_NO_SECURITY) {
        apdu_put(wrapped, plain);
        session->response_level = session->level;
        return !wrapped->overflow;
    }
    uint8_t counter[CRYPTO_BLOCK];
    uint8_t chaining[CRYPTO_BLOCK];
    next_counter(session, counter);
    if (!put_command(session, counter, plain, wrapped, chaining)) {
        wrapped->n = start;
        return false;
    }
    memcpy(session->counter, counter, CRYPTO_BLOCK);
    memcpy(session->mac_chaining, chaining, CRYPTO_BLOCK);
    session->response_level = session->level;
    return true;
}

// Takes the MAC off `*data` and checks it. The whole of it is the next chaining value.
static bool check_command_mac(struct scp03_session *session, const struct apdu_command *command,
                              struct span *data)
{
    if (command->data.n < mac_length(session)) {
        return false;
    }
    *data = span_first(command->data, command->data.n - mac_length(session));
    uint8_t header[HEADER + 3];
    struct writer w = writer_of(header, sizeof header);
    put_header(&w, command, command->data.n, command->extended);
    uint8_t mac[CRYPTO_BLOCK];
    if (!compute_mac(&session->mac, session, writer_span(&w), *data, mac) ||
        !crypto_equal(mac, command->data.p + data->n, mac_length(session))) {
        crypto_wipe(mac, sizeof mac);
        return false;
    }
    memcpy(session->mac_chaining, mac, sizeof mac);
    return true;
}

static bool open_command(struct scp03_session *session, const struct apdu_command *command, uint8_t *buffer,
                         struct apdu_command *plain)
{
    const uint8_t sm_bits = command->cla & CLA_SM_MASK;
    if (!session->active || (command->cla & CLA_FURTHER_INTERINDUSTRY) != 0) {
        return false;
    }
    session->response_level = session->level;
    if (session->level == SCP03_NO_SECURITY) {
        *plain = *command;
        return sm_bits == 0;
    }
    struct span data;
    if (sm_bits != CLA_SM_PROPRIETARY || !check_command_mac(session, command, &data)) {
        return false;
    }
    uint8_t counter[CRYPTO_BLOCK];
    next_counter(session, counter);
    memcpy(session->counter, counter, CRYPTO_BLOCK);
    *plain = *command;
    plain->cla = (uint8_t)(command->cla & ~CLA_SM_MASK);
    plain->data = data;
    if (!encrypts(session, data.n)) {
        return true;
    }
    uint8_t iv[CRYPTO_BLOCK];
    struct writer w = writer_of(buffer, data.n);
    if (!crypto_cipher_encrypt_block(&session->enc, session->counter, iv) ||
        !padded_cbc_decrypt(&session->enc, iv, data, &w)) {
        return false;
    }
    plain->data = writer_span(&w);
    return true;
}

bool scp03_unwrap_command(struct scp03_session *session, const struct apdu_command *command, uint8_t *buffer,
                          struct apdu_command *plain)
{
    const struct apdu_command outer = *command; // `plain` may be `command`
    if (!open_command(session, &outer, buffer, plain)) {
        scp03_end(session);
        memset(plain, 0, sizeof *plain);
        return false;
    }
    return true;
}

// --- Responses -------------------------------------------------------------------------------------------

static bool is_error(uint16_t status)
{
    const uint16_t warning = status & 0xFF00U;
    return status != SW_OK && warning != 0x6200 && warning != 0x6300;
}

static bool response_iv(const struct scp03_session *session, uint8_t iv[CRYPTO_BLOCK])
{
    uint8_t counter[CRYPTO_BLOCK];
    memcpy(counter, session->counter, CRYPTO_BLOCK);
    counter[0] = COUNTER_OF_RESPONSE;
    return crypto_cipher_encrypt_block(&session->enc, counter, iv);
}

static bool response_mac(const struct scp03_session *session, struct span data, uint16_t status,
                         uint8_t mac[CRYPTO_BLOCK])
{
    const uint8_t status_bytes[2] = {(uint8_t)(status >> 8), (uint8_t)status};
    return compute_mac(&session->rmac, session, data, span_of(status_bytes, sizeof status_bytes), mac);
}

static bool put_response_data(const struct scp03_session *session, struct span data, struct writer *w)
{
    if ((session->response_level & SCP03_R_ENCRYPTION) == 0 || data.n == 0) {
        writer_put(w, data);
        return !w->overflow;
    }
    uint8_t iv[CRYPTO_BLOCK];
    return response_iv(session, iv) && padded_cbc_encrypt(&session->enc, iv, data, w);
}

bool scp03_wrap_response(struct scp03_session *session, struct span data, uint16_t status,
                         struct writer *wrapped)
{
    if (!session->active || (is_error(status) && data.n > 0)) {
        return false;
    }
    const size_t start = wrapped->n;
    if (is_error(status) || (session->response_level & SCP03_R_MAC) == 0) {
        writer_put(wrapped, data);
        return !wrapped->overflow;
    }
    uint8_t mac[CRYPTO_BLOCK];
    if (!put_response_data(session, data, wrapped) ||
        !response_mac(session, span_from(writer_span(wrapped), start), status, mac)) {
        wrapped->n = start;
        return false;
    }
    writer_put(wrapped, span_of(mac, mac_length(session)));
    if (wrapped->overflow) {
        wrapped->n = start;
    }
    return !wrapped->overflow;
}

static bool open_response(struct scp03_session *session, struct span wrapped, uint16_t status,
                          struct writer *plain)
{
    if (!session->active || (is_error(status) && wrapped.n > 0)) {
        return false;
    }
    if (is_error(status) || (session->response_level & SCP03_R_MAC) == 0) {
        writer_put(plain, wrapped);
        return !plain->overflow;
    }
    if (wrapped.n < mac_length(session)) {
        return false;
    }
    const struct span data = span_first(wrapped, wrapped.n - mac_length(session));
    uint8_t mac[CRYPTO_BLOCK];
    if (!response_mac(session, data, status, mac) ||
        !crypto_equal(mac, wrapped.p + data.n, mac_length(session))) {
        crypto_wipe(mac, sizeof mac);
        return false;
    }
    if ((session->response_level & SCP03_R_ENCRYPTION) == 0 || data.n == 0) {
        writer_put(plain, data);
        return !plain->overflow;
    }
    uint8_t iv[CRYPTO_BLOCK];
    return response_iv(session, iv) && padded_cbc_decrypt(&session->enc, iv, data, plain);
}

bool scp03_unwrap_response(struct scp03_session *session, struct span wrapped, uint16_t status,
                           struct writer *plain)
{
    if (!open_response(session, wrapped, status, plain)) {
        scp03_end(session);
        return false;
    }
    return true;
}
