"""AWS SDKs and the AWS CLI: what the client does before a request leaves."""
