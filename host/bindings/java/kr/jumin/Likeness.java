// How alike a face is to the card's portrait.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** How alike a living face is to the card's portrait, as whoever compares them says. */
public final class Likeness {
    /** The score of faces that are the same. */
    public static final int SCORE_MAX = 100;

    final int score;
    final boolean live;

    /**
     * A result.
     *
     * @param score 0 to 100, the higher the more alike
     * @param live a living face, no picture of one
     */
    public Likeness(int score, boolean live) {
        if (score < 0 || score > SCORE_MAX) {
            throw new IllegalArgumentException("a score is 0 to 100");
        }
        this.score = score;
        this.live = live;
    }
}
