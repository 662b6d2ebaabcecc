"""dva: learn for the AWS Certified Developer - Associate exam in the terminal."""

__version__ = "0.1.0"
