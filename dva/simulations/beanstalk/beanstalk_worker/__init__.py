"""A message of an Elastic Beanstalk worker environment, from the queue to its end.

On every instance a daemon, sqsd, polls the queue and posts each message to the application on localhost:
1. it receives the message, which is then invisible to others for VisibilityTimeout, and posts it with its headers;
2. 200 OK: it deletes the message; any other answer: the message returns after ErrorVisibilityTimeout; no answer:
   after InactivityTimeout; an answer later than VisibilityTimeout: meanwhile the message was delivered again;
3. after MaxRetries deliveries the message goes to the dead-letter queue, after RetentionPeriod it is gone.
A cron.yaml makes the leader enqueue messages by itself.
"""

from dva.simulations.beanstalk._options import open_settings
from dva.simulations.beanstalk.beanstalk_worker.daemon import QUEUE_WORDS
from dva.simulations.beanstalk.beanstalk_worker.documents import Given, MessageEnd
from dva.simulations.beanstalk.beanstalk_worker.engine import initial_state, work_off
from dva.simulations.beanstalk.beanstalk_worker.rules import mechanism

SIMULATION = mechanism.simulation(
    title="A message of an Elastic Beanstalk worker environment", view="lanes", unit="s", given=Given,
    outcome=MessageEnd, run=work_off, initial_state=initial_state, choices={"/given/queue": QUEUE_WORDS},
    prepare_choice=open_settings,
)  # fmt: skip
