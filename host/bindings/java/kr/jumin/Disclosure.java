// What a request would disclose.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Who asks, for what, and what of which credential would be shown, or why nothing will be. It is personal. Its texts are as
 * request and credential have them, control characters included. Does not change, and may be shared by threads.
 */
public final class Disclosure {
    /** A data element that is asked for. */
    public static final class Element {
        private final String credential;
        private final Credential.Format format;
        private final String type;
        private final String nameSpace;
        private final String name;
        private final String value;
        private final boolean retained;
        private final String refused;

        private Element(Row row) {
            credential = row.text();
            format = row.of(Credential.Format.values());
            type = row.text();
            nameSpace = row.text();
            name = row.text();
            value = row.textOrNull();
            retained = row.flag();
            refused = row.textOrNull();
        }

        /**
         * Which credential would show it.
         *
         * @return its {@link Credential#id()}; empty: none can
         */
        public String credential() {
            return credential;
        }

        /**
         * The format that was asked for.
         *
         * @return the format
         */
        public Credential.Format format() {
            return format;
        }

        /**
         * What kind of credential was asked for.
         *
         * @return docType or vct
         */
        public String type() {
            return type;
        }

        /**
         * Where the name is from.
         *
         * @return the name space of an mdoc; empty for an SD-JWT
         */
        public String nameSpace() {
            return nameSpace;
        }

        /**
         * Which element it is.
         *
         * @return identifier, or path with dots: "address.region"
         */
        public String name() {
            return name;
        }

        /**
         * What would be shown.
         *
         * @return the value, a picture as its length; null: the credential does not have it
         */
        public String value() {
            return value;
        }

        /**
         * Whether the venue says that it keeps it.
         *
         * @return true when it does
         */
        public boolean isRetained() {
            return retained;
        }

        /**
         * Why it is not shown.
         *
         * @return a sentence; null: it may be shown
         */
        public String refused() {
            return refused;
        }
    }

    private final boolean venueKnown;
    private final String venue;
    private final String organization;
    private final Set<Purpose> venuePurposes;
    private final String venueUnknown;
    private final Set<Purpose> purposes;
    private final String refused;
    private final List<Element> elements;

    Disclosure(byte[][][] tables) {
        final Row row = new Row(tables[0]);
        venueKnown = row.flag();
        venue = row.text();
        organization = row.text();
        venuePurposes = Purpose.of(row.number());
        venueUnknown = row.text();
        purposes = Purpose.of(row.number());
        refused = row.textOrNull();
        final List<Element> all = new ArrayList<>();
        for (int i = 1; i < tables.length; i++) {
            all.add(new Element(new Row(tables[i])));
        }
        elements = Collections.unmodifiableList(all);
    }

    /**
     * Whether the venue's certificate leads to a venues' root of the trust list.
     *
     * @return false for somebody whom nobody vouches for
     */
    public boolean isVenueKnown() {
        return venueKnown;
    }

    /**
     * Who asks.
     *
     * @return the name in the venue's certificate; empty unless it is known
     */
    public String venue() {
        return venue;
    }

    /**
     * Whose venue it is.
     *
     * @return the organization in its certificate; empty unless it is known
     */
    public String organization() {
        return organization;
    }

    /**
     * What the venue may ask for.
     *
     * @return the purposes that its certificate names
     */
    public Set<Purpose> venuePurposes() {
        return venuePurposes;
    }

    /**
     * Why the venue is not known.
     *
     * @return a sentence; empty where it is known
     */
    public String venueUnknown() {
        return venueUnknown;
    }

    /**
     * For what it is asked.
     *
     * @return the least set that covers what is asked of a resident's credential; empty: none does, or another credential
     *     is asked for
     */
    public Set<Purpose> purposes() {
        return purposes;
    }

    /**
     * Why nothing will be shown, whatever the holder says.
     *
     * @return a sentence; null: the holder may say yes
     */
    public String refused() {
        return refused;
    }

    /**
     * What is asked for.
     *
     * @return the elements, those of one credential together
     */
    public List<Element> elements() {
        return elements;
    }
}
