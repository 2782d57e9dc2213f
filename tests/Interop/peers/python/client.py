"""Runs the gRPC interoperability cases with grpcio; prints one line per case: "ok <case>" or "failed <case>: <why>".

Usage: client.py --port N [--host localhost] [--tls-ca F --tls-cert F --tls-key F]
"""

import grpc

from testing import args, load, read

EMPTY, MESSAGES, STUBS = load()
ARGS = args()
SIZES = [31415, 9, 2653, 58979]
REQUEST_SIZES = [27182, 8, 1828, 45904]


def connect(**options):
    target = "%s:%s" % (ARGS.get("host", "127.0.0.1"), ARGS["port"])
    if "tls-ca" in ARGS:
        credentials = grpc.ssl_channel_credentials(read(ARGS["tls-ca"]), read(ARGS["tls-key"]), read(ARGS["tls-cert"]))
        return grpc.secure_channel(target, credentials, **options)
    return grpc.insecure_channel(target, **options)


CHANNEL = connect()
STUB = STUBS.TestServiceStub(CHANNEL)


def zeros(size):
    return MESSAGES.Payload(body=bytes(size))


def equal(expected, actual):
    assert expected == actual, "expected %r, got %r" % (expected, actual)


def refused(call, code, details=None):
    try:
        call()
    except grpc.RpcError as error:
        equal(code, error.code())
        if details is not None:
            equal(details, error.details())
        return error
    raise AssertionError("not refused")


class Requests:
    """A request stream whose messages the case hands over one by one."""

    def __init__(self):
        import queue

        self._queue = queue.Queue()

    def send(self, message):
        self._queue.put(message)

    def end(self):
        self._queue.put(None)

    def __iter__(self):
        return iter(self._queue.get, None)


def duplex(**options):
    requests = Requests()
    return requests, STUB.FullDuplexCall(iter(requests), timeout=options.pop("timeout", 30), **options)


def wanted(*sizes):
    return [MESSAGES.ResponseParameters(size=size) for size in sizes]


def empty_unary():
    equal(EMPTY.Empty(), STUB.EmptyCall(EMPTY.Empty(), timeout=30))


def large_unary():
    response = STUB.UnaryCall(MESSAGES.SimpleRequest(response_size=314159, payload=zeros(271828)), timeout=30)
    equal(bytes(314159), response.payload.body)


def client_compressed_unary():
    expected = MESSAGES.SimpleRequest(
        expect_compressed=MESSAGES.BoolValue(value=True), response_size=314159, payload=zeros(271828)
    )
    refused(lambda: STUB.UnaryCall(expected, timeout=30), grpc.StatusCode.INVALID_ARGUMENT)  # the probe
    response = STUB.UnaryCall(expected, timeout=30, compression=grpc.Compression.Gzip)
    equal(314159, len(response.payload.body))
    expected.expect_compressed.value = False
    equal(314159, len(STUB.UnaryCall(expected, timeout=30).payload.body))


def server_compressed_unary():
    # grpcio decompresses by itself and does not tell; client.js looks at the flags.
    for value in (True, False):
        request = MESSAGES.SimpleRequest(
            response_compressed=MESSAGES.BoolValue(value=value), response_size=314159, payload=zeros(271828)
        )
        equal(bytes(314159), STUB.UnaryCall(request, timeout=30).payload.body)


def client_streaming():
    requests = (MESSAGES.StreamingInputCallRequest(payload=zeros(size)) for size in REQUEST_SIZES)
    equal(74922, STUB.StreamingInputCall(requests, timeout=30).aggregated_payload_size)


def client_compressed_streaming():
    # grpcio compresses all messages of a call or none; client.js mixes them.
    def request(expected):
        return MESSAGES.StreamingInputCallRequest(
            expect_compressed=MESSAGES.BoolValue(value=expected), payload=zeros(27182)
        )

    refused(lambda: STUB.StreamingInputCall(iter([request(True)]), timeout=30), grpc.StatusCode.INVALID_ARGUMENT)
    both = iter([request(True), request(True)])
    response = STUB.StreamingInputCall(both, timeout=30, compression=grpc.Compression.Gzip)
    equal(54364, response.aggregated_payload_size)


def server_streaming():
    request = MESSAGES.StreamingOutputCallRequest(response_parameters=wanted(*SIZES))
    equal(SIZES, [len(response.payload.body) for response in STUB.StreamingOutputCall(request, timeout=30)])


def server_compressed_streaming():
    parameters = wanted(31415, 92653)
    parameters[0].compressed.value = True
    parameters[1].compressed.value = False
    request = MESSAGES.StreamingOutputCallRequest(response_parameters=parameters)
    equal([31415, 92653], [len(response.payload.body) for response in STUB.StreamingOutputCall(request, timeout=30)])


