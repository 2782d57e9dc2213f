using EContract.Proto.Ra.V1;
using Grpc.Core;
using Xunit;

namespace EContract.Ca.Tests.Grpc;

/// <summary>What a caller with a limit finds by lists, exports and feeds; in a CA of its own, because whole lists are compared.</summary>
public sealed class OrganisationListTests(CaEdge edge) : IClassFixture<CaEdge>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_branch_registers_approves_and_finds_its_own()
    {
        var own = await edge.RegisterAtBranchAsync(CaEdge.Employee("支店 太郎"));
        await edge.RegisterAsync(CaEdge.Individual("個人 太郎"));
        await edge.RegisterAsync(CaEdge.Employee("他社 太郎", "株式会社他社", ""), "subscriber-employee");
        var certificate = await edge.IssueAsync(own.ApplicationId);

        Assert.Equal([own.SubscriberId], (await edge.BranchDesk.SearchSubscribersAsync(new())).Subscribers.Select(s => s.SubscriberId));
        Assert.All((await edge.BranchDesk.ListChangesAsync(new())).Changes, c => Assert.Equal(own.SubscriberId, c.SubscriberId));
        Assert.All((await edge.BranchDesk.ListApplicationsAsync(new())).Applications, a => Assert.Equal(own.SubscriberId, a.SubscriberId));
        Assert.Equal(
            [certificate.SerialNumber],
            (await edge.BranchCa.ListCertificatesAsync(new())).Certificates.Select(c => c.SerialNumber)
        );
        Assert.Equal([own.SubscriberId], await ReadAsync(edge.BranchDesk.ExportSubscribers(new()), r => r.Subscriber.SubscriberId));
        Assert.Equal([certificate.SerialNumber], await ReadAsync(edge.BranchCa.ExportCertificates(new()), r => r.Certificate.SerialNumber));

        // The feeds too: what comes first after the beginning is its own.
        using var changes = edge.BranchDesk.WatchChanges(new());
        Assert.True(await changes.ResponseStream.MoveNext(Ct));
        Assert.Equal(own.SubscriberId, changes.ResponseStream.Current.Change.SubscriberId);
        await edge.ChangeAsync(
            new()
            {
                Revoke = new() { SerialNumber = certificate.SerialNumber, Reason = "keyCompromise" },
            }
        );
        using var status = edge.BranchCa.WatchStatus(new());
        Assert.True(await status.ResponseStream.MoveNext(Ct));
        Assert.Equal(certificate.SerialNumber, status.ResponseStream.Current.SerialNumber);
    }

    private static async Task<List<string>> ReadAsync<T>(AsyncServerStreamingCall<T> call, Func<T, string> key)
    {
        using (call)
        {
            var all = new List<string>();
            await foreach (var one in call.ResponseStream.ReadAllAsync(Ct))
            {
                all.Add(key(one));
            }

            return all;
        }
    }
}
