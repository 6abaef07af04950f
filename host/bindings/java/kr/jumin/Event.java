// A line of a wallet's history.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** Something that has happened to a wallet. Does not change, and may be shared by threads. */
public final class Event {
    private final long time;
    private final String kind;
    private final String who;
    private final String purpose;
    private final String elements;
    private final String reason;

    Event(Row row) {
        time = row.number();
        kind = row.text();
        who = row.text();
        purpose = row.text();
        elements = row.text();
        reason = row.text();
    }

    /**
     * When it happened.
     *
     * @return seconds since 1970
     */
    public long time() {
        return time;
    }

    /**
     * What happened.
     *
     * @return "received", "shown", "refused", "removed", "locked", "unlocked"
     */
    public String kind() {
        return kind;
    }

    /**
     * Whom it was about.
     *
     * @return venue or issuer
     */
    public String who() {
        return who;
    }

    /**
     * For what it was asked.
     *
     * @return "adult"; empty where there is no purpose
     */
    public String purpose() {
        return purpose;
    }

    /**
     * What was shown, or asked for.
     *
     * @return names with commas between
     */
    public String elements() {
        return elements;
    }

    /**
     * Why it was refused.
     *
     * @return a sentence, or empty
     */
    public String reason() {
        return reason;
    }
}
