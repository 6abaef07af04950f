// The cipher suites that a terminal knows: AES, ARIA, and 3DES for documents of others (9303-11 §9.8).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/suite.h"

#include "card/wire/sm_3des.h"

size_t suite_key_bytes(enum secure_messaging_suite suite)
{
    return suite == SUITE_3DES_CBC_CBC ? CRYPTO_3DES_KEY : suite_key_length(suite);
}

unsigned suite_bits(enum secure_messaging_suite suite)
{
    return suite == SUITE_3DES_CBC_CBC ? SUITE_BITS_3DES : (unsigned)(8 * suite_key_length(suite));
}

enum jumin_cipher suite_cipher_of(enum secure_messaging_suite suite)
{
    if (suite == SUITE_3DES_CBC_CBC) {
        return JUMIN_CIPHER_3DES;
    }
    return suite_cipher(suite) == CRYPTO_ARIA ? JUMIN_CIPHER_ARIA : JUMIN_CIPHER_AES;
}

bool suite_stronger(enum secure_messaging_suite a, enum secure_messaging_suite b)
{
    const unsigned a_bits = suite_bits(a), b_bits = suite_bits(b);
    return a_bits != b_bits ? a_bits > b_bits : suite_cipher_of(a) < suite_cipher_of(b);
}

bool suite_fits(enum secure_messaging_suite suite, const struct jumin_pace_protocol *demanded)
{
    return (demanded->key_bits == 0 || demanded->key_bits == suite_bits(suite)) &&
           (demanded->cipher == JUMIN_CIPHER_ANY || demanded->cipher == suite_cipher_of(suite));
}

const char *suite_name(enum secure_messaging_suite suite)
{
    static const char *const names[] = {
        [SUITE_3DES_CBC_CBC] = "3DES",          [SUITE_AES_CBC_CMAC_128] = "AES-128",
        [SUITE_AES_CBC_CMAC_192] = "AES-192",   [SUITE_AES_CBC_CMAC_256] = "AES-256",
        [SUITE_ARIA_CBC_CMAC_128] = "ARIA-128", [SUITE_ARIA_CBC_CMAC_256] = "ARIA-256"};
    return names[suite];
}

bool suite_password_key(enum secure_messaging_suite suite, struct span password,
                        struct crypto_cipher_key *key)
{
    return suite == SUITE_3DES_CBC_CBC ? pace_password_key_3des(password, key)
                                       : pace_password_key(suite, password, key);
}

bool suite_map_integrated(const struct pace_protocol *protocol, struct span nonce, struct span terminal_nonce,
                          uint8_t *generator)
{
    return protocol->suite == SUITE_3DES_CBC_CBC
               ? pace_map_integrated_3des(protocol, nonce, terminal_nonce, generator)
               : pace_map_integrated(protocol, nonce, terminal_nonce, generator);
}

bool suite_start_session(struct sm_session *session, enum secure_messaging_suite suite, struct span shared)
{
    const struct span none = {NULL, 0};
    return suite == SUITE_3DES_CBC_CBC ? sm_agree_3des(session, shared, none)
                                       : pace_start_session(session, suite, shared, none);
}
