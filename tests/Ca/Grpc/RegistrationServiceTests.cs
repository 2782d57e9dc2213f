using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Proto.Ra.V1;
using Grpc.Core;
using Xunit;

namespace EContract.Ca.Tests.Grpc;

/// <summary>econtract.ra.v1.RegistrationService on the wire: what it does, what it finds, what it refuses and how it says so.</summary>
public sealed class RegistrationServiceTests(CaEdge edge) : IClassFixture<CaEdge>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_waits_is_read_approved_once_and_told_by_the_feed()
    {
        var request = CaEdge.Submission(Register(CaEdge.Individual("電文 太郎")));
        var waiting = (await edge.Maker.SubmitChangeAsync(request)).Change;
        Assert.Equal(ChangeState.Waiting, waiting.State);
        Assert.Equal(waiting, (await edge.Maker.SubmitChangeAsync(request)).Change);
        Assert.Equal(waiting, (await edge.Approver.GetChangeAsync(new() { ChangeId = waiting.ChangeId })).Change);

        var applied = (await edge.Approver.ApproveChangeAsync(new() { ChangeId = waiting.ChangeId, Note = "確認済" })).Change;
        Assert.Equal(ChangeState.Applied, applied.State);
        Assert.Equal(("ra-maker", "ra-approver", "確認済"), (applied.Maker, applied.Approver, applied.DecisionNote));
        var application = (await edge.SignerRa.GetApplicationAsync(new() { ApplicationId = applied.ApplicationId })).Application;
        Assert.Equal(ApplicationState.Approved, application.State);
        Assert.Equal("電文 太郎", application.Subject.Name);

        using var watch = edge.SignerRa.WatchChanges(new());
        await foreach (var told in watch.ResponseStream.ReadAllAsync(Ct))
        {
            if (told.Change.ChangeId == applied.ChangeId)
            {
                Assert.Equal(applied, told.Change);
                return;
            }
        }
    }

    [Fact]
    public async Task Subscribers_are_found_by_name_kana_email_serial_and_state_and_pages_are_complete()
    {
        var family = "検索" + CaEdge.NewId()[..8];
        var mail = CaEdge.NewId()[..8];
        var subscribers = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var data = CaEdge.Individual($"{family} {i}", "ケンサク タロウ" + new string('ア', i + 1), $"{mail}{i}@example.co.jp");
            subscribers.Add((await edge.RegisterAsync(data)).SubscriberId);
        }

        var application = (await edge.SignerRa.ListApplicationsAsync(new() { SubscriberId = subscribers[2] })).Applications.Single();
        var certificate = await edge.IssueAsync(application.ApplicationId);
        await edge.ChangeAsync(new() { Delete = new() { SubscriberId = subscribers[4] } });

        Assert.Equal(subscribers, await FindAsync(new() { Name = family, PageSize = 2 }));
        Assert.Equal([subscribers[3]], await FindAsync(new() { Name = $"{family}　3" }));
        Assert.Equal([subscribers[4]], await FindAsync(new() { Name = family, Kana = "ｹﾝｻｸﾀﾛｳｱｱｱｱｱ" }));
        Assert.Equal([subscribers[1]], await FindAsync(new() { Email = $"{mail.ToUpperInvariant()}1@EXAMPLE.CO.JP" }));
        Assert.Equal([subscribers[2]], await FindAsync(new() { SerialNumber = certificate.SerialNumber }));
        Assert.Equal([subscribers[4]], await FindAsync(new() { Name = family, State = SubscriberState.Deleted }));
        Assert.Empty(await FindAsync(new() { Name = family, SerialNumber = "01" }));

        var first = await edge.Maker.SearchSubscribersAsync(new() { Name = family, PageSize = 2 });
        Assert.Equal(2, first.Subscribers.Count);
        await CaEdge.RefusedAsync(
            Fault.PageTokenInvalid,
            async () => await edge.Maker.SearchSubscribersAsync(new() { Name = "別", PageToken = first.NextPageToken })
        );
        await CaEdge.RefusedAsync(Fault.PageTokenInvalid, async () => await edge.Maker.ListChangesAsync(new() { PageToken = "???" }));
        await CaEdge.RefusedAsync(Fault.InvalidArgument, async () => await edge.Maker.SearchSubscribersAsync(new() { PageSize = -1 }));

        using var export = edge.Auditor.ExportSubscribers(new() { State = SubscriberState.Active });
        var exported = new List<string>();
        await foreach (var one in export.ResponseStream.ReadAllAsync(Ct))
        {
            exported.Add(one.Subscriber.SubscriberId);
        }

        Assert.Equal(subscribers[..4], exported.Intersect(subscribers));
        Assert.Equal(exported.Count, exported.Distinct().Count());
    }

    [Fact]
    public async Task Changes_and_applications_are_listed_in_pages_by_state()
    {
        var subscriber = (await edge.RegisterAsync(CaEdge.Individual("一覧 太郎"))).SubscriberId;
        for (var i = 0; i < 3; i++)
        {
            await edge.ChangeAsync(Apply(subscriber));
        }

        var waiting = (await edge.Maker.SubmitChangeAsync(CaEdge.Submission(Apply(subscriber)))).Change;
        var rejected = (await edge.Maker.SubmitChangeAsync(CaEdge.Submission(Apply(subscriber)))).Change;
        await edge.Approver.RejectChangeAsync(new() { ChangeId = rejected.ChangeId, Note = "書類不備" });
        Assert.Contains(waiting.ChangeId, await ChangesAsync(ChangeState.Waiting));
        Assert.Contains(rejected.ChangeId, await ChangesAsync(ChangeState.Rejected));
        Assert.DoesNotContain(rejected.ChangeId, await ChangesAsync(ChangeState.Applied));
        await edge.IssueAsync(
            (await edge.SignerRa.ListApplicationsAsync(new() { SubscriberId = subscriber })).Applications[0].ApplicationId
        );

        var pages = new List<string>();
        var request = new ListApplicationsRequest
        {
            SubscriberId = subscriber,
            State = ApplicationState.Approved,
            PageSize = 2,
        };
        do
        {
            var page = await edge.SignerRa.ListApplicationsAsync(request);
            Assert.All(page.Applications, a => Assert.Equal(ApplicationState.Approved, a.State));
            pages.AddRange(page.Applications.Select(a => a.ApplicationId));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        Assert.Equal(3, pages.Distinct().Count());
    }

    [Fact]
    public async Task Of_many_approvals_at_once_one_is_the_decision()
    {
        var change = (await edge.Maker.SubmitChangeAsync(CaEdge.Submission(Register(CaEdge.Individual("同時 太郎"))))).Change;
        var client = edge.Approver;
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async i =>
                {
                    try
                    {
                        await client.ApproveChangeAsync(new() { ChangeId = change.ChangeId, Operator = $"approver-{i}" });
                        return (Fault?)null;
                    }
                    catch (RpcException e)
                    {
                        return RemoteFault.Find(e);
                    }
                })
        );
        Assert.Single(outcomes, o => o is null);
        Assert.Equal(7, outcomes.Count(o => o == Fault.ChangeRequestNotPending));
        Assert.Single((await edge.SignerRa.ListApplicationsAsync(new() { SubscriberId = change.SubscriberId })).Applications);
    }

    [Fact]
    public async Task Every_refusal_has_its_reason_code()
    {
        var data = CaEdge.Individual("拒否 太郎");
        data.CustomerNumber = CaEdge.NewId();
        var registered = await edge.RegisterAsync(data);
        var certificate = await edge.IssueAsync(registered.ApplicationId);
        var etag = (await edge.Maker.GetSubscriberAsync(new() { SubscriberId = registered.SubscriberId })).Subscriber.Etag;

        await SubmitRefusedAsync(Fault.InvalidArgument, CaEdge.Submission(new()));
        await SubmitRefusedAsync(Fault.InvalidArgument, CaEdge.Submission(Apply("sub_x")));
        await SubmitRefusedAsync(Fault.InvalidArgument, With(r => r.RequestId = ""));
        await SubmitRefusedAsync(Fault.InvalidArgument, With(r => r.Operator = new string('x', 129)));
        await SubmitRefusedAsync(Fault.ReasonMissing, With(r => r.Reason = " "));
        await SubmitRefusedAsync(Fault.PaperReferenceMissing, With(r => r.PaperReference = ""));
        await SubmitRefusedAsync(Fault.SubscriberDataMissing, CaEdge.Submission(Register(new())));
        await SubmitRefusedAsync(Fault.SubscriberDataInvalid, CaEdge.Submission(Register(CaEdge.Individual("x", "やまだ"))));
        await SubmitRefusedAsync(Fault.ProfileUnknown, CaEdge.Submission(Register(CaEdge.Individual("y"), "no-such-profile")));
        await SubmitRefusedAsync(Fault.ProfileForbids, CaEdge.Submission(Register(CaEdge.Individual("z"), "organisation-seal")));
        await SubmitRefusedAsync(Fault.SubscriberNotFound, CaEdge.Submission(Apply(UnknownSubscriber)));
        await SubmitRefusedAsync(Fault.CertificateNotFound, CaEdge.Submission(Revoke("0123456789")));
        await SubmitRefusedAsync(Fault.InvalidArgument, CaEdge.Submission(Revoke("xyz")));
        await SubmitRefusedAsync(Fault.RevocationReasonInvalid, CaEdge.Submission(Revoke(certificate.SerialNumber, "boredom")));
        await SubmitRefusedAsync(Fault.RevocationReasonInvalid, CaEdge.Submission(Revoke(certificate.SerialNumber, "removeFromCRL")));
        await SubmitRefusedAsync(
            Fault.CertificateNotOnHold,
            CaEdge.Submission(new() { Reinstate = new() { SerialNumber = certificate.SerialNumber } })
        );
        await SubmitRefusedAsync(
            Fault.ConcurrentChange,
            CaEdge.Submission(
                new()
                {
                    Update = new()
                    {
                        SubscriberId = registered.SubscriberId,
                        Data = data,
                        Etag = etag + "0",
                    },
                }
            )
        );

        var twice = (await edge.Maker.SubmitChangeAsync(CaEdge.Submission(Register(data)))).Change;
        await CaEdge.RefusedAsync(
            Fault.SubscriberAlreadyRegistered,
            async () => await edge.Approver.ApproveChangeAsync(new() { ChangeId = twice.ChangeId })
        );
        await CaEdge.RefusedAsync(
            Fault.MakerCannotApprove,
            async () => await edge.Approver.ApproveChangeAsync(new() { ChangeId = twice.ChangeId, Operator = "RA-Maker" })
        );
        await edge.Maker.RejectChangeAsync(new() { ChangeId = twice.ChangeId });
        await CaEdge.RefusedAsync(
            Fault.ChangeRequestNotPending,
            async () => await edge.Approver.ApproveChangeAsync(new() { ChangeId = twice.ChangeId })
        );
        await CaEdge.RefusedAsync(
            Fault.ChangeRequestNotFound,
            async () => await edge.Maker.GetChangeAsync(new() { ChangeId = twice.ChangeId[..^4] + "0000" })
        );
        await CaEdge.RefusedAsync(Fault.InvalidArgument, async () => await edge.Maker.GetChangeAsync(new() { ChangeId = "x" }));
        await CaEdge.RefusedAsync(
            Fault.SubscriberNotFound,
            async () => await edge.Maker.GetSubscriberAsync(new() { SubscriberId = UnknownSubscriber })
        );
        await CaEdge.RefusedAsync(
            Fault.ApplicationNotFound,
            async () => await edge.Maker.GetApplicationAsync(new() { ApplicationId = "app_" + UnknownSubscriber[4..] })
        );
        await CaEdge.RefusedAsync(
            Fault.InvalidArgument,
            async () => await edge.SignerRa.WatchChanges(new() { Cursor = "yesterday" }).ResponseStream.MoveNext(Ct)
        );

        await edge.ChangeAsync(Revoke(certificate.SerialNumber));
        await SubmitRefusedAsync(Fault.CertificateAlreadyRevoked, CaEdge.Submission(Revoke(certificate.SerialNumber)));
        await edge.ChangeAsync(new() { Delete = new() { SubscriberId = registered.SubscriberId } });
        await SubmitRefusedAsync(Fault.SubscriberStateForbids, CaEdge.Submission(Apply(registered.SubscriberId)));

        var reused = CaEdge.Submission(Register(CaEdge.Individual("再用 太郎")));
        await edge.Maker.SubmitChangeAsync(reused);
        reused.Reason = "別";
        await SubmitRefusedAsync(Fault.RequestIdReused, reused);
    }

    [Fact]
    public async Task Who_has_not_the_role_is_refused()
    {
        await CaEdge.RefusedAsync(
            Fault.RoleNotAdmitted,
            async () => await edge.Approver.SubmitChangeAsync(CaEdge.Submission(Register(CaEdge.Individual("x"))))
        );
        await CaEdge.RefusedAsync(Fault.RoleNotAdmitted, async () => await edge.Maker.ApproveChangeAsync(new() { ChangeId = "chg_x" }));
        await CaEdge.RefusedAsync(Fault.RoleNotAdmitted, async () => await edge.Maker.ExportSubscribers(new()).ResponseStream.MoveNext(Ct));
        await CaEdge.RefusedAsync(Fault.RoleNotAdmitted, async () => await edge.SignerRa.SearchSubscribersAsync(new()));
    }

    private const string UnknownSubscriber = "sub_00000000000000000000000000";

    private static SubmitChangeRequest With(Action<SubmitChangeRequest> change)
    {
        var request = CaEdge.Submission(Register(CaEdge.Individual("変更 太郎")));
        change(request);
        return request;
    }

    private static ChangeOperation Register(SubscriberData data, string profile = "subscriber-individual") =>
        new()
        {
            Register = new() { Data = data, CertificateProfile = profile },
        };

    private static ChangeOperation Apply(string subscriber) =>
        new()
        {
            Apply = new() { SubscriberId = subscriber, CertificateProfile = "subscriber-individual" },
        };

    private static ChangeOperation Revoke(string serial, string reason = "keyCompromise") =>
        new()
        {
            Revoke = new() { SerialNumber = serial, Reason = reason },
        };

    private Task SubmitRefusedAsync(Fault fault, SubmitChangeRequest request) =>
        CaEdge.RefusedAsync(fault, async () => await edge.Maker.SubmitChangeAsync(request));

    private async Task<List<string>> FindAsync(SearchSubscribersRequest request)
    {
        var found = new List<string>();
        do
        {
            var page = await edge.Maker.SearchSubscribersAsync(request);
            found.AddRange(page.Subscribers.Select(s => s.SubscriberId));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        return found;
    }

    private async Task<List<string>> ChangesAsync(ChangeState state)
    {
        var found = new List<string>();
        var request = new ListChangesRequest { State = state, PageSize = 3 };
        do
        {
            var page = await edge.Maker.ListChangesAsync(request);
            Assert.All(page.Changes, c => Assert.Equal(state, c.State));
            found.AddRange(page.Changes.Select(c => c.ChangeId));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        return found;
    }
}
