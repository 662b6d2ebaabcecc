"""The configuration files of a source bundle: which are read, in which order, and why one is skipped.

`.ebextensions/*.config` at the root of the bundle, YAML 1.1 or JSON, in the order of their names. A file that is
neither stops the deployment; a file with a key that is not one is skipped as a whole, with a warning.
(AWS Elastic Beanstalk Developer Guide, "Advanced environment customization with configuration files".)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dva import jsonpointer
from dva.aws.document import Keys, keys_not_read
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._options import Settings

FOLDER = ".ebextensions/"
SUFFIX = ".config"
KEYS = ("option_settings", "packages", "groups", "users", "sources", "files", "commands", "services",
        "container_commands", "Resources", "Parameters", "Outputs", "Mappings", "Conditions")  # fmt: skip
ORDER = ("packages", "groups", "users", "sources", "files", "commands", "services", "container_commands")
"""The keys that change an instance, in the order in which they are processed."""
COMMAND_MEMBERS = ("command", "cwd", "env", "test", "ignoreErrors", "leader_only", "waitAfterCompletion")
HELP = "For information about valid keys, see http://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions.html"


@dataclass
class ConfigFile:
    """One file as it was read: its sections, or why there are none."""

    path: str
    sections: dict[str, Any] = field(default_factory=dict)
    settings: Settings = field(default_factory=dict)
    malformed: str | None = None
    """Why it is neither YAML nor JSON."""
    skipped: str | None = None
    """The warning with which the whole file is left out."""
    warnings: list[str] = field(default_factory=list)
    """Sentences about keys that are written more than once."""

    def not_read(self, keys: Keys) -> Iterator[str]:
        """List the places in the bundle of what the file has beside `keys`."""
        return keys_not_read(self.sections, keys, jsonpointer.join("bundle", self.path))

    def section(self, name: str) -> dict[str, Any]:
        """Return a section's entries by name."""
        value = self.sections.get(name)
        return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


def config_files(bundle: Mapping[str, Any]) -> list[ConfigFile]:
    """Return the configuration files of a bundle {path: text}, in the order in which they are processed."""
    return [_read(path, bundle[path]) for path in sorted(bundle) if is_config(path)]


def is_config(path: str) -> bool:
    """Return whether the path is a configuration file: directly inside `.ebextensions` at the root, named `.config`."""
    return path.startswith(FOLDER) and path.endswith(SUFFIX) and "/" not in path[len(FOLDER) :]


def overlooked(bundle: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (path, why) for each file that looks like a configuration file and is not read."""
    for path in sorted(bundle):
        if is_config(path) or FOLDER not in path:
            continue
        if not path.startswith(FOLDER):
            yield path, "`.ebextensions` must stand at the root of the source bundle"
        elif "/" not in path[len(FOLDER) :]:
            yield path, f"a configuration file ends in `{SUFFIX}`"
        elif path.endswith(SUFFIX):
            yield path, "folders inside `.ebextensions` are not read"


def bundle_of(files: Mapping[str, str]) -> dict[str, str]:
    """Return a folder's files as a bundle, whether the folder is the project or `.ebextensions` itself."""
    paths = {path.removeprefix("./"): text for path, text in files.items()}
    inside = not any(FOLDER in path for path in paths) and any(path.endswith(SUFFIX) for path in paths)
    return {(FOLDER + path if inside else path): text for path, text in sorted(paths.items())}


def _read(path: str, content: Any) -> ConfigFile:
    file = ConfigFile(path)
    if isinstance(content, str):
        try:
            content, duplicates = options.parse_with_duplicates(content)
            file.warnings += [f"{path}: duplicate {key}; only the last one counts" for key in duplicates]
        except options.OptionError as problem:
            file.malformed = str(problem)
            return file
    if content is None:
        return file
    if not isinstance(content, dict):
        file.malformed = "the document is not a mapping of keys"
        return file
    file.sections = {str(key): value for key, value in content.items()}
    fault = _fault(file)
    file.skipped = fault and f"Error processing file (Skipping): '{path}' - {fault}"
    return file


def _fault(file: ConfigFile) -> str | None:
    """Return what makes Elastic Beanstalk skip the file, in the words of its warning."""
    for key, value in file.sections.items():
        if key not in KEYS:
            return f"Contains invalid key: '{key}'. {HELP}"
        if value is not None and key != "option_settings" and not isinstance(value, dict):
            return f"Contains invalid section: '{key}' must hold a mapping"
    for key in ("commands", "container_commands"):
        for name, entry in file.section(key).items():
            fault = _command_fault(key, name, entry)
            if fault:
                return fault
    try:
        file.settings = options.settings({"option_settings": file.sections.get("option_settings")})
    except options.OptionError as problem:
        return f"Contains invalid option_settings: {problem}"
    return None


def _command_fault(key: str, name: str, entry: Any) -> str | None:
    if not isinstance(entry, dict) or entry.get("command") is None:
        return f"Contains invalid entry: '{name}' of {key} has no command"
    unknown = next((member for member in entry if member not in COMMAND_MEMBERS), None)
    return f"Contains invalid key: '{unknown}' in '{name}' of {key}. {HELP}" if unknown else None
