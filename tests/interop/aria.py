"""ARIA written down from RFC 5794, to check the C code's use of it against: no library is behind this."""
# SPDX-License-Identifier: Apache-2.0
import functools

BLOCK = 16
MASK = (1 << 128) - 1

# §2.4.3: byte i of the result is the sum of these bytes.
DIFFUSION = [
    (3, 4, 6, 8, 9, 13, 14), (2, 5, 7, 8, 9, 12, 15), (1, 4, 6, 10, 11, 12, 15), (0, 5, 7, 10, 11, 13, 14),
    (0, 2, 5, 8, 11, 14, 15), (1, 3, 4, 9, 10, 14, 15), (0, 2, 7, 9, 10, 12, 13), (1, 3, 6, 8, 11, 12, 13),
    (0, 1, 4, 7, 10, 13, 15), (0, 1, 5, 6, 11, 12, 14), (2, 3, 5, 6, 8, 13, 15), (2, 3, 4, 7, 9, 12, 14),
    (1, 2, 6, 7, 9, 11, 12), (0, 3, 6, 7, 8, 10, 13), (0, 3, 4, 5, 9, 11, 14), (1, 2, 4, 5, 8, 10, 15),
]  # fmt: skip
CONSTANTS = [
    0x517CC1B727220A94FE13ABE8FA9A6EE0,
    0x6DB14ACC9E21C820FF28B1D5EF5DE2B0,
    0xDB92371D2126E9700324977504E8C90E,
]


def times(a, b):
    """In GF(2^8) modulo x^8 + x^4 + x^3 + x + 1."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def power(a, n):
    product = 1
    for _ in range(n):
        product = times(product, a)
    return product


def affine(columns, constant, x):
    for i, column in enumerate(columns):
        constant ^= column if x >> i & 1 else 0
    return constant


def inverse(box):
    return [box.index(x) for x in range(256)]


# §2.4.2: S1 is an affine map of x^-1 = x^254, S2 of x^247; a column is what the bit i of the input adds.
S1 = [affine((0x1F, 0x3E, 0x7C, 0xF8, 0xF1, 0xE3, 0xC7, 0x8F), 0x63, power(x, 254)) for x in range(256)]
S2 = [affine((0xAC, 0xC5, 0x12, 0xCF, 0x5B, 0x5F, 0x85, 0xEE), 0xE2, power(x, 247)) for x in range(256)]
ODD = [S1, S2, inverse(S1), inverse(S2)]
EVEN = ODD[2:] + ODD[:2]


def table(boxes):
    """What byte i with value x adds to the block behind substitution and diffusion."""
    spread = [sum(1 << 8 * (15 - j) for j, sources in enumerate(DIFFUSION) if i in sources) for i in range(16)]
    return [[spread[i] * boxes[i % 4][x] for x in range(256)] for i in range(16)]


ROUNDS = [table(ODD), table(EVEN)]


def round_function(which, block):
    result = 0
    for row, x in zip(ROUNDS[which], block.to_bytes(BLOCK, "big")):
        result ^= row[x]
    return result


def right(x, n):
    return (x >> n | x << 128 - n) & MASK


@functools.lru_cache
def round_keys(key):
    """§2.2"""
    first = {16: 0, 24: 1, 32: 2}[len(key)]
    padded = int.from_bytes(key.ljust(32, b"\0"), "big")
    w = [padded >> 128]
    for i, previous in enumerate([padded & MASK, w[0], None]):
        previous = w[1] if previous is None else previous
        w.append(round_function(i % 2, w[i] ^ CONSTANTS[(first + i) % 3]) ^ previous)
    keys = [w[i] ^ right(w[(i + 1) % 4], n) for n in (19, 31, 128 - 61, 128 - 31, 128 - 19) for i in range(4)]
    return keys[: {16: 13, 24: 15, 32: 17}[len(key)]]


def encrypt(keys, block):
    """§2.3; integers of 128 bits."""
    for i, key in enumerate(keys[:-2]):
        block = round_function(i % 2, block ^ key)
    substituted = bytes(EVEN[i % 4][x] for i, x in enumerate((block ^ keys[-2]).to_bytes(BLOCK, "big")))
    return int.from_bytes(substituted, "big") ^ keys[-1]


def cbc(key, iv, data):
    keys, block, out = round_keys(key), int.from_bytes(iv, "big"), b""
    for i in range(0, len(data), BLOCK):
        block = encrypt(keys, block ^ int.from_bytes(data[i : i + BLOCK], "big"))
        out += block.to_bytes(BLOCK, "big")
    return out


def cmac(key, data):
    """NIST SP 800-38B."""
    subkey = encrypt(round_keys(key), 0)
    whole = len(data) > 0 and len(data) % BLOCK == 0
    for _ in range(1 if whole else 2):
        subkey = (subkey << 1 & MASK) ^ (0x87 if subkey >> 127 else 0)
    padded = data if whole else data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)
    last = (int.from_bytes(padded[-BLOCK:], "big") ^ subkey).to_bytes(BLOCK, "big")
    return cbc(key, bytes(BLOCK), padded[:-BLOCK] + last)[-BLOCK:]


# Appendix A.1 and A.3
for length, expected in (16, "d718fbd6ab644c739da95f3be6451778"), (32, "f92bd7c79fb72e2f2b8f80c1972d24fc"):
    assert cbc(bytes(range(length)), bytes(BLOCK), bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == expected
