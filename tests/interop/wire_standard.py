"""Secure messaging, PACE and SCP03 written down from the standards, to check the C code against.

Nothing here is taken from the C sources; AES comes from python3-cryptography, ARIA from aria.py, curves are
plain integers. A key is bytes of AES, or an AriaKey.
"""
# SPDX-License-Identifier: Apache-2.0
import hashlib

import aria
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

BLOCK = 16
ZERO = bytes(BLOCK)


class AriaKey(bytes):
    pass


def cbc(key, iv, data):
    if isinstance(key, AriaKey):
        return aria.cbc(key, iv, data)
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def ecb(key, block):
    return cbc(key, ZERO, block)


def cmac(key, data):
    if isinstance(key, AriaKey):
        return aria.cmac(key, data)
    state = CMAC(algorithms.AES(key))
    state.update(data)
    return state.finalize()


def pad(data):
    """ISO 9797-1 padding method 2."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def tlv(tag, value):
    n = len(value)
    if n < 0x80:
        length = bytes([n])
    else:
        size = (n.bit_length() + 7) // 8
        length = bytes([0x80 | size]) + n.to_bytes(size, "big")
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + length + value


def apdu(header, data, ne, extended):
    """ISO 7816-3 §12.1.3."""
    if not data and not ne:
        return header
    if not extended and len(data) <= 255 and ne <= 256:
        return header + (bytes([len(data)]) + data if data else b"") + (bytes([ne % 256]) if ne else b"")
    lc = len(data).to_bytes(2, "big") + data if data else b""
    return header + b"\x00" + lc + ((ne % (1 << 16)).to_bytes(2, "big") if ne else b"")


# Key derivation, 9303-11 §9.7.1, TR-03110-3 §A.2.3


def kdf(cipher, key_length, secret, counter, nonce=b""):
    """SHA-1 is for 128 bits of AES alone."""
    data = secret + nonce + counter.to_bytes(4, "big")
    digest = hashlib.sha1(data) if key_length == 16 and cipher == "AES" else hashlib.sha256(data)
    return digest.digest()[:key_length]


# Secure messaging, 9303-11 §9.8


def sm_cryptogram(key, ssc, data, odd):
    if not data:
        return b""
    encrypted = cbc(key, ecb(key, ssc), pad(data))
    return tlv(0x85, encrypted) if odd else tlv(0x87, b"\x01" + encrypted)


def sm_mac(key, ssc, header, objects):
    message = ssc + (pad(header) if header else b"") + (pad(objects) if objects else b"")
    return tlv(0x8E, cmac(key, message)[:8])


def sm_command(enc, mac, ssc, cla, ins, p1, p2, data, ne, extended):
    """The protected command; extended when asked for or when its data field needs it."""
    ssc = ssc.to_bytes(BLOCK, "big")
    header = bytes([cla | 0x0C, ins, p1, p2])
    cryptogram = sm_cryptogram(enc, ssc, data, ins % 2 == 1)
    for long in [False, True]:
        le = b"" if ne == 0 else tlv(0x97, (ne % (1 << 16)).to_bytes(2, "big") if long else bytes([ne % 256]))
        field = cryptogram + le + sm_mac(mac, ssc, header, cryptogram + le)
        if not long and not extended and ne <= 256 and len(field) <= 255:
            return header + bytes([len(field)]) + field + b"\x00"
    return header + b"\x00" + len(field).to_bytes(2, "big") + field + b"\x00\x00"


def sm_response(enc, mac, ssc, data, status, odd):
    ssc = ssc.to_bytes(BLOCK, "big")
    objects = sm_cryptogram(enc, ssc, data, odd) + tlv(0x99, status)
    return objects + sm_mac(mac, ssc, b"", objects)


# SCP03, GP Amd D §4.1.5, §6.2


def scp03_kdf(key, constant, context, n):
    out = b""
    counter = 0
    while len(out) < n:
        counter += 1
        block = bytes(11) + bytes([constant, 0]) + (8 * n).to_bytes(2, "big") + bytes([counter]) + context
        out += cmac(key, block)
    return out[:n]


class Scp03:
    """The computations of one session; the caller says what to send."""

    def __init__(self, key_enc, key_mac, size, host_challenge, card_challenge):
        context = host_challenge + card_challenge
        n = len(key_enc)
        self.size = size
        self.enc = scp03_kdf(key_enc, 0x04, context, n)
        self.mac = scp03_kdf(key_mac, 0x06, context, n)
        self.rmac = scp03_kdf(key_mac, 0x07, context, n)
        self.card_cryptogram = scp03_kdf(self.mac, 0x00, context, size)
        self.host_cryptogram = scp03_kdf(self.mac, 0x01, context, size)
        self.chaining = ZERO
        self.counter = 0
        self.level = 0x01

    def command(self, cla, ins, p1, p2, data, ne, extended):
        if self.level == 0:
            return apdu(bytes([cla, ins, p1, p2]), data, ne, extended)
        if self.level & 0x02:
            self.counter += 1
            if data:
                data = cbc(self.enc, ecb(self.enc, self.counter.to_bytes(BLOCK, "big")), pad(data))
        lc = len(data) + self.size
        long = extended or lc > 255 or ne > 256
        header = bytes([cla | 0x04, ins, p1, p2]) + (b"\x00" + lc.to_bytes(2, "big") if long else bytes([lc]))
        self.chaining = cmac(self.mac, self.chaining + header + data)
        le = b"" if ne == 0 else (ne % (1 << 16)).to_bytes(2, "big") if long else bytes([ne % 256])
        return header + data + self.chaining[: self.size] + le

    def response(self, data, status):
        if status[0] not in (0x90, 0x62, 0x63) or not self.level & 0x10:
            return data
        if self.level & 0x20 and data:
            iv = ecb(self.enc, ((0x80 << 120) | self.counter).to_bytes(BLOCK, "big"))
            data = cbc(self.enc, iv, pad(data))
        return data + cmac(self.rmac, self.chaining + data + status)[: self.size]


# Curves: y^2 = x^3 + ax + b over GF(p); RFC 5639 §3.4, §3.6, SEC 2 §2.4.2, §2.5.1


class Curve:
    def __init__(self, p, a, b, x, y, order):
        self.p, self.a, self.b, self.g, self.order = p, a, b, (x, y), order
        self.length = (p.bit_length() + 7) // 8
        assert (y * y - x**3 - a * x - b) % p == 0
        assert self.multiply(order - 1, self.g) == (x, p - y)

    def add(self, s, t):
        if s is None or t is None:
            return t if s is None else s
        if s[0] == t[0] and (s[1] + t[1]) % self.p == 0:
            return None
        if s == t:
            slope = (3 * s[0] ** 2 + self.a) * pow(2 * s[1], -1, self.p)
        else:
            slope = (t[1] - s[1]) * pow(t[0] - s[0], -1, self.p)
        x = (slope**2 - s[0] - t[0]) % self.p
        return x, (slope * (s[0] - x) - s[1]) % self.p

    def multiply(self, scalar, point):
        product = None
        for bit in bin(scalar)[2:]:
            product = self.add(product, product)
            if bit == "1":
                product = self.add(product, point)
        return product

    def encode(self, point):
        return b"\x04" + b"".join(c.to_bytes(self.length, "big") for c in point)

    def decode(self, data):
        assert data[0] == 4 and len(data) == 1 + 2 * self.length
        x, y = (int.from_bytes(c, "big") for c in (data[1 : 1 + self.length], data[1 + self.length :]))
        assert x < self.p and y < self.p and (y * y - x**3 - self.a * x - self.b) % self.p == 0
        return x, y

    def encode_element(self, t):
        """9303-11 appendix B.2."""
        p, a, b = self.p, self.a, self.b
        alpha = -t * t % p
        x2 = -b * pow(a, -1, p) * (1 + pow(alpha + alpha * alpha, -1, p)) % p
        x3 = alpha * x2 % p
        h2 = (x2**3 + a * x2 + b) % p
        root = pow(h2, p - 1 - (p + 1) // 4, p)
        if root * root * h2 % p == 1:
            return x2, root * h2 % p
        return x3, root * t**3 * h2 % p


CURVES = {
    "P256": Curve(
        0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
        0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    "P384": Curve(
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        2**384 - 2**128 - 2**96 + 2**32 - 4,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
    "BRAINPOOL_P256R1": Curve(
        0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377,
        0x7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9,
        0x26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6,
        0x8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262,
        0x547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997,
        0xA9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7,
    ),
    "BRAINPOOL_P384R1": Curve(
        0x8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71874700133107EC53,
        0x7BC382C63D8C150C3C72080ACE05AFA0C2BEA28E4FB22787139165EFBA91F90F8AA5814A503AD4EB04A8C7DD22CE2826,
        0x04A8C7DD22CE28268B39B55416F0447C2FB77DE107DCD2A62E880EA53EEB62D57CB4390295DBC9943AB78696FA504C11,
        0x1D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10E8E826E03436D646AAEF87B2E247D4AF1E,
        0x8ABE1D7520F9C2A45CB1EB8E95CFD55262B70B29FEEC5864E19C054FF99129280E4646217791811142820341263C5315,
        0x8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC3103B883202E9046565,
    ),
}

# PACE, 9303-11 §4.4.3


def pace_generic(curve, own_secret, other_point, nonce):
    shared = curve.multiply(own_secret, curve.decode(other_point))
    return curve.encode(curve.add(curve.multiply(int.from_bytes(nonce, "big"), curve.g), shared))


def pace_integrated(curve, key_length, s, t):
    """9303-11 §4.4.3.3.2: s has the smallest multiple of the block that is not below the key, t the key's length."""
    if key_length == 16:
        c0, c1 = "A668892A7C41E3CA739F40B057D85904", "A4E136AC725F738B01C1F60217C188AD"
    else:
        c0 = "D463D65234124EF7897054986DCA0A174E28DF758CBAA03F240616414D5A1676"
        c1 = "54BD7255F0AAF831BEC3423FCF39D69B6CBF066677D0FAAE5AADD99DF8E53517"
    c0, c1 = bytes.fromhex(c0), bytes.fromhex(c1)
    assert len(s) == len(c0) and len(t) == key_length
    cipher = type(t)
    key, output = cipher(cbc(t, ZERO, s)[:key_length]), b""
    while 8 * len(output) < curve.p.bit_length() + 64:
        output += cbc(key, ZERO, c1)
        key = cipher(cbc(key, ZERO, c0)[:key_length])
    return curve.encode(curve.encode_element(int.from_bytes(output, "big") % curve.p))


def pace_token(key, oid, point):
    return cmac(key, tlv(0x7F49, tlv(0x06, oid) + tlv(0x86, point)))[:8]


def pace_chip_data(key, chip_data):
    """9303-11 §4.4.3.5."""
    return cbc(key, ecb(key, b"\xff" * BLOCK), pad(chip_data))
