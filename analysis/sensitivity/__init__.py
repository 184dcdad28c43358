"""What drives the answer: whose beliefs, which parameters, and which question to ask next."""
