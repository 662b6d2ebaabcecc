"""Where AWS says what the rules say."""


def guide(title: str, page: str) -> str:
    """Return a page of the AWS Elastic Beanstalk Developer Guide as rules name it: its title and address."""
    return (
        f"AWS Elastic Beanstalk Developer Guide, {title}: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/{page}"
    )


def api(name: str) -> str:
    """Return a page of the Elastic Beanstalk API reference as rules name it."""
    return f"Elastic Beanstalk API, {name}: https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_{name}.html"
