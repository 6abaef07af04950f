// A row of texts that native code has made, read in its order.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

final class Row {
    private final byte[][] texts;
    private int next;

    Row(byte[][] texts) {
        this.texts = texts;
    }

    String text() {
        return Texts.of(texts[next++]);
    }

    String textOrNull() {
        final byte[] text = texts[next++];
        return text != null ? Texts.of(text) : null;
    }

    long number() {
        return Long.parseLong(text());
    }

    boolean flag() {
        return number() != 0;
    }

    <E> E of(E[] values) {
        return values[(int) number()];
    }
}
