// The log brought to a chain.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/evm/mirror.h"

#include "host/registry/log.h"

#include <stdio.h>

struct mirror {
    struct database *database;
    struct evm_chain *chain;
    struct registry log, contract;
    struct jumin_registry_chain_report *report;
    struct evm_block last;
    uint64_t before; // the last block's number at the look before, or when this one began
    struct detail *detail;
};

// Where the chain was when it was looked at last.
struct seen {
    bool there;
    uint64_t number, size, chain;
    uint8_t hash[CHAIN_HASH];
};

static enum jumin_error told(struct mirror *mirror, enum jumin_error error)
{
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(mirror->detail, error, "%s", database_detail(mirror->database));
}

// --- What was seen -------------------------------------------------------------------------------------------

static struct database_value contract_value(const struct mirror *mirror)
{
    return database_bytes(span_of(mirror->chain->contract, EVM_ADDRESS));
}

static enum jumin_error read_seen(struct mirror *mirror, struct seen *seen)
{
    const struct database_value contract = contract_value(mirror);
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(
        mirror->database, "SELECT block, hash, size, chain FROM registry_chain WHERE contract = $1",
        &contract, 1, &rows);
    *seen = (struct seen){.there = error == JUMIN_OK && database_next(rows)};
    if (seen->there) {
        const struct span hash = database_column_bytes(rows, 1);
        seen->number = (uint64_t)database_column_integer(rows, 0);
        seen->size = (uint64_t)database_column_integer(rows, 2);
        seen->chain = (uint64_t)database_column_integer(rows, 3);
        memcpy(seen->hash, hash.p, hash.n == CHAIN_HASH ? CHAIN_HASH : 0);
    }
    const enum jumin_error ended = database_rows_end(rows);
    return told(mirror, error == JUMIN_OK ? ended : error);
}

static enum jumin_error keep_seen(struct mirror *mirror)
{
    const struct database_value values[] = {contract_value(mirror),
                                            database_integer((int64_t)mirror->last.number),
                                            database_bytes(span_of(mirror->last.hash, CHAIN_HASH)),
                                            database_integer((int64_t)mirror->report->chain_size),
                                            database_integer((int64_t)mirror->chain->chain_id)};
    return told(mirror, database_run(mirror->database,
                                     "INSERT INTO registry_chain (contract, block, hash, size, chain)"
                                     " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (contract) DO UPDATE SET"
                                     " block = excluded.block, hash = excluded.hash, size = excluded.size,"
                                     " chain = excluded.chain",
                                     values, 5, NULL));
}

// --- Troubles ------------------------------------------------------------------------------------------------

// Ends the look: the chain is in this state. Always false.
static bool conclude(struct mirror *mirror, enum jumin_registry_chain_state state, const char *why)
{
    mirror->report->state = state;
    (void)snprintf(mirror->report->why, sizeof mirror->report->why, "%s", why);
    return false;
}

// What the chain said went wrong.
static bool trouble(struct mirror *mirror, enum jumin_error error)
{
    return conclude(mirror,
                    error == JUMIN_ERROR_TIMEOUT ? JUMIN_REGISTRY_CHAIN_STOPPED
                                                 : JUMIN_REGISTRY_CHAIN_UNREACHABLE,
                    mirror->detail->text);
}

// What kept the chain from taking a transaction. One that makes blocks meanwhile does not stand still.
static bool sending_trouble(struct mirror *mirror, enum jumin_error error)
{
    const struct detail why = *mirror->detail;
    struct evm_block block;
    if (error != JUMIN_ERROR_TIMEOUT && error != JUMIN_ERROR_STATUS && error != JUMIN_ERROR_CONFLICT) {
        return trouble(mirror, error);
    }
    const enum jumin_error read = evm_chain_last_block(mirror->chain, &block, mirror->detail);
    if (read != JUMIN_OK) {
        return trouble(mirror, read);
    }
    mirror->last = block;
    return conclude(mirror,
                    error == JUMIN_ERROR_TIMEOUT && block.number <= mirror->before
                        ? JUMIN_REGISTRY_CHAIN_STOPPED
                        : JUMIN_REGISTRY_CHAIN_STUCK,
                    why.text);
}

