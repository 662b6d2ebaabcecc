"""UPLOAD_ARTIFACTS: which files of the tree the patterns of the buildspec take."""

import posixpath
from collections.abc import Iterator

from dva.aws import glob
from dva.simulations._before import Tracer, pointer
from dva.simulations.codebuild.codebuild import _rules as rules
from dva.simulations.codebuild.codebuild._buildspec import Artifact, Buildspec
from dva.simulations.codebuild.codebuild._given import Given
from dva.simulations.codebuild.codebuild._how import How

PLACE = "/outcome/phases/UPLOAD_ARTIFACTS"


def clean(path: str) -> str:
    """A path without `./` and trailing slashes."""
    return posixpath.normpath(path) if path not in ("", ".", "./") else ""


def below(base: str, tree: list[str]) -> Iterator[str]:
    """The files below the base directory (its name may hold `*`), relative to it."""
    depth = len(clean(base).split("/")) if clean(base) else 0
    for path in tree:
        segments = clean(path).split("/")
        folder, rest = "/".join(segments[:depth]), segments[depth:]
        if rest and (depth == 0 or glob.path_matches(clean(base), folder)):
            yield "/".join(rest)


def taken(artifact: Artifact, tree: list[str] | None, how: How) -> tuple[list[str], list[str]]:
    """(files of the artifact, files that exclude-paths took out), sorted; names as they are in the artifact."""
    if tree is None:
        found = [clean(pattern) for pattern in artifact.files if "*" not in pattern]
    else:
        found = [p for p in below(artifact.base, tree) if any(how.fits(pattern, p) for pattern in artifact.files)]
    out = [path for path in found if any(how.fits(pattern, path) for pattern in artifact.exclude)]
    kept = [path for path in found if path not in out]
    return _named(artifact, kept), _named(artifact, out)


def _named(artifact: Artifact, paths: list[str]) -> list[str]:
    return sorted({posixpath.basename(path) if artifact.flat else path for path in paths})


def upload(given: Given, spec: Buildspec, trace: Tracer, how: How) -> bool:
    """The phase UPLOAD_ARTIFACTS; whether it has succeeded."""
    changes: dict[str, object] = {"/outcome/upload_artifacts_attempted": True, PLACE: "SUCCEEDED"}
    if spec.artifact is None or given.project.artifacts.type == "NO_ARTIFACTS":
        trace.step(rules.NO_ARTIFACT, "There is nothing to upload", rules.NO_ARTIFACT.says, changes=changes)
        return True
    files, out = taken(spec.artifact, given.tree, how)
    if given.tree is None:
        changes["/outcome/uploaded"] = files
        trace.step(rules.PRESENT, "The artifacts are taken as present", rules.PRESENT.says, changes=changes)
        return True
    if out:
        trace.step(rules.EXCLUDED, f"exclude-paths takes out {', '.join(out)}", rules.EXCLUDED.says)
    if not files:
        changes[PLACE] = "FAILED"
        if trace.outcome["failed_phase"] is None:
            changes["/outcome/failed_phase"] = "UPLOAD_ARTIFACTS"
        trace.step(rules.NO_MATCH, "no matching artifact paths found", rules.NO_MATCH.says, changes=changes)
        return False
    _tell(spec.artifact, files, changes, trace)
    for name, artifact in spec.secondary.items():
        second = taken(artifact, given.tree, how)[0]
        more = {pointer("outcome", "secondary_uploaded", name): second}
        trace.step(rules.UPLOAD, f"Secondary artifact {name}: {', '.join(second) or 'nothing'}", rules.UPLOAD.says,
                   changes=more)  # fmt: skip
    return True


def _tell(artifact: Artifact, files: list[str], changes: dict[str, object], trace: Tracer) -> None:
    changes["/outcome/uploaded"] = files
    if trace.recording:
        changes["/state/texts/UPLOAD_ARTIFACTS"] = "\n".join(files)
    where = f" below {artifact.base}" if artifact.base else ""
    flat = " discard-paths drops the folders." if artifact.flat else ""
    why = f"{rules.UPLOAD.says} Patterns{where}: {', '.join(artifact.files)}.{flat}"
    title = f"{len(files)} file{'' if len(files) == 1 else 's'} in the artifact: {', '.join(files[:5])}"
    trace.step(rules.UPLOAD, title + (" ..." if len(files) > 5 else ""), why, changes=changes)
