"""Hypothesis strategies for the credentials engine: files, environments and endpoints, sound and broken."""

from typing import Any

from hypothesis import strategies as st

PROFILES = ("default", "dev", "ops", "base", "my prof")
ROLES = (
    "arn:aws:iam::123456789012:role/Web", "arn:aws:iam::123456789012:role/path/Ops",
    "arn:aws:iam::123456789012:role/DeniedAdmin", "arn:aws:iam::210987654321:role/Audit", "short",
)  # fmt: skip
START, SESSION = "https://corp.awsapps.com/start", "corp"


def one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def maybe(draw: st.DrawFn, strategy: st.SearchStrategy[Any], one_in: int) -> Any:
    """A value once in so many times, else None."""
    return draw(strategy) if draw(one_of(*[False] * (one_in - 1), True)) else None


def settings(draw: st.DrawFn, where: str) -> dict[str, str]:
    """The keys of one profile: one or two things that a profile can be for."""
    kinds = draw(st.lists(one_of(*KINDS), min_size=draw(one_of(0, 1, 1, 1)), max_size=2))
    found: dict[str, str] = {}
    for kind in kinds:
        found |= draw(kind)
    if found.get("aws_access_key_id"):
        found["aws_access_key_id"] += where
    region = draw(st.one_of(st.just("eu-west-1"), st.none(), st.just("us-east-2")))
    return found | ({"region": region} if region else {})


STATIC = st.fixed_dictionaries(
    {"aws_access_key_id": one_of("AKIA", "AKIB # mine", "AKIC"), "aws_secret_access_key": st.just("s")},
    optional={"aws_session_token": st.just("tok"), "aws_security_token": st.just("sec")},
)
HALF = one_of(
    {"aws_access_key_id": "AKIH"},
    {"aws_secret_access_key": "s"},
    {"aws_secret_access_key": "", "aws_access_key_id": ""},
)
EMPTY = one_of(
    {"role_arn": ""}, {"role_arn": "", "source_profile": "base"}, {"source_profile": "", "role_arn": ROLES[0]},
    {"credential_source": "", "role_arn": ROLES[0]}, {"sso_account_id": ""}, {"sso_session": ""}, {"login_session": ""},
    {"mfa_serial": "", "role_arn": ROLES[0], "credential_source": "Environment"}, {"external_id": ""},
    {"web_identity_token_file": "/sandbox/token", "role_arn": ""}, {"duration_seconds": "", "role_arn": ROLES[0]},
)  # fmt: skip
ROLE = st.fixed_dictionaries(
    {
        "role_arn": one_of(*ROLES, ROLES[0], ROLES[1], ROLES[3]),
        "source_profile": one_of(*PROFILES, "base", "base", "ghost"),
    },
    optional={
        "role_session_name": one_of("session", "session", "", "x"),
        "duration_seconds": one_of("3600", "900", "soon", "60"),
        "external_id": one_of("abc", "abcd", "abcde", "a"),
    },
)  # fmt: skip
ROLE_FROM = st.fixed_dictionaries(
    {
        "role_arn": one_of(*ROLES),
        "credential_source": one_of("Environment", "Ec2InstanceMetadata", "EcsContainer", "environment"),
    },
    optional={"mfa_serial": one_of("arn:aws:iam::123456789012:mfa/jane", "x")},
)
ROLE_ODD = one_of(
    {"role_arn": ROLES[0]}, {"role_arn": ROLES[0], "source_profile": "base", "credential_source": "Environment"}
)
WEB = st.fixed_dictionaries(
    {"web_identity_token_file": one_of("/sandbox/token", "/sandbox/token", "/sandbox/none", "~/token", "")},
    optional={"role_arn": one_of(*ROLES), "role_session_name": one_of("session", "")},
)
SSO = st.fixed_dictionaries(
    {"sso_account_id": st.just("123456789012"), "sso_role_name": one_of("Admin", "DeniedAdmin")},
    optional={
        "sso_start_url": one_of(START, START, "https://other.awsapps.com/start"), "sso_region": st.just("eu-west-1"),
        "sso_session": one_of(SESSION, SESSION, "ghost"),
    },
)  # fmt: skip
SSO_LEGACY = st.just(
    {"sso_account_id": "123456789012", "sso_role_name": "Admin", "sso_start_url": START, "sso_region": "eu-west-1"}
)
PROCESS = st.fixed_dictionaries(
    {"credential_process": one_of("good", "good --arg 'x y'", "late", "fails", "version2", "halfpair", "noise", "list",
                                  "ghost", "'open", "")}
)  # fmt: skip
LOGIN = st.just({"login_session": "arn:aws:iam::123456789012:user/jane"})
KINDS = (
    *[STATIC] * 3, HALF, *[ROLE] * 3, ROLE_FROM, ROLE_ODD, WEB, SSO, SSO_LEGACY, EMPTY, PROCESS, PROCESS, LOGIN,
)  # fmt: skip


