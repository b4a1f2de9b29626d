"""What a published rule asks of a sample: the language of rules, the facts, what is found, and the answer."""
