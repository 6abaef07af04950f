// What was checked of a document, and how it ended.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What was checked of a document, check by check. */
public final class Report {
    /** One check. */
    public static final class Check {
        private final String kind;
        private final int group;
        private final Verdict verdict;
        private final String detail;

        Check(byte[][] row) {
            kind = Texts.of(row[0]);
            group = row[1][0];
            verdict = Verdict.of(row[2]);
            detail = Texts.of(row[3]);
        }

        /**
         * What was checked: "sod-signature", "group-hash".
         *
         * @return its name
         */
        public String kind() {
            return kind;
        }

        /**
         * The data group that was checked.
         *
         * @return its number, 0 where the check is not of one group
         */
        public int group() {
            return group;
        }

        /**
         * How it ended.
         *
         * @return the verdict
         */
        public Verdict verdict() {
            return verdict;
        }

        /**
         * What was found.
         *
         * @return a sentence
         */
        public String detail() {
            return detail;
        }
    }

    private final Verdict document;
    private final Verdict chip;
    private final List<Check> checks;

    Report(byte[][][] rows) {
        document = Verdict.of(rows[0][0]);
        chip = Verdict.of(rows[0][1]);
        final List<Check> found = new ArrayList<>();
        for (int i = 1; i < rows.length; i++) {
            found.add(new Check(rows[i]));
        }
        checks = Collections.unmodifiableList(found);
    }

    /**
     * Whether the data are what the issuer has signed.
     *
     * @return the verdict
     */
    public Verdict document() {
        return document;
    }

    /**
     * Whether the chip is no copy.
     *
     * @return the verdict
     */
    public Verdict chip() {
        return chip;
    }

    /**
     * Every check, in the order in which they were made.
     *
     * @return the checks
     */
    public List<Check> checks() {
        return checks;
    }
}
