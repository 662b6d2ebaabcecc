"""Which members of a document nobody looks at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva import jsonpointer
from dva.aws import policy
from dva.aws.document import AwsDocument, Keys, StrictStruct, decode, keys_not_read, members_not_read


class Part(AwsDocument):
    wrappers = ("parts",)
    mode: str | None = None
    part: "Part | None" = None


class Whole(StrictStruct):
    part: Part | None = None
    parts: list[Part] = []
    named: dict[str, Part] = {}


TEXT = '{"mode": "A", "zone": {"x": 1}, "part": {"mode": "B", "other": 0}}'
CASES = [
    ({"part": {"mode": "A"}}, []),
    ({"part": {"mode": "A", "zone": {"x": 1}, "gone": None}}, ["/part/zone"]),
    ({"part": {"part": {"a/b": 1}}}, ["/part/part/a~1b"]),
    ({"parts": [{}, {"zone": []}, {"mode": "A"}, {"zone": 0}]}, ["/parts/1/zone", "/parts/3/zone"]),
    ({"named": {"zone": {"zone": 1}, "mode": {"mode": "A"}}}, ["/named/zone/zone"]),
    ({"part": TEXT}, ["/part/zone", "/part/part/other"]),
    ({"part": {"parts": [{"zone": 1}, {"mode": "A"}], "next": "x"}},
     ["/part/next", "/part/parts/1", "/part/parts/0/zone"]),
    ({"parts": {"parts": [{"zone": 1}], "failures": []}}, ["/parts/failures", "/parts/parts/0/zone"]),
    ({"parts": '{"parts": [{"zone": 1}], "failures": []}'}, ["/parts/failures", "/parts/parts/0/zone"]),
]  # fmt: skip


@pytest.mark.parametrize(("document", "places"), CASES)
def test_what_is_not_declared_is_not_read(document: dict[str, object], places: list[str]) -> None:
    decode(document, Whole)
    assert list(members_not_read(document, Whole)) == places


def test_names_of_a_mapping_are_no_members_and_no_slips() -> None:
    assert decode({"named": {"modes": {"mode": "A"}}}, Whole).named["modes"].mode == "A"


documents = st.recursive(
    st.dictionaries(st.sampled_from(["mode", "zone", "a/b", "x~"]), st.sampled_from(["A"])),
    lambda inner: st.fixed_dictionaries({"part": inner}, optional={"zone": inner, "mode": st.just("B")}),
    max_leaves=6,
)


@given(documents)
def test_without_what_is_not_read_the_document_means_the_same(document: dict[str, object]) -> None:
    whole = {"part": document}
    places = list(members_not_read(whole, Whole))
    before = decode(whole, Whole)
    for place in places:
        *way, last = jsonpointer.split(place)
        del jsonpointer.resolve(whole, jsonpointer.join(*way))[last]
    assert decode(whole, Whole) == before
    assert list(members_not_read(whole, Whole)) == []


KEYS: Keys = {"version": None, "phases": {"*": {"commands": None}}, "files": {"source": None}}


@pytest.mark.parametrize(
    ("document", "places"),
    [
        ({"version": {"x": 1}, "phases": {"build": {"commands": ["a"]}}}, []),
        ({"phases": {"build": {"commands": [], "run-as": "x"}}, "batch": {}}, ["/at/phases/build/run-as", "/at/batch"]),
        ({"files": [{"source": 1}, {"mode": 2}], 3: 4}, ["/at/files/1/mode", "/at/3"]),
        ("text", []),
    ],
)
def test_keys_of_a_document_that_is_read_by_hand(document: object, places: list[str]) -> None:
    assert list(keys_not_read(document, KEYS, "/at")) == places


def test_keys_can_be_found_in_any_case() -> None:
    keys: Keys = {"resources": {"*": {"type": None}}}
    document = {"Resources": [{"Web": {"Type": "x", "Extra": 1}}]}
    assert list(keys_not_read(document, keys, "", any_case=True)) == ["/Resources/0/Web/Extra"]


STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


@pytest.mark.parametrize(
    ("listed", "places"),
    [
        ({"Version": "2012-10-17", "Id": "x", "Statement": STATEMENT}, ["/p/Id"]),
        ([{"PolicyName": "a", "PolicyDocument": {"Statement": STATEMENT}}], ["/p/0/PolicyName"]),
        ({"mine": {"Id": "x", "Statement": []}}, ["/p/mine/Id"]),
        ('{"PolicyVersion": {"VersionId": "v1", "Document": {"Statement": []}}}', ["/p/PolicyVersion/VersionId"]),
        ("{not json", []),
    ],
)
def test_of_a_policy_only_the_id_and_what_stands_around_it(listed: policy.Documents, places: list[str]) -> None:
    assert list(policy.not_read(listed, "/p")) == places
