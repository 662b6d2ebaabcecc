"""Amazon Elastic Container Service."""
