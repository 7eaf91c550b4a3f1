"""What is written down is true: README and command line, dependencies and their reasons, the lock.

It asks nobody outside: whether a locked version is still a good one is not its question.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import click
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.report import ROOT, Finding, report

REASONS = "docs/decisions/0007-dependencies.md"
LOCKS = ("requirements.txt", "requirements-dev.txt")
OUR_PACKAGES = frozenset({"drillbook", "pages", "tools", "tests", "bench", "app"})
OPTIONS_OF_ALL = frozenset({"--db", "--lang", "--as", "--json", "--help"})
ONLY_FOR_TYPES = frozenset({"_typeshed"})


def dependencies(root: Path) -> dict[str, list[Requirement]]:
    """Return lock file → what ``pyproject.toml`` asks of it."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run = [Requirement(line) for line in project["dependencies"]]
    extra = project.get("optional-dependencies", {}).get("dev", [])
    return {LOCKS[0]: run, LOCKS[1]: [*run, *map(Requirement, extra)]}


def check_reasons(root: Path) -> Iterator[Finding]:
    """Yield dependencies without a reason, and reasons for what is no dependency."""
    asked = {requirement.name for requirement in dependencies(root)[LOCKS[1]]}
    page = (root / REASONS).read_text(encoding="utf-8")
    given = set(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE))
    for name in sorted(asked - given):
        yield Finding(REASONS, f"no line says why {name!r} is needed")
    for name in sorted(given - asked):
        yield Finding(REASONS, f"{name!r} is not in pyproject.toml")


def locked_versions(path: Path) -> dict[str, set[str]]:
    """Return package → versions a lock file holds; one package may differ by Python version."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", path.read_text(encoding="utf-8"), re.MULTILINE
    ):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


def check_lock(root: Path) -> Iterator[Finding]:
    """Yield dependencies that are not locked as asked, and lines that name an address or a path."""
    for lock, asked in dependencies(root).items():
        versions = locked_versions(root / lock)
        for requirement in asked:
            locked = versions.get(canonicalize_name(requirement.name), set())
            if not locked or not all(map(requirement.specifier.contains, locked)):
                yield Finding(lock, f"does not hold {requirement}: run make lock")
        for number, line in enumerate((root / lock).read_text(encoding="utf-8").splitlines(), 1):
            if "://" in line or line.startswith(("-", "/", "file:")):
                yield Finding(lock, f"names an address, a path or an option: {line}", number)


def check_hashes(root: Path) -> Iterator[Finding]:
    """Yield locked lines that are not pinned to one version, or have no hash to be checked by."""
    for lock in LOCKS:
        text = re.sub(r"\\\n", " ", (root / lock).read_text(encoding="utf-8"))
        for line in text.splitlines():
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            name = line.split()[0]
            if not re.match(r"[\w.-]+(\[[^]]*\])?==[\w.+!-]+$", name.rstrip(";")):
                yield Finding(lock, f"is not pinned to one version: {name}")
            if not re.search(r"--hash=sha256:[0-9a-f]+", line):
                yield Finding(lock, f"has no hash: {name}")


def check_imports(root: Path) -> Iterator[Finding]:
    """Yield imports of packages that ``pyproject.toml`` does not name."""
    asked = {
        lock: {canonicalize_name(each.name) for each in names}
        for lock, names in dependencies(root).items()
    }
    owners = packages_distributions()
    for path in sources(root):
        place = path.relative_to(root).as_posix()
        lock = LOCKS[1] if place.startswith(("tools/", "tests/")) else LOCKS[0]
        known = OUR_PACKAGES | ONLY_FOR_TYPES | sys.stdlib_module_names
        for module in sorted(imported_modules(path) - known):
            owner = {canonicalize_name(name) for name in owners.get(module, [module])}
            if not owner & asked[lock]:
                yield Finding(place, f"imports {module!r}, which pyproject.toml does not name")


def sources(root: Path) -> list[Path]:
    """Return every Python source of the repository."""
    folders = ("drillbook", "pages", "tools", "tests")
    return sorted(
        [*root.glob("*.py"), *(p for name in folders for p in (root / name).rglob("*.py"))]
    )


def imported_modules(path: Path) -> set[str]:
    """Return the top-level modules a source imports, also within functions."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            modules.add(node.module.partition(".")[0])
    return modules


def check_readme(readme: str, commands: dict[str, click.Command]) -> Iterator[Finding]:
    """Yield commands, choices and options the README's table does not name, and rows too many."""
    rows = {name: row for row, name in re.findall(r"^(\| `drillbook ([\w-]+).*)$", readme, re.M)}
    for name in sorted(set(commands) - set(rows)):
        yield Finding("README.md", f"the table of commands has no row for {name!r}")
    for name in sorted(set(rows) - set(commands)):
        yield Finding("README.md", f"there is no command {name!r}")
    for name in sorted(set(rows) & set(commands)):
        for word in sorted(words_of(commands[name])):
            if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", rows[name]):
                yield Finding("README.md", f"the row of {name!r} does not mention {word!r}")
        for word in re.findall(r"(?<![\w-])--[\w-]+", rows[name]):
            if word not in words_of(commands[name]) | OPTIONS_OF_ALL:
                yield Finding("README.md", f"{name!r} has no option {word!r}")


def words_of(command: click.Command) -> set[str]:
    """Return what a command's row must mention: its options of its own and its choices."""
    words: set[str] = set()
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            words |= {name for name in parameter.opts if name.startswith("--")}
        elif isinstance(parameter.type, click.Choice):
            words |= {str(choice) for choice in parameter.type.choices}
    return words - OPTIONS_OF_ALL


def product_commands() -> dict[str, click.Command]:
    """Return the commands of the product's own command line."""
    from drillbook.cli.main import command_line

    return dict(command_line.commands)


def findings(root: Path) -> list[Finding]:
    """Return every promise of the product at ``root`` that does not hold."""
    checks = (check_reasons, check_lock, check_imports)
    return [finding for check in checks for finding in check(root)]


if __name__ == "__main__":
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = [*findings(ROOT), *check_hashes(ROOT), *check_readme(readme, product_commands())]
    sys.exit(report("promises", found))
