"""The tree against the published vectors of RFC 6962 (certificate-transparency's reference: eight leaves), and against its definition."""

from __future__ import annotations

import hashlib

import pytest

from audit.merkle import EMPTY_ROOT, ProofWrong, Tree, consistency_spans, inclusion_spans, verify_consistency, verify_inclusion

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}


def leaf(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


PUBLISHED = [leaf(bytes.fromhex(content)) for content in LEAVES]
MANY = [leaf(bytes([number, number * 7 % 256])) for number in range(65)]


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def grown(leaves: list[bytes], wanted: list[tuple[int, int]] | None = None, batch: int = 3) -> Tree:
    tree = Tree(wanted or [])
    for start in range(0, len(leaves), batch):
        tree.extend(leaves[start : start + batch])
    return tree


def proof(leaves: list[bytes], spans: list[tuple[int, int]], batch: int = 3) -> list[bytes]:
    tree = grown(leaves, spans, batch)
    return [tree.hash_of(span) for span in spans]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_the_published_ones(size: int) -> None:
    assert grown(PUBLISHED[:size]).root().hex() == ROOTS[size]
    assert ROOTS[0] == EMPTY_ROOT


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_inclusion_proofs_are_the_published_ones(index: int, size: int) -> None:
    found = proof(PUBLISHED[:size], inclusion_spans(index, size))

    assert [node.hex() for node in found] == INCLUSION[index, size]
    verify_inclusion(PUBLISHED[index], index, size, found, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "size"), CONSISTENCY)
def test_the_consistency_proofs_are_the_published_ones(old: int, size: int) -> None:
    found = proof(PUBLISHED[:size], consistency_spans(old, size))

    assert [node.hex() for node in found] == CONSISTENCY[old, size]
    verify_consistency(old, size, found, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize("batch", [1, 2, 7, 64])
def test_however_the_leaves_arrive_the_root_is_the_definitions(batch: int) -> None:
    for size in range(66):
        assert grown(MANY[:size], batch=batch).root() == mth(MANY[:size])


def test_every_leaf_of_every_tree_is_proved_and_no_other() -> None:
    for size in range(1, 34):
        root = mth(MANY[:size])
        for index in range(size):
            found = proof(MANY[:size], inclusion_spans(index, size), batch=5)
            verify_inclusion(MANY[index], index, size, found, root)
            with pytest.raises(ProofWrong):
                verify_inclusion(MANY[index + 1], index, size, found, root)
            with pytest.raises(ProofWrong):
                verify_inclusion(MANY[index], index, size, [*found, root], root)


def test_every_beginning_of_every_tree_is_proved_and_no_other() -> None:
    for size in range(1, 34):
        root = mth(MANY[:size])
        for old in range(1, size + 1):
            found = proof(MANY[:size], consistency_spans(old, size), batch=4)
            verify_consistency(old, size, found, mth(MANY[:old]), root)
            with pytest.raises(ProofWrong):
                verify_consistency(old, size, found, mth(MANY[1 : old + 1]), root)
            with pytest.raises(ProofWrong):
                verify_consistency(old, size, found, mth(MANY[:old]), mth(MANY[1 : size + 1]))


@pytest.mark.parametrize(("index", "size"), [(8, 8), (-1, 8), (0, 0)])
def test_a_place_outside_the_tree_is_proved_by_nothing(index: int, size: int) -> None:
    with pytest.raises(ProofWrong):
        verify_inclusion(PUBLISHED[0], index, size, [], bytes.fromhex(ROOTS[1]))