def ping_pong():
    requests, call = duplex()
    for size, request_size in zip(SIZES, REQUEST_SIZES):
        requests.send(
            MESSAGES.StreamingOutputCallRequest(response_parameters=wanted(size), payload=zeros(request_size))
        )
        equal(size, len(next(call).payload.body))
    requests.end()
    equal([], list(call))
    equal(grpc.StatusCode.OK, call.code())


def empty_stream():
    requests, call = duplex()
    requests.end()
    equal([], list(call))
    equal(grpc.StatusCode.OK, call.code())


def timeout_on_sleeping_server():
    requests, call = duplex(timeout=0.001)
    parameters = [MESSAGES.ResponseParameters(size=31415, interval_us=2000000)]
    requests.send(MESSAGES.StreamingOutputCallRequest(response_parameters=parameters, payload=zeros(27182)))
    refused(lambda: list(call), grpc.StatusCode.DEADLINE_EXCEEDED)
    requests.end()


def cancel_after_begin():
    requests = Requests()
    call = STUB.StreamingInputCall.future(iter(requests), timeout=30)
    call.cancel()
    equal(True, call.cancelled())
    equal(grpc.StatusCode.CANCELLED, call.code())
    requests.end()


def cancel_after_first_response():
    requests, call = duplex()
    requests.send(MESSAGES.StreamingOutputCallRequest(response_parameters=wanted(31415), payload=zeros(27182)))
    equal(31415, len(next(call).payload.body))
    call.cancel()
    refused(lambda: next(call), grpc.StatusCode.CANCELLED)
    requests.end()


def custom_metadata():
    metadata = (
        ("x-grpc-test-echo-initial", "test_initial_metadata_value"),
        ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"),
    )
    request = MESSAGES.SimpleRequest(response_size=314159, payload=zeros(271828))
    _, call = STUB.UnaryCall.with_call(request, metadata=metadata, timeout=30)
    equal("test_initial_metadata_value", dict(call.initial_metadata())["x-grpc-test-echo-initial"])
    equal(b"\xab\xab\xab", dict(call.trailing_metadata())["x-grpc-test-echo-trailing-bin"])
    requests, stream = duplex(metadata=metadata)
    requests.send(MESSAGES.StreamingOutputCallRequest(response_parameters=wanted(314159), payload=zeros(271828)))
    requests.end()
    equal([314159], [len(response.payload.body) for response in stream])
    equal("test_initial_metadata_value", dict(stream.initial_metadata())["x-grpc-test-echo-initial"])
    equal(b"\xab\xab\xab", dict(stream.trailing_metadata())["x-grpc-test-echo-trailing-bin"])


def status_code_and_message():
    status = MESSAGES.EchoStatus(code=2, message="test status message")
    request = MESSAGES.SimpleRequest(response_status=status)
    refused(lambda: STUB.UnaryCall(request, timeout=30), grpc.StatusCode.UNKNOWN, "test status message")
    requests, call = duplex()
    requests.send(MESSAGES.StreamingOutputCallRequest(response_status=status))
    requests.end()
    refused(lambda: list(call), grpc.StatusCode.UNKNOWN, "test status message")


def special_status_message():
    message = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
    request = MESSAGES.SimpleRequest(response_status=MESSAGES.EchoStatus(code=2, message=message))
    refused(lambda: STUB.UnaryCall(request, timeout=30), grpc.StatusCode.UNKNOWN, message)


def unimplemented_method():
    refused(lambda: STUB.UnimplementedCall(EMPTY.Empty(), timeout=30), grpc.StatusCode.UNIMPLEMENTED)


def unimplemented_service():
    stub = STUBS.UnimplementedServiceStub(CHANNEL)
    refused(lambda: stub.UnimplementedCall(EMPTY.Empty(), timeout=30), grpc.StatusCode.UNIMPLEMENTED)


CASES = (
    empty_unary,
    large_unary,
    client_compressed_unary,
    server_compressed_unary,
    client_streaming,
    client_compressed_streaming,
    server_streaming,
    server_compressed_streaming,
    ping_pong,
    empty_stream,
    timeout_on_sleeping_server,
    cancel_after_begin,
    cancel_after_first_response,
    custom_metadata,
    status_code_and_message,
    special_status_message,
    unimplemented_method,
    unimplemented_service,
)

for case in CASES:
    try:
        case()
        print("ok", case.__name__, flush=True)
    except Exception as error:  # each case reports its own failure
        print("failed %s: %s" % (case.__name__, " ".join(str(error).split())), flush=True)
