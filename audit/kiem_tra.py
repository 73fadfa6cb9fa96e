"""The checker that travels with an export of the record: one file, the standard library alone, Python 3.8 or later.

    python3 kiem_tra.py                          the export in the folder of this file
    python3 kiem_tra.py BANG-CHUNG.json          the proof of one dossier
    ... --moc THU.eml --khoa KHOA                checkpoints and letters kept elsewhere; the key known from elsewhere

Nothing here comes from the service: the format is written down a second time, after RFC 8785, 6962, 8032 and C2SP signed-note.
"""

from __future__ import annotations

import argparse
import base64
import email.policy
import hashlib
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any, Iterator, Sequence, Tuple

Key = Tuple[str, bytes, bytes]  # name, id and bytes
FIELDS = {"v", "seq", "ts", "actor", "unit", "capacity", "action", "obj", "from", "to", "clause", "detail", "req", "ver", "result"}
FIELDS |= {"source", "campaign", "dossier", "prev"}
NOTE = re.compile(r"([^\s+]+)\s+([1-9][0-9]*)\s+([A-Za-z0-9+/]{43}=)\s+—\s+([^\s+]+)\s+([A-Za-z0-9+/]{91}=)")
JOURNAL = re.compile(r"Mã nhật ký:\s*([1-9][0-9]*)-([0-9a-f]{16})(?![0-9a-f])")

# Ed25519, RFC 8032 section 5.1: points in extended coordinates (X, Y, Z, T)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
VECTORS = (
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
)  # fmt: skip
"""RFC 8032, 7.1: public key, message, signature."""


class Broken(Exception):
    """Something is not as it was written; the message says what, in Vietnamese."""


def add(p: Any, q: Any) -> Any:
    """The sum of two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Any) -> Any:
    """A multiple of a point."""
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def point_of(encoded: bytes) -> Any:
    """The point of 32 bytes, or None when they are none."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x * ROOT_OF_MINUS_ONE % P if (x * x - square) % P else x
    if (x * x - square) % P or (not x and sign):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature of 64 bytes is that of a key over a message."""
    key, r, s = point_of(public), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, key))
    return not (left[0] * right[2] - right[0] * left[2]) % P and not (left[1] * right[2] - right[1] * left[2]) % P


def test_itself() -> None:
    """Refuse to judge anything unless the published vectors hold and a changed message does not."""
    for vector in VECTORS:
        public, message, signature = map(bytes.fromhex, vector)
        if not signed(public, message, signature) or signed(public, message + b"x", signature):
            raise Broken("Trình kiểm tra không đúng: véc-tơ thử RFC 8032 không khớp.")


def key_of(text: str) -> Key:
    """Read a verifier key."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        content = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise Broken("Khoá công khai không đọc được.") from None
    if len(content) != 33 or content[:1] != b"\x01" or key_id != hashlib.sha256(name.encode() + b"\n" + content).hexdigest()[:8]:
        raise Broken("Khoá công khai không đúng dạng.")
    return name, bytes.fromhex(key_id), content[1:]


def checkpoints_in(text: str, keys: Sequence[Key], source: str) -> Iterator[tuple[int, bytes, str]]:
    """Size, root and source of every checkpoint in a text. Every one that bears a name we know must be signed by a key we know."""
    for origin, size, root, name, line in NOTE.findall(re.sub(r"(?m)^[> \t]+", "", text.replace("\r", ""))):
        signature, message = base64.b64decode(line), f"{origin}\n{size}\n{root}\n".encode()
        fitting = [public for known, key_id, public in keys if known == name == origin and key_id == signature[:4]]
        if any(known == name for known, _, _ in keys):
            if not any(signed(public, message, signature[4:]) for public in fitting):
                raise Broken(f"Mốc {dotted(int(size))} bản ghi ({source}) không do khoá công khai này ký.")
            yield int(size), base64.b64decode(root), source


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    """The texts of a file, of every file in a folder, or of a saved mail."""
    for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
        if file.suffix.lower() == ".eml":
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for part in mail.walk():
                if part.get_content_type() == "text/plain":
                    yield file.name, part.get_content()
        else:
            yield file.name, file.read_text(encoding="utf-8", errors="replace")


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(edge: list[bytes | None], leaf: bytes) -> None:
    """Add a leaf to the right edge of a tree: a list with the hash of a whole subtree, or None, for each power of two."""
    level = 0
    while level < len(edge) and (left := edge[level]) is not None:
        leaf, edge[level], level = node(left, leaf), None, level + 1
    edge[level : level + 1] = [leaf]


