"""Addresses in their standard form, by which they are shown, matched and found."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat
from pydantic import TypeAdapter, ValidationError

from graph.errors import Invalid, Message
from graph.fields import Url
from graph.terms import Term
from graph.text import search_text


class ContactPointKind(Term):
    """What sort of contact point (联系方式类别)."""

    EMAIL = "E-mail address", "电子邮箱"
    MOBILE = "Mobile phone", "手机"
    LANDLINE = "Landline", "固定电话"
    WECHAT = "WeChat", "微信"
    WECOM = "WeCom", "企业微信"
    DINGTALK = "DingTalk", "钉钉"
    LINKEDIN = "LinkedIn", "领英"
    WEBSITE = "Website", "网站"
    OTHER = "Other", "其他"


_PHONES = {ContactPointKind.MOBILE, ContactPointKind.LANDLINE}
_PAGES = {ContactPointKind.WEBSITE, ContactPointKind.LINKEDIN}


@dataclass(frozen=True)
class Address:
    """An address in its standard form. Equal `match` means the same address; a mobile and a landline number are told apart by nobody."""

    kind: ContactPointKind
    value: str
    match: str
    extension: str | None = None
    search_text: str = ""


def normal(kind: ContactPointKind, value: str, region: str, extension: str | None = None) -> Address:
    """The standard form of an address: e-mail, E.164, URL. Invalid with path `value` if it is none. `region` is that of bare numbers."""
    if kind is ContactPointKind.EMAIL:
        return _email(value)
    if kind in _PHONES:
        return _phone(kind, value, region, extension)
    if kind in _PAGES:
        return _page(kind, value)
    return Address(kind, value, f"{kind}|{value.casefold()}", extension, search_text(value))


def guess(value: str, region: str, otherwise: ContactPointKind = ContactPointKind.OTHER) -> Address:
    """The standard form of an address of which only the text is known: an e-mail, a phone number, or else an account `otherwise`."""
    for kind in (ContactPointKind.EMAIL, ContactPointKind.MOBILE):
        try:
            return normal(kind, value, region)
        except Invalid:
            continue
    return normal(otherwise, value, region)


def _email(value: str) -> Address:
    try:
        email = validate_email(value, check_deliverability=False)
    except EmailNotValidError as error:
        raise _wrong(f"is not an e-mail address: {error}", "不是有效的电子邮箱，请核对") from None
    joined = "".join(letter for letter in email.local_part if letter.isalnum())
    match = f"EMAIL|{email.normalized.casefold()}"
    return Address(ContactPointKind.EMAIL, email.normalized, match, search_text=search_text(email.normalized, joined))


def _phone(kind: ContactPointKind, value: str, region: str, extension: str | None) -> Address:
    try:
        number = phonenumbers.parse(value, region)
    except NumberParseException:
        number = phonenumbers.PhoneNumber()
    if not phonenumbers.is_valid_number(number):
        raise _wrong(
            f"is not a phone number; write it like +8613812345678, bare numbers are taken as {region}",
            "不是有效的电话号码，请写成 +8613812345678",
        )
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    words = search_text(plain, str(number.national_number), "".join(filter(str.isdigit, national)), national)
    return Address(kind, plain, f"PHONE|{plain}", extension or number.extension, words)


def _page(kind: ContactPointKind, value: str) -> Address:
    try:
        url: str = TypeAdapter(Url).validate_python(value)
    except ValidationError:
        raise _wrong("is not a web address; write it like https://example.com", "不是有效网址，请写成 https://example.com") from None
    bare = url.split("://", 1)[1].removeprefix("www.").rstrip("/")
    return Address(kind, url, f"{kind}|{bare}", search_text=search_text(bare))


def _wrong(en: str, zh: str) -> Invalid:
    return Invalid(Message(f"value: it {en}", f"value：{zh}"), "value")
