"""Rehearse customer interviews with simulated customers who tell their stories only to somebody who asks well."""
