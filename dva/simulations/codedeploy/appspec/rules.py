"""The rules of AppSpec files in the order in which they are applied; then where AWS's pages say otherwise."""

from dva.simulations.frame import Mechanism

GUIDE = "AWS CodeDeploy User Guide, "
URL = "https://docs.aws.amazon.com/codedeploy/latest/userguide/"
AGENT = "CodeDeploy agent 1.8.1, application_specification/"
CODE = "https://github.com/aws/aws-codedeploy-agent"
SPECIFICATION = f"{AGENT}application_specification.rb: {CODE}"
STRUCTURE = f"{GUIDE}AppSpec file structure: {URL}reference-appspec-file-structure.html"
HOOKS = f"{GUIDE}AppSpec 'hooks' section: {URL}reference-appspec-file-structure-hooks.html"
RESOURCES = f"{GUIDE}AppSpec 'resources' section: {URL}reference-appspec-file-structure-resources.html"
PERMISSIONS = f"{GUIDE}AppSpec 'permissions' section: {URL}reference-appspec-file-structure-permissions.html"
PSYCH = "Psych, Ruby's YAML, scalar_scanner.rb: https://github.com/ruby/psych"

mechanism = Mechanism("appspec", rules="codedeploy.appspec", notes="codedeploy")
rule, belief = mechanism.rule, mechanism.belief

YAML = rule("yaml", "The file is read as YAML 1.1 by Ruby's safe loader; other text or a wrong type is refused.",
            PSYCH, "yaml")  # fmt: skip
EMPTY = rule("empty", "A file without anything in it is refused.", SPECIFICATION, "09")
VERSION = rule("version", "`version` must equal the number 0.0.", SPECIFICATION, "version")
OS = rule("os", "`os` must be exactly the word of the instance's own system.", SPECIFICATION, "version")
HOOK = rule("hooks", "Each script of an event needs a location; timeout is 3600 seconds where none is given.",
            f"{AGENT}script_info.rb: {CODE}", "13")  # fmt: skip
TIMEOUT = rule("timeout", "A timeout counts as Ruby's to_i takes it and must be above 0.",
               f"{AGENT}script_info.rb: {CODE}", "timeouts")  # fmt: skip
FILES = rule("files", "Each entry of files needs a source in the revision and a destination on the instance.",
             f"{AGENT}file_info.rb: {CODE}", "12")  # fmt: skip
OBJECT = rule("permissions", "Permissions are for Linux; an entry needs an object, its types are file and directory.",
              SPECIFICATION, "permissions")  # fmt: skip
MODE = rule("mode", "A mode is padded to three digits and has at most four, each from 0 to 7.",
            f"{AGENT}mode_info.rb: {CODE}", "mode")  # fmt: skip
ACL = rule("acl", "An acl entry is [default:][user|group|mask|other:][name]:permission.",
           f"{AGENT}ace_info.rb: {CODE}", "permissions")  # fmt: skip
CONTEXT = rule("context", "An SELinux context needs a type; its range is s#[-s#][:c#[.c#],...].",
               f"{AGENT}context_info.rb and range_info.rb: {CODE}", "permissions")  # fmt: skip
BEHAVIOR = rule("file-exists-behavior", "`file_exists_behavior` is absent, DISALLOW, OVERWRITE or RETAIN.",
                SPECIFICATION, "file-exists")  # fmt: skip
VALID = rule("valid", "A file with nothing wrong is accepted as a whole.", SPECIFICATION, "09")

SERVICE_VERSION = rule("service.version", "For Lambda and Amazon ECS the version is 0.0 too.", STRUCTURE, "version")
ONE_RESOURCE = rule("service.resources", "For Lambda and Amazon ECS the file names one resource of their type.",
                    RESOURCES, "service-appspec")  # fmt: skip
PROPERTIES = rule("service.properties", "Lambda needs name, alias and two versions; ECS a task definition and the "
                  "container behind the load balancer.", RESOURCES, "service-appspec")  # fmt: skip
NETWORK = rule("service.network", "An ECS network configuration is given whole or not at all.",
               RESOURCES, "service-appspec")  # fmt: skip
FUNCTIONS = rule("service.hooks", "Hooks name one Lambda function for an event; Lambda has two such events, ECS five.",
                 HOOKS, "service-appspec")  # fmt: skip

