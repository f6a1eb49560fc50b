"""Forms of the sign-in pages (サインインの入力)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sesshu.trust.access import factors
from sesshu.web.fields import PasswordField, TotpField

_NUMBER = {"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false", "class": "num"}


def _account_code() -> forms.CharField:
    return forms.CharField(
        label=_("利用者番号"),
        max_length=40,
        error_messages={"required": _("利用者番号を入力してください。")},
        widget=forms.TextInput(attrs=_NUMBER),
    )


class SignInForm(forms.Form):
    """サインイン — all three at once, so that no answer says which of them was wrong."""

    code = _account_code()
    password = PasswordField()
    totp = TotpField()


class EnrolForm(forms.Form):
    """使い始め — account code and the one-time code of the letter."""

    code = _account_code()
    one_time = forms.CharField(
        label=_("使い始めの番号（12文字）"),
        help_text=_("責任者から受け取った番号。一度だけ使えます。"),
        max_length=40,
        error_messages={"required": _("使い始めの番号を入力してください。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "num receipt", "spellcheck": "false"}),
    )


class NewPasswordForm(forms.Form):
    """パスワードを決める — typed twice; long ones and pasted ones are welcome."""

    password = PasswordField(
        "new-password",
        label=_("新しいパスワード"),
        help_text=_("8文字以上。記号や大文字の決まりはありません。貼り付けもできます。"),
    )
    again = PasswordField("new-password", label=_("もういちど同じパスワード"))

    def __init__(self, *args, account_code: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.account_code = account_code

    def clean_password(self) -> str:
        chosen = self.cleaned_data["password"]
        if why := factors.password_refusal(chosen, self.account_code, "sesshu"):
            raise forms.ValidationError(why.sentence, code=why.code)
        return chosen

    def clean(self) -> dict:
        chosen, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if chosen and again and chosen != again:
            self.add_error("again", _("2つのパスワードが同じではありません。"))
        return self.cleaned_data


class CodeForm(forms.Form):
    """確認コード."""

    totp = TotpField()
