// A phone's NFC as the card of a transport, in one process: what the reader sends it answers.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_NFC_PAIR_H
#define JUMIN_TESTS_MOBILE_NFC_PAIR_H

#include "host/mobile/nfc_transfer.h"
#include <jumin/transport.h>
#include <jumin/wallet_nfc.h>

struct nfc_pair {
    struct jumin_wallet_nfc *phone;
    struct jumin_transport *transport;
    struct jumin_limits limits; // of the link
    unsigned commands;
    struct apdu_command last;             // without its data
    uint8_t request[NFC_MESSAGE_MAX + 1]; // the last message of the reader
    size_t request_length;
    struct span answer; // what the phone says to any message
};

// The phone is the pair's; `limits` are the link's.
void nfc_pair_start(struct nfc_pair *pair, const struct jumin_wallet_nfc_options *options,
                    const struct jumin_limits *limits);
void nfc_pair_stop(struct nfc_pair *pair);

#endif
