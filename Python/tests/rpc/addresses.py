"""Where the servers of tests listen."""

from e2e import machine


def grpc_address(server):
    """`HOST:PORT` of a server's gRPC."""
    addresses = [record.get("address", "") for record in server.records() if record["message"] == "listening"]
    found = machine.until(
        lambda: [
            record["address"].split("://")[1]
            for record in server.records()
            if record["message"] == "listening" and record["address"].startswith("grpc")
        ],
        20,
    )
    assert found, addresses
    return found[0]
