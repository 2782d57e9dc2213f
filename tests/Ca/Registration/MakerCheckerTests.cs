using EContract.Ca.Registration;
using EContract.Hosting.Callers;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.TestKit;
using Xunit;

namespace EContract.Ca.Tests.Registration;

/// <summary>R1, R2, R13: what a maker asks for takes effect when another person approves it, once.</summary>
public sealed class MakerCheckerTests(CaFixture fixture)
{
    private readonly CaHost _ca = fixture.Host;
    private RegistrationDesk Desk => _ca.Get<RegistrationDesk>();
    private RegistrationQueries Queries => _ca.Get<RegistrationQueries>();

    [Fact]
    public async Task Nothing_takes_effect_before_another_person_approves()
    {
        var change = await SubmitAsync(new RegisterSubscriber(CaHost.SubscriberDataFor("佐藤 花子"), "subscriber-individual"));
        Assert.Equal(ChangeState.Waiting, change.State);
        var id = IdOf(change);
        await RefusedAsync(Fault.SubscriberNotFound, () => Queries.GetSubscriberAsync(id, OrganisationScope.All, default));

        // The same person under another client, in another spelling.
        var sato = Actor.Of("ra-approver", " ＳＡＴＯ ");
        await RefusedAsync(Fault.MakerCannotApprove, () => Desk.ApproveAsync(change.Id, "", sato, default));

        var applied = await Desk.ApproveAsync(change.Id, "確認済", CaHost.Approver, default);
        Assert.Equal(ChangeState.Applied, applied.State);
        Assert.Equal("佐藤 花子", (await Queries.GetSubscriberAsync(id, OrganisationScope.All, default)).Data.Name);
        Assert.Equal(
            ApplicationState.Approved,
            (await Queries.GetApplicationAsync(CaHost.ApplicationIdOf(applied.ApplicationId!), OrganisationScope.All, default)).State
        );
    }

