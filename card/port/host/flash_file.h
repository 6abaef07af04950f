// Flash in a file: the memory of a simulated card.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_PORT_HOST_FLASH_FILE_H
#define JUMIN_CARD_PORT_HOST_FLASH_FILE_H

#include "card/nvm/store.h"

enum flash_file_status {
    FLASH_FILE_OK,
    FLASH_FILE_SYSTEM,   // errno says why
    FLASH_FILE_IN_USE,   // another process, or another handle of this one, has the image open
    FLASH_FILE_NO_IMAGE, // the file's length is not that of a flash
};

// A handle is not copied while it is open. All zero is closed.
struct flash_file {
    int descriptor;
    uint32_t pages;
    bool open;
};

// Makes an erased image of `pages` pages, mode 0600, and opens it. An existing file is FLASH_FILE_SYSTEM with
// EEXIST.
enum flash_file_status flash_file_create(struct flash_file *flash, const char *path, uint32_t pages);
// Opens an image for this handle alone.
enum flash_file_status flash_file_open(struct flash_file *flash, const char *path);
void flash_file_close(struct flash_file *flash);
// The port; lives as long as `flash` is open. Each program and erase is written to the file before it
// returns, so what was programmed outlives the process, however it ends. Nothing is synced to the disk: when
// the whole machine loses power, later writes may be there without earlier ones, which no card's flash does.
// The store then refuses the image, or finds an older state.
struct store_flash flash_file_port(struct flash_file *flash);

#endif
