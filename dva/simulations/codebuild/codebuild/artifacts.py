"""UPLOAD_ARTIFACTS: which files of the tree the patterns of the buildspec take."""

import posixpath
from collections.abc import Iterator, Mapping

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
    if not (spec.artifact or spec.secondary) or given.project.artifacts.type == "NO_ARTIFACTS":
        run.step(rules.NO_ARTIFACT, "There is nothing to upload", inside=succeeded)
        return
    if spec.artifact is None:
        run.step(rules.ONLY_SECONDARY, f"Every artifact is a secondary one: {', '.join(spec.secondary)}")
    files, excluded = select(spec.artifact, given.tree, run) if spec.artifact else ([], [])
    secondary = {name: select(one, given.tree, run)[0] for name, one in spec.secondary.items()}
    if given.tree is None:
        run.step(rules.PRESENT, "The artifacts are taken as present", inside=succeeded, uploaded=files,
                 secondary_uploaded=secondary)  # fmt: skip
        return
    if excluded:
        run.step(rules.EXCLUDED, f"exclude-paths takes out {', '.join(excluded)}")
    if not files and (spec.artifact or not any(secondary.values())):
        first = run.outcome["failed_phase"] or "UPLOAD_ARTIFACTS"
        run.step(rules.NO_MATCH, "no matching artifact paths found", inside=succeeded | {place: "FAILED"},
                 failed_phase=first)  # fmt: skip
        return
    if spec.artifact:
        _take(spec.artifact, files, run, succeeded)
    for name, names in secondary.items():
        title = f"Secondary artifact {name}: {', '.join(names) or 'nothing'}"
        before = {} if spec.artifact else succeeded
        run.step(rules.UPLOAD, title, inside={**before, ("secondary_uploaded", name): names})


def _take(artifact: Artifact, files: list[str], run: Run, succeeded: Mapping[Place, object]) -> None:
    """Upload the files of the primary artifact."""
    where = f" below {artifact.base}" if artifact.base else ""
    flat = " discard-paths drops the folders." if artifact.flat else ""
    title = f"{len(files)} file{'' if len(files) == 1 else 's'} in the artifact: {', '.join(files[:MAX_NAMED])}"
    run.step(rules.UPLOAD, title + (" ..." if len(files) > MAX_NAMED else ""),
             f"Patterns{where}: {', '.join(artifact.files)}.{flat}",
             draw={("texts", "UPLOAD_ARTIFACTS"): "\n".join(files)}, inside=succeeded, uploaded=files)  # fmt: skip
