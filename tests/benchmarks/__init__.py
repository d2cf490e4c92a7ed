"""Measurements that take minutes to hours: run by hand, never by the suite."""
