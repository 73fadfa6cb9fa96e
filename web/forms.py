"""Form fields in the officers' words: cleaned text, dates in three boxes, numbers; and the confirm form that a step's `asks()` describe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import TextInput

from models.text import clean
from notifications.wording import day_words
from web.addresses import day_in, row_number
from workflow.machine import Asked, StepRequest
from workflow.wording import FIELDS

SHORT, LONG = 200, 2000
NOT_OFFERED = -1


class Form(FlaskForm):
    """A form whose CSRF token is checked for all POST routes at once, and whose first error is found by the summary."""

    class Meta:
        """The token is the application's, not the form's."""

        csrf = False


def clean_lines(text: str | None) -> str:
    """Several lines, each cleaned; empty ends dropped."""
    lines = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").split("\n")
    return "\n".join(clean(line) for line in lines).strip()


def required(message: Any = None) -> InputRequired:
    """The field must be filled in."""
    return InputRequired(message or _l("Hãy điền mục này."))


def filled(_form: Any, field: Field) -> None:
    """White space alone does not fill a field in."""
    if not field.data:
        raise StopValidation(_("Hãy điền mục này."))


def at_most(limit: int) -> Length:
    """The text has at most so many characters."""
    return Length(max=limit, message=_l("Không quá %(max)d ký tự."))


def line(label: Any, *, optional: bool = False, blank: bool = False, limit: int = SHORT, **kwargs: Any) -> StringField:
    """One line of text; `blank` may stay empty in a draft without being called optional."""
    validators = [at_most(limit)] if blank else [Optional(), at_most(limit)] if optional else [filled, at_most(limit)]
    return StringField(label, validators, filters=[lambda text: clean(text) if text else ""], **kwargs)


def paragraph(label: Any, *, optional: bool = False, blank: bool = False, limit: int = LONG, **kwargs: Any) -> TextAreaField:
    """Text of several lines; `blank` where something else says whether it may be left empty."""
    validators = [at_most(limit)] if blank else [Optional(), at_most(limit)] if optional else [filled, at_most(limit)]
    return TextAreaField(label, validators, filters=[clean_lines], **kwargs)


class DateBoxes(Field):
    """A date in three boxes: day, month, year. What was typed stays in the boxes, right or wrong."""

    def __init__(self, label: Any = None, validators: Any = None, *, optional: bool = False, **kwargs: Any) -> None:
        """A required date unless `optional`."""
        super().__init__(label, validators or ([Optional()] if optional else []), **kwargs)
        self.is_optional = optional
        self.day_value = self.month_value = self.year_value = ""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the three boxes, or show a given date in them."""
        self.process_errors: list[str] = []
        self.object_data = data
        self.data = data if isinstance(data, date) else self.default if isinstance(self.default, date) else None
        self.raw_data: list[str] = []
        if formdata:
            parts = [str(formdata.get(f"{self.name}-{part}", "")).strip() for part in ("day", "month", "year")]
            self.day_value, self.month_value, self.year_value = parts
            self.raw_data = [part for part in parts if part]
            self.data = self._read(parts) if self.raw_data else None
        elif self.data is not None:
            self.day_value, self.month_value, self.year_value = str(self.data.day), str(self.data.month), str(self.data.year)

    def _read(self, parts: Sequence[str]) -> date | None:
        try:
            day, month, year = (int(part) for part in parts)
            if not 2000 <= year <= 2200:
                raise ValueError
            return date(year, month, day)
        except ValueError:
            self.process_errors.append(_("Ngày không có thật. Hãy ghi ngày, tháng, năm bằng số, ví dụ 17 2 2021."))
            return None

    def pre_validate(self, form: Any) -> None:
        """A required date must be there."""
        if not self.raw_data and not self.is_optional:
            raise StopValidation(_("Hãy ghi ngày, tháng, năm."))


class Hour(Field):
    """An hour of the day, as officers write it (08:00, 8h30, 8 giờ 30); it may stay empty."""

    widget = TextInput()
    SHAPE: ClassVar = re.compile(r"(\d{1,2})\s*(?::|h|g|giờ)\s*(\d{1,2})?\s*(?:phút)?")

    def __init__(self, label: Any, **kwargs: Any) -> None:
        """Optional."""
        super().__init__(label, [Optional()], **kwargs)

    def _value(self) -> str:
        """What the box shows: what was typed, else the hour."""
        return str(self.raw_data[0]) if self.raw_data else f"{self.data:%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the hour; what was typed stays in raw_data."""
        text = clean(valuelist[0]).casefold() if valuelist else ""
        self.data = None
        if not text:
            return
        found = self.SHAPE.fullmatch(text)
        try:
            if found is None:
                raise ValueError
            self.data = time(int(found[1]), int(found[2] or 0))
        except ValueError:
            raise ValueError(_("“%(text)s” không phải giờ trong ngày. Hãy ghi như 08:00, hoặc để trống.", text=text)) from None


