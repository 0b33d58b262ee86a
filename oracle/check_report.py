"""How a report looks in a real browser: `python check_report.py REPORT.html FOLDER` opens it in a headless Chromium with no network, in
light, in dark and as narrow as a telephone, leaves a screenshot of each in FOLDER and fails if the page asks for anything, runs off its side,
or shows nothing. Wants Debian's package chromium; `CHROMIUM` names another."""

import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

CHROMIUM = os.environ.get("CHROMIUM", "chromium")
VIEWS = {"light": (1280, 3600, []), "dark": (1280, 3600, ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"]), "narrow": (500, 3600, [])}


def chromium(page, *arguments):
    with tempfile.TemporaryDirectory() as profile:
        command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", f"--user-data-dir={profile}"]
        # Nothing may be asked for: every name leads nowhere.
        command += ["--host-resolver-rules=MAP * ~NOTFOUND", *arguments, page.resolve().as_uri()]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def pixels(path):
    """Width, height and the rows of an 8-bit PNG without interlacing."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, _, color = struct.unpack(">IIBB", body[:10])
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    size = {2: 3, 6: 4}[color]
    raw, stride, above, rows = zlib.decompress(packed), width * size + 1, bytearray(width * size), []
    for start in range(0, len(raw), stride):
        kind, row = raw[start], bytearray(raw[start + 1 : start + stride])
        for i, value in enumerate(row):
            left, up, corner = (row[i - size] if i >= size else 0), above[i], (above[i - size] if i >= size else 0)
            paeth = min((abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner))[2]
            row[i] = (value + [0, left, up, (left + up) // 2, paeth][kind]) & 255
        rows.append(row)
        above = row
    return width, height, rows, size


def main():
    page, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    text = page.read_text(encoding="utf-8")
    wanted = re.findall(r"""(?:src|href)\s*=|url\(|@import|<script|<link|<iframe""", text)
    if wanted:
        sys.exit(f"{page} asks for something: {sorted(set(wanted))}")
    for name, (width, height, arguments) in VIEWS.items():
        shot = folder / f"{name}.png"
        chromium(page, f"--window-size={width},{height}", f"--screenshot={shot}", *arguments)
        _, _, rows, size = pixels(shot)
        ground = bytes(rows[0][:size])
        if (sum(ground[:3]) < 200) != (name == "dark"):
            sys.exit(f"{name}: the ground is {ground.hex()}")
        drawn = sum(row.count(0) != len(row) and row != rows[0] for row in rows)
        if drawn < 500:
            sys.exit(f"{name}: only {drawn} rows show something")
        # The last columns are the page's margin: whatever stands there runs off.
        off = sum(bytes(row[-size:]) != ground for row in rows)
        if off:
            sys.exit(f"{name}: {off} rows run off the side")
        print(f"{name}: {shot}, {drawn} rows of {len(rows)} show something")


main()
