"""The hostile-upload corpus: files as they come from careless and from bad hands, each with what it gets (docs/hostile-uploads.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.documents.hostile import files as f

MB = 1024 * 1024
TAKEN = "taken"


@dataclass(frozen=True)
class Case:
    """One upload: what it is, the name it comes under, how it is made, and what it gets: a refusal's code, or TAKEN."""

    what: str
    file_name: str
    make: Callable[[], bytes]
    gets: str


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(1)</script></html>"
DTD = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
VBA = f.types("application/vnd.ms-word.document.macroEnabled.main+xml")
TEMPLATE = f.types(f"{f.CONTENT_TYPES}wordprocessingml.template.main+xml")
BOTH = f.types(f.WORD_MAIN, extra=f'<Override PartName="/b.xml" ContentType="{f.SHEET_MAIN}"/>')
BOOK = "word/embeddings/b.xlsx"
MANY = {f"xl/{n}.xml": "x" for n in range(240)}
ZEROS = b"\x00" * (60 * MB)

CASES = (
    # what is not there or not taken at all
    Case("tệp rỗng", "a.pdf", lambda: b"", "empty"),
    Case("PDF hơn 20 MB", "a.pdf", lambda: f.PDF + b"%" * (20 * MB), "too_large"),
    Case("chương trình Windows đổi tên thành PDF", "a.pdf", lambda: b"MZ\x90\x00" + b"\x00" * 200, "wrong_type"),
    Case("chương trình Linux không có đuôi", "a", lambda: b"\x7fELF" + b"\x00" * 200, "wrong_type"),
    Case("trang HTML đổi tên thành PDF", "a.pdf", lambda: HTML, "wrong_type"),
    Case("HTML đứng trước một PDF thật", "a.pdf", lambda: HTML + b"\n" + f.PDF, "wrong_type"),
    Case("HTML mang chữ %PDF ở đầu", "a.pdf", lambda: b"%PDF-1.4\n" + HTML, "damaged"),
    Case("ảnh SVG có mã chạy", "a.svg", lambda: SVG, "wrong_type"),
    Case("ảnh SVG đổi tên thành PNG", "a.png", lambda: SVG, "wrong_type"),
    Case("ảnh GIF", "a.gif", lambda: b"GIF89a" + b"\x00" * 50, "wrong_type"),
    Case("ảnh GIF đổi tên thành JPG", "a.jpg", lambda: b"GIF89a" + b"\x00" * 50, "wrong_type"),
    Case("tệp chữ", "a.txt", "Biên bản".encode, "wrong_type"),
    Case("tệp lệnh", "a.bat", lambda: b"@echo off\r\ndel *", "wrong_type"),
    Case("lối tắt Windows", "a.lnk", lambda: b"L\x00\x00\x00\x01\x14\x02\x00", "wrong_type"),
    Case("tệp RAR", "a.rar", lambda: b"Rar!\x1a\x07\x00", "wrong_type"),
    Case("toàn byte 0", "a.pdf", lambda: b"\x00" * 1000, "wrong_type"),
    Case("mẫu thử của phần mềm diệt mã độc", "a.pdf", lambda: f.EICAR, "wrong_type"),
    # names
    Case("PDF thật mang đuôi .exe", "a.exe", lambda: f.PDF, "wrong_type"),
    Case("PDF thật mang đuôi kép .pdf.html", "a.pdf.html", lambda: f.PDF, "wrong_type"),
    Case("PDF thật mang đuôi .docx", "a.docx", lambda: f.PDF, "wrong_ending"),
    Case("PNG thật mang đuôi .jpg", "a.jpg", lambda: f.picture("PNG"), "wrong_ending"),
    Case("JPG thật mang đuôi .png", "a.png", lambda: f.picture("JPEG"), "wrong_ending"),
    Case("Word thật mang đuôi .xlsx", "a.xlsx", f.word, "wrong_ending"),
    Case("Excel thật mang đuôi .docx", "a.docx", f.sheet, "wrong_ending"),
    Case("Word thật mang đuôi .docm", "a.docm", f.word, "wrong_type"),
    Case("Word thật mang đuôi .pdf", "a.pdf", f.word, "wrong_ending"),
    Case("PDF thật, tên có ký tự đảo chiều (RTL)", "Biên bản\u202efdp.exe.pdf", lambda: f.PDF, TAKEN),
    Case("PDF thật, tên có byte 0 trước đuôi", "a.exe\x00.pdf", lambda: f.PDF, TAKEN),
    Case("PDF thật, tên có đường dẫn ../", "../../etc/passwd.pdf", lambda: f.PDF, TAKEN),
    Case("PDF thật, không có đuôi", "Biên bản", lambda: f.PDF, TAKEN),
    # PDF
    Case("PDF bị cắt cụt", "a.pdf", lambda: f.PDF[:400], "damaged"),
    Case("PDF chỉ có dòng đầu", "a.pdf", lambda: b"%PDF-1.7\n", "damaged"),
    Case("PDF không có trang nào", "a.pdf", lambda: f.PDF.replace(b"/Kids [3 0 R] /Count 1", b"/Kids [] /Count 0    "), "damaged"),
    Case("PDF có trang chứa chính nó", "a.pdf", f.pdf_in_circles, "damaged"),
    Case("PDF có mật khẩu mở", "a.pdf", lambda: f.pdf_locked("mat-khau"), "old_or_locked"),
    Case("PDF khoá sửa, mở không cần mật khẩu", "a.pdf", lambda: f.pdf_locked(""), "old_or_locked"),
    Case("PDF có JavaScript", "a.pdf", f.pdf_with_script, "active"),
    Case("PDF chạy JavaScript khi mở", "a.pdf", lambda: f.pdf_that_opens(f.action("JavaScript", JS="app.alert(1)")), "active"),
    Case("PDF mở chương trình khi mở", "a.pdf", lambda: f.pdf_that_opens(f.action("Launch", F="cmd.exe")), "active"),
    Case("PDF gửi biểu mẫu khi bấm", "a.pdf", lambda: f.pdf_with_note(f.action("SubmitForm", F="http://x.example")), "active"),
    Case("PDF mở chương trình khi bấm", "a.pdf", lambda: f.pdf_with_note(f.action("Launch", F="cmd.exe")), "active"),
    Case("PDF có biểu mẫu động (XFA)", "a.pdf", f.pdf_with_form, "active"),
    Case("PDF có liên kết web thường", "a.pdf", lambda: f.pdf_with_note(f.action("URI", URI="https://kiengiang.gov.vn")), TAKEN),
    Case("PDF đính kèm chương trình", "a.pdf", f.pdf_with_attachment, "attachments"),
    Case("PDF đính kèm một PDF", "a.pdf", lambda: f.pdf_with_attachment("b.pdf", f.PDF), "attachments"),
    Case("PDF ghép với tệp nén", "a.pdf", lambda: f.PDF + f.packed({"a.exe": b"MZ"}), "two_in_one"),
    Case("PDF bung ra 150 MB", "a.pdf", f.pdf_inflating, "damaged"),
    # pictures
    Case("PNG bị cắt cụt", "a.png", lambda: f.picture("PNG", (300, 300))[:-60], "damaged"),
    Case("JPG bị cắt cụt", "a.jpg", lambda: f.picture("JPEG", (300, 300))[:-200], "damaged"),
    Case("PNG chỉ có chữ ký đầu", "a.png", lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "damaged"),
    Case("JPG chỉ có chữ ký đầu", "a.jpg", lambda: b"\xff\xd8\xff" + b"\x00" * 100, "damaged"),
    Case("PNG khai 4 tỷ điểm ảnh", "a.png", lambda: f.png_of(65_000, 65_000), "huge_picture"),
    Case("PNG khai 100 triệu điểm ảnh", "a.png", lambda: f.png_of(10_000, 10_000), "huge_picture"),
    Case("PNG khai nhiều điểm ảnh hơn dữ liệu", "a.png", lambda: f.png_of(5_000, 5_000), "damaged"),
    Case("JPG ghép với tệp nén", "a.jpg", lambda: f.picture("JPEG") + f.packed({"a.html": HTML}), "two_in_one"),
    Case("JPG có mã PHP ở cuối", "a.jpg", lambda: f.picture("JPEG") + b"<?php system($_GET[0]); ?>", TAKEN),
    # Word and Excel
    Case("Word cũ (.doc)", "a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "old_or_locked"),
    Case("Word có mật khẩu (vỏ OLE)", "a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "old_or_locked"),
    Case("Word có macro", "a.docx", lambda: f.word({"word/vbaProject.bin": b"\xd0\xcf"}), "macros"),
    Case("Word có macro, viết hoa khác", "a.docx", lambda: f.word({"WORD/VBAPROJECT.BIN": b"\xd0\xcf"}), "macros"),
    Case("Word có macro dưới tên khác", "a.docx", lambda: f.word({"word/anh.bin": b"\xd0\xcf"}, listed=VBA), "macros"),
    Case("Word nối macro qua quan hệ", "a.docx", f.word_calling("vbaProject", "x.bin", mode="Internal"), "macros"),
    Case("Word gọi mẫu từ máy khác", "a.docx", f.word_calling("attachedTemplate", "http://x.example/a.dotm"), "macros"),
    Case("Word gọi mẫu qua đường dẫn mạng", "a.docx", f.word_calling("attachedTemplate", "\\\\x.example\\a.dotm"), "macros"),
    Case("Word gọi đối tượng từ máy khác", "a.docx", f.word_calling("oleObject", "mhtml:http://x.example!x"), "macros"),
    Case("Word dùng mẫu trên máy người soạn", "a.docx", f.word_calling("attachedTemplate", "file:///C:/Mau/Normal.dotm"), TAKEN),
    Case("Word có liên kết web thường", "a.docx", f.word_calling("hyperlink", "https://kiengiang.gov.vn"), TAKEN),
    Case("Word có trường DDE", "a.docx", lambda: f.word({"word/a.xml": "<w:instrText> DDEAUTO cmd</w:instrText>"}), "macros"),
    Case("Excel có liên kết DDE", "a.xlsx", lambda: f.sheet({"xl/externalLinks/e.xml": '<ddeLink ddeService="cmd"/>'}), "macros"),
    Case("Excel có trang macro kiểu cũ", "a.xlsx", lambda: f.sheet({"xl/macrosheets/sheet1.xml": "<x/>"}), "macros"),
    Case("Word có nút điều khiển ActiveX", "a.docx", lambda: f.word({"word/activeX/activeX1.bin": b"x"}), "macros"),
    Case("Word nhúng chương trình", "a.docx", lambda: f.word({"word/embeddings/a.exe": b"MZ"}), "attachments"),
    Case("Word nhúng đối tượng OLE", "a.docx", lambda: f.word({"word/embeddings/oleObject1.bin": b"\xd0\xcf"}), "attachments"),
    Case("Word nhúng bảng tính của biểu đồ", "a.docx", lambda: f.word({BOOK: f.sheet()}), TAKEN),
    Case("Word nhúng bảng tính có macro", "a.docx", lambda: f.word({BOOK: f.sheet({"xl/vbaProject.bin": b"x"})}), "macros"),
    Case("Word nhúng bảng tính trong bảng tính", "a.docx", lambda: f.word({BOOK: f.sheet({f"xl{BOOK[4:]}": f.sheet()})}), "attachments"),
    Case("Word là mẫu (.dotx) đổi đuôi", "a.docx", lambda: f.word(listed=TEMPLATE), "wrong_type"),
    Case("vừa khai là Word vừa khai là Excel", "a.docx", lambda: f.word(listed=BOTH), "wrong_type"),
    Case("tệp nén thường đổi tên thành Word", "a.docx", lambda: f.packed({"a.txt": "x"}), "wrong_type"),
    Case("tệp nén đuôi .zip", "a.zip", f.word, "wrong_type"),
    Case("Word có khai báo DTD (bom thực thể)", "a.docx", lambda: f.word(listed=f.types(f.WORD_MAIN, before=DTD)), "damaged"),
    Case("Word bị cắt cụt", "a.docx", lambda: f.word()[:-40], "damaged"),
    Case("Word hỏng một byte dữ liệu", "a.docx", f.word_with_a_wrong_byte, "damaged"),
    # zip tricks
    Case("bom nén: 60 MB số 0", "a.docx", lambda: f.word({"word/a.bin": ZEROS}), "bomb"),
    Case("bom nén: 3.000 tệp con", "a.docx", lambda: f.word({f"word/{n}.xml": "x" for n in range(3_000)}), "bomb"),
    Case("bom nén: 240 tệp con, tổng 240 MB", "a.xlsx", lambda: f.lying_about_size(f.sheet(MANY), MB - 1), "bomb"),
    Case("mục lục zip 40.000 dòng", "a.docx", f.huge_directory, "bomb"),
    Case("zip khai sai kích thước", "a.docx", lambda: f.lying_about_size(f.word(), 10), "damaged"),
    Case("zip có tên ../", "a.docx", lambda: f.word({"../../a.xml": "x"}), "damaged"),
    Case("zip có tên ..\\", "a.docx", lambda: f.renamed(f.word({"word/xxxx.xml": "x"}), "word/xxxx.xml", "word\\..\\x.xml"), "damaged"),
    Case("zip có tên tuyệt đối", "a.docx", lambda: f.word({"/etc/passwd": "x"}), "damaged"),
    Case("zip có tên ổ đĩa C:", "a.docx", lambda: f.word({"C:/a.xml": "x"}), "damaged"),
    Case("zip có hai tệp cùng tên", "a.docx", lambda: f.renamed(f.word({"word/documenT.xml": "x"}), "documenT", "document"), "damaged"),
    Case("zip đặt mật khẩu cho tệp con", "a.docx", f.word_with_locked_member, "old_or_locked"),
    Case("zip dùng kiểu nén lạ", "a.docx", f.packed_strangely, "damaged"),
    # what must still be taken
    Case("PDF thật", "Tờ trình số 1.pdf", lambda: f.PDF, TAKEN),
    Case("PNG thật", "a.PNG", lambda: f.picture("PNG"), TAKEN),
    Case("JPG thật", "a.jpeg", lambda: f.picture("JPEG"), TAKEN),
    Case("Word thật", "a.docx", f.word, TAKEN),
    Case("Excel thật", "a.xlsx", f.sheet, TAKEN),
)
"""Grouped: not taken at all; names; PDF; pictures; Word and Excel; zip tricks; what must still be taken."""
