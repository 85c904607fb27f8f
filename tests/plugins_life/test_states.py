"""Every state a plugin can be in, with its reason, found through real entry points; the others start all the same."""

from __future__ import annotations

import os
import shutil
import time

import pytest

from genesis import Item, Refused, UserError
from genesis.plugin.state import record
from genesis.testkit.stores import Stores
from genesis.upkeep.doctor import examine

PLAIN = "plugin = object()\n"


@pytest.fixture(scope="module")
def _base(tmp_path_factory):
    stores = Stores(tmp_path_factory.mktemp("states"))
    app = stores.new("cash")
    stores.close()
    return app.home.folder


@pytest.fixture
def base(_base, tmp_path):
    """A store with cash alone, closed; what is installed is found when it is opened."""
    shutil.copytree(_base, tmp_path / "base")
    shutil.copytree(_base.with_name(_base.name + ".keys"), tmp_path / "base.keys")
    return tmp_path / "base"


def reopen(stores, folder, *wanted, **options):
    """Open the store with these plugins wanted, whatever stands against it."""
    app = stores.open(folder, **options)
    fresh = [p for p in wanted if not (app.journal.state("plugin", p) or {}).get("enabled")]
    for plugin in fresh:
        record(app, plugin, enabled=True, why="", since={})
    if fresh:
        app.restart()
    return app


def info(app, plugin):
    return next(row for row in app.plugins() if row.id == plugin)


def state(app, plugin):
    row = info(app, plugin)
    return row.status, row.reason


def sells(app):
    """Prove that the rest of the house works."""
    app.register.add(Item(ref="t:1", name="Tea"), unit_price=12_500)
    return app.register.pay("cash").sale.total == 125


def test_discovered_enabled_disabled_and_code_that_is_off_is_not_imported(site, stores, base):
    site.install("alpha")
    app = stores.open(base)
    assert state(app, "alpha") == ("discovered", "never switched on here")
    assert info(app, "alpha").release == "1.0"
    assert not site.imported("alpha")
    with pytest.raises(UserError, match="unknown code"):
        app.register.scan("alpha")
    app.switch("alpha", enabled=True, why="try it")
    assert site.imported("alpha")
    assert state(app, "alpha") == ("enabled", "")
    assert info(app, "alpha").hooks == ("base_price", "resolve_code")
    app.register.scan("alpha")
    assert app.register.pay("cash").sale.lines[0].name == "alpha thing"
    app.switch("alpha", enabled=False, why="holidays")
    assert state(app, "alpha") == ("disabled", "holidays")
    with pytest.raises(UserError, match="unknown code"):
        app.register.scan("alpha")
    app.close()
    site.forget()
    site.marker("strange_alpha").unlink()
    app = stores.open(base)
    assert state(app, "alpha") == ("disabled", "holidays")
    assert not site.imported("alpha")
    told = [e.fact for e in app.raw_journal.scan() if e.kind.startswith("plugin.") and e.fact.plugin == "alpha"]
    assert [(f.kind, f.why, f.release) for f in told] == [
        ("plugin.enabled", "try it", "1.0"), ("plugin.disabled", "holidays", "1.0"),
    ]  # fmt: skip


def test_missing_code_is_listed_and_its_data_are_kept(site, stores, base):
    site.install("alpha")
    app = reopen(stores, base, "alpha")
    app.register.scan("alpha")
    number = app.register.pay("cash").sale.number
    app.close()
    site.uninstall("alpha")
    app = stores.open(base)
    assert state(app, "alpha") == ("missing", "its code is not installed; its data are kept")
    assert app.register.reprint(number)
    app.register.return_lines(number)
    assert app.register.pay("cash").sale.total == -100
    assert not app.outdated()


def test_what_comes_changes_or_goes_on_a_path_that_stood_still_is_seen_at_the_next_restart(site, stores, base):
    """What is installed is read again only when a folder of the path has changed, however young or old it was."""
    hour_ago = time.time() - 3600

    def stands_still(app):
        os.utime(site.folder, (hour_ago, hour_ago))
        app.restart()
        app.restart()

    site.install("alpha")
    app = stores.open(base)
    stands_still(app)
    assert state(app, "alpha")[0] == "discovered"
    site.install("beta")
    app.restart()
    assert state(app, "beta")[0] == "discovered"
    stands_still(app)
    manifest = site.folder / "strange_alpha" / "plugin.toml"
    manifest.write_text(manifest.read_text().replace("api = 1", "api = 99"))
    app.restart()
    with pytest.raises(Refused, match="made for version 99 of the plugin interface, this is 1"):
        app.switch("alpha", enabled=True)
    site.uninstall("beta")
    app.restart()
    with pytest.raises(UserError, match="there is no plugin 'beta'"):
        app.switch("beta", enabled=True)


