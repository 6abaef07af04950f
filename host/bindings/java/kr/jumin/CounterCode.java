// What a counter's scanner reads off the phone.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** Whether the holder is an adult this year, for a QR code. Whoever takes a picture of it can show it until it expires. */
public final class CounterCode {
    /** For how many seconds a code is good. */
    public static final int SECONDS = 60;

    private final String text;
    private final long expires;

    CounterCode(Row row) {
        text = row.text();
        expires = row.number();
    }

    /**
     * What the QR code says.
     *
     * @return "JMC1:" and letters, digits and signs of QR's alphanumeric mode
     */
    public String text() {
        return text;
    }

    /**
     * When it is of no more use.
     *
     * @return seconds since 1970
     */
    public long expires() {
        return expires;
    }
}
