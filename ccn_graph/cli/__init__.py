"""The command `ccn-graph`: one module for each verb."""