def test_what_it_requires_is_missing_off_or_broken(site, stores, base):
    site.install("alpha", requires=["nobody"])
    site.install("beta", requires=["gamma"])
    site.install("gamma")
    site.install("delta", requires=["epsilon"])
    site.install("epsilon", "raise RuntimeError('no licence')\n")
    site.install("zeta", requires=["delta"])
    site.install("eta", requires=["old"])
    site.install("old", api=99)
    site.install("theta", requires=["theta"])
    app = reopen(stores, base, "alpha", "beta", "delta", "epsilon", "zeta", "eta", "old", "theta")
    assert state(app, "alpha") == ("blocked", "it needs nobody: it is not installed")
    assert state(app, "beta") == ("blocked", "it needs gamma: it is switched off")
    assert state(app, "epsilon") == ("error", "RuntimeError: no licence")
    assert state(app, "delta") == ("blocked", "it needs epsilon: RuntimeError: no licence")
    assert state(app, "zeta")[0] == "blocked"
    told = "it was made for version 99 of the plugin interface, this is 1"
    assert (state(app, "old"), state(app, "eta")) == (("error", told), ("blocked", f"it needs old: {told}"))
    assert state(app, "theta") == ("blocked", "a circle of requirements: theta -> theta")
    assert not site.imported("alpha")
    assert not site.imported("beta")
    assert sells(app)
    assert not app.outdated()
    app.switch("gamma", enabled=True)
    assert state(app, "beta") == ("enabled", "")
    with pytest.raises(Refused, match="beta needs it: disable that first"):
        app.switch("gamma", enabled=False)


def test_enabling_what_cannot_start_is_refused_with_the_reason(site, stores, base):
    site.install("alpha", requires=["gamma"])
    site.install("gamma")
    site.install("old", api=99)
    app = stores.open(base)
    with pytest.raises(Refused, match="it needs gamma, which is off: enable that first"):
        app.switch("alpha", enabled=True)
    with pytest.raises(Refused, match="made for version 99 of the plugin interface, this is 1"):
        app.switch("old", enabled=True)
    with pytest.raises(UserError, match="there is no plugin 'nothing'"):
        app.switch("nothing", enabled=True)
    with pytest.raises(UserError, match="cash is enabled already"):
        app.switch("cash", enabled=True)
    assert state(app, "alpha")[0] == "discovered"


def test_a_circle_of_requirements_is_off_and_named(site, stores, base):
    site.install("alpha", requires=["beta"])
    site.install("beta", requires=["gamma"])
    site.install("gamma", requires=["alpha"])
    site.install("delta", requires=["gamma"])
    site.install("apart")
    app = reopen(stores, base, "alpha", "beta", "gamma", "delta", "apart")
    for plugin in ("alpha", "beta", "gamma"):
        status, reason = state(app, plugin)
        assert status == "blocked"
        assert reason.startswith("a circle of requirements: ")
        assert {"alpha", "beta", "gamma"} == set(reason.partition(": ")[2].split(" -> "))
    assert state(app, "delta")[0] == "blocked"
    assert state(app, "apart")[0] == "enabled"
    assert sells(app)


def test_the_order_is_by_requires_then_after_then_name(site, stores, base):
    site.install("aaa", PLAIN, requires=["zzz"])
    site.install("bbb", PLAIN, after=["ccc", "not_here"])
    site.install("ccc", PLAIN)
    site.install("yyy", PLAIN, after=["xxx"])
    site.install("xxx", PLAIN, after=["yyy"])  # an order wish in a circle is dropped, not obeyed
    site.install("zzz", PLAIN)
    app = reopen(stores, base, "aaa", "bbb", "ccc", "zzz")
    assert app.enabled == ["cash", "ccc", "zzz", "aaa", "bbb"]  # by name among those whose turn it is
    app = reopen(stores, base, "xxx", "yyy", register=False)
    assert set(app.enabled) == {"cash", "aaa", "bbb", "ccc", "xxx", "yyy", "zzz"}
    assert app.enabled.index("zzz") < app.enabled.index("aaa")


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ("", "required field `id`"),
        ("id = ", "Invalid value"),
        ("\x00", "plugin.toml"),
        ("[" * 100_000, "plugin.toml"),
        ('id = "alpha"\ntitle = "A"\nsummary = "S"\ncategory = "c"\napi = 1\ncolour = "red"', "unknown field `colour`"),
        ('id = "alpha"\ntitle = "A"\nsummary = "S"\ncategory = "c"\napi = "1"', "$.api"),
        ('id = "alpha"\ntitle = ""\nsummary = "S"\ncategory = "c"\napi = 1', "$.title"),
        ('id = "alpha"\ntitle = "A"\nsummary = "S"\ncategory = "c"\napi = 2', "version 2"),
        ('id = "Alpha!"\ntitle = "A"\nsummary = "S"\ncategory = "c"\napi = 1', "$.id"),
        ('id = "other"\ntitle = "A"\nsummary = "S"\ncategory = "c"\napi = 1', "says id 'other'"),
        ('id = "store"\ntitle = "A"\nsummary = "S"\ncategory = "c"\napi = 1', "store"),
    ],
    ids=["empty", "no TOML", "NUL", "deep", "unknown", "type", "blank", "api", "id", "mismatch", "reserved"],
)
def test_a_plugin_toml_that_does_not_fit_names_the_field(manifest, told, site, stores, base):
    site.install("store" if '"store"' in manifest else "alpha", manifest=manifest, package="strange_alpha")
    app = reopen(stores, base, "alpha")
    broken = [row for row in app.plugins() if row.status == "error"]
    assert len(broken) == 1
    assert told in broken[0].reason
    assert not site.imported("alpha")
    assert not app.outdated()
    assert sells(app)


