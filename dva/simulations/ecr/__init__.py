"""Amazon Elastic Container Registry."""
