#!/usr/bin/env python3
"""What the station makes of photos, decoded by OpenJPEG's own program: check_photo.py JUMIN FOLDER.

The photos are PNG files made here, of just the size that stands on the chip, so that what went in can be compared with
what comes out pixel by pixel.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import math
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import zlib

WIDTH, HEIGHT = 413, 531
BUDGET = 9000


def png(rows, colour_type, depth=8):
    """`rows` of bytes, each filtered by Sub, which libpng has to undo."""
    step = {0: 1, 2: 3, 4: 2, 6: 4}[colour_type] * depth // 8
    filtered = b"".join(
        b"\1" + bytes((row[i] - (row[i - step] if i >= step else 0)) & 255 for i in range(len(row))) for row in rows)

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour_type, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(filtered, 9)) + chunk(b"IEND", b""))


def scene(x, y):
    """A bright oval in front of a darker wall, with waves in it."""
    inside = ((x - WIDTH / 2) / 120) ** 2 + ((y - HEIGHT / 2) / 170) ** 2 < 1
    wave = int(20 * math.sin(x / 5) + 20 * math.cos(y / 7))
    red, green, blue = (190, 150, 130) if inside else (90, 110, 150)
    return red + wave, green + wave, blue - wave


def read_ppm(path):
    content = path.read_bytes()
    header = re.match(rb"P6\n(?:#.*\n)*(\d+) (\d+)\n255\n", content)
    return (int(header[1]), int(header[2])), content[header.end():]


def psnr(one, other):
    squares = sum((a - b) ** 2 for a, b in zip(one, other))
    return math.inf if squares == 0 else 10 * math.log10(255 ** 2 * len(one) / squares)


def station_photo(jumin, photo, profile, out):
    done = subprocess.run([jumin, "station", "photo", photo, "--profile", profile, "--out", out, "--json"],
                          check=True, capture_output=True)
    return json.loads(done.stdout)


def main():
    jumin, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if shutil.which("opj_decompress") is None:
        print("opj_decompress is not installed")
        sys.exit(77)
    folder.mkdir(parents=True, exist_ok=True)
    colours = [[scene(x, y) for x in range(WIDTH)] for y in range(HEIGHT)]
    original = bytes(value for row in colours for pixel in row for value in pixel)
    photos = {
        "rgb.png": png([bytes(value for pixel in row for value in pixel) for row in colours], 2),
        "rgba.png": png([bytes(value for pixel in row for value in (*pixel, 255)) for row in colours], 6),
        "deep.png": png([bytes(value for pixel in row for value in pixel for _ in (0, 1)) for row in colours], 2, 16),
    }
    profile = json.loads(subprocess.run([jumin, "station", "profile", "show", "interop"], check=True,
                                        capture_output=True).stdout)
    profile["portrait"] = {"formats": ["JPEG", "JPEG 2000"], "bytes": BUDGET}
    (folder / "profile.json").write_text(json.dumps(profile))
    written = []
    for name, content in photos.items():
        photo, out = folder / name, folder / (name + ".jp2")
        photo.write_bytes(content)
        answer = station_photo(jumin, photo, folder / "profile.json", out)
        made = out.read_bytes()
        written.append(made)
        if answer["portrait"] != {"type": "image/jp2", "bytes": len(made), "width": WIDTH, "height": HEIGHT}:
            sys.exit(f"FAILED: {name}: the answer says {answer['portrait']}, the file has {len(made)} bytes")
        if len(made) > BUDGET:
            sys.exit(f"FAILED: {name}: {len(made)} bytes are over the budget")
        subprocess.run(["opj_decompress", "-i", out, "-o", folder / "out.ppm"], check=True, stdout=subprocess.DEVNULL)
        size, pixels = read_ppm(folder / "out.ppm")
        quality = psnr(original, pixels)
        if size != (WIDTH, HEIGHT) or quality < 35:
            sys.exit(f"FAILED: {name}: {size}, {quality:.1f} dB")
        print(f"{name}: {len(made)} bytes, {quality:.1f} dB")
    if len(set(written)) != 1:
        sys.exit("FAILED: the same pixels in another kind of PNG give another portrait")


main()