def section(title: str, keys: dict[str, str], odd: str) -> str:
    """A section as text; `odd` is one way in which people write them."""
    lines = [
        f"{key.upper() if odd == 'upper' else key}{':' if odd == 'colon' else ' ='} {value}"
        for key, value in keys.items()
    ]
    if odd == "comment":
        lines = ["# mine", *lines, "; last"]
    if odd == "nested":
        lines += ["s3 =", "  max_concurrent_requests = 10", "  addressing_style = path"]
    return "\n".join([title, *lines, ""])


ODD = ("", "", "", "upper", "colon", "comment", "nested")
BROKEN = (
    "region = x\n",
    "[default]\nregion\n",
    "[a]\nx = 1\n[a]\ny = 1\n",
    "[a]\nx = 1\nX = 2\n",
    "[a]\ns3 =\n  words\n",
)


def titles(name: str) -> tuple[str, ...]:
    """Headers in the config file that people write for a profile; the last one makes none."""
    if name == "default":
        return ("[default]", "[default]", "[profile default]")
    quoted = f'[profile "{name}"]'
    return (
        (quoted, quoted, f"[{name}]")
        if " " in name
        else (f"[profile {name}]", f"[profile {name}]", quoted, f"[{name}]")
    )


@st.composite
def config(draw: st.DrawFn) -> str:
    others = draw(st.lists(one_of(*PROFILES[2:]), unique=True, max_size=3))
    names = [*draw(one_of(*[["dev", "default"]] * 8, ["dev"], [])), *others]
    parts = [section(draw(one_of(*titles(name))), settings(draw, "CONF"), draw(one_of(*ODD))) for name in names]
    if draw(st.booleans()):
        keys = {"sso_start_url": START, "sso_region": draw(one_of("eu-west-1", "us-east-1"))}
        if draw(one_of(False, False, False, True)):
            keys.pop(draw(one_of(*keys)))
        parts.append(section(f"[sso-session {SESSION}]", keys, ""))
    parts += [draw(one_of(*BROKEN))] if draw(one_of(*[False] * 15, True)) else []
    parts += ["[DEFAULT]\nregion = ap-south-1\n"] if draw(one_of(*[False] * 15, True)) else []
    return "\n".join(parts)


@st.composite
def credentials(draw: st.DrawFn) -> str:
    names = draw(st.lists(one_of(*PROFILES), unique=True, max_size=3))
    parts = []
    for name in names:
        title = f"[{name}]" if draw(one_of(True, True, True, False)) else f"[profile {name}]"
        parts.append(section(title, settings(draw, "CRED"), draw(one_of(*ODD))))
    parts += [draw(one_of(*BROKEN))] if draw(one_of(*[False] * 20, True)) else []
    return "\n".join(parts)


