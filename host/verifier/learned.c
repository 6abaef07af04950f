// What a verifier learns: elements and claims as people and programs read them.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/verification.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card/crypto/crypto.h"
#include "host/json_fields.h"
#include "host/mobile/utf8.h"

enum { DATE_LENGTH = 10, NUMBER_TEXT = 24 };

// Copies UTF-8 to a place for it and a zero byte. Control characters, C0 and C1, become spaces: it goes to
// terminals.
static char *put_text(char *at, struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        const bool control = utf8_is_control(span_from(text, i));
        *at++ = control ? ' ' : (char)text.p[i];
        i += control && text.p[i] >= 0x80 ? 1 : 0; // C1 has two bytes
    }
    *at++ = '\0';
    return at;
}

// One piece of memory: namespace, name, text and bytes. Zero bytes in a text have become spaces, so that the
// lengths of the texts are those of the piece, but for C1, whose rest stays zero.
static struct jumin_learned *add(struct jumin_verification *verification, struct span name_space,
                                 struct span name, struct span text, struct span bytes)
{
    char *piece = verification->learned_count < VERIFICATION_LEARNED_MAX
                      ? calloc(1, name_space.n + name.n + text.n + bytes.n + 3)
                      : NULL;
    if (piece == NULL) {
        verification->no_memory = true;
        return NULL;
    }
    struct jumin_learned *learned = &verification->learned[verification->learned_count++];
    char *at_name = put_text(piece, name_space), *at_text = put_text(at_name, name);
    char *at_bytes = put_text(at_text, text);
    if (bytes.n > 0) {
        memcpy(at_bytes, bytes.p, bytes.n);
    }
    *learned = (struct jumin_learned){
        .name_space = piece, .name = at_name, .text = at_text, .bytes = (uint8_t *)at_bytes, .n = bytes.n};
    return learned;
}

void verification_forget_one(struct jumin_verification *verification, size_t index)
{
    struct jumin_learned *learned = &verification->learned[index];
    union {
        const char *read;
        void *any;
    } piece = {.read = learned->name_space}; // which the piece begins with
    crypto_wipe(piece.any,
                strlen(learned->name_space) + strlen(learned->name) + strlen(learned->text) + 3 + learned->n);
    free(piece.any);
    verification->learned_count--;
    memmove(learned, learned + 1, (verification->learned_count - index) * sizeof *learned);
    crypto_wipe(&verification->learned[verification->learned_count], sizeof *learned);
}

void verification_learn(struct jumin_verification *verification, struct span name_space, struct span name,
                        enum jumin_learned_kind kind, struct span content)
{
    const struct span none = span_of(NULL, 0);
    const bool bytes = kind == JUMIN_LEARNED_BYTES;
    struct jumin_learned *learned =
        add(verification, name_space, name, bytes ? none : content, bytes ? content : none);
    if (learned != NULL) {
        learned->kind = kind;
    }
}

void verification_learn_boolean(struct jumin_verification *verification, struct span name_space,
                                struct span name, bool truth)
{
    const char *text = truth ? "true" : "false";
    struct jumin_learned *learned =
        add(verification, name_space, name, span_of(text, strlen(text)), span_of(NULL, 0));
    if (learned != NULL) {
        learned->kind = JUMIN_LEARNED_BOOLEAN;
        learned->truth = truth;
    }
}

// --- mdoc ------------------------------------------------------------------------------------------------------

static void learn_hexadecimal(struct jumin_verification *verification, struct span name_space,
                              struct span name, struct span value)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text = malloc(2 * value.n + 1);
    if (text == NULL) {
        verification->no_memory = true;
        return;
    }
    for (size_t i = 0; i < value.n; i++) {
        text[2 * i] = digits[value.p[i] >> 4];
        text[2 * i + 1] = digits[value.p[i] & 0xF];
    }
    verification_learn(verification, name_space, name, JUMIN_LEARNED_OTHER, span_of(text, 2 * value.n));
    crypto_wipe(text, 2 * value.n);
    free(text);
}

// tdate and full-date: a text under tag 0 or 1004.
static bool take_date(struct span value, struct span *text, bool *day)
{
    struct cbor_item tag, item;
    if (!cbor_expect(&value, CBOR_TAG, &tag) ||
        (tag.number != CBOR_TAG_DATE && tag.number != CBOR_TAG_TIME) || !cbor_only(value, CBOR_TEXT, &item)) {
        return false;
    }
    *text = item.content;
    *day = tag.number == CBOR_TAG_DATE && item.content.n == DATE_LENGTH;
    return true;
}

void verification_learn_cbor(struct jumin_verification *verification, struct span name_space,
                             struct span name, struct span value)
{
    struct span rest = value, text;
    struct cbor_item item;
    bool day = false;
    if (take_date(value, &text, &day)) {
        verification_learn(verification, name_space, name, day ? JUMIN_LEARNED_DATE : JUMIN_LEARNED_TEXT,
                           text);
        return;
    }
    const bool one = cbor_next(&rest, &item) && rest.n == 0;
    if (one && item.major == CBOR_TEXT) {
        verification_learn(verification, name_space, name, JUMIN_LEARNED_TEXT, item.content);
    } else if (one && item.major == CBOR_BYTES) {
        verification_learn(verification, name_space, name, JUMIN_LEARNED_BYTES, item.content);
    } else if (one && item.major == CBOR_SIMPLE && item.number != CBOR_NULL) {
        verification_learn_boolean(verification, name_space, name, item.number == CBOR_TRUE);
    } else if (one && item.major == CBOR_UNSIGNED) {
        char number[NUMBER_TEXT];
        const int n = snprintf(number, sizeof number, "%llu", (unsigned long long)item.number);
        verification_learn(verification, name_space, name, JUMIN_LEARNED_NUMBER, span_of(number, (size_t)n));
    } else {
        learn_hexadecimal(verification, name_space, name, value);
    }
}

// --- SD-JWT ------------------------------------------------------------------------------------------------------

// YYYY-MM-DD
static bool is_date(const char *text, size_t n)
{
    static const char shape[] = "dddd-dd-dd";
    if (n != DATE_LENGTH) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i]) {
            return false;
        }
    }
    return true;
}

void verification_learn_json(struct jumin_verification *verification, const char *name, json_t *value)
{
    const struct span none = span_of(NULL, 0), called = span_of(name, strlen(name));
    if (json_is_boolean(value)) {
        verification_learn_boolean(verification, none, called, json_is_true(value));
        return;
    }
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        const size_t n = json_string_length(value);
        verification_learn(verification, none, called,
                           is_date(text, n) ? JUMIN_LEARNED_DATE : JUMIN_LEARNED_TEXT, span_of(text, n));
        return;
    }
    char *text = json_text(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    if (text == NULL) {
        verification->no_memory = true;
        return;
    }
    verification_learn(verification, none, called,
                       json_is_integer(value) ? JUMIN_LEARNED_NUMBER : JUMIN_LEARNED_OTHER,
                       span_of(text, strlen(text)));
    crypto_wipe(text, strlen(text));
    free(text);
}
