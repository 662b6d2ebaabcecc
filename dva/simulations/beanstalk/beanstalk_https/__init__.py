"""Where TLS ends in an Elastic Beanstalk environment, and who redirects HTTP.

In this order: is there a load balancer, and do the listener options belong to its kind; which listeners does it have,
and does the secure one have a certificate; what goes on behind it (HTTP, HTTPS again, or the untouched bytes); on a
single instance its own web server ends TLS. Last the redirect of port 80, which health checks must not meet.
"""

from dva.simulations.beanstalk._options import ENVIRONMENT, open_settings
from dva.simulations.beanstalk.beanstalk_https.documents import Given, Https
from dva.simulations.beanstalk.beanstalk_https.engine import initial_state, inspect
from dva.simulations.beanstalk.beanstalk_https.rules import PROTOCOLS, mechanism

SIMULATION = mechanism.simulation(
    title="HTTPS in Elastic Beanstalk", view="texts", given=Given, outcome=Https, run=inspect,
    initial_state=initial_state, prepare_choice=open_settings,
    choices={
        f"/given/option_settings/{ENVIRONMENT}/LoadBalancerType": ("classic", "application", "network"),
        "/given/option_settings/aws:elb:listener:443/ListenerProtocol": PROTOCOLS["classic"],
        "/given/option_settings/aws:elb:listener:443/InstanceProtocol": PROTOCOLS["classic"],
        "/given/option_settings/aws:elbv2:listener:443/Protocol": PROTOCOLS["application"],
    },
)  # fmt: skip
