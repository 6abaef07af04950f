// The signed record of what was done with the CSCA's key: one JSON file and one detached signature an entry.
// SPDX-License-Identifier: Apache-2.0
//
// An entry says in "state" what the folder holds after it, by SHA-256: the certificates and the list in DER,
// and the file of the CSCA's key. It is written before the one rename by which the folder changes, under a
// name that is no entry's: whoever comes next sees by the state whether the change took place, and takes the
// entry on or drops it.
#ifndef JUMIN_HOST_PKI_PROTOCOL_H
#define JUMIN_HOST_PKI_PROTOCOL_H

#include "host/pki/pki.h"
#include <jansson.h>
#include <jumin/ceremony.h>

enum { PROTOCOL_TIME = 21 }; // "2026-11-02T00:00:00Z" and the end

// Hexadecimal digits of a digest of 32 bytes.
void protocol_hash_text(const uint8_t *digest, char text[JUMIN_RECORD_HASH]);
void protocol_time_text(int64_t seconds, char text[PROTOCOL_TIME]);

// Takes on or drops what an interrupted ceremony has left, and refreshes ds.crt. The folder is locked and its
// items are loaded.
enum jumin_error protocol_settle(struct jumin_pki *pki);
// What an operation with the CSCA's key begins with: settles. JUMIN_ERROR_ARGUMENT unless the key is loaded.
enum jumin_error protocol_open(struct jumin_pki *pki);
// A list of names; NULL when one is none.
json_t *protocol_names(const char *const *names, size_t count);
// An entry with what all have: number, hash of the one before, time, operation, who was there. To be released
// with json_decref. The folder has been settled.
enum jumin_error protocol_entry(struct jumin_pki *pki, const struct jumin_ceremony *ceremony,
                                const char *operation, json_t **entry);
// Adds the state that the folder will have, signs the entry and writes it ahead. The certificates and the
// list are those of the handle; `csca_key` is the digest of the key's file, NULL: that which is there.
enum jumin_error protocol_write_ahead(struct jumin_pki *pki, json_t *entry, const uint8_t *csca_key,
                                      int64_t now);
// Gives the entry that was written ahead its name.
enum jumin_error protocol_commit(struct jumin_pki *pki);

#endif
