// Making the files of the eMRTD application (9303-10): each function writes one file.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_LDS_MAKE_H
#define JUMIN_HOST_PERSO_LDS_MAKE_H

#include "card/wire/security_infos.h"
#include "host/perso/person.h"
#include "host/perso/photo.h"

enum { TD1_LENGTH = 90 };

// The machine readable zone of a TD1 card (9303-5 §4.2.2): three lines of 30 characters, without line ends.
// False: a field does not fit.
bool mrz_make(const struct person *person, char mrz[TD1_LENGTH]);
// Document number, birth and expiry with their check digits: the PACE password of the MRZ (9303-11 §9.7.3).
// Writes at most 24 characters.
void mrz_put_information(struct writer *w, const char mrz[TD1_LENGTH]);

void put_dg1(struct writer *w, const char mrz[TD1_LENGTH]);
// One face in an ISO 19794-5 record (9303-10 §4.7.2).
void put_dg2(struct writer *w, const struct photo *photo);
void put_dg11(struct writer *w, const struct person *person);
void put_dg12(struct writer *w, const struct person *person);
// SecurityInfos: the PACE infos of EF.CardAccess, the chip authentication key and suites, and where there are
// active and terminal authentication.
struct dg14_content {
    const struct pace_protocol *pace;
    size_t pace_count;
    const enum secure_messaging_suite *suites; // of Chip Authentication
    size_t suite_count;
    enum crypto_curve curve;
    struct span chip_authentication_point;
    uint8_t key_id;
    bool active_authentication, terminal_authentication;
};
void put_dg14(struct writer *w, const struct dg14_content *content);
// The active authentication key as SubjectPublicKeyInfo.
void put_dg15(struct writer *w, enum crypto_curve curve, struct span point);
// LDS version 1.7, Unicode 4.0.0; `groups`: bit n for data group n.
void put_com(struct writer *w, uint32_t groups);

// LDSSecurityObject version 0 (9303-10 §4.6.2.3) over the files of the groups, indexed by group number; empty
// files are left out. To be signed.
void put_security_object(struct writer *w, enum crypto_hash hash, const struct span files[17]);

#endif
