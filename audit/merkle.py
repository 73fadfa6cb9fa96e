"""The RFC 6962 tree over the record's leaf hashes: roots, inclusion and consistency proofs, in one pass and flat memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").hexdigest()
_sha256 = hashlib.sha256

Span = tuple[int, int]
"""The leaves from a number (counted from 0) up to another one, as the subtree that holds just these."""


class ProofWrong(ValueError):
    """A proof does not lead from what it is about to the root it names."""


class Tree:
    """A tree that grows by leaves and keeps only its right edge. The hashes of `wanted` subtrees are kept in `found` as they pass."""

    def __init__(self, wanted: Iterable[Span] = ()) -> None:
        """Begin with no leaf."""
        self.size = 0
        self.found: dict[Span, bytes] = {}
        self._wanted = frozenset(wanted)
        self._edge: list[bytes | None] = []

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes in order."""
        level, nodes, first = 0, list(leaves), self.size
        self.size += len(nodes)
        while nodes:
            if level == len(self._edge):
                self._edge.append(None)
            waiting = self._edge[level]
            if waiting is not None:
                nodes.insert(0, waiting)
                first -= 1
            if self._wanted:
                self._note(level, first if waiting is None else first + 1, nodes if waiting is None else nodes[1:])
            self._edge[level] = nodes.pop() if len(nodes) % 2 else None
            nodes = [_sha256(b"\x01" + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2], strict=True)]
            level, first = level + 1, first // 2

    def root(self) -> bytes:
        """The root over the leaves so far; that of no leaf is the hash of nothing."""
        return self._fold(0) if self.size else bytes.fromhex(EMPTY_ROOT)

    def hash_of(self, span: Span) -> bytes:
        """The hash of a wanted subtree, once all its leaves are there. Raises KeyError for one that was not wanted."""
        if span in self.found or not self._ends_here(span):
            return self.found[span]
        return self._fold(span[0])

    def _note(self, level: int, first: int, nodes: Sequence[bytes]) -> None:
        for number, node in enumerate(nodes, start=first):
            span = (number << level, (number + 1) << level)
            if span in self._wanted:
                self.found[span] = node

    def _ends_here(self, span: Span) -> bool:
        return span in self._wanted and span[1] == self.size

    def _fold(self, start: int) -> bytes:
        """The hash of the ragged right end of the tree from a leaf on."""
        folded, end = b"", self.size
        for level, node in enumerate(self._edge):
            if node is not None and end > start:
                folded = node if not folded else _node(node, folded)
                end -= 1 << level
        return folded


def inclusion_spans(index: int, size: int) -> list[Span]:
    """RFC 6962, 2.1.1: the subtrees whose hashes prove that leaf `index` (from 0) is in the tree of `size`, from the leaf upwards."""
    return _path(index, 0, size)


def consistency_spans(old: int, size: int) -> list[Span]:
    """RFC 6962, 2.1.2: the subtrees whose hashes prove that the tree of `old` leaves is the beginning of the tree of `size`."""
    return _proof(old, 0, size, whole=True) if 0 < old < size else []


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf is in the tree with a root. Raises ProofWrong."""
    spans = inclusion_spans(index, size) if 0 <= index < size else []
    if not 0 <= index < size or len(spans) != len(proof):
        raise ProofWrong("length")
    folded = leaf
    for (start, _), sibling in zip(spans, proof, strict=True):
        folded = _node(sibling, folded) if start <= index else _node(folded, sibling)
    if folded != root:
        raise ProofWrong("root")


def verify_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """Check that the tree of `old` leaves is the beginning of the tree of `size`. Raises ProofWrong."""
    if old in {0, size}:
        if proof or (old == size and old_root != root):
            raise ProofWrong("root" if old == size else "length")
        return
    spans = consistency_spans(old, size)
    if not spans or len(spans) != len(proof):
        raise ProofWrong("length")
    known = dict(zip(spans, proof, strict=True))
    if (0, old) not in known and _is_whole(old):
        known[0, old] = old_root
    if _rebuilt(0, old, known) != old_root or _rebuilt(0, size, known) != root:
        raise ProofWrong("root")


def _node(left: bytes, right: bytes) -> bytes:
    return _sha256(b"\x01" + left + right).digest()


def _split(start: int, end: int) -> int:
    """Where a subtree divides: the largest power of two below its size."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _is_whole(size: int) -> bool:
    return size & (size - 1) == 0


def _path(index: int, start: int, end: int) -> list[Span]:
    if end - start == 1:
        return []
    middle = _split(start, end)
    if index < middle:
        return [*_path(index, start, middle), (middle, end)]
    return [*_path(index, middle, end), (start, middle)]


def _proof(old: int, start: int, end: int, *, whole: bool) -> list[Span]:
    if old == end:
        return [] if whole else [(start, end)]
    middle = _split(start, end)
    if old <= middle:
        return [*_proof(old, start, middle, whole=whole), (middle, end)]
    return [*_proof(old, middle, end, whole=False), (start, middle)]


def _rebuilt(start: int, end: int, known: dict[Span, bytes]) -> bytes:
    if (start, end) in known:
        return known[start, end]
    if end - start == 1:
        raise ProofWrong("length")
    middle = _split(start, end)
    return _node(_rebuilt(start, middle, known), _rebuilt(middle, end, known))
