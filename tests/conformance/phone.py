"""The engine that phones run (JavaRosa, inside of pyxform's wheel), driven from tests."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyxform

DRIVER = Path(__file__).with_name("javarosa") / "FillForms.java"
JAR = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
CONSTRAINT, REQUIRED = 2, 1
"""How the engine says that an answer breaks a constraint, and that one is needed."""


def missing() -> str | None:
    """Why the engine cannot be run here, or None."""
    if shutil.which("java") is None or shutil.which("javac") is None:
        return "needs a JDK"
    return None if JAR.exists() else "pyxform came without its engine"


@dataclass(slots=True)
class Filled:
    """What came of filling one form once.

    Attributes:
        labels: of every question that was asked, by name.
        choices: labels of choices, by question and code.
        hints, messages: by name of question.
        tried: status of each answer that was only tried, by name and value.
        missing: questions asked for which there was no answer.
        refused: answers that were meant to be good and were refused.
        done: ``valid``, or why not.
        xml: the filled form as the phone would send it.
    """

    labels: dict[str, str] = field(default_factory=dict)
    choices: dict[tuple[str, str], str] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    tried: dict[tuple[str, str], int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    done: str = ""
    xml: str = ""


@dataclass(frozen=True, slots=True)
class Filling:
    """One filling that is asked for: which form, in which language, with what."""

    form: Path
    lang: str
    answers: Mapping[str, str]
    tries: Sequence[tuple[str, str]] = ()


def compiled(folder: Path) -> Path:
    """The folder that holds the driver's class."""
    subprocess.run(
        ["javac", "-nowarn", "-cp", str(JAR), "-d", str(folder), str(DRIVER)],
        check=True,
        capture_output=True,
    )
    return folder


def fill(classes: Path, fillings: Sequence[Filling], folder: Path) -> list[Filled]:
    """What came of each filling; all of them in one run of the engine."""
    lines = []
    for number, one in enumerate(fillings):
        lines.append(f"FORM\t{one.form}\t{one.lang}\t{folder / f'{number}.xml'}")
        lines += [f"ANSWER\t{name}\t{value}" for name, value in one.answers.items()]
        lines += [f"TRY\t{name}\t{value}" for name, value in one.tries]
        lines.append("GO")
    done = subprocess.run(
        ["java", "-Dfile.encoding=UTF-8", "-cp", f"{JAR}:{classes}", "FillForms"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    found: list[Filled] = []
    now = Filled()
    for line in done.stdout.splitlines():
        _note(now, line.split("\t"))
        if now.done:
            file = folder / f"{len(found)}.xml"
            now.xml = file.read_text(encoding="utf-8") if file.exists() else ""
            found.append(now)
            now = Filled()
    return found


def _note(now: Filled, words: Sequence[str]) -> None:
    if words[0] == "Q":
        _, _, now.labels[words[1]], now.hints[words[1]], now.messages[words[1]] = words
    elif words[0] == "C":
        now.choices[words[1], words[2]] = words[3]
    elif words[0] == "BAD":
        now.tried[words[1], words[2]] = int(words[3])
    elif words[0] == "MISSING":
        now.missing.append(words[1])
    elif words[0] == "REFUSED":
        now.refused.append("\t".join(words[1:]))
    elif words[0] == "DONE":
        now.done = words[1]
