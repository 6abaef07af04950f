// What the module of faulty_module.c is told to do wrong; each test starts with all zero.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_FAULTY_MODULE_H
#define JUMIN_TESTS_FAULTY_MODULE_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>

struct faulty_token {
    bool pulled;             // no slot has a token; every call says so
    CK_RV next_sign;         // the next C_Sign answers this
    CK_RV every_sign;        // and each one this
    CK_RV next_session;      // the next call in a session finds it lost so
    CK_RV generate;          // making keys answers this
    bool flip_signature;     // a bit of what is signed is wrong
    unsigned flip_at;        // in the signature with this number from now, counted from 1; 0: in all
    CK_ULONG cut;            // bytes that a signature or MAC lacks
    CK_FLAGS token_flags;    // added to those of the token
    CK_RV login;             // C_Login answers this
    bool extractable;        // says that keys can be extracted
    bool bend_point;         // a bit of the public point is wrong
    bool cut_point;          // the public point lacks a byte
    CK_ULONG long_attribute; // bytes that attributes claim to have
    unsigned logins, sessions, signs, destroyed; // counted
};

#endif
