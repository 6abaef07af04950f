// Keccak-f[1600] and the sponge with a rate of 136 bytes (FIPS 202 §3, §4).
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/evm/keccak.h"

enum { LANES = 25, ROUNDS = 24, RATE = 136 };

static uint64_t rotate(uint64_t lane, unsigned by)
{
    return by == 0 ? lane : lane << by | lane >> (64 - by);
}

// FIPS 202 §3.2.1
static void theta(uint64_t a[LANES])
{
    uint64_t c[5];
    for (unsigned x = 0; x < 5; x++) {
        c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    }
    for (unsigned i = 0; i < LANES; i++) {
        a[i] ^= c[(i + 4) % 5] ^ rotate(c[(i + 1) % 5], 1);
    }
}

// §3.2.2 and §3.2.3: each lane is rotated and goes to the place of the next one.
static void rho_pi(uint64_t a[LANES])
{
    unsigned x = 1, y = 0;
    uint64_t moving = a[1];
    for (unsigned t = 0; t < ROUNDS; t++) {
        const unsigned next = (2 * x + 3 * y) % 5;
        x = y;
        y = next;
        const uint64_t there = a[x + 5 * y];
        a[x + 5 * y] = rotate(moving, (t + 1) * (t + 2) / 2 % 64);
        moving = there;
    }
}

// §3.2.4
static void chi(uint64_t a[LANES])
{
    for (unsigned y = 0; y < LANES; y += 5) {
        uint64_t row[5];
        memcpy(row, a + y, sizeof row);
        for (unsigned x = 0; x < 5; x++) {
            a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
        }
    }
}

static void permute(uint64_t a[LANES])
{
    // §3.2.5
    static const uint64_t iota[ROUNDS] = {
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
        0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
        0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
        0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
    for (unsigned round = 0; round < ROUNDS; round++) {
        theta(a);
        rho_pi(a);
        chi(a);
        a[0] ^= iota[round];
    }
}

static void absorb(uint64_t a[LANES], size_t at, uint8_t byte)
{
    a[at / 8] ^= (uint64_t)byte << 8 * (at % 8);
}

void keccak_256(struct span data, uint8_t hash[KECCAK_HASH])
{
    uint64_t a[LANES] = {0};
    size_t at = 0;
    for (size_t i = 0; i < data.n; i++) {
        absorb(a, at, data.p[i]);
        at = (at + 1) % RATE;
        if (at == 0) {
            permute(a);
        }
    }
    absorb(a, at, 0x01);
    absorb(a, RATE - 1, 0x80);
    permute(a);
    for (size_t i = 0; i < KECCAK_HASH; i++) {
        hash[i] = (uint8_t)(a[i / 8] >> 8 * (i % 8));
    }
}
