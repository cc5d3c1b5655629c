"""Orders of operators in a case: whether an order is allowed, the reason for a refusal, and its effect.
Pure.
"""
