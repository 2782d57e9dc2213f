using EContract.Hosting.Errors;
using EContract.Hsm;
using EContract.Hsm.Native;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;
using RpcStatus = Google.Rpc.Status;

namespace EContract.Hosting.Tests.Errors;

public sealed class ErrorMapperTests
{
    public static TheoryData<Exception, Fault> Exceptions =>
        new()
        {
            { new ServiceException(Fault.OtpExpired, "x"), Fault.OtpExpired },
            { new Pki.MalformedException("RFC 3161 §2.4.1", "x"), Fault.InvalidArgument },
            { new Pdf.MalformedException("ISO 32000-2 §7.5", "x"), Fault.DocumentMalformed },
            { new HsmException("C_Sign", Ckr.CKR_OK, HsmFault.Busy, null), Fault.TokenBusy },
            { new HsmException("C_Sign", Ckr.CKR_OK, HsmFault.Hanging, null), Fault.TokenUnavailable },
            { new HsmException("C_Sign", Ckr.CKR_OK, HsmFault.KeyNotFound, null), Fault.TokenKeyMissing },
            { new HsmException("C_Sign", Ckr.CKR_OK, HsmFault.BlobCorrupted, null), Fault.TokenFault },
            { new DbUpdateConcurrencyException("x"), Fault.ConcurrentChange },
            { new NpgsqlException("connection refused"), Fault.DatabaseUnavailable },
            { Database(PostgresErrorCodes.SerializationFailure), Fault.DatabaseConflict },
            { Database(PostgresErrorCodes.AdminShutdown), Fault.DatabaseUnavailable },
            { Database(PostgresErrorCodes.TooManyConnections), Fault.DatabaseUnavailable },
            { Database(PostgresErrorCodes.SyntaxError), Fault.Internal },
            { new DbUpdateException("x", Database(PostgresErrorCodes.UniqueViolation)), Fault.ConcurrentChange },
            { new TimeoutException(), Fault.DeadlineExceeded },
            { new InvalidOperationException("PIN 123456 is secret"), Fault.Internal },
            { new AggregateException(new ServiceException(Fault.PinWrong, "x")), Fault.PinWrong },
        };

    [Theory]
    [MemberData(nameof(Exceptions), DisableDiscoveryEnumeration = true)]
    public void Each_exception_has_its_fault(Exception exception, Fault fault)
    {
        var said = exception is AggregateException { InnerException: { } inner } ? inner : exception;
        Assert.Equal(fault, ErrorMapper.Translate(said, new CallStub(), TimeProvider.System).Fault);
    }

    [Fact]
    public void What_nobody_foresaw_tells_the_caller_nothing()
    {
        var said = ErrorMapper.Translate(new InvalidOperationException("PIN 123456 is secret"), new CallStub(), TimeProvider.System);
        Assert.DoesNotContain("123456", ErrorMapper.Encode(said, "c-1").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_carries_reason_correlation_id_violations_and_retry_delay()
    {
        var said = new ServiceException(Fault.InvalidArgument, "two fields", [new FieldViolation("subscriber.email", "is missing")])
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };
        var error = ErrorMapper.Encode(said, "c-1");
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        var status = RpcStatus.Parser.ParseFrom(error.Trailers.Single(entry => entry.Key == "grpc-status-details-bin").ValueBytes);
        Assert.Equal((int)StatusCode.InvalidArgument, status.Code);
        var info = Unpack<ErrorInfo>(status, ErrorInfo.Descriptor);
        Assert.Equal(("INVALID_ARGUMENT", "econtract", "c-1"), (info.Reason, info.Domain, info.Metadata["correlation_id"]));
        Assert.Equal("subscriber.email", Assert.Single(Unpack<BadRequest>(status, BadRequest.Descriptor).FieldViolations).Field);
        Assert.Equal(2, Unpack<RetryInfo>(status, RetryInfo.Descriptor).RetryDelay.Seconds);
        Assert.Equal(Fault.InvalidArgument, RemoteFault.Find(error));
    }

    [Fact]
    public void A_strangers_error_is_no_fault_of_ours() =>
        Assert.Null(
            RemoteFault.Find(
                new RpcException(
                    new global::Grpc.Core.Status(StatusCode.Unavailable, "x"),
                    new Metadata { { "grpc-status-details-bin", new byte[] { 255, 1 } } }
                )
            )
        );

    private static T Unpack<T>(RpcStatus status, Google.Protobuf.Reflection.MessageDescriptor descriptor)
        where T : Google.Protobuf.IMessage, new() => status.Details.Single(detail => detail.Is(descriptor)).Unpack<T>();

    private static PostgresException Database(string state) => new("x", "ERROR", "ERROR", state);
}
