"""What goes to the Chairman as one file: the drafts of letter and decision, the lists, the council's minutes, a table of contents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime

from documents.drafts import RECOMMENDED, draft
from models.council import CouncilSession
from models.dossiers import Dossier
from models.localtime import local, local_day
from models.vocabulary import PaperKind
from notifications.wording import day_words, long_day
from reports.proposed_lists import proposed_lists_xlsx
from workflow.forwarding import sessions_of


def package_of(dossiers: Sequence[Dossier], *, at: datetime) -> bytes:
    """IV: the package of some dossiers as a ZIP; the same record at the same instant gives the same bytes."""
    sessions = sessions_of(dossiers)
    letter = draft(PaperKind.CHAIRMAN_LETTER, list(dossiers), at=at)
    papers = [
        ("Tờ trình (dự thảo).docx", "Tờ trình Chủ tịch UBND tỉnh, kèm hai danh sách", letter.content),
        (
            "Danh sách đề nghị.xlsx",
            "Danh sách tập thể, cá nhân đề nghị tặng bằng khen",
            proposed_lists_xlsx(dossiers, votes_of(sessions), at),
        ),
    ]
    for session in sessions:
        minutes = draft(PaperKind.COUNCIL_MINUTES, session, at=at)
        said = f"Biên bản phiên họp Hội đồng ngày {day_words(session.held_on)}, số {session.minutes_number}"
        papers.append((f"Biên bản phiên họp {session.held_on:%d-%m-%Y} ({session.id}).docx", said, minutes.content))
    if all(dossier.state in RECOMMENDED for dossier in dossiers):
        decision = draft(PaperKind.AWARD_DECISION, list(dossiers), at=at)
        papers.append(("Quyết định (dự thảo).docx", "Dự thảo quyết định tặng bằng khen, kèm hai danh sách", decision.content))
    named = [(f"{number:02d} {name}", said, content) for number, (name, said, content) in enumerate(papers, start=1)]
    contents = "\r\n".join(
        [
            f"BỘ TÀI LIỆU TRÌNH {dossiers[0].campaign.plan.chairman_title.upper()}",
            f"{len(dossiers)} hồ sơ, lập {long_day(local_day(at))}",
            "",
            *(f"{name}: {said}" for name, said, _content in named),
            "",
            "Hồ sơ trong bộ tài liệu:",
            *(f"{number}. {dossier.code} – {dossier.campaign_unit.long_name}" for number, dossier in enumerate(dossiers, start=1)),
            "",
        ]
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("00 Mục lục.txt", contents.encode("utf-8-sig")), *((name, content) for name, _said, content in named)):
            entry = zipfile.ZipInfo(name, date_time=local(at).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return file.getvalue()


def votes_of(sessions: Sequence[CouncilSession]) -> dict[int, str]:
    """Each nominee's votes as the minutes have them: for, out of those cast."""
    return {
        vote.nominee_id: f"{vote.votes_for}/{vote.votes_for + vote.votes_against}"
        for session in sessions
        for item in session.agenda
        for vote in item.votes
    }
