// `jumin pki`: making and showing the issuer's keys and certificates.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PKI_COMMAND_H
#define JUMIN_TOOLS_PKI_COMMAND_H

#include "tools/jumin/home.h"
#include <jumin/pki.h>

// What certificates are made with.
#define PKI_INIT_OPTIONS                                                                                     \
    HOME_OPTION, PASSPHRASE_OPTION,                                                                          \
        {"curve", "NAME", "P-256 (unless given), P-384, brainpoolP256r1 or brainpoolP384r1"},                \
        {"country", "CODE", "of the certificates, two letters; KR unless given"},                            \
        {"state", "CODE", "issuing state of the documents, three letters; KOR unless given"},                \
        {"organization", "NAME", "of the certificates; \"jumin specimen\" unless given"},                    \
        {"crl-uri", "URI", "where the revocation list will be found; stands in the certificates"},           \
        {"json", NULL, "answer in JSON"}
// False: said so on stderr.
bool pki_options(const struct cli_arguments *arguments, struct jumin_pki_options *options);

extern const struct cli_command pki_init_command;

#endif
