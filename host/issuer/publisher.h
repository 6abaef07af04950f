// What the issuer's server does without being asked, on a thread of its own: publishes the status lists,
// brings their digests to the registry (also those of the time when it did not answer), deletes what is over,
// and sees whether the signers still sign.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_PUBLISHER_H
#define JUMIN_HOST_ISSUER_PUBLISHER_H

#include "host/issuer/records.h"
#include <jumin/registry.h>

struct publisher;

struct publisher_options {
    struct jumin_station *station; // the thread's own; records_serve was called
    struct status_policy policy;
    struct status_signer status;
    const struct signer *signers; // the others, which are tried
    size_t signer_count;
    struct jumin_registry *registry; // the thread's own; NULL: none
    // What the registry is to have before the first list, where it was away until now; tried until it goes
    // well. NULL: it has all.
    enum jumin_error (*introduce)(void *context, struct jumin_registry *registry, int64_t now);
    void *context;
};

// Publishes what is due, so that a place can be given to the first copy, and begins. All is borrowed.
// JUMIN_ERROR_DATABASE, JUMIN_ERROR_CRYPTO, … with `detail`.
enum jumin_error publisher_start(struct publisher **publisher, const struct publisher_options *options,
                                 struct detail *detail);
// Ends the thread. NULL is allowed.
void publisher_stop(struct publisher *publisher);
// Whether the signers have signed when they were last tried.
bool publisher_signs(const struct publisher *publisher);
// Whether the status lists are up to date. From any thread, as the one above and below.
bool publisher_is_well(const struct publisher *publisher, int64_t now);
// Whether publishing went well when it was last tried.
bool publisher_publishes(const struct publisher *publisher);

// How the registry has met what was brought to it last.
enum publisher_registry { PUBLISHER_TAKEN, PUBLISHER_AWAY, PUBLISHER_REFUSED };
enum publisher_registry publisher_registry(const struct publisher *publisher);

struct publisher_counts {
    // Since the start: tokens that were published, rounds in which publishing failed, rounds in which the
    // registry did not take the digests.
    unsigned long long published, failures, unrecorded;
    long long waiting; // digests that the registry has not, now
    int64_t well_at;   // when publishing last went well, seconds since 1970
};
void publisher_count(const struct publisher *publisher, struct publisher_counts *counts);

#endif
