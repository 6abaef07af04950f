"""The state that issues a passport: keys, certificates, files and EF.SOD (9303-10, 9303-12, RFC 5652)."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

HASHES = {"sha1": hashes.SHA1(), "sha224": hashes.SHA224(), "sha256": hashes.SHA256(), "sha384": hashes.SHA384(),
          "sha512": hashes.SHA512()}
HASH_OIDS = {"sha1": "1.3.14.3.2.26", "sha224": "2.16.840.1.101.3.4.2.4", "sha256": "2.16.840.1.101.3.4.2.1",
             "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3"}
RSA_OIDS = {"sha1": "1.2.840.113549.1.1.5", "sha224": "1.2.840.113549.1.1.14", "sha256": "1.2.840.113549.1.1.11",
            "sha384": "1.2.840.113549.1.1.12", "sha512": "1.2.840.113549.1.1.13"}
ECDSA_OIDS = {"sha1": "1.2.840.10045.4.1", "sha224": "1.2.840.10045.4.3.1", "sha256": "1.2.840.10045.4.3.2",
              "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}
SIGNED_DATA, LDS_SECURITY_OBJECT = "1.2.840.113549.1.7.2", "2.23.136.1.1.1"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
GROUP_TAGS = [0, 0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70]


# --- DER, X.690 ---


def tlv(tag, value):
    n = len(value)
    size = b"" if n < 0x80 else n.to_bytes((n.bit_length() + 7) // 8, "big")
    length = bytes([0x80 | len(size)]) + size if size else bytes([n])
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + length + value


def sequence(*parts):
    return tlv(0x30, b"".join(parts))


def set_of(*parts):
    return tlv(0x31, b"".join(sorted(parts)))


def integer(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(value):
    return tlv(0x04, value)


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for arc in [40 * first + second, *rest]:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.insert(0, 0x80 | arc & 0x7F)
        content += bytes(groups)
    return tlv(0x06, content)


def algorithm(dotted, parameters=b""):
    return sequence(oid(dotted), parameters)


NULL = tlv(0x05, b"")


# --- Certificates, 9303-12 §7.1 ---


def new_key(kind):
    """"rsa2048", or the name of a curve in cryptography's spelling."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(public_exponent=65537, key_size=int(kind[3:]))
    return ec.generate_private_key(getattr(ec, kind)())


