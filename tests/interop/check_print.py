#!/usr/bin/env python3
"""Our PDFs as Poppler's programs see them: check_print.py MAKE_PRINT FOLDER SPECIMEN_FOLDER.

Pages, fonts, texts and the portrait are what was ordered; the machine readable characters lie where 9303-5 wants them,
measured in the pixels of 600 dpi; whatever the texts, nothing leaves its place; and the same order makes the same bytes.
"""
# SPDX-License-Identifier: Apache-2.0
import html
import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys

MM = 72 / 25.4
DPI = 600
CARD = (85.60, 53.98)
LINES = (15.73, 11.50, 7.27)  # the centres of the MRZ's lines above the lower edge, 9303-5 figure 6
CAN, PIN, PUK = "271828", "58209", "6174920385"
NUMBER = "2026-000042"

# What a profile says for a portrait in JPEG 2000, and for a PIN that must be changed.
JPEG2000 = {"portrait": {"formats": ["JPEG 2000"], "bytes": 12000}}


class Printed:
    """One PDF, and what the programs say of it."""

    def __init__(self, path, content):
        self.path = path
        path.write_bytes(content)
        self.info = dict(line.split(":", 1) for line in run("pdfinfo", path).splitlines() if ":" in line)
        self.pages = int(self.info["Pages"])

    def text(self, page):
        return run("pdftotext", "-f", page, "-l", page, "-layout", self.path, "-")

    def words(self, page):
        """(x1, y1, x2, y2 in mm, text) of each word that is not turned."""
        boxes = run("pdftotext", "-f", page, "-l", page, "-bbox", self.path, "-")
        pattern = r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>'
        found = [([float(n) / MM for n in match[:4]], html.unescape(match[4])) for match in re.findall(pattern, boxes)]
        return [(*box, text) for box, text in found]

    def dark(self, page, limit=100):
        """The places (x, y in pixels) of what is nearly black, and the page's size."""
        stem = self.path.with_suffix("")
        run("pdftoppm", "-r", DPI, "-gray", "-f", page, "-l", page, "-singlefile", self.path, stem)
        content = stem.with_suffix(".pgm").read_bytes()
        header = re.match(rb"P5\n(\d+) (\d+)\n255\n", content)
        width, height = int(header[1]), int(header[2])
        rows = [content[at:at + width] for at in range(header.end(), len(content), width)]
        places = [(x, y) for y, row in enumerate(rows) if min(row) < limit for x in range(width) if row[x] < limit]
        return places, (width, height)


def run(*command):
    done = subprocess.run([str(word) for word in command], check=True, capture_output=True)
    expect(done.stderr == b"", f"{command[0]} complains: {done.stderr[:200]}")
    return done.stdout.decode()


