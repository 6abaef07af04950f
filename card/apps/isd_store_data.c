// STORE DATA: personalization data on its way to an application (GPC v2.3.1 §11.11).
// SPDX-License-Identifier: Apache-2.0
//
// Each block is one transaction: all of it is stored, or nothing. A DGI with a file's identifier goes into
// that file as it comes; one with secrets is gathered and decrypted; the application takes the others. A
// block that is refused ends the personalization, which begins anew with INSTALL [for personalization]. With
// the last block the application says whether it is complete, and is PERSONALIZED; what earlier attempts left
// is then erased.
#include "card/apps/isd.h"

#include "card/core/card.h"
#include "card/core/erasure.h"
#include "card/core/registry.h"
#include "card/wire/personalization.h"

// P1 (GPC v2.3.1 §11.11.2.1, table 11-89).
enum {
    P1_LAST = 0x80,
    P1_ENCRYPTION_OF_ALL = 0x40, // 60 and the reserved 40: refused, as each DGI tells (DGI_SECRET_FIRST)
    P1_STRUCTURE = 0x18,
    P1_DGI = 0x08,
    P1_RESERVED = 0x06,
    PADDING_MARK = 0x80, // ISO 9797-1 padding method 2
};

static bool is_secret(uint16_t identifier)
{
    return identifier >= DGI_SECRET_FIRST && identifier <= DGI_SECRET_LAST;
}

static const struct file_row *stored_file(const struct applet *applet, uint16_t identifier)
{
    for (size_t i = 0; i < applet->file_count; i++) {
        const struct file_row *file = &applet->files[i];
        if (file->identifier == identifier && file->constant.n == 0 && !file->made_by_card) {
            return file;
        }
    }
    return NULL;
}

// A file begins with its first piece; what an earlier attempt left is gone then. Without content there is no
// file.
static uint16_t store_piece(struct card *card, const struct file_row *file, const struct dgi_piece *piece)
{
    if (piece->length > CARD_FILE_MAX) {
        return SW_WRONG_DATA;
    }
    enum store_status status = STORE_OK;
    if (piece->offset == 0) {
        status = store_delete(&card->store, file->object);
    }
    if (status == STORE_OK && piece->bytes.n > 0) {
        status = store_write_at(&card->store, file->object, piece->offset, piece->bytes);
    }
    return isd_store_status(status);
}

static uint16_t hand_over(struct card *card, const struct dgi_piece *piece, struct writer *response)
{
    const struct applet *applet = card->personalization.target;
    return applet->personalize != NULL ? applet->personalize(card, piece, response)
                                       : SW_REFERENCED_DATA_NOT_FOUND;
}

// Bytes before the padding 80 00…, or 0 when there is none in the last block.
static size_t unpadded_length(const uint8_t *data, size_t n)
{
    const size_t first = n - CRYPTO_BLOCK;
    while (n > first && data[n - 1] == 0) {
        n--;
    }
    return n > first && data[n - 1] == PADDING_MARK ? n - 1 : 0;
}

static uint16_t decrypt_and_hand_over(struct card *card, uint16_t identifier, struct writer *response)
{
    struct card_personalization *state = &card->personalization;
    const size_t n = state->secret_length;
    uint8_t plain[CARD_SECRET_MAX];
    uint16_t status = SW_WRONG_DATA;
    if (n > 0 && n % CRYPTO_BLOCK == 0 &&
        scp03_decrypt_key_data(&card->security.scp03_keys, span_of(state->secret, n), plain)) {
        const size_t length = unpadded_length(plain, n);
        const struct dgi_piece piece = {.identifier = identifier,
                                        .length = (uint16_t)length,
                                        .bytes = span_of(plain, length),
                                        .last = true};
        status = length > 0 ? hand_over(card, &piece, response) : SW_WRONG_DATA;
    }
    crypto_wipe(plain, sizeof plain);
    return status;
}

static uint16_t gather_secret(struct card *card, const struct dgi_piece *piece, struct writer *response)
{
    struct card_personalization *state = &card->personalization;
    if (piece->length > sizeof state->secret) {
        return SW_WRONG_DATA;
    }
    struct writer w = writer_of(state->secret, sizeof state->secret);
    w.n = piece->offset;
    writer_put(&w, piece->bytes);
    state->secret_length = w.n;
    return piece->last ? decrypt_and_hand_over(card, piece->identifier, response) : SW_OK;
}

static uint16_t take_piece(struct card *card, const struct dgi_piece *piece, struct writer *response)
{
    if (is_secret(piece->identifier)) {
        return gather_secret(card, piece, response);
    }
    const struct file_row *file = stored_file(card->personalization.target, piece->identifier);
    return file != NULL ? store_piece(card, file, piece) : hand_over(card, piece, response);
}

static uint16_t take_block(struct card *card, struct span block, struct writer *response)
{
    for (;;) {
        struct dgi_piece piece;
        switch (dgi_next(&card->personalization.reader, &block, &piece)) {
        case DGI_PIECE: {
            const uint16_t status = take_piece(card, &piece, response);
            if (status != SW_OK) {
                return status;
            }
            break;
        }
        case DGI_MORE:
            return SW_OK;
        default:
            return SW_WRONG_DATA;
        }
    }
}

static uint16_t complete(struct card *card)
{
    const struct applet *applet = card->personalization.target;
    struct registry registry;
    if (!dgi_between(&card->personalization.reader)) {
        return SW_WRONG_DATA;
    }
    const uint16_t status = applet->complete != NULL ? applet->complete(card) : SW_OK;
    if (status != SW_OK) {
        return status;
    }
    struct registry_entry *entry = NULL;
    if (registry_read(&card->store, &registry)) {
        entry = registry_find_applet(&registry, applet);
    }
    if (entry == NULL) {
        return SW_MEMORY_FAILURE;
    }
    if (entry->state != APPLICATION_SELECTABLE) { // it was locked meanwhile
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    entry->state = APPLICATION_PERSONALIZED;
    const enum store_status written = registry_write(&card->store, &registry);
    return isd_store_status(written == STORE_OK ? erasure_mark(&card->store) : written);
}

// Within one transaction.
static uint16_t store_block(struct card *card, const struct apdu_command *command, struct writer *response)
{
    const uint16_t status = take_block(card, command->data, response);
    return status == SW_OK && (command->p1 & P1_LAST) != 0 ? complete(card) : status;
}

static uint16_t check_block(const struct card *card, const struct apdu_command *command)
{
    const struct card_personalization *state = &card->personalization;
    if (state->target == NULL) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    if ((command->p1 & P1_STRUCTURE) != P1_DGI || (command->p1 & P1_RESERVED) != 0 ||
        (command->p1 & P1_ENCRYPTION_OF_ALL) != 0 || command->p2 != state->next_block) {
        return SW_WRONG_P1_P2;
    }
    return SW_OK;
}

uint16_t isd_store_data_handler(struct card *card, const struct apdu_command *command,
                                struct writer *response)
{
    struct card_personalization *state = &card->personalization;
    uint16_t status = check_block(card, command);
    if (status == SW_OK) {
        status = isd_store_status(store_begin(&card->store));
    }
    if (status == SW_OK) {
        status = isd_end_transaction(card, store_block(card, command, response));
    }
    state->next_block++;
    if (status != SW_OK || (command->p1 & P1_LAST) != 0) {
        crypto_wipe(state, sizeof *state);
    }
    return status;
}