def test_a_plugin_toml_that_cannot_be_read_or_is_not_there(site, stores, base):
    (site.install("alpha") / "plugin.toml").unlink()
    toml = site.install("beta") / "plugin.toml"
    toml.unlink()
    toml.mkdir()
    latin = site.install("gamma") / "plugin.toml"
    latin.write_bytes('title = "\xe4"'.encode("latin-1"))
    site.declare_only("delta")
    site.declare_only("epsilon", "os")
    app = reopen(stores, base, "alpha", "beta", "gamma", "delta", "epsilon")
    assert state(app, "alpha") == ("error", "strange_alpha has no plugin.toml")
    assert state(app, "beta")[0] == state(app, "gamma")[0] == state(app, "epsilon")[0] == "error"
    assert state(app, "delta") == ("error", "its code (nowhere) is not installed")
    assert sells(app)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import nothing_like_this\n", "ModuleNotFoundError: No module named 'nothing_like_this'"),
        ("raise SystemExit('bye')\n", "SystemExit: bye"),
        ("assert 1 == 2, 'sums'\n", "AssertionError: sums"),
        ("def broken(:\n", "SyntaxError"),
        ("nothing = 1\n", "AttributeError"),
        ("import sys\nsys.exit()\n", "SystemExit"),
        ("raise GeneratorExit\n", "GeneratorExit"),
    ],
    ids=["import", "exit", "assertion", "syntax", "attribute", "plain exit", "base"],
)
def test_a_module_that_cannot_be_imported_is_in_error_and_the_others_start(code, reason, site, stores, base):
    site.install("alpha", code)
    site.install("beta")
    app = reopen(stores, base, "alpha", "beta")
    assert state(app, "alpha")[0] == "error"
    assert reason in state(app, "alpha")[1]
    assert state(app, "beta") == ("enabled", "")
    assert sells(app)


HOOKS = (
    "from genesis import hookimpl\nclass P:\n    @hookimpl{options}\n    def {hook}:\n        {body}\nplugin = P()\n"
)


@pytest.mark.parametrize(
    ("hook", "options", "reason"),
    [
        ("sell_everything(self)", "", "implements sell_everything, which is not a hook"),
        ("tax(self, pos, wrong)", "", "wrong"),
        ("tax(self, document)", "(wrapper=True)", "only the kernel wraps hooks"),
    ],
)
def test_a_hook_that_does_not_fit_the_contract_is_refused(hook, options, reason, site, stores, base):
    body = "yield" if options else "return None"
    site.install("alpha", HOOKS.format(hook=hook, options=options, body=body))
    app = reopen(stores, base, "alpha")
    assert state(app, "alpha")[0] == "error"
    assert reason in state(app, "alpha")[1]
    assert sells(app)


def test_of_two_plugins_with_one_id_neither_is_used(site, stores, base):
    site.install("alpha", package="strange_one")
    site.install("alpha", package="strange_two", group="genesis.themes")
    app = reopen(stores, base, "alpha")
    status, reason = state(app, "alpha")
    assert status == "error"
    assert "strange_one.plugin:plugin" in reason
    assert "strange_two.plugin:plugin" in reason
    assert not site.marker("strange_one").exists()
    assert not site.marker("strange_two").exists()
    assert sells(app)


def test_the_doctor_speaks_of_what_was_wanted_and_not_of_what_merely_lies_there(site, stores, base):
    site.install("alpha", manifest="broken")
    app = stores.open(base)
    assert [f.check for f in examine(app, rebuild=False) if not f.ok] == []
    record(app, "alpha", enabled=True, why="", since={})
    app.restart()
    assert [f.check for f in examine(app, rebuild=False) if not f.ok] == ["plugin alpha"]
