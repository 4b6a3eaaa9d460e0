"""What is said of a weak password: our own advice by its code, and zxcvbn's by its English sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from secmon.wording.languages import Words, language_of

PERSONAL, TOO_SHORT, NOT_SEEN = "personal", "too_short", "not_seen"

OURS: Mapping[str, Words] = {
    PERSONAL: (
        "Birthdays, phone numbers and names are what others try first.",
        "生日、电话号码和姓名是他人最先尝试的内容。",
    ),
    TOO_SHORT: ("Use at least 8 characters.", "请使用至少 8 个字符。"),
    NOT_SEEN: ("Only the first 72 characters were looked at.", "仅评估了前 72 个字符。"),
}
# Its English is zxcvbn's own.
CHINESE_OF_ZXCVBN: Mapping[str, str] = {
    "Use a few words, avoid common phrases.": "请使用几个词语的组合，避免常见短语。",
    "No need for symbols, digits, or uppercase letters.": "不必使用符号、数字或大写字母。",
    "Add another word or two. Uncommon words are better.": "请再加一两个词，越少见越好。",
    "Straight rows of keys are easy to guess.": "键盘上连续的一排按键很容易被猜到。",
    "Short keyboard patterns are easy to guess.": "简短的键盘图案很容易被猜到。",
    "Use a longer keyboard pattern with more turns.": "请使用更长、转折更多的键盘图案。",
    'Repeats like "aaa" are easy to guess.': "“aaa”这样的重复很容易被猜到。",
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': (
        "“abcabcabc”这样的重复只比“abc”稍难猜到。"
    ),
    "Avoid repeated words and characters.": "请避免重复的词语和字符。",
    'Sequences like "abc" or "6543" are easy to guess.': "“abc”或“6543”这样的顺序很容易被猜到。",
    "Avoid sequences.": "请避免连续的字母或数字。",
    "Recent years are easy to guess.": "近年的年份很容易被猜到。",
    "Avoid recent years.": "请避免使用近年的年份。",
    "Avoid years that are associated with you.": "请避免使用与您有关的年份。",
    "Dates are often easy to guess.": "日期往往很容易被猜到。",
    "Avoid dates and years that are associated with you.": "请避免使用与您有关的日期和年份。",
    "This is a top-10 common password.": "这是最常见的 10 个密码之一。",
    "This is a top-100 common password.": "这是最常见的 100 个密码之一。",
    "This is a very common password.": "这是一个很常见的密码。",
    "This is similar to a commonly used password.": "该密码与常用密码相似。",
    "A word by itself is easy to guess.": "单独一个单词很容易被猜到。",
    "Names and surnames by themselves are easy to guess.": "单独的姓名很容易被猜到。",
    "Common names and surnames are easy to guess.": "常见的姓名很容易被猜到。",
    "Capitalization doesn't help very much.": "首字母大写帮助不大。",
    "All-uppercase is almost as easy to guess as all-lowercase.": "全部大写几乎与全部小写一样容易被猜到。",
    "Reversed words aren't much harder to guess.": "倒写的单词并不更难猜到。",
    "Predictable substitutions like '@' instead of 'a' don't help very much.": (
        "用“@”代替“a”之类的常见替换帮助不大。"
    ),
}


def in_language(advice: Iterable[str], locale: str) -> list[str]:
    """Each of them as a sentence, in Chinese for any `zh` locale, else in English."""
    return [_sentence(one, language_of(locale)) for one in advice]


def _sentence(advice: str, language: int) -> str:
    if advice in OURS:
        return OURS[advice][language]
    return CHINESE_OF_ZXCVBN[advice] if language else advice
