"""A LINE Platform for one's own machine.

It speaks LINE's HTTP API to a bot, posts signed webhooks to it, checks every request as LINE would, and
has a phone-shaped chat page. It is a world of its own: it knows a channel secret, an access token and a
webhook address, and nothing of the product that talks to it.

Facts about LINE's behaviour come from the Messaging API reference and LINE's published OpenAPI contract.
"""