OCTAL = rule("surprise.octal", "An unquoted number with a leading zero is octal in YAML 1.1.", PSYCH, "mode")
VERSION_TEXT = rule("surprise.version-text", "The User Guide calls the version a string; the agent compares numbers.",
                    STRUCTURE, "version")  # fmt: skip
ODD_TIMEOUT = rule("surprise.timeout", "A timeout may mean another number than the one that was written.",
                   f"{AGENT}script_info.rb: {CODE}", "timeouts")  # fmt: skip
LONG_EVENT = rule("surprise.event-over-an-hour", "The service ends a lifecycle event after 3600 seconds, whatever its "
                  "scripts are granted.", HOOKS, "timeouts")  # fmt: skip
UNKNOWN_EVENT = rule("surprise.unknown-event", "Names of events are not looked at before Install.",
                     f"CodeDeploy agent 1.8.1, command_executor.rb: {CODE}", "unknown-event")  # fmt: skip
RESERVED_EVENT = rule("surprise.reserved-event", "DownloadBundle, Install, BlockTraffic and AllowTraffic run no "
                      "scripts.", HOOKS, "15")  # fmt: skip
NO_FILES = rule("surprise.no-files", "The agent does not miss a files section, AWS's appspec assistant does.",
                "AWS sample codedeploy-appspec-assistant: "
                "https://github.com/aws-samples/aws-codedeploy-appspec-assistant", "12")  # fmt: skip
SUDO = rule("surprise.sudo", "`sudo` is read by the agent and documented nowhere.",
            f"CodeDeploy agent 1.8.1, platform/linux_util.rb: {CODE}", "13")  # fmt: skip
CONTEXT_USER = rule("surprise.context-user", "The SELinux user is read from `name`; the User Guide says `user`.",
                    PERMISSIONS, "permissions")  # fmt: skip
PATTERN = rule("surprise.pattern", "A pattern or an exception on a file that is copied fails at Install.",
               f"{AGENT}linux_permission_info.rb: {CODE}", "permissions")  # fmt: skip
REPEATED = rule("surprise.repeated-key", "Of a key that stands twice only the last one counts; YAML's reader says "
                "nothing.", PSYCH, "yaml")  # fmt: skip
UNREAD = rule("surprise.unread", "Sections that the agent does not know are skipped without a word.",
              SPECIFICATION, "12")  # fmt: skip
BEATS_OPTION = rule("surprise.behavior-wins", "file_exists_behavior in the file beats the deployment's option.",
                    f"CodeDeploy agent 1.8.1, installer.rb: {CODE}", "file-exists")  # fmt: skip

CATEGORIES = {
    "MALFORMED": YAML, "EMPTY_APPSPEC": EMPTY, "INVALID_VERSION": VERSION, "UNSUPPORTED_OS": OS,
    "HOOK_NO_LOCATION": HOOK, "UNKNOWN_EVENT": HOOK, "HOOK_INVALID_TIMEOUT": TIMEOUT, "FILE_NO_SOURCE": FILES,
    "FILE_NO_DESTINATION": FILES, "PERMISSION_NO_OBJECT": OBJECT, "PERMISSIONS_ON_WINDOWS": OBJECT,
    "PERMISSION_INVALID_TYPE": OBJECT, "MODE_INVALID_LENGTH": MODE, "MODE_INVALID_CHARACTER": MODE,
    "ACL_INVALID_ENTRY": ACL, "ACL_INVALID_CHARACTER": ACL, "ACL_BASE_ENTRY": ACL, "CONTEXT_NO_TYPE": CONTEXT,
    "CONTEXT_INVALID_RANGE": CONTEXT, "INVALID_FILE_EXISTS_BEHAVIOR": BEHAVIOR,
}  # fmt: skip
"""By which rule the agent refuses: dva's names, as the agent has one exception for all."""
SERVICE_CATEGORIES = CATEGORIES | {
    "INVALID_VERSION": SERVICE_VERSION, "NO_RESOURCES": ONE_RESOURCE, "TOO_MANY_RESOURCES": ONE_RESOURCE,
    "RESOURCE_TYPE": ONE_RESOURCE, "MISSING_PROPERTY": PROPERTIES, "NETWORK_CONFIGURATION": NETWORK,
    "UNKNOWN_HOOK": FUNCTIONS,
}  # fmt: skip
