"""Corral over gRPC: the messages of `corral.v1` (made from Protos/ by scripts/generate-protos), and the transport of
``corral.connect("grpc://HOST:PORT")``.

Needs the packages of ``corral[grpc]``.
"""
