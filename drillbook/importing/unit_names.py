"""Splits a cell that names several units, with their roles and duties where they are written.

Brackets protect what they hold; 和, 及, 与 split only between two names that both end like a unit
(自然资源和规划局 is one). 教育分局：组织疏散；消防大队：搜救 gives names with duties.
What names nobody in particular (有关单位, 各成员单位) is kept as text and never becomes a unit.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from drillbook.core import vocabulary
from drillbook.core.name_keys import name_key
from drillbook.importing.workbook_reader import Cell, text_of

MAX_TEXT = 20_000
MAX_NAME = 60
_ENDING = (
    r"(?:局|委|委员会|办|办公室|部|部门|队|支队|大队|中队|院|校|学校|小学|中学|幼儿园|公司|集团|厂|中心|街道|街道办|镇|乡|村|社区"
    r"|政府|管委会|居委会|站|所|处|科|厅|会|协会|总工会|银行|企业|园|馆|段|矿|店|商场|医院|大学|学院|团委|工委|党工委|妇联|武装部|分局)"
)
_UNIT_LIKE = re.compile(rf"^[^：:。]{{1,40}}{_ENDING}(?:[（(][^（）()]*[)）])?$")


def looks_like_unit(name: str) -> bool:
    """Say whether a name ends the way units do: 局, 街道, 公司."""
    return bool(_UNIT_LIKE.match(name))


_NOBODY = re.compile(
    r"^(?:各|有关|相关|其他|其它|全体|所有|涉及|本|全区|全市|全县)[^、]*(?:单位|部门|企业|镇街|街道|村|社区|学校|力量|人员|成员|科室)"
    r"|所列|成员单位$|^(?:有关|相关)|^(?:等|无|暂无|待定|—|-|/)$"
)
_ROLE_WORDS = {
    "牵头": "host",
    "负责": "host",
    "主责": "host",
    "配合": "participant",
    "参与": "participant",
}
_ROLE_WORDS |= {"协助": "co_organiser", "参演": "participant", "组织": "host"}
_NUMBERING = re.compile(
    r"^\s*(?:[(（]?\d{1,2}[)）.、．]|[(（][一二三四五六七八九十]{1,3}[)）]|[①-⑳])\s*(?=\D)"
)
_ET_AL = re.compile(
    r"等(?:\d+个|[一二三四五六七八九十]+个)?(?:有关|相关|成员)?(?:单位|部门|企业)?$"
)


@dataclass(frozen=True, slots=True)
class UnitMention:
    """One unit as named in a cell; ``role`` is empty where the cell does not say it."""

    name: str
    role: str = ""
    duty: str = ""


@dataclass(frozen=True, slots=True)
class UnitList:
    """What a cell says about units; ``others`` is text that names nobody in particular."""

    raw: str
    units: tuple[UnitMention, ...] = ()
    others: str = ""


def split_units(value: Cell, known: Container[str] = ()) -> UnitList:
    """Read a cell; ``known`` holds name keys that are one unit whatever they contain."""
    raw = text_of(value)
    text = raw[:MAX_TEXT]
    if name_key(text) in known:
        return UnitList(raw, (UnitMention(re.sub(r"\s+", "", text)),))
    found: list[UnitMention] = []
    others: list[str] = []
    for head, said in _segments(text):
        role, names = _role_of(head)
        for name in _names(names, known):
            own_role, name = _own_role(name)
            name, within = _without_members(name)
            duty = "；".join(filter(None, (within, said)))
            if len(name) > MAX_NAME or "。" in name or _NOBODY.search(name) or not name_key(name):
                others += [f"{name}：{duty}" if duty else name] if len(name) > 1 else []
            else:
                found.append(UnitMention(name, role or own_role, duty))
    return UnitList(raw, _distinct(found), "；".join(others))


def _distinct(found: list[UnitMention]) -> tuple[UnitMention, ...]:
    merged: dict[tuple[str, str], UnitMention] = {}
    for mention in found:
        key = (name_key(mention.name), mention.role)
        before = merged.get(key)
        if key[0] and before is None:
            merged[key] = mention
        elif before is not None and mention.duty and mention.duty not in before.duty:
            duty = "；".join(filter(None, (before.duty, mention.duty)))
            merged[key] = UnitMention(before.name, before.role, duty)
    return tuple(merged.values())


def _segments(text: str) -> list[tuple[str, str]]:
    """Cut names：duty；names：duty; without a colon the whole text is names."""
    if not re.search(r"[：:]", text):
        lines = [_NUMBERING.sub("", line) for line in text.split("\n")]
        return [("\n".join(lines), "")]
    segments: list[tuple[str, str]] = []
    in_duty = False
    for piece in _outside_brackets(text, "；;\n。"):
        piece = _NUMBERING.sub("", piece).strip()
        head, colon, duty = _partition(piece)
        if colon and _looks_like_names(head):
            segments.extend(_inner_segments(head, duty))
            in_duty = not _is_role(head)
        elif in_duty and piece:
            name, before = segments[-1]
            segments[-1] = (name, f"{before}；{piece}" if before else piece)
        elif piece:
            segments.append((piece, ""))
    return segments


def _inner_segments(head: str, duty: str) -> list[tuple[str, str]]:
    """Cut 甲局：做一事，乙局：做二事, where the next name follows a comma."""
    if _is_role(head):
        return [(f"{head}：{duty}", "")]
    cut = re.search(r"[，,]([^，,：:；;。]{2,40})[：:]", duty)
    if cut and _looks_like_names(cut[1]) and _UNIT_LIKE.match(cut[1].split("、")[-1].strip()):
        rest = duty[cut.start() + 1 :]
        next_head, _colon, next_duty = _partition(rest)
        return [(head, duty[: cut.start()].strip()), *_inner_segments(next_head, next_duty)]
    return [(head, duty.strip())]


def _partition(text: str) -> tuple[str, bool, str]:
    parts = _outside_brackets(text, "：:", limit=1)
    return (parts[0].strip(), True, parts[1]) if len(parts) == 2 else (text, False, "")


def _looks_like_names(head: str) -> bool:
    names = [name.strip() for name in _outside_brackets(head, "、，,和及")]
    return bool(head) and len(head) <= 80 and all(len(name) <= 30 for name in names)


def _is_role(head: str) -> bool:
    return bool(_role_word(head))


def _role_word(word: str) -> str:
    word = re.sub(r"\s+", "", word)
    bare = word.removesuffix("单位").removesuffix("部门")
    return (
        _ROLE_WORDS.get(bare)
        or vocabulary.code_of("role", word)
        or vocabulary.code_of("role", bare)
        or ""
    )


def _role_of(head: str) -> tuple[str, str]:
    word, colon, names = _partition(head)
    role = _role_word(word) if colon else ""
    return (role, names) if role else ("", head)


def _own_role(name: str) -> tuple[str, str]:
    """Read 应急局（牵头） and 应急局牵头."""
    bracketed = re.search(r"[（(]([^（）()]{2,6})[)）]$", name)
    if bracketed and _role_word(bracketed[1]):
        return _role_word(bracketed[1]), name[: bracketed.start()].strip()
    for word in ("牵头", "主办", "承办", "协办", "配合", "参加"):
        if name.endswith(word) and re.search(_ENDING + "$", name.removesuffix(word)):
            return _role_word(word), name.removesuffix(word)
    return "", name


def _without_members(name: str) -> tuple[str, str]:
    """Cut 县公安局(消防大队、交警大队) into the unit and the parts of it that are meant."""
    match = re.search(r"[（(]([^（）()]*[、，,；;][^（）()]*)[)）]$", name)
    return (name[: match.start()].strip(), match[1]) if match else (name, "")


def _names(text: str, known: Container[str]) -> list[str]:
    names: list[str] = []
    text = re.sub(r"(?<=[\u4e00-\u9fff）)])[/／](?=[\u4e00-\u9fff])", "、", text)
    for part in _outside_brackets(text, "、，,；;\n"):
        part = re.sub(r"[。.\s]+$", "", part).strip()
        part = _ET_AL.sub("", part) if len(part) > 2 else part
        names += _at_blanks(part) if name_key(part) not in known else [part]
    return [name for part in names for name in _at_and(part, known)]


def _at_blanks(part: str) -> list[str]:
    pieces = part.split()
    if len(pieces) > 1 and all(_UNIT_LIKE.match(piece) for piece in pieces):
        return pieces
    # Between Latin letters a blank belongs to the name, between Chinese characters it does not.
    return [re.sub(r"(?<![A-Za-z0-9])\s+|\s+(?![A-Za-z0-9])", "", part)]


def _at_and(part: str, known: Container[str]) -> list[str]:
    if name_key(part) in known:
        return [part]
    for match in re.finditer(r"会同|以及|和|及|与", part):
        left, right = part[: match.start()], part[match.end() :]
        both_known = name_key(left) in known and name_key(right) in known
        if both_known or (_UNIT_LIKE.match(left) and _UNIT_LIKE.match(right) and len(left) > 2):
            return [left, *_at_and(right, known)]
    return [part]


def _outside_brackets(text: str, separators: str, limit: int = 0) -> list[str]:
    parts: list[str] = []
    depth, current = 0, ""
    for character in text:
        depth += (character in "（(【〔[") - (character in "）)】〕]")
        depth = max(depth, 0)
        if character in separators and depth == 0 and not (limit and len(parts) >= limit):
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current]


_KIND_ENDINGS = (
    ("school", r"学校|小学|中学|幼儿园|学院|大学|高中|初中"),
    ("hospital", r"医院|卫生院|卫生服务中心|诊所"),
    ("village", r"社区|居委会|村委会|村"),
    ("township", r"街道|街道办|街道办事处|镇|乡|镇政府|乡政府|镇人民政府|乡人民政府"),
    ("enterprise", r"公司|集团|厂|商场|酒店|超市|银行|企业|矿|港"),
    ("social_organisation", r"协会|学会|救援队|志愿服务队|基金会|促进会|商会|救援中心"),
    ("stationed", r"消防救援大队|消防大队|海事局|海事处|气象局|税务局|烟草专卖局"),
    (
        "committee_department",
        r"局|委|办|部|办公室|委员会|中心|处|大队|支队|工会|团委|妇联|法院|检察院|管委会|院|所|站",
    ),
)


def guessed_kind(name: str) -> str:
    """Return the kind of a unit that its name suggests, or ``other``."""
    bare = re.sub(r"[（(][^（）()]*[)）]$", "", name)
    for kind, endings in _KIND_ENDINGS:
        if re.search(rf"(?:{endings})$", bare):
            return kind
    return "other"
