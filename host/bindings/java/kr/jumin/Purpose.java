// What a venue may ask of a resident's credential.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a venue may ask of a resident's credential; its certificate names its purposes. */
public enum Purpose {
    /** Name and birth date. */
    AGE,
    /** Whether the holder is an adult this year, and nothing else. */
    ADULT,
    /** Who the holder is. */
    IDENTITY,
    /** Where the holder lives. */
    ADDRESS;

    static Set<Purpose> of(long bits) {
        final Set<Purpose> set = EnumSet.noneOf(Purpose.class);
        for (final Purpose purpose : values()) {
            if ((bits >> purpose.ordinal() & 1) != 0) {
                set.add(purpose);
            }
        }
        return Collections.unmodifiableSet(set);
    }
}
