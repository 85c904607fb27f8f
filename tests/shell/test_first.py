"""The first start: what is asked, and what is refused beside its field."""

from __future__ import annotations

import pytest

from genesis import UserError
from genesis.cli.first import tax_classes
from genesis.shell.vm.first import FirstStart, Taxes, Wish
from tests.shell.beginning import Maker
from tests.shell.desks import Now


@pytest.fixture
def maker():
    return Maker()


@pytest.fixture
def asking():
    """A form that goes through every step."""
    return FirstStart(Now(), Maker(asks_taxes=True, tries_printers=True))


@pytest.fixture
def vm(maker):
    return FirstStart(Now(), maker)


def fill(vm, **values):
    for name, text in ({"name": "Corner Shop", "currency": "eur"} | values).items():
        vm.write(name, text)


def test_what_is_typed_becomes_the_wish(vm, maker):
    fill(vm, name=" Corner Shop ", register="k7", secret="correct horse", again="correct horse")
    assert vm.currency == "Euro"
    vm.go_on()
    assert maker.wishes == [Wish("Corner Shop", "EUR", "K7", "correct horse")]
    assert vm.done


def test_enter_shows_the_demo_store_only_while_nothing_was_said(vm, maker):
    vm.write("name", "C")
    vm.enter()
    assert (maker.wishes, set(vm.faults)) == ([], {"currency"})
    vm.write("name", "")
    vm.enter()
    assert maker.wishes == [Wish(demo=True)]


def test_nothing_about_taxes_is_taken_for_granted(asking):
    fill(asking)
    asking.go_on()
    assert (asking.step, asking._maker.wishes) == ("taxes", [])
    asking.go_on()
    assert set(asking.faults) == {"how"}
    asking.write("how", "inside")
    asking.go_on()
    assert set(asking.faults) == {"scope", "tax.0", "rate.0"}


@pytest.mark.parametrize(
    ("rows", "fields"),
    [
        ([("VAT", "20")], set()),
        ([("VAT", "0"), ("", ""), ("Levy", "5,5 %")], set()),
        ([("VAT", "20"), ("VAT", "5")], set()),
        ([("VAT", "20"), ("VAT", "20.0")], {"tax.1"}),
        ([("", "20")], {"tax.0"}),
        ([("VAT", "")], {"rate.0"}),
        ([("VAT", "twenty"), ("B", "101"), ("C", "-1")], {"rate.0", "rate.1", "rate.2"}),
        ([("x" * 61, "20")], {"tax.0"}),
    ],
)
def test_a_tax_needs_a_name_and_a_rate_and_is_said_once(asking, rows, fields):
    fill(asking)
    asking.go_on()
    for field, value in (("how", "added"), ("scope", "document")):
        asking.write(field, value)
    for n, (name, percent) in enumerate(rows):
        asking.write(f"tax.{n}", name)
        asking.write(f"rate.{n}", percent)
    asking.go_on()
    assert set(asking.faults) == fields
    assert len(asking._maker.wishes) == (0 if fields else 1)


@pytest.mark.parametrize(
    ("how", "kept"),
    [("none", Taxes("none")), ("later", Taxes()), ("inside", Taxes("inside", "line", (("VAT", "5.5"),)))],
)
def test_what_was_said_of_taxes_goes_with_the_wish(asking, how, kept):
    fill(asking)
    asking.go_on()
    for field, value in (("how", "inside"), ("scope", "line"), ("tax.0", " VAT "), ("rate.0", "5,50"), ("how", how)):
        asking.write(field, value)
    asking.go_on()
    assert asking._maker.wishes == [Wish("Corner Shop", "EUR", "R1", "", kept)]


def test_a_printer_is_tried_once_the_store_is_there_or_left_out(asking):
    fill(asking)
    asking.go_on()
    asking.write("how", "later")
    asking.enter()
    assert (asking.made, asking.done, asking.step) == (True, False, "printer")
    asking.write("address", "192.0.2.10")
    asking._maker.error = UserError("the test was not printed: out of paper", "", "address")
    asking.enter()
    assert asking.faults == {"address": "The test was not printed: out of paper."}
    asking._maker.error = None
    asking.enter()
    assert (asking.printed, asking.done) == (True, False)
    asking.enter()
    assert (asking.done, asking._maker.printed) == (True, ["192.0.2.10"] * 2)


def test_classes_are_named_by_what_was_typed_and_never_twice():
    taxes = Taxes("inside", "line", (("VAT", "20"), ("ضريبة", "20"), ("ضريبه", "20")))
    kept = tax_classes(taxes)
    assert list(kept) == ["vat-20", "tax-20", "tax-20-2"]
    assert [row["title"] for row in kept.values()] == ["VAT 20 %", "ضريبة 20 %", "ضريبه 20 %"]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, set()),
        ({"name": "  "}, {"name"}),
        ({"name": "x" * 201}, {"name"}),
        ({"currency": ""}, {"currency"}),
        ({"currency": "euro"}, {"currency"}),
        ({"currency": "XAU"}, {"currency"}),  # gold has no smallest coin
        ({"register": ""}, {"register"}),
        ({"register": "1R"}, {"register"}),
        ({"register": "R12345678"}, {"register"}),
        ({"secret": "abc", "again": "abc"}, {"secret"}),
        ({"secret": "correct horse", "again": "correct house"}, {"again"}),
        ({"again": "correct horse"}, {"again"}),
        ({"name": "", "currency": "", "register": "-"}, {"name", "currency", "register"}),
    ],
)
def test_everything_that_is_wrong_stands_beside_its_field_and_nothing_is_made(vm, maker, values, fields):
    fill(vm, **values)
    vm.go_on()
    assert set(vm.faults) == fields
    assert len(maker.wishes) == (0 if fields else 1)
    for name in fields:
        vm.write(name, "R1")
    assert vm.faults == {}


def test_a_refusal_stands_where_it_belongs_and_it_can_be_tried_again(vm, maker):
    fill(vm)
    maker.error = UserError("R1 is taken", "take another name", "register")
    vm.go_on()
    assert (vm.faults, vm.made) == ({"register": "R1 is taken. Take another name."}, False)
    maker.error = OSError("No space left on device")
    vm.go_on()
    assert vm.faults == {"": "The store could not be made (OSError: No space left on device)"}
    maker.error = None
    vm.go_on()
    assert (vm.faults, vm.made) == ({}, True)


def test_while_the_store_is_made_nothing_else_is_begun(maker):
    held: list[object] = []

    class Later(Now):
        def submit(self, work, done, failed):
            held.append(work)

    vm = FirstStart(Later(), maker)
    fill(vm)
    vm.go_on()
    vm.go_on()
    vm.demo()
    assert (len(held), vm.busy) == (1, True)
