"""The letter that carries a checkpoint of the record to mailboxes in other organisations."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from models.audit import AuditEntry, Checkpoint
from models.campaigns import Campaign
from models.db import db
from models.vocabulary import LetterName
from notifications import facts
from notifications.notices import queue_letters
from notifications.recipients import home_affairs
from notifications.wording import moment_words

KEEPER = "Cơ quan lưu mốc kiểm tra nhật ký"


def mail_checkpoint(entry: AuditEntry, checkpoint: Checkpoint, mailboxes: Sequence[str]) -> list[int]:
    """Queue a checkpoint to the mailboxes that keep it, in the name of home affairs of the latest opened campaign.

    Before the first campaign is opened nobody writes letters: the checkpoint then stands in the table and in its file alone.
    """
    campaign = db.session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None)).order_by(Campaign.year.desc()).limit(1)).first()
    if campaign is None or not mailboxes:
        return []
    stated = facts.common_facts(campaign, entry, clause="", link=f"/journal/{entry.seq}") | {
        "unit": KEEPER,
        "at": moment_words(checkpoint.at),
        "size": checkpoint.size,
        "note": checkpoint.note,
        "key": checkpoint.key,
    }
    return queue_letters(LetterName.AUDIT_CHECKPOINT, [(home_affairs(campaign), stated)], entry, mailboxes=mailboxes)
