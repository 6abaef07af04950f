# Writes text files as C. cmake -DOUT=FILE -DARRAY=NAME -DTEXTS="A.json;B.json" -P embed.cmake
# SPDX-License-Identifier: Apache-2.0
set(texts "")
set(table "")
foreach(text IN LISTS TEXTS)
    get_filename_component(name ${text} NAME_WE)
    string(MAKE_C_IDENTIFIER ${name} identifier)
    file(READ ${text} bytes HEX)
    string(LENGTH ${bytes} digits)
    math(EXPR n "${digits} / 2")
    string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes ${bytes})
    string(APPEND texts "static const char ${identifier}[] = {${bytes}0};\n")
    string(APPEND table "    {\"${name}\", ${identifier}, ${n}},\n")
endforeach()
file(WRITE ${OUT} "// Made by host/embed.cmake.\n#include \"host/embedded.h\"\n\n${texts}\n"
    "const struct embedded_text ${ARRAY}[] = {\n${table}};\n"
    "const size_t ${ARRAY}_count = sizeof ${ARRAY} / sizeof ${ARRAY}[0];\n")
