"""Forms of the desk (応対の入力). Each carries the number of its case and a request id, so that a doubled click is one."""

import re
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from sesshu.base import numbers
from sesshu.base.personal import Personal
from sesshu.base.text.addresses import AddressForms
from sesshu.bridge.slips import KIND_WORDS, SlipKind
from sesshu.outside.calls import rules
from sesshu.outside.calls.recognise import hear_address
from sesshu.web.fields import BirthLineField, ReceiptField, TicketField

_HIDDEN = {"autocomplete": "off"}


class RequestForm(forms.Form):
    """申請番号つきの入力 — the request id of the page that was shown."""

    request = forms.UUIDField(widget=forms.HiddenInput(attrs=_HIDDEN))

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"request": uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class CaseForm(RequestForm):
    """応対の入力 — also the number of the case, which ``sitting.in_case`` compares."""

    case = forms.IntegerField(widget=forms.HiddenInput(attrs=_HIDDEN))


class AddressField(forms.CharField):
    """申出者が述べた住所 — as it was heard; gives ``Personal[AddressForms]``, and no try is spent on what is no address."""

    def __init__(self, **kwargs):
        look = {"autocomplete": "off", "autofocus": True, "maxlength": 120}
        options = {
            "label": "申出者が述べた住所",
            "help_text": "例　中央町一丁目3番12号 201 ／ ちゅうおうちょう 1の3の12の201",
            "max_length": 120,
            "error_messages": {"required": "住所を入力してください。"},
            "widget": forms.TextInput(attrs=look),
        }
        super().__init__(**options | kwargs)

    def clean(self, value: str) -> Personal[AddressForms]:
        heard = hear_address(super().clean(value))
        if heard is None:
            raise ValidationError(rules.NOT_AN_ADDRESS.sentence, code=rules.NOT_AN_ADDRESS.code)
        return heard


class ByTicketForm(CaseForm):
    """券番号と生年月日."""

    ticket = TicketField()
    born = BirthLineField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ticket"].widget.attrs["autofocus"] = True


class ByAddressForm(CaseForm):
    """住所と生年月日."""

    address = AddressField()
    born = BirthLineField()


class ReceiptForm(CaseForm):
    """予約番号."""

    receipt = ReceiptField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["receipt"].widget.attrs["autofocus"] = True


class BookForm(CaseForm):
    """復唱した内容 — dose, slot and, for a pair, the slot of the next dose."""

    dose = forms.IntegerField(min_value=1, max_value=9)
    slot = forms.IntegerField(min_value=1)
    slot2 = forms.IntegerField(min_value=1, required=False)


class SlipForm(CaseForm):
    """引継票 — sealed in this process as soon as it is whole."""

    kind = forms.ChoiceField(
        label="用件の種類",
        choices=[(k.value, w) for k, w in KIND_WORDS.items()],
        error_messages={"required": "用件の種類を選んでください。"},
        widget=forms.Select(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label="お名前",
        max_length=60,
        help_text="聞いたとおり。かなでよい",
        error_messages={"required": "お名前を入力してください。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "maxlength": 60}),
    )
    phone = forms.CharField(
        label="折り返しの電話番号",
        max_length=20,
        help_text="市外局番から",
        error_messages={"required": "電話番号を入力してください。"},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "tel", "class": "num phone", "maxlength": 20}
        ),
    )
    words = forms.CharField(
        label="用件",
        max_length=400,
        required=False,
        help_text="短く。病名や家庭の事情は書かない",
        widget=forms.Textarea(attrs={"autocomplete": "off", "rows": 4, "maxlength": 400}),
    )

    def clean_kind(self) -> SlipKind:
        return SlipKind(self.cleaned_data["kind"])

    def clean_phone(self) -> str:
        digits = numbers.clean_digits(self.cleaned_data["phone"])
        if not re.fullmatch(r"0\d{9,10}", digits, re.ASCII):
            raise ValidationError(rules.WRONG_PHONE.sentence, code=rules.WRONG_PHONE.code)
        return digits


class EndForm(CaseForm):
    """応対の結果."""

    outcome = forms.ChoiceField(
        label="応対の結果",
        choices=[(o.value, rules.OUTCOME_WORDS[o]) for o in rules.CHOSEN_OUTCOMES],
        error_messages={"required": "結果を選んでください。"},
        widget=forms.RadioSelect,
    )
