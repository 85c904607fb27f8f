"""Write the locks anew from pyproject.toml, because a hash typed by hand protects nobody.

Run as `./run lock`. It resolves once for every platform and Python version named here, then installs the run-time
lock for each of them into a scratch folder: a pin that some shop could not install as a wheel stops it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from email import message_from_string
from email.message import Message
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
UV = "uv==0.13.9"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-pc-windows-msvc")
FOREIGN = re.compile(r"musllinux|ios|android|win32|arm64$(?<!macosx.{5}arm64)", re.ASCII)
# tkdesigner pins parts that are years old; it works with these.
DESIGN_OVERRIDES = ("Pillow>=13", "Jinja2>=3.1", "requests>=2.32", "urllib3>=2")
# Distributions whose metadata says nothing, or not all, read from the licence files they carry.
READ_BY_HAND = {
    "qrcode": "BSD-3-Clause, MIT",
    "sqlcipher3": "Zlib; holds SQLCipher (BSD-3-Clause), SQLite (public domain) and OpenSSL (Apache-2.0)",
}
NOTICE_HEAD = """Genesis POS
Licensed under the Apache License, Version 2.0; see LICENSE.

Nothing of others is kept in this repository. An installed Genesis POS depends on these distributions, each under
the licence that its metadata states:

"""
Package = dict[str, Any]
