"""Papers and their versions. The bytes lie in the store (documents/store.py) under their SHA-256; a version is never overwritten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns import CampaignUnit
from models.db import Base, Model, choice
from models.vocabulary import DocumentKind, ScanResult, Verdict

dossier_documents = Table(
    "dossier_documents",
    Base.metadata,
    Column("dossier_id", ForeignKey("dossiers.id"), primary_key=True),
    Column("document_id", ForeignKey("documents.id"), primary_key=True, index=True),
)


class Document(Model):
    """A paper of a kind. Tờ trình and biên bản belong to the submitting unit and may serve several dossiers; a report to its nominee."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("kind <> 'achievement_report' OR nominee_id IS NOT NULL", name="report_has_nominee"),
        Index(
            "uq_documents_one_report",
            "nominee_id",
            unique=True,
            sqlite_where=text("kind = 'achievement_report'"),
            postgresql_where=text("kind = 'achievement_report'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_unit_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind, "kind"))
    nominee_id: Mapped[int | None] = mapped_column(ForeignKey("nominees.id"), index=True)

    owner: Mapped[CampaignUnit] = relationship()
    versions: Mapped[list[DocumentVersion]] = relationship(back_populates="document", order_by="DocumentVersion.number", lazy="selectin")

    @property
    def latest(self) -> DocumentVersion:
        """The version in force."""
        return self.versions[-1]

    @property
    def title(self) -> str:
        """What a list calls it: evidence by its file's name without the ending, the other papers by their kind."""
        return self.latest.file_name.rpartition(".")[0] if self.kind is DocumentKind.EVIDENCE else self.kind.label


class DocumentVersion(Model):
    """One uploaded file: its name as the clerk gave it, its size in bytes, its SHA-256; a report's sketch tells what its text is like."""

    __tablename__ = "document_versions"
    __table_args__ = (UniqueConstraint("document_id", "number"), CheckConstraint("size > 0", name="size"))

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    number: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    scan: Mapped[ScanResult] = mapped_column(choice(ScanResult, "scan"), default=ScanResult.UNSCANNED, server_default="unscanned")
    sketch: Mapped[str] = mapped_column(String(512), default="", server_default=text("''"))

    document: Mapped[Document] = relationship(back_populates="versions")
    verdicts: Mapped[list[DocumentVerdict]] = relationship(back_populates="version", order_by="DocumentVerdict.id", lazy="selectin")

    @property
    def verdict(self) -> DocumentVerdict | None:
        """The appraiser's latest word on this version; a new version has none."""
        return self.verdicts[-1] if self.verdicts else None


class DocumentVerdict(Model):
    """IV: what the appraiser says of one version of a paper. A later word is a further row."""

    __tablename__ = "document_verdicts"
    __table_args__ = (CheckConstraint("verdict <> 'to_mend' OR comment <> ''", name="mending_is_explained"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("document_versions.id"), index=True)
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict, "verdict"))
    comment: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    version: Mapped[DocumentVersion] = relationship(back_populates="verdicts")
