// Functions of OpenSSL and SQLite that are found before those of the libraries, and pass every call on to
// them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/host_time.h"

#include <dlfcn.h>
#include <stddef.h>
#include <time.h>

_Thread_local int64_t host_crypto_ns, database_ns;

// One library may call another function of this list itself: only the outer call counts.
static _Thread_local int depth;

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t enter(void)
{
    return depth++ == 0 ? now_ns() : 0;
}

static int leave(int64_t begin, int64_t *sum, int result)
{
    if (--depth == 0) {
        *sum += now_ns() - begin;
    }
    return result;
}

// The pointers' types are the libraries' own; here they only pass through. The dynamic linker must see the
// functions.
#pragma GCC visibility push(default)

typedef int ec_point_mul(const void *, void *, const void *, const void *, const void *, void *);
int EC_POINT_mul(const void *group, void *product, const void *n, const void *point, const void *m,
                 void *context);
int EC_POINT_mul(const void *group, void *product, const void *n, const void *point, const void *m,
                 void *context)
{
    ec_point_mul *real = (ec_point_mul *)dlsym(RTLD_NEXT, "EC_POINT_mul");
    const int64_t begin = enter();
    return leave(begin, &host_crypto_ns, real(group, product, n, point, m, context));
}

typedef int pkey_sign(void *, unsigned char *, size_t *, const unsigned char *, size_t);
int EVP_PKEY_sign(void *context, unsigned char *signature, size_t *n, const unsigned char *digest,
                  size_t length);
int EVP_PKEY_sign(void *context, unsigned char *signature, size_t *n, const unsigned char *digest,
                  size_t length)
{
    pkey_sign *real = (pkey_sign *)dlsym(RTLD_NEXT, "EVP_PKEY_sign");
    const int64_t begin = enter();
    return leave(begin, &host_crypto_ns, real(context, signature, n, digest, length));
}

typedef int pkey_verify(void *, const unsigned char *, size_t, const unsigned char *, size_t);
int EVP_PKEY_verify(void *context, const unsigned char *signature, size_t n, const unsigned char *digest,
                    size_t length);
int EVP_PKEY_verify(void *context, const unsigned char *signature, size_t n, const unsigned char *digest,
                    size_t length)
{
    pkey_verify *real = (pkey_verify *)dlsym(RTLD_NEXT, "EVP_PKEY_verify");
    const int64_t begin = enter();
    return leave(begin, &host_crypto_ns, real(context, signature, n, digest, length));
}

typedef int cipher_init(void *, const void *, const unsigned char *, const unsigned char *, int,
                        const void *);
int EVP_CipherInit_ex2(void *context, const void *cipher, const unsigned char *key, const unsigned char *iv,
                       int encrypt, const void *parameters);
int EVP_CipherInit_ex2(void *context, const void *cipher, const unsigned char *key, const unsigned char *iv,
                       int encrypt, const void *parameters)
{
    cipher_init *real = (cipher_init *)dlsym(RTLD_NEXT, "EVP_CipherInit_ex2");
    const int64_t begin = enter();
    return leave(begin, &host_crypto_ns, real(context, cipher, key, iv, encrypt, parameters));
}

typedef int cipher_update(void *, unsigned char *, int *, const unsigned char *, int);
int EVP_CipherUpdate(void *context, unsigned char *out, int *n, const unsigned char *in, int length);
int EVP_CipherUpdate(void *context, unsigned char *out, int *n, const unsigned char *in, int length)
{
    cipher_update *real = (cipher_update *)dlsym(RTLD_NEXT, "EVP_CipherUpdate");
    const int64_t begin = enter();
    return leave(begin, &host_crypto_ns, real(context, out, n, in, length));
}

typedef int digest_update(void *, const void *, size_t);
int EVP_DigestUpdate(void *context, const void *bytes, size_t n);
int EVP_DigestUpdate(void *context, const void *bytes, size_t n)
{
    digest_update *real = (digest_update *)dlsym(RTLD_NEXT, "EVP_DigestUpdate");
    const int64_t begin = enter();
    return leave(begin, &host_crypto_ns, real(context, bytes, n));
}

typedef int sqlite_step(void *);
int sqlite3_step(void *statement);
int sqlite3_step(void *statement)
{
    sqlite_step *real = (sqlite_step *)dlsym(RTLD_NEXT, "sqlite3_step");
    const int64_t begin = enter();
    return leave(begin, &database_ns, real(statement));
}

typedef int sqlite_prepare(void *, const char *, int, unsigned, void **, const char **);
int sqlite3_prepare_v3(void *database, const char *sql, int n, unsigned flags, void **statement,
                       const char **tail);
int sqlite3_prepare_v3(void *database, const char *sql, int n, unsigned flags, void **statement,
                       const char **tail)
{
    sqlite_prepare *real = (sqlite_prepare *)dlsym(RTLD_NEXT, "sqlite3_prepare_v3");
    const int64_t begin = enter();
    return leave(begin, &database_ns, real(database, sql, n, flags, statement, tail));
}

typedef int sqlite_exec(void *, const char *, int (*)(void *, int, char **, char **), void *, char **);
int sqlite3_exec(void *database, const char *sql, int (*each)(void *, int, char **, char **), void *context,
                 char **message);
int sqlite3_exec(void *database, const char *sql, int (*each)(void *, int, char **, char **), void *context,
                 char **message)
{
    sqlite_exec *real = (sqlite_exec *)dlsym(RTLD_NEXT, "sqlite3_exec");
    const int64_t begin = enter();
    return leave(begin, &database_ns, real(database, sql, each, context, message));
}

#pragma GCC visibility pop
