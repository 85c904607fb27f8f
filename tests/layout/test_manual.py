"""The reference pages of the manual say what the code says."""

from __future__ import annotations

import pytest

from genesis.docs.__main__ import FOLDER, pages


@pytest.mark.parametrize("file", sorted(pages()))
def test_reference_pages_are_as_the_code_is(file):
    assert (FOLDER / file).read_text(encoding="utf-8") == pages()[file], "run `./run docs`"
