"""Amazon CloudFront."""
