// The passwords of PACE and their counters (TR-03110-2 §3.3).
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

static uint16_t retries_left(uint8_t tries)
{
    return (uint16_t)(SW_RETRIES_LEFT | (tries < PIN_TRIES_MAX ? tries : PIN_TRIES_MAX));
}

uint16_t password_status(struct card *card, enum pace_password password)
{
    if (!present(card, password)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    if (password != PACE_PASSWORD_PIN) {
        return SW_OK;
    }
    const uint8_t tries = tries_left(card);
    const uint8_t full = read_counter(card, OBJECT_PIN_TRIES, PIN_TRIES_MAX);
    return tries == full ? SW_OK : retries_left(tries);
}

// Blocked or suspended.
static uint16_t pin_usable(struct card *card)
{
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

bool password_key(struct card *card, enum pace_password password, enum secure_messaging_suite suite,
                  struct crypto_cipher_key *key)
{
    uint8_t bytes[CARD_PASSWORD_MAX];
    size_t length = 0;
    const uint16_t object = password_object(password);
    const bool loaded = store_length(&card->store, object, &length) == STORE_OK && length > 0 &&
                        length <= sizeof bytes &&
                        store_read(&card->store, object, 0, bytes, length) == STORE_OK &&
                        pace_password_key(suite, span_of(bytes, length), key);
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

static bool is_password(enum pace_password password, struct span content)
{
    if (password == PACE_PASSWORD_MRZ) {
        return content.n == MRZ_PASSWORD_LENGTH;
    }
    const size_t least = password == PACE_PASSWORD_PIN ? PIN_DIGITS_MIN : PASSWORD_DIGITS_MIN;
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

uint16_t password_store(struct card *card, enum pace_password password, struct span content)
{
    if (!is_password(password, content)) {
        return SW_WRONG_DATA;
    }
    if (store_write(&card->store, password_object(password), content) != STORE_OK) {
        return SW_MEMORY_FAILURE;
    }
    if (password != PACE_PASSWORD_PIN) {
        return password_restore(card, password);
    }
    const uint8_t tries = read_counter(card, OBJECT_PIN_TRIES, PIN_TRIES_DEFAULT);
    return password_store_tries(card, span_of(&tries, sizeof tries));
}

uint16_t password_store_tries(struct card *card, struct span content)
{
    if (content.n != 1 || content.p[0] <= PIN_TRIES_SUSPENDED || content.p[0] > PIN_TRIES_MAX) {
        return SW_WRONG_DATA;
    }
    const bool stored = write_counter(card, OBJECT_PIN_TRIES, content.p[0]) &&
                        write_counter(card, counter_object(PACE_PASSWORD_PIN), content.p[0]);
    return stored ? SW_OK : SW_MEMORY_FAILURE;
}