def expect(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def squeezed(text):
    return re.sub(r"\s", "", text)


class Stage:
    def __init__(self, make, folder, specimen):
        self.make, self.folder, self.specimen = make, folder, specimen
        self.person = json.loads((specimen / "person.json").read_text())
        self.count = 0

    def call(self, what, person=None, photo="portrait.jpg", profile=None):
        """What make_print answers: its bytes, or the error's name and what is wrong."""
        person_path = self.folder / "person.json"
        person_path.write_text(json.dumps(self.person if person is None else person, ensure_ascii=False))
        profile_path = "-"
        if profile is not None:
            profile_path = self.folder / "profile.json"
            profile_path.write_text(json.dumps(profile))
        photo_path = self.specimen / photo if photo else "-"
        done = subprocess.run([self.make, what, person_path, photo_path, profile_path, NUMBER], capture_output=True,
                              check=False)
        expect(done.returncode in (0, 1), f"make_print {what}: {done.returncode} {done.stderr}")
        return done.stdout if done.returncode == 0 else done.stderr.decode().strip()

    def printed(self, what, **arguments):
        content = self.call(what, **arguments)
        expect(isinstance(content, bytes), f"{what} is refused: {content}")
        self.count += 1
        return Printed(self.folder / f"{what}-{self.count}.pdf", content)

    def profile(self, **changes):
        root = pathlib.Path(__file__).resolve().parent.parent.parent
        resident = json.loads((root / "host/perso/profiles/resident.json").read_text())
        return {**resident, **changes}


def check_document(printed, pages, size):
    """A plain file of that many pages: no script, no date, every font inside."""
    expect(printed.pages == pages, f"{printed.pages} pages, not {pages}")
    measures = [float(n) for n in re.findall(r"[\d.]+", printed.info["Page size"])[:2]]
    expect(all(abs(points / MM - mm) < 0.01 for points, mm in zip(measures, size)), f"page size {measures}")
    expect(printed.info["JavaScript"].strip() == "no", "has JavaScript")
    expect(printed.info["Form"].strip() == "none", "has a form")
    expect("CreationDate" not in printed.info, "tells the time")
    fonts = [line.split() for line in run("pdffonts", printed.path).splitlines()[2:]]
    expect(fonts and all(line[-5] == "yes" and line[-3] == "yes" for line in fonts), f"fonts: {fonts}")


# --- Data sheet ----------------------------------------------------------------------------------------------


def check_front(stage, sheet):
    text = sheet.text(1)
    for value in ("홍길순 (洪吉順)", "HONG, GILSUN", "2001.03.14", "M00000001", "2026.11.02", "2036.11.01", "견본시장",
                  "KOR", "012314-4******", "견본 SPECIMEN", CAN):
        expect(value in text, f"the front lacks {value}:\n{text}")
    for secret in ("4102938", PIN, PUK, NUMBER, "견본로", "3611010100"):
        expect(secret not in text and secret not in sheet.text(2), f"the sheet tells {secret}")


def rows_of(places):
    """Places as bands of neighbouring rows: (first row, last row)."""
    rows = sorted({y for _, y in places})
    bands = []
    for y in rows:
        if bands and y - bands[-1][1] <= 2:
            bands[-1][1] = y
        else:
            bands.append([y, y])
    return bands


def check_mrz(stage, sheet):
    mrz = stage.call("mrz").decode().strip()
    lines = [mrz[i:i + 30] for i in (0, 30, 60)]
    text = [squeezed(line) for line in sheet.text(2).splitlines()]
    expect([line for line in text if "<" in line] == lines, f"the back has another MRZ: {text}")
    parsed = subprocess.run([stage.make, "parse", "".join(lines)], check=True, capture_output=True).stdout.decode().strip()
    expect(parsed == "M00000001|HONG|GILSUN|0", f"the reader reads {parsed}")

    places, (_, height) = sheet.dark(2, limit=250)
    below = [(x, y) for x, y in places if y > height - 23.2 / 25.4 * DPI]  # the whole zone: nothing else is in it
    bands = rows_of(below)
    expect(len(bands) == 3, f"{len(bands)} lines of machine readable characters")
    for (first, last), centre in zip(bands, LINES):
        measured = CARD[1] - (first + last + 1) / 2 * 25.4 / DPI
        expect(abs(measured - centre) < 0.12, f"a line lies {measured:.2f} mm above the edge, not {centre}")
        expect((last - first + 1) * 25.4 / DPI < 2.95, "a line leaves its zone")
        left = min(x for x, y in below if first <= y <= last) * 25.4 / DPI
        right = max(x for x, y in below if first <= y <= last) * 25.4 / DPI
        expect(4.8 < left < 5.4, f"a line starts {left:.2f} mm from the edge")
        expect(right < 5.0 + 77.7, f"a line ends {right:.2f} mm from the edge")
    # The fillers of the lowest line, each in a cell of 2.54 mm.
    first, last = bands[2]
    columns = sorted({x for x, y in below if first <= y <= last})
    starts = [x for x, before in zip(columns, [-9, *columns]) if x - before > 2]
    pitch = (starts[-1] - starts[-18]) / 17 * 25.4 / DPI
    expect(abs(pitch - 2.54) < 0.01, f"the pitch is {pitch:.3f} mm")


def check_can(sheet):
    """On the lowest line of the MRZ, right of the portrait (9303-5 §3.2.3)."""
    places, (width, height) = sheet.dark(1, limit=20)
    below = [(x, y) for x, y in places if y > height - 9.5 / 25.4 * DPI and x > width / 2]
    first, last = rows_of(below)[-1]
    centre = CARD[1] - (first + last + 1) / 2 * 25.4 / DPI
    expect(abs(centre - LINES[2]) < 0.12, f"the CAN lies {centre:.2f} mm above the edge")


def check_portrait(stage, sheet):
    run("pdfimages", "-all", sheet.path, stage.folder / "image")
    files = sorted(stage.folder.glob("image-*"))
    expect(len(files) == 1 and files[0].suffix == ".jpg", f"images: {files}")
    expect(files[0].read_bytes() == stage.call("portrait"), "the portrait is not the chip's")
    listed = run("pdfimages", "-list", sheet.path).splitlines()[2].split()
    expect(listed[0] == "1", "the portrait is not in front")
    height = int(listed[4]) / int(listed[13]) * 25.4
    width = int(listed[3]) / int(listed[12]) * 25.4
    expect(26 <= width <= 35 and 32 <= height <= 45, f"the portrait is {width:.1f} × {height:.1f} mm")  # 9303-5 §4.1.1.1


def check_jpeg2000(stage):
    profile = stage.profile(**JPEG2000)
    sheet = stage.printed("sheet", profile=profile)
    check_document(sheet, 2, CARD)
    coded = stage.folder / "portrait.jp2"
    coded.write_bytes(stage.call("portrait", profile=profile))
    subprocess.run(["opj_decompress", "-i", coded, "-o", stage.folder / "decoded.ppm"], check=True, capture_output=True)
    run("pdfimages", sheet.path, stage.folder / "pixels")
    pixels = [(stage.folder / name).read_bytes() for name in ("decoded.ppm", "pixels-000.ppm")]
    pixels = [re.sub(rb"^P6\n(#.*\n)*\d+ \d+\n255\n", b"", content) for content in pixels]
    expect(pixels[0] == pixels[1], "the portrait's pixels are not those of the JPEG 2000")


def check_missing(stage):
    """What a person need not have leaves no label and no hole that something else falls into."""
    person = {name: value for name, value in stage.person.items() if name not in ("registration_number", "address")}
    del person["surname"]["hanja"]
    sheet = stage.printed("sheet", person=person, photo=None)
    check_document(sheet, 2, CARD)
    text = sheet.text(1)
    expect("Registration" not in text and "(" not in text and "SPECIMEN" in text, f"left over:\n{text}")
    expect("홍길순" in text and CAN in text, "the rest is missing")


def check_real(stage):
    """Who is no specimen is not called one."""
    for what in ("real-sheet", "real-letter"):
        printed = stage.printed(what)
        for page in range(1, printed.pages + 1):
            text = squeezed(printed.text(page))
            expect("SPEC" not in text and "견본S" not in text, f"{what}: a specimen? {text}")
    expect("991231-3******" in stage.printed("real-sheet").text(1), "another number is shown, or all of it")


# --- Texts of all lengths ------------------------------------------------------------------------------------


def names():
    """Surname, given names, romanized surname and given names, authority; each at its limits."""
    yield "가", "나", None, None, "가"
    yield "남궁", "빛나리별하늘", None, None, "대한민국 견본특별자치도 견본시 견본구청장"
    yield "홍" * 2, "뷁" * 38, "HONG", "BWELK " * 6 + "BWELK", "뷁" * 85
    yield "뷁" * 41, "쀍" * 41, "W" * 63, "W" * 63, "W" * 255
    yield "W" * 120, "M" * 120, "W-" * 31, "M " * 31 + "M", "W " * 127
    yield "가 " * 30, "나 " * 30, "A" * 63, "B", " ".join("시장" for _ in range(36))
    yield "Ó Súilleabháin"[:1] + "x", "y" * 100, "X", "Y", "i" * 255


def overlapping(words):
    """Pairs of words that lie on each other."""
    for one, other in itertools.combinations(words, 2):
        across = min(one[2], other[2]) - max(one[0], other[0])
        down = min(one[3], other[3]) - max(one[1], other[1])
        lower = min(one[3] - one[1], other[3] - other[1])
        if across > 0.2 and down > 0.35 * lower:
            yield one, other


def is_measured(text):
    """The ground, and characters of OCR-B, whose box is the whole font's: check_mrz and check_can look at their ink."""
    return set(text) <= set("SPECIMEN") or "<" in text or text == CAN or text in PIN or text in PUK


def check_places(printed, page, size):
    words = [word for word in printed.words(page) if not is_measured(word[4])]
    for x1, y1, x2, y2, text in words:
        expect(x1 > 3.5 and x2 < size[0] - 3.5 and y1 > 1 and y2 < size[1] - 1, f"'{text}' leaves the page")
    pair = next(overlapping(words), None)
    expect(pair is None, f"page {page} of {printed.path.name}: texts on each other: {pair}")


def check_texts(stage):
    for surname, given, latin_surname, latin_given, authority in names():
        person = json.loads(json.dumps(stage.person))
        person["surname"], person["given_names"] = {"hangul": surname}, {"hangul": given}
        if latin_surname:
            person["surname"]["romanized"], person["given_names"]["romanized"] = latin_surname, latin_given
        person["issuing_authority"] = authority
        sheet, letter = stage.printed("sheet", person=person), stage.printed("letter", person=person)
        check_document(sheet, 2, CARD)
        check_document(letter, 1, (210, 297))
        check_places(sheet, 1, CARD)
        check_places(letter, 1, (210, 297))
        front = sorted(squeezed(run("pdftotext", "-f", 1, "-l", 1, sheet.path, "-")))
        for text in (surname, given, authority, latin_surname or "", latin_given or ""):
            short = [c for c in set(squeezed(text)) if front.count(c) < squeezed(text).count(c)]
            expect(not short, f"the front lacks {short} of '{text}'")


def check_refused(stage):
    """A character that the font lacks would be a hole in somebody's name."""
    for name in ("홍😀", "홍\u1112\u1169\u11bc", "홍\u200b", "ᄒ"):
        person = json.loads(json.dumps(stage.person))
        person["surname"] = {"hangul": name, "romanized": "HONG"}
        expect(stage.call("sheet", person=person) == "input", f"{name!r} is printed")
    person["surname"] = {"hangul": "홍", "hanja": "\U00020000", "romanized": "HONG"}
    text = stage.printed("sheet", person=person).text(1)
    expect("홍길순" in text and "(" not in text, "Hanja that the font lacks are not left out")


# --- PIN letter ------------------------------------------------------------------------------------------------


def check_letter(stage):
    letter = stage.printed("letter")
    check_document(letter, 1, (210, 297))
    check_places(letter, 1, (210, 297))
    text = letter.text(1)
    for value in ("홍*순", "M00000001", NUMBER, "견본 SPECIMEN", "비밀번호", "at any time"):
        expect(value in text, f"the letter lacks {value}:\n{text}")
    for secret in ("홍길순", "길", "HONG", "洪", "2001", "012314", "4102938", "견본로", "세종", CAN, "임시"):
        expect(secret not in text, f"the letter tells {secret}")
    for digits in (PIN, PUK):
        expect(squeezed(text).count(digits) == 1, f"{digits} does not stand there once")
    large = [word for word in letter.words(1) if word[3] - word[1] > 8]
    expect(sorted("".join(word[4] for word in large)) == sorted(PIN + PUK), f"what is printed large: {large}")
    for _, y1, _, y2, word in large:
        expect(105 < y1 and y2 < 192, f"{word} is not between the folds")

    passwords = {"mrz": True, "puk": False, "pin": {"digits": 6, "tries": 3, "transport": True}}
    text = stage.printed("letter", profile=stage.profile(passwords=passwords)).text(1)
    for value in ("임시 비밀번호", "Transport PIN", "6자리 이상", "of 6 digits or more", "3 wrong tries"):
        expect(value in text, f"the letter with a transport PIN lacks {value}:\n{text}")


# --- Table -----------------------------------------------------------------------------------------------------


def check_table(stage):
    for rows, pages in ((0, 1), (30, 1), (31, 1), (32, 2), (400, 12)):
        content = subprocess.run([stage.make, "table", str(rows)], check=True, capture_output=True).stdout
        table = Printed(stage.folder / f"table-{rows}.pdf", content)
        check_document(table, pages, (210, 297))
        names_found = []
        for page in range(1, pages + 1):
            text = table.text(page)
            expect("Day report" in text and "Count" in text and text.rstrip().endswith(str(page)), f"page {page}: {text}")
            expect(("Signed" in text) == (page == pages), "the line to be signed on is not on the last page alone")
            found = re.findall(r"(?:row|section)-\d+", text)
            expect(not found or not found[-1].startswith("section") or page == pages, "a heading stands alone at the end")
            names_found += found
            check_places(table, page, (210, 297))
        expect([int(name.split("-")[1]) for name in names_found] == list(range(rows)), f"rows: {names_found}")


def check_day_report(stage):
    content = subprocess.run([stage.make, "day"], check=True, capture_output=True).stdout
    report = Printed(stage.folder / "day.pdf", content)
    check_document(report, 1, (210, 297))
    check_places(report, 1, (210, 297))
    lines = [" ".join(line.split()) for line in report.text(1).splitlines() if line.strip()]
    expect(lines[1] == "2026-11-30" and lines[3] == "모두 / All" and "서명 / Signed" in lines, f"day report: {lines}")
    figures = [line.split()[-1] for line in lines[4:21]]
    expect(figures == [str(100 + i) for i in range(14)] + ["70000원", "90000원", "-20000원"], f"of all: {figures}")
    kim, lee = lines.index("kim"), lines.index("lee")
    figures = [line.split()[-1] for line in lines[kim + 1:lee]]
    expect(figures == [str(1100 + i) for i in range(0, 14, 2)], f"of an officer: {figures}")
    expect(lines[lee + 1].endswith("12345원") and lines[lee + 3].endswith("12345원"), f"of an officer: {lines[lee:]}")
    expect("교부 / Handed over 105" in lines, "what was handed over stands elsewhere")


def main():
    make, folder, specimen = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    for program in ("pdfinfo", "opj_decompress"):
        if shutil.which(program) is None:
            print(f"{program} is not there")
            return 77
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    stage = Stage(make, folder, specimen)
    sheet = stage.printed("sheet")
    check_document(sheet, 2, CARD)
    check_front(stage, sheet)
    check_mrz(stage, sheet)
    check_can(sheet)
    check_portrait(stage, sheet)
    check_places(sheet, 1, CARD)
    check_places(sheet, 2, CARD)
    for what in ("sheet", "letter"):
        expect(stage.call(what) == stage.call(what), f"the same order makes another {what}")
    check_letter(stage)
    check_jpeg2000(stage)
    check_real(stage)
    check_missing(stage)
    stage.person = json.loads((specimen / "person.json").read_text())
    check_texts(stage)
    check_refused(stage)
    check_table(stage)
    check_day_report(stage)
    print(f"{stage.count} sheets and letters")
    return 0


sys.exit(main())
