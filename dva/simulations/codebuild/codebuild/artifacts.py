"""UPLOAD_ARTIFACTS: which files of the tree the patterns of the buildspec take."""

import posixpath
from collections.abc import Iterator

from dva.aws import glob
from dva.simulations.codebuild.codebuild import decisions, rules
from dva.simulations.codebuild.codebuild.buildspec import Artifact, Buildspec
from dva.simulations.codebuild.codebuild.documents import Given
from dva.simulations.frame import Run
from dva.trace import Place

MAX_NAMED = 5
"""Files in the title of a step."""


def normalize(path: str) -> str:
    """Return a path without `./` and trailing slashes."""
    return posixpath.normpath(path) if path not in ("", ".", "./") else ""


def files_below(base: str, tree: list[str]) -> Iterator[str]:
    """List the files below the base directory (its name may hold `*`), relative to it."""
    base = normalize(base)
    depth = len(base.split("/")) if base else 0
    for path in tree:
        segments = normalize(path).split("/")
        folder, rest = "/".join(segments[:depth]), segments[depth:]
        if rest and (depth == 0 or glob.path_matches(base, folder)):
            yield "/".join(rest)


def select(artifact: Artifact, tree: list[str] | None, run: Run) -> tuple[list[str], list[str]]:
    """Return (files of the artifact, files that exclude-paths removes), sorted, with their names in the artifact."""
    matches = run.using(decisions.fits)
    if tree is None:
        found = [normalize(pattern) for pattern in artifact.files if "*" not in pattern]
    else:
        found = [p for p in files_below(artifact.base, tree) if any(matches(pattern, p) for pattern in artifact.files)]
    excluded = [path for path in found if any(matches(pattern, path) for pattern in artifact.exclude)]
    return _names(artifact, [path for path in found if path not in excluded]), _names(artifact, excluded)


def _names(artifact: Artifact, paths: list[str]) -> list[str]:
    return sorted({posixpath.basename(path) if artifact.flat else path for path in paths})


def upload(given: Given, spec: Buildspec, run: Run) -> None:
    """Run the phase UPLOAD_ARTIFACTS."""
    place = ("phases", "UPLOAD_ARTIFACTS")
    succeeded: dict[Place, object] = {("upload_artifacts_attempted",): True, place: "SUCCEEDED"}
    artifact = spec.artifact
    if artifact is None or given.project.artifacts.type == "NO_ARTIFACTS":
        run.step(rules.NO_ARTIFACT, "There is nothing to upload", inside=succeeded)
        return
    files, excluded = select(artifact, given.tree, run)
    if given.tree is None:
        run.step(rules.PRESENT, "The artifacts are taken as present", inside=succeeded, uploaded=files)
        return
    if excluded:
        run.step(rules.EXCLUDED, f"exclude-paths takes out {', '.join(excluded)}")
    if not files:
        first = run.outcome["failed_phase"] or "UPLOAD_ARTIFACTS"
        run.step(rules.NO_MATCH, "no matching artifact paths found", inside=succeeded | {place: "FAILED"},
                 failed_phase=first)  # fmt: skip
        return
    where = f" below {artifact.base}" if artifact.base else ""
    flat = " discard-paths drops the folders." if artifact.flat else ""
    title = f"{len(files)} file{'' if len(files) == 1 else 's'} in the artifact: {', '.join(files[:MAX_NAMED])}"
    run.step(rules.UPLOAD, title + (" ..." if len(files) > MAX_NAMED else ""),
             f"Patterns{where}: {', '.join(artifact.files)}.{flat}",
             draw={("texts", "UPLOAD_ARTIFACTS"): "\n".join(files)}, inside=succeeded, uploaded=files)  # fmt: skip
    for name, secondary in spec.secondary.items():
        second = select(secondary, given.tree, run)[0]
        title = f"Secondary artifact {name}: {', '.join(second) or 'nothing'}"
        run.step(rules.UPLOAD, title, inside={("secondary_uploaded", name): second})
