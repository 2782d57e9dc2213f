using EContract.Hosting.Errors;
using EContract.Signer.Archive.Register;
using EContract.Signer.Store;
using Microsoft.Extensions.Logging;

namespace EContract.Signer.Archive.Jobs;

/// <summary>
/// Renews the registered documents that lie in a store, before their protection ends: the most urgent first. A document that can't be
/// renewed is told and left to people; the others go on. Documents that their callers keep are in the plan only.
/// </summary>
internal sealed class RestampJob(
    SignerDatabase database,
    RenewalDesk desk,
    ArchiveOptions archive,
    JobOptions options,
    TimeProvider time,
    ILogger<RestampJob> logger
) : IArchiveJob
{
    private const int PageSize = 200;

    public string Name => "restamp";

    public TimeSpan Interval => options.RestampInterval;

    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() + archive.RenewBefore;
        var (done, last) = (0L, (Deadline: DateTimeOffset.MinValue, Id: ""));
        while (await PageAsync(before, last, cancellationToken) is { Count: > 0 } page)
        {
            // How many come after this page is not known, and one that was renewed may come again only when it is due again.
            var total = done + page.Count;
            foreach (var document in page)
            {
                using (await run.NextStepAsync(cancellationToken))
                {
                    await RenewAsync(document, cancellationToken);
                }

                await run.ReportAsync(++done, total, cancellationToken);
            }

            last = (page[^1].Deadline, page[^1].Id.Value);
        }
    }

    private async Task RenewAsync(ArchiveDocument document, CancellationToken cancellationToken)
    {
        try
        {
            var call = new CallOrigin(document.Caller, Name);
            await desk.RenewAsync(call, document.Id, preserveEvidence: false, cancellationToken);
        }
        catch (ServiceException e) when (e.Fault is not (Fault.TsaUnavailable or Fault.DatabaseUnavailable))
        {
            // Broken, changed, gone, or being renewed by a caller: nothing that the next document shares.
            logger.LogWarning("Document {Document} was not renewed: {Reason} {Detail}", document.Id, e.Fault.Reason(), e.Message);
        }
    }

    private async Task<List<ArchiveDocument>> PageAsync(
        DateTimeOffset before,
        (DateTimeOffset Deadline, string Id) after,
        CancellationToken cancellationToken
    )
    {
        await using var db = await database.OpenAsync(cancellationToken);
        return await db.ListDueArchiveDocumentsAsync(before, time.GetUtcNow(), after, PageSize, cancellationToken);
    }
}
