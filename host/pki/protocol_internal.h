// What the writing and the checking of the record share.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_PROTOCOL_INTERNAL_H
#define JUMIN_HOST_PKI_PROTOCOL_INTERNAL_H

#include "host/pki/protocol.h"

enum {
    PROTOCOL_ENTRY_MAX = 65536, // bytes of JSON
    PROTOCOL_SIGNATURE_MAX = 4096,
    PROTOCOL_ENTRIES_MAX = 9999,
};

// One entry as it stands in the folder.
struct protocol_file {
    uint8_t text[PROTOCOL_ENTRY_MAX];
    size_t n;
    char hash[JUMIN_RECORD_HASH];
    json_t *json;
};

enum jumin_error protocol_path(struct jumin_pki *pki, const char *name, char path[PATH_MAX]);
// "ceremonies/0001.json"
enum jumin_error protocol_entry_path(struct jumin_pki *pki, unsigned number, const char *suffix,
                                     char path[PATH_MAX]);
// Reads a file of the record; `json` is NULL where it is no JSON object. JUMIN_ERROR_FILE: there is none.
enum jumin_error protocol_read(const char *path, struct protocol_file *file);
void protocol_release(struct protocol_file *file);
// The number of entries: 1 to it are there, the next one is not.
unsigned protocol_count(struct jumin_pki *pki);
// The folder's present state; "csca.key" is left out where its file is kept elsewhere.
json_t *protocol_state(struct jumin_pki *pki);
// Whether what was found is as an entry said it.
bool protocol_states_match(const json_t *said, json_t *found);
// A text of the entry, "" where there is none.
const char *protocol_text(const json_t *entry, const char *name);

#endif
