// SessionTranscript (ISO 18013-5 §9.1.5.1; OpenID4VP 1.0 App. B.2.6).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/session_transcript.h"

enum { TRANSCRIPT_MEMBERS = 3, HANDOVER_INFO_MAX = 4096, HEAD_MAX = 16 };

// The first two members.
static void put_keys(struct writer *w, struct span engagement, struct span reader_key)
{
    cbor_put_array(w, TRANSCRIPT_MEMBERS);
    cbor_put_tag(w, CBOR_TAG_EMBEDDED);
    cbor_put_bytes(w, engagement);
    writer_put(w, reader_key);
}

void session_transcript_put_qr(struct writer *w, struct span engagement, struct span reader_key)
{
    put_keys(w, engagement, reader_key);
    cbor_put_null(w);
}

void session_transcript_put_nfc(struct writer *w, struct span engagement, struct span reader_key,
                                struct span select, struct span request)
{
    put_keys(w, engagement, reader_key);
    cbor_put_array(w, 2);
    cbor_put_bytes(w, select);
    if (request.n > 0) {
        cbor_put_bytes(w, request);
    } else {
        cbor_put_null(w);
    }
}

bool session_transcript_put_openid4vp(struct writer *w, struct span client_id, struct span nonce,
                                      struct span thumbprint, struct span response_uri)
{
    uint8_t bytes[HANDOVER_INFO_MAX], digest[SIGNER_DIGEST];
    struct writer info = writer_of(bytes, sizeof bytes);
    cbor_put_array(&info, 4);
    cbor_put_text(&info, client_id);
    cbor_put_text(&info, nonce);
    if (thumbprint.n > 0) {
        cbor_put_bytes(&info, thumbprint);
    } else {
        cbor_put_null(&info);
    }
    cbor_put_text(&info, response_uri);
    const struct span whole = writer_span(&info);
    if (info.overflow || !crypto_hash_parts(CRYPTO_SHA256, &whole, 1, digest)) {
        return false;
    }
    cbor_put_array(w, TRANSCRIPT_MEMBERS);
    cbor_put_null(w);
    cbor_put_null(w);
    cbor_put_array(w, 2);
    cbor_put_string(w, "OpenID4VPHandover");
    cbor_put_bytes(w, span_of(digest, sizeof digest));
    return true;
}

bool session_transcript_salt(struct span transcript, uint8_t salt[SIGNER_DIGEST])
{
    uint8_t bytes[HEAD_MAX];
    struct writer head = writer_of(bytes, sizeof bytes);
    cbor_put_tag(&head, CBOR_TAG_EMBEDDED);
    cbor_put_bytes_head(&head, transcript.n);
    const struct span parts[] = {writer_span(&head), transcript};
    return crypto_hash_parts(CRYPTO_SHA256, parts, sizeof parts / sizeof *parts, salt);
}
