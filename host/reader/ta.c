// Terminal Authentication, step by step: commands as bytes and answers taken apart (TR-03110-2 §3.3,
// TR-03110-3 §B.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/ta.h"

enum {
    INS_MSE = 0x22,
    INS_PSO = 0x2A,
    INS_GET_CHALLENGE = 0x84,
    INS_EXTERNAL_AUTHENTICATE = 0x82,
    DO_MECHANISM = 0x80,
    DO_KEY = 0x83,
    DO_EPHEMERAL = 0x91,
    DO_AUTHORITY = 0x42,
};

// --- Trust points ------------------------------------------------------------------------------------------

bool ta_add_authority(struct ta_authorities *authorities, struct span name)
{
    if (!cvc_reference_valid(name)) {
        return false;
    }
    for (size_t i = 0; i < TA_AUTHORITIES_MAX; i++) {
        if (authorities->lengths[i] == 0) {
            memcpy(authorities->names[i], name.p, name.n);
            authorities->lengths[i] = name.n;
            return true;
        }
    }
    return false;
}

bool ta_parse_ef_cvca(struct span file, struct ta_authorities *authorities)
{
    struct tlv name;
    memset(authorities, 0, sizeof *authorities);
    while (file.n > 0 && file.p[0] != 0x00) {
        if (!tlv_expect(&file, DO_AUTHORITY, &name) || !ta_add_authority(authorities, name.value)) {
            return false;
        }
    }
    return authorities->lengths[0] > 0;
}

// --- The message -------------------------------------------------------------------------------------------

void ta_put_message(struct writer *w, const struct ta_message *message)
{
    writer_put(w, message->identifier);
    writer_put(w, message->challenge);
    writer_put(w, message->compressed_key);
    writer_put(w, message->auxiliary_data);
}

// --- Commands and answers ----------------------------------------------------------------------------------

bool ta_next_certificate(struct span *chain, struct span *content)
{
    struct tlv certificate;
    if (!tlv_expect(chain, CVC_CERTIFICATE, &certificate)) {
        return false;
    }
    *content = certificate.value;
    return true;
}

struct apdu_command ta_set_dst(struct span authority, struct writer *data)
{
    tlv_put(data, DO_KEY, authority);
    return (struct apdu_command){.ins = INS_MSE, .p1 = 0x81, .p2 = 0xB6, .data = writer_span(data)};
}

struct apdu_command ta_verify_certificate(struct span content)
{
    return (struct apdu_command){.ins = INS_PSO, .p1 = 0x00, .p2 = 0xBE, .data = content};
}

static struct apdu_command set_at(const struct writer *data)
{
    return (struct apdu_command){.ins = INS_MSE, .p1 = 0x81, .p2 = 0xA4, .data = writer_span(data)};
}

struct apdu_command ta_set_at_1(struct span holder, struct writer *data)
{
    tlv_put(data, DO_KEY, holder);
    return set_at(data);
}

struct apdu_command ta_set_at_2(enum crypto_hash hash, struct span holder, const struct ta_message *message,
                                struct writer *data)
{
    uint8_t oid[OID_TA_ECDSA_LENGTH];
    oid_ta_ecdsa(hash, oid);
    tlv_put(data, DO_MECHANISM, span_of(oid, sizeof oid));
    tlv_put(data, DO_KEY, holder);
    writer_put(data, message->auxiliary_data);
    tlv_put(data, DO_EPHEMERAL, message->compressed_key);
    return set_at(data);
}

struct apdu_command ta_get_challenge(void)
{
    return (struct apdu_command){.ins = INS_GET_CHALLENGE, .ne = TA_CHALLENGE};
}

bool ta_parse_challenge(struct span data, uint8_t challenge[TA_CHALLENGE])
{
    if (data.n != TA_CHALLENGE) {
        return false;
    }
    memcpy(challenge, data.p, TA_CHALLENGE);
    return true;
}

struct apdu_command ta_external_authenticate(struct span signature)
{
    return (struct apdu_command){.ins = INS_EXTERNAL_AUTHENTICATE, .data = signature};
}
