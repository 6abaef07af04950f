// Elementary files: what a DF holds, selection, READ BINARY and UPDATE BINARY (ISO 7816-4 §7.3, §11.3).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_FILE_H
#define JUMIN_CARD_CORE_FILE_H

#include "card/core/command.h"

struct file_row {
    uint16_t identifier;
    uint8_t short_identifier; // 1 to 30; 0: none
    bool made_by_card;        // no personalization data goes into it, and it stays when they are removed
    uint16_t object;          // a number of objects.h; the file exists when the object does
    uint16_t read;            // enum security_condition
    rights read_rights;       // any one of these, too; 0: none is needed
    rights write_rights;      // UPDATE BINARY: `read` and any one of these; 0: never
    struct span constant;     // content fixed in the image; then `object` is not used
};

// The row in the selected DF, or NULL.
const struct file_row *file_by_identifier(const struct card *card, uint16_t identifier);
const struct file_row *file_by_short_identifier(const struct card *card, uint8_t short_identifier);
// Length of a file's content: SW_OK, 6982 when its rule is not met, 6A82 when it does not exist. The rule
// comes first, so that nobody learns without the right which files there are.
uint16_t file_open(struct card *card, const struct file_row *file, size_t *length);
// Reads exactly `n` bytes of an opened file at `offset`.
uint16_t file_read(struct card *card, const struct file_row *file, size_t offset, size_t n, uint8_t *out);
// Replaces the content of a file that may be written, in one transaction and as a whole: 6982 when its rule
// is not met, 6A82 when it does not exist (in this order), 6B00 unless `offset` is 0, 6A80 unless the content
// is one data object with the tag that the file has.
uint16_t file_replace(struct card *card, const struct file_row *file, size_t offset, struct span content);

enum { TAG_FILE_OFFSET = 0x54, TAG_FILE_DATA = 0x53 };

// Where a command points to.
struct file_place {
    const struct file_row *file;
    size_t offset;
    bool named; // by the command; else it is the current file
};
// Of an even instruction: P1 and P2 are a short identifier and an offset, or an offset in the current file.
// 6A86, 6A82, or 6986 when no file is current.
uint16_t file_place_even(const struct card *card, const struct apdu_command *command,
                         struct file_place *place);
// Of an odd one: a short or a file identifier, or 0000 for the current file, and DO54; 6A80 without it.
// `*rest` is what follows that in the data.
uint16_t file_place_odd(const struct card *card, const struct apdu_command *command, struct span *rest,
                        struct file_place *place);

command_handler select_handler;            // A4: by AID full and partial, FID, MF, EF under DF
command_handler read_binary_handler;       // B0
command_handler read_binary_odd_handler;   // B1, DO54 → DO53
command_handler update_binary_handler;     // D6
command_handler update_binary_odd_handler; // D7, DO54 DO53

#endif
