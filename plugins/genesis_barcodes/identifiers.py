"""What GS1 says of each application identifier: its parts, the rules of each part, what it needs and what it excludes.

From the facts of the GS1 Barcode Syntax Dictionary, release 2026-01-27, in a form of our own. A row is

    identifiers : parts : needs : excludes

identifiers: with a set of digits in brackets; `=` before them: they end by their length, the others at the next GS.
parts: n digits, x and y and z the character sets 82, 39 and 64; a length, or `-` and the most; after dots the names of
its rules in `linters`; `?` where it may be left out. needs: each group
wants one of its members, `+` joins what must be there together. excludes: `~` stands for others of its own family,
which differ in their last digit. In both an `n` stands for any digit.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from itertools import product
from typing import NamedTuple

_SETS = {"n": "[0-9]", "x": r"[!-\"%-/0-9:-?A-Z_a-z]", "y": "[#/0-9A-Z-]"}
_Z = "[A-Za-z0-9_-]"

Group = tuple[tuple[str, ...], ...]  # alternatives, each of patterns that must be there together

TABLE = """
=00 : n18.csum.gcppos2
=01 : n14.csum.gcppos2 :  : 255|37
=02 : n14.csum.gcppos2 : 37 : 01|03
=03 : n14.csum.gcppos2 :  : 01|02|37
10 : x-20 : 01|02|03|8006|8026
=1[1356] : n6.yymmd0 : 01|02|03|8006|8026
=12 : n6.yymmd0 : 8020
=17 : n6.yymmd0 : 01|02|03|255|8006|8026
=20 : n2 : 01|02|8006|8026
21 : x-20 : 01|03|8006 : 235
22,243,71[0-7] : x-20 : 01
235 : x-28 : 01
24[01] : x-30 : 01|02|8006|8026
242 : n-6 : 01|02|8006|8026
250 : x-30 : 01|8006 21
251 : x-30 : 01|8006
253 : n13.csum.gcppos1 x-17?
254 : x-20 : 414
255 : n13.csum.gcppos1 n-12? :  : 01|02|415|8006|8020|8026
30 : n-8 : 01|02
=31[0-6][0-5],32[0-9][0-5],35[01267][0-5],36[01456][0-5] : n6 : 01|02 : ~
=33[0-6][0-5],34[0-9][0-5],35[3-5][0-5],36[23789][0-5] : n6 : 00|01 : ~
=337[0-5] : n6 : 01 : ~
37 : n-8 : 00 02|8026
390[0-9] : n-15 : 255|8020 : ~|391n|394n|8111
391[0-9] : n3.iso4217 n-15 : 8020 : ~
392[0-9] : n-15 : 01 30|31nn|32nn|35nn|36nn : ~|393n
393[0-9] : n3.iso4217 n-15 : 30|31nn|32nn|35nn|36nn : ~
394[0-3] : n4 : 255 : ~|8111
395[0-5] : n6 : 30|31nn|32nn|35nn|36nn : 392n|393n|~|8005
400,90 : x-30
401,7023,8004 : x-30.gcppos1
402 : n17.csum.gcppos1
403,4308,4319 : x-30 : 00
=41[0123467] : n13.csum.gcppos1
=415 : n13.csum.gcppos1 : 8020
420 : x-20 :  : 421
421 : n3.iso3166 x-9 :  : 4307
422 : n3.iso3166 : 01|02|8006|8026 : 426
42[35] : n3.iso3166 n3.iso3166? n3.iso3166? n3.iso3166? n3.iso3166? : 01|02 : 426
424 : n3.iso3166 : 01|02 : 426
426 : n3.iso3166 : 01|02
427 : x-3 : 01|02 422
43[01][01],4320 : x-35.pcenc : 00
43[01][2456] : x-70.pcenc : 00
4303 : x-70.pcenc : 4302
43[01]7 : x2.iso3166alpha2 : 00
4309 : n10.latitude n10.longitude : 00
4313 : x-70.pcenc : 4312
4318 : x-20 : 00
432[1-3] : n1.yesno : 00
432[45] : n6.yymmd0 n4.hhmi : 00
4326 : n6.yymmdd : 00
4330 : n6 x1.hyphen? : 00 : 4331
4331 : n6 x1.hyphen? : 00 : 4330
4332 : n6 x1.hyphen? : 00 : 4333
4333 : n6 x1.hyphen? : 00 : 4332
7001 : n13 : 01|02|8006|8026
7002 : x-30 : 01|02
7003 : n6.yymmdd n4.hhmi : 01|02
7004 : n-4 : 01+10
7005 : x-12 : 01|02
7006 : n6.yymmdd : 01|02
7007 : n6.yymmdd n6.yymmdd? : 01|02
7008 : x-3 : 01|02
7009 : x-10 : 01|02
7010 : x-2 : 01|02
7011 : n6.yymmdd n4.hhmi? : 01|02
7020 : x-20 : 01|8006 416
7021,7240,8012 : x-20 : 01|8006
7022 : x-20 : 7021
703[0-9] : n3.iso3166999 x-27 : 01|02
7040 : n1 x1 x1 x1.importeridx
7041 : x-4.packagetype : 00
723[0-9] : x2 x-28 : 01|8004
7241 : n2.mediatype : 8017|8018
7242 : x-25 : 8017|8018
7250 : n8.yyyymmdd : 8018 : 7251
7251 : n8.yyyymmdd n4.hhmi : 8018 : 7250
7252 : n1.iso5218 : 8018
725[34] : x-40.pcenc : 8017|8018 : 7256|7259
7255 : x-10 : 8017|8018 : 7256|7259
7256 : x-90.pcenc : 8017|8018
7257 : x-70.pcenc : 8018
7258 : x3.posinseqslash : 8018+7259
7259 : x-40.pcenc : 8018 : 7256
8001 : n4.nonzero n5.nonzero n3.nonzero n1.winding n1 : 01
8002 : x-20
8003 : n1.zero n13.csum.gcppos1 x-16?
8005 : n6 : 01|02
8006 : n14.csum.gcppos2 n4.pieceoftotal :  : 01|37
8007 : x-34.iban : 415
8008 : n6.yymmdd n2.hh n2.mi? n2.ss? : 01|02
8009 : x-50 : 00|01
8010 : y-30.gcppos1
8011 : n-12.nozeroprefix : 8010
8013 : x-25.csumalpha.gcppos1
8014 : x-25.csumalpha.gcppos1.hasnondigit : 01
8017 : n18.csum.gcppos1 :  : 8018
8018 : n18.csum.gcppos1 :  : 8017
8019 : n-10 : 8017|8018
8020 : x-25 : 415
8026 : n14.csum.gcppos2 n4.pieceoftotal : 37 : 02|8006
8030 : z-90 : 00|01+21|253|255|8003|8004|8006+21|8010+8011|8017|8018
8040 : n15 : 01+21
8041 : n15 : 01+21+8040
8042 : n32 : 01+21+8040
8043 : n18 n-2? : 01+21+8040
8110 : x-70.couponcode
8111 : n4 : 255
8112 : x-70.couponposoffer
8200 : x-70 : 01
9[1-9] : x-90
"""


class Part(NamedTuple):
    """A part of a value: its character set, how long it is, whether it may be left out, and its rules by name."""

    kind: str
    least: int
    most: int
    optional: bool
    rules: tuple[str, ...]


class Facts:
    """What is known of identifiers that are alike.

    ends: by its length. needs: groups of alternatives of patterns; excludes: patterns, "~" for its own family.
    """

    def __init__(self, row: str) -> None:
        names, parts, needs, excludes = (f"{row} : : :".split(":"))[:4]
        self.ends = names.startswith("=")
        self.identifiers = [ai for name in names.strip(" =").split(",") for ai in _spelled(name)]
        self.parts = tuple(_part(text) for text in parts.split())
        self.needs: tuple[Group, ...] = tuple(
            tuple(tuple(one.split("+")) for one in group.split("|")) for group in needs.split()
        )
        self.excludes = tuple(filter(None, excludes.strip().split("|")))
        self.length = sum(part.most for part in self.parts)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a value looks like."""
        text = ""
        for part in reversed(self.parts):
            text = _expression(part) + text
            text = f"(?:{text})?" if part.optional else text
        return re.compile(text, re.ASCII)


