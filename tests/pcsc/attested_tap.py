#!/usr/bin/python3
# Where only attested keys are taken: attested_tap.py JUMIN. To be run by private_pcscd.
#
# The wallet's provider attests the device key, and nothing else; the wallet taps a card with it, and the device key vouches for the
# fresh keys of its copies. A wallet without attestation gets nothing, neither by tap nor by the counter's QR.
# SPDX-License-Identifier: Apache-2.0
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mobile"))
from cryptography.hazmat.primitives.serialization import Encoding  # noqa: E402
from issuer_home import Issuer  # noqa: E402
from tap_card import LazySimulator, make_card  # noqa: E402
from tap_wallet import Wallet, check_taken, free_port  # noqa: E402
from wallet_provider import Provider  # noqa: E402


def attested(issuer, provider, wallet, level):
    word = provider.attest(wallet.device, key_storage=[level], user_authentication=["iso_18045_high"])
    return ("--attestation", issuer.write("attestation", word.decode()))


def taps(issuer, provider, number):
    roots = issuer.write("wallets.pem", provider.root.public_bytes(Encoding.PEM).decode())
    issuer.serve("--terminal", "server", "--unlimited", "--wallets", roots, "--attested-only",
                 "--key-storage", "iso_18045_moderate", "--user-authentication", "iso_18045_basic")
    wallet, other = Wallet(issuer, "wallet"), Wallet(issuer, "other")
    wallet.tap(expect=1, says="there is no key attestation, and it is required")
    wallet.tap(*attested(issuer, provider, other, "iso_18045_high"), expect=1, says="for another key")
    wallet.tap(*attested(issuer, provider, wallet, "iso_18045_basic"), expect=1, says="safe enough (key_storage)")
    check_taken(wallet, wallet.tap(*attested(issuer, provider, wallet, "iso_18045_moderate"), "--json"))
    wallet.run("refresh", "--refill", "--allow-http")  # the device key vouches for the next batch, too

    # By the counter's QR nobody attests a key: that ends the offer's credential for the wallet that has tried.
    offer = issuer.offer(number)
    other.run("add", offer["uri"], "--tx-code", offer["tx_code"], "--allow-http", expect=1, says="no attestation came with")
    assert all(credential["unused"] == 0 for credential in other.credentials()), "copies for a wallet that nobody knows"
    issuer.stop()


def main(jumin):
    port = free_port()
    with Issuer(jumin, f"http://127.0.0.1:{port}") as issuer:
        issuer.port = port
        simulator = None
        try:
            with open(issuer.path("sim.log"), "wb") as log:
                simulator = LazySimulator(issuer, issuer.path("card.image"), log)
                number = make_card(simulator)
                issuer.run("pki", "iaca", "trust-list")
                taps(issuer, Provider("Wallets"), number)
        finally:
            if simulator is not None:
                simulator.end()
    print("Issued to a wallet that its provider knows, and to no other.")


main(sys.argv[1])
