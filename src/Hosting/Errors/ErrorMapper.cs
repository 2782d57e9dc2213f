using EContract.Grpc.Server;
using EContract.Hosting.Calls;
using EContract.Hsm;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using RpcStatus = Google.Rpc.Status;
using Status = Grpc.Core.Status;

namespace EContract.Hosting.Errors;

/// <summary>
/// The one place where exceptions become gRPC errors: status, and <c>google.rpc.Status</c> details with ErrorInfo, and BadRequest or
/// RetryInfo where they apply. What nobody foresaw becomes INTERNAL with a correlation id; its detail stays in the log.
/// </summary>
public sealed class ErrorMapper(TimeProvider time, ILogger<ErrorMapper> logger) : IRpcExceptionMapper
{
    private const string DetailsTrailer = "grpc-status-details-bin";

    RpcException? IRpcExceptionMapper.Map(Exception exception, ServerCallContext context) => Map(exception, context);

    public RpcException Map(Exception exception, ServerCallContext context)
    {
        if (exception is RpcException already)
        {
            // The runtime's own: it reads a message before there is anybody who could refuse it in our words.
            return already.StatusCode == StatusCode.ResourceExhausted && already.Trailers.Count == 0
                ? Encode(new ServiceException(Fault.RequestTooLarge, already.Status.Detail), CorrelationId.Current)
                : already;
        }

        if (exception is AggregateException { InnerExceptions: [var single] })
        {
            return Map(single, context);
        }

        var said = Translate(exception, context, time);
        if (said.Fault == Fault.Internal)
        {
            logger.LogError(exception, "{Method} failed unexpectedly", context.Method);
        }

        return Encode(said, CorrelationId.Current);
    }

    /// <summary>What we say to the caller about an exception.</summary>
    internal static ServiceException Translate(Exception exception, ServerCallContext context, TimeProvider time) =>
        exception switch
        {
            ServiceException said => said,
            HsmException token => OfToken(token),
            Pki.MalformedException malformed => new ServiceException(
                Fault.InvalidArgument,
                malformed.Message,
                ("clause", malformed.Clause)
            ),
            Pdf.MalformedException malformed => new ServiceException(
                Fault.DocumentMalformed,
                malformed.Message,
                ("clause", malformed.Clause)
            ),
            DbUpdateConcurrencyException => new ServiceException(Fault.ConcurrentChange, "The object was changed in the meantime."),
            DbUpdateException { InnerException: NpgsqlException inner } => OfDatabase(inner),
            InvalidOperationException { InnerException: NpgsqlException { IsTransient: true } inner } => OfDatabase(inner),
            NpgsqlException database => OfDatabase(database),
            OperationCanceledException when context.CancellationToken.IsCancellationRequested => OfCancellation(context, time),
            TimeoutException => new ServiceException(Fault.DeadlineExceeded, "An operation took too long."),
            _ => new ServiceException(Fault.Internal, "An internal error. The server's log tells more under the correlation id."),
        };

    internal static RpcException Encode(ServiceException said, string correlationId)
    {
        var info = new ErrorInfo { Reason = said.Fault.Reason(), Domain = FaultTable.Domain };
        info.Metadata.Add("correlation_id", correlationId);
        foreach (var (name, value) in said.FaultMetadata)
        {
            info.Metadata[name] = value;
        }

        var status = new RpcStatus { Code = (int)said.Fault.Status(), Message = said.Message };
        status.Details.Add(Any.Pack(info));
        if (said.Violations.Count > 0)
        {
            var bad = new BadRequest();
            bad.FieldViolations.AddRange(
                said.Violations.Select(v => new BadRequest.Types.FieldViolation { Field = v.Field, Description = v.Description })
            );
            status.Details.Add(Any.Pack(bad));
        }

        if (said.RetryAfter is { } delay)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        }

        return new RpcException(new Status(said.Fault.Status(), said.Message), new Metadata { { DetailsTrailer, status.ToByteArray() } });
    }

    private static ServiceException OfToken(HsmException exception)
    {
        var (fault, detail) = exception.Fault switch
        {
            HsmFault.Busy => (Fault.TokenBusy, "All HSM sessions are in use."),
            HsmFault.Unavailable or HsmFault.Hanging or HsmFault.PinRefused => (
                Fault.TokenUnavailable,
                "The HSM does not serve at the moment."
            ),
            HsmFault.FaultySignature => (Fault.TokenUnavailable, "The HSM gave a signature that does not verify; it was not released."),
            HsmFault.KeyNotFound => (Fault.TokenKeyMissing, "The HSM does not hold the key."),
            HsmFault.KeyExists => (Fault.AlreadyExists, "The HSM holds a key of this label already."),
            _ => (Fault.TokenFault, "The HSM refused an operation that it should do."),
        };
        return new ServiceException(fault, detail, metadata: null, exception)
        {
            RetryAfter = exception.IsTransient ? TimeSpan.FromSeconds(1) : null,
        };
    }

    private static ServiceException OfDatabase(NpgsqlException exception) =>
        exception switch
        {
            PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => Said(
                Fault.DatabaseConflict,
                "A concurrent transaction came first."
            ),
            PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } => Said(
                Fault.ConcurrentChange,
                "Somebody else added the same in the meantime."
            ),
            PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => Said(Fault.DeadlineExceeded, "The database took too long."),
            // Class 57 (operator intervention), 53 (insufficient resources), 08 (connection): the database comes back.
            PostgresException { SqlState: var state }
                when state.StartsWith("57", StringComparison.Ordinal)
                    || state.StartsWith("53", StringComparison.Ordinal)
                    || state.StartsWith("08", StringComparison.Ordinal) => Said(
                Fault.DatabaseUnavailable,
                "The database does not serve at the moment."
            ),
            PostgresException => Said(Fault.Internal, "An internal error. The server's log tells more under the correlation id."),
            _ => Said(Fault.DatabaseUnavailable, "The database can't be reached."),
        };

    private static ServiceException OfCancellation(ServerCallContext context, TimeProvider time) =>
        context.Deadline != DateTime.MaxValue && context.Deadline <= time.GetUtcNow().UtcDateTime
            ? new ServiceException(Fault.DeadlineExceeded, "The deadline passed.")
            : new ServiceException(Fault.Cancelled, "The caller cancelled the call.");

    private static ServiceException Said(Fault fault, string detail) =>
        new(fault, detail)
        {
            RetryAfter = fault is Fault.DatabaseUnavailable or Fault.DatabaseConflict ? TimeSpan.FromMilliseconds(500) : null,
        };
}
