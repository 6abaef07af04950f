# What setup, test and demo share: messages, the root of the tree, the cache folder. To be sourced by bash.
# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${JUMIN_CACHE:-${XDG_CACHE_HOME:-${HOME:?HOME is not set: say where to keep files with JUMIN_CACHE}/.cache}/jumin}

say() {
    printf '== %s\n' "$*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The comment at the top of a script is its manual: prints it without the comment signs.
usage() {
    sed -n -e '1d' -e '/^# SPDX/q' -e '/^#/!q' -e 's/^# \{0,1\}//p' "$0"
}

# build PRESET [TARGET...]: configures when needed and builds, quietly unless something goes wrong.
build() {
    local preset=$1
    shift
    local log=$root/build/$preset.log
    mkdir -p "$root/build"
    if ! (cd "$root" && cmake --preset "$preset" -DJUMIN_CACHE="$cache" </dev/null) >"$log" 2>&1; then
        cat "$log" >&2
        die "cannot configure $preset"
    fi
    if ! cmake --build "$root/build/$preset" --parallel 2 ${1:+--target "$@"} </dev/null >"$log" 2>&1; then
        cat "$log" >&2
        die "cannot build $preset"
    fi
}
