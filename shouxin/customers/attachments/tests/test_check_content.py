"""What a file is, is decided by its content; whatever is hostile, damaged or two things at once is refused."""

import io
import zipfile

import pytest
from PIL import Image

from shouxin.customers.attachments import content, packages, pages, pictures
from shouxin.customers.attachments.content import ContentProblem, accept, clean_name
from shouxin.customers.attachments.tests import cast

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
SCRIPTED = cast.joined(
    [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /JavaScript << /Names [(a) 4 0 R] >> >> >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
    ]
)
EMBEDDED = cast.joined(
    [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a.exe) 4 0 R] >> >> >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        b"<< /Type /Filespec /F (a.exe) /EF << /F 5 0 R >> >>",
        b"<< /Type /EmbeddedFile /Length 2 >>\nstream\nMZ\nendstream",
    ]
)


def refused(name: str, given: bytes) -> str:
    with pytest.raises(ContentProblem) as problem:
        accept(name, given)
    assert problem.value.text.zh
    return problem.value.code


@pytest.mark.parametrize(
    ("name", "given", "media_type"),
    [
        ("合同.pdf", cast.pdf(), content.PDF),
        ("照片.JPG", cast.picture("JPEG"), content.JPEG),
        ("照片.jpeg", cast.picture("JPEG"), content.JPEG),
        ("图.png", cast.picture("PNG"), content.PNG),
        ("图.webp", cast.picture("WEBP"), content.WEBP),
        ("扫描.tif", cast.picture("TIFF"), content.TIFF),
        ("合同.docx", cast.docx(), content.DOCX),
        ("清单.xlsx", cast.xlsx([["a"]]), content.XLSX),
    ],
)
def test_each_kind_is_known_by_its_content(name: str, given: bytes, media_type: str) -> None:
    assert accept(name, given).media_type == media_type


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("空.pdf", b"", "empty"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "type.unknown"),
        ("图.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "type.unknown"),
        ("页.html", b"<!DOCTYPE html><script>alert(1)</script>", "type.unknown"),
        ("程序.exe", b"MZ" + b"\0" * 200, "type.unknown"),
        ("程序.pdf", b"MZ" + b"\0" * 200, "type.unknown"),
        ("脚本.sh", b"#!/bin/sh\nrm -rf /\n", "type.unknown"),
        ("包.zip", cast.docx(), "type.mismatch"),
        ("动图.gif", cast.picture("GIF"), "type.unknown"),
        ("照片.pdf", cast.picture("JPEG"), "type.mismatch"),
        ("合同.jpg", cast.pdf(), "type.mismatch"),
        ("合同.pdf.exe", cast.pdf(), "type.mismatch"),
        ("没有扩展名", cast.pdf(), "type.mismatch"),
        ("清单.xlsx", cast.docx(), "type.mismatch"),
        ("旧.doc", OLE, "office.old"),
        ("旧.docx", OLE, "office.old"),
        ("锁.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "office.locked"),
        ("手机.heic", b"\0\0\0\x18ftypheic" + b"\0" * 100, "type.heic"),
    ],
)
def test_what_is_not_on_the_list_or_not_what_it_says_is_refused(name: str, given: bytes, code: str) -> None:
    assert refused(name, given) == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (cast.pdf()[:-40], "pdf.broken"),
        (b"%PDF-1.7\n%%EOF\n", "pdf.broken"),
        (SCRIPTED, "pdf.active"),
        (EMBEDDED, "pdf.active"),
        (cast.pdf() + cast.docx(), "type.two_at_once"),
        (cast.pdf() + b"<script>alert(1)</script>", "type.two_at_once"),
    ],
)
def test_a_pdf_that_is_damaged_active_or_something_else_as_well_is_refused(given: bytes, code: str) -> None:
    assert refused("合同.pdf", given) == code


def test_a_pdf_of_very_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGES", 2)
    assert refused("合同.pdf", cast.pdf(3)) == "pdf.too_long"


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"word__vbaProject_dot_bin": b"x"}, "office.active"),
        ({"word__activeX__activeX1_dot_xml": "<a/>"}, "office.active"),
        ({"word__embeddings__oleObject1_dot_bin": b"x"}, "office.active"),
        ({"word__extra_dot_xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, "office.active"),
        (
            {
                "[Content_Types]_dot_xml": cast.TYPES.replace(
                    "application/xml", "application/x.macroEnabled.main+xml"
                )
            },
            "office.active",
        ),
        (
            {
                "word___rels__settings_dot_xml_dot_rels": '<Relationships><Relationship Type="http://x/attachedTemplate"'
                ' Target="https://evil.example/t.dotm" TargetMode="External"/></Relationships>'
            },
            "office.active",
        ),
        ({"__etc__passwd": "x"}, "office.broken"),
        ({"word__..__..__x": "x"}, "office.broken"),
    ],
)
def test_a_document_with_anything_that_runs_or_strays_is_refused(
    part: dict[str, str | bytes], code: str
) -> None:
    assert refused("合同.docx", cast.docx(**part)) == code


def test_a_package_that_unpacks_to_far_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "UNPACKED", 100_000)
    bomb = cast.docx(word__big_dot_xml=b"0" * 200_000)
    assert len(bomb) < 5000
    assert refused("合同.docx", bomb) == "office.bomb"


def test_a_package_that_lies_about_its_sizes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "UNPACKED", 100_000)
    bomb = cast.docx(word__big_dot_xml=b"0" * 200_000)
    small = bomb.replace((200_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert small != bomb
    assert refused("合同.docx", small) in {"office.bomb", "office.broken"}


def test_a_package_with_something_before_or_after_it_is_refused() -> None:
    assert refused("合同.docx", cast.docx() + b"trailing") == "type.two_at_once"
    commented = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(cast.docx())) as old, zipfile.ZipFile(commented, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.comment = b"<script>alert(1)</script>"
    assert refused("合同.docx", commented.getvalue()) == "type.two_at_once"


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = cast.picture("PNG", size=(3000, 3000))
    monkeypatch.setattr(pictures, "PIXELS", 1_000_000)
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("unpacked"))
    assert refused("图.png", bomb) == "picture.too_many_pixels"


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_that_is_cut_short_is_refused(name: str) -> None:
    whole = cast.picture(name, size=(400, 300))
    assert refused(f"图.{name.lower()}", whole[: len(whole) // 2]) == "picture.broken"


def test_a_moving_picture_is_refused() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    assert refused("图.webp", out.getvalue()) == "picture.moving"


def test_names_lose_folders_and_what_cannot_be_seen() -> None:
    assert clean_name("../../etc/passwd") == "passwd"
    assert clean_name("C:\\Users\\王芳\\合同.pdf") == "合同.pdf"
    assert clean_name("合同\u202efdp.exe") == "合同fdp.exe"
    assert clean_name("a\x00b\n.pdf") == "ab.pdf"
    assert len(clean_name("长" * 500 + ".pdf")) <= content.NAME_LONGEST
    with pytest.raises(ContentProblem):
        clean_name(" /..")


def test_a_part_in_another_encoding_hides_nothing() -> None:
    hidden = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert refused("合同.docx", cast.docx(word__extra_dot_xml=hidden.encode("utf-16"))) == "office.broken"


def test_a_pdf_that_runs_something_when_it_is_opened_is_refused() -> None:
    opening = cast.joined(
        [
            b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (cmd.exe) >> >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        ]
    )
    assert refused("合同.pdf", opening) == "pdf.active"
