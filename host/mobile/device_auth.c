// Device authentication (ISO/IEC 18013-5 §9.1.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/device_auth.h"

#include "host/mobile/session_transcript.h"

void device_authentication_put(struct writer *w, struct span transcript, struct span doc_type,
                               struct span name_spaces)
{
    const size_t opened = cbor_open_embedded(w);
    cbor_put_array(w, 4);
    cbor_put_string(w, "DeviceAuthentication");
    writer_put(w, transcript);
    cbor_put_text(w, doc_type);
    writer_put(w, name_spaces);
    cbor_close_bytes(w, opened);
}

bool device_mac_key(const struct signer *own, struct span other, struct span transcript,
                    uint8_t key[COSE_MAC])
{
    static const char info[] = "EMacKey";
    uint8_t shared[SIGNER_SHARED], salt[SIGNER_DIGEST];
    const bool ok = own->agree != NULL && session_transcript_salt(transcript, salt) &&
                    own->agree(own->context, other, shared) &&
                    crypto_hkdf(CRYPTO_SHA256, span_of(shared, sizeof shared), span_of(salt, sizeof salt),
                                span_of(info, strlen(info)), key, COSE_MAC);
    crypto_wipe(shared, sizeof shared);
    if (!ok) {
        crypto_wipe(key, COSE_MAC);
    }
    return ok;
}
