"""AWS Security Token Service, API version 2011-06-15. Generated: `python tests/service_models.py`."""
# fmt: off

from dva.aws.service_model import Shape

REQUESTS: dict[str, str] = {'GetSessionToken': 'GetSessionTokenRequest'}
SHAPES: dict[str, Shape] = {'GetSessionTokenRequest': {'members': {'DurationSeconds': 'durationSecondsType',
                                        'MinimumSessionTokenSize': 'minimumSessionTokenSizeType',
                                        'SerialNumber': 'serialNumberType',
                                        'TokenCode': 'tokenCodeType'},
                            'type': 'structure'},
 'durationSecondsType': {'max': 129600, 'min': 900, 'type': 'number'},
 'minimumSessionTokenSizeType': {'max': 4096, 'min': 0, 'type': 'number'},
 'serialNumberType': {'max': 256, 'min': 9, 'pattern': '[\\w+=/:,.@-]*', 'type': 'string'},
 'tokenCodeType': {'max': 6, 'min': 6, 'pattern': '[\\d]*', 'type': 'string'}}
