# Compiler options of every target: warnings are errors; sanitizers by JUMIN_SANITIZE.
# SPDX-License-Identifier: Apache-2.0
add_compile_options(
    -Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wpointer-arith
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wvla -Wundef
    -Wformat=2 -Wimplicit-fallthrough -Wnull-dereference
    -fvisibility=hidden -fno-common -fstack-protector-strong)
# Sources include each other by their path from the root: card/wire/tlv.h.
include_directories(${CMAKE_SOURCE_DIR})

if(JUMIN_SANITIZE)
    add_compile_options(-fsanitize=${JUMIN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${JUMIN_SANITIZE})
endif()
if(JUMIN_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
