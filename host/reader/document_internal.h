// What a document holds inside: files, and what the card proved while they were read.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_DOCUMENT_INTERNAL_H
#define JUMIN_HOST_READER_DOCUMENT_INTERNAL_H

#include "card/crypto/crypto.h"
#include "card/wire/pace.h"
#include "host/detail.h"
#include <jumin/document.h>

enum {
    DOCUMENT_FILE_MAX = 256 * 1024, // what is announced beyond is refused, not allocated
    DOCUMENT_TEXT_MAX = 65536,      // of all texts that one accessor hands out
    ACTIVE_AUTHENTICATION_CHALLENGE = 8,
    ACTIVE_AUTHENTICATION_RESPONSE_MAX = 1024,
};

enum file_state {
    FILE_UNREAD,
    FILE_STARTED, // `total` is known, `n` bytes are there
    FILE_COMPLETE,
    FILE_ABSENT, // the card does not have it
    FILE_DENIED, // the card does not give it
};

struct document_file {
    enum file_state state;
    uint8_t *bytes;
    size_t n, total;
    // The digest, made while the file was read; absent for files from elsewhere.
    bool hashed;
    enum crypto_hash hash;
    uint8_t digest[CRYPTO_HASH_MAX];
};

// What the chip showed; whether its keys are genuine is decided when the document is verified.
struct document_evidence {
    bool pace;
    bool bac; // in place of PACE
    enum pace_password password;
    struct pace_protocol protocol;
    uint8_t pace_point[CRYPTO_POINT_MAX]; // the chip's ephemeral key
    // PACE-CAM
    uint8_t chip_data[CRYPTO_FIELD_MAX];
    size_t chip_data_length;
    uint8_t mapping_point[CRYPTO_POINT_MAX];
    // Chip Authentication: the key, and whether the chip answered under the keys agreed with it
    uint8_t chip_point[CRYPTO_POINT_MAX];
    size_t chip_point_length;
    enum secure_messaging_suite chip_suite;
    bool chip_answered;
    // The terminal's ephemeral key in it, compressed: Terminal Authentication version 1 is bound to it
    uint8_t compressed_key[CRYPTO_FIELD_MAX];
    size_t compressed_key_length;
    // Active Authentication
    bool active_authentication;
    uint8_t challenge[ACTIVE_AUTHENTICATION_CHALLENGE];
    uint8_t response[ACTIVE_AUTHENTICATION_RESPONSE_MAX];
    size_t response_length;
};

struct jumin_document {
    struct document_file files[JUMIN_FILE_COUNT];
    struct document_evidence evidence;
    struct detail detail;
    char *texts[2]; // behind jumin_person and jumin_issue
};

// The file's bytes; empty unless it is complete.
struct span document_span(const struct jumin_document *document, enum jumin_file file);
// Makes room for `total` bytes. JUMIN_ERROR_MALFORMED above DOCUMENT_FILE_MAX.
enum jumin_error document_file_start(struct document_file *file, size_t total);
// Wipes and forgets.
void document_file_release(struct document_file *file);

#endif