    [Fact]
    public async Task Concurrent_approvals_apply_once()
    {
        var change = await SubmitAsync(new RegisterSubscriber(CaHost.SubscriberDataFor("並行 太郎"), "subscriber-individual"));
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async i =>
                {
                    try
                    {
                        await Desk.ApproveAsync(change.Id, "", Actor.Of("ra-approver", $"approver-{i}"), default);
                        return true;
                    }
                    catch (ServiceException e) when (e.Fault == Fault.ChangeRequestNotPending)
                    {
                        return false;
                    }
                })
        );
        Assert.Single(outcomes, applied => applied);
        Assert.Single(await Queries.ListApplicationsAsync(change.SubscriberId!, null, OrganisationScope.All, "", 10, default));
    }

    [Fact]
    public async Task A_request_id_gives_the_same_change_and_is_not_reused()
    {
        var id = CaHost.NewRequestId();
        var operation = new RegisterSubscriber(CaHost.SubscriberDataFor("重複 太郎"), null);
        var changes = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Desk.SubmitAsync(id, operation, "理由", "紙", CaHost.Maker, default))
        );
        Assert.Single(changes.Select(c => c.Id).Distinct());
        await RefusedAsync(Fault.RequestIdReused, () => Desk.SubmitAsync(id, operation, "別の理由", "紙", CaHost.Maker, default));
    }

    [Fact]
    public async Task Missing_and_wrong_data_are_all_named()
    {
        var empty = new SubscriberData(SubscriberKind.Employee, "", "", "", "", "");
        var missing = await RefusedAsync(Fault.SubscriberDataMissing, () => SubmitAsync(new RegisterSubscriber(empty, null)));
        Assert.Equal(
            ["name", "kana", "email", "mobile", "organisation.name", "organisation.role"],
            missing.Violations.Select(v => v.Field)
        );

        var wrong = CaHost.SubscriberDataFor("x") with { Kana = "やまだ", RomanisedName = "山田", Email = "no mail", Mobile = "090-1234" };
        var invalid = await RefusedAsync(Fault.SubscriberDataInvalid, () => SubmitAsync(new RegisterSubscriber(wrong, null)));
        Assert.Equal(["kana", "romanised_name", "email", "mobile"], invalid.Violations.Select(v => v.Field));

        var mixed = CaHost.SubscriberDataFor("x") with { Mobile = "", Email = "no mail" };
        var both = await RefusedAsync(Fault.SubscriberDataMissing, () => SubmitAsync(new RegisterSubscriber(mixed, null)));
        Assert.Equal(["mobile", "email"], both.Violations.Select(v => v.Field));
        Assert.Equal("missing: mobile; invalid: email", both.Message);

        var form = await RefusedAsync(
            Fault.InvalidArgument,
            () => Desk.SubmitAsync("", new RegisterSubscriber(mixed, null), " ", new string('紙', 201), CaHost.Maker, default)
        );
        Assert.Equal(["request_id", "reason", "paper_reference", "mobile", "email"], form.Violations.Select(v => v.Field));
        Assert.Contains("reason is missing; paper_reference is longer than 200", form.Message, StringComparison.Ordinal);
        Assert.EndsWith("mobile is missing; email is not local-part@domain in ASCII", form.Message, StringComparison.Ordinal);
        await RefusedAsync(
            Fault.ReasonMissing,
            () => Desk.SubmitAsync("r", new RegisterSubscriber(CaHost.SubscriberDataFor("x"), null), " ", "紙", CaHost.Maker, default)
        );
        await RefusedAsync(
            Fault.PaperReferenceMissing,
            () => Desk.SubmitAsync("r", new RegisterSubscriber(CaHost.SubscriberDataFor("x"), null), "理由", "", CaHost.Maker, default)
        );
    }

    [Theory]
    [InlineData("7000012050002", true)] // 国税庁
    [InlineData("8000012050002", false)]
    [InlineData("700001205000", false)]
    public void A_corporate_number_has_its_check_digit(string number, bool valid) =>
        Assert.Equal(valid, SubscriberDataRules.IsCorporateNumber(number));

    [Fact]
    public async Task A_new_name_revokes_the_certificate_and_approves_a_new_application()
    {
        var (certificate, registered) = await _ca.IssueAsync("旧姓 花子");
        var id = IdOf(registered);
        var subscriber = await Queries.GetSubscriberAsync(id, OrganisationScope.All, default);
        var change = await _ca.ChangeAsync(new UpdateSubscriber(id.Value, subscriber.Data with { Name = "新姓 花子" }, subscriber.Etag));

        var old = await _ca.Get<Ca.Issuance.CertificateQueries>().GetAsync(certificate.Tbs.SerialNumber, OrganisationScope.All, default);
        Assert.Equal(Store.CertificateStatus.Revoked, old.Row.Status);
        Assert.Equal((int)Pki.Crl.CrlReason.Superseded, old.Row.Reason);
        var application = await Queries.GetApplicationAsync(CaHost.ApplicationIdOf(change.ApplicationId!), OrganisationScope.All, default);
        Assert.Equal("新姓 花子", application.Subject.Name);
        Assert.Equal(certificate.Tbs.SerialNumber.ToString(), application.ReplacesSerialNumber);

        // The etag of before is stale now.
        var stale = new UpdateSubscriber(id.Value, subscriber.Data, subscriber.Etag);
        await RefusedAsync(Fault.ConcurrentChange, () => SubmitAsync(stale));
    }

    [Fact]
    public async Task Deleting_revokes_and_keeps_the_evidence()
    {
        var (certificate, registered) = await _ca.IssueAsync("削除 太郎");
        await _ca.ChangeAsync(new DeleteSubscriber(registered.SubscriberId!));
        var id = IdOf(registered);
        Assert.Equal(SubscriberState.Deleted, (await Queries.GetSubscriberAsync(id, OrganisationScope.All, default)).State);
        var kept = await _ca.Get<Ca.Issuance.CertificateQueries>().GetAsync(certificate.Tbs.SerialNumber, OrganisationScope.All, default);
        Assert.Equal(Store.CertificateStatus.Revoked, kept.Row.Status);
        await RefusedAsync(
            Fault.SubscriberStateForbids,
            () => SubmitAsync(new ApplyForCertificate(registered.SubscriberId!, "subscriber-individual", null))
        );
    }

    [Fact]
    public async Task Deleting_while_issuing_never_leaves_a_good_certificate()
    {
        for (var i = 0; i < 10; i++)
        {
            var registered = await _ca.RegisterAsync("競争 太郎");
            using var key = Hsm.Keys.SoftwareSigningKey.Generate(Hsm.Keys.KeyAlgorithm.EcdsaP256, "k");
            var deletion = await SubmitAsync(new DeleteSubscriber(registered.SubscriberId!));
            var issuing = Task.Run(() => _ca.IssueAsync(registered.ApplicationId!, key));
            await Desk.ApproveAsync(deletion.Id, "", CaHost.Approver, default);
            try
            {
                await issuing;
            }
            catch (ServiceException e) when (e.Fault is Fault.ApplicationNotApproved or Fault.IssuanceVoided)
            {
                // The deletion was first.
            }

            Assert.Empty(
                await _ca.Get<Ca.Issuance.CertificateQueries>()
                    .ListAsync(registered.SubscriberId!, Ca.Issuance.CertificateFilter.Good, OrganisationScope.All, null, 10, default)
            );
        }
    }

    [Fact]
    public async Task Search_ignores_width_case_and_spaces_and_pages_are_complete()
    {
        var family = "検索" + Guid.NewGuid().ToString("N")[..6];
        for (var i = 0; i < 5; i++)
        {
            await _ca.RegisterAsync($"{family} {i}");
        }

        var search = new SubscriberSearch
        {
            Name = string.Concat(family.ToUpperInvariant().Select(c => c is > ' ' and < '~' ? (char)(c + 0xFEE0) : c)) + "　",
        };
        var found = new List<string>();
        for (var after = ""; ; )
        {
            var page = await Queries.SearchAsync(search, OrganisationScope.All, after, 2, default);
            found.AddRange(page.Select(s => s.Data.Name));
            if (page.Count < 2)
            {
                break;
            }

            after = page[^1].Id.Value;
        }

        Assert.Equal(5, found.Distinct().Count());
        Assert.Empty(await Queries.SearchAsync(new() { Name = "%" }, OrganisationScope.All, "", 10, default));
    }

    [Fact]
    public async Task An_operation_can_be_set_to_need_no_approval()
    {
        await using var node = await _ca.StartSiblingAsync(s => s["Ca:Registration:WithoutApproval:0"] = "unlock");
        var registered = await node.RegisterAsync("解除 太郎");
        var unlock = new UnlockCredential("cred-1", registered.SubscriberId!);
        var change = await node.Get<RegistrationDesk>().SubmitAsync(CaHost.NewRequestId(), unlock, "書面", "紙", CaHost.Maker, default);
        Assert.Equal(ChangeState.Applied, change.State);

        await foreach (
            var applied in Queries.WatchChangesAsync(
                change.FeedPosition!.Value - 1,
                OrganisationScope.All,
                TestContext.Current.CancellationToken
            )
        )
        {
            Assert.Equal(unlock, applied.Operation);
            break;
        }
    }

    private static SubscriberId IdOf(Change change) =>
        SubscriberId.TryParse(change.SubscriberId, out var id) ? id.Value : throw new FormatException(change.SubscriberId);

    private Task<Change> SubmitAsync(ChangeOperation operation) =>
        Desk.SubmitAsync(CaHost.NewRequestId(), operation, "理由", "受付番号 2026-1", CaHost.Maker, CancellationToken.None);

    private static async Task<ServiceException> RefusedAsync(Fault fault, Func<Task> act)
    {
        var refused = await Assert.ThrowsAsync<ServiceException>(act);
        Assert.Equal(fault, refused.Fault);
        return refused;
    }
}