// The chain that is meant, else the one that it was at first; from now on it is that one.
static bool check_chain(struct mirror *mirror, const struct seen *seen)
{
    const uint64_t meant = mirror->chain->chain_id != 0 ? mirror->chain->chain_id : seen->chain;
    uint64_t number = 0;
    const enum jumin_error error = evm_chain_number(mirror->chain, &number, mirror->detail);
    if (error != JUMIN_OK) {
        return trouble(mirror, error);
    }
    if ((meant != 0 && number != meant) || (seen->chain != 0 && seen->chain != number)) {
        (void)detail_set(mirror->detail, JUMIN_ERROR_CONFLICT,
                         "the node is of chain %llu, and not of chain %llu", (unsigned long long)number,
                         (unsigned long long)(number != meant ? meant : seen->chain));
        return conclude(mirror, JUMIN_REGISTRY_CHAIN_OTHER, mirror->detail->text);
    }
    mirror->chain->chain_id = number;
    return true;
}

// Whether the block that was seen last is still there.
static bool look_back(struct mirror *mirror, const struct seen *seen)
{
    struct evm_block block;
    if (!seen->there) {
        return true;
    }
    const enum jumin_error error = evm_chain_block(mirror->chain, seen->number, &block, mirror->detail);
    if (error != JUMIN_OK && error != JUMIN_ERROR_INPUT) {
        return trouble(mirror, error);
    }
    mirror->report->reorganised =
        error == JUMIN_ERROR_INPUT || memcmp(block.hash, seen->hash, CHAIN_HASH) != 0;
    return true;
}

static bool read_size(struct mirror *mirror, const struct seen *seen)
{
    const enum jumin_error error = evm_chain_size(mirror->chain, &mirror->report->chain_size, mirror->detail);
    if (error == JUMIN_ERROR_NOT_SUPPORTED) {
        mirror->report->chain_size = 0;
        return conclude(mirror, seen->there ? JUMIN_REGISTRY_CHAIN_FORKED : JUMIN_REGISTRY_CHAIN_NO_CONTRACT,
                        seen->there ? "the registry's contract is no longer on the chain"
                                    : "there is no registry's contract at this address of the chain");
    }
    if (error != JUMIN_OK) {
        return trouble(mirror, error);
    }
    // Entries that are gone without any block being another one: the node's answers contradict each other.
    mirror->report->reorganised |= seen->there && mirror->report->chain_size < seen->size;
    return true;
}

// The chain must say what the log says, as far as it goes. False with an error: the log failed.
static bool compare(struct mirror *mirror, enum jumin_error *error)
{
    const uint64_t size = mirror->report->chain_size;
    uint8_t here[MERKLE_HASH], there[MERKLE_HASH];
    if (size > mirror->report->log_size) {
        return conclude(mirror, JUMIN_REGISTRY_CHAIN_FORKED, "the chain has entries that the log has not");
    }
    *error = registry_root(&mirror->log, size, here, mirror->detail);
    if (*error != JUMIN_OK) {
        return false;
    }
    const enum jumin_error read = registry_root(&mirror->contract, size, there, mirror->detail);
    if (read != JUMIN_OK && read != JUMIN_ERROR_HASH) {
        return trouble(mirror, read);
    }
    return (read == JUMIN_OK && memcmp(here, there, MERKLE_HASH) == 0) ||
           conclude(mirror, JUMIN_REGISTRY_CHAIN_FORKED, "the chain has other entries than the log");
}

// --- Sending -------------------------------------------------------------------------------------------------

static enum jumin_error read_batch(struct mirror *mirror, uint8_t bytes[CHAIN_BATCH][REGISTRY_ENTRY_MAX],
                                   struct span entries[CHAIN_BATCH], size_t *count)
{
    const uint64_t first = mirror->report->chain_size, left = mirror->report->log_size - first;
    *count = left < CHAIN_BATCH ? (size_t)left : CHAIN_BATCH;
    for (size_t i = 0; i < *count; i++) {
        struct writer entry = writer_of(bytes[i], REGISTRY_ENTRY_MAX);
        const enum jumin_error error =
            mirror->log.entry(mirror->log.context, first + i, &entry, mirror->detail);
        if (error != JUMIN_OK) {
            return error;
        }
        entries[i] = writer_span(&entry);
    }
    return JUMIN_OK;
}

