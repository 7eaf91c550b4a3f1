"""Small mistakes put into the core, one at a time: does a test that touches the place notice?

A sample of all mistakes there could be is drawn by a seed. Each is made in a copy of the tree and
tried by the tests nearest to it. It is caught when a test fails that passes without it; a mistake
that only takes too long is told apart, since a busy machine may be why.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count, zip_longest
from pathlib import Path
from queue import SimpleQueue

import sqlglot
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

from tools.report import ROOT

CORE = (
    "drillbook/core", "drillbook/db", "drillbook/records", "drillbook/accounts",
    "drillbook/reports", "drillbook/importing", "drillbook/entry", "sql/views", "sql/queries",
)  # fmt: skip
LEFT_OUT = {"drillbook/records/sample_data.py": "its numbers are made up"}
PYTHON = (
    "ReplaceComparisonOperator_Lt_LtE", "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBinaryOperator_Mul_Add", "ReplaceUnaryOperator_Delete_Not",
    "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr",
    "ReplaceOrWithAnd", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak",
    "NumberReplacer", "ZeroIterationForLoop", "ExceptionReplacer",
)  # fmt: skip
"""The mistakes people make; turning + into >> only counts what any test would see."""
SQL = {
    "<=": "<", "<": "<=", ">=": ">", ">": ">=", "=": "<>", "<>": "=", "and": "or", "or": "and",
    "min": "max", "max": "min", "is null": "is not null", "is not null": "is null",
    "inner join": "left join", "asc": "desc", "desc": "asc", "+": "-", "-": "+",
}  # fmt: skip
UNSEEN = re.compile(r"^\+.*(TYPE_CHECKING|@dataclass)", re.MULTILINE)
"""What only a type checker sees, or who writes into what is not to be written into."""
FAR = ("tests/browser/", "tests/checks/", "tests/hostile/test_browser")
NEAREST = 8
"""How many test files are run unless somebody asks for more or fewer."""


@dataclass(frozen=True)
class Mutant:
    """One small mistake: in which file, what it is, and how often it comes before."""

    place: str
    mistake: str
    occurrence: int

    def made_in(self, source: str) -> str | None:
        """Return the source with the mistake, or nothing where it would change nothing."""
        if self.place.endswith(".sql"):
            start, end = list(_sql_places(source, self.mistake))[self.occurrence]
            return source[:start] + SQL[self.mistake] + source[end:]
        operator = get_operator(f"core/{self.mistake}")()
        made: str | None = mutate_code(source, operator, self.occurrence)
        try:
            return made if made and _meaning(made) != _meaning(source) else None
        except SyntaxError:  # "not" before one of several conditions: nobody could run it
            return None


def _meaning(source: str) -> str:
    """Return a module without its annotations: nobody evaluates them."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(tree)


def _sql_places(source: str, mistake: str) -> Iterator[tuple[int, int]]:
    """Yield where a word of SQL, or two, stands in the code; words in comments are no tokens."""
    words = mistake.split()
    tokens = sqlglot.tokenize(source, read="postgres")
    for place, first in enumerate(tokens):
        found = tokens[place : place + len(words)]
        following = tokens[place + 1].text.lower() if place + 1 < len(tokens) else ""
        is_code = first.token_type.name != "STRING" and following != "replace"
        if is_code and [token.text.lower() for token in found] == words:
            yield first.start, found[-1].end + 1


def mutants_of(root: Path, place: str) -> Iterator[Mutant]:
    """Yield every mistake that can be made in one file."""
    source = (root / place).read_text(encoding="utf-8")
    if place.endswith(".sql"):
        for mistake in SQL:
            for occurrence, _where in enumerate(_sql_places(source, mistake)):
                yield Mutant(place, mistake, occurrence)
        return
    nodes = list(ast_nodes(get_ast(source)))
    for name in PYTHON:
        operator = get_operator(f"core/{name}")()
        numbers = count()
        for node in nodes:
            for _position in operator.mutation_positions(node):
                yield Mutant(place, name, next(numbers))


def places(root: Path, only: str = "") -> list[str]:
    """Return the files of the core below ``only``."""
    found = (path for part in CORE for path in (root / part).rglob("*"))
    names = sorted(path.relative_to(root).as_posix() for path in found)
    ends = (".py", ".sql")
    return [n for n in names if n.endswith(ends) and n.startswith(only) and n not in LEFT_OUT]


# --- the tests that touch a place -----------------------------------------------------------------


