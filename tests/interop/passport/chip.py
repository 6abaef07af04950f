"""A passport's chip as others make it, from the standards: BAC and 3DES secure messaging (9303-11 §4.3, §9.8.6), PACE-GM
with 3DES (§4.4), Chip Authentication by MSE:Set KAT (§6.2), Active Authentication with RSA (§6.1, ISO 9796-2)."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import os

from cryptography.hazmat.primitives.ciphers import Cipher, modes

try:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
except ImportError:  # before version 43
    from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES

APPLICATION = bytes.fromhex("A0000002471001")
COM, SOD, CARD_ACCESS = 0x011E, 0x011D, 0x011C
PACE_GM_3DES = bytes.fromhex("04007F00070202040201")
TRAILERS = {"sha1": b"\xbc", "sha1-named": b"\x33\xcc", "sha224": b"\x38\xcc", "sha256": b"\x34\xcc",
            "sha384": b"\x36\xcc", "sha512": b"\x35\xcc", "sha1-odd": b"\x33\x3c"}


class Refusal(Exception):
    """A status word in place of an answer; naked: outside of secure messaging, although the session goes on."""

    def __init__(self, status, data=b"", naked=False, ends=False):
        super().__init__(f"{status:04X}")
        self.status, self.data, self.naked, self.ends = status, data, naked, ends


def tlv(tag, value):
    n = len(value)
    size = b"" if n < 0x80 else n.to_bytes((n.bit_length() + 7) // 8, "big")
    length = bytes([0x80 | len(size)]) + size if size else bytes([n])
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + length + value


def objects(data):
    """[(tag, value)] of BER-TLV objects, ISO 7816-4 §5.2."""
    found, at = [], 0
    while at < len(data):
        tag, at = data[at], at + 1
        if tag & 0x1F == 0x1F:
            tag, at = tag << 8 | data[at], at + 1
        length, at = data[at], at + 1
        if length > 0x80:
            count = length - 0x80
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise Refusal(0x6A80)
        found.append((tag, data[at : at + length]))
        at += length
    return found


# --- 3DES, 9303-11 §9.7.1.1, §9.8.6 ---


def with_parity(key):
    return bytes(byte & 0xFE | (bin(byte >> 1).count("1") + 1) % 2 for byte in key)


def kdf(secret, counter):
    return with_parity(hashlib.sha1(secret + counter.to_bytes(4, "big")).digest()[:16])


def pad(data):
    """ISO 9797-1 padding method 2."""
    return data + b"\x80" + bytes(-(len(data) + 1) % 8)


def unpad(data):
    content = data.rstrip(b"\0")
    if not content or content[-1] != 0x80 or len(data) - len(content) > 7:
        raise Refusal(0x6988)
    return content[:-1]


def crypt(key, data, encrypt=True):
    cipher = Cipher(TripleDES(key + key[:8]), modes.CBC(bytes(8)))
    context = cipher.encryptor() if encrypt else cipher.decryptor()
    return context.update(data) + context.finalize()


def retail_mac(key, message):
    """ISO 9797-1 MAC algorithm 3: a CBC of single DES, and two steps more for the last block."""
    first, second = key[:8], key[8:]
    last = crypt(first + first, pad(message))[-8:]
    return crypt(first + first, crypt(second + second, last, encrypt=False))


class Session:
    def __init__(self, seed, counter=0):
        self.encryption, self.mac, self.counter = kdf(seed, 1), kdf(seed, 2), counter

    def authenticate(self, message):
        return retail_mac(self.mac, self.counter.to_bytes(8, "big") + message)

    def open(self, command):
        """The plain command; the counter is raised (9303-11 §9.8.2)."""
        self.counter = (self.counter + 1) % (1 << 64)
        tags = objects(command.data)
        found = dict(tags)
        if 0x8E not in found:
            raise Refusal(0x6987, ends=True)
        signed = b"".join(tlv(tag, value) for tag, value in tags if tag != 0x8E)
        header = bytes([command.cla, command.ins, command.p1, command.p2])
        if tags[-1][0] != 0x8E or self.authenticate(pad(header) + signed) != found[0x8E]:
            raise Refusal(0x6988, ends=True)
        data = b""
        if 0x87 in found:
            data = unpad(crypt(self.encryption, found[0x87][1:], encrypt=False))
        elif 0x85 in found:
            data = unpad(crypt(self.encryption, found[0x85], encrypt=False))
        le = found.get(0x97)
        ne = 0 if le is None else int.from_bytes(le, "big") or 1 << 8 * len(le)
        return Command(command.cla & ~0x0C, command.ins, command.p1, command.p2, data, ne, command.extended)

    def protect(self, ins, data, status):
        self.counter = (self.counter + 1) % (1 << 64)
        body = b""
        if data:
            encrypted = crypt(self.encryption, pad(data))
            body = tlv(0x85, encrypted) if ins & 1 else tlv(0x87, b"\x01" + encrypted)
        body += tlv(0x99, status.to_bytes(2, "big"))
        return body + tlv(0x8E, self.authenticate(body))


# --- Commands ---


class Command:
    """A command APDU, ISO 7816-3 §12.1.3."""

    def __init__(self, cla, ins, p1, p2, data=b"", ne=0, extended=False):
        self.cla, self.ins, self.p1, self.p2 = cla, ins, p1, p2
        self.data, self.ne, self.extended = data, ne, extended

    @classmethod
    def parse(cls, raw):
        command, body = cls(*raw[:4]), raw[4:]
        command.extended = len(body) >= 3 and body[0] == 0
        width = 2 if command.extended else 1
        body = body[1:] if command.extended else body
        if len(body) > width:
            n = int.from_bytes(body[:width], "big")
            command.data, body = body[width : width + n], body[width + n :]
            if len(command.data) != n:
                raise Refusal(0x6700)
        if body:
            if len(body) != width:
                raise Refusal(0x6700)
            command.ne = int.from_bytes(body, "big") or 1 << 8 * width
        return command


class Chip:
    """Answers APDUs. Files by identifier; `habits` are what readers meet in the field:

    card_access_status  answer where EF.CardAccess should be, in place of 6A82
    bac_status          answer to GET CHALLENGE (6A88: a document that knows only PACE)
    no_short_ids        READ BINARY with a short identifier is refused
    strict_le           an Le on SELECT or MSE is refused
    le_max, misfit      a longer READ BINARY is answered by ...: "naked" (6700, the session goes on), "ends" (6700, the
                        session is over), "6B00", "6C" (6Cxx with the length), "6282" (short data)
    end_of_file         answer to a read that runs over the end: 0x6282 with data, 0x9000 with data, 0x6B00 without
    naked_once          the first READ BINARY of this file is answered by a naked 6F00; the session goes on
    extended            False: extended length is refused
    aa_padding          so many bytes of M1 are padding
    aa_challenge        what is signed in place of the reader's challenge
    aa_smaller          of a signature and its opposite, the smaller number is given (ISO 9796-2 App. B)
    """

    def __init__(self, files, mrz_information=None, ca_key=None, ca_curve=None, aa_key=None, aa_hash="sha1",
                 pace_curve=None, **habits):
        self.files, self.ca_key, self.ca_curve, self.aa_key, self.aa_hash = files, ca_key, ca_curve, aa_key, aa_hash
        self.information, self.pace_curve, self.habits = mrz_information, pace_curve, habits
        self.log = []
        self.reset()

    def reset(self):
        self.session, self.next, self.challenge, self.file, self.selected = None, None, None, None, False
        self.open, self.pace = False, None
        self.naked_done = False

    def transmit(self, raw):
        try:
            command = Command.parse(raw)
            if command.extended and not self.habits.get("extended", True):
                raise Refusal(0x6700)
        except Refusal as refusal:
            return refusal.status.to_bytes(2, "big")
        if command.cla & 0x0C == 0x0C:
            return self.transmit_protected(command)
        self.session, self.open = None, False  # a command in plain ends the session (9303-11 §9.8.3)
        try:
            return self.answer(command) + b"\x90\x00"
        except Refusal as refusal:
            return refusal.data + refusal.status.to_bytes(2, "big")

    def transmit_protected(self, command):
        if self.session is None:
            return b"\x69\x88"
        before, data, status = self.session.counter, b"", 0x9000
        try:
            plain = self.session.open(command)
            data = self.answer(plain)
        except Refusal as refusal:
            if refusal.ends:
                self.session, self.open = None, False
            if refusal.ends or refusal.naked:
                if self.session is not None:
                    self.session.counter = before  # as if the command had not come
                return refusal.status.to_bytes(2, "big")
            data, status = refusal.data, refusal.status
        response = self.session.protect(command.ins, data, status) + b"\x90\x00"
        if self.next is not None:
            self.session, self.next = self.next, None
        if not command.extended and len(response) > 258:
            return b"\x67\x00"
        return response

    def answer(self, command):
        self.log.append((command.ins, command.p1, command.p2, command.ne, self.session is not None))
        handlers = {0xA4: self.select, 0xB0: self.read_binary, 0xB1: self.read_binary_odd, 0x84: self.get_challenge,
                    0x82: self.mutual_authenticate, 0x88: self.internal_authenticate,
                    0x22: self.manage_security_environment, 0x86: self.general_authenticate}
        if command.ins not in handlers:
            raise Refusal(0x6D00)
        return handlers[command.ins](command)

    # --- Files ---

    def refuse_le(self, command):
        if command.ne and self.habits.get("strict_le"):
            raise Refusal(0x6700)

    def select(self, command):
        self.refuse_le(command)
        if command.p1 == 0x04:
            if command.data != APPLICATION:
                raise Refusal(0x6A82)
            self.selected, self.file = True, None
            return b""
        self.file = self.find(int.from_bytes(command.data, "big"))
        return b""

    def find(self, identifier):
        if not self.selected and identifier == CARD_ACCESS:
            if identifier not in self.files:
                raise Refusal(self.habits.get("card_access_status", 0x6A82))
            return identifier
        if not self.selected or identifier not in self.files or identifier == CARD_ACCESS:
            raise Refusal(0x6A82)
        if not self.open:
            raise Refusal(0x6982)
        return identifier

    def read_binary(self, command):
        offset = command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            if self.habits.get("no_short_ids"):
                raise Refusal(0x6A86)
            self.file = self.find(0x0100 | command.p1 & 0x1F)
            offset = command.p2
        return self.read(offset, command.ne)

    def read_binary_odd(self, command):
        """ISO 7816-4 §11.3.2: the offset in DO54, the answer in DO53."""
        offset = int.from_bytes(dict(objects(command.data))[0x54], "big")
        if offset <= 0x7FFF:
            raise Refusal(0x6A80)  # that is what B0 is for
        header = 2 if command.ne - 2 < 0x80 else 3 if command.ne - 3 < 0x100 else 4
        try:
            return tlv(0x53, self.read(offset, command.ne - header))
        except Refusal as refusal:
            refusal.data = tlv(0x53, refusal.data) if refusal.data else b""
            raise

    def read(self, offset, ne):
        if self.file is None:
            raise Refusal(0x6986)
        if self.open is False and self.file != CARD_ACCESS:
            raise Refusal(0x6982)
        if self.habits.get("naked_once") == self.file and not self.naked_done:
            self.naked_done = True
            raise Refusal(0x6F00, naked=True)
        content, most = self.files[self.file], self.habits.get("le_max", 1 << 16)
        if ne > most and self.session is not None:
            misfit = self.habits.get("misfit", "ends")
            if misfit == "6282":
                raise Refusal(0x6282, content[offset : offset + most])
            status = {"6B00": 0x6B00, "6C": 0x6C00 | most}.get(misfit, 0x6700)
            raise Refusal(status, naked=misfit == "naked", ends=misfit == "ends")
        if offset > len(content):
            raise Refusal(0x6B00)
        data = content[offset : offset + ne]
        if len(data) < ne:
            status = self.habits.get("end_of_file", 0x6282)
            if status != 0x9000:
                raise Refusal(status, data if status == 0x6282 else b"")
        return data

    # --- BAC, 9303-11 §4.3.2 ---

    def get_challenge(self, command):
        if "bac_status" in self.habits:
            raise Refusal(self.habits["bac_status"])
        if command.ne != 8 or not self.selected:
            raise Refusal(0x6700 if self.selected else 0x6985)
        self.challenge = os.urandom(8)
        return self.challenge

    def mutual_authenticate(self, command):
        challenge, self.challenge = self.challenge, None
        if challenge is None or len(command.data) != 40:
            raise Refusal(0x6985)
        seed = hashlib.sha1(self.information.encode()).digest()[:16]
        encryption, mac = kdf(seed, 1), kdf(seed, 2)
        cryptogram, check = command.data[:32], command.data[32:]
        if retail_mac(mac, cryptogram) != check:
            raise Refusal(0x6300)
        plain = crypt(encryption, cryptogram, encrypt=False)
        random, other, material = plain[:8], plain[8:16], plain[16:]
        if other != challenge:
            raise Refusal(0x6300)
        own = os.urandom(16)
        answer = crypt(encryption, challenge + random + own)
        session_seed = bytes(a ^ b for a, b in zip(material, own))
        self.session = Session(session_seed, int.from_bytes(challenge[4:] + random[4:], "big"))
        self.open = True
        return answer + retail_mac(mac, answer)

    # --- Active Authentication, ISO 9796-2 scheme 1 ---

    def internal_authenticate(self, command):
        if self.aa_key is None or len(command.data) != 8:
            raise Refusal(0x6A80 if self.aa_key else 0x6D00)
        numbers = self.aa_key.private_numbers()
        modulus = numbers.public_numbers.n
        size = (modulus.bit_length() + 7) // 8
        name, trailer = self.aa_hash.split("-")[0], TRAILERS[self.aa_hash]
        room = size - 1 - hashlib.new(name).digest_size - len(trailer)
        padding = self.habits.get("aa_padding", 0)
        m1 = os.urandom(room - padding)
        challenge = self.habits.get("aa_challenge", command.data)
        header = b"\x6b" + b"\xbb" * (padding - 1) + b"\xba" if padding else b"\x6a"
        message = header + m1 + hashlib.new(name, m1 + challenge).digest() + trailer
        signature = pow(int.from_bytes(message, "big"), numbers.d, modulus)
        if self.habits.get("aa_smaller"):
            signature = min(signature, modulus - signature)
        return signature.to_bytes(size, "big")

    # --- Chip Authentication and PACE ---

    def manage_security_environment(self, command):
        self.refuse_le(command)
        templates = dict(objects(command.data))
        if (command.p1, command.p2) == (0x41, 0xA6) and self.session is not None and self.ca_key is not None:
            point = self.ca_curve.decode(templates[0x91])
            shared = self.ca_curve.multiply(self.ca_key, point)[0]
            self.next = Session(shared.to_bytes(self.ca_curve.length, "big"))
            return b""
        if (command.p1, command.p2) == (0xC1, 0xA4) and self.pace_curve is not None:
            if templates.get(0x80) != PACE_GM_3DES or templates.get(0x83) != b"\x01":
                raise Refusal(0x6A80)
            self.pace = Pace(self.pace_curve, self.information)
            return b""
        raise Refusal(0x6A86)

    def general_authenticate(self, command):
        if self.pace is None:
            raise Refusal(0x6985)
        data = self.pace.step(dict(objects(dict(objects(command.data))[0x7C])))
        if self.pace.session is not None:
            self.session, self.open, self.pace = self.pace.session, True, None
        return tlv(0x7C, data)


class Pace:
    """PACE-ECDH-GM with 3DES and the MRZ (9303-11 §4.4.3)."""

    def __init__(self, curve, information):
        self.curve, self.session, self.steps = curve, None, 0
        self.nonce = os.urandom(16)
        self.key = kdf(hashlib.sha1(information.encode()).digest(), 3)
        self.secret = self.random()
        self.generator = self.shared = self.own = self.other = None

    def random(self):
        return int.from_bytes(os.urandom(self.curve.length + 8), "big") % (self.curve.order - 1) + 1

    def step(self, given):
        self.steps += 1
        if self.steps == 1 and not given:
            return tlv(0x80, crypt(self.key, self.nonce))
        if self.steps == 2 and 0x81 in given:
            own = self.curve.encode(self.curve.multiply(self.secret, self.curve.g))
            h = self.curve.multiply(self.secret, self.curve.decode(given[0x81]))
            self.generator = self.curve.add(
                self.curve.multiply(int.from_bytes(self.nonce, "big"), self.curve.g), h)
            return tlv(0x82, own)
        if self.steps == 3 and 0x83 in given:
            secret = self.random()
            self.other, self.own = given[0x83], self.curve.encode(self.curve.multiply(secret, self.generator))
            shared = self.curve.multiply(secret, self.curve.decode(self.other))[0]
            self.shared = shared.to_bytes(self.curve.length, "big")
            return tlv(0x84, self.own)
        if self.steps == 4 and 0x85 in given:
            if self.token(self.own) != given[0x85]:
                raise Refusal(0x6300)
            self.session = Session(self.shared)
            return tlv(0x86, self.token(self.other))
        raise Refusal(0x6A80)

    def token(self, point):
        return retail_mac(kdf(self.shared, 2), tlv(0x7F49, tlv(0x06, PACE_GM_3DES) + tlv(0x86, point)))
