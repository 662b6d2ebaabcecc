"""AWS Elastic Beanstalk, API version 2010-12-01. Generated: `python tests/service_models.py`."""
# fmt: off

from dva.aws.service_model import Shape

REQUESTS: dict[str, str] = {'UpdateApplicationResourceLifecycle': 'UpdateApplicationResourceLifecycleMessage'}
SHAPES: dict[str, Shape] = {'ApplicationName': {'max': 100, 'min': 1, 'type': 'string'},
 'ApplicationResourceLifecycleConfig': {'members': {'ServiceRole': '',
                                                    'VersionLifecycleConfig': 'ApplicationVersionLifecycleConfig'},
                                        'type': 'structure'},
 'ApplicationVersionLifecycleConfig': {'members': {'MaxAgeRule': 'MaxAgeRule', 'MaxCountRule': 'MaxCountRule'},
                                       'type': 'structure'},
 'MaxAgeRule': {'members': {'DeleteSourceFromS3': '', 'Enabled': '', 'MaxAgeInDays': ''},
                'required': ['Enabled'],
                'type': 'structure'},
 'MaxCountRule': {'members': {'DeleteSourceFromS3': '', 'Enabled': '', 'MaxCount': ''},
                  'required': ['Enabled'],
                  'type': 'structure'},
 'UpdateApplicationResourceLifecycleMessage': {'members': {'ApplicationName': 'ApplicationName',
                                                           'ResourceLifecycleConfig': 'ApplicationResourceLifecycleConfig'},
                                               'required': ['ApplicationName', 'ResourceLifecycleConfig'],
                                               'type': 'structure'}}
