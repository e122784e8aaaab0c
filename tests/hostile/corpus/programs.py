"""What is no document at all, under the name of one: programs, archives, offices' files, media."""

import gzip
import tarfile
from bz2 import compress as bzip
from collections.abc import Callable, Iterator
from io import BytesIO
from lzma import compress as lzma
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from local.samples.damaged import imitate_program
from tests.hostile.corpus.case import NOT_A_DOCUMENT, Case, case

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENDINGS = ("pdf", "PDF", "jpg", "png", "tiff", "pdf.exe", "heic", "", "docx")


def windows_program() -> bytes:
    return imitate_program(Random("program"))


def generated() -> Iterator[Case]:
    named = {**_programs(), **_texts(), **_archives(), **_offices(), **_media()}
    for number, (name, content) in enumerate(named.items()):
        ending = ENDINGS[number % len(ENDINGS)]
        file_name = f"W-2 {number}.{ending}".rstrip(".")
        yield case(f"no document/{name}", content, NOT_A_DOCUMENT, file_name=file_name)


def _headed(head: bytes, size: int = 2000) -> bytes:
    return head + Random(head).randbytes(size)


def _programs() -> dict[str, bytes]:
    heads = {
        "a Linux program, 64 bits": b"\x7fELF\x02\x01\x01",
        "a Linux program, 32 bits": b"\x7fELF\x01\x01\x01",
        "a Mac program": b"\xcf\xfa\xed\xfe\x07\x00\x00\x01",
        "a Mac program, old": b"\xfe\xed\xfa\xce",
        "a Mac program for all machines": b"\xca\xfe\xba\xbe\x00\x00\x00\x02",
        "a Java class": b"\xca\xfe\xba\xbe\x00\x00\x00\x34",
        "a WebAssembly module": b"\x00asm\x01\x00\x00\x00",
        "an Android program": b"dex\n035\x00",
        "Python bytecode": b"\xa7\r\r\n\x00\x00\x00\x00",
        "a Windows shortcut": b"L\x00\x00\x00\x01\x14\x02\x00",
        "a Windows help file": b"ITSF\x03\x00\x00\x00",
        "an installer": OLE + b"Installer",
    }
    made = {name: _headed(head) for name, head in heads.items()}
    return made | {
        "a Windows program": windows_program(),
        "a virus test": EICAR,
        "a virus test with a line's end": EICAR + b"\r\n",
        "a DOS program": b"\xb4\x09\xba\x08\x01\xcd\x21\xc3Hello$",
    }


def _texts() -> dict[str, bytes]:
    return {
        "a shell script": b"#!/bin/sh\nrm -rf /\n",
        "a batch file": b"@echo off\r\nformat c: /y\r\n",
        "a PowerShell script": b"Invoke-WebRequest http://127.0.0.1/a | iex\n",
        "a Visual Basic script": b'CreateObject("WScript.Shell").Run "calc"\n',
        "a Python script": b"import os\nos.abort()\n",
        "a web page": b"<!DOCTYPE html><html><body><h1>W-2</h1></body></html>",
        "a web page with a script": b"<script>location='http://127.0.0.1'</script>",
        "a drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "XML that reads a file": b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        "XML that laughs": _laughing(),
        "a mail": b"From: a@b.test\nTo: c@d.test\nSubject: My W-2\n\nSee attached.\n",
        "a letter": b"Dear accountant,\n" * 50,
        "a table of commas": b"employee,wages\nA,100\n" * 20,
        "a spreadsheet's formula": b'=cmd|"/c calc"!A1\n',
        "JSON": b'{"form": "W-2", "box_1": 100}',
        "a bank's file": b"OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n<OFX></OFX>",
        "a tax program's file": b"V042\nAProgram\nD 11/22/2026\n^\n",
        "rich text": rb"{\rtf1\ansi W-2 {\object\objocx}}",
        "PostScript": b"%!PS-Adobe-3.0\n/a { a } def a\nshowpage\n",
        "encapsulated PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "a private key": b"-----BEGIN PRIVATE KEY-----\nnot a key\n-----END PRIVATE KEY-----\n",
        "a certificate": b"-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n",
        "a message under PGP": b"-----BEGIN PGP MESSAGE-----\n\nnone\n-----END PGP MESSAGE-----\n",
        "a shortcut to a page": b"[InternetShortcut]\nURL=http://127.0.0.1/\n",
        "UTF-16": "Dear accountant".encode("utf-16"),
        "a text from right to left": "דוח שכר שנתי".encode(),
        "emoji": "🧾💰".encode() * 20,
        "one byte": b"%",
        "a line's end": b"\n",
        "zeros": bytes(5000),
        "noise": Random("noise").randbytes(5000),
    }


