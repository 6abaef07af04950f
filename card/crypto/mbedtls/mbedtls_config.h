// The one configuration of mbedTLS 3.6 for simulator, firmware and host library.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_MBEDTLS_CONFIG_H
#define JUMIN_MBEDTLS_CONFIG_H

// Bignums take their memory from the standard calloc, or from a static buffer that a port hands over
// (mbedtls_memory_buffer_alloc_init): the card has no heap.
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C

// Constant tables: the default ones are built at run time into variables. The smaller set costs rotations
// only, which are free on ARM.
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_CIPHER_MODE_CBC
#define MBEDTLS_ARIA_C

// Documents of others, data at rest; the firmware's linker drops them.
#define MBEDTLS_DES_C
#define MBEDTLS_GCM_C

#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C

// ECDSA drags in ASN.1, though our signatures are plain.
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_DP_SECP521R1_ENABLED
#define MBEDTLS_ECP_DP_BP256R1_ENABLED
#define MBEDTLS_ECP_DP_BP384R1_ENABLED
#define MBEDTLS_ECP_DP_BP512R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C

// Signatures and certificates of others, and keys under a passphrase; the firmware's linker drops them.
#define MBEDTLS_RSA_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PKCS1_V21
#define MBEDTLS_OID_C
#define MBEDTLS_MD_C
#define MBEDTLS_PKCS5_C

// The processor's AES instructions and wide multiplication where they exist.
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_AESNI_C

#endif
