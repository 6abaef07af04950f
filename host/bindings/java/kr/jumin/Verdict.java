// How a check ended.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** How a check ended. */
public enum Verdict {
    /** It holds. */
    PASSED,
    /** It does not. */
    FAILED,
    /** It could not be done; the detail says why. */
    NOT_DONE;

    static Verdict of(byte[] name) {
        return valueOf(Texts.of(name).replace('-', '_').toUpperCase(java.util.Locale.ROOT));
    }
}
