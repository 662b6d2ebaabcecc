"""AWS CodeStar Notifications, API version 2019-10-15. Generated: `python tests/service_models.py`."""
# fmt: off

from dva.aws.service_model import Shape

REQUESTS: dict[str, str] = {'CreateNotificationRule': 'CreateNotificationRuleRequest'}
SHAPES: dict[str, Shape] = {'ClientRequestToken': {'max': 256, 'min': 1, 'pattern': '^[\\w:/-]+$', 'type': 'string'},
 'CreateNotificationRuleRequest': {'members': {'ClientRequestToken': 'ClientRequestToken',
                                               'DetailType': 'DetailType',
                                               'EventTypeIds': 'EventTypeIds',
                                               'Name': 'NotificationRuleName',
                                               'Resource': 'NotificationRuleResource',
                                               'Status': 'NotificationRuleStatus',
                                               'Tags': 'Tags',
                                               'Targets': 'Targets'},
                                   'required': ['Name', 'EventTypeIds', 'Resource', 'Targets', 'DetailType'],
                                   'type': 'structure'},
 'DetailType': {'enum': ['BASIC', 'FULL'], 'type': 'string'},
 'EventTypeId': {'max': 200, 'min': 1, 'type': 'string'},
 'EventTypeIds': {'member': 'EventTypeId', 'type': 'list'},
 'NotificationRuleName': {'max': 64, 'min': 1, 'pattern': '[A-Za-z0-9\\-_ ]+$', 'type': 'string'},
 'NotificationRuleResource': {'pattern': '^arn:aws[^:\\s]*:[^:\\s]*:[^:\\s]*:[0-9]{12}:[^\\s]+$', 'type': 'string'},
 'NotificationRuleStatus': {'enum': ['ENABLED', 'DISABLED'], 'type': 'string'},
 'TagKey': {'max': 128, 'min': 1, 'type': 'string'},
 'TagValue': {'max': 256, 'type': 'string'},
 'Tags': {'key': 'TagKey', 'type': 'map', 'value': 'TagValue'},
 'Target': {'members': {'TargetAddress': 'TargetAddress', 'TargetType': 'TargetType'}, 'type': 'structure'},
 'TargetAddress': {'max': 320, 'min': 1, 'type': 'string'},
 'TargetType': {'pattern': '^[A-Za-z]+$', 'type': 'string'},
 'Targets': {'max': 10, 'member': 'Target', 'type': 'list'}}
