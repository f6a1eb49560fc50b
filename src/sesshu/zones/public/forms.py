"""Forms of the public site (予約サイトの入力)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sesshu.web.fields import BirthField, ReceiptField, TicketField


class StartForm(forms.Form):
    """接種券を見ながら — ticket number and birth date."""

    ticket = TicketField(help_text=_("下の絵の、赤い枠の数字です。全角でもかまいません。"))
    born = BirthField(help_text=_("例　昭和21年4月1日"))


class FindForm(forms.Form):
    """予約を開く — with the receipt code as well."""

    receipt = ReceiptField(help_text=_("予約したときの画面や控えの番号です。例　4K7M-92HX"))
    ticket = TicketField(help_text=_("接種券の10けたの数字。全角でもかまいません。"))
    born = BirthField(help_text=_("例　昭和21年4月1日"))