def imported(source: str) -> set[str]:
    """Return the dotted names of the product that a source imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("drillbook"):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@dataclass
class Nearby:
    """Which tests touch which file, by what they import and which queries they name."""

    root: Path
    sources: dict[str, str] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=dict)
    importers: dict[str, set[str]] = field(default_factory=dict)
    tests: list[str] = field(default_factory=list)
    most: int = NEAREST

    def __post_init__(self) -> None:
        for folder in ("drillbook", "sql", "tests"):
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix in (".py", ".sql"):
                    name = path.relative_to(self.root).as_posix()
                    self.sources[name] = path.read_text(encoding="utf-8")
        python = [name for name in self.sources if name.endswith(".py")]
        self.words = {name: set(re.findall(r"\w+", text)) for name, text in self.sources.items()}
        for name in python:
            folder = ".".join(Path(name).parent.parts)
            # A program of its own is started by its file's name.
            started = re.findall(r'with_name\("(\w+)\.py"\)', self.sources[name])
            for module in imported(self.sources[name]) | {f"{folder}.{one}" for one in started}:
                self.importers.setdefault(module, set()).add(name)
        self.tests = [n for n in python if "/test_" in n and not n.startswith(FAR)]

    def tests_of(self, place: str) -> list[str]:
        """Return the test files nearest to a file, its mirror first."""
        mirror = f"tests/{Path(place).parent.name}/test_{Path(place).stem}.py"
        layers = self._sql_layers(place) if place.endswith(".sql") else self._layers(place)
        found: dict[str, None] = {}
        for layer in layers:
            near = sorted(layer, key=lambda name: (name != mirror, len(self.sources[name])))
            found |= dict.fromkeys(near)
        if not found and place.endswith(".sql"):
            # Its name is put together in the code: its neighbours are asked by the same pages.
            sisters = [n for n in self.sources if Path(n).parent == Path(place).parent]
            return self.tests_of_all([name for name in sisters if name != place])
        return list(found)[: self.most]

    def tests_of_all(self, files: list[str]) -> list[str]:
        """Return the tests nearest to several files that are found by name."""
        found = (test for file in files for layer in self._sql_layers(file) for test in layer)
        return list(dict.fromkeys(found))[: self.most]

    def _importers(self, place: str) -> set[str]:
        module = place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return self.importers.get(module, set())

    def _layers(self, place: str) -> Iterator[list[str]]:
        """Yield the tests that import a module, then those that import who imports it, and so on.

        It ends with the fifth layer: further away, tests touch the module by chance.
        """
        importers = self._importers(place)
        for _layer in range(5):
            yield [name for name in self.tests if name in importers]
            importers = {name for middle in importers for name in self._importers(middle)}

    def _sql_layers(self, place: str) -> Iterator[list[str]]:
        """Yield the tests that name a view or query, then those of the modules that ask it."""
        names, files = {Path(place).stem}, {place}
        names |= set(re.findall(r"create or replace view (\w+)", self.sources[place]))
        for _step in range(4):
            asking = [name for name, words in self.words.items() if not words.isdisjoint(names)]
            yield [name for name in self.tests if name in asking]
            modules = [n for n in asking if n.startswith("drillbook") and n not in files]
            importers = {name for module in modules for name in self._importers(module)}
            yield [name for name in self.tests if name in importers]
            further = [n for n in asking if n.startswith("sql/") and n not in files]
            files |= {*further, *modules}
            names = {Path(name).stem for name in further}
            for name in further:
                names |= set(re.findall(r"create or replace view (\w+)", self.sources[name]))
            if not names:
                return


# --- trying them ----------------------------------------------------------------------------------


@dataclass
class Copy:
    """A copy of the tree in which mistakes are made and mended."""

    root: Path
    seconds: int
    sound: dict[str, bool] = field(default_factory=dict)

    def pytest(self, *arguments: str) -> tuple[int | None, str]:
        """Run tests in the copy; return the exit code (none: out of time) and what was said."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "--no-header"]
        # One process per mistake: workers would take longer to start than to fail.
        command += ["-n", "0"] if find_spec("xdist") else []
        told = os.environ | {"PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            run = subprocess.run(
                [*command, "-p", "no:cacheprovider", *arguments],
                cwd=self.root, env=told, capture_output=True, text=True, timeout=self.seconds,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None, ""
        return run.returncode, run.stdout

    def tried(self, mutant: Mutant, made: str, tests: list[str]) -> str:
        """Return the test that catches a mistake, ``out of time``, or nothing."""
        path = self.root / mutant.place
        source = path.read_text(encoding="utf-8")
        path.write_text(made, encoding="utf-8")
        try:
            code, said = self.pytest(*tests)
        finally:
            path.write_text(source, encoding="utf-8")
        if code is None:
            return "out of time"
        if code == 0:
            return ""
        failed = re.search(r"^(?:FAILED|ERROR) (\S+?\.py(?:::\w+)*)", said, re.MULTILINE)
        # Names of examples may hold blanks, or what a shell escapes: the whole test is run.
        test = failed[1] if failed else tests[0]
        return test if self._passes(test) else f"broken without it: {test}"

    def _passes(self, test: str) -> bool:
        """Say whether a test passes, or a file of tests loads, without any mistake."""
        if test not in self.sound:
            only_loaded = () if "::" in test else ("--collect-only",)
            self.sound[test] = self.pytest(test, *only_loaded)[0] == 0
        return self.sound[test]


def diff(mutant: Mutant, source: str, made: str) -> str:
    """Return the mistake as a diff."""
    lines = difflib.unified_diff(
        source.splitlines(), made.splitlines(), mutant.place, mutant.mistake, n=1, lineterm=""
    )
    return "\n".join(lines)


def sample(root: Path, number: int, seed: int, only: str) -> list[tuple[Mutant, str, str]]:
    """Return mistakes drawn by a seed, as many of each kind, with the source before and after."""
    kinds: dict[str, list[Mutant]] = {}
    for place in places(root, only):
        for mutant in mutants_of(root, place):
            kinds.setdefault(mutant.mistake, []).append(mutant)
    chance = random.Random(seed)
    for kind in kinds.values():
        chance.shuffle(kind)
    # Each kind in turn: most numbers are widths and limits, and would crowd out comparisons.
    everything = [m for turn in zip_longest(*kinds.values()) for m in turn if m is not None]
    drawn: list[tuple[Mutant, str, str]] = []
    for mutant in everything:
        source = (root / mutant.place).read_text(encoding="utf-8")
        made = mutant.made_in(source)
        if made is not None and not UNSEEN.search(diff(mutant, source, made)):
            drawn.append((mutant, source, made))
        if len(drawn) == number:
            break
    print(f"{len(drawn)} of {len(everything)} mistakes, seed {seed}")
    return drawn


def copied(folder: str, number: int) -> Path:
    """Copy the tree without what is made anew."""
    made_anew = shutil.ignore_patterns(".venv*", ".git", "__pycache__", ".*_cache", ".hypothesis")
    target = Path(folder) / f"copy-{number}"
    shutil.copytree(ROOT, target, ignore=made_anew)
    return target


def run(asked: argparse.Namespace) -> int:
    """Try a sample of mistakes and report each that no test caught; 1 when the goal is missed."""
    drawn = sample(ROOT, asked.sample, asked.seed, asked.only)
    nearby = Nearby(ROOT, most=asked.tests)
    results: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(asked.jobs) as pool:
        free: SimpleQueue[Copy] = SimpleQueue()
        for number in range(asked.jobs):
            free.put(Copy(copied(folder, number), asked.seconds))

        def one(mistake: tuple[Mutant, str, str]) -> None:
            mutant, source, made = mistake
            tests = nearby.tests_of(mutant.place)
            copy = free.get()
            answer = copy.tried(mutant, made, tests) if tests else ""
            free.put(copy)
            kind = answer if answer == "out of time" else "caught" if answer else "survived"
            kind = "not judged" if answer.startswith("broken") else kind
            results[kind] += 1
            shown = answer if kind == "caught" else f"{answer}\n{diff(mutant, source, made)}"
            print(f"{kind}: {mutant.place} {mutant.mistake} {mutant.occurrence}\n{shown}\n")
            sys.stdout.flush()

        list(pool.map(one, drawn))
    judged = sum(results.values()) - results["not judged"]
    share = 100 * results["caught"] / judged if judged else 100
    print(f"{share:.0f} % of {judged} caught: {dict(results)}")
    return 0 if share >= asked.goal else 1


def asked_for(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read what to try from the command line."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=40, help="how many mistakes to try")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same mistakes")
    parser.add_argument("--only", default="", help="beginning of the files' path")
    parser.add_argument("--seconds", type=int, default=300, help="how long one may take")
    parser.add_argument("--tests", type=int, default=NEAREST, help="how many files of tests")
    parser.add_argument("--jobs", type=int, default=1, help="how many are tried side by side")
    parser.add_argument("--goal", type=int, default=90, help="per cent that must be caught")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(run(asked_for()))
