"""Generates and imports grpc.testing from the protos of tests/Interop.Server, and reads --name value arguments."""

import importlib
import os
import sys
import tempfile

from grpc_tools import protoc

# The stubs need the package grpc.testing, which must not hide grpcio's package grpc: flat names do not.
_ROOT = os.path.join(os.path.dirname(__file__), "..", "..", "..", "Interop.Server", "Protos")


def load():
    out = tempfile.mkdtemp()
    flat = os.path.join(out, "protos")
    os.makedirs(flat)
    for name in ("empty", "messages", "test"):
        with open(os.path.join(_ROOT, "grpc", "testing", name + ".proto"), encoding="utf-8") as source:
            text = source.read().replace('"grpc/testing/', '"')
        with open(os.path.join(flat, name + ".proto"), "w", encoding="utf-8") as target:
            target.write(text)
    names = [os.path.join(flat, name + ".proto") for name in ("empty", "messages", "test")]
    if protoc.main(["", "-I" + flat, "--python_out=" + out, "--grpc_python_out=" + out, *names]) != 0:
        raise RuntimeError("protoc failed")
    sys.path.insert(0, out)
    modules = ("empty_pb2", "messages_pb2", "test_pb2_grpc")
    return tuple(importlib.import_module(module) for module in modules)


def args():
    return {name.lstrip("-"): value for name, value in zip(sys.argv[1::2], sys.argv[2::2])}


def read(path):
    with open(path, "rb") as file:
        return file.read()
