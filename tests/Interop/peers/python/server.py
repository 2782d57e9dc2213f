"""grpc.testing.TestService made with grpcio. Prints "ready <port>"; ends when its standard input does.

grpcio decompresses requests without telling the handler, so expect_compressed is not checked here.
Usage: server.py --port N
"""

import sys
import time
from concurrent import futures

import grpc

from testing import args, load

EMPTY, MESSAGES, STUBS = load()
INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"


def echo(context):
    metadata = dict(context.invocation_metadata())
    if INITIAL in metadata:
        context.send_initial_metadata(((INITIAL, metadata[INITIAL]),))
    if TRAILING in metadata:
        context.set_trailing_metadata(((TRAILING, metadata[TRAILING]),))


def refuse_if_asked(request, context):
    if request.HasField("response_status") and request.response_status.code:
        code = next(code for code in grpc.StatusCode if code.value[0] == request.response_status.code)
        context.abort(code, request.response_status.message)


def payload(size):
    return MESSAGES.Payload(body=bytes(size))


def respond(request, context):
    for parameters in request.response_parameters:
        if parameters.interval_us:
            time.sleep(parameters.interval_us / 1e6)
        if parameters.HasField("compressed") and not parameters.compressed.value:
            context.disable_next_message_compression()
        yield MESSAGES.StreamingOutputCallResponse(payload=payload(parameters.size))


class TestService(STUBS.TestServiceServicer):
    def EmptyCall(self, request, context):
        echo(context)
        return EMPTY.Empty()

    def UnaryCall(self, request, context):
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
        echo(context)
        refuse_if_asked(request, context)
        return MESSAGES.SimpleResponse(payload=payload(request.response_size))

    def StreamingInputCall(self, request_iterator, context):
        echo(context)
        size = sum(len(request.payload.body) for request in request_iterator)
        return MESSAGES.StreamingInputCallResponse(aggregated_payload_size=size)

    def StreamingOutputCall(self, request, context):
        if any(parameters.compressed.value for parameters in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)
        echo(context)
        yield from respond(request, context)

    def FullDuplexCall(self, request_iterator, context):
        echo(context)
        for request in request_iterator:
            refuse_if_asked(request, context)
            yield from respond(request, context)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
STUBS.add_TestServiceServicer_to_server(TestService(), server)
port = server.add_insecure_port("127.0.0.1:%s" % args().get("port", "0"))
server.start()
print("ready", port, flush=True)
sys.stdin.read()
server.stop(None)
