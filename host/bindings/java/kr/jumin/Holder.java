// Who decides whether something is shown.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** Asks the holder. May take its time: the wallet is in use meanwhile, and nothing else of it can be called. */
@FunctionalInterface
public interface Holder {
    /**
     * Tells the holder what would be shown, and asks. Called from the thread that called the library, which therefore is
     * none that draws the screen. What is refused anyway ({@link Disclosure#refused()}) is told, too, so that the holder
     * hears of it; the answer does not change that. What this throws ends the call, shows nothing, and reaches its caller.
     *
     * @param what who asks, and for what
     * @return whether it is shown
     */
    boolean decide(Disclosure what);
}
