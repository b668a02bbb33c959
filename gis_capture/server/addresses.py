"""Under which addresses other machines of the network reach this one."""

import socket


def lan_address() -> str:
    """The address that other machines use; "localhost" where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only chooses the interface.
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            pass
    return next(iter(_named_addresses()), "localhost")


def own_addresses() -> list[str]:
    """All IPv4 addresses of this machine in networks, the one that other machines use first."""
    found = [lan_address(), *_named_addresses()]
    return [address for address in dict.fromkeys(found) if address != "localhost"]


def _named_addresses() -> list[str]:
    # No way out of this network: the name of this machine still tells its address in it.
    try:
        addresses = socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:
        return []
    return [address for address in addresses if not address.startswith("127.")]