ENV = {
    "AWS_ACCESS_KEY_ID": one_of("AKIAENV", "AKIAENV", "AKIAENV", ""),
    "AWS_SECRET_ACCESS_KEY": one_of("s", "s", "s", ""),
    "AWS_SESSION_TOKEN": one_of("session", ""),
    "AWS_SECURITY_TOKEN": one_of("security", ""),
    "AWS_CREDENTIAL_EXPIRATION": one_of(
        "2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "never", ""
    ),
    "AWS_PROFILE": one_of(*["dev"] * 8, "default", "base", "ghost", ""),
    "AWS_DEFAULT_PROFILE": one_of("dev", "dev", "default", "ops", ""),
    "AWS_DEFAULT_REGION": one_of("us-west-2", "us-west-2", "not a region"),
    "AWS_REGION": st.just("sa-east-1"),
    "AWS_WEB_IDENTITY_TOKEN_FILE": one_of("/sandbox/token", "/sandbox/none", ""),
    "AWS_ROLE_ARN": one_of(*ROLES, ""),
    "AWS_ROLE_SESSION_NAME": one_of("session", "x"),
    "AWS_CREDENTIAL_FILE": one_of("/sandbox/ec2", "~/ec2", "/sandbox/none"),
    "BOTO_CONFIG": one_of("/sandbox/boto", "/sandbox/none", "$HOME/.boto"),
    "AWS_CONFIG_FILE": one_of("/sandbox/config", "$HOME/.aws/config", "~/.aws/none", ""),
    "AWS_SHARED_CREDENTIALS_FILE": one_of("/sandbox/credentials", "~/.aws/credentials", "/sandbox/none"),
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": one_of("/v2/creds", "/v2/creds", ""),
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": one_of("http://localhost/creds", "http://10.0.0.1/creds", "ftp://x", ""),
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": one_of("Bearer x", "two\nlines", ""),
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": one_of("/sandbox/auth", "/sandbox/auth-newline", "/sandbox/none"),
    "AWS_EC2_METADATA_DISABLED": one_of("true", "TRUE", "1", "false", ""),
    "AWS_EC2_METADATA_V1_DISABLED": one_of("true", "false"),
}
RATHER = ("AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")


@st.composite
def environment(draw: st.DrawFn) -> dict[str, str]:
    found = {name: maybe(draw, values, 3 if name in RATHER else 14) for name, values in ENV.items()}
    return {name: value for name, value in found.items() if value is not None}


KEYS = {"AccessKeyId": "ASIACONTAINER", "SecretAccessKey": "s", "Token": "ctok", "Expiration": "2099-01-01T00:00:00Z"}
CONTAINER = st.fixed_dictionaries(
    {
        "status": one_of(200, 200, 200, 200, 403, 0),
        "body": one_of(
            KEYS, KEYS, KEYS, KEYS | {"Expiration": "2001-01-01T00:00:00Z"}, {"AccessKeyId": "x"}, "words", [1]
        ),
        "requires_token": one_of(False, False, True, "Bearer x"),
    }
)
IMDS = st.fixed_dictionaries(
    {
        "mode": one_of("v2", "v2", "v2", "v1-only", "both", "token-403", "no-role", "error-body", "unreachable"),
        "role": st.just("Web"), "access_key": st.just("ASIAIMDS"), "token": st.just("itok"),
    }
)  # fmt: skip
PROCESSES: dict[str, dict[str, Any]] = {
    "good": {"stdout": {"Version": 1, "AccessKeyId": "AKIAPROC", "SecretAccessKey": "s", "SessionToken": "ptok",
                        "Expiration": "2099-01-01T00:00:00Z"}},
    "late": {"stdout": {"Version": 1, "AccessKeyId": "AKIALATE", "SecretAccessKey": "s",
                        "Expiration": "2001-01-01T00:00:00Z"}},
    "fails": {"rc": 3, "stdout": ""},
    "version2": {"stdout": {"Version": "1", "AccessKeyId": "AKIAPROC", "SecretAccessKey": "s"}},
    "halfpair": {"stdout": {"Version": 1, "AccessKeyId": "AKIAPROC"}},
    "noise": {"stdout": "not json"},
    "list": {"stdout": [1]},
}  # fmt: skip
EXTRA_FILES = {
    "/sandbox/token": "web-identity-token", "/sandbox/auth": "Bearer x", "/sandbox/auth-newline": "Bearer x\n",
    "/sandbox/ec2": "AWSAccessKeyId=AKIAEC2\nAWSSecretKey=s\n", "~/ec2": "AWSAccessKeyId=AKIAEC2\n",
    "/sandbox/boto": "[Credentials]\naws_access_key_id = AKIABOTO\naws_secret_access_key = s\n",
    "~/.boto": "[Credentials]\naws_access_key_id = AKIABOTO2\naws_secret_access_key = s\n",
    "~/token": "web-identity-token",
}  # fmt: skip


