"""Texts written onto cards: read back, refused where they do not fit, and never half there when a card is pulled away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genesis import UserError
from genesis_smartcard import messages
from genesis_smartcard.cards import NoCode
from genesis_smartcard.tests.counterpart import Card, with_file, with_pages
from genesis_smartcard.tests.test_smartcard import Ear, taken

UID = "04A1B2C3D4E5F6"
OLD = "+T2.000000000042.000001.00112233445566778899AABBCCDDEEFF"
NEW = OLD.replace("000001", "000002").replace("0011", "1100")
KINDS = (with_pages, with_file)


def held_by(card: Card) -> list[bytes]:
    return [bytes(card.memory), *(bytes(file) for files in card.files.values() for file in files.values())]


def test_a_message_is_what_the_forums_documents_say():
    card = with_pages(UID, before="0103A00C34")  # a block about locks stands ahead, as on a fresh NTAG213
    messages.write(card.ask, "Hi")
    assert card.memory[16:32].hex().upper() == "0103A00C34" + "0309" + "D101055402656E4869"
    assert card.memory[32:33].hex() == "fe"
    card = with_file(UID)
    messages.write(card.ask, "Hi")
    assert card.files["D2760000850101"]["E104"][:11].hex().upper() == "0009D101055402656E4869"
    assert messages.read(card.ask) == "CARD:Hi"


@pytest.mark.parametrize("kind", KINDS)
def test_pulled_away_at_any_step_a_card_holds_the_old_text_the_new_one_or_none(kind: Callable[[str], Card]):
    steps, found = 0, ""
    while found != NEW:
        card = kind(UID)
        messages.write(card.ask, OLD)
        card.writes = steps
        try:
            messages.write(card.ask, NEW)
        except NoCode:
            pass
        card.writes = 10_000  # it lies there again
        try:
            found = messages.read(card.ask).removeprefix(f"UID:{UID}")
        except NoCode:
            found = ""
        assert found in ({OLD} if steps == 0 else {"", NEW})
        messages.write(card.ask, NEW)  # and takes it then
        assert messages.read(card.ask) == f"UID:{UID}{NEW}"
        steps += 1
    assert steps > 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rules", [{"locked": True}, {"room": 48}])
def test_a_card_that_is_locked_or_too_small_is_left_as_it_was(kind, rules):
    card = kind(UID, **rules)
    before = held_by(card)
    with pytest.raises(NoCode, match=r"locked|too small"):
        messages.write(card.ask, NEW)
    assert held_by(card) == before


@pytest.mark.parametrize("held", ["", "D1", "D101", "D10155", "D1010554026573", "D101025402", "D1010554", "910101550100",
                                  "D101055402656EC3A4"])  # fmt: skip
def test_what_is_no_text_is_none(held):
    with pytest.raises(NoCode):
        messages.text_in(bytes.fromhex(held))


@pytest.mark.parametrize("kind", KINDS)
def test_at_a_real_reader_only_the_card_that_is_meant_is_written(service, kind):
    ear = Ear(text=True)
    ear.end()  # what is asked of a reader comes while it does not listen
    reader = ear.reader
    reader.open()
    with pytest.raises(UserError, match="no card with a number lies"):
        reader.held()
    card = kind(UID)
    card.lay_on(service.port)
    while True:  # the service looks now and then
        try:
            assert reader.held() == UID
            break
        except UserError:
            ear.stop.wait(0.01)
    with pytest.raises(UserError, match="does not lie at the reader"):
        reader.write("04000000000001", NEW)
    assert not any(command[1] == 0xD6 for command in card.log)
    reader.write(UID, OLD)
    card.writes = 3
    with pytest.raises(UserError) as pulled:
        reader.write(UID, NEW)
    assert pulled.value.remedy == "let it lie at the reader and do it again"
    taken(card)
    reader.close()
    ear = Ear(text=True)
    card.writes = 10_000
    card.lay_on(service.port)
    while ear.reader.silent == 0:  # half a text is none
        ear.stop.wait(0.005)
    taken(card)
    ear.end()
