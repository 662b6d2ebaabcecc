"""AWS CodeDeploy."""