@st.composite
def sso_cache(draw: st.DrawFn) -> list[dict[str, Any]]:
    kinds = one_of(
        {"token": "t"},
        {"token": "t"},
        {"token": "t", "expired": True},
        {"token": "t", "expired": True, "refreshable": True},
        {},
        None,
    )
    found = [(name, draw(kinds)) for name in (START, SESSION)]
    return [{"key": name, "start_url": START} | kind for name, kind in found if kind is not None]


@st.composite
def givens(draw: st.DrawFn) -> dict[str, Any]:
    """A `given` of the credentials engine for botocore."""
    files = {"~/.aws/config": draw(config()), "~/.aws/credentials": draw(credentials())}
    files |= {"/sandbox/config": files["~/.aws/config"], "/sandbox/credentials": draw(credentials())}
    left_out = draw(one_of("", "", "", "~/.aws/config", "~/.aws/credentials"))
    extra = [name for name in EXTRA_FILES if name != "~/.boto" or draw(one_of(False, False, False, True))]
    files = {name: text for name, text in files.items() if name != left_out} | {
        name: EXTRA_FILES[name] for name in extra
    }
    profile = maybe(draw, one_of("dev", "dev", "dev", "dev", "ops", "ghost", ""), 4)
    given = {
        "sdk": "botocore", "code": {"profile": profile}, "env": draw(environment()), "files": files,
        "processes": PROCESSES, "sso_cache": draw(sso_cache()), "now": "2026-11-24T00:00:00Z",
    }  # fmt: skip
    for name, strategy in (("container", CONTAINER), ("imds", IMDS)):
        value = maybe(draw, strategy, 2)
        given |= {name: value} if value is not None else {}
    return given


GOOD_ENDS = (
    {"aws_access_key_id": "AKIABASE", "aws_secret_access_key": "s", "aws_session_token": "tok"},
    {"sso_account_id": "123456789012", "sso_role_name": "Admin", "sso_start_url": START, "sso_region": "eu-west-1"},
    {"sso_account_id": "123456789012", "sso_role_name": "Admin", "sso_session": SESSION},
    {"credential_process": "good"},
    {"web_identity_token_file": "/sandbox/token", "role_arn": ROLES[1]},
    {"role_arn": ROLES[0], "credential_source": "Environment"},
    {"role_arn": ROLES[0], "credential_source": "EcsContainer"},
    {"role_arn": ROLES[1], "credential_source": "Ec2InstanceMetadata"},
)


@st.composite
def chains(draw: st.DrawFn) -> dict[str, Any]:
    """Roles that are assumed from profile to profile and end in something sound, in either file."""
    names = draw(st.permutations(("dev", "ops", "base")))[: draw(one_of(1, 2, 3))]
    end = draw(one_of(*GOOD_ENDS))
    files = {
        "~/.aws/config": section(f"[sso-session {SESSION}]", {"sso_start_url": START, "sso_region": "eu-west-1"}, "")
    }
    for name, source in zip(names, [*names[1:], ""], strict=True):
        role = {"role_arn": draw(one_of(*ROLES[:4])), "source_profile": source}
        role |= {"mfa_serial": "arn:aws:iam::123456789012:mfa/jane"} if draw(st.booleans()) else {}
        file = draw(one_of("~/.aws/config", "~/.aws/credentials"))
        title = f"[profile {name}]" if file.endswith("config") else f"[{name}]"
        files[file] = files.get(file, "") + "\n" + section(title, role if source else end, draw(one_of(*ODD)))
    env = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/creds"}
    env |= draw(one_of({}, {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s"}))
    by_code = draw(st.booleans())
    return {
        "sdk": "botocore", "code": {"profile": names[0] if by_code else None}, "files": files | EXTRA_FILES,
        "env": env | ({} if by_code else {"AWS_PROFILE": names[0]}), "processes": PROCESSES,
        "sso_cache": [{"key": name, "start_url": START, "token": "t"} for name in (START, SESSION)],
        "container": {"status": 200, "body": KEYS, "requires_token": False}, "now": "2026-11-24T00:00:00Z",
        "imds": {"mode": draw(one_of("v2", "both", "no-role")), "role": "Web", "access_key": "ASIAIMDS", "token": "i"},
    }  # fmt: skip
