// SecurityInfos of a stored file, one at a time, so that a file of any length needs little RAM (9303-11
// §9.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_SECURITY_INFO_FILE_H
#define JUMIN_CARD_CORE_SECURITY_INFO_FILE_H

#include "card/nvm/store.h"
#include "card/wire/security_infos.h"

enum { SECURITY_INFO_MAX = 256 }; // bytes of one that we know; a longer one is SECURITY_INFO_UNKNOWN

struct security_info_file {
    struct store *store;
    uint16_t object;
    size_t offset, end;
    uint8_t bytes[SECURITY_INFO_MAX]; // of the current one
};

// Opens a file that is a SET, within an outer template `tag` when that is not 0 (DG14: 6E). False when there
// is no such file or it is none.
bool security_info_file_open(struct security_info_file *file, struct store *store, uint16_t object,
                             uint8_t tag);
// The next one; it is borrowed from `file` until the next call.
enum tlv_result security_info_file_next(struct security_info_file *file, struct security_info *info);

#endif
