"""State that remembers every version of itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ci_doctor.execution.store import NEVER, UNSET, Environment, Exported, Store
from ci_doctor.text import Text


def test_a_snapshot_keeps_the_values_of_its_moment() -> None:
    store = Store()
    store.set("A", Text.of("1"))
    before = Environment({}, store)
    store.set("A", Text.of("2"))
    store.set("B", Text.of("3"))
    between = Environment({}, store)
    store.set("A", UNSET)

    values = [
        {name: text.value for name, text in environment.items()}
        for environment in (before, between, Environment({}, store))
    ]
    assert values == [{"A": "1"}, {"A": "2", "B": "3"}, {"B": "3"}]
    assert [len(before), "B" in before, before.get("B")] == [1, False, None]


def test_exports_are_kept_the_same_way() -> None:
    store = Store()
    store.set(("export", "A"), True)
    before = Exported({}, store)
    store.set(("export", "A"), False)

    assert (set(before), set(Exported({}, store))) == ({"A"}, set())


def test_restore_undoes_and_tells_what_it_undid() -> None:
    store = Store()
    store.set("A", "1")
    mark = store.version
    store.set("A", "2")
    store.set("B", "3")
    store.set("C", "4")
    store.set("C", NEVER)

    assert store.restore(mark) == {"A": "2", "B": "3"}
    assert [store.get(name) for name in "ABC"] == ["1", NEVER, NEVER]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 3)), max_size=20), st.data())
def test_every_version_stays_readable(changes: list[tuple[str, int]], data: st.DataObject) -> None:
    store = Store()
    versions = [dict[str, int]()]
    for name, value in changes:
        store.set(name, value)
        versions.append({**versions[-1], name: value})

    version = data.draw(st.integers(0, len(changes)))

    found = {name: store.get(name, version) for name in "ABC"}
    assert {n: v for n, v in found.items() if v is not NEVER} == versions[version]
