"""A local OMS: the payments API the wallet talks to, as a process of its own with its own durable store.

It imports nothing of the wallet's, not even the signing formula: a shared mistake would agree with itself.
The contract it speaks is docs/oms-openapi.yaml; what it adds for people and tests is in docs/sandbox.md.
"""
