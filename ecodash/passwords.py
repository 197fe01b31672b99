"""Passwords: which are good enough, and what is kept of them: argon2id, so that a copy of the store tells none quickly."""

import re
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ecodash.domain.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD
from ecodash.errors import UserError
from ecodash.i18n import gettext as _

_LONGEST_TYPED = 1_000
_NEEDED_GUESSES = 10**9
"""A password is good enough when somebody who knows how people choose them needs so many guesses."""
_NUMBERS = re.compile(r"\d{5,}x?")
"""Long numbers, which people know of one another: mobile phones, identity cards, birthdays, accounts of chats."""
_USUAL = (
    "woaini", "5201314", "1314520", "520520", "1314", "520", "888888", "666666", "168168", "mima", "mima123", "woaiwojia",
    "woaizhongguo", "zhongguo", "beijing", "shanghai", "chongqing", "sichuan", "hunan", "fujian", "fengdu", "xiangtan",
    "admin", "administrator", "guanliyuan", "guanli", "xitong", "yonghu", "denglu", "zhanghao", "ecodash", "root",
    "renjuhuanjing", "renju", "huanjing", "zhengzhi", "nongcun", "nongye", "nongyeju", "xiangcun", "zhenxing", "xiangzhen",
    "cunweihui", "zhengfu", "bangongshi", "shuju", "shangbao", "shenhe", "tianbao", "lishi", "kaohe", "jiancha",
    "nihao", "wodemima", "aini", "baobei", "laopo", "laogong", "tiantian", "kuaile", "facai", "gongxifacai", "pingan",
    "wang", "zhang", "liu", "chen", "yang", "zhao", "huang", "zhou", "wu", "xu", "sun", "zhu", "ma", "hu", "guo", "lin",
    "he", "gao", "liang", "zheng", "luo", "song", "xie", "tang", "han", "cao", "deng", "xiao", "feng", "zeng", "cheng",
    "cai", "peng", "pan", "yuan", "dong", "yu", "su", "ye", "lv", "wei", "jiang", "tian", "du", "ding", "shen", "ren",
    "我爱你", "我爱中国", "密码", "管理员", "人居环境", "整治", "农村", "乡镇", "村委会", "你好", "恭喜发财", "平安",
    "a1b2c3d4", "qazwsx", "1q2w3e4r", "zaq12wsx", "qweasdzxc", "asdfghjkl", "zxcvbnm", "147258369", "159357", "abcd1234",
)  # fmt: skip
"""What people here choose, in small letters: a guesser begins with these."""
_guessing = threading.Lock()


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    """The hash of a password nobody has: an unknown name takes as long as a known one."""
    return _hasher().hash("a password nobody has")


def hash_password(password: str) -> str:
    """What is kept of a password; takes some tens of milliseconds on purpose."""
    return _hasher().hash(password)


def is_password_of(password: str, password_hash: str) -> bool:
    """Whether a password is the kept one. Without a kept one it takes just as long, and is not."""
    try:
        return _hasher().verify(password_hash or _nobodys(), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than are used now."""
    return _hasher().check_needs_rehash(password_hash)


def written(password: str) -> str:
    """A typed password in the one form that is hashed: a full-width letter typed by a Chinese keyboard is the letter.

    Whatever was typed has such a form; one too long to be a password is cut, and is none.
    """
    folded = unicodedata.normalize("NFKC", password[:_LONGEST_TYPED])
    return folded[: LONGEST_PASSWORD + 1].encode("utf-8", "replace").decode()


def check_password(password: str, login: str = "", name: str = "") -> str:
    """A new password in the form that is hashed.

    Args:
        login, name: of the account: a password that holds one of them is guessed first.
    Raises:
        UserError: it is too short, too long, contains the login or the name, or is easily guessed.
    """
    text = written(password)
    if len(text) < SHORTEST_PASSWORD:
        raise UserError(
            _("密码太短，至少 {least} 个字符。").format(least=SHORTEST_PASSWORD),
            _("可以连用几个互不相干的词，如一句只有您自己知道的话。"),
        )
    if len(text) > LONGEST_PASSWORD:
        raise UserError(_("密码太长，最多 {most} 个字符。").format(most=LONGEST_PASSWORD), _("请缩短后重试。"))
    if any(unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co") for char in text):
        raise UserError(_("密码里有不能使用的字符。"), _("请用字母、数字、汉字和常用符号。"))
    folded = text.casefold()
    if any(len(own) >= least and own in folded for own, least in ((login.casefold(), 3), (name.casefold(), 2))):
        raise UserError(_("密码里不能含有账号或姓名。"), _("请换一个与账号、姓名无关的密码。"))
    if folded.isdecimal():
        raise UserError(_("密码不能全是数字。"), _("请加上字母或汉字；不要用手机号、生日、身份证号。"))
    if _guesses(folded, login.casefold(), name.casefold()) < _NEEDED_GUESSES:
        raise UserError(
            _("这个密码太常见，容易被猜到。"),
            _("请不要用手机号、生日、姓名拼音、键盘上连着的键；可以连用几个互不相干的词。"),
        )
    return text


def _guesses(text: str, login: str, name: str) -> int:
    """How many guesses a password takes, at most, somebody who knows how people choose."""
    # Late: its lists of words take a tenth of a second, which only those who change a password are to pay.
    from zxcvbn.matching import (  # type: ignore[import-untyped]
        RANKED_DICTIONARIES,
        build_ranked_dict,
        omnimatch,
    )
    from zxcvbn.scoring import most_guessable_match_sequence  # type: ignore[import-untyped]

    # Its time grows with the square of the length, and forty characters tell enough.
    looked_at = text[:40]
    known = [word for word in (login, name) if word]
    words = list(dict.fromkeys([*known, *_NUMBERS.findall(looked_at), *_USUAL]))
    with _guessing:
        # It keeps its last list of words in a variable of the module.
        RANKED_DICTIONARIES["user_inputs"] = build_ranked_dict(words)
        try:
            return int(most_guessable_match_sequence(looked_at, omnimatch(looked_at, RANKED_DICTIONARIES))["guesses"])
        finally:
            RANKED_DICTIONARIES["user_inputs"] = {}
