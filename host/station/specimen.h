// The random numbers of specimen people.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_STATION_SPECIMEN_H
#define JUMIN_HOST_STATION_SPECIMEN_H

#include <stdint.h>

// What of a person is drawn from numbers of its own.
enum specimen_subject { SPECIMEN_PERSON, SPECIMEN_PORTRAIT };

// splitmix64: nothing that it makes is secret.
struct specimen_random {
    uint64_t state;
};

struct specimen_random specimen_random_of(uint64_t seed, uint32_t i, enum specimen_subject subject);
// 0 to `bound` - 1.
unsigned specimen_draw(struct specimen_random *random, unsigned bound);

#endif