class WholeNumber(Field):
    """A whole number within bounds."""

    widget = TextInput()

    def __init__(self, label: Any, *, least: int = 0, most: int = 999, **kwargs: Any) -> None:
        """Between `least` and `most`, both included."""
        super().__init__(label, [], **kwargs)
        self.least, self.most = least, most

    def _value(self) -> str:
        """What the box shows: what was typed, else the number."""
        return str(self.raw_data[0]) if self.raw_data else "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; what was typed stays in raw_data."""
        text = valuelist[0].strip() if valuelist else ""
        try:
            self.data = int(text)
        except ValueError:
            self.data = None
            raise ValueError(_("“%(text)s” không phải số nguyên.", text=text) if text else _("Hãy ghi một số.")) from None

    def pre_validate(self, form: Any) -> None:
        """The number lies within its bounds."""
        if self.data is None and not self.process_errors:
            raise StopValidation(_("Hãy ghi một số."))
        if self.data is not None and not self.least <= self.data <= self.most:
            raise StopValidation(_("Hãy ghi một số từ %(least)s đến %(most)s.", least=self.least, most=self.most))


class DayLine(Field):
    """A day in one box, as filters have it: 31/03/2021, or 2021-03-31 in an address. It may stay empty; what was typed stays."""

    widget = TextInput()

    def _value(self) -> str:
        """What the box shows: what was typed and is no day, else the day as officers write it."""
        typed = str(self.raw_data[0]) if self.raw_data else ""
        return day_words(self.data) if self.data else typed

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; what is none is named."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = day_in(text)
        if text and self.data is None:
            raise ValueError(_("“%(text)s” không phải một ngày. Hãy ghi ngày/tháng/năm, ví dụ 31/03/2021.", text=text[:40]))


def options(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """Choices of a field from (value, label)."""
    return [SelectChoice(str(value), label) for value, label in pairs]


class Pick(SelectField):
    """One of some choices."""

    def __init__(self, label: Any = None, *, optional: bool = False, **kwargs: Any) -> None:
        """A required choice unless `optional`; the choices are set on the form, with `options()`."""
        super().__init__(label, [Optional()] if optional else [], validate_choice=False, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Only a choice that was offered."""
        if self.data and self.data not in {choice.value for choice in self.choices or []}:
            raise StopValidation(_("Hãy chọn một mục trong danh sách."))
        if not self.data and not self.flags.optional:
            raise StopValidation(_("Hãy chọn một mục."))


class Radios(RadioField):
    """One of some choices, all of them in sight; none chosen is None."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        """The choices are set on the form, with `options()`."""
        super().__init__(label, [], validate_choice=False, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Only a choice that was offered."""
        if self.data and self.data not in {choice.value for choice in self.choices or []}:
            raise StopValidation(_("Hãy chọn một mục trong danh sách."))


class Ticks(SelectMultipleField):
    """Several of some choices, by number; none is an answer too."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        """Choices are numbers with their labels, made with `options()`."""
        super().__init__(label, [], coerce=int, validate_choice=False, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the numbers; what no row can have stands for something that was not offered."""
        self.data = [row_number(text) or NOT_OFFERED for text in valuelist]

    def pre_validate(self, form: Any) -> None:
        """Only choices that were offered."""
        offered = {int(choice.value) for choice in self.choices or []}
        if set(self.data or []) - offered:
            raise ValidationError(_("Có mục không thuộc danh sách."))


def step_form(asked: Iterable[Asked], awardable: Sequence[tuple[int, str]]) -> Form:
    """The confirm form of a step, built from what its declaration asks for."""
    fields: dict[str, Any] = {"version": HiddenField(), "key": HiddenField()}
    for ask in asked:
        label, optional = _l(FIELDS[ask.field]), not ask.required
        if ask.field in {"reason", "fewer_reason"}:
            fields[ask.field] = paragraph(label, optional=optional, blank=ask.field == "fewer_reason")
        elif ask.field == "number":
            fields[ask.field] = line(label, optional=optional, limit=60)
        elif ask.field in {"date", "due_on"}:
            fields[ask.field] = DateBoxes(label, optional=optional)
        else:
            fields[ask.field] = Ticks(label, choices=options(awardable))
    built: Form = type("StepForm", (Form,), fields)()
    return built


def request_from(form: Form) -> StepRequest:
    """What the officer sent with a step."""
    values = {field.name: field.data for field in form if field.name not in {"version", "key"}}
    if "awarded" in values:
        values["awarded"] = frozenset(values["awarded"] or [])
    return StepRequest(version=row_number(form["version"].data) or 0, key=clean(form["key"].data or "")[:64] or None, **values)
