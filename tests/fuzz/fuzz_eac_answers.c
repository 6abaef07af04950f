// What a card answers in Terminal and Chip Authentication, and its EF.CVCA (TR-03110-3 §B.2, §A.7.2.4).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/reader/ca.h"
#include "host/reader/oid_text.h"
#include "host/reader/ta.h"

static bool lies_within(struct span part, struct span whole)
{
    return part.p >= whole.p && part.n <= whole.n && part.p + part.n <= whole.p + whole.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct span input = span_of(bytes, n);
    struct ta_authorities authorities;
    struct ca_answer answer;
    struct ca_offer offer;
    uint8_t challenge[TA_CHALLENGE], room[4096];
    if (ca_parse_answer(input, &answer)) {
        require(answer.nonce.n == CA_NONCE && answer.token.n == PACE_TOKEN);
        require(lies_within(answer.nonce, input) && lies_within(answer.token, input));
        require(ca_answer_is_template(input));
    }
    if (ta_parse_ef_cvca(input, &authorities)) {
        for (size_t i = 0; i < TA_AUTHORITIES_MAX; i++) {
            require(authorities.lengths[i] <= CVC_REFERENCE_MAX);
            require(authorities.lengths[i] == 0 ||
                    cvc_reference_valid(span_of(authorities.names[i], authorities.lengths[i])));
        }
    }
    for (int version = 1; version <= 2; version++) {
        if (ca_choose(input, version, JUMIN_CIPHER_ANY, &offer)) {
            require(lies_within(offer.point, input));
            require(version == 1 || offer.suite != SUITE_3DES_CBC_CBC);
        }
    }
    require(ta_parse_challenge(input, challenge) == (n == TA_CHALLENGE));
    struct writer arena = writer_of(room, sizeof room);
    const char *text = oid_text(&arena, input);
    require(text == NULL || strlen(text) < sizeof room);
    struct span chain = input, content;
    while (ta_next_certificate(&chain, &content)) {
        require(lies_within(content, input));
    }
    return 0;
}
