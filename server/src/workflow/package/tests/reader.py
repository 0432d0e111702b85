"""Reads a package as its receiver would, checks what its manifest promises, prints what it holds."""

import csv
import hashlib
import io
import json
import re
import sys
import zipfile

archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None, "a checksum is wrong"
names = archive.namelist()
for name in names:
    assert re.fullmatch(r"[a-z0-9_-]+(/[a-z0-9_-]+)*\.[a-z0-9]+", name), f"unsafe name {name!r}"

manifest = json.loads(archive.read("manifest.json"))
promised = [file["path"] for file in manifest["files"]]
assert sorted(promised + ["manifest.json"]) == sorted(names), "the manifest does not list every file"

told = {"names": names, "manifest": manifest, "json": {}, "csv": {}}
for file in manifest["files"]:
    content = archive.read(file["path"])
    assert len(content) == file["bytes"], file
    assert hashlib.sha256(content).hexdigest() == file["sha256"], file
    if file["path"].startswith("data/") and file["path"].endswith(".json"):
        rows = json.loads(content)
        assert len(rows) == file["rows"], file
        told["json"][file["path"]] = rows[:100]
    if file["path"].startswith("data/") and file["path"].endswith(".csv"):
        text = content.decode("utf-8-sig")
        for delimiter in ",;":  # Excel takes the second in much of Europe
            lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
            for cell in (cell.strip(' "') for line in lines for cell in line):
                number = re.fullmatch(r"-?[0-9.]+", cell)
                assert number or not re.match("[=+@\t\r＝＋－＠-]", cell), cell
            if delimiter == ",":
                assert len(lines) == file["rows"] + 1, file
                assert len({len(line) for line in lines}) == 1, "lines of different length"
                told["csv"][file["path"]] = lines[:100]
json.dump(told, sys.stdout)
