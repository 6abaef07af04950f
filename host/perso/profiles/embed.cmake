# Writes profiles/*.json as C. cmake -DOUT=FILE -DPROFILES="A.json;B.json" -P embed.cmake
# SPDX-License-Identifier: Apache-2.0
set(texts "")
set(table "")
foreach(profile IN LISTS PROFILES)
    get_filename_component(name ${profile} NAME_WE)
    string(MAKE_C_IDENTIFIER ${name} identifier)
    file(READ ${profile} bytes HEX)
    string(LENGTH ${bytes} digits)
    math(EXPR n "${digits} / 2")
    string(REGEX REPLACE "(..)" "0x\\1," bytes ${bytes})
    string(APPEND texts "static const char ${identifier}[] = {${bytes}0};\n")
    string(APPEND table "    {\"${name}\", ${identifier}, ${n}},\n")
endforeach()
file(WRITE ${OUT} "// Made from host/perso/profiles.\n#include \"host/perso/profile.h\"\n\n${texts}\n"
    "const struct profile_text profile_texts[] = {\n${table}};\n"
    "const size_t profile_text_count = sizeof profile_texts / sizeof profile_texts[0];\n")