def root_of(edge: list[bytes | None]) -> bytes:
    """The root over a tree's right edge."""
    folded = None
    for part in edge:
        if part is not None:
            folded = part if folded is None else node(part, folded)
    return hashlib.sha256(b"").digest() if folded is None else folded


def include(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """RFC 9162, 2.1.3.2: the root to which the path of a leaf leads; None when the path has another length."""
    last, folded = size - 1, leaf
    for sibling in path:
        if not last:
            return None
        if index & 1 or index == last:
            folded = node(sibling, folded)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            folded = node(folded, sibling)
        index, last = index >> 1, last >> 1
    return folded if not last else None


def plain(value: object) -> bool:
    """Whether a value has one spelling: no number but whole ones, text in NFC, names in ASCII."""
    if isinstance(value, str):
        return value.isascii() or unicodedata.is_normalized("NFC", value)
    if isinstance(value, dict):
        return all(name.isascii() and plain(item) for name, item in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    return value is None or (isinstance(value, int) and abs(value) < 2**53)


def record_of(entry: Any, number: int) -> tuple[dict[str, Any], bytes, bool]:
    """An entry checked by itself: its record, its leaf, whether its detail is there. `entry` is a line of JSON or what it says."""
    try:
        entry = json.loads(entry) if isinstance(entry, str) else entry
        text, told, detail = entry["rec"], entry["hash"], entry.get("detail")
        leaf = hashlib.sha256(b"\x00" + text.encode()).digest()
        rec = json.loads(text)
        spelt = json.dumps(rec, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = None if detail is None else hashlib.sha256(bytes.fromhex(entry["salt"]) + detail.encode()).hexdigest()
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Broken(f"bản ghi {number}: không đúng dạng.") from None
    if leaf.hex() != told:
        raise Broken(f"bản ghi {number}: nội dung không khớp mã băm.")
    if not isinstance(rec, dict) or set(rec) != FIELDS or spelt != text or not plain(rec) or rec["v"] != 1:
        raise Broken(f"bản ghi {number}: không đúng dạng chuẩn.")
    if rec["seq"] != number or entry.get("seq") != number:
        raise Broken(f"bản ghi {number}: số thứ tự không liên tục.")
    if digest not in (None, rec["detail"]):
        raise Broken(f"bản ghi {number}: chi tiết không khớp mã băm.")
    return rec, leaf, detail is not None


def check_export(folder: Path, more: Sequence[Path], keys: Sequence[Key]) -> str:
    """Check an export: every entry, the chain, every checkpoint. Gives what to say."""
    own = (folder / "moc.txt").read_text(encoding="utf-8")
    roots = list(checkpoints_in(own, keys, "moc.txt"))
    leaves = []
    for place in more:
        for source, text in texts_of(place):
            roots += checkpoints_in(text, keys, source)
            leaves += [(int(seq), begun, source) for seq, begun in JOURNAL.findall(text)]
    due = sorted([(size, root, "", source) for size, root, source in roots] + [(seq, b"", begun, source) for seq, begun, source in leaves])
    edge: list[bytes | None] = []
    before, number, vouched, details = "0" * 64, 0, 0, 0
    with (folder / "nhat-ky.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            rec, leaf, detailed = record_of(line, number)
            if rec["prev"] != before:
                raise Broken(f"bản ghi {number}: không nối tiếp bản ghi trước.")
            before, details = leaf.hex(), details + detailed
            grow(edge, leaf)
            while due and due[0][0] <= number:
                size, root, begun, source = due.pop(0)
                if (root and root_of(edge) != root) or (size == number and not leaf.hex().startswith(begun)):
                    what = "mốc kiểm tra" if root else "mã nhật ký trong thư"
                    raise Broken(f"bản ghi từ {vouched + 1} đến {size}: đã bị viết lại, khác {what} ({source}).")
                vouched = size
    if due:
        raise Broken(f"bản ghi {number + 1}: thiếu; {due[-1][3]} xác nhận đến bản ghi {due[-1][0]}.")
    if not roots or max(roots)[0] < number:
        raise Broken(f"bản ghi {vouched + 1}: không mốc nào xác nhận các bản ghi từ đây đến cuối.")
    said = f"Nguyên vẹn: {dotted(number)} bản ghi, {dotted(len({size for size, _, _ in roots}))} mốc khớp"
    said += f", {dotted(len(leaves))} mã nhật ký trong thư khớp." if leaves else "."
    return f"{said}\nChi tiết có trong bản xuất, khớp mã băm: {dotted(details)}.\nMã băm cuối: {before}"


def check_proof(proof: dict[str, Any], keys: Sequence[Key]) -> str:
    """Check the proof of one dossier. Gives what to say."""
    found = list(checkpoints_in(proof["moc"], keys, "bằng chứng"))
    if len(found) != 1 or not proof["ban_ghi"]:
        raise Broken("Bằng chứng không có mốc kiểm tra hoặc không có bản ghi.")
    size, root, _ = found[0]
    dossiers, numbers = set(), [entry["seq"] for entry in proof["ban_ghi"]]
    for number, entry in zip(numbers, proof["ban_ghi"]):
        rec, leaf, detailed = record_of(entry, number)
        if detailed and rec["action"] == "dossier.open" and json.loads(entry["detail"])["code"] != proof["ho_so"]:
            raise Broken(f"bản ghi {number}: mở hồ sơ khác, không phải hồ sơ {proof['ho_so']}.")
        if not 0 < number <= size or include(leaf, number - 1, size, [bytes.fromhex(h) for h in entry["duong_dan"]]) != root:
            raise Broken(f"bản ghi {number}: không nằm trong nhật ký mà mốc xác nhận.")
        dossiers.add(rec["dossier"])
    if len(dossiers) != 1 or None in dossiers or numbers != sorted(set(numbers)):
        raise Broken("Các bản ghi không phải là của một hồ sơ, mỗi bản ghi một lần.")
    told = f"{dotted(len(numbers))} bản ghi của hồ sơ {proof['ho_so']} (số {dossiers.pop()})"
    return f"Đúng: {told} nằm nguyên vẹn trong nhật ký {dotted(size)} bản ghi mà mốc xác nhận."


def dotted(number: int) -> str:
    """A number as Vietnamese writes it: 100.000."""
    return f"{number:,}".replace(",", ".")


def run(arguments: argparse.Namespace) -> str:
    """Check what was asked for. Gives what to say."""
    test_itself()
    place = arguments.noi_kiem_tra
    proof = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else None
    given = (place / "khoa.txt").read_text(encoding="utf-8") if proof is None else proof["khoa"]
    keys = [key_of(Path(text).read_text(encoding="utf-8") if Path(text).is_file() else text) for text in arguments.khoa or [given]]
    said = check_export(place, arguments.moc, keys) if proof is None else check_proof(proof, keys)
    advice = f"\nKhoá công khai: {given.strip()}\nHãy so với khoá trong các thư mốc kiểm tra đã nhận, hoặc chạy lại với --khoa."
    return said if arguments.khoa else said + advice


def main(argv: Sequence[str] | None = None) -> int:
    """The command. Gives the exit code: 0 intact, 1 not, 2 when there is nothing that can be checked."""
    parser = argparse.ArgumentParser(description="Kiểm tra nhật ký đã xuất, không cần hệ thống.")
    here = Path(__file__).resolve().parent
    parser.add_argument("noi_kiem_tra", nargs="?", type=Path, default=here, help="thư mục xuất, hoặc tệp bằng chứng")
    parser.add_argument("--moc", action="append", type=Path, default=[], help="tệp hoặc thư mục chứa mốc, thư đã lưu ở nơi khác")
    parser.add_argument("--khoa", action="append", help="khoá công khai đã biết từ trước, hoặc tệp chứa khoá")
    arguments = parser.parse_args(argv)
    try:
        said, code = run(arguments), 0
    except Broken as broken:
        said, code = (f"Không nguyên vẹn: {broken}" if str(broken).startswith("bản ghi") else str(broken)), 1
    except (OSError, ValueError, TypeError, KeyError) as error:
        said, code = f"Không kiểm tra được: {error}", 2
    sys.stdout.buffer.write(f"{said}\n".encode())
    return code


if __name__ == "__main__":
    sys.exit(main())
