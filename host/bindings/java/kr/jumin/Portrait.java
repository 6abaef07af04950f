// The face of DG2.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** The face of DG2: exactly the image's bytes. */
public final class Portrait {
    private static final int JPEG2000 = 1;

    private final byte[] image;
    private final int[] about;

    Portrait(byte[] image, int[] typeWidthHeight) {
        this.image = image;
        this.about = typeWidthHeight;
    }

    /**
     * The image file.
     *
     * @return a copy of its bytes
     */
    public byte[] image() {
        return image.clone();
    }

    /**
     * What kind of file it is.
     *
     * @return "image/jpeg" or "image/jp2"
     */
    public String mediaType() {
        return about[0] == JPEG2000 ? "image/jp2" : "image/jpeg";
    }

    /**
     * Its width.
     *
     * @return pixels; 0 when the record does not say
     */
    public int width() {
        return about[1];
    }

    /**
     * Its height.
     *
     * @return pixels; 0 when the record does not say
     */
    public int height() {
        return about[2];
    }
}
