// The tables of the issuer's status lists.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/status_store.h"

// Formats and statuses by number (enum status_format, enum status); times in seconds since 1970. A batch's
// `copies` are eight bytes each: shard and index. A change is a status that is, or was, another one than
// valid; `number` is the publication with which it becomes visible, `earlier` the status until then.
const char status_store_tables[] =
    "CREATE TABLE status_shard (id {identity}, format BIGINT NOT NULL CHECK (format IN (0, 1)),"
    " base TEXT NOT NULL, permutation {bytes} NOT NULL, used BIGINT NOT NULL, valid_until BIGINT NOT NULL);"
    "CREATE INDEX status_shard_by_use ON status_shard (format, used);"
    "CREATE TABLE status_batch (id {identity}, credential BIGINT NOT NULL, format BIGINT NOT NULL,"
    " status BIGINT NOT NULL CHECK (status IN (0, 1, 2)), valid_until BIGINT NOT NULL, copies {bytes} NOT "
    "NULL);"
    "CREATE INDEX status_batch_of_credential ON status_batch (credential);"
    "CREATE INDEX status_batch_by_end ON status_batch (valid_until);"
    "CREATE TABLE status_change (shard BIGINT NOT NULL REFERENCES status_shard (id), entry BIGINT NOT NULL,"
    " status BIGINT NOT NULL, number BIGINT NOT NULL, earlier BIGINT NOT NULL, PRIMARY KEY (shard, entry));"
    "CREATE INDEX status_change_by_number ON status_change (number);"
    "CREATE TABLE status_publication (id BIGINT PRIMARY KEY CHECK (id = 1), building BIGINT NOT NULL,"
    " published BIGINT NOT NULL, began_at BIGINT NOT NULL);"
    "INSERT INTO status_publication (id, building, published, began_at) VALUES (1, 0, 0, 0);"
    "CREATE TABLE status_token (shard BIGINT NOT NULL REFERENCES status_shard (id), number BIGINT NOT NULL,"
    " issued_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, token {bytes} NOT NULL, PRIMARY KEY (shard, "
    "number));";

// What a place had until publication `number`, where it has changed again before that one was seen; and the
// digests of tokens that the registry has not yet.
const char status_store_history[] =
    "CREATE TABLE status_before (shard BIGINT NOT NULL, entry BIGINT NOT NULL, number BIGINT NOT NULL,"
    " status BIGINT NOT NULL, PRIMARY KEY (shard, entry, number));"
    "CREATE TABLE status_digest (number BIGINT NOT NULL, shard BIGINT NOT NULL, uri TEXT NOT NULL,"
    " digest {bytes} NOT NULL, PRIMARY KEY (number, shard));";
