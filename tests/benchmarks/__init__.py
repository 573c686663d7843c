"""Measurements that compare two ways side by side; none of them is a test."""