// False: the chain took no more, or, with an error, the log failed.
static bool send_batch(struct mirror *mirror, enum jumin_error *error)
{
    uint8_t bytes[CHAIN_BATCH][REGISTRY_ENTRY_MAX];
    struct span entries[CHAIN_BATCH];
    size_t count = 0;
    *error = read_batch(mirror, bytes, entries, &count);
    if (*error != JUMIN_OK) {
        return false;
    }
    const enum jumin_error sent =
        evm_chain_append(mirror->chain, mirror->report->chain_size, entries, count, mirror->detail);
    if (sent != JUMIN_OK) {
        return sending_trouble(mirror, sent);
    }
    mirror->report->chain_size += count;
    mirror->report->sent += count;
    return true;
}

// What the chain has now is what the log has: not what its receipts said.
static bool look_again(struct mirror *mirror, enum jumin_error *error)
{
    const struct seen sent = {.there = true, .size = mirror->report->chain_size};
    const enum jumin_error read = evm_chain_last_block(mirror->chain, &mirror->last, mirror->detail);
    if (read != JUMIN_OK) {
        return trouble(mirror, read);
    }
    if (!read_size(mirror, &sent) || !compare(mirror, error)) {
        return false;
    }
    return mirror->report->chain_size == mirror->report->log_size ||
           conclude(mirror, JUMIN_REGISTRY_CHAIN_BEHIND, "the chain has lost what it has just taken");
}

static void send_all(struct mirror *mirror, enum jumin_error *error)
{
    bool going = true;
    while (going && mirror->report->chain_size < mirror->report->log_size) {
        going = send_batch(mirror, error);
    }
    if (going && mirror->report->sent > 0) {
        going = look_again(mirror, error);
    }
    if (going) {
        (void)conclude(mirror, JUMIN_REGISTRY_CHAIN_IN_STEP, "");
    }
}

// --- The whole -----------------------------------------------------------------------------------------------

static bool stands_still(struct mirror *mirror, int64_t now, unsigned stop_seconds)
{
    return stop_seconds > 0 && now - mirror->last.at > (int64_t)stop_seconds &&
           !conclude(mirror, JUMIN_REGISTRY_CHAIN_STOPPED, "the chain's last block is too old");
}

static enum jumin_error look(struct mirror *mirror, int64_t now, unsigned stop_seconds, bool send)
{
    struct jumin_registry_chain_report *report = mirror->report;
    struct seen seen;
    enum jumin_error error = read_seen(mirror, &seen);
    if (error != JUMIN_OK) {
        return error;
    }
    const enum jumin_error reached = evm_chain_last_block(mirror->chain, &mirror->last, mirror->detail);
    if (reached != JUMIN_OK) {
        (void)conclude(mirror, JUMIN_REGISTRY_CHAIN_UNREACHABLE, mirror->detail->text);
        return JUMIN_OK;
    }
    mirror->before = seen.there && seen.number < mirror->last.number ? seen.number : mirror->last.number;
    if (!check_chain(mirror, &seen) || !look_back(mirror, &seen) || !read_size(mirror, &seen) ||
        !compare(mirror, &error)) {
        return error;
    }
    if (!stands_still(mirror, now, stop_seconds)) {
        (void)conclude(mirror,
                       report->chain_size == report->log_size ? JUMIN_REGISTRY_CHAIN_IN_STEP
                                                              : JUMIN_REGISTRY_CHAIN_BEHIND,
                       "");
        if (send) {
            send_all(mirror, &error);
        }
    }
    return error == JUMIN_OK ? keep_seen(mirror) : error;
}

enum jumin_error registry_mirror(struct database *log, struct evm_chain *chain, int64_t now,
                                 unsigned stop_seconds, bool send, struct jumin_registry_chain_report *report,
                                 struct detail *detail)
{
    struct mirror mirror = {.database = log,
                            .chain = chain,
                            .log = registry_log(log),
                            .contract = evm_chain_registry(chain),
                            .report = report,
                            .detail = detail};
    struct registry_head head;
    *report = (struct jumin_registry_chain_report){0};
    enum jumin_error error = mirror.log.head(mirror.log.context, &head, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    report->log_size = head.size;
    error = look(&mirror, now, stop_seconds, send);
    report->block = mirror.last.number;
    report->block_at = mirror.last.at;
    return error;
}
