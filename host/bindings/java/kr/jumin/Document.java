// What was read from a card.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** What was read from a card: files as they came, and what they say. Close it: it holds personal data. */
public final class Document extends NativeHandle {
    private static final Map<String, Integer> FILES = files();

    Document(long address) {
        super(address);
    }

    private static Map<String, Integer> files() {
        final Map<String, Integer> numbers = new HashMap<>();
        byte[] name;
        for (int number = 0; (name = Native.fileName(number)) != null; number++) {
            numbers.put(Texts.of(name), number);
        }
        return numbers;
    }

    /**
     * A file as the card gave it.
     *
     * @param name "EF.SOD", "DG1"
     * @return its bytes
     * @throws JuminException "no-such-file" when it was not read
     * @throws IllegalArgumentException when there is no file of that name
     */
    public byte[] file(String name) throws JuminException {
        final Integer number = FILES.get(Objects.requireNonNull(name, "name"));
        if (number == null) {
            throw new IllegalArgumentException("no file is called " + name);
        }
        final long address = enter();
        try {
            return Native.documentFile(address, number);
        } finally {
            leave();
        }
    }

    /**
     * DG1.
     *
     * @return the machine readable zone
     * @throws JuminException when DG1 was not read, or is malformed
     */
    public Mrz mrz() throws JuminException {
        final long address = enter();
        try {
            return new Mrz(Native.documentMrz(address));
        } finally {
            leave();
        }
    }

    /**
     * The full name in the national script (DG11).
     *
     * @return the name, "" when DG11 has none
     * @throws JuminException when DG11 was not read, or is malformed
     */
    public String fullName() throws JuminException {
        final long address = enter();
        try {
            return Texts.of(Native.documentPerson(address)[0]);
        } finally {
            leave();
        }
    }

    /**
     * DG2.
     *
     * @return the first face
     * @throws JuminException when DG2 was not read, or is malformed
     */
    public Portrait portrait() throws JuminException {
        final int[] about = new int[3];
        final long address = enter();
        try {
            return new Portrait(Native.documentPortrait(address, about), about);
        } finally {
            leave();
        }
    }

    /**
     * Every check that applies to the document.
     *
     * @param trust whom to believe
     * @param secondsSince1970 the time of the check, UTC
     * @return the report: what is wrong with the document stands in it
     * @throws JuminException when there is no memory
     */
    public Report verify(Trust trust, long secondsSince1970) throws JuminException {
        final long trusted = Objects.requireNonNull(trust, "trust").share();
        try {
            final long address = enter();
            try {
                return new Report(Native.documentVerify(address, trusted, secondsSince1970));
            } finally {
                leave();
            }
        } finally {
            trust.leave();
        }
    }

    @Override
    void free(long freed) {
        Native.documentFree(freed);
    }
}
