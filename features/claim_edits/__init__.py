"""What a person may change on a claim before it goes out: pure functions from a claim to a claim, each "if it is true".

An edit never invents a clinical fact, raises a charge or adds a service, and it names what has to be verified first:
a file can show that a number is missing, never that an authorization was obtained.
"""
