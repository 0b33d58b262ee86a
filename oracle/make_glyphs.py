"""Writes the outlines of the letters that pictures are drawn with: `python make_glyphs.py FOLDER`, which holds Inter 3.19's
`Inter-Regular.otf` and `Inter-SemiBold.otf` (Debian's package fonts-inter)."""

import sys
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[1] / "crates" / "cornu" / "assets" / "inter" / "glyphs.txt"
ASCII = range(0x20, 0x7F)
# Letters with accents, and the signs that titles, axes and missing letters need.
LATIN = [0xB0, 0xB1, 0xB2, 0xB5, 0xB7, *range(0xC0, 0x100)]
SIGNS = [0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x2032, 0x2190, 0x2191, 0x2192, 0x2193, 0x2202, 0x2212, 0x221E, 0x2248, 0x2264, 0x2265, 0x25A1]


def glyphs(file, characters):
    font = TTFont(file)
    names, shapes = font.getBestCmap(), font.getGlyphSet()
    # A thousandth of the letters' height is fine enough, and down is positive as in pictures.
    scale = 1000 / font["head"].unitsPerEm
    for character in characters:
        if character not in names:
            continue
        shape = shapes[names[character]]
        pen = SVGPathPen(shapes, ntos=lambda value: str(round(value)))
        shape.draw(TransformPen(pen, (scale, 0, 0, -scale, 0, 0)))
        yield f"{character:x} {round(shape.width * scale)} {pen.getCommands()}".rstrip()


folder = Path(sys.argv[1])
regular = glyphs(folder / "Inter-Regular.otf", [*ASCII, *LATIN, *SIGNS])
bold = glyphs(folder / "Inter-SemiBold.otf", [*ASCII, 0x2026])
TARGET.parent.mkdir(parents=True, exist_ok=True)
TARGET.write_text("\n".join([*regular, "bold", *bold]) + "\n", encoding="ascii")
