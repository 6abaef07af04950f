// The passwords of PACE and their counters (TR-03110-2 §2.2).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/password.h"

#include "card/core/card.h"

// What the next run costs after 0, 1, 2 … failures in a row of MRZ, CAN or PUK; the last holds for all
// further ones. A CAN has 10^6 values: at 4 s a run, half of them take 23 days of holding the card. The first
// steps stay below what a person notices after a slip; the last stays within the patience of readers, which
// give up after about 5 s.
static const uint16_t delay_after_failures[] = {0, 250, 500, 1000, 2000, 4000}; // ms

enum { FAILURES_MAX = sizeof delay_after_failures / sizeof delay_after_failures[0] - 1 };

static uint16_t password_object(enum pace_password password)
{
    return (uint16_t)(OBJECT_PASSWORD + (unsigned)password);
}

static uint16_t counter_object(enum pace_password password)
{
    return (uint16_t)(OBJECT_TRIES + (unsigned)password);
}

// A counter that cannot be read counts as the worst.
static uint8_t read_counter(struct card *card, uint16_t object, uint8_t worst)
{
    uint8_t value = worst;
    return store_read(&card->store, object, 0, &value, sizeof value) == STORE_OK ? value : worst;
}

// Writes and reads back.
static bool write_counter(struct card *card, uint16_t object, uint8_t value)
{
    return store_write(&card->store, object, span_of(&value, sizeof value)) == STORE_OK &&
           read_counter(card, object, (uint8_t)~value) == value;
}

static uint8_t tries_left(struct card *card)
{
    return read_counter(card, counter_object(PACE_PASSWORD_PIN), 0);
}

static uint8_t failures(struct card *card, enum pace_password password)
{
    const uint8_t count = read_counter(card, counter_object(password), FAILURES_MAX);
    return count < FAILURES_MAX ? count : FAILURES_MAX;
}

static bool present(struct card *card, enum pace_password password)
{
    size_t length = 0;
    return store_length(&card->store, password_object(password), &length) == STORE_OK && length > 0;
}

// What cannot be read counts as there: a flag of this kind closes.
static bool flag_is_set(struct card *card, uint16_t object)
{
    size_t length = 0;
    return store_length(&card->store, object, &length) != STORE_NOT_FOUND;
}

static uint16_t set_flag(struct card *card, uint16_t object, bool on)
{
    const uint8_t byte = 1;
    const enum store_status status = on ? store_write(&card->store, object, span_of(&byte, sizeof byte))
                                        : store_delete(&card->store, object);
    return status == STORE_OK && flag_is_set(card, object) == on ? SW_OK : SW_MEMORY_FAILURE;
}

static uint16_t retries_left(uint8_t tries)
{
    return (uint16_t)(SW_RETRIES_LEFT | (tries < PIN_TRIES_MAX ? tries : PIN_TRIES_MAX));
}

