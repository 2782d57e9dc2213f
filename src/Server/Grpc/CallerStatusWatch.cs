using EContract.Hosting.Callers.Revocation;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Proto.Ca.V1;
using Grpc.Core;

namespace EContract.Server.Grpc;

/// <summary>
/// Follows the CA's changes of status, so that a caller's certificate that was revoked there is refused here at once and not with the next
/// revocation list. While the CA is away the lists alone count.
/// </summary>
internal sealed class CallerStatusWatch(
    CertificateAuthorityService.CertificateAuthorityServiceClient authority,
    CallerCrls callers,
    ILogger<CallerStatusWatch> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private string _cursor = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (RpcException exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(
                    "The CA does not tell of changed certificates ({Status}); callers are judged by revocation lists alone",
                    exception.Status.Detail
                );
            }
            catch (Exception exception)
                when (stoppingToken.IsCancellationRequested && exception is RpcException or OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var issuers = await FindIssuersAsync(cancellationToken);
        using var call = authority.WatchStatus(new WatchStatusRequest { Cursor = _cursor }, cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var change = call.ResponseStream.Current;
            // Subscribers' certificates are not callers': they would fill the memory for nothing.
            if (issuers.Contains(change.Authority) && SerialNumber.TryParse(change.SerialNumber, out var serial))
            {
                callers.NoteStatus(serial, change.Status != CertificateStatus.Good, change.ChangeTime.ToDateTimeOffset());
            }

            _cursor = change.Cursor;
        }
    }

    /// <summary>Names of the CA's authorities that callers' certificates may come from.</summary>
    private async Task<HashSet<string>> FindIssuersAsync(CancellationToken cancellationToken)
    {
        var anchors = callers.ReadAnchors().Select(anchor => anchor.Encoded).ToList();
        var answer = await authority.ListAuthoritiesAsync(new ListAuthoritiesRequest(), cancellationToken: cancellationToken);
        return
        [
            .. answer
                .Authorities.Where(known => anchors.Exists(anchor => anchor.Span.SequenceEqual(known.Certificate.Span)))
                .Select(known => known.Name),
        ];
    }
}
