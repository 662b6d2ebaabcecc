"""AWS CodePipeline."""