uint16_t password_tries_status(struct card *card)
{
    if (!present(card, PACE_PASSWORD_PIN)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    const uint8_t tries = tries_left(card);
    const uint8_t full = read_counter(card, OBJECT_PIN_TRIES, PIN_TRIES_MAX);
    return tries == full ? SW_OK : retries_left(tries);
}

uint16_t password_status(struct card *card, enum pace_password password)
{
    if (!present(card, password)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    if (password != PACE_PASSWORD_PIN) {
        return SW_OK;
    }
    return flag_is_set(card, OBJECT_PIN_DEACTIVATED) ? SW_FILE_DEACTIVATED : password_tries_status(card);
}

// Not deactivated, blocked or suspended.
static uint16_t pin_usable(struct card *card)
{
    if (flag_is_set(card, OBJECT_PIN_DEACTIVATED)) {
        return SW_REFERENCE_DATA_NOT_USABLE;
    }
    const uint8_t tries = tries_left(card);
    if (tries == 0) {
        return SW_AUTHENTICATION_METHOD_BLOCKED;
    }
    const bool resumed =
        card->security.command_protected && card->security.achieved.password == PACE_PASSWORD_CAN;
    return tries > PIN_TRIES_SUSPENDED || resumed ? SW_OK : SW_CONDITIONS_NOT_SATISFIED;
}

uint16_t password_admit(struct card *card, enum pace_password password)
{
    if (password == PACE_PASSWORD_PIN) {
        return pin_usable(card);
    }
    const uint32_t delay = delay_after_failures[failures(card, password)];
    if (delay > 0 && card->port.io.delay != NULL) {
        card->port.io.delay(card->port.io.context, delay);
    }
    return SW_OK;
}

// The password's bytes, at most CARD_PASSWORD_MAX; empty when there are none. The caller wipes.
static struct span read_password(struct card *card, enum pace_password password, uint8_t *bytes)
{
    size_t length = 0;
    const uint16_t object = password_object(password);
    const bool read = store_length(&card->store, object, &length) == STORE_OK &&
                      length <= CARD_PASSWORD_MAX &&
                      store_read(&card->store, object, 0, bytes, length) == STORE_OK;
    return span_of(bytes, read ? length : 0);
}

bool password_key(struct card *card, enum pace_password password, enum secure_messaging_suite suite,
                  struct crypto_cipher_key *key)
{
    uint8_t bytes[CARD_PASSWORD_MAX];
    const struct span secret = read_password(card, password, bytes);
    const bool loaded = secret.n > 0 && pace_password_key(suite, secret, key);
    crypto_wipe(bytes, sizeof bytes);
    return loaded;
}

uint16_t password_spend_try(struct card *card, enum pace_password password)
{
    if (password == PACE_PASSWORD_PIN) {
        const uint16_t status = pin_usable(card);
        if (status != SW_OK) {
            return status;
        }
        return write_counter(card, counter_object(password), (uint8_t)(tries_left(card) - 1))
                   ? SW_OK
                   : SW_MEMORY_FAILURE;
    }
    const uint8_t count = failures(card, password);
    if (count == FAILURES_MAX) {
        return SW_OK; // spares the flash
    }
    return write_counter(card, counter_object(password), (uint8_t)(count + 1)) ? SW_OK : SW_MEMORY_FAILURE;
}

uint16_t password_restore(struct card *card, enum pace_password password)
{
    const uint8_t value =
        password == PACE_PASSWORD_PIN ? read_counter(card, OBJECT_PIN_TRIES, PIN_TRIES_SUSPENDED) : 0;
    return write_counter(card, counter_object(password), value) ? SW_OK : SW_MEMORY_FAILURE;
}

uint16_t password_refused(struct card *card, enum pace_password password)
{
    return password == PACE_PASSWORD_PIN ? retries_left(tries_left(card)) : SW_AUTHENTICATION_FAILED;
}

bool password_is_transport_pin(struct card *card)
{
    return flag_is_set(card, OBJECT_TRANSPORT_PIN);
}

// --- Changes -----------------------------------------------------------------------------------------------

static bool is_password(enum pace_password password, struct span content, size_t pin_digits)
{
    if (password == PACE_PASSWORD_MRZ) {
        return content.n == MRZ_PASSWORD_LENGTH;
    }
    const size_t least = password == PACE_PASSWORD_PIN ? pin_digits : PASSWORD_DIGITS_MIN;
    if (content.n < least || content.n > PASSWORD_DIGITS_MAX) {
        return false;
    }
    for (size_t i = 0; i < content.n; i++) {
        if (content.p[i] < '0' || content.p[i] > '9') {
            return false;
        }
    }
    return true;
}

// With its counter as at first.
static uint16_t write_password(struct card *card, enum pace_password password, struct span content)
{
    return store_write(&card->store, password_object(password), content) == STORE_OK
               ? password_restore(card, password)
               : SW_MEMORY_FAILURE;
}

uint16_t password_replace(struct card *card, enum pace_password password, struct span characters)
{
    const uint8_t digits = read_counter(card, OBJECT_PIN_DIGITS, PIN_DIGITS_DEFAULT);
    if (!is_password(password, characters, digits)) {
        return SW_WRONG_DATA;
    }
    const uint16_t status = write_password(card, password, characters);
    return status == SW_OK && password == PACE_PASSWORD_PIN ? set_flag(card, OBJECT_TRANSPORT_PIN, false)
                                                            : status;
}

bool password_equals(struct card *card, enum pace_password password, struct span characters)
{
    uint8_t bytes[CARD_PASSWORD_MAX];
    const struct span secret = read_password(card, password, bytes);
    const bool equal =
        secret.n > 0 && secret.n == characters.n && crypto_equal(secret.p, characters.p, characters.n);
    crypto_wipe(bytes, sizeof bytes);
    return equal;
}

uint16_t password_unblock_pin(struct card *card, bool counted)
{
    const uint8_t resets = read_counter(card, OBJECT_PIN_RESETS, 0);
    if (counted && resets == 0) {
        return SW_AUTHENTICATION_METHOD_BLOCKED;
    }
    if (counted && !write_counter(card, OBJECT_PIN_RESETS, (uint8_t)(resets - 1))) {
        return SW_MEMORY_FAILURE;
    }
    return password_restore(card, PACE_PASSWORD_PIN);
}

uint16_t password_restore_resets(struct card *card)
{
    return write_counter(card, OBJECT_PIN_RESETS, PIN_RESETS) ? SW_OK : SW_MEMORY_FAILURE;
}

uint16_t password_activate_pin(struct card *card, bool activated)
{
    return set_flag(card, OBJECT_PIN_DEACTIVATED, !activated);
}

// --- Personalization ---------------------------------------------------------------------------------------

uint16_t password_store(struct card *card, enum pace_password password, struct span content)
{
    if (!is_password(password, content, PIN_DIGITS_MIN)) {
        return SW_WRONG_DATA;
    }
    if (password != PACE_PASSWORD_PIN) {
        return write_password(card, password, content);
    }
    // The tries may come before or after the PIN, or not at all.
    const uint8_t tries = read_counter(card, OBJECT_PIN_TRIES, PIN_TRIES_DEFAULT);
    uint16_t status = password_store_tries(card, span_of(&tries, sizeof tries));
    if (status == SW_OK) {
        status = password_restore_resets(card);
    }
    return status == SW_OK ? write_password(card, password, content) : status;
}

// One byte in a range.
static bool is_number(struct span content, uint8_t least, uint8_t most)
{
    return content.n == 1 && content.p[0] >= least && content.p[0] <= most;
}

uint16_t password_store_tries(struct card *card, struct span content)
{
    if (!is_number(content, PIN_TRIES_SUSPENDED + 1, PIN_TRIES_MAX)) {
        return SW_WRONG_DATA;
    }
    const bool stored = write_counter(card, OBJECT_PIN_TRIES, content.p[0]) &&
                        write_counter(card, counter_object(PACE_PASSWORD_PIN), content.p[0]);
    return stored ? SW_OK : SW_MEMORY_FAILURE;
}

uint16_t password_store_digits(struct card *card, struct span content)
{
    if (!is_number(content, PIN_DIGITS_MIN, PASSWORD_DIGITS_MAX)) {
        return SW_WRONG_DATA;
    }
    return write_counter(card, OBJECT_PIN_DIGITS, content.p[0]) ? SW_OK : SW_MEMORY_FAILURE;
}

uint16_t password_store_transport_pin(struct card *card, struct span content)
{
    return is_number(content, 1, 1) ? set_flag(card, OBJECT_TRANSPORT_PIN, true) : SW_WRONG_DATA;
}