def name(country, common):
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, country),
                      x509.NameAttribute(NameOID.ORGANIZATION_NAME, "specimen"),
                      x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Issuer:
    """A country signing CA with one document signer."""

    def __init__(self, country="DE", csca="SECP256R1", signer="SECP256R1", digest="sha256", pss=None,
                 signer_country=None):
        self.digest, self.pss = digest, pss
        self.csca_key, self.signer_key = new_key(csca), new_key(signer)
        authority, subject = name(country, "CSCA"), name(signer_country or country, "DS")
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.csca_key.public_key())
        authority_identifier = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
        usage = {use: False for use in ("content_commitment", "key_encipherment", "data_encipherment",
                                        "key_agreement", "encipher_only", "decipher_only")}
        self.csca = self.certificate(authority, authority, self.csca_key.public_key(), 1, [
            (x509.BasicConstraints(True, 0), True), (identifier, False),
            (x509.KeyUsage(digital_signature=False, key_cert_sign=True, crl_sign=True, **usage), True)])
        self.signer = self.certificate(subject, authority, self.signer_key.public_key(), 0x8000, [
            (authority_identifier, False),
            (x509.KeyUsage(digital_signature=True, key_cert_sign=False, crl_sign=False, **usage), True)])

    def certificate(self, subject, authority, key, serial, extensions):
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        builder = x509.CertificateBuilder(authority, subject, key, serial, now - datetime.timedelta(days=2),
                                          now + datetime.timedelta(days=30))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        # The library signs no certificates with SHA-1; test_passive_authentication has such, made by OpenSSL.
        return builder.sign(self.csca_key, HASHES["sha256" if self.digest == "sha1" else self.digest])

    def csca_der(self):
        return self.csca.public_bytes(serialization.Encoding.DER)

    def sign(self, message):
        """Signature and its AlgorithmIdentifier, by the document signer."""
        digest = HASHES[self.digest]
        if not isinstance(self.signer_key, rsa.RSAPrivateKey):
            return self.signer_key.sign(message, ec.ECDSA(digest)), algorithm(ECDSA_OIDS[self.digest])
        if self.pss is None:
            return (self.signer_key.sign(message, padding.PKCS1v15(), digest),
                    algorithm(RSA_OIDS[self.digest], NULL))
        # RFC 4055 §3.1; what is the default is left out
        hash_algorithm = algorithm(HASH_OIDS[self.digest])
        parameters = [] if self.digest == "sha1" else [
            tlv(0xA0, hash_algorithm), tlv(0xA1, algorithm("1.2.840.113549.1.1.8", hash_algorithm))]
        parameters += [] if self.pss == 20 else [tlv(0xA2, integer(self.pss))]
        scheme = padding.PSS(padding.MGF1(digest), self.pss)
        return (self.signer_key.sign(message, scheme, digest),
                algorithm("1.2.840.113549.1.1.10", sequence(*parameters)))

    def signed_data(self, content_type, content, signing_time=None):
        """ContentInfo with SignedData of one signer (RFC 5652 §5)."""
        digest_algorithm = algorithm(HASH_OIDS[self.digest])
        attributes = [sequence(oid(CONTENT_TYPE), set_of(oid(content_type))),
                      sequence(oid(MESSAGE_DIGEST), set_of(octets(hashlib.new(self.digest, content).digest())))]
        if signing_time is not None:
            attributes.append(sequence(oid(SIGNING_TIME), set_of(tlv(0x17, signing_time.encode()))))
        signature, scheme = self.sign(set_of(*attributes))
        identifier = sequence(self.signer.issuer.public_bytes(), integer(self.signer.serial_number))
        signer_info = sequence(integer(1), identifier, digest_algorithm,
                               tlv(0xA0, b"".join(sorted(attributes))), scheme, octets(signature))
        certificate = self.signer.public_bytes(serialization.Encoding.DER)
        data = sequence(integer(3), set_of(digest_algorithm), sequence(oid(content_type), tlv(0xA0, octets(content))),
                        tlv(0xA0, certificate), set_of(signer_info))
        return sequence(oid(SIGNED_DATA), tlv(0xA0, data))

    def security_object(self, groups, signing_time=None):
        """EF.SOD over the data groups (9303-10 §4.6.2)."""
        digests = [sequence(integer(number), octets(hashlib.new(self.digest, content).digest()))
                   for number, content in sorted(groups.items())]
        content = sequence(integer(0), algorithm(HASH_OIDS[self.digest]), sequence(*digests))
        return tlv(0x77, self.signed_data(LDS_SECURITY_OBJECT, content, signing_time))


# --- Files, 9303-10 §4 ---


def check_digit(text):
    """9303-3 §4.9"""
    values = [int(character, 36) if character != "<" else 0 for character in text]
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


class Zone:
    """A machine readable zone of size TD3 (9303-4 §4.2)."""

    def __init__(self, state="D", number="C01X00T47", birth="640812", expiry="341027"):
        number, birth, expiry = (field + check_digit(field) for field in (number.ljust(9, "<"), birth, expiry))
        first = ("P<" + state.ljust(3, "<") + "MUSTERMANN<<ERIKA").ljust(44, "<")
        second = number + state.ljust(3, "<") + birth + "F" + expiry + "<" * 14 + "0"
        second += check_digit(number + birth + expiry + second[28:43])
        self.text, self.information = first + second, number + birth + expiry


def com(groups):
    tags = bytes(GROUP_TAGS[number] for number in sorted(groups))
    return tlv(0x60, tlv(0x5F01, b"0107") + tlv(0x5F36, b"040000") + tlv(0x5C, tags))


def dg1(zone):
    return tlv(0x61, tlv(0x5F1F, zone.text.encode()))


def dg2(picture, size=0):
    """A face of ISO 19794-5; the picture is filled up with zeros to `size` bytes."""
    picture = picture.ljust(size, b"\0")
    face = (32 + len(picture)).to_bytes(4, "big") + bytes(16) + b"\x01\x00" + b"\x01\x90\x02\x15" + bytes(6) + picture
    record = b"FAC\x00010\x00" + (14 + len(face)).to_bytes(4, "big") + b"\x00\x01" + face
    header = tlv(0xA1, tlv(0x87, b"\x01\x01") + tlv(0x88, b"\x00\x08"))
    return tlv(0x75, tlv(0x7F61, tlv(0x02, b"\x01") + tlv(0x7F60, header + tlv(0x5F2E, record))))


def dg14(*infos):
    return tlv(0x6E, set_of(*infos))


def dg15(key):
    return tlv(0x6F, key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
