"""AWS CodeCommit, API version 2015-04-13. Generated: `python tests/service_models.py`."""
# fmt: off

from dva.aws.service_model import Shape

REQUESTS: dict[str, str] = {'PutRepositoryTriggers': 'PutRepositoryTriggersInput'}
SHAPES: dict[str, Shape] = {'BranchName': {'max': 256, 'min': 1, 'type': 'string'},
 'BranchNameList': {'member': 'BranchName', 'type': 'list'},
 'PutRepositoryTriggersInput': {'members': {'repositoryName': 'RepositoryName',
                                            'triggers': 'RepositoryTriggersList'},
                                'required': ['repositoryName', 'triggers'],
                                'type': 'structure'},
 'RepositoryName': {'max': 100, 'min': 1, 'pattern': '[\\w\\.-]+', 'type': 'string'},
 'RepositoryTrigger': {'members': {'branches': 'BranchNameList',
                                   'customData': '',
                                   'destinationArn': '',
                                   'events': 'RepositoryTriggerEventList',
                                   'name': ''},
                       'required': ['name', 'destinationArn', 'events'],
                       'type': 'structure'},
 'RepositoryTriggerEventEnum': {'enum': ['all', 'updateReference', 'createReference', 'deleteReference'],
                                'type': 'string'},
 'RepositoryTriggerEventList': {'member': 'RepositoryTriggerEventEnum', 'type': 'list'},
 'RepositoryTriggersList': {'member': 'RepositoryTrigger', 'type': 'list'}}
