# What jumin takes from others, and why. `tools/setup` installs all of it.
# SPDX-License-Identifier: Apache-2.0
find_package(PkgConfig REQUIRED)

# mbedTLS 3.6 LTS: the card's cryptography; plain C without an operating system, and maintained for years.
# tools/setup builds it with our configuration into a folder named after that configuration.
if(NOT JUMIN_CACHE)
    if(DEFINED ENV{JUMIN_CACHE})
        set(JUMIN_CACHE $ENV{JUMIN_CACHE})
    elseif(DEFINED ENV{XDG_CACHE_HOME})
        set(JUMIN_CACHE $ENV{XDG_CACHE_HOME}/jumin)
    else()
        set(JUMIN_CACHE $ENV{HOME}/.cache/jumin)
    endif()
endif()
set(JUMIN_MBEDTLS_CONFIG ${CMAKE_SOURCE_DIR}/card/crypto/mbedtls/mbedtls_config.h)
file(SHA256 ${JUMIN_MBEDTLS_CONFIG} mbedtls_config_hash)
string(SUBSTRING ${mbedtls_config_hash} 0 16 mbedtls_config_hash)
set(mbedtls_root ${JUMIN_CACHE}/mbedtls-${mbedtls_config_hash})
if(NOT EXISTS ${mbedtls_root}/lib/libmbedcrypto.a)
    message(FATAL_ERROR "mbedTLS is not in ${mbedtls_root}: run ./tools/setup first")
endif()
add_library(mbedcrypto STATIC IMPORTED)
set_target_properties(mbedcrypto PROPERTIES
    IMPORTED_LOCATION ${mbedtls_root}/lib/libmbedcrypto.a
    INTERFACE_INCLUDE_DIRECTORIES ${mbedtls_root}/include
    INTERFACE_COMPILE_DEFINITIONS MBEDTLS_CONFIG_FILE="card/crypto/mbedtls/mbedtls_config.h")

# OpenSSL 3: the host library's cryptography on desktops and servers; some twenty times faster on P-256.
if("openssl" IN_LIST JUMIN_PROVIDERS)
    find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
endif()
# PC/SC lite: the standard way to contactless readers on Unix; its headers also define the reader driver.
if(JUMIN_PCSC)
    pkg_check_modules(PCSCLITE REQUIRED IMPORTED_TARGET libpcsclite)
endif()
# libnfc: drives PN532 and its kin without a PC/SC driver, the usual way to an NFC chip on a small board.
if(JUMIN_NFC)
    pkg_check_modules(NFC REQUIRED IMPORTED_TARGET libnfc)
endif()
# jansson: JSON with strict UTF-8 and depth limits, small and long maintained.
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
# zlib: status lists are DEFLATE streams (RFC 1950); the reference, and everywhere.
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
# libcurl: HTTPS for wallets and verifiers that are programs; the most used and best kept client in C.
if(JUMIN_CURL)
    pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
endif()
if(JUMIN_STATION)
    # libmicrohttpd: an HTTP server inside a program, small, GNU's, with limits and timeouts of its own.
    pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
    # libqrencode: makes QR codes (ISO/IEC 18004), and nothing else; long the standard one in C.
    pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)
    # libjpeg-turbo: decodes and encodes the portrait; the maintained JPEG library of every browser.
    pkg_check_modules(JPEG REQUIRED IMPORTED_TARGET libjpeg)
    # SQLite: the records of one station in one file, without a server, safe when the power fails.
    pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
    # libpq: the records of many stations on PostgreSQL; its own client library.
    pkg_check_modules(POSTGRESQL REQUIRED IMPORTED_TARGET libpq)
    # libpng: decodes photos that are no JPEG; the reference, with limits of its own and fuzzed for years.
    pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng)
    # p11-kit: PKCS#11 tokens by URI (RFC 7512), and modules that several parts of a process use at once.
    pkg_check_modules(P11KIT REQUIRED IMPORTED_TARGET p11-kit-1)
    # OpenJPEG: JPEG 2000 for the chip, which takes fewer bytes; the standard's reference software.
    pkg_check_modules(JPEG2000 REQUIRED IMPORTED_TARGET libopenjp2)
    # cairo: PDF with embedded parts of any font and JPEGs as they are, the same bytes for the same page; behind most of
    # what prints on a free desktop. FreeType comes with it. No Pango: Hangul syllables are one glyph each.
    pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo-ft cairo-pdf)
    # Nanum: Hangul and Hanja, under the Open Font License. OCR-B: what machines read on cards (9303-3 §4.4).
    find_file(JUMIN_FONT_REGULAR NanumGothic.ttf PATHS /usr/share/fonts/truetype/nanum REQUIRED)
    find_file(JUMIN_FONT_BOLD NanumGothicBold.ttf PATHS /usr/share/fonts/truetype/nanum REQUIRED)
    find_file(JUMIN_FONT_OCR OCRB.otf PATHS /usr/share/fonts/opentype/ocr-b REQUIRED)
endif()
# libsecp256k1: the signatures of EVM chains with the recovery identifier that OpenSSL and mbedTLS do not give; Bitcoin Core's own.
if(JUMIN_EVM)
    pkg_check_modules(SECP256K1 REQUIRED IMPORTED_TARGET libsecp256k1)
endif()
# libzbar: finds the QR code in a picture, for `jumin wallet add --image`; in every distribution. libpng reads the picture.
if(NOT JUMIN_ONLY_LIBRARY AND JUMIN_ZBAR)
    pkg_check_modules(ZBAR REQUIRED IMPORTED_TARGET zbar)
endif()
# cmocka: unit tests in C; groups, fixtures and a readable report.
if(NOT JUMIN_ONLY_LIBRARY)
    pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()
# The JDK's own interface to native code; a phone brings its own.
if(JUMIN_JAVA)
    find_package(JNI REQUIRED COMPONENTS JVM)
endif()
