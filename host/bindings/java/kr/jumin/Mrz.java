// The machine readable zone, field by field.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** The machine readable zone of DG1 (9303-3). Dates are YYMMDD. */
public final class Mrz {
    private final byte[][] fields;

    Mrz(byte[][] fields) {
        this.fields = fields;
    }

    private String field(int number) {
        return Texts.of(fields[number]);
    }

    /**
     * The whole text, without line ends.
     *
     * @return 72 to 90 characters
     */
    public String text() {
        return field(0);
    }

    /**
     * The document number as printed.
     *
     * @return the number
     */
    public String documentNumber() {
        return field(1);
    }

    /**
     * The primary identifier.
     *
     * @return the family name, romanized
     */
    public String primaryName() {
        return field(2);
    }

    /**
     * The secondary identifier.
     *
     * @return the given names, romanized
     */
    public String secondaryName() {
        return field(3);
    }

    /**
     * The date of birth.
     *
     * @return YYMMDD
     */
    public String birthDate() {
        return field(4);
    }

    /**
     * The date of expiry.
     *
     * @return YYMMDD
     */
    public String expiryDate() {
        return field(5);
    }

    /**
     * The issuing state.
     *
     * @return three letters
     */
    public String issuingState() {
        return field(6);
    }

    /**
     * Whether every check digit is right.
     *
     * @return false when one is wrong
     */
    public boolean hasRightCheckDigits() {
        return fields[7].length == 0;
    }
}
