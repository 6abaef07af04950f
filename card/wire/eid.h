// The eID application: files, tags and rights of its data groups (TR-03110-4 §2.2, TR-03110-3 §E).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_EID_H
#define JUMIN_CARD_WIRE_EID_H

#include "card/wire/chat.h"

// Data groups; DGn has file identifier 0100 + n, short identifier n, outer tag 60 + n.
enum eid_group {
    EID_DOCUMENT_TYPE = 1,       // PrintableString (2): "ID"
    EID_ISSUING_STATE = 2,       // PrintableString: ICAO code
    EID_DATE_OF_EXPIRY = 3,      // NumericString (8): YYYYMMDD
    EID_GIVEN_NAMES = 4,         // UTF8String
    EID_FAMILY_NAMES = 5,        // UTF8String
    EID_RELIGIOUS_NAME = 6,      // UTF8String
    EID_ACADEMIC_TITLE = 7,      // UTF8String
    EID_DATE_OF_BIRTH = 8,       // NumericString (8), spaces for what is unknown
    EID_PLACE_OF_BIRTH = 9,      // GeneralPlace
    EID_NATIONALITY = 10,        // PrintableString: ICAO code
    EID_SEX = 11,                // PrintableString (1)
    EID_OPTIONAL_DATA = 12,      // SET OF OptionalData: the registration number, under an OID of ours
    EID_BIRTH_NAME = 13,         // UTF8String
    EID_WRITTEN_SIGNATURE = 14,  // OCTET STRING
    EID_DATE_OF_ISSUANCE = 15,   // NumericString (8)
    EID_RESERVED = 16,           // no such group
    EID_PLACE_OF_RESIDENCE = 17, // GeneralPlace
    EID_MUNICIPALITY = 18,       // OCTET STRING: EID_MUNICIPALITY_DIGITS
    EID_RESIDENCE_PERMIT_1 = 19, // Text
    EID_RESIDENCE_PERMIT_2 = 20, // Text
    EID_PHONE_NUMBER = 21,       // PrintableString
    EID_EMAIL_ADDRESS = 22,      // IA5String
    EID_GROUPS = 22,
    EID_WRITABLE_FIRST = 17,
};

// Outer tag of a data group, 0 for 16 and others that there are not.
uint8_t eid_tag_of_group(unsigned number);

enum {
    EID_FILE_MAX = 2048, // bytes of one data group
    EID_DATE = 8,        // YYYYMMDD
    // The municipality ID is the ten digits of the legal district's code as ASCII characters: province (2),
    // city, county or district (3), town (3), village (2). So any number of leading digits is a region: "36"
    // is Sejong, "4128" Goyang with its three districts, "30170" Seo-gu of Daejeon.
    EID_MUNICIPALITY_DIGITS = 10,
};

// The last day that a date of birth (DG8) or of expiry (DG3) can mean: 8 digits, of which day, or month and
// day, may be spaces. Written as 8 digits, so that they compare as text. False: it is no date, or the year is
// unknown.
bool eid_date_parse(struct span text, uint8_t date[EID_DATE]);

#endif