def _spelled(name: str) -> list[str]:
    """Return the identifiers behind one that has sets of digits."""
    digits = [_digits(found) for found in re.findall(r"\[[0-9-]+\]|[0-9]", name)]
    return ["".join(chosen) for chosen in product(*digits)]


def _digits(text: str) -> list[str]:
    if len(text) > 2 and text[2] == "-":
        return [str(digit) for digit in range(int(text[1]), int(text[3]) + 1)]
    return list(text.strip("[]"))


def _part(text: str) -> Part:
    shape, *rules = text.removesuffix("?").split(".")
    most = int(shape[1:].removeprefix("-"))
    return Part(shape[0], 1 if shape[1] == "-" else most, most, text.endswith("?"), tuple(rules))


def _expression(part: Part) -> str:
    if part.kind == "z":  # padded to a multiple of three, or not at all
        return f"(?=.{{1,{part.most}}}$)(?:{_Z}+|(?=(?:...)+$){_Z}+={{1,2}})"
    return f"{_SETS[part.kind]}{{{part.least},{part.most}}}"


@cache
def identifiers() -> dict[str, Facts]:
    """Return identifier -> what is known of it; made when the first element string is read."""
    rows = [Facts(row) for row in TABLE.strip().splitlines()]
    return {ai: facts for facts in rows for ai in facts.identifiers}
