// Certificates of terminals: MSE:Set DST and PSO:VERIFY CERTIFICATE (TR-03110-3 §2.5, §B.3, 9303-11
// §7.1.4.3).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_CERTIFICATE_H
#define JUMIN_CARD_CORE_CERTIFICATE_H

#include "card/core/command.h"

// MSE:Set DST (P1 P2 = 81 B6) chooses the key for the next certificate, and for that only: a trust point of
// the terminal type that PACE has named, or the DV key that was imported last. 6A88: there is no such key.
command_handler set_digital_signature_template_handler;
// PSO:VERIFY CERTIFICATE (P1 P2 = 00 BE): 7F4E and 5F37. A link certificate of the CVCA becomes a trust
// point; the key of a DV or a terminal is imported until the next one, or the end of the session. 6985: no
// key was chosen; 6A80: not a certificate, or not one that this issuer may have issued; 6300: wrong
// signature. Refused, it changes nothing but that another MSE:Set DST is needed.
command_handler verify_certificate_handler;

#endif
