"""The cluster query language against AWS's page, its own printing, and text that means harm."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.aws import cluster_query as query

G2 = query.Instance(
    attributes={
        "ecs.instance-type": "g2.2xlarge",
        "ecs.availability-zone": "us-east-1a",
        "stack": "prod",
        "rack": None,
    },
    agent_connected=True,
    agent_version="1.14.4",
    ec2_instance_id="i-abcd1234",
    registered_at="2018-02-12T22:28:28+00:00",
    running_tasks_count=1,
    groups=("service:production", "family:batch"),
)
BARE = query.Instance()


def holds(text: str, instance: query.Instance = G2) -> bool:
    return query.holds(query.parse(text), instance)


# Amazon ECS Developer Guide, Cluster query language, "Example expressions"
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("attribute:ecs.instance-type == t2.small", False),
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", True),
        ("attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d", True),
        ("task:group == service:production", True),
        ("not(task:group == database)", True),
        ("runningTasksCount == 1", True),
        ("agentVersion < 1.14.5", True),
        ("registeredAt < 2018-02-13", True),
        ("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", True),
    ],
)
def test_examples_of_the_guide(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(
    "date", ["2018-06-18T22:28:28+00:00", "2018-06-18T22:28:28Z", "2018-06-18T22:28:28", "2018-06-18"]
)
def test_the_four_date_formats_of_the_guide(date: str) -> None:
    assert holds(f"registeredAt < {date}")
    assert not holds(f"registeredAt >= {date}")


@pytest.mark.parametrize(
    ("symbol", "word"),
    [
        ("attribute:stack == prod", "attribute:stack equals prod"),
        ("attribute:stack != prod", "attribute:stack not_equals prod"),
        ("agentVersion > 1.9", "agentVersion greater_than 1.9"),
        ("agentVersion >= 1.9", "agentVersion greater_than_equal 1.9"),
        ("agentVersion < 1.9", "agentVersion less_than 1.9"),
        ("agentVersion <= 1.9", "agentVersion less_than_equal 1.9"),
        ("attribute:stack !exists", "attribute:stack not_exists"),
        ("attribute:stack in [prod]", "attribute:stack in ['prod']"),
        ("attribute:stack !in [prod]", "attribute:stack not_in [prod]"),
        ("attribute:stack =~ p.*", "attribute:stack matches p.*"),
        ("attribute:stack !~ p.*", "attribute:stack not_matches p.*"),
        ("attribute:stack==prod", "attribute:stack == prod"),
        ("attribute:a == 1 && !attribute:b == 2", "attribute:a == 1 and not attribute:b == 2"),
        ("attribute:a == 1 || attribute:b == 2", "attribute:a == 1 or attribute:b == 2"),
    ],
)
def test_symbols_and_words_say_the_same(symbol: str, word: str) -> None:
    assert query.parse(symbol) == query.parse(word)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a missing attribute satisfies no comparison; issue 486 of aws/containers-roadmap
        ("attribute:zone != b", False),
        ("attribute:zone !in [b]", False),
        ("attribute:zone !~ b", False),
        ("attribute:zone < b", False),
        ("not(attribute:zone == b)", True),
        ("attribute:zone exists", False),
        ("attribute:zone !exists", True),
        # present without a value
        ("attribute:rack exists", True),
        ("attribute:rack == ''", True),
        ("attribute:rack != x", True),
        # other subjects
        ("task:group != database", True),
        ("task:group != family:batch", False),
        ("task:group !in [database, family:batch]", False),
        ("task:group =~ service:.*", True),
        ("task:group !~ service:.*", False),
        ("task:group exists", True),
        ("agentConnected in [true]", True),
        ("agentVersion == 1.14.4.0", True),
        ("agentVersion > 1.9.0", True),
        ("runningTasksCount >= 2", False),
        # the whole value
        ("attribute:ecs.instance-type =~ g2", False),
        ("attribute:ecs.instance-type == g2", False),
        # precedence
        ("attribute:stack == prod or attribute:stack == test and attribute:stack == none", True),
        ("(attribute:stack == prod or attribute:stack == test) and attribute:stack == none", False),
        ("not attribute:stack == test and attribute:stack == prod", True),
    ],
)
def test_what_the_settled_rules_say(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize("subject", ["agentVersion", "registeredAt", "runningTasksCount", "ec2InstanceId"])
def test_a_fact_that_the_instance_lacks_is_never_equal(subject: str) -> None:
    value = {"agentVersion": "1.0", "registeredAt": "2018-01-01", "runningTasksCount": "0"}.get(subject, "i-1")
    assert not holds(f"{subject} == {value}", BARE)
    assert not holds(f"{subject} != {value}", BARE)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("   ", 3),
        ("stack == prod", 0),
        ("attribute:stack", 15),
        ("attribute:stack ==", 18),
        ("attribute:stack = prod", 16),
        ("attribute:st:ack == prod", 10),
        ("attribute:stack == a b", 21),
        ("(attribute:stack == prod", 24),
        ("attribute:stack == prod)", 23),
        ("attribute:stack == prod and", 27),
        ("attribute:stack in prod", 19),
        ("attribute:stack in [prod", 24),
        ("attribute:stack in []", 20),
        ("attribute:stack == 'prod", 19),
        ("attribute:ecs.instance-type =~ (t2|t3).*", 31),
        ("attribute:stack =~ [", 19),
        ("attribute:stack AND attribute:b exists", 16),
        ("runningTasksCount in [1]", 18),
        ("runningTasksCount == many", 21),
        ("agentConnected > true", 15),
        ("agentConnected == True", 18),
        ("agentConnected in [true, yes]", 25),
        ("agentVersion =~ 1.*", 13),
        ("agentVersion == latest", 16),
        ("registeredAt < yesterday", 15),
        ("registeredAt < 2018-02-30", 15),
        ("ec2InstanceId exists", 14),
        ("attribute:a == " + "x" * 2000, 2000),
    ],
)
def test_an_error_names_the_place_that_cannot_be_accepted(text: str, position: int) -> None:
    with pytest.raises(query.QueryError) as problem:
        query.parse(text)
    assert problem.value.position == position
    assert problem.value.message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 990 + "attribute:a exists" + ")" * 990,
        "!" * 1900 + "attribute:a exists",
        "not " * 400 + "attribute:a exists",
        "!(" * 600 + "attribute:a exists" + ")" * 600,
        "(" * 2000,
    ],
)
def test_deep_nesting_is_an_error_of_the_expression(text: str) -> None:
    with pytest.raises(query.QueryError, match="inside each other"):
        query.parse(text)


def test_deep_nesting_names_the_token_that_is_too_much() -> None:
    with pytest.raises(query.QueryError) as problem:
        query.parse("not " * 100 + "attribute:a exists")
    assert problem.value.position == 4 * 64


def test_as_many_levels_as_allowed_can_be_read_asked_and_printed() -> None:
    text = "!(" * (query.MAX_NESTING // 2) + "attribute:stack == prod" + ")" * (query.MAX_NESTING // 2)
    expression = query.parse(text)
    assert query.holds(expression, G2)
    assert query.parse(query.text_of(expression)) == expression


def test_the_longest_chain_can_be_asked() -> None:
    text = " or ".join(["attribute:a>b"] * 117)
    assert len(text) <= query.MAX_LENGTH
    assert not holds(text)
    assert len(query.comparisons(query.parse(text))) == 117


@pytest.mark.parametrize(
    "pattern",
    [
        "a{99999999999}",
        r"'(a)\1'",
        "a*+",
        "'(?>a*)b'",
        "'((((a{99}){99}){99}){99})'",
        "'((((){255}){255}){255}){255}'",
        "[a[b]]",
        "'" + "(" * 900 + "a" + ")" * 900 + "'",
    ],
)
def test_a_pattern_that_no_automaton_matches_is_refused(pattern: str) -> None:
    with pytest.raises(query.QueryError, match="regular expression"):
        query.parse(f"attribute:stack =~ {pattern}")


@pytest.mark.parametrize("pattern", ["'(a+)+b'", "'(a|a)*b'", "a*a*a*a*a*a*a*a*b", "'(?#[)(a+)+b(?#])'"])
def test_a_pattern_that_would_go_back_for_ever_is_answered(pattern: str) -> None:
    attribute = "attribute:a =~ " + pattern
    assert not holds(attribute, query.Instance(attributes={"a": "a" * 256}))
    assert holds(attribute, query.Instance(attributes={"a": "a" * 255 + "b"}))


def test_a_value_of_256_characters_is_the_longest_that_a_pattern_matches() -> None:
    assert holds("attribute:a =~ a*", query.Instance(attributes={"a": "a" * 256}))
    assert not holds("attribute:a =~ a*", query.Instance(attributes={"a": "a" * 257}))


names = st.from_regex(r"[A-Za-z0-9_/.\\-]{1,12}", fullmatch=True)
values = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="'"), max_size=12)


@st.composite
def simple_comparisons(draw: st.DrawFn) -> query.Comparison:
    subject = "attribute:" + draw(names)
    operator = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "exists", "!exists", "in", "!in"]))
    if operator in query.PRESENCE:
        return query.Comparison(subject, operator)
    if operator in query.LISTS:
        return query.Comparison(subject, operator, tuple(draw(st.lists(values, min_size=1, max_size=3))))
    return query.Comparison(subject, operator, draw(values))


expressions = st.recursive(
    simple_comparisons(),
    lambda inner: st.one_of(
        inner.map(query.Not), st.builds(query.And, inner, inner), st.builds(query.Or, inner, inner)
    ),
    max_leaves=8,
)
instances = st.builds(
    query.Instance, attributes=st.dictionaries(names, st.none() | values, max_size=4), groups=st.just(("family:a",))
)


@given(expressions)
@settings(deadline=None)
def test_what_is_printed_is_read_as_the_same(expression: query.Expression) -> None:
    text = query.text_of(expression)
    if len(text) <= query.MAX_LENGTH:
        assert query.parse(text) == expression


@given(expressions, expressions, instances)
@settings(deadline=None)
def test_the_laws_of_de_morgan(left: query.Expression, right: query.Expression, instance: query.Instance) -> None:
    neither = query.Not(query.Or(left, right))
    both_not = query.And(query.Not(left), query.Not(right))
    assert query.holds(neither, instance) == query.holds(both_not, instance)


TOKENS = [
    "attribute:a",
    "task:group",
    "runningTasksCount",
    "==",
    "!=",
    "!",
    "not",
    "and",
    "or",
    "||",
    "&&",
    "(",
    ")",
    "[",
    "]",
    ",",
    "in",
    "!in",
    "=~",
    "exists",
    "t2.*",
    "'x y'",
    '"',
    "'",
    "1",
    " ",
    "é",
    "\n",
    "*",
    "\\",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=25).map(" ".join) | st.text(max_size=40))
@settings(deadline=None)
def test_any_text_is_an_expression_or_an_error_inside_it(text: str) -> None:
    try:
        expression = query.parse(text)
    except query.QueryError as problem:
        assert 0 <= problem.position <= len(text)
    else:
        assert query.holds(expression, G2) in (True, False)
        assert query.parse(query.text_of(expression)) == expression
        assert query.explain(expression, G2)
