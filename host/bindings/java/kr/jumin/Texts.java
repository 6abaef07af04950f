// Texts on their way to native code and back.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

final class Texts {
    private Texts() {}

    static String of(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    static byte[] bytes(String text, String name) {
        return Objects.requireNonNull(text, name).getBytes(StandardCharsets.UTF_8);
    }
}
