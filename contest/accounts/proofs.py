"""What asks whoever is signed in to prove anew that it is them. The one place that says so.

Actions by the name that their view declares; `signin.signed_in` looks here. A page on which something
else is read as well asks only before it changes anything.
"""

# Who gets into the account, or takes it away: within `signin.LATELY`, always.
ACCOUNT = frozenset(
    {
        "accounts.add_app",
        "accounts.add_passkey",
        "accounts.new_address",
        "accounts.remove_app",
        "accounts.remove_passkey",
        "accounts.renew_codes",
        "accounts.renew_feed",
        "accounts.sign_out_other",
        "accounts.sso_remove",
        "privacy.erase",
        "privacy.erase_other",
        "privacy.fetch",
    }
)
# What binds a contest or opens it to somebody: within PROOF_MINUTES.
CONTEST = frozenset({"results.discard", "results.embargo", "results.publish", "results.sign"})
CHANGES = frozenset({"contests.appoint", "privacy.retention"})