def _laughing() -> bytes:
    entities = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    return f"<!DOCTYPE l [<!ENTITY l0 'ha'>{entities}]><l>&l9;</l>".encode()


def _archives() -> dict[str, Callable[[], bytes] | bytes]:
    heads = {
        "RAR": b"Rar!\x1a\x07\x01\x00",
        "7z": b"7z\xbc\xaf\x27\x1c",
        "CAB": b"MSCF\x00\x00\x00\x00",
        "an image of a disk": bytes(2000) + b"CD001",
        "ARJ": b"\x60\xea",
        "LZH": b"\x1a\x00-lh5-",
        "ACE": bytes(7) + b"**ACE**",
    }
    made: dict[str, Callable[[], bytes] | bytes] = {
        f"an archive, {name}": _headed(head) for name, head in heads.items()
    }
    return made | {
        "an archive, ZIP": _zipped({"w2.txt": b"inside"}),
        "an archive with a path trick": _zipped({"../../etc/passwd": b"root"}),
        "an archive that is a bomb": lambda: _zipped({"bomb": bytes(100 * 2**20)}),
        "an archive of archives": _zipped({"a.zip": _zipped({"b.zip": _zipped({"c": b"d"})})}),
        "an archive, cut off": _zipped({"w2.txt": b"inside"})[:30],
        "gzip": gzip.compress(b"inside", mtime=0),
        "gzip that is a bomb": lambda: gzip.compress(bytes(100 * 2**20), mtime=0),
        "bzip2": bzip(b"inside"),
        "xz": lzma(b"inside"),
        "tar": _tarred(),
    }


def _zipped(files: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def _tarred() -> bytes:
    target = BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../../etc/passwd"), BytesIO())
    return target.getvalue()


def _offices() -> dict[str, bytes]:
    types = b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
    return {
        "Word": _zipped({"[Content_Types].xml": types, "word/document.xml": b"<w:document/>"}),
        "Word with macros": _zipped({"word/vbaProject.bin": OLE, "word/document.xml": b"<a/>"}),
        "Excel": _zipped({"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>"}),
        "PowerPoint": _zipped({"ppt/presentation.xml": b"<p/>"}),
        "OpenDocument": _zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        "Pages": _zipped({"Index/Document.iwa": b"\x00"}),
        "XPS": _zipped({"FixedDocumentSequence.fdseq": b"<a/>"}),
        "old Word": _headed(OLE + b"WordDocument"),
        "old Excel": _headed(OLE + b"Workbook"),
        "Outlook's message": _headed(OLE + b"__substg1.0"),
        "QuickBooks' backup": _headed(OLE + b"QuickBooks"),
        "a database": _headed(b"SQLite format 3\x00"),
        "Access": _headed(b"\x00\x01\x00\x00Standard Jet DB"),
        "DjVu": _headed(b"AT&TFORM"),
    }


def _media() -> dict[str, bytes]:
    """Pictures of kinds nobody sends a firm are among them: fewer decoders, fewer faults."""
    heads = {
        "a film, MP4": b"\x00\x00\x00\x18ftypmp42",
        "a film, MKV": b"\x1a\x45\xdf\xa3",
        "a film, AVI": b"RIFF\x00\x10\x00\x00AVI LIST",
        "a sound, WAV": b"RIFF\x00\x10\x00\x00WAVEfmt ",
        "a sound, MP3": b"ID3\x03\x00",
        "a sound, OGG": b"OggS\x00\x02",
        "Photoshop": b"8BPS\x00\x01"
        + bytes(6)
        + b"\x00\x03\x00\x00\x00\x09\x00\x00\x00\x09\x00\x08\x00\x03",
        "an icon": b"\x00\x00\x01\x00\x01\x00\x10\x10",
        "a cursor": b"\x00\x00\x02\x00\x01\x00\x10\x10",
        "PCX": b"\x0a\x05\x01\x08" + bytes(60),
        "Targa": b"\x00\x00\x02" + bytes(9) + b"\x09\x00\x09\x00\x18\x00",
        "JPEG 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n\x00\x00\x00\x14ftypjp2 ",
        "JPEG XL": b"\xff\x0a",
        "AVIF": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1",
        "a metafile": b"\xd7\xcd\xc6\x9a\x00\x00",
        "a medical picture": bytes(128) + b"DICM",
        "an astronomer's picture": b"SIMPLE  =                    T",
        "a texture": b"DDS |\x00\x00\x00",
        "a plain bitmap": b"P6 9 9 255\n",
        "a font": b"\x00\x01\x00\x00\x00\x0c\x00\x80",
    }
    return {name: _headed(head) for name, head in heads.items()}
